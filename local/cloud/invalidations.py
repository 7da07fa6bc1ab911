"""Invalidations as CloudFront makes them: one for each caller reference, however often it is asked for."""

from __future__ import annotations

from typing import Any

from moto.cloudfront.models import CloudFrontBackend, Invalidation


class Invalidations:
    """The rule in moto, which makes a new one each time, from its making until `stop`."""

    def __init__(self) -> None:
        # moto has no public hook: its own way is put back by `stop`
        self._create = create = CloudFrontBackend.create_invalidation

        def create_once(
            cdn: CloudFrontBackend, dist_id: str, paths: list[str], caller_ref: str
        ) -> Invalidation:
            made = cdn.invalidations.get(dist_id, [])
            return next((one for one in made if one.caller_ref == caller_ref), None) or create(
                cdn, dist_id, paths, caller_ref
            )

        backend: Any = CloudFrontBackend
        backend.create_invalidation = create_once

    def stop(self) -> None:
        """Give moto its own way back."""
        backend: Any = CloudFrontBackend
        backend.create_invalidation = self._create

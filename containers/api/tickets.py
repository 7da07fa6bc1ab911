"""Leave to watch one upload: given to its contributor by the api, shown to the stream service.

The session's cookie belongs to the site's host and reaches no other. A ticket does, and opens one stream.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeTimedSerializer

from vectoricons.common.errors import Unauthenticated

LIFE = timedelta(hours=1)


def issue(keys: Sequence[str], batch_id: UUID) -> str:
    """A ticket for the upload; give it to nobody but its contributor."""
    return _serializer(keys).dumps(batch_id.hex)


def check(keys: Sequence[str], ticket: str, batch_id: UUID) -> None:
    """Raises Unauthenticated unless *ticket* is one for this upload and not too old."""
    try:
        given = _serializer(keys).loads(ticket, max_age=int(LIFE.total_seconds()))
    except BadSignature:
        given = None
    if given != batch_id.hex:
        raise Unauthenticated(
            "The ticket to watch this upload is missing, altered or old. Ask for a new one."
        )


def _serializer(keys: Sequence[str]) -> URLSafeTimedSerializer:
    """Takes what any of *keys* has signed, and signs with the last."""
    return URLSafeTimedSerializer(keys, salt="watch upload")

"""Where a region listens on 127.0.0.1: ports in a row from a base."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass

from local.processes import holder_of, listens
from local.setup.errors import CommandError, Exit

DEFAULT_BASE = 8000


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of one region."""

    api: int
    stream: int
    edge: int
    aws: int
    platform: int
    postgres: int
    valkey: int
    icons: int

    @classmethod
    def from_base(cls, base: int) -> Ports:
        """Eight ports from *base* on."""
        return cls(*range(base, base + 8))

    @classmethod
    def free_base(cls) -> int:
        """The first of eight free ports in a row, away from those that systems give to clients."""
        while True:
            base = random.randrange(10_000, 30_000, 10)  # noqa: S311 (not a secret)
            if not any(map(listens, range(base, base + 8))):
                return base

    def require_free(self) -> None:
        """Raise CommandError if one is taken; the sentence says by whom and what to do."""
        for use, port in asdict(self).items():
            if listens(port):
                raise CommandError(
                    f"Port {port} ({use}) is taken by {holder_of(port)}. "
                    f"Stop it, or choose another row of ports: make up PORT={port + 1000 - port % 1000}",
                    Exit.PORT,
                )

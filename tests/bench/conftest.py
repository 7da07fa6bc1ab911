"""What the benches stand on is tested on clones of one migrated database."""

from __future__ import annotations

from tests.databases import database, template

__all__ = ["database", "template"]

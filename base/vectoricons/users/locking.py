"""Locks on people: what is about one person and must not run twice at once takes theirs first."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

# In the order of their ids, so that two that lock the same people cannot wait for one another. Rows that
# refer to a person can still be written meanwhile.
_LOCK = text("select id from users where id in :ids order by id for no key update").bindparams(
    bindparam("ids", expanding=True)
)


def lock_users(session: Session, ids: Iterable[int]) -> frozenset[int]:
    """Those of *ids* that exist, locked until the transaction ends."""
    return frozenset(session.scalars(_LOCK, {"ids": sorted(set(ids))}))

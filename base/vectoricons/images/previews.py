"""Previews: which drawings the picture of a family or set shows, and where that picture is kept."""

from __future__ import annotations

from sqlalchemy import Text, cast, func, literal, select, union_all

from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.icons import IconRow
from vectoricons.products.illustrations import IllustrationRow
from vectoricons.products.sets import SetRow

SAMPLE = 10
KINDS = (IconRow, IllustrationRow)


class PreviewService:
    """Chooses what previews are made of."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of_family(self, family_id: int, *, seed: str, size: int = SAMPLE) -> tuple[str, ...]:
        """Keys of *size* of the family's drawings, from all its live sets alike."""
        return self._some("family_id", family_id, seed, size)

    def of_set(self, set_id: int, *, seed: str, size: int = SAMPLE) -> tuple[str, ...]:
        """Keys of *size* of the set's drawings."""
        return self._some("set_id", set_id, seed, size)

    def _some(self, column: str, container_id: int, seed: str, size: int) -> tuple[str, ...]:
        """Some live drawings, each as likely as any other: random, and the same each time it is tried."""
        drawings = union_all(
            *(
                select(literal(row.__tablename__).label("kind"), row.id, row.svg_key)
                .join(SetRow, SetRow.id == row.set_id)
                .where(getattr(row, column) == container_id, row.svg_key.is_not(None))
                .where(row.is_live, SetRow.is_live)
                for row in KINDS
            )
        ).subquery()
        shuffled = func.md5(drawings.c.kind + cast(drawings.c.id, Text) + seed)
        keys = select(drawings.c.svg_key).order_by(shuffled).limit(size)
        return tuple(self._work.session.scalars(keys))


def preview_key(digest: str, format: str) -> str:  # noqa: A002 - the images' own word
    """The preview of a family or set by the SHA-256 of its bytes, in the public bucket.

    By its contents and not by contributor and family: those are given other names, and a picture that is
    made anew must not be the old one in somebody's cache.
    """
    return f"previews/{digest}.{format}"

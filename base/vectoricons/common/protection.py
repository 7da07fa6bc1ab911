"""Protection: rows that must not be deleted. It stands here because every service asks before it deletes."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Session

from vectoricons.common.errors import Conflict
from vectoricons.common.row import HasEntity, Row, one_of


class Protectable(StrEnum):
    """The kinds of rows that can be protected."""

    USER = "user"
    USER_ROLE = "user-role"
    TEAM_TYPE = "team-type"
    PRODUCT_TYPE = "product-type"
    TEAM = "team"


class ProtectedEntityRow(Row, HasEntity):
    __tablename__ = "protected_entities"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id"),
        one_of("entity_type", Protectable),
    )


def hold(session: Session, kind: str, id: int) -> None:
    """Wait for whoever is protecting or deleting this very row, and keep others waiting until we are done."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{kind}:{id}", 0))))


def refuse_protected(session: Session, kind: str, id: object) -> None:
    """Raises Conflict when the row is protected."""
    if kind not in set(Protectable) or not isinstance(id, int):
        return
    hold(session, kind, id)
    row = ProtectedEntityRow
    if session.scalar(select(row.id).where(row.entity_type == kind, row.entity_id == id)):
        raise Conflict(f"This {kind.replace('-', ' ')} is protected: lift the protection before deleting it.")

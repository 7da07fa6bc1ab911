"""Runs: which plugin has dealt with which event."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from vectoricons.common.row import HasTimestamps, Table


class PluginRunRow(Table, HasTimestamps):
    """Written in the transaction of the effect: there is one if and only if the effect is true."""

    __tablename__ = "plugin_runs"

    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    plugin: Mapped[str] = mapped_column(String(64), primary_key=True)


def begin(session: Session, event_id: UUID, plugin: str) -> bool:
    """Note that *plugin* deals with the event; false when it has before.

    Waits for another process that is at it, and then says false, or true if that one failed.
    """
    noted = insert(PluginRunRow).values(event_id=event_id, plugin=plugin).on_conflict_do_nothing()
    return session.scalar(noted.returning(PluginRunRow.plugin)) is not None

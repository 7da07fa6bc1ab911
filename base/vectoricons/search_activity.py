"""Search activity: what people look for, guests by their session. The same search of a day is one row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import ClassVar

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import Resource, anybody, nobody
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Invalid
from vectoricons.common.mixins.service import AccessControlled, Observable
from vectoricons.common.operation import Write
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasTimestamps, Row

LONGEST_TERM = 255


@dataclass(frozen=True, slots=True)
class Search:
    """That *user_id*, or the guest of *session_id*, looked for something so many *times*."""

    search_term: str
    user_id: int | None
    session_id: str | None
    times: int = 1
    hits: int | None = None

    @staticmethod
    def cleaned(words: str) -> str:
        """*words* as they are counted: in small letters, with one space between."""
        return " ".join(words.lower().split())[:LONGEST_TERM]


class SearchActivityRow(Row, HasTimestamps):
    __tablename__ = "search_activity"
    __table_args__ = (
        CheckConstraint("user_id is not null or session_id is not null", name="somebody"),
        UniqueConstraint(
            "user_id", "session_id", "search_term", "searched_on", postgresql_nulls_not_distinct=True
        ),
        Index("ix_search_activity_search_term", "searched_on", "search_term"),
    )

    search_term: Mapped[str] = mapped_column(String(LONGEST_TERM))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="cascade"))
    session_id: Mapped[str | None] = mapped_column(String(64))
    searched_on: Mapped[date] = mapped_column(Date, server_default=text("current_date"))
    times: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    hits: Mapped[int | None] = mapped_column(Integer)


class SearchActivity(Timestamped):
    """How often somebody looked for something on one day, and how much the last time found."""

    id: int
    search_term: str
    user_id: int | None
    session_id: str | None
    searched_on: date
    times: int
    hits: int | None


class SearchActivityRepository(Repository[SearchActivityRow, SearchActivity]):
    """Search activity."""

    unique_key = ("user_id", "session_id", "search_term", "searched_on")

    def note_many(self, searches: Iterable[Search]) -> None:
        """Count *searches*, none of which is among them twice; all processes write them in one order."""
        ordered = sorted(searches, key=lambda each: (each.search_term, each.user_id or 0))
        rows = [asdict(each) for each in ordered]
        noted = insert(SearchActivityRow).values(rows)
        self._session.execute(
            noted.on_conflict_do_update(
                index_elements=self.unique_key,
                set_={
                    "times": SearchActivityRow.times + noted.excluded.times,
                    "hits": noted.excluded.hits,
                    "updated_at": func.statement_timestamp(),
                },
            )
        )

    def most_frequent(self, since: date, limit: int) -> list[tuple[str, int]]:
        """The terms looked for most often since a day, each with how often."""
        row = SearchActivityRow
        often = func.sum(row.times)
        found = self._session.execute(
            self.query({}).with_only_columns(row.search_term, often).order_by(None)
            .where(row.searched_on >= since).group_by(row.search_term)
            .order_by(often.desc(), row.search_term).limit(limit)
        )  # fmt: skip
        return [(term, int(times)) for term, times in found]


class SearchActivityService(Observable[SearchActivity], AccessControlled[SearchActivity]):
    """Search activity: anybody leaves it, people see their own, administrators all."""

    repository: SearchActivityRepository
    public: ClassVar = False
    policies: ClassVar = {"note": anybody, "note-many": nobody}

    def note(self, term: str, *, session_id: str | None = None, hits: int | None = None) -> None:
        """Count that the actor looked for *term*; guests are told apart by *session_id*.

        Raises Invalid for a guest without a session. A search for nothing leaves nothing.
        """
        user_id = self.work.actor.id
        if user_id is None and not session_id:
            raise Invalid("A guest's search is noted by their session, and none is given.")
        # A person is counted by their id, in whatever session.
        search = Search(Search.cleaned(term), user_id, None if user_id else session_id, hits=hits)
        if search.search_term:
            self._perform(Write(name="note"), lambda: self.repository.note_many([search]))

    def note_many(self, searches: Iterable[Search]) -> None:
        """Count searches that a process of ours has heard of, none of them twice."""
        self._perform(Write(name="note-many"), lambda: self.repository.note_many(searches))

    def most_frequent(self, since: date, limit: int = 10) -> list[tuple[str, int]]:
        """The terms looked for most often since a day, each with how often. For administrators."""
        self.access.enforce(self.work.actor, "most-frequent", Resource(self.kind))
        return self.repository.most_frequent(since, limit)

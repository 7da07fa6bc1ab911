"""Banned words: what no name, tag or description may hold. Kept in lower case, found as whole words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, TypeVar

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.access_control import is_privileged
from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Invalid
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row
from vectoricons.common.unit_of_work import UnitOfWork

K = TypeVar("K")

WORD = re.compile(r"\w+")


class BannedWordRow(Row, HasIsActive, HasTimestamps):
    __tablename__ = "banned_words"
    __table_args__ = (CheckConstraint("word = lower(word)", name="word_lower"),)

    word: Mapped[str] = mapped_column(String(255), unique=True)


class BannedWord(Timestamped):
    """A word nobody may use."""

    id: int
    word: str
    is_active: bool


class BannedWordRepository(Repository[BannedWordRow, BannedWord]):
    """Banned words."""

    unique_key = ("word",)

    def values(self, data: Data) -> dict[str, Any]:
        """Column values, with the word in lower case."""
        given = super().values(data)
        return {**given, "word": given["word"].strip().lower()} if given.get("word") else given


class BannedWordService(Managed[BannedWord], Activatable[BannedWord]):
    """Banned words: the administrators' list to see and change; anybody's text is held against it."""

    repository: BannedWordRepository
    public: ClassVar = False

    def find_in(self, text: str) -> list[str]:
        """The banned words *text* holds, whole and in any case, in the order they stand there."""
        return self.find_in_each({None: text}).get(None, [])

    def find_in_each(self, texts: Mapping[K, str]) -> dict[K, list[str]]:
        """The banned words of each of the *texts* that holds any."""
        used = {key: list(dict.fromkeys(WORD.findall(text.lower()))) for key, text in texts.items()}
        every = sorted({word for words in used.values() for word in words})
        banned = {found.word for found in self.repository.find_all({"word": every, "is_active": True})}
        found = {key: [word for word in words if word in banned] for key, words in used.items()}
        return {key: words for key, words in found.items() if words}

    def require_clean(self, text: str, *, field: str) -> None:
        """Raises Invalid when *text* holds a banned word; *field* is what people call the text."""
        found = self.find_in(text)
        if found:
            raise _refused(found[0], field)


def refuse_banned(work: UnitOfWork, items: Iterable[Mapping[str, Any]], fields: Mapping[str, str]) -> None:
    """Raises Invalid when one of the *fields* of what is written holds a banned word.

    They are columns, each with what people call it. Administrators and our own processes write what they
    like: what comes by an upload is looked at where it is taken in.
    """
    if is_privileged(work.actor):
        return
    said = {
        (number, called): text if isinstance(text, str) else " ".join(text)
        for number, item in enumerate(items)
        for column, called in fields.items()
        if (text := item.get(column))
    }
    if said and (found := BannedWordService(work).find_in_each(said)):
        (_, called), banned = next(iter(found.items()))
        raise _refused(banned[0], called)


def _refused(word: str, field: str) -> Invalid:
    return Invalid(f'The {field} holds "{word}", which is not allowed here. Choose another word.')

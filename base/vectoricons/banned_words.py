"""Banned words: what no name, tag or description may hold. Kept in lower case, found as whole words."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.errors import Invalid
from vectoricons.common.mixins.service import Activatable, Managed
from vectoricons.common.repository import Data, Repository
from vectoricons.common.row import HasIsActive, HasTimestamps, Row

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
        used = list(dict.fromkeys(WORD.findall(text.lower())))
        banned = {found.word for found in self.repository.find_all({"word": used, "is_active": True})}
        return [word for word in used if word in banned]

    def require_clean(self, text: str, *, field: str) -> None:
        """Raises Invalid when *text* holds a banned word; *field* is what people call the text."""
        found = self.find_in(text)
        if found:
            raise Invalid(f'The {field} holds "{found[0]}", which is not allowed here. Choose another word.')

"""What `make up` did, kept so that the next one can tell it again at once."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from local.files import write_private
from local.region.databases import Database


class Account(BaseModel):
    """A contributor's sign-in."""

    model_config = ConfigDict(frozen=True)

    email: str
    password: str


class Story(BaseModel):
    """How far a region has come. It grows step by step, so that an interrupted `make up` can go on."""

    declared_from: str = ""
    """The fingerprint of the sources that the region was last declared from; empty before."""
    databases: list[Database] = []
    """What it made in Postgres."""
    account: Account | None = None
    sample: str = ""
    """Where the sample family is to be seen; empty before it is public."""
    seconds: dict[str, float] = {}

    @classmethod
    def read(cls, directory: Path) -> Self:
        """The story of the region in *directory*; a new one at its beginning."""
        file = directory / "story.json"
        return cls.model_validate_json(file.read_bytes()) if file.exists() else cls()

    def write(self, directory: Path) -> None:
        """Keep it."""
        write_private(directory / "story.json", self.model_dump_json(indent=2))

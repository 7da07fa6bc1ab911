"""What a region writes down in its directory for whoever works with it; readable by its owner alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from local.addresses import Addresses
from local.files import write_private
from local.processes import Identity
from local.runner.status import Look

_LOOK = TypeAdapter(Look)


class RegionRecord(Addresses):
    """`region.json`: where everything is. There from the moment the region serves until it ends."""

    sink: str
    ports: Mapping[str, int]
    made_by: str
    """The fingerprint of the code that this region runs on."""

    @property
    def site(self) -> str:
        """The origin of the pages."""
        return f"http://127.0.0.1:{self.ports['api']}"

    @property
    def embeds_postgres(self) -> bool:
        """Whether Postgres is the region's own, and not a server that DATABASE_URL named."""
        return self.postgres.port == self.ports["postgres"]

    @classmethod
    def path(cls, directory: Path) -> Path:
        """Where it is."""
        return directory / "region.json"

    def write(self, directory: Path) -> None:
        """Write it at once and whole."""
        write_private(self.path(directory), self.model_dump_json(indent=2))


def read_record(directory: Path) -> RegionRecord | None:
    """The record of the region in *directory*; None when there is none that this version can read."""
    try:
        return RegionRecord.model_validate_json(RegionRecord.path(directory).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


class Processes(BaseModel):
    """`processes.json`: every process of the region, so that none remains when its daemon was killed."""

    parts: dict[str, Identity]
    tasks: list[Identity] = []

    @classmethod
    def read(cls, directory: Path) -> Processes | None:
        """What is written in *directory*; None when there is no region."""
        file = directory / "processes.json"
        return cls.model_validate_json(file.read_bytes()) if file.exists() else None

    def write(self, directory: Path) -> None:
        """Write it at once and whole."""
        write_private(directory / "processes.json", self.model_dump_json())


def write_look(directory: Path, look: Look) -> None:
    """`status.json`: how the services are."""
    write_private(directory / "status.json", _LOOK.dump_json(look).decode())


def read_look(directory: Path) -> Look:
    """The daemon's last look at the services."""
    file = directory / "status.json"
    return _LOOK.validate_json(file.read_bytes()) if file.exists() else Look(0, ())

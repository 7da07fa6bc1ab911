"""Where the images of a file go, and how it is known that they are there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, Self

from pydantic import TypeAdapter, ValidationError

from containers.converter.config import ConverterConfig
from containers.converter.results import Drawn, Found, Outcome, Result
from containers.converter.storage import Metadata, Object, Storage


@dataclass(frozen=True, slots=True)
class Seal:
    """What an image knows of where it is from: it makes a second conversion of the same needless.

    *version* and *sha256* are the source's, *recipe* the settings' digest, *run* who made it, *size* the
    bytes of all images of the source.
    """

    version: str
    sha256: str
    recipe: str
    run: str
    size: int

    @classmethod
    def read(cls, metadata: Metadata) -> Self | None:
        """The seal in *metadata*; ``None`` where another program wrote the image."""
        try:
            return TypeAdapter(cls).validate_python(dict(metadata))
        except ValidationError:
            return None

    def metadata(self) -> dict[str, str]:
        """As texts to be kept beside an image."""
        return {name: str(value) for name, value in asdict(self).items()}


class Target(Protocol):
    """What becomes of drawn files. Safe to use from several threads."""

    def seal(self, found: Found) -> Seal | None:
        """What is known of images of *found* that are there already, made by the same recipe."""
        ...

    def settled(self, found: Found, seal: Seal) -> Result:
        """The result for a file whose images are there."""
        ...

    def put(self, drawn: Drawn) -> Result:
        """Store the images; ``Failed`` when they cannot be."""
        ...


class Mirror:
    """Images under names made of their source's.

    The last image of a file is stored after all others, so that its seal speaks for them too. A file whose
    seal is of this very run was converted by it, before it was killed.
    """

    def __init__(self, storage: Storage, config: ConverterConfig, run: str, *, look: bool) -> None:
        self._storage = storage
        self._config = config
        self._digest = config.digest
        self._run = run
        self._look = look

    def seal(self, found: Found) -> Seal | None:
        """One look at one image; none at all into a target that was empty."""
        if not self._look:
            return None
        metadata = self._storage.metadata(self._config.target_keys(found.key)[-1])
        seal = Seal.read(metadata) if metadata else None
        return seal if seal and seal.recipe == self._digest else None

    def settled(self, found: Found, seal: Seal) -> Result:
        """Converted by this run, or unchanged since another."""
        outcome = Outcome.CONVERTED if seal.run == self._run else Outcome.UNCHANGED
        return Result(found=found, outcome=outcome, bytes_out=seal.size)

    def put(self, drawn: Drawn) -> Result:
        """One image after another."""
        for stored in self._objects(drawn):
            self._storage.write(stored)
        return Result(found=drawn.original.found, outcome=Outcome.CONVERTED, bytes_out=drawn.size)

    def _objects(self, drawn: Drawn) -> Sequence[Object]:
        original = drawn.original
        seal = Seal(original.found.version, original.sha256, self._digest, self._run, drawn.size).metadata()
        keys = self._config.target_keys(original.found.key)
        return [
            Object(key, image.data, image.content_type, seal)
            for key, image in zip(keys, drawn.images, strict=True)
        ]

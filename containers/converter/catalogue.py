"""The backfill: from every drawing of the catalogue to the images the pipeline would make of it today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from containers.converter.results import Drawn, Found, Outcome, Result
from containers.converter.selection import Shard
from containers.converter.storage import Object, Storage
from containers.converter.targets import Seal
from vectoricons.common.database import Database
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products import drawings
from vectoricons.uploads.keys import image_key
from vectoricons.uploads.settlement import Picture

VERSION = "1"  # a drawing's key is the digest of its contents: they never change


class Drawings:
    """The drawings that items of the catalogue have, as Postgres knows them: nothing is listed in S3."""

    def __init__(self, database: Database, private: Storage, shard: Shard) -> None:
        self._database = database
        self._private = private
        self._shard = shard

    def pages(self) -> Iterator[Sequence[Found]]:
        """By key."""
        with self._database.reader() as connection:
            for page in drawings.keys(connection):
                yield [Found(key, 0, VERSION) for key in page if self._shard.holds(key)]

    def read(self, found: Found) -> bytes:
        """The sanitised SVG."""
        return self._private.read(Found(found.key, 0, ""))


class Catalogue:
    """Images under the keys of their contents, public or private as the items with the drawing are sold."""

    def __init__(self, database: Database, public: Storage, private: Storage) -> None:
        self._database = database
        self._places = {True: public, False: private}

    def seal(self, found: Found) -> Seal | None:
        """None: where an image would be is not known before it is made. The checkpoint tells what is done."""
        return None

    def settled(self, found: Found, seal: Seal) -> Result:
        """Not asked, without a seal."""
        raise NotImplementedError

    def put(self, drawn: Drawn) -> Result:
        """Store each image where its items want it; the rows follow with the checkpoint."""
        found = replace(drawn.original.found, size=len(drawn.original.data))
        with self._database.reader() as connection:
            owners = drawings.owners(connection, [found.key])
        pictures = []
        for image in drawn.images:
            key = image_key(image.sha256, image.format)
            for public in sorted({owner.shows(image.kind) for owner in owners}):
                self._places[public].write(Object(key, image.data, image.content_type))
                pictures.append(
                    Picture(
                        kind=image.kind,
                        format=image.format,
                        width=image.width,
                        height=image.height,
                        size_bytes=len(image.data),
                        sha256=image.sha256,
                        object_key=key,
                        public=public,
                    )
                )
        return Result(
            found=found,
            outcome=Outcome.CONVERTED,
            bytes_out=sum(picture.size_bytes for picture in pictures),
            pictures=tuple(pictures),
        )


def hang(work: UnitOfWork, results: Sequence[Result]) -> None:
    """Let the items show what was stored; in the transaction that records it."""
    pictures = {result.found.key: result.pictures for result in results if result.pictures}
    if pictures:
        drawings.hang(work.session, pictures)

"""Images: the pictures of an entity, each an object in a public or the private bucket."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    and_,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column

from vectoricons.common.access_control import is_privileged, nobody, own_contribution
from vectoricons.common.actor import Actor
from vectoricons.common.entity import Timestamped
from vectoricons.common.mixins.service import (
    REMOVALS,
    SWITCHES,
    Activatable,
    Addressable,
    Managed,
    SoftDeletable,
)
from vectoricons.common.repository import Repository
from vectoricons.common.row import HasEntity, HasIsLive, HasPublicId, HasTimestamps, Row, one_of, related
from vectoricons.config.enums import EntityType, Role
from vectoricons.images import subjects
from vectoricons.images.image_types import ImageType, ImageTypeRow


class Visibility(StrEnum):
    """Which bucket an object is in, and whether it is shown."""

    PUBLIC = "public"
    PRIVATE = "private"
    HIDDEN = "hidden"


class Access(StrEnum):
    """Who may fetch an object."""

    ADMIN = "admin"
    OWNER = "owner"
    CUSTOMER = "customer"
    PURCHASER = "purchaser"
    SUBSCRIBER = "subscriber"
    USER = "user"
    ALL = "all"


class Format(StrEnum):
    """What kind of file an object is."""

    PNG = "png"
    SVG = "svg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who wants to fetch an image, and what they are to the thing it shows."""

    actor: Actor
    is_owner: bool = False
    has_bought: bool = False
    has_subscription: bool = False


class ImageRow(Row, HasPublicId, HasEntity, HasIsLive, HasTimestamps):
    __tablename__ = "images"
    __table_args__ = (
        UniqueConstraint("entity_type", "entity_id", "kind", "format"),
        one_of("entity_type", EntityType),
        one_of("visibility", Visibility),
        one_of("access", Access),
        one_of("format", Format),
        Index("ix_images_image_hash", "image_hash"),
    )

    kind: Mapped[str] = mapped_column(String(255), ForeignKey("image_types.value", onupdate="cascade"))
    format: Mapped[str] = mapped_column(String(8))
    visibility: Mapped[str] = mapped_column(String(16))
    access: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(255))
    object_key: Mapped[str] = mapped_column(String(255))
    image_hash: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)

    image_type: Mapped[ImageTypeRow] = related()


class HasImages:
    """A table whose rows have pictures: ``images`` are its live ones."""

    pictured_as: ClassVar[EntityType]
    id: Any

    @declared_attr
    @classmethod
    def images(cls) -> Mapped[list[ImageRow]]:
        """The live images of the row."""
        return related(
            primaryjoin=lambda: and_(
                foreign(ImageRow.entity_id) == cls.id,
                ImageRow.entity_type == cls.pictured_as,
                ImageRow.is_live,
            ),
            order_by=ImageRow.id,
        )


class Image(Timestamped):
    """A picture: of what (the entity pair), what for (``kind``), where (``object_key``), for whom.

    ``image_hash`` is the SHA-256 of its bytes in hex; sizes are in pixels and bytes.
    """

    id: int
    unique_id: str
    entity_type: EntityType
    entity_id: int
    kind: str
    format: Format
    visibility: Visibility
    access: Access
    name: str
    object_key: str
    image_hash: str
    size_bytes: int
    width: int
    height: int
    is_active: bool
    is_deleted: bool
    image_type: ImageType | None = None

    def is_for(self, reader: Reader) -> bool:
        """Whether *reader* may fetch it: by its access class; owner and administrators always."""
        if reader.actor.has_role(Role.DENY_ALL):
            return False
        return is_privileged(reader.actor) or reader.is_owner or self._admits(reader)

    def _admits(self, reader: Reader) -> bool:
        match self.access:
            case Access.ALL:
                return True
            case Access.USER:
                return reader.actor.id is not None
            case Access.CUSTOMER:
                return reader.actor.has_role(Role.CUSTOMER, Role.SUBSCRIBER)
            case Access.SUBSCRIBER:
                return reader.has_bought or reader.has_subscription
            case Access.PURCHASER:
                return reader.has_bought
            case _:
                return False


class ImageRepository(Repository[ImageRow, Image]):
    """Images, one per entity, kind and format."""

    graphs: ClassVar = {"default": ("image_type",)}
    unique_key = ("entity_type", "entity_id", "kind", "format")

    def find_by_entity(self, entity_type: str, entity_id: int) -> list[Image]:
        """The live images of an entity."""
        return self.find_all({"entity_type": entity_type, "entity_id": entity_id, "is_live": True})


class ImageService(Managed[Image], SoftDeletable[Image], Activatable[Image], Addressable[Image]):
    """Images: anybody sees the public ones of what they see; the pipeline makes them.

    Whose the thing is, theirs are its images: to see all of them, name them, and put them away.
    """

    repository: ImageRepository
    policies: ClassVar = {
        **dict.fromkeys(("create", "upsert", "delete"), nobody),
        **dict.fromkeys(("update", *REMOVALS, *SWITCHES), own_contribution),
    }
    guarded: ClassVar = frozenset(Image.model_fields) - {"name", "is_active", "is_deleted"}

    def get_by_entity(self, entity_type: str, entity_id: int) -> list[Image]:
        """The live images of an entity."""
        return self.get_where({"entity_type": entity_type, "entity_id": entity_id, "is_live": True})

    def _visible(self) -> ColumnElement[bool] | None:
        if is_privileged(self.work.actor):
            return None
        is_shown = and_(ImageRow.is_live, ImageRow.visibility == Visibility.PUBLIC, subjects.IS_SHOWN)
        mine = self.work.actor.id
        return is_shown if mine is None else or_(is_shown, literal(mine) == subjects.OWNER)

    def _owner_of(self, entity: Image) -> int | None:
        return self.work.session.scalar(select(subjects.OWNER).where(ImageRow.id == entity.id))

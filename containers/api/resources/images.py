"""Images: everybody reads the public ones of what they see, owners all of what is theirs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from containers.api.callers import Reach
from containers.api.queries import Paging
from containers.api.resources.resource import Resource
from containers.api.resources.wire import Wire
from containers.api.wiring import wired
from vectoricons.auth.api_keys import Scope
from vectoricons.config.enums import EntityType
from vectoricons.images import Access, Format, Image, ImageService, Visibility
from vectoricons.utils import Input, Line, Word, may_be_left_out

Pixels = Annotated[int, Field(ge=1, le=100_000)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Pictured(Input):
    """What an image is of."""

    entity_type: EntityType = Field(description='It is a kind of thing, such as "icon".')
    entity_id: Word = Field(description="It is the id of the thing, as the API shows it.")


class ImagesOf(Paging, Pictured):
    """The images of one thing."""

    is_deleted: bool | None = Field(None, description="It is true or false; only owners see what is deleted.")


class NewImage(Pictured):
    """An image whose file is in its bucket."""

    kind: Word = Field(description='It is the value of an image type, such as "preview".')
    format: Format = Field(description='It is "svg", "png" or "webp".')
    visibility: Visibility = Field(description='It is the bucket: "public" or "private"; or "hidden".')
    access: Access = Field(description='It is who may fetch it, such as "all" or "purchaser".')
    name: Line = Field(description="It is its name.")
    object_key: Line = Field(description="It is the key of the file in its bucket.")
    image_hash: Digest = Field(description="It is the SHA-256 of the file: 64 letters and digits.")
    size_bytes: int = Field(ge=1, lt=2**63, description="It is the size of the file in bytes.")
    width: Pixels = Field(description="It is its width in pixels.")
    height: Pixels = Field(description="It is its height in pixels.")


class ImagePatch(Input):
    """What may change of it."""

    name: Line = may_be_left_out("It is its name.")
    is_active: bool = may_be_left_out("It is true while it is shown.")
    is_deleted: bool = may_be_left_out("It is true to put it away, false to bring it back.")


def _url(image: Image) -> str | None:
    """Where a public one is."""
    is_public = image.visibility is Visibility.PUBLIC
    return f"{wired().settings.assets_url}/{image.object_key}" if is_public else None


RESOURCES = (
    Resource(
        name="images",
        service=ImageService,
        wire=Wire.of(ImageService, kept=("object_key", "image_hash"), added={"url": _url}),
        readers=Reach.EVERYBODY,
        writers=Reach.CONTRIBUTOR,
        scopes=(Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE),
        filters=ImagesOf,
        new=NewImage,
        patch=ImagePatch,
        removable=True,
    ),
)

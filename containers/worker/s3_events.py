"""What S3 tells a queue: objects created, a test, or something this pipeline was not made for."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import unquote_plus

from pydantic import AfterValidator, AliasPath, BaseModel, ConfigDict, Field, ValidationError

TEST_EVENT = "s3:TestEvent"
CREATED = "ObjectCreated:"


class ObjectEvent(BaseModel):
    """One record of a notification. *key* is decoded once; *etag* is without quotes."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(alias="eventName")
    bucket: str = Field(validation_alias=AliasPath("s3", "bucket", "name"))
    key: Annotated[str, AfterValidator(unquote_plus)] = Field(
        validation_alias=AliasPath("s3", "object", "key")
    )
    size: int = Field(0, validation_alias=AliasPath("s3", "object", "size"))
    etag: str = Field("", validation_alias=AliasPath("s3", "object", "eTag"))
    version_id: str | None = Field(None, validation_alias=AliasPath("s3", "object", "versionId"))
    sequencer: str = Field("", validation_alias=AliasPath("s3", "object", "sequencer"))

    @property
    def created(self) -> bool:
        """Whether an object came to be, by whatever means."""
        return self.name.removeprefix("s3:").startswith(CREATED)

    @property
    def version(self) -> str:
        """What tells this content of the key from another: its version where there are any, else its ETag."""
        return self.version_id or self.etag


class Notification(BaseModel):
    """The body of a message: records, or S3's word that it may write to the queue."""

    model_config = ConfigDict(frozen=True)

    event: str = Field("", alias="Event")
    records: tuple[ObjectEvent, ...] = Field((), alias="Records")

    @property
    def is_test(self) -> bool:
        """S3 sends one whenever a notification is configured."""
        return self.event == TEST_EVENT


class NotAnS3Event(ValueError):
    """A message that S3 did not write."""


def parse(body: str) -> Notification:
    """The notification in *body*; raises ``NotAnS3Event`` with what is wrong with it."""
    try:
        notification = Notification.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        raise NotAnS3Event(
            f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['msg']}"
        ) from None
    if not notification.is_test and not notification.records:
        raise NotAnS3Event("neither Records nor s3:TestEvent")
    return notification

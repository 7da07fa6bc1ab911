"""Object storage as a visitor may touch it: a form that takes one ZIP, a link that gives one SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from containers.api.settings import ApiSettings, origin_of
from vectoricons.uploads import limits

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ZIP = "application/zip"
FORM_LIFE = timedelta(minutes=15)
LINK_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Form:
    """A signed form: POST *fields* and then the file, as multipart, to *url* before *expires_at*."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


class Storage:
    """Signs requests to S3 with the task role. Nothing is sent from here: signing needs no network."""

    def __init__(self, settings: ApiSettings) -> None:
        self._uploads = settings.uploads_bucket
        self._private = settings.private_bucket
        self._s3: S3Client = boto3.client(
            "s3",
            region_name=settings.aws_region,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )

    @property
    def origin(self) -> str:
        """Where signed forms and links point to."""
        return origin_of(self._s3.meta.endpoint_url)

    def upload_form(self, key: str, *, then: str | None = None) -> Form:
        """A form that puts one ZIP at exactly *key*; the browser goes on to *then*, or gets 201 without."""
        after = {"success_action_redirect": then} if then else {"success_action_status": "201"}
        fields = {"Content-Type": ZIP, **after}
        conditions = [*({name: value} for name, value in fields.items()), _size_range()]
        signed = self._s3.generate_presigned_post(
            self._uploads, key, Fields=fields, Conditions=conditions, ExpiresIn=int(FORM_LIFE.total_seconds())
        )
        return Form(signed["url"], signed["fields"], datetime.now(UTC) + FORM_LIFE)

    def svg_link(self, key: str, filename: str) -> str:
        """A link that downloads the private SVG at *key* as *filename* for the next minute."""
        return self._s3.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._private,
                "Key": key,
                "ResponseContentType": "image/svg+xml",
                "ResponseContentDisposition": f'attachment; filename="{filename}"',
            },
            ExpiresIn=int(LINK_LIFE.total_seconds()),
        )


def _size_range() -> list[str | int]:
    return ["content-length-range", 1, limits.MAX_ARCHIVE_BYTES]

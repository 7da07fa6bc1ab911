"""Object storage as a visitor may touch it: a form that takes one ZIP, a link that gives one SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast
from urllib.parse import quote, urlencode

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from containers.api.settings import ApiSettings, origin_of
from vectoricons.aws import s3
from vectoricons.aws.s3 import S3
from vectoricons.uploads import limits

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
    """Signs forms for S3 with the task role and links for CloudFront with the site's own key.

    Nothing is sent from here: signing needs no network.
    """

    def __init__(self, settings: ApiSettings) -> None:
        self._uploads = settings.uploads_bucket
        self._assets = settings.assets_url
        self._links = _signer(settings)
        self._client = s3.client(region_name=settings.aws_region)

    @property
    def origin(self) -> str:
        """Where signed forms point to."""
        return origin_of(self._client.meta.endpoint_url)

    def upload_form(self, key: str, *, then: str | None = None) -> Form:
        """A form that puts one ZIP at exactly *key*; the browser goes on to *then*, or gets 201 without."""
        after = {"success_action_redirect": then} if then else {"success_action_status": "201"}
        signed = S3(self._client).form(
            self._uploads, key, FORM_LIFE, size=limits.MAX_ARCHIVE_BYTES, **{"Content-Type": ZIP, **after}
        )
        return Form(signed.url, signed.fields, datetime.now(UTC) + FORM_LIFE)

    def svg_link(self, key: str, filename: str) -> str:
        """A link that downloads the private SVG at *key* as *filename* for the next minute."""
        asked = urlencode(
            {"response-content-disposition": f'attachment; filename="{filename}"'}, quote_via=quote
        )
        signed = self._links.generate_presigned_url(
            f"{self._assets}/{quote(key)}?{asked}", date_less_than=datetime.now(UTC) + LINK_LIFE
        )
        return f"{signed}&Hash-Algorithm=SHA256"


def _signer(settings: ApiSettings) -> CloudFrontSigner:
    pem = settings.cdn_private_key.get_secret_value().encode()
    key = cast("RSAPrivateKey", load_pem_private_key(pem, password=None))
    return CloudFrontSigner(settings.cdn_key_id, lambda message: key.sign(message, PKCS1v15(), SHA256()))

"""Signed forms against a real S3 API: the ZIP arrives at its key. Links are tested at the edge."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
import requests

from containers.api.settings import ApiSettings
from containers.api.storage import Storage
from tests.moto_server import forget_everything, moto_server

KEY = "uploads/somebody/batch/source.zip"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as address:
        yield address


@pytest.fixture
def s3(endpoint: str, settings: ApiSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=settings.uploads_bucket)
    yield client
    forget_everything(endpoint)


def test_a_zip_sent_with_the_form_is_kept_under_its_key(s3: object, settings: ApiSettings) -> None:
    form = Storage(settings).upload_form(KEY)
    answer = requests.post(form.url, data=form.fields, files={"file": ("a.zip", b"PK")}, timeout=10)
    assert answer.status_code == 201
    kept = boto3.client("s3").get_object(Bucket=settings.uploads_bucket, Key=KEY)
    assert (kept["Body"].read(), kept["ContentType"]) == (b"PK", "application/zip")


def test_a_browser_without_scripts_is_sent_on(s3: object, settings: ApiSettings) -> None:
    form = Storage(settings).upload_form(KEY, then="http://localhost/studio/uploads/1?sent=1")
    answer = requests.post(
        form.url, data=form.fields, files={"file": ("a.zip", b"PK")}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://localhost/studio/uploads/1?sent=1")

"""S3, against moto: what is stored is what is fetched, and what fails is said in words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import boto3
import pytest
import requests
from botocore.config import Config

from local.processes import free_port
from vectoricons.aws import AwsFailed
from vectoricons.aws.s3 import S3, Put, client

MINUTE = timedelta(minutes=1)
NOBODY = "nobody-has-this"


@pytest.fixture
def s3() -> S3:
    return S3(client())


@pytest.fixture
def bucket() -> str:
    """A bucket with one object."""
    name = f"bucket-{uuid4().hex}"
    raw = client()
    raw.create_bucket(Bucket=name)
    raw.put_object(Bucket=name, Key="a.svg", Body=b"<svg/>", Tagging="of=arrows&kind=source")
    return name


@pytest.fixture
def away() -> S3:
    """An S3 nobody answers for."""
    impatient = Config(retries={"total_max_attempts": 1}, connect_timeout=1)
    return S3(boto3.client("s3", endpoint_url=f"http://127.0.0.1:{free_port()}", config=impatient))


def test_what_was_put_is_fetched_with_all_that_was_said_of_it(s3: S3, bucket: str) -> None:
    s3.put(Put(bucket, "b.webp", b"bytes", "image/webp", "no-store", {"recipe": "1"}))
    assert s3.fetch(bucket, "b.webp") == s3.find(bucket, "b.webp") == b"bytes"
    head = s3.head(bucket, "b.webp")
    assert head is not None
    assert (head.size, head.content_type, head.metadata) == (5, "image/webp", {"recipe": "1"})


def test_what_is_not_there_is_found_to_be_nothing_and_fails_to_be_fetched(s3: S3, bucket: str) -> None:
    assert s3.find(bucket, NOBODY) is None
    assert s3.head(bucket, NOBODY) is None
    with pytest.raises(
        AwsFailed, match=f"Failed to fetch s3://{bucket}/{NOBODY}: AWS says NoSuchKey"
    ) as failed:
        s3.fetch(bucket, NOBODY)
    assert failed.value.is_missing
    with pytest.raises(AwsFailed, match="Failed to read the tags"):
        s3.tags(bucket, NOBODY)


def test_an_object_that_changed_is_not_fetched_for_the_one_it_was(
    s3: S3, bucket: str, tmp_path: Path
) -> None:
    head = s3.head(bucket, "a.svg")
    assert head is not None
    s3.download(bucket, "a.svg", tmp_path / "a.svg", etag=head.etag)
    assert (tmp_path / "a.svg").read_bytes() == b"<svg/>"
    s3.put(Put(bucket, "a.svg", b"<svg />", "image/svg+xml"))
    with pytest.raises(AwsFailed) as failed:
        s3.fetch(bucket, "a.svg", etag=head.etag)
    assert failed.value.is_changed
    with pytest.raises(AwsFailed):
        s3.download(bucket, "a.svg", tmp_path / "b.svg", etag=head.etag)


def test_tags_are_read(s3: S3, bucket: str) -> None:
    assert s3.tags(bucket, "a.svg") == {"of": "arrows", "kind": "source"}


def test_deleting_what_is_gone_already_is_no_error(s3: S3, bucket: str) -> None:
    s3.delete(bucket, "a.svg")
    s3.delete(bucket, "a.svg")
    assert s3.find(bucket, "a.svg") is None
    with pytest.raises(AwsFailed, match="Failed to delete"):
        s3.delete(NOBODY, "a.svg")


def test_a_bucket_is_listed_page_by_page(s3: S3, bucket: str) -> None:
    for name in "bcd":
        s3.put(Put(bucket, f"more/{name}", name.encode(), "text/plain"))
    pages = list(s3.pages(bucket, "more/", size=2))
    assert [[head.key for head in page] for page in pages] == [["more/b", "more/c"], ["more/d"]]
    assert all(head.size == 1 and head.etag for page in pages for head in page)
    with pytest.raises(AwsFailed, match=f"Failed to list s3://{NOBODY}/: AWS says NoSuchBucket"):
        list(s3.pages(NOBODY))


def test_it_is_known_whether_a_bucket_is_there(s3: S3, bucket: str) -> None:
    assert s3.has_bucket(bucket)
    assert not s3.has_bucket(NOBODY)


def test_a_failed_store_says_where(s3: S3) -> None:
    with pytest.raises(AwsFailed, match=f"Failed to store s3://{NOBODY}/a: AWS says NoSuchBucket"):
        s3.put(Put(NOBODY, "a", b"", "text/plain"))


def test_an_s3_that_does_not_answer_is_said_not_to(away: S3) -> None:
    for call in (
        lambda: away.fetch("b", "k"),
        lambda: away.find("b", "k"),
        lambda: away.head("b", "k"),
        lambda: away.has_bucket("b"),
    ):
        with pytest.raises(AwsFailed, match="AWS cannot be reached") as failed:
            call()
        assert failed.value.aws_code == ""


def test_a_link_fetches_one_object_for_a_while(s3: S3, bucket: str) -> None:
    link = s3.link(bucket, "a.svg", MINUTE, filename="arrow.svg")
    asked = parse_qs(urlsplit(link).query)
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["response-content-disposition"] == ['attachment; filename="arrow.svg"']
    assert requests.get(link, timeout=10).content == b"<svg/>"
    assert "response-content-disposition" not in s3.link(bucket, "a.svg", MINUTE)


def test_a_form_puts_one_object_at_its_key(s3: S3, bucket: str) -> None:
    form = s3.form(bucket, "in/a.zip", MINUTE, size=1000, **{"Content-Type": "application/zip"})
    assert form.fields["key"] == "in/a.zip"
    answer = requests.post(form.url, data=form.fields, files={"file": b"zip"}, timeout=10)
    assert answer.ok
    assert s3.fetch(bucket, "in/a.zip") == b"zip"

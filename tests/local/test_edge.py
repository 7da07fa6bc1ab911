"""The edge at home is CloudFront's: paths have behaviours, private ones are for signed links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import requests
import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError

from containers.api.settings import ApiSettings
from containers.api.storage import Storage
from local.cloud import ACCOUNT, REGION, Cloud, CloudPorts
from local.processes import free_port
from tests.api.clients import SETTINGS
from tests.keys import OTHER_PRIVATE_KEY, PRIVATE_KEY, PUBLIC_KEY

PUBLIC, PRIVATE = "edge-public", "edge-private"
KEY = "svg/a1.svg"


@dataclass(frozen=True)
class Edge:
    """A distribution before a public and a private bucket, the private one for links of one key."""

    address: str
    clients: Any
    distribution: str
    key_id: str

    def get(self, path: str, **how: Any) -> requests.Response:
        return requests.get(path if path.startswith("http") else f"{self.address}{path}", timeout=5, **how)

    def link(self, *, key: str = KEY, signed_with: str = PRIVATE_KEY, key_id: str = "") -> str:
        """A link as the api makes it."""
        told = SETTINGS | {"assets_url": self.address, "cdn_private_key": signed_with}
        return Storage(ApiSettings(**told | {"cdn_key_id": key_id or self.key_id})).svg_link(key, "arrow.svg")


@pytest.fixture(scope="module")
def edge() -> Iterator[Edge]:
    cloud = Cloud(CloudPorts(aws=free_port(), edge=free_port(), platform=free_port()))
    operator = cloud.start()

    def clients(service: str) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=cloud.endpoint,
            aws_access_key_id=operator.access_key,
            aws_secret_access_key=operator.secret_key,
            config=Config(s3={"addressing_style": "path"}),
        )

    cdn = clients("cloudfront")
    config = {"CallerReference": "1", "Name": "links", "EncodedKey": PUBLIC_KEY}
    key_id = cdn.create_public_key(PublicKeyConfig=config)["PublicKey"]["Id"]
    group = cdn.create_key_group(KeyGroupConfig={"Name": "links", "Items": [key_id]})["KeyGroup"]["Id"]
    made = cdn.create_distribution(DistributionConfig=distribution(group))["Distribution"]
    for bucket, keys in ((PUBLIC, "*"), (PRIVATE, "svg/*")):
        clients("s3").create_bucket(Bucket=bucket)
        clients("s3").put_bucket_policy(Bucket=bucket, Policy=policy(bucket, keys, made["ARN"]))
    put(clients, PUBLIC, "images/a.png", b"pixels", CacheControl="public, max-age=60")
    put(clients, PRIVATE, KEY, b"<svg/>")
    put(clients, PRIVATE, "sources/a.svg", b"<svg/>")
    yield Edge(f"http://127.0.0.1:{cloud.ports.edge}", clients, made["Id"], key_id)
    cloud.stop()


def distribution(group: str) -> dict[str, Any]:
    def behaviour(origin: str, *groups: str) -> dict[str, Any]:
        trusted = {"Enabled": bool(groups), "Quantity": len(groups), "Items": list(groups)}
        return {
            "TargetOriginId": origin,
            "ViewerProtocolPolicy": "redirect-to-https",
            "TrustedKeyGroups": trusted,
        }

    origins = [
        {
            "Id": bucket,
            "DomainName": f"{bucket}.s3.{REGION}.amazonaws.com",
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        }
        for bucket in (PUBLIC, PRIVATE)
    ]
    private = {"PathPattern": "/svg/*", **behaviour(PRIVATE, group)}
    return {
        "CallerReference": "1",
        "Comment": "Pictures",
        "Enabled": True,
        "Origins": {"Quantity": 2, "Items": origins},
        "DefaultCacheBehavior": behaviour(PUBLIC),
        "CacheBehaviors": {"Quantity": 1, "Items": [private]},
    }


def policy(bucket: str, keys: str, distribution: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{keys}",
        "Condition": {"ArnLike": {"aws:SourceArn": distribution}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def put(clients: Any, bucket: str, key: str, body: bytes, **more: str) -> None:
    clients("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType="image/test", **more)


def test_a_public_picture_is_for_everybody_and_kept_as_its_object_says(edge: Edge) -> None:
    answer = edge.get("/images/a.png")
    assert (answer.content, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        b"pixels",
        "image/test",
        "public, max-age=60",
    )
    assert edge.get("/images/a.png", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert edge.get("/images/none.png").status_code == 404


def test_a_link_of_the_api_downloads_the_svg_under_its_name_and_is_kept_by_nobody(edge: Edge) -> None:
    answer = edge.get(edge.link())
    assert (answer.status_code, answer.content) == (200, b"<svg/>")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="arrow.svg"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_without_a_signature_a_private_path_is_shut(edge: Edge) -> None:
    assert edge.get(f"/{KEY}").status_code == 403
    assert "names no key" in edge.get(f"/{KEY}?Expires=4102444800&Signature=abcd").text


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("svg/a1.svg", "svg/b2.svg"),
        ("arrow.svg", "arrow.exe"),
        ("Expires=", "Expires=1"),
        ("Signature=", "Signature=AAAA"),
        ("Hash-Algorithm=SHA256", "Hash-Algorithm=SHA1"),
    ],
)
def test_a_link_with_another_word_in_it_is_refused(edge: Edge, part: str, other: str) -> None:
    link = edge.link()
    assert part in link
    answer = edge.get(link.replace(part, other))
    assert (answer.status_code, "not that of this address" in answer.text) == (403, True)


@pytest.mark.parametrize(
    "broken", ["Expires=soon", "Signature=*", "Hash-Algorithm=MD5", "Expires", "Key-Pair-Id=K0"]
)
def test_a_link_that_is_none_is_refused_in_words(edge: Edge, broken: str) -> None:
    kept = [pair for pair in edge.link().split("&") if pair.partition("=")[0] != broken.partition("=")[0]]
    answer = edge.get("&".join([*kept, broken]))
    assert answer.status_code == 403
    assert "Traceback" not in answer.text


def test_a_link_signed_with_another_key_is_refused(edge: Edge) -> None:
    assert edge.get(edge.link(signed_with=OTHER_PRIVATE_KEY)).status_code == 403


def test_a_link_is_good_for_a_minute(edge: Edge) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=50)):
        fresh = edge.link()
    with time_machine.travel(datetime.now(UTC) - timedelta(seconds=62)):
        old = edge.link()
    assert edge.get(fresh).status_code == 200
    assert (edge.get(old).status_code, "expired" in edge.get(old).text) == (403, True)


def test_the_rest_of_the_private_bucket_has_no_address(edge: Edge) -> None:
    assert edge.get("/sources/a.svg").status_code == 404
    assert edge.get(edge.link(key="sources/a.svg")).status_code == 404


def test_a_bucket_is_read_by_the_distribution_its_policy_names_and_by_no_other(edge: Edge) -> None:
    s3 = edge.clients("s3")
    mine = s3.get_bucket_policy(Bucket=PUBLIC)["Policy"]
    another = f"arn:aws:cloudfront::{ACCOUNT}:distribution/EANOTHER"
    s3.put_bucket_policy(Bucket=PUBLIC, Policy=policy(PUBLIC, "*", another))
    assert edge.get("/images/a.png").status_code == 404
    s3.put_bucket_policy(Bucket=PUBLIC, Policy=mine)
    assert edge.get("/images/a.png").status_code == 200


def test_an_invalidation_asked_for_twice_is_one(edge: Edge) -> None:
    def ask(reference: str) -> str:
        batch = {"CallerReference": reference, "Paths": {"Quantity": 1, "Items": ["/"]}}
        made = edge.clients("cloudfront").create_invalidation(
            DistributionId=edge.distribution, InvalidationBatch=batch
        )
        return str(made["Invalidation"]["Id"])

    assert ask("first") == ask("first") != ask("second")


def test_an_access_log_goes_where_the_policy_of_its_bucket_lets_it(edge: Edge) -> None:
    s3 = edge.clients("s3")
    s3.create_bucket(Bucket="edge-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": ["arn:aws:s3:::edge-logs/buckets/*"],
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:::edge-*"},
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
        },
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    s3.put_bucket_policy(Bucket="edge-logs", Policy=document)

    def log_to(prefix: str) -> None:
        target = {"TargetBucket": "edge-logs", "TargetPrefix": prefix}
        s3.put_bucket_logging(Bucket=PUBLIC, BucketLoggingStatus={"LoggingEnabled": target})

    log_to("buckets/public/")
    assert s3.get_bucket_logging(Bucket=PUBLIC)["LoggingEnabled"]["TargetPrefix"] == "buckets/public/"
    with pytest.raises(ClientError, match="does not let S3 write the log of edge-public"):
        log_to("elsewhere/")

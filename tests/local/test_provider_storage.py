"""Buckets and their settings: made in S3, changed, seen when changed by hand, deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.provider.errors import PartlyMadeError, RefusedError
from local.provider.provider import AwsProvider
from local.provider.region import Region
from local.provider.values import plain
from tests.local.engineless import Declared, Engineless

NAME = "vectoricons-local-uploads"
LOGGING = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": ["s3:PutObject"],
            "Resource": f"arn:aws:s3:::{NAME}/*",
        }
    ],
}
TLS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{NAME}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    }
)


@pytest.fixture
def bucket(declared: Engineless) -> Declared:
    """A bucket that may be deleted with all that is in it."""
    return declared.create(
        "aws:s3/bucket:Bucket", bucket=NAME, forceDestroy=True, tags={"component": "uploads"}
    )


def test_a_bucket_is_tagged_retagged_and_deleted_with_every_version_in_it(
    declared: Engineless, bucket: Declared, aws: Any
) -> None:
    assert bucket["bucketRegionalDomainName"] == f"{NAME}.s3.us-east-1.amazonaws.com"
    assert declared.read(bucket) == bucket
    bare = declared.update(bucket, tags=None)
    with pytest.raises(ClientError, match="NoSuchTagSet"):
        aws("s3").get_bucket_tagging(Bucket=NAME)
    assert declared.read(bare) == bare

    declared.create(
        "aws:s3/bucketVersioning:BucketVersioning", bucket=NAME, versioningConfiguration={"status": "Enabled"}
    )
    for body in (b"<svg/>", b"<svg></svg>"):
        aws("s3").put_object(Bucket=NAME, Key="arrow.svg", Body=body)
    aws("s3").delete_object(Bucket=NAME, Key="arrow.svg")
    declared.delete(bare)
    assert declared.read(bare) is None
    declared.delete(bare)


def test_a_bucket_that_is_not_empty_stays_where_that_was_not_asked_for(
    declared: Engineless, aws: Any
) -> None:
    bucket = declared.create("aws:s3/bucket:Bucket", "private", bucket=NAME, objectLockEnabled=True)
    aws("s3").put_object(Bucket=NAME, Key="arrow.svg", Body=b"<svg/>")

    with pytest.raises(
        RefusedError,
        match="aws:s3/bucket:Bucket 'private': cannot delete it: DeleteBucket was answered BucketNotEmpty",
    ):
        declared.delete(bucket)


def test_a_bucket_is_made_where_its_region_is(region: Region, aws: Any) -> None:
    elsewhere = region.model_copy(update={"region": "eu-central-1"})

    Engineless(AwsProvider(elsewhere)).create("aws:s3/bucket:Bucket", bucket=NAME)

    assert aws("s3").get_bucket_location(Bucket=NAME)["LocationConstraint"] == "eu-central-1"


def test_a_bucket_whose_tags_are_refused_is_reported_as_made_in_part(declared: Engineless, aws: Any) -> None:
    with pytest.raises(PartlyMadeError, match="it exists, but is not complete") as caught:
        declared.create("aws:s3/bucket:Bucket", bucket=NAME, tags={"aws:reserved": "x"})

    assert caught.value.made.id == NAME
    assert caught.value.made.outputs["arn"] == f"arn:aws:s3:::{NAME}"
    assert aws("s3").head_bucket(Bucket=NAME)


SETTINGS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bucketPolicy:BucketPolicy": ({"policy": TLS}, {"policy": json.dumps(LOGGING)}),
    "bucketPublicAccessBlock:BucketPublicAccessBlock": (
        {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True},
        {"blockPublicAcls": False},
    ),
    "bucketOwnershipControls:BucketOwnershipControls": (
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "ObjectWriter"}},
    ),
    "bucketVersioning:BucketVersioning": (
        {"versioningConfiguration": {"status": "Enabled"}},
        {"versioningConfiguration": {"status": "Suspended"}},
    ),
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration": (
        {
            "rules": [
                {
                    "id": "tidy",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abortIncompleteMultipartUpload": {"daysAfterInitiation": 2},
                    "noncurrentVersionExpiration": {"noncurrentDays": 30},
                    "expiration": None,
                }
            ]
        },
        {
            "rules": [
                {"id": "tidy", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 30}}
            ]
        },
    ),
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]},
        {
            "rules": [
                {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}}
            ]
        },
    ),
    "bucketCorsConfiguration:BucketCorsConfiguration": (
        {
            "corsRules": [
                {"allowedMethods": ["POST"], "allowedOrigins": ["https://a.example"], "maxAgeSeconds": 60}
            ]
        },
        {"corsRules": [{"allowedMethods": ["POST"], "allowedOrigins": ["https://b.example"]}]},
    ),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_setting_is_written_read_back_changed_and_seen_when_changed_by_hand(
    declared: Engineless, bucket: Declared, kind: str
) -> None:
    first, second = SETTINGS[kind]

    before = declared.create(f"aws:s3/{kind}", bucket=NAME, **first)
    assert declared.read(before) == before
    after = declared.update(before, **second)
    assert declared.read(after) == after

    drifted = declared.read(before)  # as if somebody had made the second by hand
    assert drifted is not None
    changed = {name for name in second if drifted.inputs[name] != before.inputs[name]}
    assert changed == set(second)

    declared.delete(after)
    left = declared.read(after)
    versioning = kind.startswith("bucketVersioning")  # which can be suspended, never taken away
    assert (left is not None) == versioning
    declared.delete(after)


def test_an_access_log_goes_where_it_was_declared_and_nowhere_once_deleted(
    declared: Engineless, bucket: Declared
) -> None:
    declared.create("aws:s3/bucketPolicy:BucketPolicy", bucket=NAME, policy=json.dumps(LOGGING))
    log = declared.create(
        "aws:s3/bucketLogging:BucketLogging", bucket=NAME, targetBucket=NAME, targetPrefix="a/"
    )
    assert declared.read(log) == log
    log = declared.update(log, targetPrefix="b/")
    assert declared.read(log) == log

    declared.delete(log)

    assert declared.read(log) is None


def test_a_bucket_s_events_reach_queue_and_topic_by_their_filters(
    declared: Engineless, bucket: Declared, aws: Any
) -> None:
    queue = declared.create("aws:sqs/queue:Queue", name="incoming")
    topic = declared.create("aws:sns/topic:Topic", name="events")
    target = {"id": "arrivals", "queueArn": queue["arn"], "events": ["s3:ObjectCreated:*"]}
    filters = {"filterPrefix": "uploads/", "filterSuffix": ".zip"}
    notification = declared.create(
        "aws:s3/bucketNotification:BucketNotification",
        bucket=NAME,
        queues=[{**target, **filters}],
        topics=[{"topicArn": topic["arn"], "events": ["s3:ObjectRemoved:*"]}],
        eventbridge=True,
    )
    found = declared.read(notification)
    assert found is not None
    assert plain(found.inputs["queues"]) == [{**target, **filters}]

    for key in ("uploads/icons.zip", "uploads/icons.txt", "other/icons.zip"):
        aws("s3").put_object(Bucket=NAME, Key=key, Body=b"")
    messages = aws("sqs").receive_message(QueueUrl=queue["url"], MaxNumberOfMessages=10)["Messages"]
    arrived = [json.loads(message["Body"]) for message in messages]
    keys = [record["s3"]["object"]["key"] for body in arrived for record in body.get("Records", [])]
    assert keys == ["uploads%2Ficons.zip"]

    notification = declared.update(notification, queues=[target], topics=None, eventbridge=None)
    assert declared.read(notification) == notification
    declared.delete(notification)
    assert declared.read(notification) is None


def test_what_s3_itself_does_not_take_is_refused_with_its_words(
    declared: Engineless, bucket: Declared
) -> None:
    with pytest.raises(RefusedError, match="'it': cannot create it: Parameter validation failed"):
        declared.create(
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls", bucket=NAME, rule={"objectOwnership": 1}
        )

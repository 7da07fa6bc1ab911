"""Buckets: shut to the world, and open to exactly those who are named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from components.buckets import Bucket, BucketArgs, notify
from components.messaging import Queue, QueueArgs
from tests.infra.synth import Declarations, component

NAME = "vectoricons-dev-uploads-210987654321"
ARN = f"arn:aws:s3:::{NAME}"


def bucket(profile: str = "dev", **args: object) -> Declarations:
    return component(lambda: Bucket("uploads", BucketArgs(**args)), profile=profile)  # type: ignore[arg-type]


def test_a_bucket_is_shut_owned_encrypted_versioned_and_tidied() -> None:
    declared = bucket()
    assert declared.one("uploads-bucket").inputs["bucket"] == NAME
    shut = declared.one("uploads-public-access").inputs
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(shut[flag] for flag in flags)
    assert declared.one("uploads-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert declared.one("uploads-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    (rule,) = declared.one("uploads-encryption").inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    (tidy,) = declared.one("uploads-lifecycle").inputs["rules"]
    assert tidy["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 2}
    assert tidy["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert "expiration" not in tidy


def test_nobody_reads_a_bucket_without_tls() -> None:
    (statement,) = bucket().one("uploads-policy").document()["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", ["s3:*"])
    assert statement["Resource"] == [ARN, f"{ARN}/*"]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_this_accounts_distributions_read_what_the_cdn_serves() -> None:
    _, cdn = bucket(served_by_cdn=True).one("uploads-policy").document()["Statement"]
    assert cdn == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": [f"{ARN}/*"],
        "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::210987654321:distribution/*"}},
    }


def test_only_the_sites_own_pages_may_post_a_form() -> None:
    (rule,) = bucket(forms_from=["https://dev.vectoricons.net"]).one("uploads-cors").inputs["corsRules"]
    assert rule["allowedOrigins"] == ["https://dev.vectoricons.net"]
    assert rule["allowedMethods"] == ["POST"]
    assert not bucket().of("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")


def test_what_is_sent_is_forgotten_after_its_days() -> None:
    (tidy,) = bucket(expire_days=30).one("uploads-lifecycle").inputs["rules"]
    assert tidy["expiration"] == {"days": 30}


@pytest.mark.parametrize("careful", [False, True])
def test_care_decides_whether_a_bucket_can_be_thrown_away(careful: bool) -> None:
    made = bucket("prod" if careful else "dev").one("uploads-bucket")
    assert made.protect is careful
    assert made.inputs["forceDestroy"] is not careful


def test_rights_are_on_prefixes_of_the_one_bucket() -> None:
    made = bucket().result
    assert made.read("svg/*", "images/*").as_dict() == {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": [f"{ARN}/svg/*", f"{ARN}/images/*"],
    }
    assert made.write("sources/*").as_dict()["Action"] == ["s3:PutObject"]


def test_a_bucket_tells_its_queue_once_the_queue_lets_it_in() -> None:
    def build() -> None:
        uploads = Bucket("uploads", BucketArgs())
        queue = Queue("incoming", QueueArgs(visibility=timedelta(minutes=1), senders=[uploads.sends()]))
        notify(uploads, on="s3:ObjectCreated:*", to=queue)

    declared = component(build)
    notification = declared.one("uploads-notification")
    assert notification.parent == declared.one("uploads").urn
    assert notification.inputs["queues"] == [
        {
            "id": "arrivals",
            "queueArn": "arn:aws:sqs:us-east-1:210987654321:vectoricons-dev-incoming",
            "events": ["s3:ObjectCreated:*"],
        }
    ]
    assert declared.one("incoming-policy").urn in notification.depends_on
    _, letter = declared.one("incoming-policy").document()["Statement"]
    assert letter["Principal"] == {"Service": "s3.amazonaws.com"}
    assert letter["Condition"] == {
        "ArnLike": {"aws:SourceArn": ARN},
        "StringEquals": {"aws:SourceAccount": "210987654321"},
    }

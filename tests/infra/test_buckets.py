"""Buckets: shut to the world, and open to exactly those who are named."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from pulumi import Output

from components.buckets import ACCESS_LOGS, Bucket, BucketArgs, let_read, notify
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


def test_what_the_cdn_serves_is_read_by_the_one_distribution_that_was_let_in() -> None:
    distribution = "arn:aws:cloudfront::210987654321:distribution/E1"

    def build() -> None:
        made = Bucket("uploads", BucketArgs(served_by_cdn=True))
        let_read(made, "svg/*", by=SimpleNamespace(arn=Output.from_input(distribution)))

    over_tls, cdn = component(build).one("uploads-policy").document()["Statement"]
    assert (over_tls["Effect"], over_tls["Action"]) == ("Deny", ["s3:*"])
    assert cdn == {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject"],
        "Resource": [f"{ARN}/svg/*"],
        "Condition": {"ArnLike": {"aws:SourceArn": distribution}},
    }


def test_who_asked_a_bucket_for_what_is_kept_in_another_under_its_name() -> None:
    def build() -> None:
        Bucket("uploads", BucketArgs(logs=Bucket("logs", BucketArgs(deliveries=ACCESS_LOGS))))

    declared = component(build)
    log = declared.one("uploads-access-log")
    assert log.inputs["targetBucket"] == "vectoricons-dev-logs-210987654321"
    assert log.inputs["targetPrefix"] == f"buckets/{NAME}/"
    assert declared.one("logs-policy").urn in log.depends_on
    assert not [each for each in declared.resources if each.name == "logs-access-log"]


def test_each_service_of_aws_brings_its_own_logs_of_this_account_and_no_others() -> None:
    declared = component(lambda: Bucket("logs", BucketArgs(deliveries=ACCESS_LOGS)))
    _, *deliveries = declared.one("logs-policy").document()["Statement"]
    here = "arn:aws:s3:::vectoricons-dev-logs-210987654321"
    assert [
        (
            each["Principal"]["Service"],
            each["Action"],
            each["Resource"],
            each["Condition"]["ArnLike"]["aws:SourceArn"],
        )
        for each in deliveries
    ] == [
        (
            "logging.s3.amazonaws.com",
            ["s3:PutObject"],
            [f"{here}/buckets/*"],
            "arn:aws:s3:::vectoricons-dev-*",
        ),
        (
            "delivery.logs.amazonaws.com",
            ["s3:PutObject"],
            [f"{here}/cdn/*"],
            "arn:aws:logs:us-east-1:210987654321:delivery-source:vectoricons-dev-*",
        ),
        (
            "logdelivery.elasticloadbalancing.amazonaws.com",
            ["s3:PutObject"],
            [f"{here}/load-balancer/*"],
            "arn:aws:elasticloadbalancing:us-east-1:210987654321:loadbalancer/app/vectoricons-dev-*",
        ),
    ]
    assert {each["Condition"]["StringEquals"]["aws:SourceAccount"] for each in deliveries} == {"210987654321"}


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

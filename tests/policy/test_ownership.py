"""one-owner and single-writer: everything belongs to one component, and nobody else writes to it."""

from __future__ import annotations

import pytest

from tests.policy.stacks import UNKNOWN, Declared, refused

STACK = Declared("pulumi:pulumi:Stack", "vectoricons-prod")
UPLOADS = Declared("vectoricons:buckets:Bucket", "uploads", parent=STACK)
INTAKE = Declared("vectoricons:service:Service", "intake", parent=STACK)
BUCKET = Declared("aws:s3/bucket:Bucket", "uploads-bucket", {"bucket": "up"}, UPLOADS)
QUEUE = Declared(
    "aws:sqs/queue:Queue", "incoming-queue", {"name": "incoming", "arn": "arn:incoming"}, UPLOADS
)

NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"


def notification(
    name: str, bucket: str, parent: Declared = UPLOADS, source: Declared | None = None
) -> Declared:
    return Declared(NOTIFICATION, name, {"bucket": bucket}, parent, {"bucket": source} if source else {})


class TestOneOwner:
    def test_passes_what_is_made_in_components(self) -> None:
        remote = Declared("awsx:ecr:Image", "image", parent=INTAKE)
        child = Declared("docker-build:index:Image", "image-build", parent=remote)
        settings = notification("uploads-notification", "up")
        provider = Declared("pulumi:providers:aws", "default", parent=STACK)
        assert (
            refused("one-owner", STACK, UPLOADS, INTAKE, BUCKET, remote, child, settings, provider) == set()
        )

    @pytest.mark.parametrize(
        "parent", [STACK, None, Declared("other:buckets:Bucket", "foreign", parent=STACK)]
    )
    def test_refuses_what_belongs_to_no_component(self, parent: Declared | None) -> None:
        stray = Declared("aws:s3/bucket:Bucket", "stray", {"bucket": "stray"}, parent)
        assert "stray: parent" in refused("one-owner", STACK, *([parent] if parent else []), stray)

    def test_refuses_a_setting_made_outside_the_component_of_its_target(self) -> None:
        foreign = notification("intake-notification", "up", INTAKE)
        assert refused("one-owner", STACK, UPLOADS, INTAKE, BUCKET, foreign) == {
            "intake-notification: target"
        }

    def test_who_owns_is_configured(self) -> None:
        shop = Declared("shop:buckets:Bucket", "uploads", parent=STACK)
        bucket = Declared("aws:s3/bucket:Bucket", "bucket", parent=shop)
        assert refused("one-owner", STACK, shop, bucket, config={"prefix": "shop:"}) == set()

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        drifting = notification("drifting", UNKNOWN, INTAKE)
        told_by_origin = notification("told", UNKNOWN, INTAKE, BUCKET)
        assert refused("one-owner", STACK, UPLOADS, INTAKE, BUCKET, drifting, told_by_origin) == {
            "told: target"
        }


class TestSingleWriter:
    def test_passes_one_setting_per_target(self) -> None:
        one, other = notification("one", "up"), notification("other", "elsewhere")
        policy = Declared("aws:s3/bucketPolicy:BucketPolicy", "policy", {"bucket": "up"}, UPLOADS)
        assert refused("single-writer", STACK, UPLOADS, BUCKET, one, other, policy) == set()

    @pytest.mark.parametrize("second", ["up", UNKNOWN])
    def test_refuses_a_second_for_the_same_target(self, second: str) -> None:
        one, other = notification("one", "up"), notification("two", second, INTAKE, BUCKET)
        assert refused("single-writer", STACK, UPLOADS, INTAKE, BUCKET, one, other) == {
            "two: BucketNotification"
        }

    @pytest.mark.parametrize(
        "urls",
        [
            ("https://sqs.us-east-1.amazonaws.com/123456789012/incoming", "arn:incoming"),
            (
                "https://sqs.us-east-1.amazonaws.com/1/foreign",
                "https://sqs.us-east-1.amazonaws.com/1/foreign",
            ),
        ],
    )
    def test_refuses_however_the_target_is_named(self, urls: tuple[str, str]) -> None:
        first, second = (
            Declared(QUEUE_POLICY, f"p{i}", {"queueUrl": url}, UPLOADS) for i, url in enumerate(urls)
        )
        assert refused("single-writer", UPLOADS, QUEUE, first, second) == {"p1: QueuePolicy"}

    def test_unknown_at_preview_says_nothing_and_hides_nothing(self) -> None:
        adrift = [notification(name, UNKNOWN) for name in ("adrift", "adrift-too")]
        known = [notification(name, "up") for name in ("one", "two")]
        assert refused("single-writer", UPLOADS, BUCKET, *adrift, *known) == {"two: BucketNotification"}

    def test_a_target_whose_own_name_is_unknown_may_be_any(self) -> None:
        untold = Declared("aws:s3/bucket:Bucket", "untold", {"bucket": UNKNOWN}, UPLOADS)
        one, other = notification("one", "up"), notification("two", "up")
        assert refused("single-writer", UPLOADS, untold, one, other) == set()

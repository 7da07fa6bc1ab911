"""The provider under the real engine: what people see of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws_sdk
import pulumi_awsx as awsx
import pytest

from tests.local.projects import Project

BUCKET = "vectoricons-local-uploads-123456789012"
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:incoming"


def queue_and_bucket(visibility: int = 60, queue: str = "incoming") -> None:
    """A queue that hears of a bucket's objects."""
    incoming = aws_sdk.sqs.Queue("incoming", name=queue, visibility_timeout_seconds=visibility)
    bucket = aws_sdk.s3.Bucket("uploads", bucket=BUCKET)
    arrivals = aws_sdk.s3.BucketNotificationQueueArgs(queue_arn=incoming.arn, events=["s3:ObjectCreated:*"])
    aws_sdk.s3.BucketNotification("arrivals", bucket=bucket.bucket, queues=[arrivals])
    pulumi.export("url", incoming.url)


def attribute(aws: Any, name: str, queue: str = "incoming") -> str:
    """An attribute of a queue as AWS has it now."""
    client = aws("sqs")
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    return str(client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name])


def test_a_stack_is_made_changed_repaired_replaced_and_taken_away(project: Project, aws: Any) -> None:
    project.up(lambda: queue_and_bucket(visibility=60))
    assert attribute(aws, "VisibilityTimeout") == "60"
    aws("s3").put_object(Bucket=BUCKET, Key="arrow.svg", Body=b"<svg/>")
    assert attribute(aws, "ApproximateNumberOfMessages") != "0"

    project.up(lambda: queue_and_bucket(visibility=90))
    assert attribute(aws, "VisibilityTimeout") == "90"

    url = aws("sqs").get_queue_url(QueueName="incoming")["QueueUrl"]
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    assert project.refresh()["update"] == 1
    assert project.state()["incoming"]["inputs"]["visibilityTimeoutSeconds"] == 1
    project.up(lambda: queue_and_bucket(visibility=90))
    assert attribute(aws, "VisibilityTimeout") == "90"

    project.up(lambda: queue_and_bucket(visibility=90, queue="arrived"))
    assert attribute(aws, "VisibilityTimeout", queue="arrived") == "90"
    assert [url.rpartition("/")[2] for url in aws("sqs").list_queues()["QueueUrls"]] == ["arrived"]

    aws("s3").delete_object(Bucket=BUCKET, Key="arrow.svg")
    aws("s3").delete_bucket(Bucket=BUCKET)
    project.destroy()
    assert "QueueUrls" not in aws("sqs").list_queues()


def test_what_aws_refuses_is_said_and_not_recorded(project: Project, aws: Any) -> None:
    aws("s3").create_bucket(Bucket=BUCKET)

    said = project.refused(queue_and_bucket)

    assert "aws:s3/bucket:Bucket 'uploads': cannot create it: the bucket exists already" in said
    assert "Traceback" not in said
    assert "prematurely" not in said
    assert "uploads" not in project.state()
    assert project.state()["incoming"]["outputs"]["arn"] == QUEUE_ARN


def test_what_was_made_in_part_is_kept_and_completed_by_the_next_up(project: Project, aws: Any) -> None:
    said = project.refused(lambda: tagged("aws:reserved"))
    assert "it exists, but is not complete: PutBucketTagging was answered" in said
    assert project.state()["uploads"]["id"] == BUCKET

    project.up(lambda: tagged("component"))

    tags = aws("s3").get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    assert tags == [{"Key": "component", "Value": "uploads"}]


def tagged(key: str) -> None:
    """A bucket with one tag."""
    aws_sdk.s3.Bucket("uploads", bucket=BUCKET, tags={key: "uploads"})


def test_a_mistake_is_refused_before_anything_is_made(project: Project, aws: Any) -> None:
    def mistaken() -> None:
        aws_sdk.sqs.Queue("unnamed", visibility_timeout_seconds=60)

    said = project.refused(mistaken)

    assert "aws:sqs/queue:Queue resource 'unnamed'" in said
    assert "has no explicit name, and automatic naming is disabled. Set 'name'" in said
    assert "QueueUrls" not in aws("sqs").list_queues()


@pytest.mark.usefixtures("untraced_processes")
def test_without_a_region_a_stack_is_recorded_with_the_names_aws_would_give(offline_project: Project) -> None:
    def program() -> None:
        provider = aws_sdk.Provider(
            "aws",
            region="eu-central-1",
            allowed_account_ids=["210987654321"],
            default_tags={"tags": {"project": "vectoricons"}},
        )
        opts = pulumi.ResourceOptions(provider=provider)
        queue = aws_sdk.sqs.Queue("incoming", name="incoming", tags={"component": "uploads"}, opts=opts)
        aws_sdk.sqs.QueuePolicy("policy", queue_url=queue.url, policy=json.dumps({"known": True}), opts=opts)
        pulumi.export("arn", queue.arn)
        pulumi.export("url", queue.url)

    shown = offline_project.preview(program)
    assert '"known": true' in shown.replace("known: true", '"known": true')
    assert "queueUrl: [unknown]" in shown

    outputs = offline_project.up(program)

    assert outputs["arn"] == "arn:aws:sqs:eu-central-1:210987654321:incoming"
    assert outputs["url"] == "https://sqs.eu-central-1.amazonaws.com/210987654321/incoming"
    queue = offline_project.state()["incoming"]
    assert queue["inputs"]["tags"] == {"project": "vectoricons", "component": "uploads"}
    assert queue["outputs"]["tagsAll"] == queue["inputs"]["tags"]


def test_an_image_is_named_by_what_it_is_built_from(offline_project: Project, tmp_path: Path) -> None:
    context = tmp_path / "tree"
    context.mkdir()
    (context / "Dockerfile").write_text("FROM scratch\nCOPY api.py /\n")
    (context / ".dockerignore").write_text("# everything but the source\n*\n!*.py\n")
    (context / "api.py").write_text("first = True\n")

    def program() -> None:
        repository = aws_sdk.ecr.Repository("api", name="vectoricons/api")
        image = awsx.ecr.Image(
            "api-image",
            repository_url=repository.repository_url,
            context=str(context),
            platform="linux/amd64",
        )
        pulumi.export("image", image.image_uri)

    first = offline_project.up(program)["image"]
    (context / "notes.txt").write_text("ignored")
    assert "unchanged" in offline_project.preview(program)
    (context / "api.py").write_text("first = False\n")
    second = offline_project.up(program)["image"]

    repository, _, digest = first.partition("@sha256:")
    assert repository == "123456789012.dkr.ecr.us-east-1.amazonaws.com/vectoricons/api"
    assert len(digest) == 64
    assert second.startswith(f"{repository}@sha256:")
    assert second != first
    state = offline_project.state()["api-image"]
    assert state["type"] == "docker-build:index:Image"
    assert "awsx:ecr:Image$docker-build:index:Image" in state["urn"]


@pytest.mark.usefixtures("untraced_processes")
def test_a_secret_that_is_only_written_reaches_aws_and_never_the_state(project: Project, aws: Any) -> None:
    def program(version: int) -> None:
        secret = aws_sdk.secretsmanager.Secret("key", name="session-key", recovery_window_in_days=0)
        aws_sdk.secretsmanager.SecretVersion(
            "key-value",
            secret_id=secret.arn,
            secret_string_wo=f"written-{version}",
            secret_string_wo_version=version,
        )

    for version in (1, 2):
        project.up(lambda: program(version))  # noqa: B023 - called before the loop goes on
        value = aws("secretsmanager").get_secret_value(SecretId="session-key")["SecretString"]
        assert value == f"written-{version}"

    assert "written-" not in json.dumps(project.state())


def test_a_question_nobody_can_answer_here_is_answered_with_what_to_do(offline_project: Project) -> None:
    def program() -> None:
        pulumi.export("account", aws_sdk.get_caller_identity().account_id)
        aws_sdk.ec2.get_ami(most_recent=True)

    said = offline_project.refused(program)

    assert (
        "The local provider cannot answer aws:ec2/getAmi:getAmi. Declare the fact in the stack's settings"
        in said
    )


@pytest.mark.usefixtures("untraced_processes")
def test_a_bucket_deleted_by_hand_is_found_missing_and_made_again(project: Project, aws: Any) -> None:
    project.up(lambda: tagged("component"))
    aws("s3").delete_bucket(Bucket=BUCKET)

    assert project.refresh()["delete"] == 1

    project.up(lambda: tagged("component"))
    assert aws("s3").head_bucket(Bucket=BUCKET)

"""The AWS of a laptop region refuses what AWS would refuse, and serves tasks as ECS does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import requests
import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError

from local.cloud import ACCOUNT, REGION, Cloud, CloudPorts, NotTrusted, OperatorKey
from local.processes import free_port

BUCKET = "vectoricons-test-public"
TRUST = {
    "Effect": "Allow",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
PUT_IMAGES = {
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:GetObject"],
    "Resource": f"arn:aws:s3:::{BUCKET}/images/*",
}

Client = Callable[..., Any]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


class Region:
    """A cloud with a public bucket, and clients that speak as its operator or as a task."""

    def __init__(self, cloud: Cloud, operator: OperatorKey) -> None:
        self.cloud = cloud
        self._operator = operator
        self._tasks = 0

    def operator(self, service: str) -> Any:
        return self.client(service, self._operator.access_key, self._operator.secret_key)

    def task(self, *statements: dict[str, Any], trust: dict[str, Any] = TRUST) -> Client:
        """A function that makes clients with a fresh task's credentials, whose role has *statements*."""
        self._tasks += 1
        role = f"task-{self._tasks}"
        iam = self.operator("iam")
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=document(trust))
        if statements:
            iam.put_role_policy(RoleName=role, PolicyName="grants", PolicyDocument=document(*statements))
        address = self.cloud.credentials.issue(f"arn:aws:iam::{ACCOUNT}:role/{role}", role)
        session = requests.get(address.url, headers={"Authorization": address.token}, timeout=5).json()
        keys = (session["AccessKeyId"], session["SecretAccessKey"], session["Token"])
        return lambda service: self.client(service, *keys)

    def client(self, service: str, *keys: str) -> Any:
        access_key, secret_key, *token = keys
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.cloud.endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token[0] if token else None,
            config=Config(
                signature_version="s3v4" if service == "s3" else None, s3={"addressing_style": "path"}
            ),
        )


@pytest.fixture
def region() -> Iterator[Region]:
    cloud = Cloud(CloudPorts(aws=free_port(), edge=free_port(), platform=free_port()))
    region = Region(cloud, cloud.start())
    s3 = region.operator("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=document(TLS_ONLY))
    yield region
    cloud.stop()


def refused(call: Callable[..., Any], **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value)


def test_a_task_does_what_its_role_allows_and_nothing_else(region: Region) -> None:
    s3 = region.task(PUT_IMAGES)("s3")
    s3.put_object(Bucket=BUCKET, Key="images/a.png", Body=b"pixels")
    assert s3.get_object(Bucket=BUCKET, Key="images/a.png")["Body"].read() == b"pixels"
    assert "AccessDenied" in refused(s3.put_object, Bucket=BUCKET, Key="other/a.png", Body=b"")
    assert "AccessDenied" in refused(s3.list_objects_v2, Bucket=BUCKET)


def test_every_call_is_recorded_with_its_role_and_why_it_was_refused(region: Region) -> None:
    s3 = region.task(PUT_IMAGES)("s3")
    start = region.cloud.calls.since()[-1].number
    s3.put_object(Bucket=BUCKET, Key="images/a.png", Body=b"")
    refused(s3.delete_object, Bucket=BUCKET, Key="images/a.png")
    allowed, denied = requests.get(
        f"http://127.0.0.1:{region.cloud.ports.platform}/calls?since={start}", timeout=5
    ).json()
    assert (allowed["permission"], allowed["kind"], allowed["principal"], allowed["allowed"]) == (
        "s3:PutObject",
        "role",
        "task-1",
        True,
    )
    assert (
        denied["why"] == f"no policy of task-1 allows s3:DeleteObject on arn:aws:s3:::{BUCKET}/images/a.png"
    )


def test_an_explicit_deny_wins(region: Region) -> None:
    never = {"Effect": "Deny", "Action": "s3:Put*", "Resource": f"arn:aws:s3:::{BUCKET}/images/locked/*"}
    s3 = region.task(PUT_IMAGES, never)("s3")
    s3.put_object(Bucket=BUCKET, Key="images/a.png", Body=b"")
    refused(s3.put_object, Bucket=BUCKET, Key="images/locked/a.png", Body=b"")
    assert "explicitly denied" in region.cloud.calls.since()[-1].why


def test_a_bucket_policy_that_denies_is_obeyed(region: Region) -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/images/*",
    }
    s3 = region.task(PUT_IMAGES)("s3")
    s3.put_object(Bucket=BUCKET, Key="images/a.png", Body=b"")
    region.operator("s3").put_bucket_policy(Bucket=BUCKET, Policy=document(deny))
    assert "403" in refused(s3.get_object, Bucket=BUCKET, Key="images/a.png")


def test_queues_and_topics_are_told_apart_by_their_arns(region: Region) -> None:
    mine = region.operator("sqs").create_queue(QueueName="mine")["QueueUrl"]
    other = region.operator("sqs").create_queue(QueueName="other")["QueueUrl"]
    topic = region.operator("sns").create_topic(Name="events")["TopicArn"]
    elsewhere = region.operator("sns").create_topic(Name="elsewhere")["TopicArn"]
    task = region.task(
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:{REGION}:{ACCOUNT}:mine"},
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic},
    )
    task("sqs").send_message_batch(QueueUrl=mine, Entries=[{"Id": "1", "MessageBody": "hello"}])
    refused(task("sqs").send_message, QueueUrl=other, MessageBody="hello")
    task("sns").publish(TopicArn=topic, Message="hello")
    refused(task("sns").publish, TopicArn=elsewhere, Message="hello")


def test_services_moto_does_not_scope_are_scoped_by_the_authorisation_reference(region: Region) -> None:
    secrets = region.operator("secretsmanager")
    mine = secrets.create_secret(Name="session-key", SecretString="s3cret")["ARN"]
    other = secrets.create_secret(Name="other", SecretString="x")["ARN"]
    prefix = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
    task = region.task(
        {
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": f"{prefix}session-key-??????",
        }
    )
    assert task("secretsmanager").get_secret_value(SecretId=mine)["SecretString"] == "s3cret"
    assert "not authorized" in refused(task("secretsmanager").get_secret_value, SecretId=other)
    assert "not authorized" in refused(task("secretsmanager").get_secret_value, SecretId="session-key")


def test_mail_is_sent_only_from_the_identity_the_role_names(region: Region) -> None:
    region.operator("ses").verify_domain_identity(Domain="example.com")
    mail = {"Destination": {"ToAddresses": ["ops@example.com"]}}
    body = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Words"}}}}
    ses = region.task(
        {
            "Effect": "Allow",
            "Action": "ses:SendEmail",
            "Resource": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com",
        }
    )("sesv2")
    ses.send_email(FromEmailAddress="Icons <icons@example.com>", Content=body, **mail)
    assert (
        requests.get(f"http://127.0.0.1:{region.cloud.ports.platform}/mail", timeout=5).json()[0]["subject"]
        == "Hello"
    )
    assert "not authorized" in refused(ses.send_email, FromEmailAddress="a@other.com", Content=body, **mail)


def test_an_action_the_reference_does_not_know_is_refused_unless_everything_is_allowed(
    region: Region,
) -> None:
    logs = region.task(
        {"Effect": "Allow", "Action": "logs:CreateLogGroup", "Resource": "arn:aws:logs:*:*:log-group:x"}
    )
    assert "not authorized" in refused(logs("ecs").list_clusters)
    assert region.operator("ecs").list_clusters()["clusterArns"] == []


def test_a_forged_signature_and_an_unknown_key_are_refused(region: Region) -> None:
    forged = region.client("s3", region._operator.access_key, "wrong")  # noqa: SLF001
    assert "SignatureDoesNotMatch" in refused(forged.list_buckets)
    unknown = region.client("s3", "AKIAIOSFODNN7EXAMPLE", "wrong")
    assert "InvalidAccessKeyId" in refused(unknown.list_buckets)


def test_nobody_in_particular_may_do_nothing(region: Region) -> None:
    answer = requests.put(f"{region.cloud.endpoint}/{BUCKET}/images/a.png", data=b"", timeout=5)
    assert answer.status_code == 403
    assert region.cloud.calls.since()[-1].principal == "anonymous"


class TestPresigned:
    """What S3 checks of a link or a form signed in advance."""

    def test_a_link_opens_the_object_it_was_signed_for(self, region: Region) -> None:
        s3 = region.task(PUT_IMAGES)("s3")
        s3.put_object(Bucket=BUCKET, Key="images/a b.png", Body=b"pixels")
        link = s3.generate_presigned_url(
            "get_object", Params={"Bucket": BUCKET, "Key": "images/a b.png"}, ExpiresIn=60
        )
        assert requests.get(link, timeout=5).content == b"pixels"
        tampered = requests.get(link.replace("a%20b", "other"), timeout=5)
        assert (tampered.status_code, "SignatureDoesNotMatch" in tampered.text) == (403, True)

    def test_a_link_ends(self, region: Region) -> None:
        s3 = region.task(PUT_IMAGES)("s3")
        s3.put_object(Bucket=BUCKET, Key="images/a.png", Body=b"pixels")
        with time_machine.travel(datetime.now(UTC) - timedelta(seconds=90)):
            link = s3.generate_presigned_url(
                "get_object", Params={"Bucket": BUCKET, "Key": "images/a.png"}, ExpiresIn=60
            )
        assert "Request has expired" in requests.get(link, timeout=5).text

    def test_a_link_gives_no_more_than_its_signer_may(self, region: Region) -> None:
        s3 = region.task(PUT_IMAGES)("s3")
        link = s3.generate_presigned_url(
            "get_object", Params={"Bucket": BUCKET, "Key": "private/a.svg"}, ExpiresIn=60
        )
        assert requests.get(link, timeout=5).status_code == 403

    def form(self, region: Region) -> dict[str, Any]:
        signed: dict[str, Any] = region.task(PUT_IMAGES)("s3").generate_presigned_post(
            BUCKET,
            "images/pack.zip",
            Fields={"Content-Type": "application/zip"},
            Conditions=[{"Content-Type": "application/zip"}, ["content-length-range", 1, 1000]],
            ExpiresIn=60,
        )
        return signed

    def post(self, form: dict[str, Any], body: bytes = b"zip", **fields: str) -> requests.Response:
        return requests.post(
            form["url"], data=form["fields"] | fields, files={"file": ("pack.zip", body)}, timeout=5
        )

    def test_a_form_takes_the_upload_it_was_signed_for(self, region: Region) -> None:
        assert self.post(self.form(region)).status_code == 204
        assert region.operator("s3").get_object(Bucket=BUCKET, Key="images/pack.zip")["Body"].read() == b"zip"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"body": b"z" * 1001}, "EntityTooLarge"),
            ({"body": b""}, "EntityTooSmall"),
            ({"key": "images/other.zip"}, "AccessDenied"),
            ({"Content-Type": "text/html"}, "AccessDenied"),
            ({"acl": "public-read"}, "Extra input fields: acl"),
            ({"x-amz-signature": "0" * 64}, "SignatureDoesNotMatch"),
            ({"x-amz-credential": "nonsense"}, "AuthorizationQueryParametersError"),
        ],
    )
    def test_a_form_used_otherwise_is_refused(
        self, region: Region, change: dict[str, Any], code: str
    ) -> None:
        answer = self.post(self.form(region), **change)
        assert answer.status_code in {400, 403}
        assert code in answer.text

    def test_a_form_ends(self, region: Region) -> None:
        with time_machine.travel(datetime.now(UTC) - timedelta(seconds=90)):
            form = self.form(region)
        assert "Policy expired" in self.post(form).text


class TestCredentials:
    """Sessions of a task role, as ECS serves them."""

    def test_a_session_lives_a_quarter_of_an_hour(self, region: Region) -> None:
        task = region.task(PUT_IMAGES)
        task("s3").put_object(Bucket=BUCKET, Key="images/a.png", Body=b"")
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=16)):
            assert "ExpiredToken" in refused(
                task("s3").put_object, Bucket=BUCKET, Key="images/a.png", Body=b""
            )

    def test_only_the_task_itself_gets_them(self, region: Region) -> None:
        region.task(PUT_IMAGES)
        url = f"http://127.0.0.1:{region.cloud.ports.platform}/credentials/task-1"
        assert requests.get(url, headers={"Authorization": "guess"}, timeout=5).status_code == 401
        region.cloud.credentials.revoke("task-1")
        assert requests.get(url, headers={"Authorization": "guess"}, timeout=5).status_code == 401

    def test_a_role_that_does_not_trust_tasks_is_not_assumed(self, region: Region) -> None:
        with pytest.raises(NotTrusted, match=r"ecs-tasks.amazonaws.com"):
            region.task(trust=TRUST | {"Principal": {"Service": "lambda.amazonaws.com"}})

    def test_boto3_finds_them_as_on_ecs(self, region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
        region.task(PUT_IMAGES)
        address = region.cloud.credentials.issue(f"arn:aws:iam::{ACCOUNT}:role/task-1", "again")
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address.url)
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", address.token)
        who = boto3.session.Session().client("sts", region_name=REGION, endpoint_url=region.cloud.endpoint)
        assert who.get_caller_identity()["Arn"].endswith(":assumed-role/task-1/again")


def test_the_slack_sink_keeps_messages_and_fails_when_told_to(region: Region) -> None:
    sink = f"http://127.0.0.1:{region.cloud.ports.platform}/slack"
    assert requests.post(sink, json={"text": "first"}, timeout=5).status_code == 200
    requests.put(f"{sink}/status", data="503", timeout=5)
    assert requests.post(sink, json={"text": "second"}, timeout=5).status_code == 503
    assert requests.get(sink, timeout=5).json() == [{"text": "first"}]


def test_a_taken_port_is_an_error_at_once() -> None:
    taken = free_port()
    first = Cloud(CloudPorts(aws=taken, edge=free_port(), platform=free_port()))
    first.start()
    try:
        with pytest.raises((OSError, SystemExit)):
            Cloud(CloudPorts(aws=taken, edge=free_port(), platform=free_port())).start()
    finally:
        first.stop()

"""What stands around the pipeline in tests: a laptop region's AWS, and a Slack that answers as told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar

import boto3

from vectoricons.aws import s3

UPLOADS, PRIVATE, PUBLIC = "test-uploads", "test-private", "test-public"


@dataclass
class SlackSink:
    """A local stand-in for Slack's webhook: answers as told, remembers what it was sent."""

    url: str
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hang: Event = field(default_factory=Event)
    posts: list[str] = field(default_factory=list)


class Servers:
    """The AWS side of a laptop region: buckets, queues, the topic, the verified sender, the pages' CDN."""

    incoming: str
    messages: str
    topic: str
    pages: str

    def __init__(self) -> None:
        self.s3 = s3.client()
        self.sqs = boto3.client("sqs")
        self.sns = boto3.client("sns")
        self.ses = boto3.client("sesv2")
        self.cloudfront = boto3.client("cloudfront")

    def declare(self) -> None:
        """Make all of it, in a region where nothing is."""
        self.incoming = self._queue("incoming")
        self.messages = self._queue("messages")
        for bucket in (UPLOADS, PRIVATE, PUBLIC):
            self.s3.create_bucket(Bucket=bucket)
        self.s3.put_bucket_notification_configuration(
            Bucket=UPLOADS,
            NotificationConfiguration={
                "QueueConfigurations": [
                    {"QueueArn": self._arn(self.incoming), "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
        self.topic = self.sns.create_topic(Name="events")["TopicArn"]
        self.sns.subscribe(
            TopicArn=self.topic,
            Protocol="sqs",
            Endpoint=self._arn(self.messages),
            Attributes={"RawMessageDelivery": "true"},
        )
        self.ses.create_email_identity(EmailIdentity="from@vectoricons.test")
        self.pages = self._distribution()

    def _queue(self, name: str) -> str:
        dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self._arn(dead), "maxReceiveCount": 5}
        attributes = {"RedrivePolicy": json.dumps(redrive)}
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    def _distribution(self) -> str:
        """The id of the one before the pages."""
        made = self.cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": "pages",
                "Comment": "",
                "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [{"Id": "balancer", "DomainName": "balancer.test"}]},
                "DefaultCacheBehavior": {"TargetOriginId": "balancer", "ViewerProtocolPolicy": "https-only"},
            }
        )
        return made["Distribution"]["Id"]

    def _arn(self, queue_url: str) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        arn: str = found["Attributes"]["QueueArn"]
        return arn


@contextmanager
def slack_sink() -> Iterator[SlackSink]:
    """A webhook on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        sink: ClassVar[SlackSink]

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.sink.posts.append(json.loads(body)["text"])
            if self.sink.hang.is_set():
                self.close_connection = True
                self.connection.shutdown(2)
                return
            status, headers = self.sink.answers.pop(0) if self.sink.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.sink = SlackSink(f"http://127.0.0.1:{server.server_port}/slack")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Handler.sink
    server.shutdown()
    thread.join()
    server.server_close()

"""An engine for small programs of one component."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.policy.engine import Engine

PROGRAM_HEAD = """\
import json
import signal
import pulumi
from pulumi_aws import cloudwatch, iam, s3, sqs

signal.signal(signal.SIGINT, signal.SIG_DFL)  # ends when the engine asks it to, as the project's own does

class Home(pulumi.ComponentResource):
    def __init__(self):
        super().__init__("vectoricons:demo:Home", "home")

inside = pulumi.ResourceOptions(parent=Home())
tags = {"project": "vectoricons", "env": "demo", "component": "home", "owner": "platform"}

def refusing_plain_http(action):
    test = {"Bool": {"aws:SecureTransport": "false"}}
    refusal = {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": test}
    return json.dumps({"Version": "2012-10-17", "Statement": [refusal]})

def queue(name, **given):
    given = {"visibility_timeout_seconds": 180, "tags": tags, "opts": inside, **given}
    made = sqs.Queue(f"home-{name}", name=f"vectoricons-demo-{name}", **given)
    policy = refusing_plain_http("sqs:*")
    sqs.QueuePolicy(f"home-{name}-policy", queue_url=made.url, policy=policy, opts=inside)

def grant(action, arn):
    statement = {"Effect": "Allow", "Action": action, "Resource": arn}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with the empty stacks `prod` and `demo`; `demo` is selected."""
    return Engine.with_stacks(tmp_path_factory.mktemp("engine"), "prod", "demo")


def write_program(folder: Path, body: str) -> None:
    """Make *body*, after `PROGRAM_HEAD`, the program in *folder*."""
    (folder / "__main__.py").write_text(PROGRAM_HEAD + dedent(body))

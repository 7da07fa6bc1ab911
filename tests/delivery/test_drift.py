"""What was changed by hand is named, and looking for it changes nothing."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pulumi_aws as aws_sdk
import pytest

from delivery.drift import look
from delivery.errors import DeliveryError
from delivery.pulumi import Pulumi
from local.engine import tools
from tests.local.conftest import aws, aws_endpoint, project, region, region_directory
from tests.local.projects import Project

__all__ = ["aws", "aws_endpoint", "project", "region", "region_directory"]


# The provider's own tests are seen to cover what is started here.
pytestmark = pytest.mark.usefixtures("untraced_processes")


def queues() -> None:
    """Two queues."""
    for name in ("incoming", "messages"):
        aws_sdk.sqs.Queue(name, name=name, visibility_timeout_seconds=60)


def cli(directory: Path, region_directory: Path) -> Pulumi:
    """The CLI for the stack of the `project` in *directory*."""
    return Pulumi(
        "local",
        directory / "project",
        {
            "PATH": f"{tools.require().folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{directory / 'state'}",
            "PULUMI_HOME": str(directory / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "of a test",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "VECTORICONS_REGION": str(region_directory),
        },
    )


def test_what_was_changed_by_hand_is_named_and_nothing_is_changed(
    project: Project,
    aws: Any,
    tmp_path: Path,
    region_directory: Path,
) -> None:
    project.up(queues)
    pulumi = cli(tmp_path, region_directory)
    found = look(pulumi)
    assert found.names == []
    assert "The stack local is as its state says" in found.sentence

    sqs = aws("sqs")
    url = sqs.get_queue_url(QueueName="incoming")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="messages")["QueueUrl"])
    state = pulumi.export()
    found = look(pulumi)
    assert found.names == ["incoming", "messages"]
    assert found.sentence.startswith("2 of ")
    assert "incoming, messages" in found.sentence
    assert pulumi.export() == state


def test_a_stack_that_cannot_be_looked_at_is_a_sentence(
    project: Project,
    tmp_path: Path,
    region_directory: Path,
) -> None:
    project.up(queues)
    known = cli(tmp_path, region_directory)
    with pytest.raises(DeliveryError, match="This backend has no such stack"):
        look(Pulumi("prod", known.directory, known.environment))

"""A stack's state is read for what lasts in it: who uses whom, what a release keeps, what a picture shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from local import cli
from local.engine import offline
from local.engine.references import References
from local.engine.releases import normalised
from local.engine.state import State

STACK = "urn:pulumi:dev::vectoricons::pulumi:pulumi:Stack::vectoricons-dev"
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:of:one:run",
}


def component(kind: str, name: str) -> dict[str, Any]:
    """A component of the stack."""
    return {"urn": urn(f"vectoricons:{kind}", name), "type": f"vectoricons:{kind}", "parent": STACK}


def made(token: str, name: str, parent: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A resource of *parent*."""
    return {"urn": urn(token, name), "type": token, "custom": True, "parent": parent["urn"], **more}


def urn(token: str, name: str) -> str:
    """The engine's name of a resource."""
    return f"urn:pulumi:dev::vectoricons::{token}::{name}"


def deployment(*resources: dict[str, Any]) -> dict[str, Any]:
    """A state as it is exported."""
    return {"resources": [{"urn": STACK, "type": "pulumi:pulumi:Stack"}, *resources]}


def edges(*resources: dict[str, Any]) -> list[str]:
    """Who uses whom in the state of *resources*."""
    return [str(edge) for edge in References(State.parse(deployment(*resources))).edges()]


API = component("service:Service", "api")
INCOMING = component("messaging:Queue", "incoming")
KEY = component("secrets:Secret", "session-key")
QUEUE = made(
    "aws:sqs/queue:Queue",
    "incoming-queue",
    INCOMING,
    outputs={
        "arn": "arn:aws:sqs:us-east-1:1:incoming",
        "url": "https://sqs.us-east-1.amazonaws.com/1/incoming",
    },
)


def policy(arn: str, **more: Any) -> dict[str, Any]:
    """A right of the api on *arn*."""
    document = {"Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [arn]}]}
    return made(
        "aws:iam/rolePolicy:RolePolicy", "api-may", API, inputs={"policy": json.dumps(document)}, **more
    )


def test_a_name_in_a_document_is_a_reference_and_the_beginning_of_another_name_is_none() -> None:
    assert edges(API, INCOMING, QUEUE, policy("arn:aws:sqs:us-east-1:1:incoming")) == ["api -> incoming"]
    assert edges(API, INCOMING, QUEUE, policy("arn:aws:sqs:us-east-1:1:incoming-dead")) == []


def test_a_secret_is_meant_by_its_name_with_six_question_marks_too() -> None:
    arn = "arn:aws:secretsmanager:us-east-1:1:secret:session-key"
    secret = made(
        "aws:secretsmanager/secret:Secret", "session-key-secret", KEY, outputs={"arn": f"{arn}-a1B2c3"}
    )
    assert edges(API, KEY, secret, policy(f"{arn}-??????")) == ["api -> session-key"]
    assert edges(API, KEY, secret, policy(f"{arn}-of-another")) == []


def test_what_the_engine_was_told_of_is_a_reference_and_tags_are_none() -> None:
    told = made("aws:ecs/service:Service", "api-service", API, propertyDependencies={"queue": [QUEUE["urn"]]})
    assert edges(API, INCOMING, QUEUE, told) == ["api -> incoming"]
    tagged = made(
        "aws:ecs/service:Service", "api-service", API, inputs={"tags": {"of": QUEUE["outputs"]["arn"]}}
    )
    assert edges(API, INCOMING, QUEUE, tagged) == []


def test_a_component_refers_to_itself_and_that_is_no_edge() -> None:
    own = made("aws:sqs/queuePolicy:QueuePolicy", "incoming-policy", INCOMING, dependencies=[QUEUE["urn"]])
    assert edges(INCOMING, QUEUE, own) == []


def test_a_release_keeps_no_time_no_secret_and_no_path_and_has_everything_after_what_it_needs() -> None:
    value = made(
        "aws:sqs/queue:Queue",
        "a-queue",
        INCOMING,
        inputs={"key": SECRET, "list": [SECRET]},
        created="2026-01-01T00:00:00Z",
        stackTrace=[{"sourcePosition": "project:///home"}],
        dependencies=[QUEUE["urn"], INCOMING["urn"]],
    )
    kept = normalised(deployment(value, QUEUE, INCOMING))
    names = [each["urn"].rpartition("::")[2] for each in kept["resources"]]
    assert names == ["vectoricons-dev", "incoming", "incoming-queue", "a-queue"]
    said = json.dumps(kept)
    assert "(secret)" in said
    assert not [words for words in ("of:one:run", "2026", "/home") if words in said]
    assert normalised(kept) == kept


@pytest.fixture
def brought_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stacks are what this page says, and no engine is asked."""
    monkeypatch.setattr(offline, "deployed", lambda *_: deployment(API, INCOMING, QUEUE))


@pytest.mark.usefixtures("brought_up")
def test_a_state_is_printed_as_a_release_keeps_it() -> None:
    result = CliRunner().invoke(cli.main, ["state", "dev"], catch_exceptions=False)
    assert json.loads(result.stdout) == normalised(deployment(API, INCOMING, QUEUE))


@pytest.mark.usefixtures("brought_up")
def test_a_picture_without_graphviz_is_not_drawn_and_the_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(cli.main, ["picture", str(tmp_path / "architecture.svg")])
    assert result.exit_code == 3
    assert "apt-get install graphviz" in result.output
    assert not (tmp_path / "architecture.svg").exists()

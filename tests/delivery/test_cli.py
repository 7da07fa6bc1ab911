"""The commands say in a sentence what they lack, and end with the code for that kind of trouble."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.delivery.conftest import delivery


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A preview that changes nothing."""
    (tmp_path / "preview.json").write_text(json.dumps({"steps": [], "changeSummary": {"same": 3}}))
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--out", "plan"),
        ("verify-plan", "--plan", "plan"),
        ("up", "--plan", "plan"),
        ("smoke",),
        ("drift",),
        ("bootstrap",),
        ("facts",),
        ("run-task", "migrate"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_stack_that_is_misspelt_is_named_with_those_there_are(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL", raising=False)
    ran = delivery(*arguments, "--stack", "pord")
    assert ran.exit_code == 1
    assert "There is no stack pord: Pulumi.pord.yaml is missing. There are: dev, local, prod." in ran.output


def test_the_comment_is_printed_where_there_is_no_pull_request(folder: Path) -> None:
    ran = delivery(
        "preview-comment", "--stack", "dev", "--plan", str(folder), "--link", "Run=https://a.test/1"
    )
    assert ran.exit_code == 0
    assert "Nothing changes, 3 stay as they are." in ran.output
    assert "[Run](https://a.test/1)" in ran.output


def test_a_folder_without_a_preview_is_a_sentence(tmp_path: Path) -> None:
    ran = delivery("preview-comment", "--stack", "dev", "--plan", str(tmp_path))
    assert ran.exit_code == 1
    assert "holds no preview. Make one: delivery plan --stack dev --out" in ran.output


def test_a_comment_without_a_token_or_a_repository_says_which(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    command = ("preview-comment", "--stack", "dev", "--plan", str(folder), "--pull-request", "7")
    assert "Which repository? Say --repository OWNER/NAME" in delivery(*command).output
    ran = delivery(*command, "--repository", "owner/name")
    assert ran.exit_code == 3
    assert "GITHUB_TOKEN is not set: a token that may write to the pull request." in ran.output


def test_facts_are_lines_for_a_workflow() -> None:
    said = dict(line.split("=") for line in delivery("facts", "--stack", "dev").output.splitlines())
    assert said["region"] == "us-east-1"
    assert said["deploy-role"] == f"arn:aws:iam::{said['account']}:role/vectoricons-dev-deploy"

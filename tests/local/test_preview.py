"""`make preview` says in a sentence what is wrong, with the stack, its settings or the machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
import yaml
from click.testing import CliRunner

from local import cli
from local.engine import aws, tools
from local.engine.tools import Tools

Said = Callable[..., tuple[int, str]]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This project's tree under another name, whose files can be replaced."""
    for each in cli.TREE.iterdir():
        if each.name == ".venv" or not each.name.startswith("."):
            (tmp_path / each.name).symlink_to(each)
    monkeypatch.setattr(cli, "TREE", tmp_path)
    return tmp_path


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Runs a command; gives its exit code and all that it says, in one line."""
    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli.main, list(words))
        assert "Traceback" not in result.output
        return result.exit_code, " ".join(result.output.split())

    return run


def rewrite(file: Path, text: str) -> None:
    """Put *text* in place of what is linked to."""
    file.unlink()
    file.write_text(text)


def test_a_stack_that_is_not_there_is_told_with_those_that_are(tree: Path, said: Said) -> None:
    code, words = said("preview", "production")
    assert code == 5
    assert (
        "There is no stack production: Pulumi.production.yaml is missing. There are dev, local, prod."
        in words
    )
    assert "As in: make preview STACK=dev" in words


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("config: [unclosed", "Pulumi.dev.yaml cannot be read: while parsing a flow sequence"),
        ("", "Pulumi.dev.yaml says nothing. It has `config:` and the settings of the stack below it."),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_told(tree: Path, said: Said, text: str, sentence: str) -> None:
    rewrite(tree / "Pulumi.dev.yaml", text)
    code, words = said("preview", "dev")
    assert code == 5
    assert sentence in words


def test_a_missing_setting_and_a_typo_are_told_with_the_line_and_what_to_do(tree: Path, said: Said) -> None:
    file = tree / "Pulumi.dev.yaml"
    settings = yaml.safe_load(file.read_text())
    del settings["config"]["vectoricons:account"]
    settings["config"]["vectoricons:netwrok"] = "10.0.0.0/16"
    rewrite(file, yaml.safe_dump(settings))
    code, words = said("preview", "dev")
    assert code == 5
    assert "vectoricons:account is missing. Set it with: pulumi config set" in words
    assert "vectoricons:netwrok is not a setting. Did you mean network?" in words


def test_without_an_engine_the_set_up_is_named(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "find", lambda: None)
    code, words = said("preview", "dev")
    assert code == 3
    assert "The Pulumi CLI is not built yet. Run: make setup" in words


@pytest.fixture
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shell in which nobody has signed in."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # boto3 keeps what its first client found.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_a_preview_on_aws_says_how_to_get_them_and_how_to_go_without(said: Said) -> None:
    code, words = said("preview-on-aws", "dev")
    assert code == 1
    assert "There are no AWS credentials here. Sign in (aws sso login) or set AWS_PROFILE" in words
    assert "Without AWS it goes too: make preview STACK=dev" in words


@pytest.fixture
def signed_in(no_credentials: None, aws_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell with credentials of the account 123456789012."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIABYHAND")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)


@pytest.mark.usefixtures("signed_in")
def test_credentials_of_another_account_are_told_before_anything_is_asked(said: Said) -> None:
    code, words = said("preview-on-aws", "dev")
    assert code == 5
    assert (
        "The credentials here are of account 123456789012, and the stack dev lives in 210987654321 "
        "(Pulumi.dev.yaml). Set AWS_PROFILE to one of 210987654321, or name the stack of 123456789012."
        in words
    )


@pytest.mark.usefixtures("signed_in")
def test_credentials_of_the_stacks_account_go_to_the_ordinary_cli(
    said: Said, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    cli_of_nobody = tmp_path / "pulumi"
    cli_of_nobody.write_text(f'#!/bin/sh\necho "$@" > {asked}\nexit 255\n')
    cli_of_nobody.chmod(0o755)
    monkeypatch.setattr(aws, "require", lambda: Tools(tmp_path))
    assert said("preview-on-aws", "local")[0] == 255
    assert asked.read_text() == "preview --diff --stack local --policy-pack policy\n"

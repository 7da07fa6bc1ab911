"""What a person sees: a preview without an account, bars and colours on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from local import cli, display
from local.engine.events import Account
from local.progress import Steps
from local.runner.status import ServiceStatus
from tests.policy.trees import small_tree


@pytest.mark.usefixtures("untraced_processes")
def test_a_stack_is_previewed_offline_with_the_policies_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "TREE", small_tree(tmp_path))
    result = CliRunner().invoke(cli.main, ["preview", "dev"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    summary = result.output.partition("dev: ")[2]
    assert "to create" in summary
    assert "sqs" in summary
    assert "Policies: none refuses" in summary


def test_without_a_region_a_command_says_how_to_get_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["--region", str(tmp_path / "none"), "status"])
    assert result.exit_code == 1
    assert "There is no region in" in result.output
    assert "make up" in result.output


def terminal() -> tuple[Console, io.StringIO]:
    """A terminal and what is on it."""
    screen = io.StringIO()
    return Console(file=screen, force_terminal=True, width=120, _environ={"TERM": "xterm"}), screen


def test_a_step_is_a_bar_on_a_terminal_and_its_seconds_are_kept() -> None:
    console, screen = terminal()
    steps = Steps(console)
    with steps.step("Compiling") as step:
        step.reach(3, 4)
        step.note("the last one")
    assert "the last one" in screen.getvalue()
    assert "━" in screen.getvalue()
    assert steps.seconds["Compiling"] >= 0


def test_an_event_is_a_line_for_a_person_on_a_terminal_and_itself_elsewhere() -> None:
    event = {
        "timestamp": "2026-11-23T09:44:10Z",
        "level": "error",
        "event": "no route",
        "service": "api",
        "to": "x",
    }
    console, screen = terminal()
    display.show_event(console, json.dumps(event) + "\n")
    assert "no route" in screen.getvalue()
    assert "2026" not in screen.getvalue()
    display.show_event(console, '{"password": "once"}\n')
    assert "once" in screen.getvalue()
    plain = io.StringIO()
    display.show_event(Console(file=plain), json.dumps(event) + "\n")
    assert json.loads(plain.getvalue()) == event


def test_services_that_do_not_run_say_when_they_start_again_and_why_they_ended() -> None:
    console, screen = terminal()
    new = ServiceStatus("stream", 1, 0, 0, 0, 0, "", "")
    ended = ServiceStatus("api", 1, 0, 3, 3, 4.2, "api ended with exit code 1", "no database")
    again = ServiceStatus("worker-relay", 1, 0, 1, 1, 0, "worker-relay ended with exit code 1", "")
    display.show_services(console, [new, ended, again])
    words = screen.getvalue()
    assert "starting" in words
    assert "starts again in 4 s" in words
    assert "api: api ended with exit code 1; last words: no database" in words
    assert "last words: none" in words


def test_advice_of_a_policy_is_shown_in_full() -> None:
    console, screen = terminal()
    steps = Steps(console)
    with steps.step("Preview") as step:
        account = Account(step)
    account.advice.append("sqs-dlq: queue: at preview nothing is known of it")
    display.show_preview(console, "dev", account, 1.0)
    assert "1 advise" in screen.getvalue()
    assert "at preview nothing is known of it" in screen.getvalue()

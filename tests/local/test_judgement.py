"""What the policies say of a state, as `make policy` reads and shows it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from local import display
from local.engine.judgement import Judgement
from local.setup.errors import CommandError, Exit

URN = "urn:pulumi:prod::vectoricons::vectoricons:messaging:Queue$aws:sqs/queue:Queue::"


def told(policy: str, level: str, name: str, words: str) -> str:
    """A line of the engine's: it puts the policy's description before the message."""
    event = {
        "resourceUrn": URN + name,
        "message": f"Why it matters.\n{words}",
        "policyName": policy,
        "enforcementLevel": level,
    }
    return json.dumps({"sequence": 1, "policyEvent": event})


EVENTS = "\n".join(
    [
        told("waivers-applied", "advisory", "incoming", "sqs-tls[x] is waived until 2027-01-01 by shop: why"),
        told(
            "stack-advice", "advisory", "messages", "s3-access-logs[BucketLogging]: It does not write down."
        ),
        told("sqs-dlq", "mandatory", "incoming", "sqs-dlq[redrivePolicy]: It has none.\nFix: Give it one."),
        json.dumps({"sequence": 4, "summaryEvent": {"result": "failed"}}),
    ]
)


def test_what_is_refused_advised_and_waived_is_kept_apart() -> None:
    judgement = Judgement.of(EVENTS, "")
    assert judgement.findings == ["incoming: sqs-dlq[redrivePolicy]: It has none.\nFix: Give it one."]
    assert judgement.advice == ["messages: s3-access-logs[BucketLogging]: It does not write down."]
    assert judgement.waived == ["incoming: sqs-tls[x] is waived until 2027-01-01 by shop: why"]


def test_a_state_with_nothing_to_say_about_is_judged() -> None:
    assert Judgement.of('{"summaryEvent": {"result": "succeeded"}}', "") == Judgement([], [], [])


@pytest.mark.parametrize("events", ["", "panic: runtime error\ngoroutine 1 [running]:\nmain.go:12"])
def test_an_engine_that_cannot_ask_the_policies_is_a_sentence_and_no_trace(events: str) -> None:
    with pytest.raises(CommandError) as caught:
        Judgement.of(events, "error: loading policy packs: could not start policy pack\n")
    words = "The policies could not be asked: loading policy packs: could not start policy pack"
    assert (str(caught.value), caught.value.code) == (words, Exit.MACHINE)
    with pytest.raises(CommandError, match="gave no reason"):
        Judgement.of(events, "")


def test_it_is_shown_with_its_counts(tmp_path: Path) -> None:
    page = tmp_path / "RULES.md"
    page.write_text("# Rules\n\n## sqs-dlq\n\nWhy.\n\n## sqs-tls\n")
    screen = io.StringIO()
    display.show_judgement(
        Console(file=screen, width=200), "prod", display.count_rules(page), Judgement.of(EVENTS, "")
    )
    assert "incoming: sqs-dlq[redrivePolicy]: It has none." in screen.getvalue()
    assert screen.getvalue().endswith("prod: 2 rules, 1 findings, 1 advised, 1 waivers applied\n")

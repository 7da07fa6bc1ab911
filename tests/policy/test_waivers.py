"""Waivers: granular, reasoned, owned, ending; anything else is itself refused."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import time_machine
from vectoricons_policy.waivers import Waivers

from tests.policy.stacks import UNKNOWN, Declared, Engine, allow, document

QUEUE = "aws:sqs/queue:Queue"
PLAIN = Declared(QUEUE, "plain", {"name": "plain"}, Declared("vectoricons:a:B", "b"))
WAIVER = f"""\
- rule: sqs-encrypted
  finding: sqsManagedSseEnabled
  urn: {PLAIN.urn}
  reason: holds public catalogue numbers, nothing of a person
  owner: catalogue
  expires: 2030-06-30
"""
BEFORE, LAST_DAY, AFTER = "2030-01-01", "2030-06-30T23:59:59Z", "2030-07-01T00:00:00Z"


@pytest.fixture
def waived(tmp_path: Path) -> Path:
    path = tmp_path / "waivers.yaml"
    path.write_text(WAIVER)
    return path


def reports(path: Path, *declared: Declared) -> dict[str, list[tuple[str, str]]]:
    found = Engine(Waivers.load(path)).run(*declared)
    return {name: found[name] for name in found if name in ("sqs-encrypted", "waivers", "waivers-applied")}


@pytest.mark.parametrize("day", [BEFORE, LAST_DAY])
def test_an_applied_waiver_silences_its_finding_and_is_told(waived: Path, day: str) -> None:
    with time_machine.travel(day):
        found = reports(waived, PLAIN)
    told = (
        "sqs-encrypted[sqsManagedSseEnabled] is waived until 2030-06-30 by catalogue: "
        "holds public catalogue numbers, nothing of a person"
    )
    assert found == {"waivers-applied": [("plain", told)]}


@time_machine.travel(AFTER)
def test_an_expired_waiver_silences_nothing_and_is_refused(waived: Path) -> None:
    found = reports(waived, PLAIN)
    assert [name for name, _ in found["sqs-encrypted"]] == ["plain"]
    ended = "sqs-encrypted[sqsManagedSseEnabled] ended on 2030-06-30; catalogue must fix it or say why not."
    assert found["waivers"] == [("plain", ended)]


@time_machine.travel(BEFORE)
@pytest.mark.parametrize(
    "declared",
    [
        Declared(QUEUE, "plain", {"name": "plain", "sqsManagedSseEnabled": True}, PLAIN.parent),
        Declared(QUEUE, "renamed", {"name": "plain", "sqsManagedSseEnabled": True}, PLAIN.parent),
    ],
)
def test_a_waiver_that_waives_nothing_is_refused(waived: Path, declared: Declared) -> None:
    ((_, message),) = reports(waived, declared)["waivers"]
    assert message == f"sqs-encrypted[sqsManagedSseEnabled] waives nothing at {PLAIN.urn}; remove it."


@time_machine.travel(BEFORE)
def test_a_waiver_for_what_is_unknown_at_preview_is_not_called_unused(waived: Path) -> None:
    assert reports(waived, Declared(QUEUE, "plain", {"kmsMasterKeyId": UNKNOWN}, PLAIN.parent)) == {}


@time_machine.travel(AFTER)
def test_a_waiver_says_nothing_of_another_stack(waived: Path) -> None:
    dev = Declared(QUEUE, "plain", {"sqsManagedSseEnabled": True}, PLAIN.parent, stack="dev")
    assert reports(waived, dev) == {}


@time_machine.travel(BEFORE)
def test_a_waiver_is_for_one_finding_alone(tmp_path: Path) -> None:
    policy = Declared(
        "aws:iam/policy:Policy", "p", {"policy": document(allow("s3:*"), allow("sqs:*", on="a"))}
    )
    path = tmp_path / "waivers.yaml"
    text = WAIVER.replace("sqs-encrypted", "iam-no-wildcard").replace("sqsManagedSseEnabled", "Action::s3:*")
    path.write_text(text.replace(PLAIN.urn, policy.urn).replace("Action::s3:*", '"Action::s3:*"'))
    found = Engine(Waivers.load(path)).run(policy)
    details = {message.split(": ")[0] for _, message in found["iam-no-wildcard"]}
    assert details == {"iam-no-wildcard[Resource::*]", "iam-no-wildcard[Action::sqs:*]"}


@time_machine.travel(BEFORE)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            ("holds public catalogue numbers, nothing of a person", " " * 30 + "as it is"),
            "reason: String should have at least",
        ),
        (("owner: catalogue", 'owner: " "'), "owner: String should have at least 1"),
        (("  owner: catalogue\n", ""), "owner: Field required"),
        (("2030-06-30", "soon"), "expires: Input should be a valid date"),
        ((PLAIN.urn, "urn:pulumi:prod::vectoricons::*"), "urn: String should match pattern"),
        (("finding:", "findings:"), "findings: Extra inputs are not permitted"),
        (("sqs-encrypted", "sqs-encripted"), "there is no rule sqs-encripted"),
    ],
)
def test_a_waiver_that_cannot_stand_is_refused_and_waives_nothing(
    waived: Path, change: tuple[str, str], says: str
) -> None:
    waived.write_text(WAIVER.replace(*change))
    found = reports(waived, PLAIN)
    assert any(says in message for _, message in found["waivers"])
    assert all(message.startswith("waivers.yaml, waiver 1: ") for _, message in found["waivers"])
    assert "sqs-encrypted" in found


@time_machine.travel(BEFORE)
def test_the_same_waiver_twice_is_refused(waived: Path) -> None:
    waived.write_text(WAIVER * 2)
    ((_, message),) = reports(waived, PLAIN)["waivers"]
    assert "waiver 2: sqs-encrypted[sqsManagedSseEnabled] is waived twice" in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule: x", "waivers.yaml must be a list of waivers."),
        ("- a: [", "waivers.yaml is not YAML"),
        ("- just words", "waivers.yaml, waiver 1: it: "),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    assert any(message.startswith(says) for _, message in reports(path, PLAIN)["waivers"])


@pytest.mark.parametrize("text", ["", "[]", dedent("# none yet\n")])
def test_no_waivers_are_no_fault(tmp_path: Path, text: str) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(text)
    assert set(reports(path, PLAIN)) == set(reports(tmp_path / "absent.yaml", PLAIN)) == {"sqs-encrypted"}

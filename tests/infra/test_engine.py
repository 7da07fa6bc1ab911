"""The program through the real engine, recorded and not made: what the mocks cannot see is in its state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.engine.stack import Program
from local.engine.tools import require
from local.progress import Step, Steps
from local.setup.errors import CommandError
from tests.infra.synth import TREE

PACK = TREE / "policy" / "run"
WEBHOOK = "https://hooks.slack.test/T0/B0"


@dataclass(frozen=True)
class Standing:
    """A stack that is up: its program, what it put out, and the engine's state."""

    stack: str
    program: Program
    outputs: Mapping[str, Any]
    resources: list[dict[str, Any]]


@pytest.fixture(scope="module")
def step() -> Iterator[Step]:
    with Steps(Console(quiet=True)).step("infra") as step:
        yield step


# Each stack in one test process: coming up is what takes long.
IN_ONE_PROCESS = [
    pytest.param(stack, marks=pytest.mark.xdist_group(f"engine-{stack}")) for stack in ("dev", "prod")
]


@pytest.fixture(scope="module", params=IN_ONE_PROCESS)
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, step: Step
) -> Standing:
    """A stack, previewed and brought up with the policy pack on."""
    program = Program(require(), TREE, request.param, tmp_path_factory.mktemp(request.param))
    program.configure({}, WEBHOOK)
    outputs = program.up(PACK, step)
    return Standing(request.param, program, outputs, list(program.export()["resources"]))


def test_a_stack_comes_up_under_every_policy(standing: Standing) -> None:
    assert f"vectoricons-{standing.stack}-migrate" in standing.outputs["tasks"]["migrate"]["taskDefinition"]
    made = [each for each in standing.resources if each["type"].startswith("aws:")]
    assert len(made) > 190


def test_the_same_program_again_changes_nothing(standing: Standing, step: Step) -> None:
    assert set(standing.program.preview(PACK, step).changes) == {"same"}


def test_every_resource_in_the_state_has_exactly_one_component_above_it(standing: Standing) -> None:
    by_urn = {each["urn"]: each for each in standing.resources}
    for each in standing.resources:
        above = list(_ancestors(each, by_urn))
        owners = [urn for urn in above if by_urn[urn]["type"].startswith("vectoricons:")]
        if each["type"] == "pulumi:pulumi:Stack":
            assert not above
        elif each["type"].startswith("vectoricons:"):
            assert not owners, f"{each['urn']} stands in another component"
        else:
            assert len(owners) == 1, f"{each['urn']} is owned by {owners}"


def test_what_holds_data_is_protected_in_prod_alone(standing: Standing) -> None:
    protected = {each["type"] for each in standing.resources if each.get("protect")}
    assert ("aws:rds/instance:Instance" in protected) is (standing.stack == "prod")
    assert ("aws:s3/bucket:Bucket" in protected) is (standing.stack == "prod")


def test_no_secret_lies_open_in_the_state(standing: Standing) -> None:
    assert WEBHOOK not in json.dumps(standing.resources)


def test_the_stack_at_home_builds_its_images_and_passes_every_policy(tmp_path: Path, step: Step) -> None:
    program = Program(require(), TREE, "local", tmp_path)
    program.configure({"ports": {"api": 9000, "stream": 9001}}, WEBHOOK)
    previewed = program.preview(PACK, step)
    assert previewed.resources["awsx:ecr:Image"] == 2
    assert set(previewed.changes) == {"create"}


def test_a_typo_ends_the_run_with_one_sentence(tmp_path: Path, step: Step) -> None:
    program = Program(require(), TREE, "dev", tmp_path)
    program.configure({"netwrok": "10.0.0.0/16"}, WEBHOOK)
    with pytest.raises(CommandError) as raised:
        program.preview(PACK, step)
    said = str(raised.value)
    assert "Pulumi.dev.yaml: vectoricons:netwrok is not a setting. Did you mean network?" in said
    assert "Traceback" not in said


def _ancestors(resource: Mapping[str, Any], by_urn: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    parent = resource.get("parent")
    while parent:
        yield parent
        parent = by_urn[parent].get("parent")

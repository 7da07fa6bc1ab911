"""Whoever runs an earlier release can go to this one: nothing that holds data is deleted or made anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.engine.stack import Program
from local.engine.state import State
from local.progress import Step
from tests.infra.standing import Stacks
from tests.infra.synth import TREE

RELEASES = Path(__file__).parent / "releases"
STATES = sorted(RELEASES.glob("*/*.json"))
HARMLESS = {"same", "create", "update", "read", "refresh"}
DATABASE = 'Database("database", DatabaseArgs('
RENAMED = DATABASE.replace('"database"', '"store"')


def lost(program: Program, release: Path, step: Step) -> list[str]:
    """What holds data in *release* and would be deleted or made anew by *program*."""
    deployment = json.loads(release.read_text())
    program.take_in(deployment)
    holds_data = _types_that_hold_data(release.parent)
    planned = program.preview(None, step).planned
    return [str(each) for each in planned if each.type in holds_data and each.operation not in HARMLESS]


def named(file: Path) -> str:
    """`0.1.0-dev`: the release and the stack."""
    return f"{file.parent.name}-{file.stem}"


@pytest.mark.parametrize("release", STATES, ids=named)
def test_what_holds_data_outlives_the_step_from_an_earlier_release(
    release: Path, stacks: Stacks, step: Step
) -> None:
    program = stacks.program(release.stem, directory=f"from-{named(release)}")
    assert lost(program, release, step) == []


def test_both_stacks_of_every_release_are_kept() -> None:
    assert {each.stem for each in STATES} == {"dev", "prod"}
    assert len(STATES) == 2 * len({each.parent for each in STATES})


def test_a_database_that_changes_its_name_would_be_lost(stacks: Stacks, step: Step, tmp_path: Path) -> None:
    program = stacks.program("dev", renamed(tmp_path), directory="renamed")
    assert lost(program, RELEASES / "0.1.0" / "dev.json", step) == [
        "delete database-instance (aws:rds/instance:Instance)"
    ]


def renamed(folder: Path) -> Path:
    """The tree of the program with another name for the database."""
    for each in TREE.iterdir():
        if not each.name.startswith("."):
            (folder / each.name).symlink_to(each)
    page = (folder / "__main__.py").read_text()
    assert DATABASE in page
    (folder / "__main__.py").unlink()
    (folder / "__main__.py").write_text(page.replace(DATABASE, RENAMED))
    return folder


def _types_that_hold_data(release: Path) -> set[str]:
    """Those that prod protects; another test holds the list to what cannot be had again."""
    prod = State.parse(json.loads((release / "prod.json").read_text()))
    return {each.type for each in prod.resources if each.protect}

"""The project's program goes through the real engine, and what the engine says is said to people."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from rich.console import Console

from local.engine import tools
from local.engine.stack import Program
from local.progress import Steps
from local.setup.errors import CommandError, Exit

# The tiny program and its pack are not the project's code.
pytestmark = pytest.mark.usefixtures("untraced_processes")

PROGRAM = """
import pulumi

config = pulumi.Config()

class House(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("vectoricons:test:House", name)

for number in range(config.require_int("houses")):
    House(f"house-{number}")
if config.get("trouble"):
    raise pulumi.RunError(config.require("trouble"))
pulumi.export("site", config.require("site"))
pulumi.export("session", config.require_secret("sessionKey").apply(len))
"""
PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def validate(args, report):
    if args.name == "house-3":
        report("The fourth house is one too many.")

PolicyPack(
    "few-houses",
    [ResourceValidationPolicy("few-houses", "At most three houses.", validate)],
    EnforcementLevel.MANDATORY,
)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tiny project with a policy pack."""
    tree = tmp_path / "tree"
    (tree / "policy").mkdir(parents=True)
    (tree / "__main__.py").write_text(PROGRAM)
    (tree / "Pulumi.yaml").write_text("name: vectoricons\nruntime: python\n")
    (tree / "Pulumi.local.yaml").write_text(
        "encryptionsalt: v1:of-another-backend\n"
        "config:\n  vectoricons:site: http://127.0.0.1:8000\n  vectoricons:houses: 2\n"
        "  vectoricons:sessionKey: {secure: of-another-backend}\n"
    )
    (tree / "policy" / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (tree / "policy" / "__main__.py").write_text(PACK)
    run = tree / "policy" / "run"
    run.write_text(f'#!/bin/sh\nexec {sys.executable} -u -m pulumi.policy "$1" {tree / "policy"}\n')
    run.chmod(0o755)
    return tree


def program(tree: Path) -> Program:
    """The tiny project as the stack `local`, recording only."""
    return Program(tools.require(), tree, "local", tree.parent / "engine")


def test_up_makes_what_the_tree_declares_with_the_settings_of_this_place(tree: Path) -> None:
    said = io.StringIO()
    steps = Steps(Console(file=said))
    local = program(tree)
    local.configure({"site": "http://127.0.0.1:8100"}, "http://127.0.0.1:1/slack")
    with steps.step("pulumi up") as step:
        outputs = local.up(tree / "policy" / "run", step)
    assert outputs == {"site": "http://127.0.0.1:8100", "session": 43.0}
    assert sum("House" in made["type"] for made in local.export()["resources"]) == 2
    assert "pulumi up" in said.getvalue()
    assert "8000" in (tree / "Pulumi.local.yaml").read_text(), "the tree's own file is not touched"
    for file in (tree.parent / "engine").glob("*.*"):
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, f"{file} holds secrets"

    local.configure({"site": "http://127.0.0.1:8100"}, "http://127.0.0.1:1/slack")
    with steps.step("again") as step:
        assert local.preview(tree / "policy" / "run", step).changes == {"same": 2}
        local.destroy(step)
    assert "resources" not in local.export()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"houses": 4}, "few-houses: house-3: At most three houses.\nThe fourth house is one too many."),
        ({"trouble": "The stack file has a typo."}, "The stack file has a typo."),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_one_who_refuses(
    tree: Path, settings: dict[str, object], words: str
) -> None:
    local = program(tree)
    local.configure(settings, "http://127.0.0.1:1/slack")
    steps = Steps(Console(file=io.StringIO()))
    with steps.step("pulumi up") as step, pytest.raises(CommandError) as refused:
        local.up(tree / "policy" / "run", step)
    assert words in str(refused.value)
    assert refused.value.code == Exit.DECLARATION
    assert "resources" not in local.export()

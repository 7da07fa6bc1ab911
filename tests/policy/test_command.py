"""`make policy`: all of a stack, recorded and judged with nothing unknown.

Here a small one, by the project's pack; that the project's keep all, `tests/infra` and the region hold.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from vectoricons_policy import pack

from local import cli
from tests.policy.trees import WAIVED, small_tree


@pytest.mark.usefixtures("untraced_processes")
def test_a_stack_keeps_every_rule_and_the_count_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "TREE", small_tree(tmp_path))
    result = CliRunner().invoke(cli.main, ["policy", "dev"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    told = re.search(r"dev: (\d+) rules, 0 findings, \d+ advised, (\d+) waivers applied", said)
    assert told is not None
    assert int(told[1]) == len(pack.RULES)
    assert int(told[2]) == said.count(" is waived until ") == len(WAIVED)


def test_a_stack_that_there_is_not_is_a_sentence() -> None:
    result = CliRunner().invoke(cli.main, ["policy", "production"])
    assert result.exit_code == 2
    assert "'production' is not one of 'local', 'dev', 'prod'" in result.output

"""`make policy`: all of a stack, recorded and judged with nothing unknown."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from vectoricons_policy import pack

from local import cli


@pytest.mark.usefixtures("untraced_processes")
def test_a_stack_keeps_every_rule_and_the_count_says_so() -> None:
    result = CliRunner().invoke(cli.main, ["policy", "local"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    told = re.search(r"local: (\d+) rules, 0 findings, \d+ advised, (\d+) waivers applied", said)
    assert told is not None
    assert int(told[1]) == len(pack.RULES)
    assert int(told[2]) == said.count(" is waived until ") > 0


def test_a_stack_that_there_is_not_is_a_sentence() -> None:
    result = CliRunner().invoke(cli.main, ["policy", "production"])
    assert result.exit_code == 2
    assert "'production' is not one of 'local', 'dev', 'prod'" in result.output

"""`make policy`: all of a stack, recorded and judged with nothing unknown."""

from __future__ import annotations

import re

from click.testing import CliRunner
from vectoricons_policy.registry import RULES

from local import cli


def test_production_keeps_every_rule_and_the_count_says_so() -> None:
    result = CliRunner().invoke(cli.main, ["policy", "prod"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert f"prod: {len(RULES)} rules, 0 findings, 0 advised, " in result.output
    waived = re.search(r"(\d+) waivers applied", result.output)
    assert waived is not None
    assert int(waived[1]) == result.output.count(" is waived until ")


def test_a_stack_that_there_is_not_is_a_sentence() -> None:
    result = CliRunner().invoke(cli.main, ["policy", "production"])
    assert result.exit_code == 2
    assert "'production' is not one of 'local', 'dev', 'prod'" in result.output

"""Every mandatory rule refuses, at preview and by the real engine, the program that breaks it."""

from __future__ import annotations

from pathlib import Path

from vectoricons_policy.registry import RULES

from tests.policy.mutants import binding, preview
from tests.policy.mutations import MUTATIONS


def test_every_rule_has_a_mutation() -> None:
    assert {each.rule for each in MUTATIONS} == RULES.keys()


def test_each_mutation_is_refused_by_its_rule_at_its_resource_and_nothing_else_is(tmp_path: Path) -> None:
    refusals = preview("prod", tmp_path)
    assert refusals.unlike(binding("prod")) == [], refusals.text

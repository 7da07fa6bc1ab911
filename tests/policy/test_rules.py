"""Every rule of the catalogue: passes, is refused, and unknown at preview says nothing and hides nothing."""

from __future__ import annotations

from itertools import chain

import pytest
from vectoricons_policy.registry import RULES

from tests.policy.cases import alb, cache, cdn, containers, ecr, ecs, messaging, network, rds, s3, watching
from tests.policy.keeping import Break, Case, twin
from tests.policy.stacks import refused

CASES: dict[str, Case] = dict(
    chain.from_iterable(
        module.CASES.items()
        for module in (alb, cache, cdn, containers, ecr, ecs, messaging, network, rds, s3, watching)
    )
)
# These have tests that read better than a table.
ELSEWHERE = {
    *("iam-no-wildcard", "iam-known-actions", "iam-resource-types", "explicit-names", "one-owner"),
    *("single-writer", "s3-bpa", "s3-tls-only", "sqs-dlq", "sqs-encrypted"),
}


BREAKS = [
    pytest.param(id_, each, id=f"{id_}[{each.detail}]-{number}")
    for id_, case in CASES.items()
    for number, each in enumerate(case.breaks)
]


@pytest.mark.parametrize("id_", CASES)
def test_passes(id_: str) -> None:
    assert refused(id_, *CASES[id_].keeps) == set()


@pytest.mark.parametrize(("id_", "broken"), BREAKS)
def test_is_refused(id_: str, broken: Break) -> None:
    assert refused(id_, *broken.of(CASES[id_].keeps)) == {f"{broken.found_at}: {broken.detail}"}


@pytest.mark.parametrize(("id_", "broken"), BREAKS)
def test_unknown_at_preview_says_nothing_and_hides_nothing(id_: str, broken: Break) -> None:
    unsaid, beside = broken.unsaid(CASES[id_].keeps), twin(broken.of(CASES[id_].keeps))
    found = f"{broken.found_at}: {broken.detail}".replace("subject", "twin")
    if broken.unknown != ():
        assert refused(id_, *unsaid) == set()
        assert refused(id_, *unsaid, *beside) == {found}
        assert refused(id_, *beside, *unsaid) == {found}


def test_every_rule_has_its_cases() -> None:
    assert CASES.keys() | ELSEWHERE == RULES.keys()
    assert not CASES.keys() & ELSEWHERE
    assert all(case.breaks for case in CASES.values())

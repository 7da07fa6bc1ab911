"""The program through the real engine, recorded and not made: what the mocks cannot see is in its state."""

from __future__ import annotations

import json

from local.progress import Step
from tests.infra.standing import PACK, WEBHOOK, Standing


def test_a_stack_stands_and_keeps_every_policy(standing: Standing) -> None:
    made = [each for each in standing.state.resources if each.type.startswith("aws:")]
    assert len(made) > 190
    judgement = standing.program.judge(PACK)
    assert list(judgement.findings) == []
    assert judgement.waived


def test_the_same_program_again_changes_nothing_and_passes_every_policy(
    standing: Standing, step: Step
) -> None:
    assert set(standing.program.preview(PACK, step).changes) == {"same"}


def test_what_holds_data_is_protected_in_prod_alone(standing: Standing) -> None:
    protected = {each.type for each in standing.state.resources if each.protect}
    assert ("aws:rds/instance:Instance" in protected) is (standing.stack == "prod")
    assert ("aws:s3/bucket:Bucket" in protected) is (standing.stack == "prod")


def test_no_secret_lies_open_in_the_state(standing: Standing) -> None:
    assert WEBHOOK not in json.dumps(standing.deployment)

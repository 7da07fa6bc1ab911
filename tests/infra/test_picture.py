"""The picture of the architecture shows what the state of prod has: all of it, as it is now."""

from __future__ import annotations

import pytest

from local.picture.drawing import Drawing
from local.picture.graph import fingerprint
from tests.infra.standing import Stacks
from tests.infra.synth import TREE

pytestmark = pytest.mark.xdist_group("engine-prod")


@pytest.fixture
def drawing(stacks: Stacks) -> Drawing:
    """What is drawn of prod."""
    return Drawing(stacks.standing("prod").state)


def test_every_kind_of_component_has_a_box_or_a_reason_to_have_none(drawing: Drawing) -> None:
    assert drawing.unknown == []


def test_an_arrow_says_what_a_role_may_do(drawing: Drawing) -> None:
    words = {(arrow.tail, arrow.head): arrow.words for arrow in drawing.arrows}
    assert words["worker-relay", "events"] == ("publishes",)
    assert words["worker-intake", "private"] == ("writes sources/",)
    assert words["uploads", "incoming"] == ("new objects",)
    assert words["events", "messages"] == ()


def test_a_box_says_how_big_a_service_is_and_which_stores_it_reaches(drawing: Drawing) -> None:
    (box,) = [each for each in drawing.boxes if each.name == "worker-images"]
    assert any("vCPU" in note for note in box.notes)
    assert box.stores == ("cache", "database")


def test_the_picture_in_the_docs_is_current(drawing: Drawing) -> None:
    picture = (TREE / "docs" / "pictures" / "architecture.svg").read_text()
    assert fingerprint(drawing) in picture, "The architecture has changed. Draw it anew: make picture"

"""No component owns another's resources, and who uses whom is read off `__main__.py`: all of it, no more."""

from __future__ import annotations

import pytest

from local.engine.references import Edge, Reference, References
from local.engine.state import State
from tests.infra.page import Page
from tests.infra.standing import Standing

HANDED_ON = {Edge("cluster", "network")}
"""Who is handed the first is handed the second with it: what runs on the cluster stands in its network."""
EVERYWHERE = {"deployment", "alerts"}
"""What a component has without being handed it: the place it stands in, and the topic of its alarms."""
OF_ALL = {"deployment", "dashboard", "identity"}
"""Made of everything on the page, and handed none of it."""
LETS_ALL_PASS = {"aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"}
"""What names everything that any role of the stack may ask for."""
ANSWERS = {"aws:s3/bucketPolicy:BucketPolicy"}
"""What its owner alone may write, and in which it names whoever was handed the owner."""


def declared(page: Page) -> frozenset[Edge]:
    """Who uses whom, by the page."""
    return page.edges | {
        Edge(edge.user, handed_on.used)
        for edge in page.edges
        for handed_on in HANDED_ON
        if edge.used == handed_on.user
    }


def undeclared(page: Page, state: State) -> list[str]:
    """What the state shows and the page does not, each with a resource that gives it away."""
    known = declared(page)
    found = [
        (edge, reference)
        for edge, references in References(state).edges().items()
        if edge not in known and edge.used not in EVERYWHERE and edge.user not in OF_ALL
        for reference in references
        if not _goes_without_saying(edge, reference, known)
    ]
    return [
        f"{edge}: {first.by.name} uses {first.to.name} in `{first.where}`, and __main__.py does not hand "
        f"{edge.used} to {edge.user}."
        for edge, first in dict(reversed(found)).items()
    ]


def _goes_without_saying(edge: Edge, reference: Reference, known: frozenset[Edge]) -> bool:
    token = reference.by.type
    return token in LETS_ALL_PASS or (token in ANSWERS and Edge(edge.used, edge.user) in known)


def unused(page: Page, state: State) -> list[str]:
    """What the page hands over and nothing in the state comes of."""
    found = set(References(state).edges())
    with_what_it_led_to = found | {
        Edge(edge.user, handed_on.user)
        for edge in found
        for handed_on in HANDED_ON
        if edge.used == handed_on.used
    }
    return [
        f"{edge}: __main__.py hands {edge.used} to {edge.user}, and nothing in {edge.user} uses it."
        for edge in sorted(declared(page) - with_what_it_led_to - HANDED_ON)
    ]


def test_every_resource_has_exactly_one_owner(standing: Standing) -> None:
    for each in standing.state.resources:
        owner = standing.state.owner(each)
        if each.type == "pulumi:pulumi:Stack":
            assert owner is None
            continue
        assert owner is not None, f"{each.urn} belongs to no component"
        above = standing.state.find(owner.parent)
        assert above is not None
        assert standing.state.owner(above) is None, f"{owner.name} stands inside {above.name}"


def test_every_component_of_the_state_is_on_the_page_and_every_one_on_the_page_is_made(
    standing: Standing,
) -> None:
    made = {each.name for each in standing.state.components} - {"deployment"}
    assert made == Page.of_the_program().components


def test_nobody_uses_what_the_page_does_not_hand_over(standing: Standing) -> None:
    assert undeclared(Page.of_the_program(), standing.state) == []


def test_whatever_the_page_hands_over_is_used(standing: Standing) -> None:
    assert unused(Page.of_the_program(), standing.state) == []


@pytest.fixture
def relay(standing: Standing) -> tuple[str, Standing]:
    """The page's words that hand the topic to the relay."""
    words = "may=[events.publish()],"
    assert words in Page.of_the_program().text
    return words, standing


def test_a_right_that_is_taken_off_the_page_and_not_out_of_the_state_is_named(
    relay: tuple[str, Standing],
) -> None:
    words, standing = relay
    page = Page(
        Page.of_the_program().text.replace(words, "").replace('env={"EVENTS_TOPIC_ARN": events.arn},', "")
    )
    (said,) = undeclared(page, standing.state)
    assert said.startswith("worker-relay -> events: worker-relay-")
    assert said.endswith("__main__.py does not hand events to worker-relay.")


def test_what_the_page_hands_over_in_vain_is_named(relay: tuple[str, Standing]) -> None:
    words, standing = relay
    page = Page(Page.of_the_program().text.replace(words, "may=[events.publish(), mail.send()],"))
    assert unused(page, standing.state) == [
        "worker-relay -> mail: __main__.py hands mail to worker-relay, and nothing in worker-relay uses it."
    ]

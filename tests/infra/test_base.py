"""Where components are put, what they are called, and who owns what they create."""

from __future__ import annotations

import pytest
from pulumi import ResourceOptions
from pulumi_aws import sqs

from components.base import Component, Deployment
from components.messaging import Topic
from tests.infra.synth import component, settings, synth


class Shelf(Component):
    """A component with one child, called as the test says."""

    def __init__(self, name: str, child: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        sqs.Queue(child, name=self.names.of("queue", name), tags=self.tags("Top"), opts=self.child_opts())


def test_a_components_type_says_its_module_and_class() -> None:
    assert component(lambda: Topic("events")).one("events").type == "vectoricons:messaging:Topic"


def test_a_child_is_its_components_and_uses_the_deployments_provider() -> None:
    declared = component(lambda: Shelf("shelf", "shelf-book"))
    book, provider = declared.one("shelf-book"), declared.one("deployment-aws")
    assert book.parent == declared.one("shelf").urn
    assert book.provider.startswith(provider.urn)


def test_the_provider_is_bound_to_the_stacks_account_and_region() -> None:
    inputs = component(lambda: None).one("deployment-aws").inputs
    assert (inputs["region"], inputs["allowedAccountIds"]) == ("us-east-1", '["210987654321"]')


def test_tags_say_whose_a_resource_is_and_nothing_that_changes() -> None:
    assert component(lambda: Shelf("shelf", "shelf-book")).one("shelf-book").inputs["tags"] == {
        "project": "vectoricons",
        "env": "dev",
        "component": "shelf",
        "owner": "platform",
        "Name": "Top",
    }


def test_a_child_with_another_components_name_is_refused() -> None:
    with pytest.raises(ValueError, match=r"book: a child of shelf must be called shelf-\.\.\."):
        component(lambda: Shelf("shelf", "book"))


def test_what_the_caller_asks_for_a_component_does_not_leak_to_its_children() -> None:
    def build() -> None:
        first = Topic("events")
        Shelf("shelf", "shelf-book", ResourceOptions(depends_on=[first]))

    declared = component(build)
    assert declared.one("events-topic").urn in declared.one("shelf").depends_on
    assert not declared.one("shelf-book").depends_on


def test_a_component_outside_a_deployment_is_refused_with_what_to_do() -> None:
    with pytest.raises(RuntimeError, match=r"make it inside `with Deployment\(settings\):`"):
        synth(lambda: Topic("events"))


def test_a_deployment_ends_with_its_block() -> None:
    def outside() -> None:
        with Deployment(settings()):
            pass
        Deployment.current()

    with pytest.raises(RuntimeError, match="A component needs a place"):
        synth(outside)

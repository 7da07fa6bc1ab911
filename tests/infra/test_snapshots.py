"""What each component declares, recorded, so that a diff says what a change does. `make snapshots` renews."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from local.engine.state import Resource
from tests.infra.page import Page
from tests.infra.standing import Stacks
from tests.infra.synth import Declared, declared

COMPONENTS = sorted({"deployment", *Page.of_the_program().components})
# A key's resource is called by its fingerprint, and each stack here draws a key of its own.
FINGERPRINT = re.compile(r"(?<=^links-)[0-9a-f]{8}$")


def every(layer: str) -> list[ParameterSet]:
    """Each component of each stack, those of a stack in one process."""
    return [
        pytest.param(
            stack, component, id=f"{stack}-{component}", marks=pytest.mark.xdist_group(f"{layer}-{stack}")
        )
        for stack in ("dev", "prod")
        for component in COMPONENTS
    ]


@pytest.fixture
def recorded(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """A JSON file for each test."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize(("stack", "component"), every("inputs"))
def test_inputs(stack: str, component: str, recorded: SnapshotAssertion) -> None:
    """What the program says of each resource, its documents laid open."""
    found = declared(stack)
    urn = found.one(component).urn
    assert {each.name: _said(each) for each in found.resources if each.parent == urn} == recorded


@pytest.mark.parametrize(("stack", "component"), every("engine"))
def test_state(stack: str, component: str, recorded: SnapshotAssertion, stacks: Stacks) -> None:
    """What only the engine knows of each resource: whose it is, how it is kept, on what it depends."""
    owned = stacks.standing(stack).state.by_component()[component]
    assert {_named(each.name): _kept(each) for each in owned} == recorded


def _said(resource: Declared) -> dict[str, Any]:
    return {"type": resource.type, "inputs": _open(resource.inputs)}


def _kept(resource: Resource) -> dict[str, Any]:
    by_property = {name: _names(urns) for name, urns in resource.property_dependencies.items() if urns}
    told = {urn for urns in resource.property_dependencies.values() for urn in urns or ()}
    kept = {
        "type": resource.type,
        "parent": _names([resource.parent])[0],
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
        "dependsOn": _names(set(resource.dependencies) - told),
        "uses": dict(sorted(by_property.items())),
        "secretOutputs": sorted(resource.additional_secret_outputs),
    }
    return {name: value for name, value in kept.items() if value}


def _names(urns: Any) -> list[str]:
    return sorted(_named(urn.rpartition("::")[2]) for urn in urns)


def _named(name: str) -> str:
    return FINGERPRINT.sub("<fingerprint>", name)


def _open(value: Any) -> Any:
    """*value* with the JSON documents in it read, so that a diff of one is a diff of lines."""
    match value:
        case dict():
            return {key: _open(inner) for key, inner in sorted(value.items())}
        case list():
            return [_open(inner) for inner in value]
        case str() if value[:1] in ("{", "["):
            return _document(value)
        case _:
            return value


def _document(text: str) -> Any:
    """The JSON that *text* is; a pattern such as `{DistributionId}/{yyyy}` only begins like one."""
    try:
        return _open(json.loads(text))
    except ValueError:
        return text

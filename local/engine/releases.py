"""A state to compare with: what a run leaves behind, without what differs from one run to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from pulumi.runtime.rpc import (  # how the engine's own formats mark a secret among values
    _special_secret_sig,
    _special_sig_key,
)

SECRET = {_special_sig_key: _special_secret_sig, "plaintext": '"(secret)"'}
OF_ONE_RUN = {"created", "modified", "sourcePosition", "stackTrace"}
"""When and from which line of which machine; nothing of it concerns what stands."""
FORMAT = 3
"""The version of the engine's own format of states."""


def normalised(deployment: Mapping[str, Any]) -> dict[str, Any]:
    """*deployment* without times and secrets, every resource after those it needs, the same for every run.

    The engine can take it in again.
    """
    resources = {each["urn"]: each for each in deployment["resources"]}
    return {
        "manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""},
        "resources": [_without_secrets(_lasting(each)) for each in _in_order(resources)],
        "metadata": {},
    }


def _lasting(resource: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in resource.items() if name not in OF_ONE_RUN}
    dependencies = {name: sorted(urns or ()) for name, urns in kept.get("propertyDependencies", {}).items()}
    return {
        **kept,
        **({"dependencies": sorted(kept["dependencies"])} if "dependencies" in kept else {}),
        **({"propertyDependencies": dependencies} if dependencies else {}),
    }


def _without_secrets(value: Any) -> Any:
    match value:
        case dict() if _special_sig_key in value:
            return SECRET
        case dict():
            return {key: _without_secrets(inner) for key, inner in value.items()}
        case list():
            return [_without_secrets(inner) for inner in value]
        case _:
            return value


def _in_order(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Each after those it needs, and otherwise by name: the engine's own order is that of its threads."""
    sorter = TopologicalSorter({urn: set(_needs(each)) & set(resources) for urn, each in resources.items()})
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from (resources[urn] for urn in ready)
        sorter.done(*ready)


def _needs(resource: Mapping[str, Any]) -> Iterator[str]:
    if resource.get("parent"):
        yield resource["parent"]
    if resource.get("provider"):
        yield resource["provider"].rpartition("::")[0]
    yield from resource.get("dependencies") or ()

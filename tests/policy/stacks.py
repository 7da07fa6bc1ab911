"""Stacks as the engine hands them to policies: wire values, and unknowns that raise when touched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy
from vectoricons_policy.pack import Pack
from vectoricons_policy.settings import PackSettings
from vectoricons_policy.waivers import Waivers

UNKNOWN = UNKNOWN_STRING_VALUE
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Declared:
    """A resource of the program under test.

    *depends* says from which resources a property was computed, *outputs* what the provider adds.
    """

    type: str
    name: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    parent: Declared | None = None
    depends: Mapping[str, Declared] = field(default_factory=dict)
    stack: str = "prod"
    outputs: Mapping[str, Any] = field(default_factory=dict)
    protect: bool = False
    ignores: tuple[str, ...] = ()

    @property
    def urn(self) -> str:
        """The URN the engine would give it."""
        types = f"{self.parent.urn.split('::')[2]}${self.type}" if self.parent else self.type
        return f"urn:pulumi:{self.stack}::vectoricons::{types}::{self.name}"

    @property
    def options(self) -> PolicyResourceOptions:
        """Its options, as far as policies read them."""
        parent = self.parent.urn if self.parent else None
        never = PolicyCustomTimeouts(0, 0, 0)
        return PolicyResourceOptions(self.protect, list(self.ignores), None, [], never, [], parent)


def _proxy(properties: Mapping[str, Any]) -> Any:
    """Properties as a policy sees them: touching an unknown one raises."""
    return unknown_checking_proxy(deserialize_properties(dict(properties)))


def stack_args(*declared: Declared, config: Mapping[str, Any] | None = None) -> StackValidationArgs:
    """The arguments of a stack policy."""
    resources: dict[str, PolicyResource] = {}
    for each in declared:
        properties = _proxy({**each.properties, **each.outputs})
        resources[each.urn] = PolicyResource(
            each.type, properties, each.urn, each.name, each.options, None, None, [], {}
        )
    for each in declared:
        resources[each.urn].parent = resources.get(each.parent.urn) if each.parent else None
        resources[each.urn].property_dependencies = {
            name: [resources[source.urn]] for name, source in each.depends.items()
        }
    return StackValidationArgs(list(resources.values()), config)


def resource_args(declared: Declared, config: Mapping[str, Any] | None = None) -> ResourceValidationArgs:
    """The arguments of a resource policy."""
    return ResourceValidationArgs(
        declared.type,
        _proxy(declared.properties),
        declared.urn,
        declared.name,
        declared.options,
        None,
        config,
    )


class Engine:
    """The pack as the engine uses it: every resource first, then the whole stack."""

    def __init__(
        self,
        waivers: Waivers | None = None,
        config: Mapping[str, Mapping[str, Any]] | None = None,
        production: Iterable[str] = ("prod",),
        advisory: Iterable[str] = (),
        only: str = "",
    ) -> None:
        self._config = config or {}
        settings = PackSettings(production=frozenset(production), advisory=frozenset(advisory))
        policies = Pack(waivers or Waivers({}), settings).policies()
        self._policies = [each for each in policies if not only or each.name in ("inputs", only)]

    def run(self, *declared: Declared) -> dict[str, list[tuple[str, str]]]:
        """What the policies report, by name: pairs of logical name and message."""
        reports: dict[str, list[tuple[str, str]]] = {}
        for each in declared:
            for policy in self._policies:
                if isinstance(policy, ResourceValidationPolicy):
                    args = resource_args(each, self._config.get(policy.name))
                    policy.validate(args, _into(reports, policy.name))
        for policy in self._policies:
            if isinstance(policy, StackValidationPolicy):
                whole = stack_args(*declared, config=self._config.get(policy.name))
                policy.validate(whole, _into(reports, policy.name))
        return reports


def _into(reports: dict[str, list[tuple[str, str]]], policy: str) -> ReportViolation:
    def report(message: str, urn: str | None = None) -> None:
        reports.setdefault(policy, []).append(((urn or "").split("::")[-1], message))

    return report


def refused(rule: str, *declared: Declared, config: Mapping[str, Any] | None = None) -> set[str]:
    """What *rule* finds, as `logical name: detail`."""
    found = Engine(config={rule: config} if config else {}, only=rule).run(*declared).get(rule, [])
    return {f"{name}: {message.removeprefix(rule)[1:].split(']: ')[0]}" for name, message in found}


def allow(*actions: str, on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def document(*statements: Mapping[str, Any]) -> str:
    """A policy document as JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

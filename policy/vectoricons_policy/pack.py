"""The rules as Pulumi policies, and the pack that serves them to the engine."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

import vectoricons_policy.rules  # noqa: F401  # importing it registers the rules
from vectoricons_policy import reading
from vectoricons_policy.known import Resource, Stack, stack_of
from vectoricons_policy.registry import RULES, Finding, Level, Rule, Scope
from vectoricons_policy.settings import PackSettings, SettingsError, read
from vectoricons_policy.waivers import Waivers

STANDARDS = {"hub": "AWS Security Hub controls", "nag": "cdk-nag AwsSolutions"}


def serve(folder: Path) -> None:
    """Serve the pack in *folder*, with its config.yaml and waivers.yaml. Returns only when interrupted."""
    gc.disable()  # what lives for one run of the engine keeps its garbage, of which there is little
    reading.once()
    PolicyPack(
        "vectoricons",
        Pack(Waivers.load(folder / "waivers.yaml"), load_config(folder / "config.yaml")).policies(),
        enforcement_level=EnforcementLevel.MANDATORY,
        description="Least privilege, names, ownership and safe stores, with reasoned exceptions.",
    )


def load_config(path: Path) -> PackSettings:
    """What the YAML file *path* says. Ends the start with a sentence when it does not fit."""
    try:
        found = yaml.safe_load(path.read_text()) if path.exists() else None
    except yaml.YAMLError as error:
        raise SystemExit(f"{path.name} is not YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(found, dict | None):
        raise SystemExit(f"{path.name} must say `production:` and `rules:`, as README.md shows.")
    try:
        config = read(PackSettings, path.name, found or {})
        for id_ in config.advisory:
            if id_ not in RULES or RULES[id_].settings:
                raise SettingsError(f"{path.name}: no rule without settings is called {id_}.")
        for id_, settings in config.rules.items():
            model = RULES[id_].settings if id_ in RULES else None
            if model is None:
                raise SettingsError(f"{path.name}: no rule with settings is called {id_}.")
            read(model, f"{path.name}: {id_}", settings)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    return config


class Pack:
    """The policies of one run of the engine, which share its waivers and what they have seen so far.

    *config* is known to fit. The settings of its rules reach the engine as defaults of the schema and not as
    initial configuration: pulumi_policy makes a level that is left out there advisory.

    What is mandatory in production alone depends on the stack, which the engine tells a pack that it starts
    as a program only through the URNs; so such a rule's own policy keeps to the findings in production, and
    those elsewhere are told by the policies for advice.
    """

    def __init__(self, waivers: Waivers, config: PackSettings) -> None:
        self._waivers = waivers
        self._config = config
        self._given: dict[str, Resource] = {}

    def policies(self) -> list[Policy]:
        """One Pulumi policy per rule, and those that serve them."""
        return [
            ResourceValidationPolicy(
                name="inputs",
                description="Refuses nothing: notes what resources are given, for the rules about the stack.",
                validate=self._note,
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
            *map(self._policy, RULES.values()),
            ResourceValidationPolicy(
                name="advice",
                description="What a resource of this stack would be refused for in production.",
                validate=partial(self._advise, Scope.RESOURCE),
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
            StackValidationPolicy(
                name="stack-advice",
                description="What this stack would be refused for in production.",
                validate=partial(self._advise, Scope.STACK),
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
            StackValidationPolicy(
                name="waivers",
                description="A waiver must be readable, in force and needed, or it hides the next mistake.",
                validate=self._check_waivers,
                remediation_steps="Put right or remove the waiver in waivers.yaml.",
            ),
            StackValidationPolicy(
                name="waivers-applied",
                description="What this stack is allowed against the rules.",
                validate=self._tell_waivers,
                enforcement_level=EnforcementLevel.ADVISORY,
            ),
        ]

    def _policy(self, rule: Rule) -> Policy:
        def validate(args: StackValidationArgs | ResourceValidationArgs, report: ReportViolation) -> None:
            try:
                for finding in self._waivers.sift(rule, self._stack(args)):
                    if self._refuses(rule, finding):
                        report(_message(rule, finding), finding.urn)
            except SettingsError as error:
                report(f"The rule cannot be applied with its settings. {error}", None)

        kind = StackValidationPolicy if rule.scope is Scope.STACK else ResourceValidationPolicy
        return kind(
            name=rule.id,
            description=rule.why,
            validate=validate,
            severity=Severity(rule.severity),
            framework=_framework(rule),
            remediation_steps=rule.fix,
            config_schema=_schema(rule, self._config.rules.get(rule.id, {})),
        )

    def _advise(
        self, scope: Scope, args: StackValidationArgs | ResourceValidationArgs, report: ReportViolation
    ) -> None:
        resources = list(self._stack(args))
        for rule in RULES.values():
            if rule.scope is scope and (rule.level is Level.PRODUCTION or rule.id in self._config.advisory):
                for finding in self._waivers.sift(rule, Stack(resources)):
                    if not self._refuses(rule, finding):
                        report(_message(rule, finding), finding.urn)

    def _refuses(self, rule: Rule, finding: Finding) -> bool:
        if rule.id in self._config.advisory:
            return False
        return rule.level is Level.EVERYWHERE or stack_of(finding.urn) in self._config.production

    def _stack(self, args: StackValidationArgs | ResourceValidationArgs) -> Stack:
        if isinstance(args, StackValidationArgs):
            return Stack.of_stack(args, {urn: each.properties for urn, each in self._given.items()})
        return Stack([self._given.get(args.urn) or Resource.given(args)], args.get_config())

    def _note(self, args: ResourceValidationArgs, _report: ReportViolation) -> None:
        """Read what *args* gives, once for all the policies that are asked about it next."""
        self._given[args.urn] = Resource.given(args)

    def _check_waivers(self, args: StackValidationArgs, report: ReportViolation) -> None:
        stack = self._stack(args)
        for fault in self._waivers.faults:
            report(fault, None)
        for waiver in self._waivers.expired(stack):
            message = f"{waiver.title} ended on {waiver.expires}; {waiver.owner} must fix it or say why not."
            report(message, waiver.urn)
        for waiver in self._waivers.unused(stack):
            report(f"{waiver.title} waives nothing at {waiver.urn}; remove it.", waiver.urn)

    def _tell_waivers(self, _args: StackValidationArgs, report: ReportViolation) -> None:
        for waiver in self._waivers.applied():
            message = f"{waiver.title} is waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
            report(message, waiver.urn)


def _message(rule: Rule, finding: Finding) -> str:
    """The engine prints a policy's reason but not its remediation, so the fix is told here."""
    return f"{rule.name_of(finding)}: {finding.message}\nFix: {rule.fix}"


def _framework(rule: Rule) -> PolicyComplianceFramework | None:
    if not rule.framework:
        return None
    standard = rule.framework.split(":")[0]
    return PolicyComplianceFramework(name=STANDARDS[standard], reference=rule.framework)


def _schema(rule: Rule, config: Mapping[str, object]) -> PolicyConfigSchema | None:
    if rule.settings is None:
        return None
    properties: dict[str, dict[str, Any]] = rule.settings.model_json_schema()["properties"]
    for name, value in config.items():
        properties[name]["default"] = value
    return PolicyConfigSchema(properties)

"""What one statement of a policy grants beyond least privilege, as (detail, sentence) pairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase

from vectoricons_policy.arns import overlap
from vectoricons_policy.iam import Condition, Document, Kind, Statement
from vectoricons_policy.tables import actions_of, arn_forms

Excess = tuple[str, str]

_REGIONAL = r"arn:aws[a-z-]*:{service}:[a-z0-9-]+:\d{{12}}:"
_PART = r"[^*?:/]+"
# A wildcard may stand for the children of one named thing, when nothing before it is a wildcard.
_CHILDREN = re.compile(
    "|".join(
        [
            rf"arn:aws[a-z-]*:s3:::{_PART}/(?:[^*?]+/)?\*",
            _REGIONAL.format(service="logs") + r"log-group:[^*?:]+:(?:log-stream:(?:[^*?]+/)?)?\*",
            _REGIONAL.format(service="ecs") + rf"task/{_PART}/\*",
            _REGIONAL.format(service="ecs") + rf"task-definition/{_PART}:\*",
            _REGIONAL.format(service="ssm") + r"parameter/(?:[^*?/]+/)+\*",
            _REGIONAL.format(service="secretsmanager") + r"secret:[^*?:]+-\?{6}",
        ]
    )
)
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[^*?]+")
_EQUALITY = {"stringequals", "stringlike", "arnequals", "arnlike"}
_SOURCES = {"aws:sourcearn", "aws:sourceaccount"}
# Only callers inside the VPC reach an endpoint, so naming whose principals they are closes it.
_CALLERS = {"aws:principalarn", "aws:principalaccount", "aws:principalorgid"}


def excesses(document: Document, kind: Kind) -> Iterator[Excess]:
    """Everything that *document*, standing as *kind*, allows too widely. Deny statements never do."""
    checks: tuple[Callable[[Statement, Kind], Iterator[Excess]], ...] = (
        _inverted,
        _wild_actions,
        _wild_resources,
        _open_principals,
        _passed_roles,
    )
    for statement in document.statement:
        if statement.allows:
            for check in checks:
                yield from check(statement, kind)


def _inverted(statement: Statement, _kind: Kind) -> Iterator[Excess]:
    for element, given in (
        ("NotAction", statement.not_action),
        ("NotResource", statement.not_resource),
        ("NotPrincipal", statement.not_principal),
    ):
        if given:
            yield (
                element,
                f"Allow with {element} grants everything that is not listed, what AWS adds later too.",
            )


def _wild_actions(statement: Statement, _kind: Kind) -> Iterator[Excess]:
    for action in statement.action or ():
        if _is_wild(action):
            yield (
                f"Action::{action}",
                f'Action "{action}" grants whatever it matches, what AWS adds later too.',
            )


def _wild_resources(statement: Statement, kind: Kind) -> Iterator[Excess]:
    for resource in statement.resource or ():
        if resource == "*" and kind is Kind.OWN:
            continue  # in such a policy * is the resource itself
        if resource == "*":
            yield from _everything(statement)
        elif _is_wild(resource) and not _CHILDREN.fullmatch(resource):
            yield (
                f"Resource::{resource}",
                f'Resource "{resource}" is wider than the children of one named resource.',
            )


def _everything(statement: Statement) -> Iterator[Excess]:
    actions = statement.action or ()
    scoped = [action for action in actions if arn_forms(action) != ()]
    if scoped or not actions:
        yield (
            "Resource::*",
            f'Resource "*", though {scoped[0] if scoped else "NotAction"} can be limited to ARNs.',
        )
    elif "cloudwatch:putmetricdata" in map(str.lower, actions) and not _binds(
        statement, {"cloudwatch:namespace"}
    ):
        yield (
            "Condition::cloudwatch:namespace",
            "cloudwatch:PutMetricData is not limited to one cloudwatch:namespace.",
        )


def _open_principals(statement: Statement, kind: Kind) -> Iterator[Excess]:
    binding = _SOURCES | (_CALLERS if kind is Kind.ENDPOINT else set())
    for principal in statement.principal or ():
        if _is_wild(principal.name) and not _binds(statement, binding):
            yield (
                f"Principal::{principal.name}",
                f'Principal {principal.kind} "{principal.name}" is anyone in AWS.',
            )


def _passed_roles(statement: Statement, _kind: Kind) -> Iterator[Excess]:
    if "iam:passrole" not in map(str.lower, statement.action or ()):
        return
    if not statement.resource or not all(map(_ROLE.fullmatch, statement.resource)):
        yield "iam:PassRole::Resource", "iam:PassRole is granted for roles that are not named by exact ARN."
    if not _binds(statement, {"iam:passedtoservice"}):
        yield (
            "iam:PassRole::iam:PassedToService",
            "iam:PassRole does not say to which service roles may be passed.",
        )


def strangers(document: Document) -> Iterator[Excess]:
    """Actions in *document* that AWS does not have: they allow nothing, and refuse nothing."""
    for statement in document.statement:
        for action in (*(statement.action or ()), *(statement.not_action or ())):
            if not _exists(action):
                yield f"Action::{action}", f'AWS has no action "{action}".'


def _exists(action: str) -> bool:
    service, _, name = action.lower().partition(":")
    if not _is_wild(action):
        return arn_forms(action) is not None
    return action == "*" or any(fnmatchcase(each, name) for each in actions_of(service))


def mismatches(document: Document) -> Iterator[Excess]:
    """Actions and resources of *document* that do not belong together: the grant is not what it says."""
    for statement in document.statement:
        named = [resource for resource in statement.resource or () if resource != "*"]
        if statement.allows and named:
            yield from _mismatches(statement, named)


def _mismatches(statement: Statement, named: list[str]) -> Iterator[Excess]:
    forms = {action: arn_forms(action) for action in statement.action or ()}
    for action, limits in forms.items():
        if limits == () and "*" not in (statement.resource or ()):
            yield (
                f"Action::{action}",
                f'"{action}" cannot be limited to ARNs: it is allowed on Resource "*" alone.',
            )
        elif limits and not any(overlap(each, form) for each in named for form in limits):
            yield f"Action::{action}", f'"{action}" is not done to {named[0]}, but to {" or ".join(limits)}.'
    known = [form for limits in forms.values() for form in limits or ()]
    for resource in named:
        if known and not any(overlap(resource, form) for form in known):
            yield f"Resource::{resource}", f'None of the actions is done to "{resource}".'


def _binds(statement: Statement, keys: set[str]) -> bool:
    """Whether one of *keys* must be present and equal something definite.

    `…IfExists` and `ForAllValues:` also hold when the key is missing, so they bind nothing.
    """
    return any(
        condition.operator.lower() in _EQUALITY
        and condition.key.lower() in keys
        and all(_is_definite(condition, value) for value in condition.values)
        for condition in statement.condition
    )


def _is_definite(condition: Condition, value: str) -> bool:
    if not _is_wild(value):
        return True
    account = value.split(":")[4:5] if condition.key.lower() == "aws:sourcearn" else []
    return bool(account) and re.fullmatch(r"\d{12}", account[0]) is not None


def _is_wild(text: str) -> bool:
    """Whether *text* matches more than itself; `${*}` and `${?}` are how a policy writes the characters."""
    return bool({"*", "?"} & set(text.replace("${*}", "").replace("${?}", "")))

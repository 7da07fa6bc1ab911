"""What one statement of a policy grants beyond least privilege, as (detail, sentence) pairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from vectoricons_policy.iam import Condition, Document, Kind, Statement
from vectoricons_policy.tables import star_only_actions

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
_ACTION = re.compile(r"[a-z0-9-]+:[a-z0-9]+", re.IGNORECASE)
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
        elif not _ACTION.fullmatch(action):
            yield f"Action::{action}", f'Action "{action}" is not of the form service:Action.'


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
    scoped = [action for action in actions if action.lower() not in star_only_actions()]
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

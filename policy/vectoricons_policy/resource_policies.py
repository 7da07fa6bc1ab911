"""What the policy of a resource says of those who come without TLS, and of the services it lets in."""

from __future__ import annotations

from collections.abc import Iterator

from vectoricons_policy.iam import Condition, Kind, MalformedDocumentError, Principal, Statement, parse


def plain_http_refusals(source: object) -> Iterator[Statement]:
    """The statements of the document *source* that deny everybody something without TLS, and nothing else."""
    for statement in _statements(source):
        if (
            not statement.allows
            and Principal(kind="AWS", name="*") in (statement.principal or ())
            and [_lower(condition) for condition in statement.condition]
            == [("bool", "aws:securetransport", ("false",))]
        ):
            yield statement


def refuses(statement: Statement, *actions: str) -> bool:
    """Whether *statement* names one of *actions*, or all there are."""
    return bool({"*", *actions} & {action.lower() for action in statement.action or ()})


def unbound_senders(source: object) -> Iterator[str]:
    """Services of AWS that *source* lets in without saying for which resource or account they come."""
    for statement in _statements(source):
        keys = {condition.key.lower() for condition in statement.condition}
        if statement.allows and not keys & {"aws:sourcearn", "aws:sourceaccount"}:
            yield from (each.name for each in statement.principal or () if each.kind == "Service")


def _statements(source: object) -> tuple[Statement, ...]:
    try:
        return parse(source, Kind.RESOURCE).statement
    except MalformedDocumentError:
        return ()


def _lower(condition: Condition) -> tuple[str, str, tuple[str, ...]]:
    return (
        condition.operator.lower(),
        condition.key.lower(),
        tuple(value.lower() for value in condition.values),
    )

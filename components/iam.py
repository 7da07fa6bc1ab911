"""Who may do what: statements on exact ARNs, and the documents made of them.

There is no way to write an action wildcard here, and the only free ``*`` resource is that of an action which
AWS lets nobody scope.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Condition = Mapping[str, Mapping[str, str | Sequence[str]]]

# Actions without a resource type. Each is alone in its statement.
STAR_ONLY: Mapping[str, str] = {
    "ecr:GetAuthorizationToken": (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html"
    ),
}

# IAM adds up the inline policies of a role, white space not counted.
LONGEST_DOCUMENT = 10_240

# A resource is literal, or a wildcard stands for what is inside one bucket, prefix or log group, or for the
# suffix that Secrets Manager adds to a name.
_SCOPED = re.compile(
    r"[^*?]+"
    r"|arn:aws:s3:::[^*?]+/\*"
    r"|arn:aws:logs:[^*?:]+:\d+:log-group:[^*?:]+:\*"
    r"|arn:aws:secretsmanager:[^*?:]+:\d+:secret:[^*?:]+-\?{6}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy document.

    Raises ValueError for an action wildcard, and for a resource that says more than one exact thing.
    """

    actions: Sequence[str]
    on: Sequence[str] = ()
    outside: Sequence[str] = ()  # everywhere but here; for a refusal alone
    effect: Literal["Allow", "Deny"] = "Allow"
    principal: Mapping[str, str] | str = ""
    when: Condition = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.effect == "Deny":
            return  # a refusal may be as wide as it likes
        if self.outside:
            raise ValueError("What is allowed is named: `outside` would also allow what is made tomorrow.")
        for action in self.actions:
            if "*" in action or "?" in action:
                raise ValueError(
                    f"{action}: name every action. A wildcard also allows what AWS adds tomorrow."
                )
        for resource in self.on:
            self._check(resource)

    def _check(self, resource: str) -> None:
        if resource == "*":
            scopeable = [action for action in self.actions if action not in STAR_ONLY]
            if scopeable:
                raise ValueError(
                    f"{', '.join(scopeable)}: give the exact ARN; these are not among STAR_ONLY."
                )
        elif not _SCOPED.fullmatch(resource):
            raise ValueError(
                f"{resource}: give an exact ARN; a wildcard may only end one of S3, Logs or a secret."
            )

    def as_dict(self) -> dict[str, Any]:
        """The statement in IAM's own words, without what it leaves open."""
        return {
            "Effect": self.effect,
            "Action": list(self.actions),
            **({"Principal": self.principal} if self.principal else {}),
            **({"Resource": list(self.on)} if self.on else {}),
            **({"NotResource": list(self.outside)} if self.outside else {}),
            **({"Condition": {test: dict(keys) for test, keys in self.when.items()}} if self.when else {}),
        }


def grant(*actions: str, on: str | Sequence[str], when: Condition | None = None) -> Statement:
    """Leave to do *actions* on these exact ARNs: what a component offers and a service's ``may`` takes."""
    return Statement(actions=actions, on=[on] if isinstance(on, str) else on, when=when or {})


def refuse(*actions: str, when: Condition) -> Statement:
    """No leave to do *actions* on anything, whoever gives it."""
    return Statement(effect="Deny", actions=actions, on=["*"], when=when)


class _Unscoped(Statement):
    """A statement whose ``*`` is narrowed by where it stands or by what stands beside it."""

    __slots__ = ()

    def _check(self, resource: str) -> None:
        return


def fence(*actions: str, inside: Sequence[str]) -> tuple[Statement, Statement]:
    """Leave to do *actions*, each named, where the ARN matches one of *inside*: all this stack may ever own.

    For a ceiling and for who makes the stack, which speak of things that are not there yet. It is written as
    everything but what is outside, so that a policy has one wildcard to answer for, and not one an ARN.
    """
    return (
        _Unscoped(actions=actions, on=["*"]),
        Statement(effect="Deny", actions=actions, outside=inside),
    )


def anywhere(*actions: str, when: Condition) -> Statement:
    """Leave to do *actions*, each named, wherever *when* holds: for who makes things that AWS then names."""
    return _Unscoped(actions=actions, on=["*"], when=when)


def of_key(principal: Mapping[str, str], *actions: str, when: Condition | None = None) -> Statement:
    """A statement of a KMS key's own policy, where ``*`` is the key itself."""
    return _Unscoped(actions=actions, on=["*"], principal=principal, when=when or {})


def accept(
    service: str, *actions: str, on: str | Sequence[str] = (), source: str, account: str = ""
) -> Statement:
    """Let an AWS *service* in on behalf of the one *source* ARN (and *account*, if the ARN does not tell it).

    Without that any customer of the service could borrow its rights (the confused deputy).
    """
    when = {"ArnLike": {"aws:SourceArn": source}}
    if account:
        when["StringEquals"] = {"aws:SourceAccount": account}
    return Statement(
        actions=actions, on=[on] if isinstance(on, str) else on, principal={"Service": service}, when=when
    )


def trust(service: str, *, source: str, account: str) -> str:
    """A role's trust policy: *service* may assume it for this account's *source* alone."""
    return document(accept(service, "sts:AssumeRole", source=source, account=account))


def federated(provider: str, claims: Mapping[str, str | Sequence[str]]) -> Statement:
    """Let in who *provider* vouches for, if every one of these *claims* is made; of a list, one of it."""
    return Statement(
        actions=["sts:AssumeRoleWithWebIdentity"],
        principal={"Federated": provider},
        when={"StringEquals": dict(claims)},
    )


def through(account: str, granted: Statement) -> Statement:
    """What is *granted* to some role, as a VPC endpoint lets it pass: to whoever belongs to *account*."""
    when = {**granted.when, "StringEquals": {"aws:PrincipalAccount": account}}
    return replace(granted, principal="*", when=when)


def tls_only(action: str, *on: str) -> Statement:
    """Refuse whoever comes without TLS, whatever else allows them."""
    return Statement(
        effect="Deny",
        actions=[action],
        on=on,
        principal="*",
        when={"Bool": {"aws:SecureTransport": "false"}},
    )


def document(*statements: Statement, longest: int = LONGEST_DOCUMENT) -> str:
    """The policy document as JSON. Raises ValueError when it is longer than IAM takes."""
    text = json.dumps(
        {"Version": "2012-10-17", "Statement": [each.as_dict() for each in statements]}, separators=(",", ":")
    )
    if len(text) > longest:
        raise ValueError(f"A policy document of {len(text)} characters; IAM takes {longest}. Split the role.")
    return text

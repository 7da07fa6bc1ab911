"""IAM policy documents, read and decided: what a statement allows, what it denies.

The order is AWS's own: an explicit deny wins, then an allow, and what nothing allows is refused
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
Only the condition operators in `OPERATORS` are understood; a statement with another one never allows and
always denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Decision(Enum):
    """What the documents together say of a request."""

    ALLOWED = "allowed"
    DENIED = "explicitly denied"
    NOT_ALLOWED = "not allowed by any statement"


@dataclass(frozen=True, slots=True)
class Request:
    """`service:Action` on a resource ARN (`*` when it has none), by a principal, in a context."""

    action: str
    resource: str
    principal: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)


class Statement(BaseModel):
    """One statement of a policy document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sid: str = Field("", alias="Sid")
    effect: Literal["Allow", "Deny"] = Field(alias="Effect")
    actions: tuple[str, ...] = Field((), alias="Action")
    not_actions: tuple[str, ...] = Field((), alias="NotAction")
    resources: tuple[str, ...] = Field((), alias="Resource")
    not_resources: tuple[str, ...] = Field((), alias="NotResource")
    principals: dict[str, tuple[str, ...]] = Field({}, alias="Principal")
    conditions: dict[str, dict[str, tuple[str, ...]]] = Field({}, alias="Condition")

    @field_validator("actions", "not_actions", "resources", "not_resources", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("principals", mode="before")
    @classmethod
    def _everybody(cls, value: Any) -> Any:
        if value == "*":
            return {"*": ("*",)}
        return {kind: _as_tuple(names) for kind, names in value.items()}

    @field_validator("conditions", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        return {
            operator: {key: _as_tuple(expected) for key, expected in keys.items()}
            for operator, keys in value.items()
        }

    def applies_to(self, request: Request) -> bool:
        """Whether this statement speaks of *request* at all."""
        return (
            self._names_action(request.action)
            and self._names_resource(request.resource)
            and self._names_principal(request.principal)
            and self._conditions_hold(request.context)
        )

    def _names_action(self, action: str) -> bool:
        if self.not_actions:
            return not _any_matches(self.not_actions, action, ignore_case=True)
        return _any_matches(self.actions, action, ignore_case=True)

    def _names_resource(self, resource: str) -> bool:
        if self.not_resources:
            return not _any_matches(self.not_resources, resource)
        return not self.resources or _any_matches(self.resources, resource)

    def _names_principal(self, principal: Mapping[str, str]) -> bool:
        if not self.principals or "*" in self.principals:
            return True
        return any(
            _any_matches(self.principals.get(kind, ()), name) for kind, name in principal.items()
        ) or "*" in self.principals.get("AWS", ())

    def _conditions_hold(self, context: Mapping[str, str]) -> bool:
        return all(
            _holds(operator, expected, context.get(key), refuse=self.effect == "Deny")
            for operator, keys in self.conditions.items()
            for key, expected in keys.items()
        )


class Document(BaseModel):
    """A policy document."""

    model_config = ConfigDict(frozen=True)

    statements: tuple[Statement, ...] = Field(alias="Statement")

    @field_validator("statements", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return (value,) if isinstance(value, dict) else value

    @classmethod
    @lru_cache(maxsize=512)
    def read(cls, text: str) -> Document:
        """The document in *text*, read once."""
        return cls.model_validate_json(text)


def decide(documents: Iterable[Document], request: Request) -> Decision:
    """What *documents* together say of *request*."""
    effects = {
        statement.effect
        for document in documents
        for statement in document.statements
        if statement.applies_to(request)
    }
    if "Deny" in effects:
        return Decision.DENIED
    return Decision.ALLOWED if "Allow" in effects else Decision.NOT_ALLOWED


@lru_cache(maxsize=4096)
def _pattern(text: str, ignore_case: bool) -> re.Pattern[str]:
    translated = re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(translated, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _any_matches(patterns: Iterable[str], value: str, *, ignore_case: bool = False) -> bool:
    return any(_pattern(pattern, ignore_case).fullmatch(value) for pattern in patterns)


def _equals(expected: tuple[str, ...], actual: str) -> bool:
    return actual in expected


def _like(expected: tuple[str, ...], actual: str) -> bool:
    return _any_matches(expected, actual)


def _same_truth(expected: tuple[str, ...], actual: str) -> bool:
    return actual.lower() in {value.lower() for value in expected}


OPERATORS: dict[str, Callable[[tuple[str, ...], str], bool]] = {
    "ArnEquals": _like,
    "ArnLike": _like,
    "Bool": _same_truth,
    "StringEquals": _equals,
    "StringLike": _like,
}


def _holds(operator: str, expected: tuple[str, ...], actual: str | None, *, refuse: bool) -> bool:
    name = operator.removesuffix("IfExists")
    if name not in OPERATORS:
        return refuse
    if actual is None:
        return name != operator
    return OPERATORS[name](expected, actual)


def _as_tuple(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in values)

"""IAM policy documents, parsed once into frozen models; what AWS would refuse is a MalformedDocumentError."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_pascal


class MalformedDocumentError(ValueError):
    """The document cannot be read as a policy; the message is a sentence that says where and why."""


class Kind(Enum):
    """Where a document stands decides which elements it must and may have, and what its `*` means."""

    IDENTITY = "an identity policy"
    TRUST = "a trust policy"
    RESOURCE = "a resource policy"
    OWN = "a policy of the resource it is attached to"
    ENDPOINT = "a VPC endpoint policy"


class Condition(BaseModel):
    """One test of a Condition block: `operator(key)` against any of *values*."""

    model_config = ConfigDict(frozen=True)
    operator: str
    key: str
    values: tuple[str, ...] = Field(min_length=1)


class Principal(BaseModel):
    """One principal and whose name it is. A principal written as `"*"` alone is AWS `*`."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["AWS", "Service", "Federated", "CanonicalUser"]
    name: str


def _words(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _principals(value: object) -> object:
    if value == "*":
        return [{"kind": "AWS", "name": "*"}]
    if not isinstance(value, Mapping):
        raise ValueError('must be "*" or an object such as {"Service": "ecs-tasks.amazonaws.com"}')
    return [{"kind": kind, "name": name} for kind, names in value.items() for name in _many(names)]


def _conditions(value: object) -> object:
    if not isinstance(value, Mapping) or not all(isinstance(tests, Mapping) for tests in value.values()):
        raise ValueError('must be an object of objects such as {"StringEquals": {"aws:SourceAccount": "…"}}')
    return [
        {"operator": operator, "key": key, "values": [_text(each) for each in _many(values)]}
        for operator, tests in value.items()
        for key, values in tests.items()
    ]


def _many(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else (value,)


def _text(value: object) -> object:
    """AWS takes true and 5 for "true" and "5" in conditions."""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]
Principals = Annotated[tuple[Principal, ...], BeforeValidator(_principals), Field(min_length=1)]
Conditions = Annotated[tuple[Condition, ...], BeforeValidator(_conditions)]


class Statement(BaseModel):
    """One statement. Elements it does not have are None; single values are tuples of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)
    sid: str | None = None
    effect: Literal["Allow", "Deny"]
    action: Words | None = None
    not_action: Words | None = None
    resource: Words | None = None
    not_resource: Words | None = None
    principal: Principals | None = None
    not_principal: Principals | None = None
    condition: Conditions = ()

    @model_validator(mode="after")
    def _one_of_each_pair(self) -> Self:
        if (self.action is None) == (self.not_action is None):
            raise ValueError("needs Action or NotAction, one of them")
        if None not in (self.resource, self.not_resource):
            raise ValueError("has both Resource and NotResource")
        if None not in (self.principal, self.not_principal):
            raise ValueError("has both Principal and NotPrincipal")
        return self

    @property
    def allows(self) -> bool:
        """Whether it grants something."""
        return self.effect == "Allow"


class Document(BaseModel):
    """A policy document."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)
    version: Literal["2012-10-17", "2008-10-17"] = "2008-10-17"
    id: str | None = None
    statement: Annotated[
        tuple[Statement, ...], BeforeValidator(lambda value: [value] if isinstance(value, dict) else value)
    ]


def parse(source: object, kind: Kind) -> Document:
    """The document in *source*, JSON text or an object. Raises MalformedDocumentError."""
    if isinstance(source, str):
        try:
            source = json.loads(source, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise MalformedDocumentError(f"it is not JSON: {error}") from None
    try:
        document = Document.model_validate(source)
    except ValidationError as error:
        raise MalformedDocumentError(_sentence(error)) from None
    for position, statement in enumerate(document.statement, 1):
        _fits(statement, kind, position)
    return document


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """AWS refuses a repeated key; Python would keep the last, which need not be the dangerous one."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key is repeated among {', '.join(key for key, _ in pairs)}")
    return found


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    where = [f"statement {part + 1}" if isinstance(part, int) else str(part) for part in first["loc"][:3]]
    return f"{', '.join(where) or 'the document'}: {first['msg']}"


def _fits(statement: Statement, kind: Kind, position: int) -> None:
    has_principal = statement.principal is not None or statement.not_principal is not None
    has_resource = statement.resource is not None or statement.not_resource is not None
    wrong = None
    if has_principal == (kind is Kind.IDENTITY):
        wrong = "must not have a Principal" if has_principal else "needs a Principal"
    elif kind is Kind.TRUST and has_resource:
        wrong = "must not have a Resource"
    elif kind not in (Kind.TRUST, Kind.OWN) and not has_resource:
        wrong = "needs a Resource"
    if wrong:
        raise MalformedDocumentError(f"statement {position} of {kind.value} {wrong}")

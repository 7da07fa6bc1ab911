"""Inputs: what somebody outside sends, parsed once at the edge, whichever edge that is.

A refusal names each field, what is wrong, what is right.
"""

from __future__ import annotations

import re
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from vectoricons.common.errors import Invalid

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
PublicId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{12}$")]


# Control characters, ends of lines and paragraphs, and what turns the text behind it round.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return text


def _one_line(text: str) -> str:
    if found := _UNSEEN.search(text):
        raise ValueError(f"holds a character that nobody sees, U+{ord(found[0]):04X}")
    return text


def _separate(words: str) -> str:
    return ",".join(sorted({word.strip().lower() for word in words.split(",") if word.strip()}))


Word = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_no_nul)]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=255),
    AfterValidator(_no_nul),
    AfterValidator(_one_line),
]
Text = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(_no_nul)]
Dollars = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2, allow_inf_nan=False)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_separate)]


class InvalidInput(Invalid):
    """Some fields of the request are missing, unknown or wrong."""

    code = "invalid-input"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    @classmethod
    def of(cls, field: str, detail: str) -> Self:
        """The refusal of one *field*, as the client calls it, in the words of *detail*."""
        return cls(detail, errors=[{"field": field, "detail": detail}])


class Input(BaseModel):
    """Base of what clients send: camelCase, nothing it does not know, every field described as a sentence."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, str_strip_whitespace=True
    )

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """*obj* as this input. Raises InvalidInput, never pydantic's own error."""
        try:
            return super().model_validate(obj, **how)
        except ValidationError as error:
            raise refused(cls, error) from None


def wrong(name: str, why: str) -> InvalidInput:
    """The refusal of the field *name*, as code calls it, for the reason *why*."""
    field = to_camel(name)
    return InvalidInput.of(field, f'"{field}" is wrong: {why}.')


def may_be_left_out(description: str) -> Any:
    """A field of a patch: what is not sent stays as it is; null is not nothing, so it is refused."""
    return Field(None, description=description, json_schema_extra=_without_default)


def refused(model: type[BaseModel], error: ValidationError) -> InvalidInput:
    """The refusal *error* stands for, in words for people."""
    errors = [
        {"field": _path(model, problem), "detail": _sentence(model, problem)} for problem in error.errors()
    ]
    more = f" ({len(errors) - 1} more below)" if len(errors) > 1 else ""
    return InvalidInput(errors[0]["detail"] + more, errors=errors)


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default")


def _path(model: type[BaseModel], problem: ErrorDetails) -> str:
    first, *below = problem["loc"] or ("",)
    field = model.model_fields.get(str(first))
    if field is None or field.alias is None or problem["type"] == "extra_forbidden":
        return ".".join(str(part) for part in problem["loc"])
    return ".".join(str(part) for part in (field.alias, *below))  # of a wrong default pydantic says our name


def _sentence(model: type[BaseModel], problem: ErrorDetails) -> str:
    field = _path(model, problem)
    match problem["type"]:
        case "missing":
            return f'"{field}" is missing. {_meaning(model, field)}'
        case "extra_forbidden":
            return f'"{field}" is not known here. Take it out; known are {_known(model)}.'
        case "model_type":
            return f"The body must be a JSON object with {_known(model)}."
        case "string_pattern_mismatch":  # what it is says in words what the pattern does
            return f'"{field}" is wrong. {_meaning(model, field)}'
        case _:
            message = problem["msg"].removeprefix("Value error, ")
            return f'"{field}" is wrong: {message[0].lower()}{message[1:]}. {_meaning(model, field)}'


def _meaning(model: type[BaseModel], name: str) -> str:
    for field in model.model_fields.values():
        if field.alias == name:
            return field.description or ""
    return ""


def _known(model: type[BaseModel]) -> str:
    return ", ".join(f'"{field.alias}"' for field in model.model_fields.values())

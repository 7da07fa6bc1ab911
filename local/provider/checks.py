"""What is wrong with a resource's inputs, said before anything is made."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import CheckFailure

from local.provider.facts import NAMES
from local.provider.schema import Field, Kind, ResourceType, Shape, fields
from local.provider.values import internal, is_absent, is_unknown, plain

WORDS: dict[Kind, str] = {
    "string": "text",
    "number": "a number",
    "boolean": "true or false",
    "list": "a list",
    "map": "a map",
    "object": "an object",
    "any": "a value",
}
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def failures(
    resource: ResourceType, inputs: Mapping[str, PropertyValue], *, names_required: bool
) -> list[CheckFailure]:
    """What AWS would refuse in *inputs* by its shape, and a missing name where names must be explicit."""
    found = list(object_failures(resource.inputs, inputs, resource.token))
    if names_required:
        found.extend(_missing_name(resource, inputs))
    return found


def object_failures(
    known: Mapping[str, Field], values: Mapping[str, PropertyValue], owner: str, path: str = ""
) -> Iterator[CheckFailure]:
    """Unknown, missing and misshapen properties of one object; *owner* is what people call it."""
    for name, value in values.items():
        if internal(name) or is_absent(value):
            continue
        where = f"{path}.{name}" if path else name
        if name in known:
            yield from _shape_failures(known[name].shape, value, where)
        else:
            yield CheckFailure(where, f"{owner} has no property {name!r}.{_did_you_mean(name, known)}")
    for name, field in known.items():
        if field.required and is_absent(values.get(name)):
            where = f"{path}.{name}" if path else name
            yield CheckFailure(where, f"{owner} needs {name!r}, and it is missing.")


def _shape_failures(shape: Shape, value: PropertyValue, path: str) -> Iterator[CheckFailure]:
    inner = value.value
    if is_unknown(value) or shape.kind == "any":
        return
    if not _fits(shape.kind, value):
        yield CheckFailure(path, f"must be {WORDS[shape.kind]}, and is {plain(value)!r}.")
    elif shape.fields is not None and isinstance(inner, Mapping):
        yield from object_failures(fields(shape.fields), inner, path, path)
    elif shape.item is not None and isinstance(inner, Mapping):
        for key, item in inner.items():
            yield from _shape_failures(shape.item, item, f"{path}.{key}")
    elif shape.item is not None and isinstance(inner, tuple):
        for index, item in enumerate(inner):
            yield from _shape_failures(shape.item, item, f"{path}[{index}]")


def _fits(kind: Kind, value: PropertyValue) -> bool:
    """Whether *value* can stand for *kind*; as on AWS, numbers and booleans may be spelt as text."""
    inner = value.value
    match kind:
        case "list":
            return isinstance(inner, tuple)
        case "map" | "object":
            return isinstance(inner, Mapping)
        case "boolean":
            return isinstance(inner, bool) or inner in ("true", "false")
        case "number":
            spelt = isinstance(inner, str) and NUMBER.fullmatch(inner) is not None
            return spelt or (isinstance(inner, float) and not isinstance(inner, bool))
        case _:
            return isinstance(inner, str | bool | float)


def _missing_name(resource: ResourceType, inputs: Mapping[str, PropertyValue]) -> Iterator[CheckFailure]:
    name = NAMES.property_of(resource)
    if name is not None and is_absent(inputs.get(name)):
        yield CheckFailure(
            name,
            f"{resource.token} has no explicit name, and automatic naming is disabled. Set {name!r}: a "
            "name known beforehand makes an ARN known beforehand, so policies can be checked at preview.",
        )


def _did_you_mean(name: str, known: Mapping[str, Field]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""

"""Models as JSON Schema: by name where they are bodies and answers, in place where they are parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

NAMED = "#/components/schemas/"
NESTED = "#/$defs/"
GENERIC = re.compile(r"(?P<of>\w+)\[(?P<what>\w+)\]")
Schema = dict[str, Any]


class SameName(Exception):
    """Two models that differ have one name, so the description could mean either."""


class _Generated(GenerateJsonSchema):
    def normalize_name(self, name: str) -> str:
        return _spoken(super().normalize_name(name) if "[" not in name else name)


def reference(model: type[BaseModel]) -> Schema:
    """Where the description of *model* stands."""
    return {"$ref": f"{NAMED}{_spoken(model.__name__)}"}


def definitions(models: Iterable[type[BaseModel]]) -> dict[str, Schema]:
    """The schemas of *models*, and of those within them, by name. Raises SameName."""
    found: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(ref_template=f"{NAMED}{{model}}", schema_generator=_Generated)
        for name, part in {**schema.pop("$defs", {}), _spoken(model.__name__): schema}.items():
            if found.setdefault(name, part) != part:
                raise SameName(f"Two models are called {name} and differ. Rename one of them.")
    return dict(sorted(found.items()))


def parameters(model: type[BaseModel], place: str) -> list[Schema]:
    """The fields of *model* as parameters in *place*, without null, which no address can say."""
    schema = model.model_json_schema()
    required, nested = schema.get("required", []), schema.get("$defs", {})
    found = []
    for name, field in schema["properties"].items():
        said = _said(field, nested)
        about = said.pop("description", None)
        parameter = {"name": name, "in": place.rstrip("s"), "required": name in required, "schema": said}
        found.append(parameter if about is None else {**parameter, "description": about})
    return found


def _said(field: Mapping[str, Any], nested: Mapping[str, Any]) -> Schema:
    said = {name: value for name, value in field.items() if name != "title"}
    if said.get("default", ...) is None:
        del said["default"]
    choices = [choice for choice in said.pop("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        said = {**choices[0], **said}
    elif choices:
        said["anyOf"] = [_said(choice, nested) for choice in choices]
    if "$ref" in said:
        said = {**_said(nested[said.pop("$ref").removeprefix(NESTED)], nested), **said}
    return said


def _spoken(name: str) -> str:
    """A page of tags is a TagPage."""
    return GENERIC.sub(r"\g<what>\g<of>", name)

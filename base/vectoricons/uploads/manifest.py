"""``manifest.json``: how a contributor says what a ZIP holds. Version 1, published as a JSON Schema.

Every refusal is a sentence that names the place in the file: ``manifest.json: sets[0].productType …``.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError, from_json

from vectoricons.uploads import limits
from vectoricons.uploads.reasons import Cause, Refused

VERSION = 1
SCHEMA_FILE = Path(__file__).with_name("manifest.schema.json")

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64)]
Price = Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=2)]


class Section(BaseModel):
    """A part of the manifest: camelCase in the file, and nothing it does not know."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        json_schema_serialization_defaults_required=False,
    )


class Item(Section):
    """One drawing of a set."""

    file: Name = Field(description="It is the name of the SVG file in the ZIP, folders included.")
    name: Name | None = Field(
        None, description="It is the title people see; without it the file name serves."
    )
    tags: tuple[Tag, ...] = Field(
        (), max_length=50, description="They are the words people search for; at most 50."
    )


class Set(Section):
    """Drawings of one kind and style that belong together."""

    name: Name = Field(description="It is the title of the set within its family.")
    product_type: Literal["icon", "illustration"] = Field(
        description='It says what the set holds: "icon" or "illustration".'
    )
    style: Name | None = Field(None, description='It is the drawing style, such as "outline" or "flat".')
    price: Price | None = Field(None, description="It is what the whole set costs, in US dollars.")
    items: tuple[Item, ...] = Field(
        min_length=1, max_length=limits.MAX_FILES, description="They are the drawings of the set."
    )


class Family(Section):
    """The collection everything of the ZIP appears in."""

    name: Name = Field(description="It names the collection your icons appear in.")
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = Field(
        None, description="It is shown on the family's page; at most 2,000 characters."
    )
    license: Name | None = Field(
        None, description='It is "free", "premium" or the name of a licence; without it the price decides.'
    )
    price: Price | None = Field(None, description="It is what the whole family costs, in US dollars.")
    categories: tuple[Name, ...] = Field(
        (), max_length=20, description="They are the shelves it stands on; at most 20."
    )


class Manifest(Section):
    """What a ZIP holds: one family, its sets, their items."""

    version: Literal[1] = Field(description="It is the version of this format: 1.")
    family: Family = Field(description="It names the collection your icons appear in.")
    sets: tuple[Set, ...] = Field(
        min_length=1, max_length=200, description="They say which files belong together."
    )

    @model_validator(mode="after")
    def _names_everything_once(self) -> Self:
        seen: set[str] = set()
        titles: set[str] = set()
        for number, set_ in enumerate(self.sets):
            if (title := _twin(set_.name)) in titles:
                raise PydanticCustomError(
                    "manifest",
                    '"sets[{number}].name" is "{name}", as another set is called',
                    {"number": number, "name": set_.name},
                )
            titles.add(title)
            for place, item in enumerate(set_.items):
                if (twin := _twin(item.file)) in seen:
                    raise PydanticCustomError(
                        "manifest",
                        '"sets[{number}].items[{place}].file" names "{file}" a second time',
                        {"number": number, "place": place, "file": item.file},
                    )
                seen.add(twin)
        return self


def parse(data: bytes) -> Manifest:
    """The manifest in *data*; raises ``Refused`` with a sentence that names the place and the remedy."""
    try:
        document = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise Refused(Cause.MANIFEST_BROKEN, f"manifest.json: is not JSON ({error})") from error
    _check_origin(document)
    try:
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise Refused(Cause.MANIFEST_INVALID, f"manifest.json: {_sentence(problems[0])}{more}") from error


def schema() -> dict[str, Any]:
    """The JSON Schema of version 1, as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "VectorIcons manifest",
        **Manifest.model_json_schema(mode="validation"),
    }


def schema_text() -> str:
    """``manifest.schema.json`` as it must stand beside this module."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def _twin(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _check_origin(document: object) -> None:
    """Tell another program's manifest, and a later one of ours, from one with a mistake in it."""
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(document, dict) or document.keys().isdisjoint({"family", "sets"}):
        raise Refused(
            Cause.MANIFEST_FOREIGN,
            'manifest.json: belongs to another program: it has neither "family" nor "sets"',
        )
    if isinstance(version, int) and version > VERSION:
        raise Refused(
            Cause.MANIFEST_FUTURE,
            f'manifest.json: "version" is {version}; the newest known here is {VERSION}',
        )


def _sentence(problem: ErrorDetails) -> str:
    location = problem["loc"]
    path = _path(location)
    match problem["type"]:
        case "missing":
            return f'"{path}" is missing. {_meaning(location)}'
        case "extra_forbidden":
            return f'"{path}" is not a field of version {VERSION}. Check its spelling, or take it out'
        case "manifest":
            return problem["msg"]
        case _:
            return f'"{path}" is wrong: {problem["msg"][0].lower()}{problem["msg"][1:]}. {_meaning(location)}'


def _path(location: Sequence[int | str]) -> str:
    """``("sets", 0, "productType")`` as ``sets[0].productType``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def _meaning(location: Sequence[int | str]) -> str:
    """What the field at *location* is for, in the words of the schema."""
    model: type[BaseModel] = Manifest
    described = ""
    children = {"family": Family, "sets": Set, "items": Item}
    for part in location:
        if isinstance(part, int):
            continue
        field = next((field for field in model.model_fields.values() if field.alias == part), None)
        described = (field.description or "").rstrip(".") if field else described
        model = children.get(part, model)
    return described

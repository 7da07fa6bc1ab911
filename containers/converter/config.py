"""What a configuration file may say: one closed model; a typo is an error that names file, line and key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path, PurePosixPath
from string import Formatter
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from containers.converter.reasons import CannotRun
from imaging import Output, Recipe

Place = Annotated[str, Field(min_length=1, description="s3://bucket/prefix, or a folder.")]
Key = tuple[str, ...]

_FIELDS = {"folder", "name", "stem", "kind", "side", "format"}
_SECOND_MARK = ("watermark", "webp", 512)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OutputConfig(_Section):
    """One image of each source: a square of *side* pixels, or as the source is where it has pixels."""

    kind: Literal["thumbnail", "preview", "watermark", "download"]
    format: Literal["png", "webp", "ico"] = "webp"
    side: int | None = Field(default=None, ge=16, le=4096)


class ConverterConfig(_Section):
    """A configuration file, read. Everything but source and target has a default: the peer's three images."""

    source: Place
    target: Place
    include: tuple[str, ...] = Field(default=("*.svg",), min_length=1)
    exclude: tuple[str, ...] = ()
    naming: str = "{folder}{stem}-{kind}.{format}"
    outputs: tuple[OutputConfig, ...] = Field(
        default=(
            OutputConfig(kind="thumbnail", side=128),
            OutputConfig(kind="preview", side=512),
        ),
        min_length=1,
    )
    watermark: bool = Field(default=False, description="A watermarked preview of 512 px, too.")
    ground: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="None keeps alpha.")
    quality: int = Field(default=75, ge=0, le=100)
    effort: int = Field(default=2, ge=0, le=6)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        fields = {name for _, name, _, _ in Formatter().parse(self.naming) if name is not None}
        if unknown := fields - _FIELDS:
            raise ValueError(f"naming: there is no {{{min(unknown)}}}, only {', '.join(sorted(_FIELDS))}")
        names = {self.target_key("a/b.svg", *output) for output in self._outputs()}
        if len(names) < len(self._outputs()):
            raise ValueError("naming: two outputs would have the same name. Use {kind}, {side} and {format}")
        if "name" not in fields and len({PurePosixPath(pattern).suffix for pattern in self.include}) > 1:
            raise ValueError("naming: use {name}, not {stem}: include lets arrow.svg and arrow.png meet")
        if self.target_key("a/b.svg", *self._outputs()[0]) == self.target_key("c/b.svg", *self._outputs()[0]):
            raise ValueError("naming: use {folder}, else files of the same name in two folders meet")
        if any(output.side is None for output in self.outputs) and self.include == ("*.svg",):
            raise ValueError("outputs: an SVG has no size of its own in pixels; give each output a side")
        self.recipe()  # it knows which sides and colours there are
        return self

    def recipe(self) -> Recipe:
        """What is asked of the renderer."""
        outputs = tuple(Output(kind, format_, side) for kind, format_, side in self._outputs())
        return Recipe(
            outputs=outputs,
            ground=self.ground.lower() if self.ground else None,
            quality=self.quality,
            effort=self.effort,
        )

    def target_key(self, key: str, kind: str, format_: str, side: int | None) -> str:
        """Where in the target an image of the source *key* is."""
        path = PurePosixPath(key)
        folder = "" if path.parent == PurePosixPath() else f"{path.parent}/"
        named = {"folder": folder, "name": path.name, "stem": path.stem}
        return self.naming.format(**named, kind=kind, format=format_, side=side or "own")

    def target_keys(self, key: str) -> tuple[str, ...]:
        """Where all images of the source *key* are, in the order of the recipe."""
        return tuple(self.target_key(key, *output) for output in self._outputs())

    @property
    def digest(self) -> str:
        """Changes with whatever changes the images or their names."""
        said = self.model_dump(exclude={"source", "target", "include", "exclude", "outputs", "watermark"})
        return digest(said | {"outputs": self._outputs()})

    def _outputs(self) -> tuple[tuple[Any, Any, int | None], ...]:
        own = tuple((output.kind, output.format, output.side) for output in self.outputs)
        return own if not self.watermark or _SECOND_MARK in own else (*own, _SECOND_MARK)


def digest(said: object) -> str:
    """A short name for what was *said*, in JSON's terms."""
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def read_config(path: Path | None, overrides: Mapping[str, object]) -> ConverterConfig:
    """The configuration in *path*, *overrides* (of the command line) first. Raises ``CannotRun``."""
    values, lines = _parse(path) if path else ({}, {})
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return ConverterConfig.model_validate(values | given)
    except ValidationError as error:
        name = path.name if path else "command line"
        sentences = (_sentence(name, lines, detail) for detail in error.errors())
        raise CannotRun("\n".join(sentences)) from None


def _parse(path: Path) -> tuple[dict[str, Any], dict[Key, int]]:
    try:
        text = path.read_text("utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}. Check --config.") from None
    except UnicodeDecodeError:
        raise CannotRun(f"{path} is not UTF-8 text. Check --config.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise CannotRun(f"{path.name}{line}: is not YAML: {getattr(error, 'problem', error)}.") from None
    if not isinstance(values, dict):
        raise CannotRun(f"{path.name}: is not a list of settings. Begin with `source:` and `target:`.")
    return values, dict(_lines(root, ()))


def _lines(node: yaml.Node | None, above: Key) -> Iterator[tuple[Key, int]]:
    """The line of each key and of each entry of a list."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            key = (*above, str(name.value))
            yield key, name.start_mark.line + 1
            yield from _lines(value, key)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            key = (*above, str(position))
            yield key, value.start_mark.line + 1
            yield from _lines(value, key)


def _sentence(file: str, lines: Mapping[Key, int], detail: ErrorDetails) -> str:
    key = tuple(str(part) for part in detail["loc"])
    line = next((lines[key[:length]] for length in range(len(key), 0, -1) if key[:length] in lines), None)
    where = f"{file}, line {line}" if line else file
    return f"{where}: {'.'.join(key)} {_reason(detail, key)}".replace(":  ", ": ")


def _reason(detail: ErrorDetails, key: Key) -> str:
    if detail["type"] == "missing":
        return f"is missing. Write it in the file, or give --{key[-1]}."
    if detail["type"] == "extra_forbidden":
        known = [*ConverterConfig.model_fields, *OutputConfig.model_fields]
        close = get_close_matches(key[-1], known, n=1)
        return "is not a setting." + (f" Did you mean {close[0]}?" if close else "")
    said = detail["msg"].removeprefix("Value error, ")
    return f"is refused: {said}." if key else f"{said}."

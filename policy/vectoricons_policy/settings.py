"""Settings of rules: small closed models, so that a misspelt one is a sentence and not silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

Model = TypeVar("Model", bound="Settings")


class SettingsError(ValueError):
    """A setting that does not fit; the message is a sentence naming it."""


class Settings(BaseModel):
    """What every model of settings is: frozen, and closed to names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PackSettings(Settings):
    """config.yaml: what the pack is told of the programs it guards."""

    production: frozenset[str] = Field(
        frozenset({"prod"}), description="Stacks in which what is advice elsewhere is mandatory."
    )
    advisory: frozenset[str] = Field(
        frozenset(), description="Rules that are advice everywhere, until the program keeps them."
    )
    rules: dict[str, dict[str, Any]] = Field({}, description="Settings of single rules, by their ids.")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


def read(model: type[Model], rule: str, config: Mapping[str, object]) -> Model:
    """*config* as the settings of *rule*. Raises SettingsError."""
    try:
        return model.model_validate(config)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise SettingsError(f"{rule}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from None

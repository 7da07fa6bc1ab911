"""What a stack file may say: one closed model, so a typo is an error that names file, line and key.

``python -m components.settings`` writes its JSON Schema to Pulumi.schema.json; editors find it through the
first line of each stack file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, model_validator

from components.mistakes import explain
from components.names import PROJECT
from components.pem import PrivateKey
from components.sections.network import Cdn, Hosts, Network
from components.sections.profile import PROFILES, Profile
from components.sections.section import Region, Section
from components.sections.services import SERVES, BuiltImages, GivenImages, Ports, Size, SizedName
from components.sections.stores import Cache, Database

SCHEMA_FILE = Path("Pulumi.schema.json")

ORIGINS = ("site", "stream", "icons", "assets")
Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]+$", description="Scheme, host and port; no path.")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[a-z0-9-]+(\.[a-z0-9-]+)+$")]


class Mail(Section):
    """Who writes to whom when Slack cannot be reached."""

    sender: Address = Field(alias="from")
    recipient: Address = Field(alias="to")


class Delivery(Section):
    """The workflows that may preview and deploy the stack, and where its state is kept."""

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name on GitHub.")
    environment: str = Field(min_length=1, description="The GitHub environment whose jobs may deploy.")
    state_bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]+[a-z0-9]$")
    state_key: str = Field(
        pattern=r"^arn:aws:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$",
        description="What the secrets in the state are encrypted with.",
    )


class Settings(Section):
    """A stack file, read."""

    account: str = Field(
        pattern=r"^\d{12}$", description="The AWS account; a run against any other is refused."
    )
    region: Region
    profile: Literal["dev", "prod"]
    owner: str = Field(min_length=2, description="The team to ask; a tag on everything.")
    site: Origin
    stream: Origin
    icons: Origin
    assets: Origin
    hosted_zone: str | None = Field(
        default=None,
        pattern=r"^Z[0-9A-Z]{1,31}$",
        description="The hosted zone with the hosts above and the domain of `mail.from`. It outlives the "
        "stack. Without one there are no records and no certificates: for the stack local alone.",
    )
    cdn: Cdn
    log_level: Literal["DEBUG", "INFO", "WARNING"] = "INFO"
    network: Network
    database: Database
    cache: Cache
    mail: Mail
    delivery: Delivery
    images: Annotated[BuiltImages | GivenImages, Field(discriminator="source")]
    ports: Ports = Ports()
    services: dict[SizedName, Size] = Field(
        default={}, description="Where a service or a task wants more than the smallest."
    )
    session_key: SecretStr = Field(
        min_length=32,
        description="Signs sessions, CSRF tokens and cursors. `openssl rand -hex 32` makes one.",
    )
    previous_session_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="What it signed before, or will sign next: taken as valid, signs nothing.",
    )
    slack_webhook: SecretStr = Field(
        min_length=1, description="The incoming webhook of the channel for notices."
    )
    stripe_api: Origin = Field(
        default="https://api.stripe.com",
        description="Where Stripe answers; its stand-in for the stack local.",
    )
    stripe_key: SecretStr = Field(
        min_length=1, description="Stripe's restricted key: customers, payment intents and refunds, to write."
    )
    stripe_webhook_secret: SecretStr = Field(
        min_length=1, description="What Stripe signs the events with that it sends to the site."
    )
    cdn_private_key: PrivateKey = Field(
        description="Signs links to private objects. `openssl genrsa 2048` makes one."
    )

    @model_validator(mode="after")
    def _belongs_together(self, info: ValidationInfo) -> Self:
        elsewhere = [
            zone for zone in self.network.zones if not re.fullmatch(re.escape(self.region) + "[a-z]", zone)
        ]
        if elsewhere:
            raise ValueError(f"network.zones: {', '.join(elsewhere)} is not in {self.region}")
        at_home = (info.context or {}).get("stack") == "local"
        if self.database.sslmode == "disable" and not at_home:
            raise ValueError("database.sslmode: disable is for the stack local alone")
        if self.cache.access == "open" and not at_home:
            raise ValueError("cache.access: open is for the stack local alone")
        for service in SERVES:
            if self.size(service).spot_from is not None:
                raise ValueError(f"services.{service}: people wait for its answers; spotFrom is for workers")
        if not self.hosted_zone and not at_home:
            raise ValueError("hostedZone is missing; only the stack local does without a domain")
        plain = [name for name in ORIGINS if getattr(self, name).startswith("http://")]
        if plain and not at_home:
            raise ValueError(f"{', '.join(plain)}: http is for the stack local alone")
        return self

    @property
    def care(self) -> Profile:
        """What the stack's profile means."""
        return PROFILES[self.profile]

    @property
    def hosts(self) -> Hosts:
        """The hosts of the origins, and the site's other name."""
        site, stream, icons, assets = (urlsplit(getattr(self, name)).hostname or "" for name in ORIGINS)
        return Hosts(site, f"www.{site}", stream, icons, assets)

    def size(self, service: SizedName) -> Size:
        """How many and how big: what the stack file says, else one of the smallest."""
        return self.services.get(service, Size())

    @classmethod
    def load(cls) -> Self:
        """The settings of the stack Pulumi is running. Raises pulumi.RunError, whose text is for people."""
        return cls.parse(pulumi.get_stack(), {**get_config_env(), **CONFIG.get()})

    @classmethod
    def parse(cls, stack: str, config: Mapping[str, str]) -> Self:
        """The settings in *config*, Pulumi's flat map of ``project:key`` to text or JSON text."""
        values = {
            key.removeprefix(f"{PROJECT}:"): json.loads(text) if text.startswith(("{", "[")) else text
            for key, text in config.items()
            if key.startswith(f"{PROJECT}:")
        }
        try:
            return cls.model_validate(values, context={"stack": stack})
        except ValidationError as error:
            raise pulumi.RunError(explain(error, stack, values, _property_names())) from None


def stack_file_schema() -> dict[str, Any]:
    """The JSON Schema of a stack file: the settings below `config`, the project's name before each key."""
    schema = Settings.model_json_schema(by_alias=True)
    secrets = (
        *("sessionKey", "previousSessionKey", "slackWebhook"),
        *("stripeKey", "stripeWebhookSecret", "cdnPrivateKey"),
    )
    encrypted = {"type": "object", "required": ["secure"], "properties": {"secure": {"type": "string"}}}
    for name in secrets:
        plain = schema["properties"][name]
        schema["properties"][name] = {
            **encrypted,
            "title": plain["title"],
            "description": plain["description"],
        }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack of VectorIcons",
        "type": "object",
        "required": ["config"],
        "properties": {
            "config": {
                "type": "object",
                "properties": {f"{PROJECT}:{name}": value for name, value in schema["properties"].items()},
                "required": [f"{PROJECT}:{name}" for name in schema["required"] if name not in secrets],
                "patternProperties": {"^pulumi:": {}},
                "additionalProperties": False,
            }
        },
        "$defs": schema["$defs"],
    }


def _property_names() -> list[str]:
    """Every key there is, at any depth: what a typo may have meant."""
    schema = Settings.model_json_schema(by_alias=True)
    models = [schema, *schema["$defs"].values()]
    return sorted({name for model in models for name in model.get("properties", {})})


if __name__ == "__main__":
    SCHEMA_FILE.write_text(json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n")

"""What a stack file may say: one closed model, so a typo is an error that names file, line and key.

``python -m components.settings`` writes its JSON Schema to Pulumi.schema.json; editors find it through the
first line of each stack file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, model_validator
from pydantic.alias_generators import to_camel

from components.mistakes import explain
from components.names import PROJECT
from components.pem import PrivateKey, PublicKey

SCHEMA_FILE = Path("Pulumi.schema.json")

Origin = Annotated[str, Field(pattern=r"^https?://[^/\s]+$", description="Scheme, host and port; no path.")]
ImageDigest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Address = Annotated[str, Field(pattern=r"^[^@\s]+@[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
ServiceName = Literal[
    "api",
    "stream",
    "worker-intake",
    "worker-images",
    "worker-previews",
    "worker-relay",
    "worker-messenger",
    "worker-reaper",
]

_SERVES: tuple[ServiceName, ...] = ("api", "stream")

# What is run once: nobody keeps it running, `delivery run-task` starts it.
TaskName = Literal["converter", "migrate"]
SizedName = Literal[ServiceName, TaskName]

# Fargate's memory (MiB) for each number of CPU units: from, to, step.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
_FARGATE = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
}


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True
    )


class Profile(_Section):
    """How much care a stack is given. Stack files name a profile; what it means stands here alone."""

    protect: bool = Field(description="What holds data cannot be deleted, and deletes leave a snapshot.")
    multi_zone: bool = Field(description="Database, cache and NAT survive the loss of a zone.")
    backup_days: int
    log_days: int
    log_key: bool = Field(description="Logs are encrypted with a key of the stack's own, $1 a month.")
    secret_recovery_days: int


PROFILES: Mapping[str, Profile] = {
    "dev": Profile(
        protect=False,
        multi_zone=False,
        backup_days=7,
        log_days=14,
        log_key=False,
        secret_recovery_days=7,
    ),
    "prod": Profile(
        protect=True,
        multi_zone=True,
        backup_days=14,
        log_days=365,
        log_key=True,
        secret_recovery_days=30,
    ),
}


class Network(_Section):
    """The address space, its zones, and the way out."""

    cidr: IPv4Network = Field(description="A /16 to /22; a quarter of it for each tier, one quarter spare.")
    zones: list[str] = Field(min_length=2, max_length=4)
    egress: Literal["nat", "endpoints"] = Field(
        default="nat",
        description="nat: to anywhere. endpoints: to AWS alone; Slack is out of reach then, and notices go "
        "by e-mail. What each costs the program says when it runs.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not 16 <= self.cidr.prefixlen <= 22:
            raise ValueError(f"cidr {self.cidr} must be between /16 and /22")
        if len(set(self.zones)) < len(self.zones):
            raise ValueError("zones names a zone twice")
        return self


class Database(_Section):
    """PostgreSQL on RDS."""

    instance: str = Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")
    storage: int = Field(
        default=20, ge=20, description="GiB to begin with; it grows by itself to five times that."
    )
    replicas: int = Field(default=0, ge=0, le=5, description="Copies that may be read.")
    sslmode: Literal["require", "disable"] = Field(
        default="require", description="disable: for the stack local alone."
    )


class Cache(_Section):
    """Valkey on ElastiCache."""

    node: str = Field(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")
    replicas: int = Field(
        default=0, ge=0, le=5, description="Copies of the primary; prod has one in any case."
    )
    access: Literal["iam", "open"] = Field(
        default="iam",
        description="iam: TLS, and tokens signed by the task's role. open: for the stack local alone.",
    )


class Mail(_Section):
    """Who writes to whom when Slack cannot be reached."""

    sender: Address = Field(alias="from")
    recipient: Address = Field(alias="to")


class Delivery(_Section):
    """The workflows that may preview and deploy the stack, and where its state is kept."""

    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="owner/name on GitHub.")
    environment: str = Field(min_length=1, description="The GitHub environment whose jobs may deploy.")
    state_bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]+[a-z0-9]$")
    state_key: str = Field(
        pattern=r"^arn:aws:kms:[a-z0-9-]+:\d{12}:key/[0-9a-f-]{36}$",
        description="What the secrets in the state are encrypted with.",
    )


class Replica(_Section):
    """A copy of the public bucket in another region, kept by replication."""

    bucket: str = Field(min_length=3)
    region: Region


class Cdn(_Section):
    """CloudFront, before the pages and the pictures."""

    prefix_list: str = Field(
        pattern=r"^pl-[0-9a-f]{8,17}$",
        description="The region's list of CloudFront's own addresses, com.amazonaws.global.cloudfront."
        "origin-facing: `aws ec2 describe-managed-prefix-lists` shows its id.",
    )
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        default="PriceClass_100", description="100: Europe and North America. All: everywhere, and dearest."
    )
    replica: Replica | None = Field(
        default=None, description="Asked for public pictures when S3 fails in the region."
    )
    trusted_keys: list[PublicKey] = Field(
        default=[],
        description="Public keys whose links are good beside those of cdnPrivateKey: the key before it, "
        "for as long as tasks that have it still run.",
    )


class Hosts(NamedTuple):
    """The host names that the world knows the stack by."""

    site: str
    www: str
    stream: str
    assets: str


class BuiltImages(_Section):
    """`pulumi up` builds the images from this tree and ships them."""

    source: Literal["build"]


class GivenImages(_Section):
    """CI has built and pushed the images; these digests run."""

    source: Literal["digest"]
    api: ImageDigest
    worker: ImageDigest
    converter: ImageDigest

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of each container's image."""
        return {"api": self.api, "worker": self.worker, "converter": self.converter}


class Ports(_Section):
    """Where the two services that serve listen."""

    api: Port = 8000
    stream: Port = 8001


class Size(_Section):
    """How many tasks of a service there may be, and how big each is."""

    min: int = Field(default=1, ge=1, le=50)
    max: int | None = Field(default=None, ge=1, le=100, description="Twice the least, if nothing is said.")
    spot_from: int | None = Field(
        default=None,
        ge=2,
        description="From this task on they run on Spot, for about a third of the price; AWS may end those "
        "with two minutes' notice. Above min, so that the least there must be is never cut.",
    )
    cpu: Literal[256, 512, 1024, 2048, 4096] = Field(default=256, description="CPU units; 1024 are one core.")
    memory: int = Field(default=1024, description="MiB.")

    @model_validator(mode="after")
    def _is_sold(self) -> Self:
        least, most, step = _FARGATE[self.cpu]
        if self.memory not in range(least, most + 1, step):
            raise ValueError(
                f"Fargate sells {self.cpu} CPU units with {least} to {most} MiB in steps of {step}"
            )
        return self

    @model_validator(mode="after")
    def _can_scale(self) -> Self:
        if self.most < self.min:
            raise ValueError(f"max {self.most} is less than min {self.min}")
        if self.spot_from is not None and not self.min < self.spot_from <= self.most:
            raise ValueError(f"spotFrom {self.spot_from} must be above min {self.min}, up to max {self.most}")
        return self

    @property
    def most(self) -> int:
        """How many tasks there may be at most."""
        return self.max or self.min * 2


class Settings(_Section):
    """A stack file, read."""

    account: str = Field(
        pattern=r"^\d{12}$", description="The AWS account; a run against any other is refused."
    )
    region: Region
    profile: Literal["dev", "prod"]
    owner: str = Field(min_length=2, description="The team to ask; a tag on everything.")
    site: Origin
    stream: Origin
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
        for service in _SERVES:
            if self.size(service).spot_from is not None:
                raise ValueError(f"services.{service}: people wait for its answers; spotFrom is for workers")
        if not self.hosted_zone and not at_home:
            raise ValueError("hostedZone is missing; only the stack local does without a domain")
        plain = [name for name in ("site", "stream", "assets") if getattr(self, name).startswith("http://")]
        if plain and not at_home:
            raise ValueError(f"{', '.join(plain)}: http is for the stack local alone")
        return self

    @property
    def care(self) -> Profile:
        """What the stack's profile means."""
        return PROFILES[self.profile]

    @property
    def hosts(self) -> Hosts:
        """The hosts of `site`, `stream` and `assets`, and the site's other name."""
        site, stream, assets = (
            urlsplit(origin).hostname or "" for origin in (self.site, self.stream, self.assets)
        )
        return Hosts(site, f"www.{site}", stream, assets)

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
    secrets = ("sessionKey", "previousSessionKey", "slackWebhook", "cdnPrivateKey")
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

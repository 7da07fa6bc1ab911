"""Settings come from environment variables alone, are read once at the start, and are refused in words."""

from __future__ import annotations

import sys
from typing import NoReturn, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL

S = TypeVar("S", bound="Settings")
MISCONFIGURED = 2


class Settings(BaseSettings):
    """Base of every settings class: frozen, and deaf to variables it does not know."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)


class ServiceSettings(Settings):
    """What every process is told: which stack it runs in and what it is called in the logs."""

    stack: str = "local"
    service: str = "unnamed"
    log_level: str = "INFO"
    aws_region: str = "us-east-1"


class DatabaseSettings(Settings):
    """Where Postgres is (``DATABASE_*``), and the secret with the password of its user.

    ``DATABASE_SECRET_ARN`` empty: whatever libpq knows, such as ``PGPASSWORD``.
    """

    model_config = SettingsConfigDict(env_prefix="DATABASE_")

    host: str
    port: int = 5432
    name: str
    user: str
    sslmode: str = "prefer"
    secret_arn: str = ""
    region: str = Field(default="us-east-1", validation_alias="AWS_REGION")

    @property
    def url(self) -> URL:
        """The SQLAlchemy URL. There is no password in it."""
        return URL.create(
            "postgresql+psycopg",
            username=self.user,
            host=self.host,
            port=self.port,
            database=self.name,
            query={"sslmode": self.sslmode},
        )


class CacheSettings(Settings):
    """Where Valkey is (``CACHE_*``). ``CACHE_USER`` empty: no authentication; else ElastiCache's by IAM."""

    model_config = SettingsConfigDict(env_prefix="CACHE_")

    host: str
    port: int = 6379
    tls: bool = False
    user: str = ""
    region: str = Field(default="us-east-1", validation_alias="AWS_REGION")


def load(settings: type[S]) -> S:
    """The settings of a class; a missing or wrong variable ends the process with a sentence and status 2."""
    try:
        return settings()
    except ValidationError as error:
        _refuse(settings, error)


def _refuse(settings: type[Settings], error: ValidationError) -> NoReturn:
    prefix = settings.model_config.get("env_prefix", "")
    for problem in error.errors():
        variable = "".join(str(part) for part in problem["loc"])
        name = variable if variable in _aliases(settings) else f"{prefix}{variable}"
        print(f"{name.upper()}: {_reason(problem['type'], problem['msg'])}", file=sys.stderr)
    sys.exit(MISCONFIGURED)


def _aliases(settings: type[Settings]) -> set[str]:
    return {str(field.validation_alias) for field in settings.model_fields.values() if field.validation_alias}


def _reason(kind: str, message: str) -> str:
    if kind == "missing":
        return "is not set. The task definition gives it; set it in the environment to run by hand."
    return f"{message[0].lower()}{message[1:]}."

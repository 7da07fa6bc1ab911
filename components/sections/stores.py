"""Where data is kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from components.sections.section import Section


class Database(Section):
    """PostgreSQL on RDS."""

    instance: str = Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")
    storage: int = Field(
        default=20, ge=20, description="GiB to begin with; it grows by itself to five times that."
    )
    replicas: int = Field(default=0, ge=0, le=5, description="Copies that may be read.")
    sslmode: Literal["require", "disable"] = Field(
        default="require", description="disable: for the stack local alone."
    )


class Cache(Section):
    """Valkey on ElastiCache."""

    node: str = Field(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")
    replicas: int = Field(
        default=0, ge=0, le=5, description="Copies of the primary; prod has one in any case."
    )
    access: Literal["iam", "open"] = Field(
        default="iam",
        description="iam: TLS, and tokens signed by the task's role. open: for the stack local alone.",
    )

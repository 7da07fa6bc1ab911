"""How much care a stack is given."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from components.sections.section import Section


class Profile(Section):
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

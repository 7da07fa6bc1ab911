"""Secrets that people give: encrypted in the stack file, kept by Secrets Manager, read by containers."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from pulumi import Output, ResourceOptions
from pulumi_aws import secretsmanager
from pydantic import SecretStr

from components.base import Component
from components.reach import SecretValue


@dataclass(frozen=True, kw_only=True, slots=True)
class SecretArgs:
    """What it is, and what it is for."""

    value: SecretStr
    purpose: str


class Secret(Component):
    """A secret and its value. The value is write-only, and in Pulumi's state encrypted with the stack's key.

    Creates: aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion.
    """

    def __init__(self, name: str, args: SecretArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        secret = secretsmanager.Secret(
            self.child("secret"),
            name=self.names.of("secret", name),
            description=args.purpose,
            recovery_window_in_days=self.care.secret_recovery_days,
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect),
        )
        plain = args.value.get_secret_value()
        version = secretsmanager.SecretVersion(
            self.child("value"),
            secret_id=secret.id,
            secret_string_wo=Output.secret(plain),
            secret_string_wo_version=_version(plain),
            opts=self.child_opts(),
        )
        arn = self.names.arn("secret", self.names.of("secret", name))
        # By version, so that a new value makes a new revision of the tasks that read it.
        self.value = SecretValue(Output.format("{}:::{}", secret.arn, version.version_id), f"{arn}-??????")
        self.register_outputs({})


def _version(plain: str) -> int:
    """A number that changes with the value: the provider cannot see a write-only change otherwise."""
    return int.from_bytes(sha256(plain.encode()).digest()[:3])

"""Secrets Manager: secrets, and what is in them."""

from __future__ import annotations

import base64

from pydantic import Field

from local.provider.resources import Inputs, Made, Resource, resource
from local.provider.services.wire import retag, tag_list
from local.provider.values import Plain


class SecretInputs(Inputs):
    """A secret without its value."""

    name: str
    description: str = ""
    kms_key_id: str = ""
    recovery_window_in_days: int = 30
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:secretsmanager/secret:Secret")
class Secret(Resource[SecretInputs]):
    """A secret without its value; Pulumi's id is its ARN."""

    inputs = SecretInputs

    def create(self, inputs: SecretInputs) -> Made:
        key = {"KmsKeyId": inputs.kms_key_id} if inputs.kms_key_id else {}
        arn = self.client("secretsmanager").create_secret(
            Name=inputs.name, Description=inputs.description, Tags=tag_list(inputs.tags), **key
        )["ARN"]
        return Made(arn, {"arn": arn})

    def update(self, physical_id: str, old: SecretInputs, new: SecretInputs) -> dict[str, Plain]:
        client = self.client("secretsmanager")
        key = {"KmsKeyId": new.kms_key_id} if new.kms_key_id else {}
        client.update_secret(SecretId=physical_id, Description=new.description, **key)
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_resource(SecretId=physical_id, Tags=tag_list(tags)),
            take=lambda keys: client.untag_resource(SecretId=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: SecretInputs) -> dict[str, Plain]:
        held = self.client("secretsmanager").describe_secret(SecretId=physical_id)
        return {"description": held.get("Description", "")}

    def delete(self, physical_id: str, inputs: SecretInputs) -> None:
        window = inputs.recovery_window_in_days
        how = {"RecoveryWindowInDays": window} if window else {"ForceDeleteWithoutRecovery": True}
        self.client("secretsmanager").delete_secret(SecretId=physical_id, **how)


class VersionInputs(Inputs):
    """What is in a secret: text, bytes in base 64, or text that is written and never kept."""

    secret_id: str
    secret_string: str | None = None
    secret_binary: str | None = None
    secret_string_wo: str | None = None
    version_stages: list[str] | None = None


@resource("aws:secretsmanager/secretVersion:SecretVersion")
class SecretVersion(Resource[VersionInputs]):
    """What is in a secret; Pulumi's id is `ARN|version`."""

    inputs = VersionInputs

    def create(self, inputs: VersionInputs) -> Made:
        text = inputs.secret_string if inputs.secret_string is not None else inputs.secret_string_wo
        value: dict[str, Plain] = {"SecretString": text}
        if inputs.secret_binary is not None:
            value = {"SecretBinary": base64.b64decode(inputs.secret_binary)}
        if inputs.version_stages is not None:
            value["VersionStages"] = inputs.version_stages
        made = self.client("secretsmanager").put_secret_value(SecretId=inputs.secret_id, **value)
        version = made["VersionId"]
        outputs = {
            "arn": made["ARN"],
            "versionId": version,
            "hasSecretStringWo": inputs.secret_string_wo is not None,
            "versionStages": made["VersionStages"],
        }
        return Made(f"{made['ARN']}|{version}", outputs)

    def read(self, physical_id: str, inputs: VersionInputs) -> dict[str, Plain]:
        """The value, where it is text; one that was only written is compared with nothing."""
        arn, _, version = physical_id.rpartition("|")
        held = self.client("secretsmanager").get_secret_value(SecretId=arn, VersionId=version)
        return {"secretString": held["SecretString"]} if "SecretString" in held else {}

    def delete(self, physical_id: str, inputs: VersionInputs) -> None:
        """A version goes with its secret: AWS deletes none alone."""

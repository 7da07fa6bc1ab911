"""KMS: keys and their names. What they encrypt elsewhere in the region is kept as it is."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from local.provider.errors import after_making
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.services.wire import retag
from local.provider.values import Plain

GOING = {"PendingDeletion", "PendingReplicaDeletion"}


class KeyInputs(Inputs):
    """Who may do what with a key, and whether AWS renews it."""

    description: str = ""
    policy: str = ""
    enable_key_rotation: bool = False
    deletion_window_in_days: int = 30
    multi_region: bool = False
    tags: dict[str, str] = Field(default_factory=dict)


@resource("aws:kms/key:Key")
class Key(Resource[KeyInputs]):
    """A key; Pulumi's id is the key's."""

    inputs = KeyInputs

    def create(self, inputs: KeyInputs) -> Made:
        policy = {"Policy": inputs.policy} if inputs.policy else {}
        held = self.client("kms").create_key(
            Description=inputs.description, MultiRegion=inputs.multi_region, Tags=_tags(inputs.tags), **policy
        )["KeyMetadata"]
        made = Made(held["KeyId"], {"keyId": held["KeyId"], "arn": held["Arn"]})
        with after_making(made):
            self._rotate(made.id, inputs)
        return made

    def update(self, physical_id: str, old: KeyInputs, new: KeyInputs) -> dict[str, Plain]:
        client = self.client("kms")
        client.update_key_description(KeyId=physical_id, Description=new.description)
        if new.policy:
            client.put_key_policy(KeyId=physical_id, PolicyName="default", Policy=new.policy)
        self._rotate(physical_id, new)
        retag(
            old.tags,
            new.tags,
            put=lambda tags: client.tag_resource(KeyId=physical_id, Tags=_tags(tags)),
            take=lambda keys: client.untag_resource(KeyId=physical_id, TagKeys=keys),
        )
        return {}

    def read(self, physical_id: str, inputs: KeyInputs) -> dict[str, Plain]:
        client = self.client("kms")
        held = client.describe_key(KeyId=physical_id)["KeyMetadata"]
        if held["KeyState"] in GOING:
            raise GoneError
        rotation = client.get_key_rotation_status(KeyId=physical_id)["KeyRotationEnabled"]
        policy = client.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"]
        return {"description": held["Description"], "enableKeyRotation": rotation, "policy": policy}

    def delete(self, physical_id: str, inputs: KeyInputs) -> None:
        """As on AWS a key goes after a while, in which it can be had back."""
        self.client("kms").schedule_key_deletion(
            KeyId=physical_id, PendingWindowInDays=inputs.deletion_window_in_days
        )

    def _rotate(self, physical_id: str, inputs: KeyInputs) -> None:
        client = self.client("kms")
        if inputs.enable_key_rotation:
            client.enable_key_rotation(KeyId=physical_id)
        else:
            client.disable_key_rotation(KeyId=physical_id)


class AliasInputs(Inputs):
    """What a key is called."""

    name: str
    target_key_id: str


@resource("aws:kms/alias:Alias")
class Alias(Resource[AliasInputs]):
    """A name of a key; Pulumi's id is the name."""

    inputs = AliasInputs

    def create(self, inputs: AliasInputs) -> Made:
        self.client("kms").create_alias(AliasName=inputs.name, TargetKeyId=inputs.target_key_id)
        here = f"arn:aws:kms:{self.region.region}:{self.region.account}"
        return Made(inputs.name, {"arn": f"{here}:{inputs.name}"})

    def update(self, physical_id: str, old: AliasInputs, new: AliasInputs) -> dict[str, Plain]:
        self.client("kms").update_alias(AliasName=physical_id, TargetKeyId=new.target_key_id)
        return {}

    def read(self, physical_id: str, inputs: AliasInputs) -> dict[str, Plain]:
        aliases = self.client("kms").list_aliases()["Aliases"]
        held = next((alias for alias in aliases if alias["AliasName"] == physical_id), None)
        if held is None:
            raise GoneError
        return {"targetKeyId": held["TargetKeyId"]}

    def delete(self, physical_id: str, inputs: AliasInputs) -> None:
        self.client("kms").delete_alias(AliasName=physical_id)


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as KMS takes them."""
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]

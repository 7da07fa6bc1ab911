"""CloudFront: distributions with their origins and behaviours, and the keys that open private paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from pydantic import Field

from local.provider.errors import RefusedError
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.values import Plain


class OriginInputs(Inputs):
    """Where content comes from: a bucket with access control, or what stands in a network."""

    origin_id: str
    domain_name: str
    origin_access_control_id: str = ""
    vpc_origin_config: dict[str, Plain] | None = None


class BehaviourInputs(Inputs):
    """Which origin answers, and whose signatures it takes."""

    target_origin_id: str
    viewer_protocol_policy: str
    path_pattern: str = ""
    cache_policy_id: str = ""
    trusted_key_groups: list[str] = Field(default_factory=list)


class DistributionInputs(Inputs):
    """What of a distribution decides who gets what."""

    enabled: bool
    comment: str = ""
    aliases: list[str] = Field(default_factory=list)
    origins: list[OriginInputs]
    default_cache_behavior: BehaviourInputs
    ordered_cache_behaviors: list[BehaviourInputs] = Field(default_factory=list)

    def config(self, reference: str) -> dict[str, Plain]:
        """The distribution in CloudFront's words."""
        return {
            "CallerReference": reference,
            "Comment": self.comment,
            "Enabled": self.enabled,
            "Aliases": _counted(self.aliases),
            "Origins": _counted([_origin(origin) for origin in self.origins]),
            "DefaultCacheBehavior": _behaviour(self.default_cache_behavior),
            "CacheBehaviors": _counted(
                [
                    {"PathPattern": each.path_pattern, **_behaviour(each)}
                    for each in self.ordered_cache_behaviors
                ]
            ),
        }


@resource("aws:cloudfront/distribution:Distribution")
class Distribution(Resource[DistributionInputs]):
    """A distribution. One before buckets is the region's edge, which answers by its behaviours."""

    inputs = DistributionInputs

    def create(self, inputs: DistributionInputs) -> Made:
        made = self.client("cloudfront").create_distribution(DistributionConfig=inputs.config(str(uuid4())))
        held = made["Distribution"]
        before_buckets = any(origin.origin_access_control_id for origin in inputs.origins)
        domain = urlsplit(self.region.edge).netloc if before_buckets else held["DomainName"]
        return Made(held["Id"], {"arn": held["ARN"], "domainName": domain, "status": "Deployed"})

    def update(self, physical_id: str, old: DistributionInputs, new: DistributionInputs) -> dict[str, Plain]:
        held = self.client("cloudfront").get_distribution(Id=physical_id)
        reference = held["Distribution"]["DistributionConfig"]["CallerReference"]
        self.client("cloudfront").update_distribution(
            Id=physical_id, IfMatch=held["ETag"], DistributionConfig=new.config(reference)
        )
        return {}

    def read(self, physical_id: str, inputs: DistributionInputs) -> dict[str, Plain]:
        held = self.client("cloudfront").get_distribution(Id=physical_id)["Distribution"]
        return {"enabled": held["DistributionConfig"]["Enabled"]}

    def delete(self, physical_id: str, inputs: DistributionInputs) -> None:
        etag = self.client("cloudfront").get_distribution(Id=physical_id)["ETag"]
        self.client("cloudfront").delete_distribution(Id=physical_id, IfMatch=etag)


class KeyInputs(Inputs):
    """A public key."""

    name: str
    encoded_key: str
    comment: str = ""


@resource("aws:cloudfront/publicKey:PublicKey")
class PublicKey(Resource[KeyInputs]):
    """A public key, named in links by its id."""

    inputs = KeyInputs

    def create(self, inputs: KeyInputs) -> Made:
        config = {
            "CallerReference": str(uuid4()),
            "Name": inputs.name,
            "EncodedKey": inputs.encoded_key,
            "Comment": inputs.comment,
        }
        made = self.client("cloudfront").create_public_key(PublicKeyConfig=config)
        return Made(made["PublicKey"]["Id"], {"etag": made["ETag"]})

    def read(self, physical_id: str, inputs: KeyInputs) -> dict[str, Plain]:
        if not self._is_there(physical_id):
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: KeyInputs) -> None:
        if self._is_there(physical_id):
            etag = self.client("cloudfront").get_public_key(Id=physical_id)["ETag"]
            self.client("cloudfront").delete_public_key(Id=physical_id, IfMatch=etag)

    def _is_there(self, physical_id: str) -> bool:
        # to be asked for a key that is not there makes moto fail
        keys = self.client("cloudfront").list_public_keys()["PublicKeyList"].get("Items", [])
        return physical_id in [key["Id"] for key in keys]


class KeyGroupInputs(Inputs):
    """The keys of a group."""

    name: str
    items: list[str]


@resource("aws:cloudfront/keyGroup:KeyGroup")
class KeyGroup(Resource[KeyGroupInputs]):
    """Keys that are trusted together. The region's CloudFront can neither change nor delete a group."""

    inputs = KeyGroupInputs

    def create(self, inputs: KeyGroupInputs) -> Made:
        config = {"Name": inputs.name, "Items": inputs.items}
        made = self.client("cloudfront").create_key_group(KeyGroupConfig=config)
        return Made(made["KeyGroup"]["Id"], {"etag": made["ETag"]})

    def update(self, physical_id: str, old: KeyGroupInputs, new: KeyGroupInputs) -> dict[str, Plain]:
        if old.items != new.items:
            raise RefusedError("This region trusts the keys it began with: make down, and up again.")
        return {}

    def read(self, physical_id: str, inputs: KeyGroupInputs) -> dict[str, Plain]:
        groups = self.client("cloudfront").list_key_groups()["KeyGroupList"].get("Items", [])
        if physical_id not in [group["KeyGroup"]["Id"] for group in groups]:
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: KeyGroupInputs) -> None:
        """It is trusted by nobody once its distribution is gone."""


def _origin(origin: OriginInputs) -> dict[str, Plain]:
    """An origin in CloudFront's words. A bucket behind access control has an empty old identity."""
    kind: dict[str, Any] = {"S3OriginConfig": {"OriginAccessIdentity": ""}}
    if origin.vpc_origin_config:
        kind = {"VpcOriginConfig": {"VpcOriginId": origin.vpc_origin_config["vpcOriginId"]}}
    access = {"OriginAccessControlId": origin.origin_access_control_id}
    return {"Id": origin.origin_id, "DomainName": origin.domain_name, **access, **kind}


def _behaviour(behaviour: BehaviourInputs) -> dict[str, Plain]:
    groups = behaviour.trusted_key_groups
    return {
        "TargetOriginId": behaviour.target_origin_id,
        "ViewerProtocolPolicy": behaviour.viewer_protocol_policy,
        "CachePolicyId": behaviour.cache_policy_id,
        "TrustedKeyGroups": {"Enabled": bool(groups), **_counted(groups)},
    }


def _counted(items: Sequence[Plain]) -> dict[str, Plain]:
    """A list as CloudFront takes it."""
    return {"Quantity": len(items), "Items": list(items)}

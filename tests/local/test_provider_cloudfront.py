"""Distributions and the keys of signed links, made in the region."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.errors import RefusedError
from tests.keys import PUBLIC_KEY
from tests.local.engineless import Declared, Engineless

TOKEN = "aws:cloudfront/distribution:Distribution"
BUCKET = {
    "originId": "public",
    "domainName": "icons.s3.us-east-1.amazonaws.com",
    "originAccessControlId": "E1",
}
BALANCER = {
    "originId": "balancer",
    "domainName": "internal-main.elb.amazonaws.com",
    "vpcOriginConfig": {"vpcOriginId": "vo_1"},
}


def behaviour(origin: str, **more: Any) -> dict[str, Any]:
    said = {
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "targetOriginId": origin,
        "viewerProtocolPolicy": "redirect-to-https",
    }
    return said | more


def distribution(declared: Engineless, *origins: dict[str, Any], **more: Any) -> Declared:
    said = {
        "enabled": True,
        "comment": "Pictures",
        "origins": list(origins),
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
        "defaultCacheBehavior": behaviour(origins[0]["originId"]),
    }
    return declared.create(TOKEN, **(said | more))


def group(declared: Engineless) -> tuple[Declared, Declared]:
    key = declared.create("aws:cloudfront/publicKey:PublicKey", name="links", encodedKey=PUBLIC_KEY)
    return key, declared.create("aws:cloudfront/keyGroup:KeyGroup", name="links", items=[key.id])


def test_a_distribution_before_a_bucket_is_the_regions_edge(declared: Engineless, aws: Any) -> None:
    made = distribution(declared, BUCKET)
    held = aws("cloudfront").get_distribution(Id=made.id)["Distribution"]
    assert made["domainName"] == "127.0.0.1:8002"
    assert made["arn"] == held["ARN"]
    assert made["hostedZoneId"] == "Z2FDTNDATAQYW2"
    assert declared.read(made) == made


def test_a_distribution_before_a_balancer_has_a_name_of_cloudfronts(declared: Engineless) -> None:
    assert distribution(declared, BALANCER)["domainName"].endswith(".cloudfront.net")


def test_behaviours_are_made_and_changed_and_a_deleted_distribution_is_gone(
    declared: Engineless, aws: Any
) -> None:
    _, trusted = group(declared)
    private = behaviour("public", pathPattern="/svg/*", trustedKeyGroups=[trusted.id])
    made = distribution(declared, BUCKET, orderedCacheBehaviors=[private])

    def paths() -> list[str]:
        held = aws("cloudfront").get_distribution(Id=made.id)["Distribution"]["DistributionConfig"]
        return [each["PathPattern"] for each in held["CacheBehaviors"].get("Items", [])]

    assert paths() == ["/svg/*"]
    changed = declared.update(made, orderedCacheBehaviors=[])
    assert paths() == []
    assert changed["arn"] == made["arn"]
    declared.delete(changed)
    assert declared.read(changed) is None
    declared.delete(changed)


def test_keys_are_trusted_by_group(declared: Engineless, aws: Any) -> None:
    key, trusted = group(declared)
    (held,) = aws("cloudfront").list_key_groups()["KeyGroupList"]["Items"]
    assert held["KeyGroup"]["KeyGroupConfig"]["Items"] == [key.id]
    assert (declared.read(key), declared.read(trusted)) == (key, trusted)
    assert declared.update(trusted, comment="Links").id == trusted.id
    with pytest.raises(RefusedError, match="trusts the keys it began with"):
        declared.update(trusted, items=[key.id, "K2"])
    declared.delete(trusted)
    declared.delete(key)
    assert declared.read(key) is None


def test_what_acm_and_ses_want_to_see_is_told_for_each_host(offline: Engineless) -> None:
    certificate = offline.create(
        "aws:acm/certificate:Certificate", domainName="one.test", subjectAlternativeNames=["two.test"]
    )
    assert [each["domainName"] for each in certificate["domainValidationOptions"]] == ["one.test", "two.test"]
    token = "aws:sesv2/emailIdentity:EmailIdentity"
    signing = {"nextSigningKeyLength": "RSA_2048_BIT"}
    identity = offline.create(token, emailIdentity="one.test", dkimSigningAttributes=signing)
    assert len(set(identity["dkimSigningAttributes"]["tokens"])) == 3
    again = offline.update(identity, tags={"a": "b"})
    assert again["dkimSigningAttributes"] == identity["dkimSigningAttributes"]

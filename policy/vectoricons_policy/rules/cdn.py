"""Distributions: TLS from end to end, buckets behind them closed, requests filtered and written down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vectoricons_policy.attachments import target_of
from vectoricons_policy.known import UNKNOWN, Resource, Stack, at
from vectoricons_policy.properties import among, elements, expect, given, is_given, is_not_true
from vectoricons_policy.registry import Finding, Findings, Level, Scope, rule
from vectoricons_policy.resource_policies import unbound_senders

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
ACCESS_CONTROL = "aws:cloudfront/originAccessControl:OriginAccessControl"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
LOG_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"

_S3_HOST = re.compile(r"\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?$")
_TLS_POLICIES = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")


@rule(
    "cdn-oac",
    severity="high",
    framework="hub:CloudFront.13, nag:CFR7",
    why="Only a bucket that knows the distribution by its signature can stay closed to everybody else.",
    fix="Give each S3 origin an originAccessControlId that signs always with sigv4, and bind the bucket's "
    "policy for CloudFront by AWS:SourceArn.",
    scope=Scope.RESOURCE,
)
def buckets_know_their_distribution(stack: Stack) -> Findings:
    """Origins that are buckets, the access controls, and what bucket policies grant CloudFront."""
    for distribution, origin in _each(stack, "origins"):
        host, name = at(origin, "domainName"), at(origin, "originId")
        if at(origin, "s3OriginConfig.originAccessIdentity"):
            detail = f"originAccessIdentity::{name}"
            yield Finding(distribution.urn, detail, f"Its origin {name} uses an origin access identity.")
        elif host is UNKNOWN:
            stack.unread.add(distribution.urn)
        elif _S3_HOST.search(str(host)) and not given(origin, "originAccessControlId"):
            detail = f"originAccessControlId::{name}"
            yield Finding(distribution.urn, detail, f"Its origin {name} is asked without a signature.")
    for path, wanted in ("signingBehavior", "always"), ("signingProtocol", "sigv4"):
        yield from expect(stack, ACCESS_CONTROL, path, among(wanted), f"{path} is not {wanted}.")
    for policy in stack.known(BUCKET_POLICY, "policy"):
        if "cloudfront.amazonaws.com" in unbound_senders(policy["policy"]):
            yield Finding(policy.urn, "AWS:SourceArn", "It lets in everybody's distributions.")


@rule(
    "cdn-https",
    severity="high",
    framework="hub:CloudFront.3",
    why="A page that is served in the clear can be read and rewritten on its way.",
    fix="Set viewerProtocolPolicy of every behaviour to redirect-to-https or https-only.",
    scope=Scope.RESOURCE,
)
def viewers_come_by_https(stack: Stack) -> Findings:
    """Every behaviour of every distribution."""
    for distribution, behaviour, path in _behaviours(stack):
        if at(behaviour, "viewerProtocolPolicy") not in ("redirect-to-https", "https-only", UNKNOWN):
            yield Finding(
                distribution.urn, f"viewerProtocolPolicy::{path}", f"{path} is served in the clear."
            )


@rule(
    "cdn-tls",
    severity="high",
    framework="hub:CloudFront.7, hub:CloudFront.8, hub:CloudFront.15, nag:CFR4",
    why="CloudFront's own certificate comes with TLS 1.0, which is broken; and a name of yours needs one of "
    "yours.",
    fix="Give viewerCertificate an ACM certificate, sni-only, and minimumProtocolVersion TLSv1.2_2021 or "
    "later.",
    scope=Scope.RESOURCE,
)
def viewers_speak_current_tls(stack: Stack) -> Findings:
    """Every distribution; with CloudFront's own certificate there is nothing more to say of it."""
    own = "viewerCertificate.cloudfrontDefaultCertificate"
    for path, holds, message in (
        ("acmCertificateArn", is_given, "It has no certificate of its own."),
        ("minimumProtocolVersion", among(*_TLS_POLICIES), "It speaks versions of TLS that are broken."),
        ("sslSupportMethod", among("sni-only"), "It pays for addresses of its own."),
    ):
        yield from expect(stack, DISTRIBUTION, f"viewerCertificate.{path}", holds, message, unless=own)
    yield from expect(stack, DISTRIBUTION, own, is_not_true, "Its certificate is CloudFront's own.")


@rule(
    "cdn-origin-tls",
    severity="high",
    framework="hub:CloudFront.9, hub:CloudFront.10, nag:CFR5",
    why="What is encrypted to the edge and clear behind it is clear.",
    fix="Set originProtocolPolicy to https-only and originSslProtocols to TLSv1.2.",
    scope=Scope.RESOURCE,
)
def origins_are_asked_by_https(stack: Stack) -> Findings:
    """Every origin of one's own, in the open and in a VPC."""
    for distribution, origin in _each(stack, "origins"):
        if at(origin, "customOriginConfig") is not None:
            name = at(origin, "originId")
            yield from _asked_by_https(distribution, at(origin, "customOriginConfig"), f"::{name}")
    for origin in stack.of(VPC_ORIGIN):
        yield from _asked_by_https(origin, at(origin.properties, "vpcOriginEndpointConfig"), "")


def _asked_by_https(holder: Resource, config: object, where: str) -> Findings:
    if at(config, "originProtocolPolicy") not in ("https-only", UNKNOWN):
        yield Finding(holder.urn, f"originProtocolPolicy{where}", "It asks its origin in the clear.")
    protocols = at(config, "originSslProtocols")
    items = at(protocols, "items") if isinstance(protocols, dict) else protocols
    if items is not UNKNOWN and items != ["TLSv1.2"]:
        yield Finding(
            holder.urn, f"originSslProtocols{where}", "It asks its origin by versions that are broken."
        )


@rule(
    "cdn-logging",
    severity="medium",
    framework="hub:CloudFront.5, nag:CFR3",
    why="Who asked for what, and was refused, is known only if it was written down then.",
    fix="Give it a loggingConfig, or a LogDeliverySource of its own.",
    level=Level.PRODUCTION,
)
def distributions_write_down_requests(stack: Stack) -> Findings:
    """Every distribution."""
    sources = {target_of(stack, source, "resourceArn", DISTRIBUTION) for source in stack.of(LOG_SOURCE)}
    for distribution in stack.of(DISTRIBUTION):
        if None in sources:
            stack.unread.add(distribution.urn)
        elif distribution.urn not in sources and not given(distribution.properties, "loggingConfig"):
            yield Finding(distribution.urn, "loggingConfig", "It does not write down what is asked of it.")


@rule(
    "cdn-waf",
    severity="medium",
    framework="hub:CloudFront.6, nag:CFR2",
    why="Floods and known attacks reach the application, which is where they do harm.",
    fix="Give it a webAclId, of scope CLOUDFRONT in us-east-1.",
    scope=Scope.RESOURCE,
    level=Level.PRODUCTION,
)
def distributions_have_a_firewall(stack: Stack) -> Findings:
    """Every distribution."""
    yield from expect(stack, DISTRIBUTION, "webAclId", is_given, "It has no web ACL.")


@rule(
    "cdn-no-forwarded-values",
    severity="low",
    framework="",
    why="forwardedValues is deprecated, and what it forwards is easily more than what the cache is keyed by.",
    fix="Give every behaviour a cachePolicyId and a responseHeadersPolicyId, and no forwardedValues.",
    scope=Scope.RESOURCE,
)
def behaviours_have_policies(stack: Stack) -> Findings:
    """Every behaviour of every distribution."""
    for distribution, behaviour, path in _behaviours(stack):
        if given(behaviour, "forwardedValues"):
            yield Finding(distribution.urn, f"forwardedValues::{path}", f"{path} uses forwardedValues.")
        for name in ("cachePolicyId", "responseHeadersPolicyId"):
            if not given(behaviour, name):
                yield Finding(distribution.urn, f"{name}::{path}", f"{path} has no {name}.")


def _each(stack: Stack, path: str) -> Iterator[tuple[Resource, object]]:
    for distribution in stack.of(DISTRIBUTION):
        for element in elements(distribution.properties, path):
            yield distribution, element


def _behaviours(stack: Stack) -> Iterator[tuple[Resource, object, str]]:
    """Every behaviour and the paths it is for; `*` is the default."""
    for distribution in stack.of(DISTRIBUTION):
        yield distribution, distribution.properties.get("defaultCacheBehavior"), "*"
    for distribution, behaviour in _each(stack, "orderedCacheBehaviors"):
        yield distribution, behaviour, str(at(behaviour, "pathPattern"))

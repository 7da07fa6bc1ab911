"""Distributions."""

from __future__ import annotations

from typing import Any

from tests.policy.keeping import Break, Case, given, one
from tests.policy.stacks import ACCOUNT, Declared, allow, document

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
BEHAVIOUR = {
    "viewerProtocolPolicy": "redirect-to-https",
    "cachePolicyId": "caching",
    "responseHeadersPolicyId": "headers",
}
GOOD: dict[str, Any] = {
    "origins": [
        {
            "originId": "icons",
            "domainName": "icons.s3.us-east-1.amazonaws.com",
            "originAccessControlId": "access",
        },
        {
            "originId": "pages",
            "domainName": "pages.icons.example",
            "customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]},
        },
    ],
    "defaultCacheBehavior": BEHAVIOUR,
    "orderedCacheBehaviors": [{**BEHAVIOUR, "pathPattern": "/api/*", "viewerProtocolPolicy": "https-only"}],
    "viewerCertificate": {
        "acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
        "minimumProtocolVersion": "TLSv1.2_2021",
        "sslSupportMethod": "sni-only",
    },
    "loggingConfig": {"bucket": "logs.s3.amazonaws.com"},
    "webAclId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/icons/1",
}
CLOUDFRONT = {"Service": "cloudfront.amazonaws.com"}
BOUND = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1"}}


def granted(**condition: Any) -> str:
    """A bucket's policy that lets CloudFront read."""
    return document(allow("s3:GetObject", on="arn:aws:s3:::icons/*", Principal=CLOUDFRONT, **condition))


ACCESS = Declared(
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    "subject-access",
    {"signingBehavior": "always", "signingProtocol": "sigv4"},
)
POLICY = Declared("aws:s3/bucketPolicy:BucketPolicy", "subject-policy", {"policy": granted(Condition=BOUND)})
VPC_ORIGIN = Declared(
    "aws:cloudfront/vpcOrigin:VpcOrigin",
    "subject-origin",
    {
        "vpcOriginEndpointConfig": {
            "originProtocolPolicy": "https-only",
            "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
        }
    },
)
SUBJECT = Declared(DISTRIBUTION, "subject", GOOD)

CASES: dict[str, Case] = {
    "cdn-oac": Case(
        [SUBJECT, ACCESS, POLICY],
        [
            *given("origins.0.originAccessControlId", None, "", detail="originAccessControlId::icons"),
            *given(
                "origins.0.s3OriginConfig",
                {"originAccessIdentity": "origin-access-identity/cloudfront/E1"},
                detail="originAccessIdentity::icons",
                unknown=(),
            ),
            Break(
                "signingBehavior", {("subject-access", "signingBehavior"): "never"}, found_at="subject-access"
            ),
            Break(
                "signingProtocol", {("subject-access", "signingProtocol"): None}, found_at="subject-access"
            ),
            Break("AWS:SourceArn", {("subject-policy", "policy"): granted()}, found_at="subject-policy"),
        ],
    ),
    "cdn-https": one(
        DISTRIBUTION,
        GOOD,
        *given(
            "defaultCacheBehavior.viewerProtocolPolicy", "allow-all", None, detail="viewerProtocolPolicy::*"
        ),
        *given(
            "orderedCacheBehaviors.0.viewerProtocolPolicy", "allow-all", detail="viewerProtocolPolicy::/api/*"
        ),
    ),
    "cdn-tls": one(
        DISTRIBUTION,
        GOOD,
        *given("viewerCertificate.acmCertificateArn", None),
        *given("viewerCertificate.cloudfrontDefaultCertificate", True),
        *given("viewerCertificate.minimumProtocolVersion", "TLSv1.1_2016", "TLSv1.2_2019", None),
        *given("viewerCertificate.sslSupportMethod", "vip", None),
    ),
    "cdn-origin-tls": Case(
        [SUBJECT, VPC_ORIGIN],
        [
            *given(
                "origins.1.customOriginConfig.originProtocolPolicy",
                "http-only",
                "match-viewer",
                detail="originProtocolPolicy::pages",
            ),
            *given(
                "origins.1.customOriginConfig.originSslProtocols",
                ["TLSv1", "TLSv1.2"],
                None,
                detail="originSslProtocols::pages",
            ),
            Break(
                "originProtocolPolicy",
                {("subject-origin", "vpcOriginEndpointConfig.originProtocolPolicy"): "http-only"},
                found_at="subject-origin",
            ),
            Break(
                "originSslProtocols",
                {("subject-origin", "vpcOriginEndpointConfig.originSslProtocols.items"): ["SSLv3"]},
                found_at="subject-origin",
            ),
        ],
    ),
    "cdn-logging": one(DISTRIBUTION, GOOD, *given("loggingConfig", None)),
    "cdn-waf": one(DISTRIBUTION, GOOD, *given("webAclId", None, "")),
    "cdn-no-forwarded-values": one(
        DISTRIBUTION,
        GOOD,
        *given(
            "defaultCacheBehavior.forwardedValues",
            {"queryString": True},
            detail="forwardedValues::*",
            unknown=(),
        ),
        *given("defaultCacheBehavior.cachePolicyId", None, detail="cachePolicyId::*"),
        *given(
            "orderedCacheBehaviors.0.responseHeadersPolicyId", None, detail="responseHeadersPolicyId::/api/*"
        ),
    ),
}

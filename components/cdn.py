"""The public images at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudfront

from components.base import Component
from components.buckets import Bucket

# AWS's managed policies have one id everywhere.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_CORS_AND_SECURITY_HEADERS = "e61eb60c-9c35-4d20-a928-2b84e02af89c"


@dataclass(frozen=True, kw_only=True, slots=True)
class CdnArgs:
    """What is served, and under which name."""

    bucket: Bucket
    origin: str  # "https://assets.vectoricons.net"
    certificate: str | None  # ACM, us-east-1, for the origin's host; None: CloudFront's own name alone


class Cdn(Component):
    """A CloudFront distribution before a private bucket, HTTPS alone.

    Creates: aws.cloudfront.Distribution, aws.cloudfront.OriginAccessControl.
    """

    def __init__(self, name: str, args: CdnArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        access = cloudfront.OriginAccessControl(
            self.child("access"),
            name=self.names.of("access-control", name),
            description="CloudFront signs what it asks of S3",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child_opts(),
        )
        region = self.names.region
        distribution = cloudfront.Distribution(
            self.child("distribution"),
            enabled=True,
            comment=self.names.stem,
            http_version="http2and3",
            is_ipv6_enabled=True,
            aliases=[urlsplit(args.origin).netloc] if args.certificate else [],
            origins=[
                {
                    "origin_id": args.bucket.name,
                    "domain_name": args.bucket.created.apply(
                        lambda bucket: f"{bucket}.s3.{region}.amazonaws.com"
                    ),
                    "origin_access_control_id": access.id,
                }
            ],
            default_cache_behavior={
                "target_origin_id": args.bucket.name,
                "viewer_protocol_policy": "redirect-to-https",
                "allowed_methods": ["GET", "HEAD"],
                "cached_methods": ["GET", "HEAD"],
                "compress": True,
                "cache_policy_id": _CACHING_OPTIMIZED,
                "response_headers_policy_id": _CORS_AND_SECURITY_HEADERS,
            },
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate=_certificate(args.certificate),
            wait_for_deployment=False,
            tags=self.tags(self.names.stem),
            opts=self.child_opts(),
        )
        self.domain: Output[str] = distribution.domain_name
        self.register_outputs({"domain": self.domain})


def _certificate(arn: str | None) -> cloudfront.DistributionViewerCertificateArgsDict:
    if arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }

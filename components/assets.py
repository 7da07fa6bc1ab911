"""The pictures at the edge: public ones for everybody, private ones for who was given a link."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudfront

from components.buckets import Bucket
from components.cdn import Behaviour, Cdn, CdnArgs
from components.links import Links
from components.sections.network import Replica

DAY = 86_400
PRIVATE = "/svg/*"  # the paths that are those of keys of the private bucket


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetsArgs:
    """What is served under which host, and who signs for what is not for everybody."""

    cdn: CdnArgs
    host: str
    public: Bucket
    private: Bucket
    links: Links
    replica: Replica | None = None  # of the public bucket, asked when S3 fails in the region


class Assets(Cdn):
    """The distribution before the public and the private bucket, on a host without cookies.

    ``svg/*`` of the private bucket is served for a signed URL alone, everything else of the public one for
    the asking. Each bucket has to let it: see :func:`components.buckets.let_read`.

    Creates: aws.cloudfront.Distribution, aws.cloudfront.OriginAccessControl,
    aws.cloudfront.CachePolicy (2), aws.cloudfront.ResponseHeadersPolicy (2),
    aws.cloudwatch.LogDeliverySource, aws.cloudwatch.LogDeliveryDestination, aws.cloudwatch.LogDelivery,
    aws.cloudwatch.MetricAlarm.
    """

    def __init__(self, name: str, args: AssetsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        access = self._access(name)
        origins = [
            _origin("public", args.public.created, self.names.region, access),
            _origin("private", args.private.created, self.names.region, access),
        ]
        groups: list[cloudfront.DistributionOriginGroupArgsDict] = []
        if args.replica:
            origins.append(_origin("replica", args.replica.bucket, args.replica.region, access))
            groups.append(_either("public", "replica"))
        self.distribute(
            args.cdn,
            hosts=[args.host],
            origins=origins,
            groups=groups,
            behaviours=[
                Behaviour(
                    path=PRIVATE,
                    origin="private",
                    # The name to save it under is part of the signed address.
                    cache=self.cache("private", query=["response-content-disposition"], unless_said=DAY),
                    headers=self._headers("private", cache_control="private, no-store"),
                    signed_by=[args.links.group],
                ),
                Behaviour(
                    origin="public-or-replica" if args.replica else "public",
                    cache=self.cache("public", unless_said=DAY),
                    headers=self._headers("public"),
                ),
            ],
        )
        self.register_outputs({"domain": self.domain})

    def _access(self, name: str) -> Output[str]:
        return cloudfront.OriginAccessControl(
            self.child("access"),
            name=self.names.of("access-control", name),
            description="CloudFront signs what it asks of S3",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self.child_opts(),
        ).id.apply(str)

    def _headers(self, part: str, *, cache_control: str = "") -> Output[str]:
        """Pages of every origin may show a picture; one that is opened by itself can do nothing."""
        said: cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgsDict = {
            "items": [{"header": "Cache-Control", "value": cache_control, "override": True}]
        }
        return cloudfront.ResponseHeadersPolicy(
            self.child(f"{part}-headers"),
            name=self.names.of("response-headers-policy", f"{self.pulumi_resource_name}-{part}"),
            comment="Pictures",
            cors_config={
                "access_control_allow_credentials": False,
                "access_control_allow_headers": {"items": ["*"]},
                "access_control_allow_methods": {"items": ["GET", "HEAD"]},
                "access_control_allow_origins": {"items": ["*"]},
                "origin_override": True,
            },
            security_headers_config={
                "content_security_policy": {
                    "content_security_policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
                    "override": True,
                },
                "content_type_options": {"override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": 2 * 365 * DAY,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            custom_headers_config=said if cache_control else None,
            opts=self.child_opts(),
        ).id.apply(str)


def _origin(
    name: str, bucket: Output[str] | str, region: str, access: Output[str]
) -> cloudfront.DistributionOriginArgsDict:
    domain = Output.concat(bucket, f".s3.{region}.amazonaws.com")
    return {"origin_id": name, "domain_name": domain, "origin_access_control_id": access}


def _either(one: str, other: str) -> cloudfront.DistributionOriginGroupArgsDict:
    """*one*, and *other* when it fails."""
    return {
        "origin_id": f"{one}-or-{other}",
        "failover_criteria": {"status_codes": [500, 502, 503, 504]},
        "members": [{"origin_id": one}, {"origin_id": other}],
    }

"""What every CloudFront distribution of the house has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudfront, cloudwatch

from components import buckets
from components.alarms import Alarm, above, watch
from components.base import Component
from components.buckets import Bucket
from components.firewall import Firewall
from components.metrics import Metric
from components.names import EDGE_REGION

PriceClass = Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"]

_ERRORS, _ERROR_MINUTES = 5, 10  # per cent of the answers, in each of so many minutes
YEAR = 31_536_000
ALL = ("*",)
READ = ("GET", "HEAD", "OPTIONS")
WRITE = (*READ, "PUT", "POST", "PATCH", "DELETE")

# Who asked for what, and what became of it. Not the query string and not the cookies: sessions, tickets and
# signatures travel in them.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
_LOGGED = [
    *("date", "time", "time-taken", "time-to-first-byte", "x-edge-location", "x-edge-request-id"),
    *("c-ip", "cs-method", "x-host-header", "cs-uri-stem", "cs-protocol", "cs-protocol-version"),
    *("cs(User-Agent)", "cs-bytes", "sc-status", "sc-bytes", "sc-content-type", "ssl-protocol"),
    *("x-edge-result-type", "x-edge-response-result-type", "x-edge-detailed-result-type"),
]


@dataclass(frozen=True, kw_only=True, slots=True)
class CdnArgs:
    """What the distributions share."""

    certificate: Output[str] | None  # ACM, us-east-1; None: CloudFront's own name alone
    firewall: Firewall
    logs: Bucket
    price_class: PriceClass  # how much of the world is served from nearby


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """How requests are answered: from which origin, by which policies, and whether by signed URL alone."""

    origin: Input[str]
    cache: Input[str]
    headers: Input[str]  # the policy of the answer's headers
    path: str = "*"
    methods: Sequence[str] = READ
    forward: Input[str] | None = None  # the policy of what the origin hears beside the cache key
    signed_by: Sequence[Input[str]] | None = None  # key groups


class Cdn(Component):
    """A CloudFront distribution: HTTPS alone, the firewall before it, a log of what was asked."""

    domain: Output[str]  # CloudFront's own name for it
    zone: Output[str]  # of that name, for alias records
    arn: Output[str]
    distribution: Output[str]  # its id

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)

    def distribute(
        self,
        args: CdnArgs,
        *,
        hosts: Sequence[str],
        origins: Sequence[cloudfront.DistributionOriginArgsDict],
        groups: Sequence[cloudfront.DistributionOriginGroupArgsDict] = (),
        behaviours: Sequence[Behaviour],
    ) -> None:
        """Make the distribution. The last of *behaviours* is for what no other's path fits."""
        *ordered, default = behaviours
        made = cloudfront.Distribution(
            self.child("distribution"),
            enabled=True,
            comment=f"{self.names.stem} {self.pulumi_resource_name}",
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class,
            web_acl_id=args.firewall.arn,
            aliases=list(hosts) if args.certificate else [],
            origins=list(origins),
            origin_groups=list(groups),
            ordered_cache_behaviors=[{"path_pattern": each.path, **_written(each)} for each in ordered],
            default_cache_behavior=_written(default),
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate=_certificate(args.certificate),
            wait_for_deployment=False,
            tags=self.tags(f"{self.names.stem}-{self.pulumi_resource_name}"),
            opts=self.child_opts(),
        )
        self.domain, self.zone = made.domain_name, made.hosted_zone_id
        self.arn, self.distribution = made.arn, made.id.apply(str)
        self._log(args.logs)
        self._watch()

    def _watch(self) -> None:
        if self.names.region != EDGE_REGION:
            return  # CloudFront's numbers are there alone, and an alarm speaks on a topic of its own region
        where: dict[str, Input[str]] = {"DistributionId": self.distribution, "Region": "Global"}
        watch(
            self,
            "errors",
            Alarm(
                of=Metric("AWS/CloudFront", "5xxErrorRate", where),
                bad=above(_ERRORS),
                minutes=_ERROR_MINUTES,
                title=f"{self.pulumi_resource_name}: visitors get errors at the edge",
                help="The access log says which paths; an origin that is away says so too.",
            ),
        )

    def cache(
        self,
        part: str,
        *,
        cookies: Sequence[str] = (),
        headers: Sequence[str] = (),
        query: Sequence[str] = (),
        unless_said: int = 0,
    ) -> Output[str]:
        """A cache policy that obeys the origin's Cache-Control; *unless_said* is for answers without it.

        Answers are kept apart by *cookies*, *headers* and *query* (``ALL`` of its parameters, or these).
        """
        return cloudfront.CachePolicy(
            self.child(f"{part}-cache"),
            name=self.names.of("cache-policy", f"{self.pulumi_resource_name}-{part}"),
            comment="As the origin says",
            min_ttl=0,
            default_ttl=unless_said,
            max_ttl=YEAR,
            parameters_in_cache_key_and_forwarded_to_origin={
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
                "cookies_config": _told_apart_by("cookie", cookies),
                "headers_config": _told_apart_by("header", headers),
                "query_strings_config": _told_apart_by("query_string", query),
            },
            opts=self.child_opts(),
        ).id.apply(str)

    def _log(self, logs: Bucket) -> None:
        name = self.names.of("log-delivery", self.pulumi_resource_name)
        source = cloudwatch.LogDeliverySource(
            self.child("log-source"),
            name=name,
            region=EDGE_REGION,
            log_type="ACCESS_LOGS",
            resource_arn=self.arn,
            tags=self.tags(),
            opts=self.child_opts(),
        )
        destination = cloudwatch.LogDeliveryDestination(
            self.child("log-destination"),
            name=name,
            region=EDGE_REGION,
            output_format="json",
            delivery_destination_configuration={
                "destination_resource_arn": logs.ready.apply(lambda _: f"{logs.arn}/{buckets.CDN}")
            },
            tags=self.tags(),
            opts=self.child_opts(),
        )
        cloudwatch.LogDelivery(
            self.child("log-delivery"),
            region=EDGE_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=_LOGGED,
            s3_delivery_configurations=[
                {
                    "suffix_path": "{DistributionId}/{yyyy}/{MM}/{dd}",
                    "enable_hive_compatible_path": False,
                }
            ],
            tags=self.tags(),
            opts=self.child_opts(),
        )


def _told_apart_by(kind: str, names: Sequence[str]) -> Any:
    """A part of a cache policy. The SDK has a type for each of the three, and all are alike."""
    if not names:
        return {f"{kind}_behavior": "none"}
    if names is ALL:
        return {f"{kind}_behavior": "all"}
    return {f"{kind}_behavior": "whitelist", f"{kind}s": {"items": list(names)}}


def _written(behaviour: Behaviour) -> cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    written: cloudfront.DistributionDefaultCacheBehaviorArgsDict = {
        "target_origin_id": behaviour.origin,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": list(behaviour.methods),
        "cached_methods": ["GET", "HEAD"],
        "compress": True,
        "cache_policy_id": behaviour.cache,
        "response_headers_policy_id": behaviour.headers,
    }
    if behaviour.forward is not None:
        written["origin_request_policy_id"] = behaviour.forward
    if behaviour.signed_by is not None:
        written["trusted_key_groups"] = list(behaviour.signed_by)
    return written


def _certificate(arn: Output[str] | None) -> cloudfront.DistributionViewerCertificateArgsDict:
    if arn is None:
        return {"cloudfront_default_certificate": True}
    return {
        "acm_certificate_arn": arn,
        "ssl_support_method": "sni-only",
        "minimum_protocol_version": "TLSv1.2_2021",
    }

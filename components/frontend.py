"""The pages at the edge: which requests are answered from where, and what may be kept."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudfront, lb

from components.cdn import ALL, WRITE, Behaviour, Cdn, CdnArgs
from components.iam import Statement, grant
from components.load_balancer import LoadBalancer
from components.network import Network

# What the api calls the cookie of a session; test_environment holds the two equal.
SESSION_COOKIE = "__Host-session"

# AWS's policy for what must not be kept, nor wait for another's answer. It has one id everywhere.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_NEVER = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
_TWO_YEARS = 63_072_000


@dataclass(frozen=True, kw_only=True, slots=True)
class FrontendArgs:
    """The hosts of the pages, and the load balancer whose services answer for them."""

    cdn: CdnArgs
    balancer: LoadBalancer
    site: str
    alias: str  # "www.": visitors are sent on to the site
    stream: str
    icons: str


class Frontend(Cdn):
    """The distribution before the load balancer, which it reaches inside the network as a VPC origin.

    Pages and JSON are kept as long as the api says, apart for each session and each key; what belongs to one
    says "private" and is not kept at all. Static files are kept without regard to cookies, streams never.

    Creates: aws.cloudfront.Distribution, aws.cloudfront.VpcOrigin, aws.cloudfront.CachePolicy (2),
    aws.cloudfront.OriginRequestPolicy, aws.cloudfront.ResponseHeadersPolicy, aws.lb.ListenerRule (the alias),
    aws.cloudwatch.LogDeliverySource, aws.cloudwatch.LogDeliveryDestination, aws.cloudwatch.LogDelivery,
    aws.cloudwatch.MetricAlarm.
    """

    def __init__(self, name: str, args: FrontendArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        origin, headers, forward = "load-balancer", self._headers(), self._forward()
        self.distribute(
            args.cdn,
            hosts=[args.site, args.alias, args.stream, args.icons],
            origins=[
                {
                    "origin_id": origin,
                    "domain_name": args.balancer.host,
                    "vpc_origin_config": {
                        "vpc_origin_id": self._way_in(name, args.balancer),
                        "origin_read_timeout": 60,
                    },
                }
            ],
            behaviours=[
                Behaviour(
                    path="/api/v1/uploads/*/events",
                    origin=origin,
                    cache=_NEVER,
                    headers=headers,
                    forward=forward,
                ),
                Behaviour(
                    path="/static/*",
                    origin=origin,
                    cache=self.cache("static", headers=["Host"], query=["v"]),
                    headers=headers,
                    forward=forward,
                ),
                Behaviour(
                    origin=origin,
                    methods=WRITE,
                    cache=self.cache(
                        "pages", headers=["Host", "Authorization"], cookies=[SESSION_COOKIE], query=ALL
                    ),
                    headers=headers,
                    forward=forward,
                ),
            ],
        )
        self._send_on(args)
        self.register_outputs({"domain": self.domain})

    def _way_in(self, name: str, balancer: LoadBalancer) -> Output[str]:
        return cloudfront.VpcOrigin(
            self.child("origin"),
            vpc_origin_endpoint_config={
                "name": self.names.of("vpc-origin", name),
                "arn": balancer.arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            tags=self.tags(),
            opts=self.child_opts(),
        ).id.apply(str)

    def _forward(self) -> Output[str]:
        """Every header reaches the api as the browser sent it; cookies as far as the cache knows them."""
        return cloudfront.OriginRequestPolicy(
            self.child("forward"),
            name=self.names.of("origin-request-policy", self.pulumi_resource_name),
            comment="All that the visitor says, but for cookies",
            cookies_config={"cookie_behavior": "none"},
            headers_config={"header_behavior": "allViewer"},
            query_strings_config={"query_string_behavior": "all"},
            opts=self.child_opts(),
        ).id.apply(str)

    def _headers(self) -> Output[str]:
        """The api says these itself, and better; they are for an answer that does not come from it."""
        return cloudfront.ResponseHeadersPolicy(
            self.child("headers"),
            name=self.names.of("response-headers-policy", self.pulumi_resource_name),
            comment="What the api did not say",
            security_headers_config={
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": False},
                "referrer_policy": {
                    "referrer_policy": "strict-origin-when-cross-origin",
                    "override": False,
                },
                "strict_transport_security": {
                    "access_control_max_age_sec": _TWO_YEARS,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            remove_headers_config={"items": [{"header": "Server"}]},
            opts=self.child_opts(),
        ).id.apply(str)

    def _send_on(self, args: FrontendArgs) -> None:
        """From the alias to the same page of the site, so that each page has one address."""
        lb.ListenerRule(
            self.child("alias"),
            listener_arn=args.balancer.listener,
            priority=1,
            conditions=[{"host_header": {"values": [args.alias]}}],
            actions=[{"type": "redirect", "redirect": {"host": args.site, "status_code": "HTTP_301"}}],
            tags=self.tags(),
            opts=self.child_opts(),
        )

    def told_by(self, network: Network) -> Output[str]:
        """The distribution that tasks in *network* tell of pages to forget; "" where they cannot.

        CloudFront's API stands on the internet alone: it has no endpoint in a VPC.
        """
        return self.distribution if network.opens_to_the_world else Output.from_input("")

    def invalidate(self, network: Network) -> list[Output[Statement]]:
        """Leave for tasks in *network* to have this distribution forget pages."""
        if not network.opens_to_the_world:
            return []
        return [self.arn.apply(lambda arn: grant("cloudfront:CreateInvalidation", on=arn))]

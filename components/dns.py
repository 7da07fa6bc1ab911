"""The domain: certificates for its hosts, and every record that it has of this stack.

The hosted zone outlives the stack, so it is given by its id. Where there is none (at home, which has no host
name) there is nothing to declare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import acm, route53

from components.base import Component
from components.cdn import Cdn
from components.names import EDGE_REGION

_LIFE = 300  # seconds that resolvers keep a record: a change is everywhere soon


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """A record that another component needs; *part* tells it from that component's others."""

    part: str
    name: Input[str]
    type: Literal["CNAME", "MX", "TXT"]
    value: Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificatesArgs:
    """The hosts, and the zone that proves they are ours."""

    zone: str | None
    hosts: Sequence[str]


class Certificates(Component):
    """One certificate for all hosts, in us-east-1 for CloudFront and in the region for the load balancer.

    In us-east-1 itself the two are one. A certificate is given out once it is valid.

    Creates: aws.acm.Certificate and aws.acm.CertificateValidation (1 or 2), aws.route53.Record (per host).
    """

    def __init__(self, name: str, args: CertificatesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.at_edge: Output[str] | None = None
        self.in_region: Output[str] | None = None
        if args.zone:
            proofs = self._prove(args.zone, args.hosts, edge := self._ask(EDGE_REGION, args.hosts))
            self.at_edge = self.in_region = self._wait(EDGE_REGION, edge, proofs)
            if self.names.region != EDGE_REGION:
                here = self._ask(self.names.region, args.hosts)
                self.in_region = self._wait(self.names.region, here, proofs)
        self.register_outputs({})

    def _ask(self, region: str, hosts: Sequence[str]) -> acm.Certificate:
        return acm.Certificate(
            self.child(region),
            region=region,
            domain_name=hosts[0],
            subject_alternative_names=list(hosts[1:]),
            validation_method="DNS",
            key_algorithm="EC_prime256v1",
            tags=self.tags(f"{self.names.stem}-{region}"),
            opts=self.child_opts(),
        )

    def _prove(self, zone: str, hosts: Sequence[str], certificate: acm.Certificate) -> list[Output[str]]:
        """The records that ACM looks for. They are the same for every region."""
        return [self._proof(zone, host, certificate) for host in hosts]

    def _proof(self, zone: str, host: str, certificate: acm.Certificate) -> Output[str]:
        wanted = certificate.domain_validation_options.apply(
            lambda options: next(option for option in options if option.domain_name == host)
        )
        return route53.Record(
            self.child(host),
            zone_id=zone,
            name=wanted.apply(lambda record: record.resource_record_name or ""),
            type=wanted.apply(lambda record: record.resource_record_type or ""),
            records=[wanted.apply(lambda record: record.resource_record_value or "")],
            ttl=_LIFE,
            allow_overwrite=False,
            opts=self.child_opts(),
        ).fqdn

    def _wait(self, region: str, certificate: acm.Certificate, proofs: Sequence[Output[str]]) -> Output[str]:
        return acm.CertificateValidation(
            self.child(f"{region}-valid"),
            region=region,
            certificate_arn=certificate.arn,
            validation_record_fqdns=list(proofs),
            opts=self.child_opts(),
        ).certificate_arn


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsArgs:
    """Which host leads where, and what else the domain says."""

    zone: str | None
    hosts: Mapping[str, Cdn]  # to the distribution that answers for it
    aliases: Mapping[str, str]  # to the host of which it is another name
    records: Sequence[Record] = ()


class Dns(Component):
    """The records of the stack's hosts, each written out; what is in the zone already is never overwritten.

    Creates: aws.route53.Record: A and AAAA (per host), CNAME (per alias), and one for each further record.
    """

    def __init__(self, name: str, args: DnsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        if args.zone:
            for host, cdn in args.hosts.items():
                self._lead(args.zone, host, cdn)
            named = [
                Record(part=alias, name=alias, type="CNAME", value=host)
                for alias, host in args.aliases.items()
            ]
            for record in (*named, *args.records):
                self._say(args.zone, record)
        self.register_outputs({})

    def _lead(self, zone: str, host: str, cdn: Cdn) -> None:
        for address in ("A", "AAAA"):
            route53.Record(
                self.child(f"{host}-{address.lower()}"),
                zone_id=zone,
                name=host,
                type=address,
                aliases=[
                    {"name": cdn.domain, "zone_id": cdn.zone, "evaluate_target_health": False},
                ],
                allow_overwrite=False,
                opts=self.child_opts(),
            )

    def _say(self, zone: str, record: Record) -> None:
        route53.Record(
            self.child(record.part),
            zone_id=zone,
            name=record.name,
            type=record.type,
            records=[record.value],
            ttl=_LIFE,
            allow_overwrite=False,
            opts=self.child_opts(),
        )

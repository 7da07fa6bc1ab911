"""Where the stack stands and how the world reaches it."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from components.pem import PublicKey
from components.sections.section import Region, Section


class Network(Section):
    """The address space, its zones, and the way out."""

    cidr: IPv4Network = Field(description="A /16 to /22; a quarter of it for each tier, one quarter spare.")
    zones: list[str] = Field(min_length=2, max_length=4)
    egress: Literal["nat", "endpoints"] = Field(
        default="nat",
        description="nat: to anywhere. endpoints: to AWS alone; Slack is out of reach then, and notices go "
        "by e-mail; so is CloudFront, and pages that changed are shown as they were for a minute. What each "
        "costs the program says when it runs.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not 16 <= self.cidr.prefixlen <= 22:
            raise ValueError(f"cidr {self.cidr} must be between /16 and /22")
        if len(set(self.zones)) < len(self.zones):
            raise ValueError("zones names a zone twice")
        return self


class Replica(Section):
    """A copy of the public bucket in another region, kept by replication."""

    bucket: str = Field(min_length=3)
    region: Region


class Cdn(Section):
    """CloudFront, before the pages and the pictures."""

    prefix_list: str = Field(
        pattern=r"^pl-[0-9a-f]{8,17}$",
        description="The region's list of CloudFront's own addresses, com.amazonaws.global.cloudfront."
        "origin-facing: `aws ec2 describe-managed-prefix-lists` shows its id.",
    )
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = Field(
        default="PriceClass_100", description="100: Europe and North America. All: everywhere, and dearest."
    )
    replica: Replica | None = Field(
        default=None, description="Asked for public pictures when S3 fails in the region."
    )
    trusted_keys: list[PublicKey] = Field(
        default=[],
        description="Public keys whose links are good beside those of cdnPrivateKey: the key before it, "
        "for as long as tasks that have it still run.",
    )


class Hosts(NamedTuple):
    """The host names that the world knows the stack by."""

    site: str
    www: str
    stream: str
    icons: str
    assets: str

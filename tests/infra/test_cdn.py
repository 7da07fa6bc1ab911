"""The two distributions: what is answered from where, what is kept, and which paths need a signature."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Network
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from components.frontend import SESSION_COOKIE, Frontend, FrontendArgs
from components.links import Links, LinksArgs
from components.network import Network, NetworkArgs
from components.sections.network import Replica
from tests.infra.made import assets, balancer, cdn
from tests.infra.synth import Declarations, component, program, settings
from tests.keys import OTHER_PUBLIC_KEY, PRIVATE_KEY, PUBLIC_KEY

HOST = "s3.us-east-1.amazonaws.com"
ARN = "arn:aws:cloudfront::109876543210:distribution/{}-distribution"


@cache
def prod() -> Declarations:
    return program("prod")


def distribution(name: str) -> dict[str, Any]:
    return dict(prod().one(f"{name}-distribution").inputs)


def behaviours(name: str) -> dict[str, dict[str, Any]]:
    """By path; the default one is that of every other."""
    found = distribution(name)
    return {
        **{each["pathPattern"]: each for each in found["orderedCacheBehaviors"]},
        "*": found["defaultCacheBehavior"],
    }


def key(policy: str) -> dict[str, Any]:
    """What a cache policy tells answers apart by."""
    inputs = prod().one(policy).inputs["parametersInCacheKeyAndForwardedToOrigin"]
    return {
        kind: inputs[f"{kind}Config"].get(kind, {}).get("items", inputs[f"{kind}Config"][behaviour])
        for kind, behaviour in (
            ("cookies", "cookieBehavior"),
            ("headers", "headerBehavior"),
            ("queryStrings", "queryStringBehavior"),
        )
    }


@pytest.mark.parametrize("name", ["assets", "frontend"])
def test_a_distribution_speaks_new_tls_alone_behind_the_firewall(name: str) -> None:
    made = distribution(name)
    assert made["viewerCertificate"] == {
        "acmCertificateArn": "arn:aws:made:::certificates-us-east-1",
        "sslSupportMethod": "sni-only",
        "minimumProtocolVersion": "TLSv1.2_2021",
    }
    assert made["webAclId"] == "arn:aws:made:::firewall-acl"
    assert (made["httpVersion"], made["isIpv6Enabled"]) == ("http2and3", True)
    assert made["priceClass"] == "PriceClass_All"
    for path, behaviour in behaviours(name).items():
        assert behaviour["viewerProtocolPolicy"] == "redirect-to-https", path
        assert behaviour["responseHeadersPolicyId"]
        assert "forwardedValues" not in behaviour


def test_without_a_certificate_a_distribution_answers_under_cloudfronts_name() -> None:
    made = program("local").one("assets-distribution").inputs
    assert made["aliases"] == []
    assert made["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}


def test_pictures_come_from_the_public_bucket_and_svg_of_the_private_one_for_a_signature() -> None:
    assert distribution("assets")["aliases"] == ["assets.vectoricons.net"]
    origins = {each["originId"]: each for each in distribution("assets")["origins"]}
    assert {name: each["domainName"] for name, each in origins.items()} == {
        "public": f"vectoricons-prod-public-109876543210.{HOST}",
        "private": f"vectoricons-prod-private-109876543210.{HOST}",
    }
    assert {each["originAccessControlId"] for each in origins.values()} == {"assets-access-id"}
    found = behaviours("assets")
    assert {path: each["targetOriginId"] for path, each in found.items()} == {
        "/svg/*": "private",
        "*": "public",
    }
    assert found["/svg/*"]["trustedKeyGroups"] == ["links-group-id"]
    assert "trustedKeyGroups" not in found["*"]


def test_each_bucket_lets_the_one_distribution_read_what_its_paths_lead_to() -> None:
    for name, keys in (("public", "*"), ("private", "svg/*")):
        _, allowed = prod().one(f"{name}-policy").document()["Statement"]
        assert allowed["Resource"] == [f"arn:aws:s3:::vectoricons-prod-{name}-109876543210/{keys}"]
        assert allowed["Condition"] == {"ArnLike": {"aws:SourceArn": ARN.format("assets")}}


def test_pictures_are_told_apart_by_their_address_and_links_by_the_name_to_save_under() -> None:
    assert key("assets-public-cache") == {"cookies": "none", "headers": "none", "queryStrings": "none"}
    assert key("assets-private-cache") == {
        "cookies": "none",
        "headers": "none",
        "queryStrings": ["response-content-disposition"],
    }
    private = prod().one("assets-private-headers").inputs["customHeadersConfig"]["items"]
    assert private == [{"header": "Cache-Control", "value": "private, no-store", "override": True}]


def test_when_s3_fails_public_pictures_come_from_their_replica() -> None:
    replica = Replica(bucket="copy", region="eu-west-1")
    found = (
        component(lambda: assets("assets", cdn("shared"), replica=replica)).one("assets-distribution").inputs
    )
    assert found["originGroups"] == [
        {
            "originId": "public-or-replica",
            "failoverCriteria": {"statusCodes": [500, 502, 503, 504]},
            "members": [{"originId": "public"}, {"originId": "replica"}],
        }
    ]
    assert found["defaultCacheBehavior"]["targetOriginId"] == "public-or-replica"
    assert "copy.s3.eu-west-1.amazonaws.com" in [each["domainName"] for each in found["origins"]]


def test_pages_come_from_the_load_balancer_inside_the_network_over_tls() -> None:
    (origin,) = distribution("frontend")["origins"]
    assert origin["domainName"] == "internal-main.elb.test"
    assert origin["vpcOriginConfig"]["vpcOriginId"] == "frontend-origin-id"
    way = prod().one("frontend-origin").inputs["vpcOriginEndpointConfig"]
    assert (way["originProtocolPolicy"], way["originSslProtocols"]["items"]) == ("https-only", ["TLSv1.2"])
    assert distribution("frontend")["aliases"] == [
        *("vectoricons.net", "www.vectoricons.net", "stream.vectoricons.net", "icons.vectoricons.net")
    ]


def test_pages_are_kept_apart_for_each_session_key_and_host_and_as_long_as_the_api_says() -> None:
    assert key("frontend-pages-cache") == {
        "cookies": [SESSION_COOKIE],
        "headers": ["Host", "Authorization"],
        "queryStrings": "all",
    }
    policy = prod().one("frontend-pages-cache").inputs
    assert (policy["minTtl"], policy["defaultTtl"]) == (0, 0)
    forwarded = prod().one("frontend-forward").inputs
    assert forwarded["cookiesConfig"] == {"cookieBehavior": "none"}
    assert forwarded["headersConfig"] == {"headerBehavior": "allViewer"}


def test_static_files_are_kept_without_cookies_and_streams_are_never_kept() -> None:
    found = behaviours("frontend")
    assert list(found) == ["/api/v1/uploads/*/events", "/static/*", "*"]
    assert key("frontend-static-cache") == {"cookies": "none", "headers": ["Host"], "queryStrings": ["v"]}
    assert found["/api/v1/uploads/*/events"]["cachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert "POST" in found["*"]["allowedMethods"]
    assert found["/static/*"]["allowedMethods"] == ["GET", "HEAD", "OPTIONS"]


@pytest.mark.parametrize(
    ("egress", "told", "rights"), [("nat", "frontend-distribution-id", 1), ("endpoints", "", 0)]
)
def test_tasks_tell_cloudfront_of_pages_where_their_network_has_a_way_to_it(
    egress: Literal["nat", "endpoints"], told: str, rights: int
) -> None:
    def build() -> dict[str, Any]:
        here = Network(
            "net", NetworkArgs(cidr=IPv4Network("10.0.0.0/16"), zones=["us-east-1a"], egress=egress)
        )
        site = FrontendArgs(
            cdn=cdn("shared"),
            balancer=balancer("balancer")(),
            site="one.test",
            alias="www.one.test",
            stream="stream.one.test",
            icons="icons.one.test",
        )
        frontend = Frontend("frontend", site)
        found: dict[str, Any] = {"rights": len(frontend.invalidate(here))}
        frontend.told_by(here).apply(lambda id_: found.update(told=id_))
        return found

    assert component(build).result == {"told": told, "rights": rights}


@pytest.mark.parametrize("name", ["assets", "frontend"])
def test_the_access_log_has_no_query_and_no_cookie_and_goes_to_the_bucket_for_logs(name: str) -> None:
    source, delivery = prod().one(f"{name}-log-source"), prod().one(f"{name}-log-delivery")
    assert source.inputs["resourceArn"] == ARN.format(name)
    destination = prod().one(f"{name}-log-destination").inputs["deliveryDestinationConfiguration"]
    assert destination == {"destinationResourceArn": "arn:aws:s3:::vectoricons-prod-logs-109876543210/cdn"}
    fields = delivery.inputs["recordFields"]
    assert {"c-ip", "cs-uri-stem", "sc-status"} <= set(fields)
    assert not [each for each in fields if "query" in each or "Cookie" in each or "Referer" in each]


def test_the_key_that_signs_stays_secret_and_its_public_half_is_trusted() -> None:
    declared = component(
        lambda: Links("links", LinksArgs(private_key=SecretStr(PRIVATE_KEY), trusted=[OTHER_PUBLIC_KEY]))
    )
    keys = declared.of("aws:cloudfront/publicKey:PublicKey")
    assert {each.inputs["encodedKey"] for each in keys} == {PUBLIC_KEY, OTHER_PUBLIC_KEY}
    assert "PRIVATE" not in str([dict(each.inputs) for each in declared.resources])
    group = declared.one("links-group").inputs["items"]
    assert sorted(group) == sorted(f"{each.name}-id" for each in keys)


def test_a_key_that_takes_anothers_place_leaves_the_other_as_it_is() -> None:
    def keys(**args: Any) -> dict[str, Any]:
        declared = component(lambda: Links("links", LinksArgs(**args)))
        return {each.name: dict(each.inputs) for each in declared.of("aws:cloudfront/publicKey:PublicKey")}

    before = keys(private_key=SecretStr(PRIVATE_KEY))
    after = keys(private_key=settings().cdn_private_key, trusted=[OTHER_PUBLIC_KEY])
    assert before.items() <= after.items()

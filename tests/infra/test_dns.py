"""Hosts, certificates and records: each written out, proved, and never over another's."""

from __future__ import annotations

from functools import cache
from typing import Any

from components.dns import Certificates, CertificatesArgs
from tests.infra.synth import Declarations, component, program

HOSTS = tuple(f"{host}vectoricons.net" for host in ("", "www.", "stream.", "icons.", "assets."))


@cache
def prod() -> Declarations:
    return program("prod")


def records() -> dict[tuple[str, str], dict[str, Any]]:
    found = [each.inputs for each in prod().of("aws:route53/record:Record")]
    return {(each["name"], each["type"]): dict(each) for each in found}


def test_every_host_leads_to_its_distribution_by_both_kinds_of_address() -> None:
    for host, cdn in (
        ("vectoricons.net", "d1"),
        ("stream.vectoricons.net", "d1"),
        ("icons.vectoricons.net", "d1"),
        ("assets.vectoricons.net", "d1"),
    ):
        for address in ("A", "AAAA"):
            (alias,) = records()[host, address]["aliases"]
            assert alias == {
                "name": f"{cdn}.cloudfront.test",
                "zoneId": "Z2FDTNDATAQYW2",
                "evaluateTargetHealth": False,
            }
    assert records()["www.vectoricons.net", "CNAME"]["records"] == ["vectoricons.net"]


def test_no_record_is_written_over_another_and_all_are_in_the_zone_of_the_stack_file() -> None:
    found = prod().of("aws:route53/record:Record")
    assert len(records()) == len(found)
    assert not any(each.inputs["allowOverwrite"] for each in found)
    assert {each.inputs["zoneId"] for each in found} == {"Z02217093KD8R4EXAMPLE"}


def test_the_domain_says_whose_mail_is_its_own() -> None:
    assert records()["bounces.vectoricons.net", "TXT"]["records"] == ["v=spf1 include:amazonses.com -all"]
    assert ("_dmarc.vectoricons.net", "TXT") in records()
    assert ("one._domainkey.vectoricons.net", "CNAME") in records()


def test_one_certificate_stands_for_all_hosts_and_is_given_out_once_it_is_proved() -> None:
    (certificate,) = prod().of("aws:acm/certificate:Certificate")
    first, *others = HOSTS
    assert certificate.inputs["domainName"] == first
    assert certificate.inputs["subjectAlternativeNames"] == others
    assert (certificate.inputs["validationMethod"], certificate.inputs["region"]) == ("DNS", "us-east-1")
    for host in HOSTS:
        proof = prod().one(f"certificates-{host}").inputs
        assert (proof["name"], proof["type"]) == (f"_proof.{host}", "CNAME")
        assert proof["records"] == [f"_{host}.acm-validations.test"]
    valid = prod().one("certificates-us-east-1-valid")
    assert {prod().one(f"certificates-{host}").urn for host in HOSTS} <= valid.depends_on
    assert valid.urn in prod().one("assets-distribution").depends_on
    assert valid.urn in prod().one("load-balancer-https").depends_on


def test_another_region_has_a_certificate_of_its_own_by_the_same_proof() -> None:
    declared = component(
        lambda: Certificates("certificates", CertificatesArgs(zone="Z1", hosts=["one.test"])),
        region="eu-west-1",
        network={"cidr": "10.0.0.0/16", "zones": ["eu-west-1a", "eu-west-1b"]},
    )
    certificates = declared.of("aws:acm/certificate:Certificate")
    assert [each.inputs["region"] for each in certificates] == ["eu-west-1", "us-east-1"]
    assert len(declared.of("aws:route53/record:Record")) == 1
    assert declared.one("certificates-eu-west-1-valid").inputs["region"] == "eu-west-1"


def test_at_home_there_is_no_domain_and_nothing_of_one() -> None:
    local = program("local")
    assert not local.of("aws:route53/record:Record")
    assert not local.of("aws:acm/certificate:Certificate")
    assert "certificateArn" not in local.one("load-balancer-https").inputs

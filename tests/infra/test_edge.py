"""Images, secrets and mail: what comes from outside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pulumi import Output, RunError
from pydantic import SecretStr

from components.images import Images, ImagesArgs
from components.mail import Mail, MailArgs
from components.secrets import Secret, SecretArgs
from components.sections.services import BuiltImages, GivenImages
from tests.infra.synth import Declarations, component, settings


def images(source: BuiltImages | GivenImages, profile: str = "dev") -> Declarations:
    def build() -> dict[str, Any]:
        made = Images("images", ImagesArgs(source=source))
        found: dict[str, Any] = {"repositories": [made.api.repository, made.worker.repository]}
        Output.all(api=made.api.uri, worker=made.worker.uri).apply(found.update)
        return found

    return component(build, profile=profile)


def secret(value: str = "s" * 40, profile: str = "dev") -> Declarations:
    return component(
        lambda: Secret("key", SecretArgs(value=SecretStr(value), purpose="A key")), profile=profile
    )


def test_given_digests_run_from_the_stacks_own_repositories() -> None:
    source = settings("prod").images
    assert isinstance(source, GivenImages)
    declared = images(source)
    host = "210987654321.dkr.ecr.us-east-1.amazonaws.com"
    assert declared.result == {
        "repositories": [
            "arn:aws:ecr:us-east-1:210987654321:repository/vectoricons-dev-api",
            "arn:aws:ecr:us-east-1:210987654321:repository/vectoricons-dev-worker",
        ],
        "api": f"{host}/vectoricons-dev-api@{source.api}",
        "worker": f"{host}/vectoricons-dev-worker@{source.worker}",
    }
    assert not declared.of("awsx:ecr:Image")
    assert declared.one("images-api").inputs["imageTagMutability"] == "IMMUTABLE"


def test_built_images_come_from_the_tree_and_run_by_what_they_became() -> None:
    declared = images(BuiltImages(source="build"))
    built = declared.one("images-worker-image")
    assert (built.inputs["dockerfile"], built.inputs["target"]) == ("containers/Dockerfile", "worker")
    assert built.inputs["context"] == "."
    assert built.inputs["platform"] == "linux/amd64"
    assert "@sha256:" in declared.result["worker"]
    repository = declared.one("images-worker").inputs
    assert repository["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["imageTagMutabilityExclusionFilters"] == [
        {"filter": built.inputs["imageTag"], "filterType": "WILDCARD"}
    ]


def test_a_repository_scans_forgets_and_is_kept_where_care_is_taken() -> None:
    declared = images(BuiltImages(source="build"), profile="prod")
    repository = declared.one("images-api")
    assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
    assert repository.protect
    assert not repository.inputs["forceDelete"]
    rules = json.loads(declared.one("images-api-lifecycle").inputs["policy"])["rules"]
    assert [each["selection"]["tagStatus"] for each in rules] == ["untagged", "tagged"]
    assert {each["action"]["type"] for each in rules} == {"expire"}


def test_a_secrets_value_goes_to_secrets_manager_alone() -> None:
    declared = secret()
    value = declared.one("key-value")
    assert value.inputs["secretStringWo"] == "s" * 40
    assert "secretString" not in value.inputs
    others = [dict(each.inputs) for each in declared.resources if each is not value]
    assert "s" * 40 not in json.dumps(others)


def test_a_changed_secret_is_seen_to_have_changed() -> None:
    versions = {
        secret(value).one("key-value").inputs["secretStringWoVersion"] for value in ("a" * 40, "b" * 40)
    }
    assert len(versions) == 2
    assert all(version > 0 for version in versions)
    again = secret("a" * 40).one("key-value").inputs["secretStringWoVersion"]
    assert again in versions


def test_a_deleted_secret_can_be_had_back_for_as_long_as_the_profile_says() -> None:
    dev, prod = secret().one("key-secret"), secret(profile="prod").one("key-secret")
    assert (dev.inputs["recoveryWindowInDays"], dev.protect) == (7, False)
    assert (prod.inputs["recoveryWindowInDays"], prod.protect) == (30, True)
    assert dev.inputs["description"] == "A key"


def test_receivers_are_told_how_to_know_the_mail_of_the_domain() -> None:
    def build() -> dict[str, Any]:
        found: dict[str, Any] = {}
        for record in Mail("mail", MailArgs(sender="notices@dev.vectoricons.net")).records:
            kept = found[record.part] = {"type": record.type}
            Output.all(name=record.name, value=record.value).apply(kept.update)
        return found

    declared = component(build)
    assert declared.result == {
        **{
            f"dkim-{place}": {
                "type": "CNAME",
                "name": f"{token}._domainkey.dev.vectoricons.net",
                "value": f"{token}.dkim.amazonses.com",
            }
            for place, token in enumerate(("one", "two", "three"), 1)
        },
        "bounces-mx": {
            "type": "MX",
            "name": "bounces.dev.vectoricons.net",
            "value": "10 feedback-smtp.us-east-1.amazonses.com",
        },
        "bounces-spf": {
            "type": "TXT",
            "name": "bounces.dev.vectoricons.net",
            "value": "v=spf1 include:amazonses.com -all",
        },
        "dmarc": {
            "type": "TXT",
            "name": "_dmarc.dev.vectoricons.net",
            "value": "v=DMARC1; p=quarantine; adkim=s; aspf=r",
        },
    }
    assert declared.one("mail-bounces").inputs["mailFromDomain"] == "bounces.dev.vectoricons.net"


def test_an_identity_whose_state_has_no_dkim_tokens_is_a_sentence_that_says_what_to_do() -> None:
    def build() -> None:
        for record in Mail("mail", MailArgs(sender="notices@old.vectoricons.net")).records:
            Output.from_input(record.name).apply(lambda _: None)

    with pytest.raises(RunError, match=r"mail-identity has 0 DKIM tokens.* pulumi refresh --target 'urn:"):
        component(build)


def test_mail_is_signed_for_the_senders_domain_and_sent_as_it_alone() -> None:
    declared = component(lambda: Mail("mail", MailArgs(sender="notices@dev.vectoricons.net")))
    inputs = declared.one("mail-identity").inputs
    assert inputs["emailIdentity"] == "dev.vectoricons.net"
    assert inputs["dkimSigningAttributes"] == {"nextSigningKeyLength": "RSA_2048_BIT"}
    assert declared.result.send().as_dict() == {
        "Effect": "Allow",
        "Action": ["ses:SendEmail"],
        "Resource": [
            "arn:aws:ses:us-east-1:210987654321:identity/dev.vectoricons.net",
            "arn:aws:ses:us-east-1:210987654321:configuration-set/vectoricons-dev-mail",
        ],
    }


def test_mail_goes_by_tls_to_nobody_who_has_complained_and_people_hear_of_too_many() -> None:
    declared = component(lambda: Mail("mail", MailArgs(sender="notices@dev.vectoricons.net")))
    configuration = declared.one("mail-configuration").inputs
    assert configuration["deliveryOptions"] == {"tlsPolicy": "REQUIRE"}
    assert configuration["suppressionOptions"] == {"suppressedReasons": ["BOUNCE", "COMPLAINT"]}
    assert declared.one("mail-identity").inputs["configurationSetName"] == "vectoricons-dev-mail"
    for part, metric in (("bounces", "Reputation.BounceRate"), ("complaints", "Reputation.ComplaintRate")):
        alarm = declared.one(f"mail-{part}-alarm").inputs
        assert alarm["metricName"] == metric
        assert alarm["dimensions"] == {"ses:configuration-set": "vectoricons-dev-mail"}

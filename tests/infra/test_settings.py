"""Stack files: every one loads, and whatever is wrong in one is said with file, line and key."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest
import yaml

from components.sections.profile import PROFILES
from components.settings import Settings, stack_file_schema
from tests.infra.synth import TREE, config, settings
from tests.keys import PRIVATE_KEY, PUBLIC_KEY

STACKS = ("local", "dev", "prod")


@pytest.fixture(autouse=True)
def in_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TREE)


def mistake(stack: str = "dev", **changes: Any) -> str:
    with pytest.raises(pulumi.RunError) as raised:
        settings(stack, **changes)
    return str(raised.value)


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_file_loads_is_short_and_says_which_schema_it_follows(stack: str) -> None:
    text = (TREE / f"Pulumi.{stack}.yaml").read_text()
    assert settings(stack).profile in PROFILES
    assert len(text.splitlines()) < 45
    assert text.startswith("# yaml-language-server: $schema=Pulumi.schema.json\n")
    jsonschema.validate(yaml.safe_load(text), stack_file_schema())


def test_the_schema_file_is_current() -> None:
    assert json.loads((TREE / "Pulumi.schema.json").read_text()) == stack_file_schema(), (
        "Pulumi.schema.json is not what the settings say. Run: python -m components.settings"
    )


def test_the_schema_file_is_written_by_the_module_itself(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "components.settings"], cwd=tmp_path, check=True)
    assert (tmp_path / "Pulumi.schema.json").read_text() == (TREE / "Pulumi.schema.json").read_text()


def test_the_engine_refuses_invented_names_and_any_provider_but_the_bound_one() -> None:
    project = yaml.safe_load((TREE / "Pulumi.yaml").read_text())
    assert project["config"]["pulumi:autonaming"] == {"value": {"mode": "disabled"}}
    assert project["config"]["pulumi:disable-default-providers"] == {"value": ["aws"]}


@pytest.mark.parametrize(
    ("key", "value"),
    [("netwrok", {}), ("account", 5), ("images", {"source": "tag"}), ("sessionKey", "in plain sight")],
)
def test_the_schema_refuses_what_the_settings_refuse(key: str, value: Any) -> None:
    file = yaml.safe_load((TREE / "Pulumi.dev.yaml").read_text())
    file["config"][f"vectoricons:{key}"] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(file, stack_file_schema())


def test_a_typo_is_named_with_its_file_and_what_was_meant() -> None:
    assert mistake(netwrok={}) == (
        "Pulumi.dev.yaml: vectoricons:netwrok is not a setting. Did you mean network?"
    )


def test_a_typo_below_a_key_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (TREE / "Pulumi.dev.yaml").read_text().replace("    zones:", "    zonez:")
    (tmp_path / "Pulumi.dev.yaml").write_text(f"{text}encryptionsalt: v1\n")
    monkeypatch.chdir(tmp_path)
    network = yaml.safe_load(text)["config"]["vectoricons:network"]
    line = text.splitlines().index("    zonez: [us-east-1a, us-east-1b]") + 1
    above = text.splitlines().index("  vectoricons:network:") + 1
    assert mistake(network=network).splitlines() == [
        "Pulumi.dev.yaml: vectoricons:network.zones is missing. "
        "Set it with: pulumi config set --path 'vectoricons:network.zones' VALUE",
        f"Pulumi.dev.yaml, line {line}: vectoricons:network.zonez is not a setting. Did you mean zones?",
    ]
    assert line > above


def test_a_key_like_no_other_gets_no_guess() -> None:
    assert mistake(xylophone="1") == "Pulumi.dev.yaml: vectoricons:xylophone is not a setting."


def test_a_missing_secret_is_said_before_anything_is_made() -> None:
    without = {key: value for key, value in config("dev").items() if key != "vectoricons:sessionKey"}
    with pytest.raises(pulumi.RunError, match="vectoricons:sessionKey is missing"):
        Settings.parse("dev", without)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"account": "12"}, "vectoricons:account is refused"),
        ({"site": "https://vectoricons.net/home"}, "vectoricons:site is refused"),
        ({"network": {"cidr": "10.0.0.0/8", "zones": ["us-east-1a", "us-east-1b"]}}, "between /16 and /22"),
        ({"network": {"cidr": "10.0.0.0/16", "zones": ["us-east-1a", "us-east-1a"]}}, "names a zone twice"),
        (
            {"network": {"cidr": "10.0.0.0/16", "zones": ["us-east-1a", "eu-west-1a"]}},
            "eu-west-1a is not in us-east-1",
        ),
        (
            {"services": {"api": {"cpu": 256, "memory": 4096}}},
            "Fargate sells 256 CPU units with 512 to 2048 MiB",
        ),
        ({"services": {"aip": {}}}, "vectoricons:services.aip"),
        ({"services": {"worker-relay": {"min": 3, "max": 2}}}, "max 2 is less than min 3"),
        ({"services": {"worker-relay": {"min": 2, "spotFrom": 2}}}, "spotFrom 2 must be above min 2"),
        ({"services": {"worker-relay": {"min": 1, "spotFrom": 3}}}, "up to max 2"),
        ({"services": {"api": {"min": 1, "spotFrom": 2}}}, "spotFrom is for workers"),
        (
            {"images": {"source": "digest", "api": "latest", "worker": "latest"}},
            "vectoricons:images.api is refused",
        ),
        ({"database": {"instance": "db.t4g.micro", "sslmode": "disable"}}, "for the stack local alone"),
        ({"cache": {"node": "cache.t4g.micro", "access": "open"}}, "for the stack local alone"),
        ({"sessionKey": "short"}, "vectoricons:sessionKey is refused"),
        ({"cdnPrivateKey": "mine"}, "must be an RSA private key of 2048 bits, as PEM without a password"),
        ({"cdnPrivateKey": PUBLIC_KEY}, "must be an RSA private key of 2048 bits"),
        ({"cdn": {"prefixList": "pl-3b927c52", "trustedKeys": [PRIVATE_KEY]}}, "must be an RSA public key"),
        ({"cdn": {"prefixList": "cloudfront"}}, "vectoricons:cdn.prefixList is refused"),
        (
            {"stream": "http://stream.test", "site": "http://test"},
            "site, stream: http is for the stack local",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    assert words in mistake(**changes)


def test_elsewhere_than_at_home_there_is_a_domain() -> None:
    without = {key: value for key, value in config("dev").items() if key != "vectoricons:hostedZone"}
    with pytest.raises(pulumi.RunError, match="only the stack local does without a domain"):
        Settings.parse("dev", without)
    assert settings("local").hosted_zone is None
    assert settings("dev").hosts == (
        *("dev.vectoricons.net", "www.dev.vectoricons.net"),
        *("stream.dev.vectoricons.net", "icons.dev.vectoricons.net", "assets.dev.vectoricons.net"),
    )


def test_a_secret_never_shows_in_what_is_printed() -> None:
    assert "k" * 64 not in repr(settings("dev"))
    assert "k" * 31 not in mistake(sessionKey="k" * 31)
    assert "MIIEow" not in repr(settings("dev"))
    assert "MIIB" not in mistake(cdnPrivateKey=PRIVATE_KEY[:400])


def test_home_may_do_without_tls_and_elsewhere_may_not() -> None:
    local = settings("local")
    assert (local.database.sslmode, local.cache.access) == ("disable", "open")
    assert (settings("prod").database.sslmode, settings("prod").cache.access) == ("require", "iam")


def test_a_service_that_the_file_does_not_name_is_one_of_the_smallest() -> None:
    local = settings("local")
    assert (local.size("worker-images").min, local.size("worker-images").most) == (2, 4)
    api = local.size("api")
    assert (api.min, api.most, api.spot_from, api.cpu) == (1, 2, None, 256)


def test_prod_runs_digests_and_never_tags() -> None:
    images = settings("prod").images
    assert images.source == "digest"
    assert re.fullmatch("sha256:[0-9a-f]{64}", images.api)


def test_settings_are_read_from_what_the_engine_hands_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(config("dev") | {"aws:region": "elsewhere"}))
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    assert Settings.load() == settings("dev")

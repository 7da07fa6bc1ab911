"""Images are built once a commit and go from dev to prod as they are, by digest."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from delivery.errors import DeliveryError
from delivery.images import FILE, Digests, Repositories, promote, push
from delivery.pulumi import Pulumi
from delivery.stackfile import StackFile

TREE = Path(__file__).resolve().parents[2]
COMMIT = "c0ffee" * 6 + "c0ff"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONTAINERS = ("api", "worker", "converter")
# Writes down how it was called, and what it was told on standard input.
TOOL = """#!/bin/sh
echo "$(basename "$0") $*" >> "$TOLD"
case " $* " in *" login "*) cat >> "$TOLD"; echo >> "$TOLD";; esac
exit ${ENDS:-0}
"""


class Ecr:
    """The repositories of a stack as AWS has them."""

    def __init__(self, stack: str) -> None:
        self.file = StackFile.read(TREE, stack)
        self.client: Any = boto3.client("ecr", region_name=self.file.region)
        self.repositories = Repositories(self.file)

    def make(self) -> None:
        for container in CONTAINERS:
            self.client.create_repository(repositoryName=self.repositories.name(container))

    def take(self, container: str, tag: str) -> str:
        """An image with *tag*; its digest."""
        of = {"org.opencontainers.image.title": f"{self.file.stack} {container} {tag}"}
        manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "annotations": of})
        put = self.client.put_image(
            repositoryName=self.repositories.name(container), imageManifest=manifest, imageTag=tag
        )
        return str(put["image"]["imageId"]["imageDigest"])


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What docker and skopeo were asked."""
    for name in ("docker", "skopeo"):
        (tmp_path / name).write_text(TOOL)
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("TOLD", str(tmp_path / "told"))
    return tmp_path / "told"


@pytest.fixture(autouse=True)
def _aws() -> Iterator[None]:
    with mock_aws():
        yield


def digests(seed: str = "") -> Digests:
    return Digests(
        **{each: f"sha256:{hashlib.sha256((seed + each).encode()).hexdigest()}" for each in CONTAINERS}
    )


def test_a_commits_images_are_built_and_pushed_and_named_by_digest(told: Path) -> None:
    dev = Ecr("dev")
    dev.make()
    pushed = push(dev.repositories, TREE, COMMIT, "python:3.11@sha256:abc")
    with pytest.raises(DeliveryError, match="vectoricons-dev-api took no image git-c0ffee"):
        next(pushed)  # the stand-in for docker has pushed nothing
    login, password, build, sent = told.read_text().splitlines()
    address = f"210987654321.dkr.ecr.us-east-1.amazonaws.com/vectoricons-dev-api:git-{COMMIT}"
    assert (
        login == "docker login --username AWS --password-stdin 210987654321.dkr.ecr.us-east-1.amazonaws.com"
    )
    assert password not in (login, build, sent)
    assert build == (
        "docker build --platform linux/amd64 --build-arg BASE_IMAGE=python:3.11@sha256:abc "
        f"--file {TREE}/containers/Dockerfile --target api --tag {address} {TREE}"
    )
    assert sent == f"docker push {address}"


def test_what_has_been_pushed_for_the_commit_is_not_built_again(told: Path) -> None:
    dev = Ecr("dev")
    dev.make()
    there = {each: dev.take(each, f"git-{COMMIT}") for each in CONTAINERS}
    assert dict(push(dev.repositories, TREE, COMMIT, None)) == there
    assert [line for line in told.read_text().splitlines() if line.startswith("docker ")] == [
        "docker login --username AWS --password-stdin 210987654321.dkr.ecr.us-east-1.amazonaws.com"
    ]


def test_prod_gets_the_very_images_of_dev_and_each_once(told: Path) -> None:
    dev, prod = Ecr("dev"), Ecr("prod")
    prod.make()
    there = prod.take("api", "before")
    wanted = Digests(**(digests().model_dump() | {"api": there}))
    assert dict(promote(wanted, dev.repositories, prod.repositories)) == wanted.model_dump()
    copied = [line for line in told.read_text().splitlines() if line.startswith("skopeo copy")]
    assert copied == [
        f"skopeo copy --preserve-digests "
        f"docker://210987654321.dkr.ecr.us-east-1.amazonaws.com/vectoricons-dev-{each}@{digest} "
        f"docker://109876543210.dkr.ecr.us-east-1.amazonaws.com/vectoricons-prod-{each}:{digest[7:19]}"
        for each, digest in wanted.model_dump().items()
        if each != "api"
    ]


def test_the_token_of_the_registry_is_told_on_standard_input(told: Path) -> None:
    dev = Ecr("dev")
    dev.repositories.sign_in("docker")
    data = dev.client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    assert told.read_text().splitlines()[1] == base64.b64decode(data).decode().partition(":")[2]


@pytest.mark.usefixtures("told")
def test_repositories_that_are_not_there_are_a_sentence() -> None:
    with pytest.raises(
        DeliveryError, match=r"The repositories of dev cannot be asked.*bring the stack up once"
    ):
        dict(push(Ecr("dev").repositories, TREE, COMMIT, None))


def test_a_tool_that_fails_ends_it(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDS", "3")
    with pytest.raises(DeliveryError, match="skopeo login ended with exit code 3"):
        Ecr("prod").repositories.sign_in("skopeo")


def test_a_tool_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(DeliveryError, match="There is no no-such-tool on PATH"):
        Ecr("prod").repositories.sign_in("no-such-tool")


@pytest.mark.parametrize("said", ["", "{}", '{"api": "latest", "worker": "latest", "converter": "latest"}'])
def test_what_names_no_digests_is_refused(tmp_path: Path, said: str) -> None:
    (tmp_path / FILE).write_text(said)
    with pytest.raises(DeliveryError, match="does not name the digests of the three images"):
        Digests.read(tmp_path / FILE)


class Answering(Pulumi):
    """The CLI for a stack that puts out *images*, and writes down what it is told."""

    def outputs(self) -> dict[str, Any]:
        return {"images": json.loads(self.environment["images"])}

    def run(self, *arguments: str) -> str:
        with (self.directory / "ran").open("a") as file:
            file.write(" ".join(arguments) + "\n")
        return ""


def test_the_digests_that_a_stack_runs_are_written_into_another_stacks_file(tmp_path: Path) -> None:
    wanted = digests()
    dev = Answering("dev", tmp_path, {"images": wanted.model_dump_json()})
    running = Digests.running(dev)
    assert running == wanted
    running.use(Answering("prod", tmp_path))
    assert (tmp_path / "ran").read_text().splitlines() == [
        f"config set --path vectoricons:images.{each} {digest} --plaintext"
        for each, digest in wanted.model_dump().items()
    ]


def test_a_stack_that_builds_its_images_has_no_digests_to_promote(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="The stack dev does not put out the digests"):
        Digests.running(Answering("dev", tmp_path, {"images": "null"}))

"""The three images: built and pushed once a commit, or copied from another stack, by digest."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from delivery.errors import DeliveryError, Exit
from delivery.pulumi import Pulumi
from delivery.stackfile import PROJECT, StackFile

PLATFORM = "linux/amd64"  # what the task definitions ask Fargate for
FILE = "images.json"  # beside a plan: what it runs
_DIGEST = r"^sha256:[0-9a-f]{64}$"


class Digests(BaseModel):
    """What each container runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api: str = Field(pattern=_DIGEST)
    worker: str = Field(pattern=_DIGEST)
    converter: str = Field(pattern=_DIGEST)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Those in *file*. Raises DeliveryError."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except (FileNotFoundError, ValidationError) as error:
            raise DeliveryError(
                f"{file} does not name the digests of the three images.", Exit.REFUSED
            ) from error

    @classmethod
    def running(cls, pulumi: Pulumi) -> Self:
        """What *pulumi*'s stack runs. Raises DeliveryError when it does not say."""
        try:
            return cls.model_validate(pulumi.outputs().get("images"))
        except ValidationError as error:
            raise DeliveryError(
                f"The stack {pulumi.stack} does not put out the digests that it runs. Bring it up once with "
                "this program and images.source: digest.",
                Exit.REFUSED,
            ) from error

    def use(self, pulumi: Pulumi) -> None:
        """Write them into the stack file of *pulumi*'s checkout."""
        for container, digest in self.model_dump().items():
            pulumi.run("config", "set", "--path", f"{PROJECT}:images.{container}", digest, "--plaintext")


@dataclass(frozen=True)
class Repositories:
    """The repositories of a stack, and who is signed in to them."""

    file: StackFile
    session: boto3.Session = field(default_factory=boto3.Session, repr=False)

    @property
    def registry(self) -> str:
        """The host they are at."""
        return f"{self.file.account}.dkr.ecr.{self.file.region}.amazonaws.com"

    def name(self, container: str) -> str:
        """The name of a container's repository."""
        return f"{PROJECT}-{self.file.stack}-{container}"

    def address(self, container: str) -> str:
        """Where its images are pushed to and pulled from."""
        return f"{self.registry}/{self.name(container)}"

    def sign_in(self, program: str) -> None:
        """Let *program* (docker, skopeo) push and pull for twelve hours. The token is in no command line."""
        try:
            token = self._ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        except (BotoCoreError, ClientError) as error:
            raise self._refused(error) from error
        user, _, password = base64.b64decode(token).decode().partition(":")
        _run([program, "login", "--username", user, "--password-stdin", self.registry], told=password)

    def digest_of(self, container: str, wanted: Mapping[str, str]) -> str | None:
        """The digest of the image *wanted* (by imageTag or imageDigest); None when there is none."""
        try:
            found = self._ecr.describe_images(
                repositoryName=self.name(container),
                imageIds=[wanted],
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ImageNotFoundException":
                return None
            raise self._refused(error) from error
        except BotoCoreError as error:
            raise self._refused(error) from error
        return str(found["imageDetails"][0]["imageDigest"])

    @property
    def _ecr(self) -> Any:
        return self.session.client("ecr", region_name=self.file.region)

    def _refused(self, error: Exception) -> DeliveryError:
        return DeliveryError(
            f"The repositories of {self.file.stack} cannot be asked: {error}. Sign in to account "
            f"{self.file.account}, and bring the stack up once: it makes them.",
            Exit.REFUSED,
        )


def push(to: Repositories, tree: Path, commit: str, base_image: str | None) -> Iterator[tuple[str, str]]:
    """Build each image of *tree* and push it under its commit; container and digest of each.

    A tag never moves, so what has been pushed for the commit before is left as it is. Raises DeliveryError.
    """
    to.sign_in("docker")
    for container in Digests.model_fields:
        tag = f"git-{commit}"
        wanted = {"imageTag": tag}
        digest = to.digest_of(container, wanted)
        if digest is None:
            address = f"{to.address(container)}:{tag}"
            based = ["--build-arg", f"BASE_IMAGE={base_image}"] if base_image else []
            dockerfile = str(tree / "containers" / "Dockerfile")
            what = ["--file", dockerfile, "--target", container]
            options = ["--platform", PLATFORM, *based, *what, "--tag", address]
            _run(["docker", "build", *options, str(tree)])
            _run(["docker", "push", address])
            digest = to.digest_of(container, wanted)
        if digest is None:
            raise DeliveryError(f"{to.address(container)} took no image {tag}.", Exit.REFUSED)
        yield container, digest


def promote(digests: Digests, source: Repositories, to: Repositories) -> Iterator[tuple[str, str]]:
    """Copy what *source* has to *to*, bit by bit; container and digest of each.

    Who calls has signed skopeo in at *source*. What is there is not copied again. Raises DeliveryError.
    """
    to.sign_in("skopeo")
    for container, digest in digests.model_dump().items():
        if to.digest_of(container, {"imageDigest": digest}) is None:
            tag = digest.removeprefix("sha256:")[:12]  # untagged images are deleted after a while
            one, other = f"{source.address(container)}@{digest}", f"{to.address(container)}:{tag}"
            _run(["skopeo", "copy", "--preserve-digests", f"docker://{one}", f"docker://{other}"])
        yield container, digest


def _run(command: list[str], *, told: str | None = None) -> None:
    """Run *command*, its words on our standard error. Raises DeliveryError."""
    try:
        done = subprocess.run(command, input=told, text=True, stdout=2, check=False)
    except FileNotFoundError as error:
        raise DeliveryError(f"There is no {command[0]} on PATH. Install it.", Exit.MACHINE) from error
    if done.returncode:
        raise DeliveryError(f"{' '.join(command[:2])} ended with exit code {done.returncode}.", Exit.REFUSED)

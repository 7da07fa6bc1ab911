"""Images: hashed from their source where nothing runs them, built where services run as containers."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.provider.experimental import provider as sdk
from pulumi.runtime import rpc

from local.addresses import Docker
from local.provider.awsx import AwsxProvider
from local.provider.builds import BuildProvider
from local.provider.errors import RefusedError
from local.provider.values import Properties, plain_map
from tests.local.engineless import wrapped

URN = "urn:pulumi:local::vectoricons::awsx:ecr:Image$docker-build:index:Image::api"


DOCKERFILE = "# what runs\nFROM scratch AS base\nCOPY app/main.py /\n\nFROM base AS api\nCOPY app /app\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A build context whose .dockerignore lets only the source through."""
    tree = tmp_path / "tree"
    (tree / "app").mkdir(parents=True)
    (tree / "Dockerfile").write_text(DOCKERFILE)
    (tree / ".dockerignore").write_text("# only the source\n\n*\n!app\n**/*.pyc\n")
    (tree / "app" / "main.py").write_text("print()\n")
    (tree / "app" / "main.pyc").write_text("compiled")
    return tree


def docker(folder: Path, script: str) -> Docker:
    """A docker command that does as *script* says with what it is asked."""
    command = folder / "docker"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    return Docker(host="unix:///engine.sock", command=str(command), pid=None)


def inputs(tree: Path, **more: Any) -> Properties:
    """What the component gives its child."""
    return wrapped(
        {
            "context": {"location": str(tree)},
            "dockerfile": {"location": str(tree / "Dockerfile")},
            "tags": ["123456789012.dkr.ecr.us-east-1.amazonaws.com/api:build"],
            "push": True,
            **more,
        }
    )


def checked(given: Properties) -> Properties:
    """The inputs with the hash of their context."""
    answer = asyncio.run(BuildProvider().check(sdk.CheckRequest(URN, {}, given, b"")))
    assert not answer.failures
    return answer.inputs or {}


def digest(given: Properties, *, preview: bool = False, built_by: Docker | None = None) -> Any:
    """The digest of the image that is built of them."""
    request = sdk.CreateRequest(URN, checked(given), 0, preview)
    return plain_map(asyncio.run(BuildProvider(built_by).create(request)).properties)["digest"]


def test_the_digest_follows_what_is_built_and_nothing_else(tree: Path) -> None:
    first = digest(inputs(tree))
    assert first == digest(inputs(tree), preview=True)
    assert first.startswith("sha256:")

    (tree / "README.md").write_text("not sent")
    (tree / "app" / "main.pyc").write_text("compiled anew")
    os.utime(tree / "app" / "main.py", (0, 0))
    assert digest(inputs(tree)) == first

    seen = {first}
    (tree / "app" / "main.py").write_text("print(1)\n")
    seen.add(digest(inputs(tree)))
    (tree / "app" / "main.py").chmod(0o755)
    seen.add(digest(inputs(tree)))
    (tree / "app" / "other.py").write_text("print(1)\n")
    seen.add(digest(inputs(tree)))
    (tree / "Dockerfile").write_text(DOCKERFILE.replace("scratch", "debian"))
    seen.add(digest(inputs(tree)))
    seen.add(digest(inputs(tree, buildArgs={"PYTHON": "3.11"})))
    seen.add(digest(inputs(tree, target="api")))
    seen.add(digest(inputs(tree, platforms=["linux/arm64"])))
    (tree / "Dockerfile.dockerignore").write_text("*\n")
    seen.add(digest(inputs(tree)))
    assert len(seen) == 9


def test_a_target_follows_its_own_stages_and_what_they_copy(tree: Path) -> None:
    def both() -> tuple[str, str]:
        return digest(inputs(tree, target="base")), digest(inputs(tree, target="api"))

    base, api = both()
    (tree / "app" / "other.py").write_text("of the api\n")
    (tree / "Dockerfile").write_text(f"{DOCKERFILE}CMD api\n# said better\n")
    base_after, api_after = both()
    assert base_after == base
    assert api_after != api
    (tree / "app" / "main.py").write_text("of both\n")
    assert not {base, api_after} & set(both())


def test_without_a_dockerignore_whatever_is_copied_counts(tree: Path) -> None:
    (tree / ".dockerignore").unlink()
    before = digest(inputs(tree))

    (tree / "app" / "README.md").write_text("sent")

    assert digest(inputs(tree)) != before


def test_a_target_that_is_not_there_is_refused_with_those_that_are(tree: Path) -> None:
    request = sdk.CheckRequest(URN, {}, inputs(tree, target="apo"), b"")
    (failure,) = asyncio.run(BuildProvider().check(request)).failures or []
    assert failure.property == "target"
    assert failure.reason.endswith("Dockerfile has no stage apo. The stages with a name are: base, api.")


def test_a_changed_source_is_an_update(tree: Path) -> None:
    old = checked(inputs(tree))
    same = asyncio.run(BuildProvider().diff(sdk.DiffRequest(URN, "api", old, checked(inputs(tree)), [])))
    (tree / "app" / "main.py").write_text("print(1)\n")
    new = checked(inputs(tree))
    found = asyncio.run(BuildProvider().diff(sdk.DiffRequest(URN, "api", old, new, [])))

    assert (same.changes, found.changes, found.replaces) == (False, True, [])
    assert list(found.detailed_diff) == ["contextHash"]
    update = sdk.UpdateRequest(URN, "api", old, new, 0, [], preview=False)
    built = plain_map(asyncio.run(BuildProvider().update(update)).properties)
    assert built["digest"] == f"sha256:{built['contextHash']}"
    asyncio.run(BuildProvider().delete(sdk.DeleteRequest(URN, "api", new, 0)))


def test_a_context_that_is_not_there_is_refused_by_its_path(tmp_path: Path) -> None:
    request = sdk.CheckRequest(URN, {}, inputs(tmp_path / "nowhere"), b"")

    failures = asyncio.run(BuildProvider().check(request)).failures or []

    assert [f.property for f in failures] == ["context.location", "dockerfile.location"]
    assert failures[1].reason.endswith(
        "nowhere/Dockerfile does not exist. It is what the image is built from."
    )


def test_where_services_are_containers_it_builds_and_says_the_digest(tree: Path, tmp_path: Path) -> None:
    keep = (
        f'echo "$@" > {tmp_path}/asked\n'
        "for word; do case $word in --iidfile=*) echo sha256:4f53 > ${word#*=};; esac; done"
    )
    engine = docker(tmp_path, keep)
    given = inputs(tree, buildArgs={"PYTHON": "3.11"}, platforms=["linux/amd64"], target="api")

    assert digest(given, preview=True, built_by=engine) == rpc.UNKNOWN
    assert digest(given, built_by=engine) == "sha256:4f53"

    asked = (tmp_path / "asked").read_text().split()
    assert asked[:3] == ["--host", "unix:///engine.sock", "build"]
    assert asked[-1] == str(tree)
    assert {
        "--build-arg=PYTHON=3.11",
        "--build-arg=BASE_IMAGE=vectoricons-base",
        "--platform=linux/amd64",
        "--tag=123456789012.dkr.ecr.us-east-1.amazonaws.com/api:build",
        "--target=api",
        f"--file={tree}/Dockerfile",
    } <= set(asked)


def test_a_build_that_fails_is_said_in_docker_s_words(tree: Path, tmp_path: Path) -> None:
    engine = docker(tmp_path, 'echo "no such base image" >&2\nexit 1')

    with pytest.raises(RefusedError, match=r"docker could not build .*Dockerfile: no such base image"):
        digest(inputs(tree), built_by=engine)


def test_other_components_and_other_inputs_are_refused_in_sentences() -> None:
    def construct(token: str, **given: Any) -> None:
        request = sdk.ConstructRequest(token, "api", wrapped(given), pulumi.ResourceOptions())
        asyncio.run(AwsxProvider().construct(request))

    with pytest.raises(
        RefusedError, match="The local region has no awsx:ec2:Vpc: of awsx it builds awsx:ecr:Image"
    ):
        construct("awsx:ec2:Vpc")
    with pytest.raises(InputPropertiesError) as caught:
        construct("awsx:ecr:Image", repositoryUri="x")
    assert {error["property_path"] for error in caught.value.errors or []} == {
        "repositoryUri",
        "repositoryUrl",
    }

"""Container images without a registry: built where services run as containers, else only hashed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath

from docker.utils.build import exclude_paths
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import PropertyValue
from pydantic import Field

from local.addresses import Docker
from local.docker import build as docker_build
from local.docker.build import BuildError, build
from local.docker.dockerfile import Dockerfile, Stage
from local.provider.errors import RefusedError
from local.provider.resources import Inputs
from local.provider.values import UNKNOWN, changes, is_unknown, plain_map, wrap

EXECUTABLE = 0o111


class Location(Inputs):
    """A path on this machine."""

    location: str


class Build(Inputs):
    """What is built: the context, the file that says how, and what it is called then."""

    context: Location
    dockerfile: Location
    build_args: dict[str, str] = Field(default_factory=dict)
    platforms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    target: str = ""

    @property
    def for_docker(self) -> docker_build.Build:
        """The same, as it is asked of Docker."""
        return docker_build.Build(
            context=self.folder,
            dockerfile=self.file,
            arguments=self.build_args,
            platforms=self.platforms,
            tags=self.tags,
            target=self.target,
        )

    @property
    def folder(self) -> Path:
        """The build context."""
        return Path(self.context.location)

    @property
    def file(self) -> Path:
        """The Dockerfile."""
        return Path(self.dockerfile.location)


class BuildProvider(sdk.Provider):
    """The type `docker-build:index:Image`: the child that awsx's image component builds with.

    It builds with *docker*; without one nobody runs images, and a hash stands for each.
    """

    def __init__(self, docker: Docker | None = None) -> None:
        super().__init__()
        self._docker = docker

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        """Refuse a context that is not there; add its hash, so that a changed source is a change."""
        build = _parse(request.new_inputs)
        failures = [
            sdk.CheckFailure(name, f"{path} does not exist. It is what the image is built from.")
            for name, path in (("context.location", build.folder), ("dockerfile.location", build.file))
            if not path.exists()
        ] or list(_without_target(build))
        if failures:
            return sdk.CheckResponse(request.new_inputs, failures)
        hashed = await asyncio.to_thread(context_hash, build)
        return sdk.CheckResponse({**request.new_inputs, "contextHash": wrap(hashed)}, [])

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        """Whatever changed is built again in place: a digest replaces nothing."""
        found = list(changes(request.old_state, request.new_inputs))
        kind = sdk.PropertyDiff(sdk.PropertyDiffKind.UPDATE, input_diff=True)
        return sdk.DiffResponse(changes=bool(found), detailed_diff={c.path: kind for c in found})

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        """Build the image."""
        outputs = await asyncio.to_thread(self._outputs, request.properties, preview=request.preview)
        return sdk.CreateResponse("" if request.preview else request.name, {**request.properties, **outputs})

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        """Build the image again."""
        outputs = await asyncio.to_thread(self._outputs, request.news, preview=request.preview)
        return sdk.UpdateResponse({**request.news, **outputs})

    async def delete(self, request: sdk.DeleteRequest) -> None:
        """Images stay where they are: other stacks may run them."""

    def _outputs(
        self, properties: Mapping[str, PropertyValue], *, preview: bool
    ) -> Mapping[str, PropertyValue]:
        if self._docker is None:
            return {"digest": wrap(f"sha256:{properties['contextHash'].value}")}
        return {"digest": UNKNOWN if preview else wrap(_built(self._docker, _parse(properties)))}


def _without_target(build: Build) -> Iterator[sdk.CheckFailure]:
    stages = [stage.name for stage in Dockerfile.read(build.file).stages]
    if build.target and build.target not in stages:
        known = ", ".join(filter(None, stages)) or "none"
        reason = f"{build.file} has no stage {build.target}. The stages with a name are: {known}."
        yield sdk.CheckFailure("target", reason)


def context_hash(build: Build) -> str:
    """SHA-256 of all that a build depends on: the target's stages, the files they copy, the arguments."""
    stages = Dockerfile.read(build.file).made_of(build.target)
    digest = hashlib.sha256()
    settings = {"args": build.build_args, "platforms": build.platforms, "target": build.target}
    digest.update(json.dumps(settings, sort_keys=True).encode())
    digest.update(json.dumps([stage.instructions for stage in stages]).encode())
    for path in _files(build, stages):
        file = build.folder / path
        mode = "x" if file.stat().st_mode & EXECUTABLE else "-"
        digest.update(f"\0{path}\0{mode}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files(build: Build, stages: Sequence[Stage]) -> Iterator[str]:
    """The files that *stages* copy, by .dockerignore: the one beside the Dockerfile first, as in BuildKit."""
    own = build.file.with_name(f"{build.file.name}.dockerignore")
    ignore = own if own.exists() else build.folder / ".dockerignore"
    patterns = _patterns(ignore.read_text(encoding="utf-8")) if ignore.exists() else []
    copied = [PurePath(path) for stage in stages for path in stage.copied]
    for path in sorted(exclude_paths(str(build.folder), patterns)):
        if (build.folder / path).is_file() and any(map(PurePath(path).is_relative_to, copied)):
            yield path


def _patterns(text: str) -> list[str]:
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _built(docker: Docker, asked: Build) -> str:
    """Build with Docker; gives the image's digest (`sha256:...`)."""
    try:
        return build(docker, asked.for_docker, lambda line: None)
    except BuildError as error:
        raise RefusedError(f"docker could not build {asked.file}: {error}") from error


def _parse(properties: Mapping[str, PropertyValue]) -> Build:
    """The build; what is unknown at preview (the repository's URL in a tag) has no part in it yet."""
    known = {name: value for name, value in properties.items() if not is_unknown(value)}
    return Build.model_validate(plain_map(known))

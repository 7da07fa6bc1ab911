"""Container images, by digest: built and shipped by `pulumi up`, or pushed by CI. The one use of awsx."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Output, ResourceOptions
from pulumi_aws import ecr
from pulumi_awsx import ecr as awsx_ecr

from components.base import Component
from components.sections.services import BuiltImages, GivenImages

_UNTAGGED_DAYS = 14
_TAGGED_KEPT = 50
# The one tag that may move, where `pulumi up` ships to. Tasks run digests, so nothing else sees it.
_MOVING_TAG = "build"
HEALTH: Mapping[str, Sequence[str]] = {
    "api": ("python", "-m", "containers.api.alive"),
    "worker": ("python", "-m", "vectoricons.common.heartbeat"),
    "converter": ("python", "-m", "vectoricons.common.heartbeat"),
}
"""How each image is asked whether it lives: as in the Dockerfile, of which ECS takes no notice."""


@dataclass(frozen=True, slots=True)
class Image:
    """What a task runs, and the ARN of the repository it may be pulled from."""

    uri: Output[str]
    repository: str
    health: Sequence[str] = ()  # the command that tells whether its long-running processes live


@dataclass(frozen=True, kw_only=True, slots=True)
class ImagesArgs:
    """Where the images come from."""

    source: BuiltImages | GivenImages


class Images(Component):
    """The images of the three containers, each in a repository that scans what it gets.

    Creates: for each of api, worker and converter aws.ecr.Repository, aws.ecr.LifecyclePolicy, and
    awsx.ecr.Image where the source is ``build``.
    """

    def __init__(self, name: str, args: ImagesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.api = self._image("api", args.source)
        self.worker = self._image("worker", args.source)
        self.converter = self._image("converter", args.source)
        self.repositories = [image.repository for image in (self.api, self.worker, self.converter)]
        # What whoever promotes them reads; where `pulumi up` builds there is nothing to promote.
        self.digests = dict(args.source.digests) if isinstance(args.source, GivenImages) else None
        self.register_outputs(
            {"api": self.api.uri, "worker": self.worker.uri, "converter": self.converter.uri}
        )

    def _image(self, container: str, source: BuiltImages | GivenImages) -> Image:
        repository = self._repository(container, source)
        arn = self.names.arn("repository", self.names.of("repository", container))
        if isinstance(source, GivenImages):
            digest = source.digests[container]
            return Image(
                repository.repository_url.apply(lambda url: f"{url}@{digest}"), arn, HEALTH[container]
            )
        built = awsx_ecr.Image(
            self.child(f"{container}-image"),
            repository_url=repository.repository_url,
            context=".",
            dockerfile="containers/Dockerfile",
            target=container,
            platform="linux/amd64",
            image_tag=_MOVING_TAG,
            opts=self.child_opts(),
        )
        return Image(built.image_uri, arn, HEALTH[container])

    def _repository(self, container: str, source: BuiltImages | GivenImages) -> ecr.Repository:
        moving = isinstance(source, BuiltImages)
        repository = ecr.Repository(
            self.child(container),
            name=self.names.of("repository", container),
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION" if moving else "IMMUTABLE",
            image_tag_mutability_exclusion_filters=(
                [{"filter": _MOVING_TAG, "filter_type": "WILDCARD"}] if moving else None
            ),
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "AES256"}],
            force_delete=not self.care.protect,
            tags=self.tags(),
            opts=self.child_opts(protect=self.care.protect),
        )
        ecr.LifecyclePolicy(
            self.child(f"{container}-lifecycle"),
            repository=repository.name,
            policy=_lifecycle(),
            opts=self.child_opts(),
        )
        return repository


def _lifecycle() -> str:
    """Keep what a roll-back may want; forget the rest."""
    untagged = {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days"}
    tagged = {"tagStatus": "tagged", "tagPatternList": ["*"], "countType": "imageCountMoreThan"}
    rules = [
        {
            "rulePriority": 1,
            "selection": untagged | {"countNumber": _UNTAGGED_DAYS},
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "selection": tagged | {"countNumber": _TAGGED_KEPT},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules})

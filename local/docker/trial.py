"""`make images`: every image built, looked into, and run as production runs it, in a region of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docker import DockerClient
from docker.models.containers import Container

from local.addresses import Docker
from local.docker import batch, harmless, inspection
from local.docker.engine import client
from local.docker.images import DOCKERFILE, build_all
from local.docker.stopping import Stopping
from local.progress import Step, Steps
from local.region.bringing_up import PUBLIC_PATIENCE, BringingUp
from local.region.life import Region
from local.region.ports import Ports
from local.region.record import read_look
from local.runner.containers import LABEL
from local.sample.contributor import Contributor
from local.sample.pack import FILENAME, sample_pack
from local.setup.errors import CommandError, Exit

HEALTH_PATIENCE = 240.0
WORK = "worker-images"
"""The service that is stopped while it has work in hand."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of `make images` on *tree*."""

    tree: Path
    steps: Steps

    def run(self) -> Mapping[str, Any]:
        """All of it; what was measured. Raises CommandError at the first thing that is not as it must be."""
        with TemporaryDirectory(prefix="vectoricons-images-", ignore_cleanup_errors=True) as folder:
            region = Region(Path(folder) / "region", Ports.free_base(), self.tree)
            try:
                region.begin(self.steps, as_containers=True)
                return self._tried(region, _docker_of(region))
            finally:
                with self.steps.step("Region ended"):
                    region.end()

    def _tried(self, region: Region, docker: Docker) -> Mapping[str, Any]:
        engine = client(docker)
        built = build_all(docker, self.tree, self.steps)
        sizes = {name: self._inspected(engine, name, identity) for name, identity in built.items()}
        bringing_up = BringingUp(region, self.steps)
        bringing_up.declare()
        bringing_up.wait_until_ready()
        with self.steps.step("Containers: nobody's rights, nothing to write, well") as step:
            self._are_harmless(_containers_of(engine, region))
            self._are_well(_containers_of(engine, region), step)
        stopped = {**self._work_goes_on(region, bringing_up), **self._all_stop(region)}
        with self.steps.step("Converter: stopped at its work"):
            stopped["converter"] = batch.stopped_at_work(engine, built["converter"])
        return {"megabytes": sizes, "seconds_to_stop": stopped}

    def _inspected(self, engine: DockerClient, name: str, identity: str) -> int:
        """The size of an image that is as it must be."""
        image = engine.images.get(identity)
        with self.steps.step(f"Image: {name}, looked into"):
            found = inspection.faults(engine, image)
        if found:
            raise CommandError(f"{name} of {DOCKERFILE}: " + "; ".join(found))
        return inspection.megabytes(image)

    def _are_harmless(self, containers: list[Container]) -> None:
        for container in containers:
            harmless.require(container)

    def _are_well(self, containers: list[Container], step: Step) -> None:
        """Until the health check of each has succeeded."""
        deadline = time.monotonic() + HEALTH_PATIENCE
        while True:
            for container in containers:
                container.reload()
            well = [container for container in containers if container.health == "healthy"]
            step.reach(len(well), len(containers))
            if len(well) == len(containers):
                return
            if time.monotonic() > deadline:
                ill = ", ".join(sorted(str(one.name) for one in containers if one not in well))
                raise CommandError(f"The health check has not succeeded in: {ill}", Exit.SERVICE)
            time.sleep(1)

    def _work_goes_on(self, region: Region, bringing_up: BringingUp) -> Mapping[str, float]:
        """Stop a worker at its work: it ends in time with status 0, and no file is lost or made twice."""
        account, content = bringing_up.contributor(), sample_pack()
        contributor = Contributor(region.record.site)
        contributor.sign_in(account.email, account.password)
        stopping = Stopping(region.record, [WORK])
        in_hand = 0
        with self.steps.step("Work: stopped in the middle, and none lost") as step:
            upload = contributor.upload(FILENAME, content)

            def watch(counts: Mapping[str, int]) -> None:
                nonlocal in_hand
                done = counts["ready"] + counts["rejected"]
                step.reach(done, max(counts["total"], 1))
                if counts["total"] and not stopping.has_begun:
                    in_hand = counts["total"] - done
                    stopping.restart()

            published = contributor.follow(upload, watch, patience=PUBLIC_PATIENCE)
            seconds = stopping.finish()
        if not in_hand or published.rejected:
            raise CommandError(
                f"{WORK} was to be stopped at its work and to lose nothing; {in_hand} files were not done "
                f"yet, and {published.rejected} were rejected.",
                Exit.SAMPLE,
            )
        return {f"{WORK}, at work": max(seconds.values())}

    def _all_stop(self, region: Region) -> Mapping[str, float]:
        services = [service.name for service in read_look(region.directory).services]
        with self.steps.step("Services: each ends on SIGTERM with status 0"):
            stopping = Stopping(region.record, services)
            stopping.scale_in()
            return stopping.finish()


def _docker_of(region: Region) -> Docker:
    docker = region.record.docker
    if docker is None:
        raise RuntimeError(f"The region in {region.directory} was begun without Docker")
    return docker


def _containers_of(engine: DockerClient, region: Region) -> list[Container]:
    return engine.containers.list(filters={"label": f"{LABEL}={region.directory}"})

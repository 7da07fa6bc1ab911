"""From nothing to a family of icons that anybody can see: the steps of `make up`."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from delivery.errors import DeliveryError
from delivery.stack import Stack
from delivery.tasks.driver import Run
from delivery.tasks.runnable import find
from delivery.tasks.watching import Kept
from local.engine.stack import Program
from local.engine.tools import require
from local.files import write_private
from local.progress import Step, Steps
from local.region.databases import databases_in
from local.region.life import Region
from local.region.record import RegionRecord, read_look
from local.region.sources import DECLARED, fingerprint
from local.region.story import Account, Story
from local.runner.status import Look
from local.sample.contributor import Contributor
from local.sample.pack import FILENAME, sample_pack
from local.setup.errors import CommandError, Exit

STACK = "local"
EMAIL, NAME = "ada@vectoricons.example", "Ada Draws"
READY_PATIENCE = 120.0
HOPELESS = 4
"""Ends in a row after which nobody need wait for a service any longer."""
PUBLIC_PATIENCE = 300.0


class BringingUp:
    """One `make up` of *region*, shown by *steps*. Every step done before is left out."""

    def __init__(self, region: Region, steps: Steps) -> None:
        self._region = region
        self._steps = steps
        self._fingerprint = fingerprint(region.tree, DECLARED)
        self.story = Story.read(region.directory)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.story.sample) and self.story.declared_from == self._fingerprint

    def run(self) -> None:
        """All of it. Raises CommandError at the first step that fails; the next run goes on from there."""
        self.declare()
        self.wait_until_ready()
        account = self.contributor()
        if not self.story.sample:
            self._publish_sample(account)

    def declare(self) -> None:
        """`pulumi up` with the policy pack, unless the region is what the sources say already."""
        if self.story.declared_from == self._fingerprint:
            return
        program = program_of(self._region)
        docker = self._region.record.docker
        if docker:
            from local.docker.images import build_all  # here: hardly a region has containers

            build_all(docker, self._region.tree, self._steps)
        with self._steps.step("Pulumi: up, with the policy pack") as step:
            program.configure(settings_of(self._region.record), self._region.record.sink)
            try:
                outputs = program.up(self._region.tree / "policy" / "run", step)
                write_private(program.directory / "outputs.json", json.dumps(outputs))
            finally:
                self._remember(databases=databases_in(program.export()))
        self._remember(declared_from=self._fingerprint)

    def wait_until_ready(self) -> None:
        """Until every service runs and the API says that it is ready. Raises CommandError."""
        asked, deadline = time.time(), time.monotonic() + READY_PATIENCE
        with self._steps.step("Services: all running, the API ready") as step:
            while not self._is_ready(step, asked):
                if time.monotonic() > deadline:
                    raise _not_ready(read_look(self._region.directory))
                time.sleep(0.1)

    def contributor(self) -> Account:
        """The account of a contributor, made by a task of the api if there is none. Raises CommandError."""
        if self.story.account:
            return self.story.account
        with self._steps.step("Contributor: an account"):
            account = self._new_account()
        self._remember(account=account)
        return account

    def _new_account(self) -> Account:
        heard = Kept()
        try:
            run = Run(find(Stack.at_home(self._region.directory), "api"))
            run.start(["api", "add-contributor", EMAIL, "--name", NAME], shards=1)
            code = run.follow(heard)
        except DeliveryError as error:
            raise CommandError(str(error), Exit.SAMPLE) from error
        password = next((event["password"] for event in heard.events if "password" in event), None)
        if code or not password:
            said = " / ".join([*heard.lines, *run.faults])
            raise CommandError(f"`api add-contributor` gave no account: {said}", Exit.SAMPLE)
        return Account(email=EMAIL, password=password)

    def _publish_sample(self, account: Account) -> None:
        contributor = Contributor(self._region.record.site)
        with self._steps.step("Sample: sixty icons uploaded"):
            contributor.sign_in(account.email, account.password)
            upload = contributor.upload(FILENAME, sample_pack())
        with self._steps.step("Sample: from uploaded to public") as step:
            published = contributor.follow(
                upload, lambda counts: _show(step, counts), patience=PUBLIC_PATIENCE
            )
        if published.rejected:
            self._steps.console.print(f"[yellow]{published.rejected} of the sample's files were rejected.[/]")
        self._remember(sample=published.address)

    def _is_ready(self, step: Step, asked: float) -> bool:
        """Whether a look that began after *asked* found everything well, and so does the API."""
        look = read_look(self._region.directory)
        if look.began < asked:
            return False
        running = sum(status.running == status.desired for status in look.services)
        step.reach(running, max(len(look.services), 1))
        if any(status.ends_in_a_row >= HOPELESS for status in look.services):
            raise _not_ready(look)
        return look.is_well and _answers(f"{self._region.record.site}/readyz")

    def _remember(self, **news: Any) -> None:
        self.story = self.story.model_copy(
            update={**news, "seconds": {**self.story.seconds, **self._steps.seconds}}
        )
        self.story.write(self._region.directory)


def program_of(region: Region) -> Program:
    """The project's program as the stack of *region*."""
    return Program(require(), region.tree, STACK, region.directory / "engine", region.directory)


def settings_of(record: RegionRecord) -> Mapping[str, Any]:
    """What the stack file says differently in this region: its addresses."""
    ports = record.ports
    return {
        "site": record.site,
        "stream": f"http://127.0.0.1:{ports['stream']}",
        "icons": f"http://127.0.0.1:{ports['icons']}",
        "assets": record.edge,
        "ports": {name: ports[name] for name in ("api", "stream", "icons")},
    }


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310 (the region's own address)
            return bool(answer.status == 200)
    except (URLError, TimeoutError, ConnectionError):
        return False


def _not_ready(look: Look) -> CommandError:
    troubles = [
        f"{status.name}: {status.last_end or 'not started'}; its last words: {status.last_words or 'none'}"
        for status in look.services
        if status.running < status.desired
    ]
    what = "\n".join(troubles) or "every service runs, but the API does not say that it is ready"
    return CommandError(
        f"The region is not ready.\n{what}\nSee more with: make logs SERVICE=api", Exit.SERVICE
    )


def _show(step: Step, counts: Mapping[str, int]) -> None:
    step.reach(counts["ready"] + counts["rejected"], max(counts["total"], 1))

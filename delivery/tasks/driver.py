"""Run a task in shards on ECS, follow them to their end, stop them when asked to."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from delivery.errors import DeliveryError, Exit
from delivery.tasks import reasons
from delivery.tasks.lines import Lines
from delivery.tasks.runnable import ON_DEMAND, Runnable

SECONDS_BETWEEN_LOOKS = 1.0
LATE_LOOKS = 3
"""Looks at the log of a task that has ended: CloudWatch takes a moment to show the last lines."""
STARTED_BY = "delivery"


class Watch(Protocol):
    """Somebody who watches a run."""

    def line(self, shard: Shard, text: str) -> None:
        """A line that *shard* wrote."""

    def looked(self, shards: Sequence[Shard]) -> None:
        """How far everything is."""


@dataclass(slots=True)
class Shard:
    """One of the tasks that share the work, as it was at the last look."""

    label: str
    arn: str
    lines: Lines | None
    status: str = "PROVISIONING"
    exit_code: int | None = None
    reason: str = ""
    looks_since: int = 0


@dataclass
class Run:
    """A task under way."""

    runnable: Runnable
    shards: list[Shard] = field(default_factory=list)

    def start(self, command: Sequence[str], shards: int) -> None:
        """Start *command* as so many tasks; what was started is stopped again when one cannot be."""
        for number in range(1, shards + 1):
            part = ["--shard", f"{number}/{shards}"] if shards > 1 else []
            label = f"{self.runnable.name} {number}/{shards}" if shards > 1 else self.runnable.name
            try:
                self.shards.append(self._start_one(label, [*command, *part]))
            except DeliveryError:
                self.stop("Another shard could not be started")
                raise

    def follow(self, watch: Watch) -> int:
        """Hand on what the shards write until all have ended; the worst of their exit codes."""
        while True:
            self._look()
            for shard in self.shards:
                for line in shard.lines.new() if shard.lines else ():
                    watch.line(shard, line)
            watch.looked(self.shards)
            if all(self._is_over(shard) for shard in self.shards):
                return max(Exit.TASK if shard.exit_code is None else shard.exit_code for shard in self.shards)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def stop(self, reason: str) -> None:
        """Ask ECS to stop every shard; each has its stop time-out to end by itself."""
        for shard in self.shards:
            self.runnable.stack.ecs().stop_task(cluster=self.runnable.cluster, task=shard.arn, reason=reason)

    @property
    def faults(self) -> Iterator[str]:
        """Of each shard that did not end well: which and why."""
        for shard in self.shards:
            if shard.exit_code is None:
                yield f"{shard.label} never ran: {shard.reason}"
            elif shard.exit_code:
                yield f"{shard.label} ended with exit code {shard.exit_code}. {shard.reason}"

    def _start_one(self, label: str, command: Sequence[str]) -> Shard:
        what = self.runnable
        try:
            answer = self.runnable.stack.ecs().run_task(
                cluster=what.cluster,
                taskDefinition=what.definition,
                count=1,
                startedBy=STARTED_BY,
                enableECSManagedTags=True,
                propagateTags="TASK_DEFINITION",
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": [*what.subnets],
                        "securityGroups": [*what.security_groups],
                        "assignPublicIp": "DISABLED",
                    }
                },
                overrides={"containerOverrides": [{"name": what.container, "command": [*command]}]},
                **_capacity(what.capacity),
            )
        except (ClientError, BotoCoreError) as error:
            raise DeliveryError(
                f"{label} cannot be started. {reasons.in_words(str(error))}", Exit.TASK
            ) from error
        if not answer["tasks"]:
            said = "; ".join(failure.get("reason", "") for failure in answer["failures"])
            raise DeliveryError(f"{label} cannot be started. {reasons.in_words(said)}", Exit.TASK)
        arn = answer["tasks"][0]["taskArn"]
        lines = (
            Lines(what.stack.logs(), what.log, what.container, arn.rpartition("/")[2]) if what.log else None
        )
        return Shard(label, arn, lines)

    def _is_over(self, shard: Shard) -> bool:
        """Whether it has ended, and its last lines are there: the laptop region delivers them first."""
        late = 0 if self.runnable.stack.region else LATE_LOOKS
        return shard.status == "STOPPED" and shard.looks_since >= late

    def _look(self) -> None:
        arns = [shard.arn for shard in self.shards]
        found = self.runnable.stack.ecs().describe_tasks(cluster=self.runnable.cluster, tasks=arns)["tasks"]
        by_arn = {task["taskArn"]: task for task in found}
        for shard in self.shards:
            self._take_in(shard, by_arn.get(shard.arn))

    def _take_in(self, shard: Shard, task: Any) -> None:
        if shard.status == "STOPPED":
            shard.looks_since += 1
        elif task is None:
            shard.status, shard.reason = "STOPPED", "ECS does not know it any more."
        else:
            shard.status = task["lastStatus"]
            codes = {one["name"]: one.get("exitCode") for one in task["containers"]}
            shard.exit_code = codes.get(self.runnable.container) if shard.status == "STOPPED" else None
            shard.reason = reasons.of_task(task) if shard.status == "STOPPED" else ""


def _capacity(provider: str) -> Any:
    """Services say where they run; moto, and an account's defaults, want to be told for a single task."""
    if provider == ON_DEMAND:
        return {"launchType": ON_DEMAND}
    return {"capacityProviderStrategy": [{"capacityProvider": provider, "weight": 1}]}

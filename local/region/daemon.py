"""The process a region lives in: its servers, its cloud, its runner. All of the region ends with it."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event

from local import postgres, valkey
from local.addresses import Docker, Operator
from local.cloud import ACCOUNT, REGION, Cloud, CloudPorts
from local.processes import Identity
from local.region.ports import Ports
from local.region.record import Processes, RegionRecord, write_look
from local.region.servers import Servers
from local.region.sources import REGION as REGION_SOURCES
from local.region.sources import fingerprint
from local.runner.logs import Logs
from local.runner.processes import ProcessLauncher
from local.runner.program import Launcher
from local.runner.runner import Runner

SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True, slots=True)
class Daemon:
    """A region in *directory*, running the programs of *tree*, as processes or *as_containers*."""

    directory: Path
    ports: Ports
    servers: Servers
    tree: Path
    as_containers: bool = False

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then end everything in order: tasks, cloud, servers."""
        ending = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ending.set())
        with ExitStack() as running:
            docker = self._start_docker(running) if self.as_containers else None
            parts = self._start_servers(running)
            if docker and docker.pid:
                parts["Docker"] = _identity(docker.pid)
            processes = Processes(parts=parts)
            processes.write(self.directory)
            runner = self._start_cloud(running, docker)
            while not ending.wait(SECONDS_BETWEEN_LOOKS):
                write_look(self.directory, runner.look())
                tasks = [Identity.of(pid) for pid in runner.pids]
                latest = Processes(parts=parts, tasks=[task for task in tasks if task])
                if latest != processes:
                    processes = latest
                    processes.write(self.directory)

    def _start_docker(self, running: ExitStack) -> Docker:
        from local.docker import engine  # here: hardly a region has containers

        return running.enter_context(engine.running(self.directory / "docker.log"))

    def _start_servers(self, running: ExitStack) -> dict[str, Identity]:
        """Start what is embedded; the processes of the region by name."""
        parts = {"daemon": _identity(os.getpid())}
        if self.servers.embeds_postgres:
            database = running.enter_context(
                postgres.running(self.directory / "postgres", self.ports.postgres)
            )
            parts["Postgres"] = _identity(database.process.pid)
        if self.servers.embeds_valkey:
            cache = running.enter_context(valkey.running(self.directory / "valkey", self.ports.valkey))
            parts["Valkey"] = _identity(cache.process.pid)
        return parts

    def _start_cloud(self, running: ExitStack, docker: Docker | None) -> Runner:
        cloud = Cloud(CloudPorts(aws=self.ports.aws, edge=self.ports.edge, platform=self.ports.platform))
        operator = cloud.start()
        running.callback(cloud.stop)
        logs = Logs(self.directory / "logs")
        runner = Runner(cloud, self._launcher(docker, logs), logs)
        running.callback(runner.stop)
        RegionRecord(
            endpoint=cloud.endpoint,
            account=ACCOUNT,
            region=REGION,
            operator=Operator(access_key=operator.access_key, secret_key=operator.secret_key),
            postgres=self.servers.postgres,
            valkey=self.servers.valkey,
            edge=f"http://127.0.0.1:{self.ports.edge}",
            docker=docker,
            sink=f"http://127.0.0.1:{self.ports.platform}/slack",
            ports=asdict(self.ports),
            made_by=fingerprint(self.tree, REGION_SOURCES),
        ).write(self.directory)
        return runner

    def _launcher(self, docker: Docker | None, logs: Logs) -> Launcher:
        if docker is None:
            return ProcessLauncher(self.tree, Path(sys.executable).parent, logs)
        from local.docker.engine import client
        from local.runner.containers import ContainerLauncher

        return ContainerLauncher(client(docker), str(self.directory), logs)


def _identity(pid: int) -> Identity:
    found = Identity.of(pid)
    if found is None:
        raise RuntimeError(f"The process {pid} ended as soon as it had started")
    return found

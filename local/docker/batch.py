"""The converter as a container at its work, asked to stop before it is done."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from docker import DockerClient
from docker.models.containers import Container

from local.docker import harmless
from local.sample.pack import sample_pack
from local.setup.errors import CommandError, Exit

COPIES = 30
"""Of the sample's drawings: more than it can convert before it is asked to stop."""
PATIENCE = 120
HEALTH_PATIENCE = 10
STOPPED = 1
"""The converter's status when it was stopped before the end; a second run goes on from there."""
HEALTH = ["python", "-m", "vectoricons.common.heartbeat"]


def stopped_at_work(engine: DockerClient, image: str) -> float:
    """The seconds a converter took to end what it had in hand. Raises CommandError."""
    with TemporaryDirectory(prefix="vectoricons-drawings-") as folder:
        _lay_out(Path(folder))
        container = engine.containers.run(
            image,
            ["converter", "run", "--source", "/in", "--target", "/tmp/out", "--workers", "1"],  # noqa: S108
            volumes={folder: {"bind": "/in", "mode": "ro"}},
            user="10001:10001",
            read_only=True,
            tmpfs={"/tmp": "mode=1777"},  # noqa: S108 - in the container
            cap_drop=["ALL"],
            init=True,
            network_mode="none",
            detach=True,
        )
        try:
            _wait_for_work(container)
            harmless.require(container)
            _wait_for_health(container)
            return _stopped(container)
        finally:
            container.remove(force=True)


def _lay_out(folder: Path) -> None:
    folder.chmod(0o755)
    with zipfile.ZipFile(BytesIO(sample_pack())) as pack:
        for number in range(COPIES):
            for name in filter(lambda name: name.endswith(".svg"), pack.namelist()):
                file = folder / str(number) / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(pack.read(name))


def _wait_for_work(container: Container) -> None:
    deadline = time.monotonic() + PATIENCE
    while container.exec_run(["sh", "-c", "ls /tmp/out/*/*/* >/dev/null 2>&1"])[0] != 0:
        container.reload()
        if container.status != "running" or time.monotonic() > deadline:
            raise CommandError(f"The converter does not convert: {_words(container)}", Exit.SERVICE)
        time.sleep(0.2)


def _wait_for_health(container: Container) -> None:
    """Its first results are looked for a second after it has begun."""
    deadline = time.monotonic() + HEALTH_PATIENCE
    while container.exec_run(HEALTH)[0] != 0:
        if time.monotonic() > deadline:
            raise CommandError("The converter's health check fails while it works.", Exit.SERVICE)
        time.sleep(0.2)


def _stopped(container: Container) -> float:
    began = time.monotonic()
    container.kill(signal="SIGTERM")
    status = container.wait(timeout=PATIENCE)["StatusCode"]
    words = _words(container)
    if status != STOPPED or "--resume goes on" not in words:
        raise CommandError(f"The converter did not end as it should: status {status}: {words}", Exit.SERVICE)
    return round(time.monotonic() - began, 1)


def _words(container: Container) -> str:
    return container.logs(tail=5).decode(errors="replace").strip()

"""``worker COMMAND``: one process of the pipeline, until SIGTERM; and what is run once."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

import click
from sqlalchemy.exc import OperationalError

from containers.worker import wiring
from containers.worker.doorbell import QueueName
from vectoricons import config
from vectoricons.common import heartbeat, log, migrate, observability
from vectoricons.common.errors import SchemaMismatch
from vectoricons.common.plugins.notifications import AppStarted
from vectoricons.config import ServiceSettings

READINESS_PAUSE = 1.0  # seconds between looks at a database that is not ready

logger = log.get(__name__)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The workers of VectorIcons. Each command is set by its environment and runs until SIGTERM."""
    service = config.load(ServiceSettings)
    log.configure(service.service, service.log_level)
    observability.begin(service.service, service.log_level)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


@main.command()
def intake() -> None:
    """Take in ZIPs as S3 tells of them."""
    consumer = wiring.intake()
    _run(lambda: consumer.run(wiring.stop()))


@main.command()
def images() -> None:
    """Draw the files of uploads."""
    with wiring.renderer():
        wiring.image_processor()
        _run(lambda: _work(QueueName.IMAGES))


@main.command()
def previews() -> None:
    """Make families' previews and publish them."""
    with wiring.renderer():
        wiring.preview_maker()
        _run(lambda: _work(QueueName.PREVIEWS))


@main.command()
def relay() -> None:
    """Send events from the outbox to SNS."""
    sender = wiring.relay()
    _run(lambda: sender.run(wiring.stop()))


@main.command()
def messenger() -> None:
    """Hear of events: tell people, have pages forgotten, run plugins, send letters."""
    consumer, postman = wiring.messenger(), wiring.postman()

    def work() -> None:
        with wiring.database().unit_of_work(wiring.MESSENGER) as unit:
            unit.emit(AppStarted(service="worker-messenger").event())
        with postman.beside(wiring.stop()):
            consumer.run(wiring.stop())

    _run(work)


@main.command()
def reaper() -> None:
    """Find lost work and have it done; tell how much there is to do; end what is over."""
    finder, report, housekeeping = wiring.reaper(), wiring.backlog_report(), wiring.housekeeping()

    def work() -> None:
        with report.beside(wiring.stop()), housekeeping.beside(wiring.stop()):
            finder.run(wiring.stop())

    _run(work)


@main.command("open-icons")
def open_icons() -> None:
    """Give free icons that have none their address and drawing, and end."""
    opening = wiring.opening()
    if _ready():
        logger.info("open-icons-done", icons=opening.run())
    wiring.database().close()


def _run(work: Callable[[], object]) -> None:
    """Do *work* once the schema is the one it needs; ends with status 0 when asked to stop."""
    if _ready():
        logger.info("ready")
        work()
    wiring.database().close()
    logger.info("stopped")
    sys.exit(0 if wiring.stop().is_set() else 1)


def _ready() -> bool:
    """Wait for the database and its migration; false when the process was asked to stop before."""
    said = ""
    while not wiring.stop().is_set():
        heartbeat.beat()
        try:
            migrate.require_current(wiring.database().writer)
        except (SchemaMismatch, OperationalError) as error:
            if str(error) != said:
                said = str(error)
                logger.warning("not-ready", reason=said)
            wiring.stop().wait(READINESS_PAUSE)
        else:
            return True
    return False


def _work(name: QueueName) -> None:
    """Until RQ is asked to stop: it has signal handlers of its own, and logs through ours."""
    wiring.queue_worker(name).work(logging_level="WARNING")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    wiring.stop().set()

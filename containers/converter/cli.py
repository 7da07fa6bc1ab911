"""``converter COMMAND``: statuses are 0 all done; 1 something failed or was left; 2 it could not be begun."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console

from containers.converter import wiring
from containers.converter.config import read_config
from containers.converter.reasons import CannotRun
from containers.converter.runs import rehearse
from containers.converter.selection import Shard
from containers.converter.wiring import Choices, Conversion
from vectoricons.common import log

DONE, INCOMPLETE, CANNOT = 0, 1, 2
STATE = Path(os.environ.get("XDG_STATE_HOME", "~/.local/state")).expanduser() / "vectoricons-converter"

logger = log.get(__name__)


class _ShardType(click.ParamType[Shard]):
    name = "i/n"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        try:
            return value if isinstance(value, Shard) else Shard.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """The options that both commands have."""
    positive = click.IntRange(min=1)
    options = (
        click.option("--workers", type=positive, help="Renderers at a time. Default: one a core."),
        click.option("--fetchers", type=positive, help="Transfers each way. Default: measured."),
        click.option("--shard", type=_ShardType(), default="1/1", help="This share of the keys, as 2/4."),
        click.option("--resume", is_flag=True, help="Go on where the last run of the same was ended."),
        click.option("--limit", type=positive, help="At most so many files."),
        click.option("--report", type=click.Path(path_type=Path), help="CSV: what failed, why, what to do."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Drawings to images, by the hundred thousand.

    Exit status: 0 all done; 1 files failed, or it was stopped before the end; 2 it could not begin, or the
    storage or the database went away.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


@main.command()
@click.option("--config", type=click.Path(path_type=Path), help="YAML: source, target, outputs, filters.")
@click.option("--source", help="s3://bucket/prefix, or a folder. Overrides the configuration.")
@click.option("--target", help="The same, for the images.")
@click.option("--prefix", default="", help="Only this folder of the source, such as a contributor's.")
@click.option("--watermark", is_flag=True, default=None, help="A watermarked preview, too.")
@click.option("--assume-role", metavar="ARN", help="Read and write S3 as this role.")
@click.option("--dry-run", is_flag=True, help="Say what would be converted, and convert nothing.")
@click.option("--retry-failed", type=click.Path(path_type=Path), help="Only what this report names.")
@click.option("--state", type=click.Path(path_type=Path), default=STATE, help="Folder of local checkpoints.")
@_shared
def run(
    config: Path | None,
    source: str | None,
    target: str | None,
    watermark: bool | None,
    report: Path | None,
    dry_run: bool,
    **choices: Any,
) -> None:
    """Convert a folder or a bucket into another.

    A checkpoint is kept in Postgres where DATABASE_* says which, else in a local file.
    """
    console = Console(stderr=True)
    log.configure("converter", os.environ.get("LOG_LEVEL", "WARNING"))
    try:
        given = read_config(config, {"source": source, "target": target, "watermark": watermark})
        conversion = Conversion(given, Choices(**choices))
        if dry_run:
            with conversion.pending() as files:
                rehearse(Console(), files, given.target_keys)
            sys.exit(DONE)
        with conversion.run() as ready:
            complete = ready.on_console(console, report)
            conversion.check_found(ready.checkpoint.totals().done)
    except CannotRun as error:
        click.echo(f"converter: {error}", err=True)
        sys.exit(CANNOT)
    sys.exit(DONE if complete else INCOMPLETE)


@main.command()
@_shared
def backfill(report: Path | None, **choices: Any) -> None:
    """Make every image of the catalogue anew, from the drawings in the private bucket.

    Set by the environment alone: STACK SERVICE LOG_LEVEL AWS_REGION DATABASE_* PRIVATE_BUCKET PUBLIC_BUCKET.
    """
    from containers.converter.backfill import catalogue_run
    from vectoricons import config
    from vectoricons.config import ServiceSettings

    service = config.load(ServiceSettings)
    log.configure(service.service, service.log_level)
    try:
        with catalogue_run(Choices(**choices)) as ready:
            complete = ready.in_log(report)
    except CannotRun as error:
        logger.error("backfill-refused", reason=str(error))
        sys.exit(CANNOT)
    sys.exit(DONE if complete else INCOMPLETE)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    wiring.stop().set()

"""`python -m local`: the commands behind `make`.

What takes long to import (the engine, AWS's API, moto) is imported by the command that needs it.
"""

from __future__ import annotations

import json
import sys
import time
from functools import partial
from os import environ
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from local import display
from local.progress import Steps
from local.region.life import Region
from local.region.record import read_look
from local.runner.logs import follow
from local.setup.alone import alone
from local.setup.errors import CommandError, Exit

TREE = Path(__file__).resolve().parents[1]
console = Console()
in_region = click.pass_obj


class Commands(click.Group):
    """Prints a CommandError as its sentence, and ends with its exit code."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except CommandError as error:
            Console(stderr=True).print(Text.assemble(("✗ ", "red"), str(error)), soft_wrap=True)
            context.exit(error.code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--region",
    "directory",
    envvar="REGION",
    default=TREE / ".region",
    type=click.Path(path_type=Path),
    help="The directory of the region [default: .region; or $REGION].",
)
@click.option(
    "--port", envvar="PORT", type=int, help="The first of its eight ports [default: 8000; or $PORT]."
)
@click.pass_context
def main(context: click.Context, directory: Path, port: int | None) -> None:
    """VectorIcons on this machine: a laptop as an AWS region."""
    context.obj = Region.at(directory, port, TREE)


@main.command()
@click.option(
    "--containers",
    "as_containers",
    envvar="CONTAINERS",
    is_flag=True,
    help="Run the services as containers, of images built here [or $CONTAINERS].",
)
@in_region
def up(region: Region, as_containers: bool) -> None:
    """Bring the region up, and a sample pack of icons to the public. Again: what is missing of it."""
    from local.region.bringing_up import BringingUp

    steps = Steps(console)
    with alone(region.directory, partial(console.print, "  waiting for another make up")):
        if as_containers:
            install_docker()
        region.begin(steps, as_containers=as_containers)
        bringing_up = BringingUp(region, steps)
        if not (bringing_up.is_done and read_look(region.directory).is_well):
            bringing_up.run()
        display.show_story(console, region.record, bringing_up.story)


@main.command()
@in_region
def down(region: Region) -> None:
    """End the region and forget all it held: database, objects, state."""
    if not region.exists():
        console.print("There is no region to end.")
        return
    steps = Steps(console)
    with (
        alone(region.directory, lambda: console.print("  waiting for a make up")),
        steps.step("Region ended"),
    ):
        region.end()


@main.command()
@in_region
def status(region: Region) -> None:
    """Show how the services are. Exit code 1 when one is not running."""
    record = region.record
    for trouble in region.dead_parts():
        raise CommandError(f"{trouble}. Start a fresh region: make up")
    look = read_look(region.directory)
    display.show_services(console, look.services)
    console.print(f"\n{record.site}")
    if not look.is_well:
        sys.exit(Exit.FAILED)


@main.command()
@click.argument("service")
@click.option("--follow/--no-follow", "go_on", default=True, help="Go on as lines are written.")
@in_region
def logs(region: Region, service: str, go_on: bool) -> None:
    """Show the log of SERVICE, such as worker-images."""
    folder = region.directory / "logs"
    file = folder / f"{service}.jsonl"
    if not file.exists():
        known = ", ".join(sorted(one.stem for one in folder.glob("*.jsonl"))) or "none yet"
        raise CommandError(f"There is no log of {service}. There are: {known}.")
    for line in follow(file, patience=None if go_on else 0):
        display.show_event(console, line)


@main.command()
@click.argument("stack")
def preview(stack: str) -> None:
    """Show what `pulumi up` would make of STACK, policies included, without any account."""
    from local.engine.offline import offline

    steps = Steps(console)
    started = time.monotonic()
    with offline(TREE, stack) as program, steps.step(f"Preview of {stack}") as step:
        account = program.preview(TREE / "policy" / "run", step)
    display.show_preview(console, stack, account, time.monotonic() - started)


@main.command("preview-on-aws")
@click.argument("stack")
def preview_on_aws(stack: str) -> None:
    """Show what `pulumi up` would change of STACK on AWS, with the credentials of this shell."""
    from local.engine import aws

    sys.exit(aws.preview(TREE, stack))


@main.command()
@click.argument("stack")
def state(stack: str) -> None:
    """Print the state that `pulumi up` of STACK would leave, as releases keep it. No account is asked."""
    from local.engine.offline import deployed
    from local.engine.releases import normalised

    found = normalised(deployed(TREE, stack, Steps(Console(stderr=True))))
    click.echo(json.dumps(found, indent=1))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def picture(file: Path) -> None:
    """Draw the architecture, as the state of prod has it, into FILE."""
    from graphviz import ExecutableNotFound

    from local.engine.offline import deployed
    from local.engine.state import State
    from local.picture.drawing import Drawing
    from local.picture.graph import svg

    drawing = Drawing(State.parse(deployed(TREE, "prod", Steps(console))))
    try:
        file.write_text(svg(drawing))
    except ExecutableNotFound as error:
        raise CommandError(
            "Graphviz lays the picture out, and it is not here. Run: apt-get install graphviz", Exit.MACHINE
        ) from error


@main.command()
@click.argument("stack", type=click.Choice(["local", "dev", "prod"]))
def policy(stack: str) -> None:
    """Judge what STACK would be, with nothing unknown and without any account. Exit code 1 on a violation."""
    from local.engine.offline import offline

    steps = Steps(console)
    with offline(TREE, stack) as program:
        with steps.step(f"State of {stack}, recorded") as step:
            program.record(step)
        with steps.step("Policies asked"):
            judgement = program.judge(TREE / "policy" / "run")
    display.show_judgement(console, stack, display.count_rules(TREE / "policy" / "RULES.md"), judgement)
    if judgement.findings:
        sys.exit(Exit.FAILED)


@main.command()
def images() -> None:
    """Build every image, look into it, and see it run as production does. Ends with one line of JSON."""
    from local.docker.trial import Trial

    install_docker()
    started = time.monotonic()
    found = Trial(TREE, Steps(console)).run()
    console.print_json(data={**found, "seconds": round(time.monotonic() - started)}, indent=None)


@main.command("region", hidden=True)
@click.option("--containers", "as_containers", is_flag=True)
@in_region
def live(region: Region, as_containers: bool) -> None:
    """Be the region: its daemon."""
    from local.region.daemon import Daemon
    from local.region.servers import Servers

    servers = Servers.from_environment(environ, region.ports.postgres, region.ports.valkey)
    Daemon(region.directory, region.ports, servers, TREE, as_containers).run()


def install_docker() -> None:
    """Install what of Docker this machine lacks, in plain lines. Raises CommandError."""
    from local.docker import engine

    engine.install(lambda line: console.print(f"  {line}", highlight=False))

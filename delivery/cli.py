"""`delivery`: the commands that run around Pulumi, at home, on a laptop against AWS, and in CI alike.

What takes long to import is imported by the command that needs it.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from delivery.errors import DeliveryError, Exit
from delivery.notify import Outcome
from delivery.pulumi import Pulumi
from delivery.stackfile import StackFile

TREE = Path(__file__).resolve().parents[1]
INTERRUPTED = 130
console = Console(highlight=False)

stack_option = click.option("--stack", required=True, help="The stack: local, dev or prod.")
region_option = click.option(
    "--region",
    "region",
    envvar="REGION",
    default=TREE / ".region",
    type=click.Path(path_type=Path),
    help="The directory of the laptop region, for the stack local [default: .region; or $REGION].",
)


plan_option = click.option(
    "--out",
    "--plan",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="The folder of the preview, its plan and its record.",
)
commit_option = click.option(
    "--commit", envvar="GITHUB_SHA", default="", help="The commit it is made from [default: $GITHUB_SHA]."
)
images_option = click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The file for the digests of the images."
)
link_option = click.option("--link", "links", multiple=True, help="WORDS=URL, to be shown beside it.")


class Commands(click.Group):
    """Prints a DeliveryError as its sentence, and ends with its exit code."""

    def invoke(self, context: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(context)
        except DeliveryError as error:
            Console(stderr=True).print(Text.assemble(("✗ ", "red"), str(error)), soft_wrap=True)
            context.exit(error.code)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """What runs around Pulumi: plans and comments before, smoke and notices after, tasks at any time."""


@main.command("run-task", context_settings={"ignore_unknown_options": True})
@click.argument("task")
@click.argument("arguments", nargs=-1)
@stack_option
@region_option
@click.option("--shards", default=1, type=click.IntRange(1, 100), help="How many tasks share the work.")
@click.option("--command", help="What to run in place of the declared command.")
@click.option("--on-demand", is_flag=True, help="On capacity that is never taken back, at full price.")
def run_task(
    task: str,
    arguments: Sequence[str],
    stack: str,
    region: Path,
    shards: int,
    command: str | None,
    on_demand: bool,
) -> None:
    """Run TASK once with ARGUMENTS after its command, follow it, and end with its exit code.

    TASK is one the stack puts out (converter, migrate), or a service's name with --command. With several
    shards each gets `--shard I/N`. Ctrl-C stops them all.
    """
    from delivery.stack import Stack
    from delivery.tasks.driver import Run
    from delivery.tasks.runnable import ON_DEMAND, find
    from delivery.tasks.watching import Shown

    found = find(Stack.find(stack, TREE, region), task, ON_DEMAND if on_demand else None)
    run = Run(found)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled job is a Ctrl-C too
    with Shown(console) as shown:
        try:
            run.start([*(shlex.split(command) if command else found.command), *arguments], shards)
            code = run.follow(shown)
        except KeyboardInterrupt:
            console.print("Stopping; each task has its stop time-out to end by itself.")
            run.stop("Stopped by whoever started it")
            run.follow(shown)
            code = INTERRUPTED
        finally:
            signal.signal(signal.SIGTERM, before)
    for fault in run.faults:
        console.print(Text(f"✗ {fault}", style="red"), soft_wrap=True)
    sys.exit(code)


@main.command()
@stack_option
@plan_option
@commit_option
@click.option(
    "--images", "file", type=click.Path(path_type=Path), help="The digests it shall run, of a file."
)
def plan(stack: str, folder: Path, commit: str, file: Path | None) -> None:
    """Preview the stack into a folder: what changes, the plan, and the state it is for."""
    from delivery import plans
    from delivery.images import Digests

    wanted = Digests.read(file) if file else None
    code = plans.make(Pulumi.of(TREE, stack), TREE / "policy" / "run", commit, folder.absolute(), wanted)
    console.print(
        f"The preview of {stack} is in {folder}." + (" It failed: there is no plan." if code else "")
    )
    sys.exit(Exit.REFUSED if code else 0)


@main.command("preview-comment")
@stack_option
@plan_option
@click.option("--repository", envvar="GITHUB_REPOSITORY", help="OWNER/NAME [default: $GITHUB_REPOSITORY].")
@click.option("--pull-request", type=int, help="Its number. Without one the comment is printed.")
@click.option("--api", envvar="GITHUB_API_URL", default="https://api.github.com", hidden=True)
@link_option
def preview_comment(
    stack: str, folder: Path, repository: str | None, pull_request: int | None, api: str, links: Sequence[str]
) -> None:
    """Say what a preview found, in one comment on a pull request that is written anew each time."""
    from delivery.plans import PREVIEW
    from delivery.preview.comment import Preview
    from delivery.preview.digest import Digest
    from delivery.preview.github import PullRequest

    file = folder / PREVIEW
    if not file.exists():
        raise DeliveryError(
            f"{folder} holds no preview. Make one: delivery plan --stack {stack} --out {folder}"
        )
    region = StackFile.read(TREE, stack).region
    preview = Preview(stack=stack, region=region, digest=Digest.read(file.read_text()), links=_links(links))
    if pull_request is None:
        click.echo(preview.comment())
        return
    if not repository:
        raise DeliveryError("Which repository? Say --repository OWNER/NAME, or set GITHUB_REPOSITORY.")
    token = _required("GITHUB_TOKEN", "a token that may write to the pull request")
    where = PullRequest(repository, pull_request, token, api).upsert(preview.marker, preview.comment())
    console.print(f"The comment is at {where}")


@main.command("verify-plan")
@stack_option
@plan_option
@commit_option
def verify_plan(stack: str, folder: Path, commit: str) -> None:
    """See that an approved plan still belongs to the stack's state and to this commit."""
    from delivery import plans

    record = plans.verify(Pulumi.of(TREE, stack), commit, folder)
    console.print(f"The plan of {record.made:%Y-%m-%d %H:%M} UTC is the one for {stack} as it stands.")


@main.command()
@stack_option
@plan_option
@commit_option
def up(stack: str, folder: Path, commit: str) -> None:
    """Carry out an approved plan, and nothing else. Its plan is verified first."""
    from delivery import plans

    pulumi = Pulumi.of(TREE, stack)
    plans.verify(pulumi, commit, folder)
    plans.use_images(pulumi, folder)
    approved = str((folder / plans.PLAN).absolute())
    code = pulumi.stream("up", "--yes", "--skip-preview", "--plan", approved)
    if code:
        raise DeliveryError(
            f"The update of {stack} ended with exit code {code}; what it did before stays. "
            "Mend the cause and make a new plan: docs/runbooks/rollback.md.",
            Exit.REFUSED,
        )


@main.command("push-images")
@stack_option
@commit_option
@images_option
@click.option("--base-image", envvar="BASE_IMAGE", help="What they are built on [default: the Dockerfile's]")
def push_images(stack: str, commit: str, out: Path, base_image: str | None) -> None:
    """Build the three images of a commit, push them to the stack's repositories, write down their digests."""
    from delivery.images import Digests, Repositories, push

    if not commit:
        raise DeliveryError("Which commit? Say --commit, or set GITHUB_SHA: its images are called after it.")
    pushed = dict(push(Repositories(StackFile.read(TREE, stack)), TREE, commit, base_image or None))
    out.write_text(Digests.model_validate(pushed).model_dump_json(indent=2))
    console.print(f"The images of {commit[:12]} are in the repositories of {stack}; {out} names them.")


@main.command("running-images")
@stack_option
@images_option
def running_images(stack: str, out: Path) -> None:
    """Write down the digests that the stack runs."""
    from delivery.images import Digests

    out.write_text(Digests.running(Pulumi.of(TREE, stack)).model_dump_json(indent=2))
    console.print(f"{out} names what {stack} runs.")


@main.command("read-images")
@stack_option
def read_images(stack: str) -> None:
    """Sign in to the stack's repositories, for promote-images to read from."""
    from delivery.images import Repositories

    Repositories(StackFile.read(TREE, stack)).sign_in("skopeo")


@main.command("promote-images")
@stack_option
@click.option("--from", "source", required=True, help="The stack whose images they are.")
@click.option("--images", "file", required=True, type=click.Path(path_type=Path), help="Their digests.")
def promote_images(stack: str, source: str, file: Path) -> None:
    """Copy images by digest from another stack's repositories into this one's. read-images comes first."""
    from delivery.images import Digests, Repositories, promote

    there, here = (Repositories(StackFile.read(TREE, each)) for each in (source, stack))
    for container, digest in promote(Digests.read(file), there, here):
        console.print(Text(f"✓ {container} {digest}"), soft_wrap=True)


@main.command()
@stack_option
@region_option
@click.option("--patience", default=300.0, help="Seconds after which it has failed [default: 300].")
def smoke(stack: str, region: Path, patience: float) -> None:
    """See that the stack does its work, from outside; with SMOKE_EMAIL and SMOKE_PASSWORD an upload too."""
    from delivery.smoke import Account, Smoke
    from delivery.stack import Stack

    email, password = os.environ.get("SMOKE_EMAIL"), os.environ.get("SMOKE_PASSWORD")
    account = Account(email, password) if email and password else None
    for passed in Smoke(Stack.find(stack, TREE, region).outputs, account, patience).run():
        console.print(Text(f"✓ {passed}"), soft_wrap=True)


@main.command()
@stack_option
@click.option("--what", default="Deploy", help="What ended [default: Deploy].")
@click.option("--outcome", required=True, type=click.Choice(["success", "failure", "cancelled"]))
@click.option("--plan", "folder", type=click.Path(path_type=Path), help="A plan whose counts to tell.")
@click.option("--detail", default="", help="A few words more.")
@link_option
def notify(
    stack: str, what: str, outcome: Outcome, folder: Path | None, detail: str, links: Sequence[str]
) -> None:
    """Tell Slack (SLACK_WEBHOOK_URL) how something ended. It never fails."""
    from delivery.notify import Notice, send
    from delivery.plans import counts

    notice = Notice(
        stack=stack, what=what, outcome=outcome, counts=counts(folder), links=_links(links), detail=detail
    )
    console.print(send(os.environ.get("SLACK_WEBHOOK_URL", ""), notice))


@main.command()
@stack_option
@link_option
def drift(stack: str, links: Sequence[str]) -> None:
    """See whether AWS is still what the stack's state says, change nothing, and tell Slack if it is not."""
    from delivery.drift import look
    from delivery.notify import Notice, send

    found = look(Pulumi.of(TREE, stack))
    console.print(Text(found.sentence), soft_wrap=True)
    if found.names:
        notice = Notice(
            stack=stack, what="Nightly look", outcome="failure", links=_links(links), detail=found.sentence
        )
        console.print(send(os.environ.get("SLACK_WEBHOOK_URL", ""), notice))
        sys.exit(Exit.REFUSED)


@main.command()
@stack_option
def bootstrap(stack: str) -> None:
    """Make what a new account needs before Pulumi: a bucket for the state, a key for its secrets."""
    import boto3

    from delivery.bootstrap import Bootstrap, next_steps

    file = StackFile.read(TREE, stack)
    for made in Bootstrap(file, boto3.Session()).run():
        console.print(Text(f"✓ {made}"), soft_wrap=True)
    click.echo(next_steps(file))


@main.command()
@stack_option
def facts(stack: str) -> None:
    """Print what follows from the stack's file, as NAME=VALUE lines for a workflow's outputs."""
    file = StackFile.read(TREE, stack)
    click.echo(f"account={file.account}\nregion={file.region}")
    for purpose in ("preview", "drift", "images", "deploy"):
        click.echo(f"{purpose}-role={file.role(purpose)}")


def _links(said: Sequence[str]) -> dict[str, str]:
    """`Run=https://…` for each."""
    pairs = [each.partition("=") for each in said]
    return {words: url for words, _, url in pairs if url}


def _required(variable: str, what: str) -> str:
    """The value of an environment variable. Raises DeliveryError when it is not set."""
    value = os.environ.get(variable)
    if not value:
        raise DeliveryError(f"{variable} is not set: {what}.", Exit.MACHINE)
    return value

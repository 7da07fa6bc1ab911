"""How a region and what is done with it look on a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.engine.events import Account
from local.engine.judgement import Judgement
from local.region.record import RegionRecord
from local.region.story import Story
from local.runner.status import ServiceStatus

LEVELS = {"warning": "yellow", "error": "red", "critical": "red"}
TYPES_SHOWN = 12


def show_story(console: Console, record: RegionRecord, story: Story) -> None:
    """Where everything is, and what it took to get there."""
    site = record.site
    lines = {"Storefront": site}
    if story.sample:
        lines["Sample family"] = story.sample
    if story.account:
        lines["Studio"] = f"{site}/studio   sign in as {story.account.email} / {story.account.password}"
    lines |= {"AWS endpoint": record.endpoint, "Slack stand-in": record.sink}
    console.print()
    for what, where in lines.items():
        console.print(Text.assemble((f"{what:16}", "bold"), where), soft_wrap=True)
    total = sum(story.seconds.values())
    console.print(f"\nIt took {total:.0f} s. Next: make status · make logs SERVICE=worker-images · make down")


def show_services(console: Console, statuses: Sequence[ServiceStatus]) -> None:
    """A line a service."""
    table = Table("service", "running", "restarts", "state", box=None, padding=(0, 2), header_style="dim")
    for status in statuses:
        table.add_row(status.name, f"{status.running}/{status.desired}", str(status.restarts), _state(status))
    console.print(table, highlight=False)
    for status in statuses:
        if status.running < status.desired and status.last_end:
            words = f"{status.name}: {status.last_end}; last words: {status.last_words or 'none'}"
            console.print(Text(words, style="red"), soft_wrap=True)


def show_preview(console: Console, stack: str, account: Account, seconds: float) -> None:
    """What `pulumi up` would do, by kind of resource."""
    changes = ", ".join(f"{count} to {change}" for change, count in account.changes.most_common())
    console.print(f"\n[bold]{stack}[/]: {changes or 'nothing to do'} ({seconds:.1f} s)")
    table = Table.grid(padding=(0, 2))
    for kind, count in _by_service(account.resources).most_common():
        table.add_row(f"{count:4}", kind)
    console.print(table, highlight=False)
    console.print(f"Policies: none refuses{_also(account.advice)}", highlight=False)
    for words in account.advice:
        console.print(Text(f"  {words}", style="yellow"))


def count_rules(page: Path) -> int:
    """How many rules the pack's page of rules lists."""
    return sum(line.startswith("## ") for line in page.read_text().splitlines())


def show_judgement(console: Console, stack: str, rules: int, judgement: Judgement) -> None:
    """What the policies say of a stack's state, and the count of it."""
    for style, paragraphs in (
        ("red", judgement.findings),
        ("yellow", judgement.advice),
        ("dim", judgement.waived),
    ):
        for words in paragraphs:
            console.print(Text(f"  {words}", style=style), soft_wrap=True)
    console.print(
        f"[bold]{stack}[/]: {rules} rules, {len(judgement.findings)} findings, "
        f"{len(judgement.advice)} advised, {len(judgement.waived)} waivers applied",
        highlight=False,
    )


def show_event(console: Console, line: str) -> None:
    """One line of a log: for a person on a terminal, as it is for a program."""
    if not console.is_terminal:
        console.file.write(line)
        return
    event = json.loads(line)
    words = Text()
    if "timestamp" in event:
        when = datetime.fromisoformat(event.pop("timestamp")).astimezone()
        words.append(f"{when:%H:%M:%S} ", style="dim")
    level = event.pop("level", "info")
    words.append(str(event.pop("event", "")), style=LEVELS.get(level, ""))
    event.pop("service", None)
    for name, value in event.items():
        words.append(f"  {name}=", style="dim").append(str(value))
    console.print(words)


def _state(status: ServiceStatus) -> Text:
    if status.running == status.desired:
        return Text("running", style="green")
    if not status.ends_in_a_row:
        return Text("starting", style="yellow")
    again = f"starts again in {status.next_start:.0f} s" if status.next_start else "starts again"
    return Text(again, style="red")


def _by_service(resources: Counter[str]) -> Counter[str]:
    """`aws:sqs/queue:Queue` counts as `sqs`, the project's own components as `components`."""
    grouped: Counter[str] = Counter()
    for kind, count in resources.items():
        package, module, _ = kind.split(":", 2)
        grouped["components" if package == "vectoricons" else module.split("/")[0]] += count
    return grouped


def _also(advice: Sequence[str]) -> str:
    return f", {len(advice)} advise" if advice else ""

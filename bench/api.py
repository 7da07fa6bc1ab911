"""How fast the API answers at 750,000 icons, by the real api process on the machine's own cores.

``python -m bench.api`` (``make bench-api``). The marketplace is made at the first run (some minutes) and
kept. For each kind of request it prints, at 16 connections that ask as fast as they are answered, requests a
second and for a processor second of all that serves them, and what the answers took; then the same of a
mixed journey of 50 requests a second, counted from the moment each was due: that is what is judged. During
the journey an icon is edited every few seconds, as on any day, so that counts of common words are forgotten
and counted anew. Client and servers share the cores. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from statistics import median

import click

from bench.api_drawings import addresses
from bench.api_journey import API, PAGE, Asked, Stock, journey, reads
from bench.api_load import Client, Taken, Times, closed, opened
from bench.api_stand import Stand, standing
from bench.api_writes import WRITES, writes
from vectoricons.common.actor import Actor
from vectoricons.products.icons import IconService

CONNECTIONS = 16
PER_SECOND = 50
BETWEEN_EDITS = 5.0  # seconds
PAGES = 400  # of each depth, in turn
MEGABYTE = 1024 * 1024


@click.command()
@click.option("--scale", type=click.Choice(["small", "full"]), default="full", show_default=True)
@click.option("--seconds", default=120, show_default=True, help="How long the journey is.")
@click.option("--each", default=4, show_default=True, help="Seconds of each kind at 16 connections.")
def main(scale: str, seconds: int, each: int) -> None:
    """Measure, and say so."""
    with standing(scale) as stand:
        print("Postgres has what visitors read in its buffers, as after a day of service.")
        drawings = addresses(stand.database)
        with stand.database.reader() as connection:
            stock = Stock.read(connection, drawings)
        made = {**reads(stock), **writes(stand.database, scale)}
        client = Client(stand.ports)
        _warm(client, made)
        flatness = _flatness(client, stock)
        if each:
            _closed(stand, client, made, each)
        with _edited(stand):
            taken = opened(client, journey(made, seconds * PER_SECOND, Random(2)), PER_SECOND, Random(3))
        memory = stand.memory()
        worst = _report(taken)
        worst_write = max(worst.pop(kind) for kind in WRITES)
    _refuse_failures(taken)
    parent, answering = (round(held / MEGABYTE) for held in memory)
    print(
        f"\nflatness {flatness:.2f}; memory: the process that answers {answering} MB, its parent {parent} MB"
    )
    print(
        json.dumps(
            {
                "worst_read_p95_ms": round(max(worst.values()), 1),
                "worst_write_p95_ms": round(worst_write, 1),
                "flatness": round(flatness, 2),
                "rss_mb": answering,
                "rss_with_parent_mb": answering + parent,
            }
        )
    )


def _warm(client: Client, made: Mapping[str, Callable[[Random], Asked]]) -> None:
    """Some hundred requests of every kind, so that what is measured is a service that runs."""
    for make in made.values():
        closed(client, make, 4, 2)


def _flatness(client: Client, stock: Stock) -> float:
    """What one of the last pages of the catalogue takes, beside the first page; pages in turn."""
    draw, took = Random(1), defaultdict(list)
    for _ in range(PAGES):
        for depth, more in (("first", ""), ("deep", f"&cursor={draw.choice(stock.deepest)}")):
            took[depth].append(client.ask(Asked(depth, f"{API}/icons?limit={PAGE}{more}")))
    first, deep = (median(one.ms for one in took[depth]) for depth in ("first", "deep"))
    print(f"catalogue: the first page {first:.2f} ms, one of the last {deep:.2f} ms")
    _refuse_failures([*took["first"], *took["deep"]])
    return deep / first


def _closed(
    stand: Stand, client: Client, made: Mapping[str, Callable[[Random], Asked]], seconds: float
) -> None:
    print(f"\n{CONNECTIONS} connections{'':<19}req/s   a core   of the api      p50      p95      p99")
    for kind, make in made.items():
        before, began = stand.seconds(), time.perf_counter()
        taken = closed(client, make, CONNECTIONS, seconds)
        lasted, after = time.perf_counter() - began, stand.seconds()
        _refuse_failures(taken)
        used = {name: after[name] - before[name] for name in after}
        times, number = Times.of(taken), len(taken)
        ours = used["serve"] + used["icons"]
        speeds = f"{number / lasted:8.0f} {number / sum(used.values()):8.0f} {number / ours:12.0f}"
        print(f"  {kind:<30}{speeds} {times.p50:8.1f} {times.p95:8.1f} {times.p99:8.1f}")


@contextmanager
def _edited(stand: Stand) -> Iterator[None]:
    """Meanwhile an icon is edited every few seconds."""
    ended = threading.Event()

    def edit() -> None:
        number = 0
        while not ended.wait(BETWEEN_EDITS):
            number += 1
            with stand.database.unit_of_work(Actor.system("bench")) as work:
                IconService(work).update(number, {"width": 24 + number % 2})

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        yield
    finally:
        ended.set()
        editor.join()


def _report(taken: Sequence[Taken]) -> dict[str, float]:
    """What each kind of the journey took; the p95 of each."""
    kinds: defaultdict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        kinds[one.kind].append(one)
    print(f"\n{PER_SECOND} requests a second{'':<16}number      p50      p95      p99")
    times = {kind: Times.of(some) for kind, some in kinds.items()}
    for kind, each in sorted(times.items(), key=lambda pair: -pair[1].p95):
        print(f"  {kind:<30}{each.number:9} {each.p50:8.1f} {each.p95:8.1f} {each.p99:8.1f}")
    return {kind: each.p95 for kind, each in times.items()}


def _refuse_failures(taken: Sequence[Taken]) -> None:
    """End here when an answer was not what was asked for: a quick refusal is no speed."""
    failed = Counter((one.kind, one.status) for one in taken if not one.is_good)
    if failed:
        told = ", ".join(f"{number} x {status} of {kind}" for (kind, status), number in failed.items())
        sys.exit(f"The api did not do what was asked for: {told}.")


if __name__ == "__main__":
    main()

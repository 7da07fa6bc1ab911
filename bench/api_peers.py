"""Our answers beside others', in turns on one core: Iconify's own server, and the page written naively.

``python -m bench.api_peers`` (``make bench-api-peers``). Each server is held to one core and wrk to another,
with sixteen connections; Postgres goes where there is room. Before anything is measured both sides are asked
the same and must answer the same. Then rounds take turns until five in a row of the peer lie within 15 % of
one another; if none do, nothing is claimed. Cold is the first time that something is asked. The last line is
JSON.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from rich.console import Console
from sqlalchemy import URL, make_url

from bench import iconify, iconify_data, peer_questions, peer_servers
from bench.api_stand import BUFFERS, KEY
from bench.npm import CACHE
from bench.wrk import Load, load
from local import postgres, valkey
from local.processes import free_port
from vectoricons.common import cursor
from vectoricons.common.cursor import Position
from vectoricons.products.catalogue import ICONS, Order

PEER = "@iconify/api"
SECONDS, ROUNDS, MOST_ROUNDS = 3, 5, 12
LARGEST_SPREAD = 0.15
COMPARED = 200
MOST_HITS, LEAST_RECALL = 999, 0.98


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, and what it is asked."""

    name: str
    address: str
    paths: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rounds that count, by contender."""

    rounds: Mapping[str, Sequence[Load]]

    def rate(self, name: str) -> float:
        """Answers a second: the median."""
        return median(each.rate for each in self.rounds[name])

    def p99(self, name: str) -> float:
        """Milliseconds: the median of the rounds' 99th of a hundred."""
        return median(each.p99 for each in self.rounds[name])

    def ratio(self, name: str, to: str) -> float:
        """How many times as many answers."""
        return self.rate(name) / self.rate(to)


def main() -> None:
    """Measure and say."""
    console = Console(stderr=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-peers-")))
        server = stack.enter_context(
            postgres.running(CACHE / "iconify-postgres", free_port(), buffers=BUFFERS)
        )
        where = iconify_data.fill(lambda name: make_url(server.url(name)), console)
        cache = stack.enter_context(valkey.running(folder / "valkey", free_port()))
        peer = stack.enter_context(iconify.peer(iconify_data.peer_folder(), peer_servers.PINNED))
        ours = stack.enter_context(peer_servers.icons(folder, where))
        flask = stack.enter_context(peer_servers.icons_uncached(folder, where))
        figures = _search(peer, ours, flask, where) | _svg(peer, ours, flask, where)
        api = stack.enter_context(peer_servers.api(folder, where, cache.port))
        naive = stack.enter_context(peer_servers.naive(folder, where))
        figures |= _catalogue(api, naive, where)
    print(json.dumps(figures))


def _search(peer: str, kept: str, flask: str, where: URL) -> dict[str, float]:
    words = peer_questions.words(where)
    plain = [f"/search?query={word}&limit=64" for word in words]
    recall, overlap = _recall(peer, flask, words[:COMPARED]), _overlap(peer, flask, plain[:COMPARED])
    # What the peer lacks: facets with every search, and every second one of one licence alone.
    ours = [f"{path}&facets=1{'&license=MIT' if place % 2 else ''}" for place, path in enumerate(plain)]
    print(f"\nSearch: {len(words)} words, 64 hits; ours with facets, every second one of one licence alone")
    print(f"  of all icons with exactly the word ours finds {recall:.1%}, of the 64 shown {overlap:.0%}")
    for name, address, paths in ((PEER, peer, plain), ("ours", kept, ours)):
        first = _once(address, paths)
        rate, middle = len(paths) / sum(first), median(first) * 1e3
        print(f"  {name}, cold: {rate:,.0f}/s one after another, median {middle:.1f} ms")
    found = _in_turns(
        (
            Contender(PEER, peer, plain),
            Contender("ours", kept, ours),
            Contender("ours, no cache", flask, ours),
        )
    )
    _report(found)
    return {
        "search_ratio": _round(found.ratio("ours", PEER)),
        "search_no_cache_ratio": _round(found.ratio("ours, no cache", PEER)),
        "search_recall": _round(recall),
        "search_overlap": _round(overlap),
        "search_per_second": _round(found.rate("ours")),
        "search_peer_per_second": _round(found.rate(PEER)),
    }


def _svg(peer: str, kept: str, flask: str, where: URL) -> dict[str, float]:
    addresses = peer_questions.addresses(where)
    paths = [peer_questions.drawn(address, place) for place, address in enumerate(addresses)]
    for path in random.Random("compared").sample(paths, COMPARED):
        theirs, ours = _read(peer, path), _read(flask, path)
        if theirs != ours or _read(kept, path) != ours:
            sys.exit(f"{path} is not the same:\n  {PEER} {theirs!r}\n  ours {ours!r}")
    looks = f"{len(peer_questions.COLOURS)} colours and {len(peer_questions.HEIGHTS)} sizes"
    print(f"\nSVG: {len(paths):,} addresses in {peer_questions.SETS} sets, by turns in {looks}")
    print(f"  {COMPARED} answers compared: to the byte the same")
    others = [
        peer_questions.drawn(address, place) for place, address in enumerate(peer_questions.everywhere(where))
    ]
    for name, address in ((PEER, peer), ("ours", kept)):
        cold = load(address, others, SECONDS)
        print(f"  {name}, cold: {cold.rate:,.0f}/s, each of another icon, p99 {cold.p99:.1f} ms")
    found = _in_turns(
        (
            Contender(PEER, peer, paths),
            Contender("ours", kept, paths),
            Contender("ours, no cache", flask, paths),
        )
    )
    _report(found)
    return {
        "svg_ratio": _round(found.ratio("ours", PEER)),
        "svg_flask_ratio": _round(found.ratio("ours, no cache", PEER)),
        "svg_per_second": _round(found.rate("ours")),
        "svg_flask_per_second": _round(found.rate("ours, no cache")),
        "svg_peer_per_second": _round(found.rate(PEER)),
    }


def _catalogue(ours: str, naive: str, where: URL) -> dict[str, float]:
    places = peer_questions.places(where)
    sort = f"-{ICONS.by(Order.NEWEST)}"
    tokens = [cursor.encode(KEY, Position(place), sort=sort, filters={}) for place in places]
    mine = [f"/api/v1/icons?limit=40&cursor={token}" for token in tokens]
    theirs = [f"/icons?after={quote(at.isoformat())}_{id_}" for at, id_ in places]
    for own, other in list(zip(mine, theirs, strict=True))[:20]:
        if json.loads(_read(ours, own))["items"] != json.loads(_read(naive, other))["items"]:
            sys.exit(f"The page of {own} is another than that of {other}.")
    print(f"\nCatalogue: pages of 40 at {len(places):,} random depths of 390,628; 20 compared: the same")
    found = _in_turns((Contender("naive", naive, theirs), Contender("ours", ours, mine)))
    _report(found)
    return {
        "catalogue_ratio": _round(found.ratio("ours", "naive")),
        "catalogue_per_second": _round(found.rate("ours")),
        "catalogue_naive_per_second": _round(found.rate("naive")),
    }


def _in_turns(contenders: Sequence[Contender]) -> Outcome:
    """Rounds in turns, the first contender's near one another; ends the process if they never are."""
    for each in contenders:
        load(each.address, each.paths, SECONDS)  # warm: code compiled, connections open, answers kept
    measured: dict[str, list[Load]] = {each.name: [] for each in contenders}
    for number in range(MOST_ROUNDS):
        for each in contenders:
            begin = number * 997 % len(each.paths)
            measured[each.name].append(load(each.address, each.paths, SECONDS, begin=begin))
        last = Outcome({name: loads[-ROUNDS:] for name, loads in measured.items()})
        if number + 1 >= ROUNDS and _spread(last.rounds[contenders[0].name]) <= LARGEST_SPREAD:
            return last
    spread = _spread(last.rounds[contenders[0].name])
    sys.exit(
        f"{contenders[0].name} itself varies by {spread:.0%} between rounds. "
        "This machine is busy with something else: run again when it is not."
    )


def _spread(loads: Sequence[Load]) -> float:
    rates = [each.rate for each in loads]
    return (max(rates) - min(rates)) / median(rates)


def _report(found: Outcome) -> None:
    peer = next(iter(found.rounds))
    for name, loads in found.rounds.items():
        print(
            f"  {name:<16}{found.rate(name):9,.0f}/s   p99 {found.p99(name):6.1f} ms   "
            f"{found.ratio(name, peer):5.2f} times   spread {_spread(loads):.0%} in {len(loads)} rounds"
        )


def _recall(peer: str, ours: str, words: Sequence[str]) -> float:
    """The share of the icons with exactly the word that ours finds too. Ends the process when it is small."""
    wanted = have = 0
    for word in words:
        theirs = _hits(peer, f"/search?query={word}&limit={MOST_HITS}&similar=false")
        if len(theirs) < MOST_HITS:
            wanted, have = (
                wanted + len(theirs),
                have + len(theirs & _hits(ours, f"/search?query={word}&limit={MOST_HITS}")),
            )
    if have < LEAST_RECALL * wanted:
        sys.exit(f"Ours finds {have / wanted:.0%} of what {PEER} finds: that is another search.")
    return have / wanted


def _overlap(peer: str, ours: str, paths: Sequence[str]) -> float:
    """The share of the first hits that are the first hits of both: each orders those of a length its way."""
    pairs = [(_hits(peer, path), _hits(ours, path)) for path in paths]
    return sum(len(theirs & own) for theirs, own in pairs) / sum(len(theirs) for theirs, _ in pairs)


def _hits(address: str, path: str) -> set[str]:
    return set(json.loads(_read(address, path))["icons"])


def _once(address: str, paths: Sequence[str]) -> list[float]:
    """Seconds of each answer, one after another over one connection."""
    connection, seconds = HTTPConnection(urlsplit(address).netloc), []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        seconds.append(time.perf_counter() - began)
        if answer.status != 200:
            sys.exit(f"{address}{path} answers {answer.status}.")
    connection.close()
    return seconds


def _read(address: str, path: str) -> bytes:
    with urlopen(f"{address}{path}", timeout=60) as answer:  # noqa: S310 - servers of this run
        read: bytes = answer.read()
        return read


def _round(figure: float) -> float:
    return round(figure, 2)


if __name__ == "__main__":
    main()

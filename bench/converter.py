"""The batch converter beside the original's pipeline, on the same real files, in alternating rounds.

``make bench-converter`` (FILES=1000, ROUNDS=5; PEER=checkout of the original to run that, too; SOURCE=png for
the backfill of PNGs). In each round the peer converts its share of the files and ours converts all of them,
from the start of the process to its end; the ratio is of the files a second, ``cpu_ratio`` of processor
seconds, which other work on the machine disturbs less. Both make the same three opaque WebP images. The last
line is JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench import converter_original, converter_png
from bench.converter_corpus import write_drawings
from bench.converter_original import Original
from bench.converter_quality import compared
from bench.processes import Measured, measured, module

THREE = """
outputs: [{kind: thumbnail, side: 128}, {kind: preview, side: 512}, {kind: watermark, side: 512}]
ground: "#ffffff"
"""
FIVE = """
outputs:
  - {kind: thumbnail, format: png, side: 128}
  - {kind: thumbnail, format: webp, side: 128}
  - {kind: preview, format: png, side: 512}
  - {kind: preview, format: webp, side: 512}
  - {kind: watermark, format: webp, side: 512}
"""
PROBE = 48  # files to find the best number of workers with
HALF_A_MILLION = 500_000
AIM = 30  # times as many files a second as the peer


@dataclass
class Bench:
    """The files, and what was measured of each contender, in files a second by round."""

    files: list[Path]
    work: Path
    rates: dict[str, list[float]] = field(default_factory=dict)
    runs: dict[str, list[Measured]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.files[0].parent

    def ours(self, name: str, outputs: str, workers: int, count: int | None = None) -> None:
        """Convert all files, or *count* of them, with our command, into an empty folder."""
        shutil.rmtree(self.work / name, ignore_errors=True)
        config = self.work / f"{name}.yaml"
        config.write_text(f"source: {self.folder}\ntarget: {self.work / name}\n{outputs}")
        options = ["--config", str(config), "--workers", str(workers), "--state", str(self.work / "state")]
        options += ["--limit", str(count)] if count else []
        program = "from containers.converter.cli import main; main()"
        took = measured([sys.executable, "-c", program, "run", *options])
        self.note(name, count or len(self.files), took)

    def peer(self, name: str, files: Sequence[Path], workers: int) -> None:
        """Convert *files* with the peer's pipeline."""
        arguments = (str(self.folder), str(self.work / name), str(workers))
        names = "\n".join(file.name for file in files)
        self.note(name, len(files), measured(module("bench.converter_peer", *arguments), names))

    def original(self, program: Original, files: Sequence[Path], workers: int) -> None:
        """Convert *files* with the original program; it ends at the first file that it cannot take."""
        took, made = program.run(files, workers)
        print(f"the original made {made} of {len(files)} files", flush=True)
        if not made:
            sys.exit("Are the three lines changed that bench/converter_original.py speaks of?")
        self.note("original", made, took)

    def floor(self, name: str, recipe: str, processes: int) -> None:
        """Draw and encode all files in as many processes at once."""
        parts = [
            module("bench.converter_floor", str(self.folder), recipe, str(first), str(processes))
            for first in range(processes)
        ]
        self.note(name, len(self.files), measured([sys.executable, "-c", _AT_ONCE, json.dumps(parts)]))

    def note(self, name: str, count: int, took: Measured) -> None:
        """Keep what was measured."""
        if took.status not in (0, 1):
            sys.exit(f"{name} ended with {took.status}: {took.output}")
        self.rates.setdefault(name, []).append(count / took.seconds)
        self.runs.setdefault(name, []).append(took)

    def rate(self, name: str) -> float:
        """Files a second, the median of the rounds."""
        return median(self.rates[name])

    def ratio(self, name: str, other: str) -> float:
        """How many times faster, the median of the rounds' ratios: what disturbs one round disturbs both."""
        return median(one / two for one, two in zip(self.rates[name], self.rates[other], strict=True))

    def size(self, name: str) -> int:
        """Bytes of all images that *name* and the peer both made."""
        both = {path.name for path in (self.work / "peer").glob("*.webp")}
        return sum(path.stat().st_size for path in (self.work / name).glob("*.webp") if path.name in both)


_AT_ONCE = """
import json, subprocess, sys
started = [subprocess.Popen(command) for command in json.loads(sys.argv[1])]
sys.exit(max(process.wait() for process in started))
"""


def main() -> None:
    """Measure and say so."""
    count, rounds = int(os.environ.get("FILES", "1000")), int(os.environ.get("ROUNDS", "5"))
    _check_programs()
    with tempfile.TemporaryDirectory(prefix="bench-converter-") as folder:
        if os.environ.get("SOURCE") == "png":
            converter_png.main(Path(folder), count, rounds)
            return
        bench = Bench(write_drawings(Path(folder) / "files", count), Path(folder) / "work")
        bench.work.mkdir()
        measure(bench, rounds)
        report(bench)


def measure(bench: Bench, rounds: int) -> None:
    """All rounds. Each peer's share has all kinds of files, and together they are all files."""
    cores = len(os.sched_getaffinity(0))
    workers, peers = _best(bench, "ours", (cores, cores + 1)), _best(bench, "peer", (cores, 2 * cores, 10))
    print(f"{len(bench.files):,} files, {rounds} rounds; workers: ours {workers}, peer {peers}", flush=True)
    checkout = converter_original.given()
    program = Original(checkout, bench.work / "original") if checkout else None
    for number in range(rounds):
        bench.peer("peer", bench.files[number::rounds], peers)
        if program is not None:
            bench.original(program, bench.files[number::rounds], peers)
        bench.ours("ours", THREE, workers)
        bench.floor("floor", "opaque", cores)
        bench.ours("ours, alpha and PNG", FIVE, workers)
        bench.ours("ours, 1 worker", THREE, 1)
        rates = ", ".join(f"{name} {rates[-1]:.1f}" for name, rates in bench.rates.items())
        print(f"round {number + 1}: files/s: {rates}", flush=True)


def _best(bench: Bench, name: str, choices: Sequence[int]) -> int:
    """The number of workers with which *name* is fastest on a few files."""
    few = bench.files[:: max(1, len(bench.files) // PROBE)][:PROBE]
    for workers in choices:
        if name == "peer":
            bench.peer(f"probe {workers}", few, workers)
        else:
            bench.ours(f"probe {workers}", THREE, workers, len(few))
    best = max(choices, key=lambda workers: bench.rates[f"probe {workers}"][0])
    for workers in choices:
        del bench.rates[f"probe {workers}"], bench.runs[f"probe {workers}"]
        shutil.rmtree(bench.work / f"probe {workers}")
    return best


def report(bench: Bench) -> None:
    """The table, what it comes to, and the line of JSON."""
    print(f"\n{'':24}{'files/s':>9}{'spread':>9}{'CPU ms/file':>13}{'peak MB':>9}")
    for name, rates in bench.rates.items():
        runs = bench.runs[name]
        counted = sum(rate * run.seconds for rate, run in zip(rates, runs, strict=True))
        cpu = sum(run.cpu for run in runs) / counted * 1000
        spread = (max(rates) - min(rates)) / median(rates)
        memory = max(run.memory for run in runs) / 1e6
        print(f"{name:24}{bench.rate(name):9.1f}{spread:9.0%}{cpu:13.1f}{memory:9.0f}")
    quality = compared(bench.files, bench.work / "ours", bench.work / "peer")
    ours, peer = bench.size("ours"), bench.size("peer")
    _say_quality(bench, quality.files, ours / peer)
    _say_scale(bench)
    _say_stages(bench)
    print(measured(module("bench.converter_memory")).output.rstrip())
    result = {
        "ratio": bench.ratio("ours", "peer"),
        "cpu_ratio": _cpu_of(bench, "peer", 1) / _cpu_of(bench, "ours", len(bench.runs["ours"])),
        "ssim": quality.ours,
        "peer_ssim": quality.peer,
        "bytes": ours,
        "peer_bytes": peer,
        "alpha_ratio": bench.ratio("ours, alpha and PNG", "peer"),
        "floor_ratio": bench.ratio("floor", "ours"),
        "scale": bench.ratio("ours", "ours, 1 worker"),
    }
    if "original" in bench.rates:
        result["original_ratio"] = bench.ratio("ours", "original")
    print(json.dumps({name: round(value, 4) for name, value in result.items()}))


def _cpu_of(bench: Bench, name: str, times: int) -> float:
    return sum(run.cpu for run in bench.runs[name]) / times


def _say_quality(bench: Bench, squares: int, share: float) -> None:
    missing = {
        name: sum(not (bench.work / name / f"{file.stem}-watermark.webp").exists() for file in bench.files)
        for name in ("ours", "peer")
    }
    print(f"\nnot converted: ours {missing['ours']}, peer {missing['peer']}")
    print(f"bytes: {share:.1%} of the peer's; SSIM over {squares:,} square drawings, three images each")


def _say_stages(bench: Bench) -> None:
    stages = json.loads(measured(module("bench.converter_stages", str(bench.folder))).output)
    told = ", ".join(f"{name} {spent:.1f}" for name, spent in stages.items())
    left = _cpu_of(bench, "peer", 1) / len(bench.files) / AIM * 1000
    print(f"one process alone, processor ms a file: {told}; {AIM} times the peer leaves {left:.1f} for all")


def _say_scale(bench: Bench) -> None:
    two, one = bench.rate("ours"), bench.rate("ours, 1 worker")
    cores = len(os.sched_getaffinity(0))
    print(f"measured: {one:.1f} files/s with 1 worker, {two:.1f} with its best number, on {cores} cores")
    hours = HALF_A_MILLION / two / 3600
    needed = HALF_A_MILLION / (45 * 60) / (two / cores)
    print(
        f"computed: 500,000 files of this mix take {hours:.2f} h here; in 45 minutes they need {needed:.1f} "
        "such cores, if shards on machines of their own do not slow each other (not measured)"
    )


def _check_programs() -> None:
    missing = [name for name in ("rsvg-convert", "ffmpeg") if shutil.which(name) is None]
    if missing:
        sys.exit(f"{' and '.join(missing)} missing (Debian: apt-get install librsvg2-bin ffmpeg).")


if __name__ == "__main__":
    main()

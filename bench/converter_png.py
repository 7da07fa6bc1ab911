"""The backfill of PNGs: ours through Wand beside ``ffmpeg -q:v 75``, on the same real files."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from statistics import fmean, median

from PIL import Image

from bench.converter_corpus import write_pictures
from bench.processes import Measured, measured, module
from bench.ssim import grey, ssim

CONFIG = """
include: ["*.png"]
naming: "{{folder}}{{name}}-{{kind}}.{{format}}"
outputs: [{{kind: preview, format: webp}}]
source: {source}
target: {target}
"""


def main(work: Path, count: int, rounds: int) -> None:
    """Alternate, compare, and end with a line of JSON."""
    files = write_pictures(work / "files", count)
    cores = len(os.sched_getaffinity(0))
    ours: list[Measured] = []
    peer: list[Measured] = []
    for number in range(rounds):
        share = files[number::rounds]
        names = "\n".join(file.name for file in share)
        arguments = (str(work / "files"), str(work / "peer"), str(cores))
        peer.append(measured(module("bench.converter_png", *arguments), names))
        shutil.rmtree(work / "ours", ignore_errors=True)
        ours.append(_ours(work, cores))
        rates = (len(files) / ours[-1].seconds, len(share) / peer[-1].seconds)
        print(f"round {number + 1}: files/s: ours {rates[0]:.1f}, ffmpeg {rates[1]:.1f}", flush=True)
    shares = [len(files[number::rounds]) for number in range(rounds)]
    ratios = [
        len(files) / one.seconds * two.seconds / n for one, two, n in zip(ours, peer, shares, strict=True)
    ]
    quality = [pair for file in files if (pair := _compare(file, work)) is not None]
    sizes = [sum(path.stat().st_size for path in (work / name).glob("*.webp")) for name in ("ours", "peer")]
    cpu = [sum(run.cpu for run in ours) / len(files) / rounds, sum(run.cpu for run in peer) / len(files)]
    print(f"{len(files):,} PNGs, {len(quality):,} compared; CPU a file: ours {cpu[0] * 1e3:.1f} ms, ", end="")
    print(f"ffmpeg {cpu[1] * 1e3:.1f} ms; memory {max(run.memory for run in ours) / 1e6:.0f} MB")
    result = {
        "png_ratio": round(median(ratios), 3),
        "png_cpu_ratio": round(cpu[1] / cpu[0], 3),
        "ssim": round(fmean(our for our, _ in quality), 4),
        "peer_ssim": round(fmean(other for _, other in quality), 4),
        "bytes": sizes[0],
        "peer_bytes": sizes[1],
    }
    print(json.dumps(result))


def _ours(work: Path, workers: int) -> Measured:
    config = work / "png.yaml"
    config.write_text(CONFIG.format(source=work / "files", target=work / "ours"))
    options = ("--config", str(config), "--workers", str(workers), "--state", str(work / "state"))
    program = "from containers.converter.cli import main; main()"
    took = measured([sys.executable, "-c", program, "run", *options])
    if took.status not in (0, 1):
        sys.exit(f"ours ended with {took.status}: {took.output}")
    return took


def _compare(file: Path, work: Path) -> tuple[float, float] | None:
    """SSIM of both against the PNG itself."""
    images = (work / "ours" / f"{file.name}-preview.webp", work / "peer" / f"{file.stem}.webp")
    if not all(image.exists() for image in images):
        return None
    source = grey(Image.open(file))
    our, other = (ssim(source, grey(Image.open(image))) for image in images)
    return our, other


def _peer() -> None:
    """``FOLDER TARGET WORKERS``: the files that standard input names, by ffmpeg, a launch each."""
    import subprocess
    from concurrent.futures import ThreadPoolExecutor

    from bench.converter_peer import webp

    folder, target, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    target.mkdir(parents=True, exist_ok=True)

    def convert(name: str) -> int:
        command = webp(str(folder / name), str(target / f"{Path(name).stem}.webp"))
        return subprocess.run(command, check=False, capture_output=True).returncode

    with ThreadPoolExecutor(workers) as pool:
        print(sum(status != 0 for status in pool.map(convert, sys.stdin.read().split())))


if __name__ == "__main__":
    _peer()

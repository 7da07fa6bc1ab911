"""What ours is measured against: the floor, and the shell.

``python -m bench.upload_peers FOLDER FIRST BUCKET`` is one of the floor's two processes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.upload_walk import MOTO, processor_seconds
from local.region.record import RegionRecord

PROCESSES = 2
SCRIPT = """
rsvg-convert -w 512 -h 512 "$1" -o "$1.512.png" && cwebp -quiet -q 75 "$1.512.png" -o "$1.512.webp"
rsvg-convert -w 128 -h 128 "$1" -o "$1.128.png" && cwebp -quiet -q 75 "$1.128.png" -o "$1.128.webp"
"""


@dataclass(frozen=True, slots=True)
class Floor:
    """Wall seconds of two plain processes, with and without their PUTs.

    *cpu* are the processor seconds with them, moto's included.
    """

    seconds: float
    cpu: float
    drawing_seconds: float
    puts: int


def floor(folder: Path, record: RegionRecord, directory: Path) -> Floor:
    """Draw every file of *folder* in two processes that know neither queue nor database."""
    drawing_seconds, _ = _run(folder, record, "")
    before = _cpu(directory)
    seconds, puts = _run(folder, record, f"vectoricons-local-public-{record.account}")
    return Floor(seconds, _cpu(directory) - before, drawing_seconds, puts)


def _cpu(directory: Path) -> float:
    """Processor seconds of the region's AWS, and of the processes that this one has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return processor_seconds(directory)[MOTO] + children.ru_utime + children.ru_stime


def shell(folder: Path) -> float | None:
    """Seconds of the same images by ``rsvg-convert`` and ``cwebp`` under ``xargs``; ``None`` without them."""
    if not (shutil.which("rsvg-convert") and shutil.which("cwebp")):
        return None
    names = "\0".join(str(path) for path in sorted(folder.glob("*.svg")))
    started = time.monotonic()
    subprocess.run(
        ["xargs", "-0", f"-P{PROCESSES}", "-n1", "sh", "-c", SCRIPT, "sh"],
        input=names.encode(),
        stdout=subprocess.DEVNULL,
        check=False,  # a drawing it cannot take is its own affair
    )
    return time.monotonic() - started


def _run(folder: Path, record: RegionRecord, bucket: str) -> tuple[float, int]:
    """Wall seconds and PUTs of both processes, from the moment both are warm."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": record.endpoint,
        "AWS_ACCESS_KEY_ID": record.operator.access_key,
        "AWS_SECRET_ACCESS_KEY": record.operator.secret_key,
        "AWS_DEFAULT_REGION": record.region,
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.upload_peers", str(folder), str(first), bucket],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for first in range(PROCESSES)
    ]
    for process in started:
        assert process.stdout is not None
        process.stdout.readline()  # it is warm
    begun = time.monotonic()
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    puts = 0
    for process in started:
        assert process.stdout is not None
        puts += int(process.stdout.read())
        assert process.wait() == 0
    return time.monotonic() - begun, puts


def draw(folder: Path, first: int, bucket: str) -> int:
    """Draw every other file and store all it becomes; returns the number of PUTs."""
    from imaging import Recipe, render
    from vectoricons.aws.s3 import FOREVER, client
    from vectoricons.uploads.keys import image_key, svg_key

    s3, recipe, puts = client(), Recipe(), 0
    paths = sorted(folder.glob("*.svg"))[first::PROCESSES]
    render(paths[0].read_bytes(), recipe)
    print("warm", flush=True)
    sys.stdin.read()
    for path in paths:
        source = path.read_bytes()
        rendered = render(source, recipe)
        objects = [(f"images/bench/{path.name}", source, "image/svg+xml")]
        objects += [(svg_key(rendered.svg), rendered.svg, "image/svg+xml")]
        objects += [(image_key(i.sha256, i.format), i.data, i.content_type) for i in rendered.images]
        for key, data, content_type in objects if bucket else []:
            s3.put_object(Bucket=bucket, Key=key, Body=data, ContentType=content_type, CacheControl=FOREVER)
            puts += 1
    return puts


if __name__ == "__main__":
    print(draw(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))

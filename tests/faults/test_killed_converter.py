"""A converter that is killed again and again converts every file, and none twice."""

from __future__ import annotations

import random
import subprocess
import time

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeBucket, s3_backends

from tests.converter.places import BucketPlace
from tests.converter.workshop import SMALL, Workshop, icon

# Untraced, for it is long: the converter's own tests are seen to go the same ways.
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced_processes")]

FILES = 2000
BROKEN = 10
KILLS = 5
SEED = 20_240
PATIENCE = 240  # seconds between two kills, maybe on a busy machine


def bucket(place: BucketPlace) -> FakeBucket:
    """The bucket inside moto, which has no time for two thousand requests more than the converter's."""
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_bucket(place.name)


def written(place: BucketPlace) -> dict[str, int]:
    """How often each image was written: the bucket keeps every version."""
    kept = bucket(place).keys.iterlists()
    return {key: len(versions) for key, versions in kept if key.startswith("out/")}


def kill_after(process: subprocess.Popen[str], place: BucketPlace, images: int) -> None:
    """Kill *process* once so many images are there."""
    deadline = time.monotonic() + PATIENCE
    while len(bucket(place).keys) - FILES < images:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    process.communicate()


def test_two_thousand_files_and_five_kills_make_each_image_once(workshop: Workshop, s3: BucketPlace) -> None:
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    for number in range(FILES):
        drawing = icon(number) if number % (FILES // BROKEN) else b"<svg"
        backend.put_object(s3.name, f"in/{number % 7}/{number}.svg", drawing)
    s3.client.put_bucket_versioning(Bucket=s3.name, VersioningConfiguration={"Status": "Enabled"})
    workshop.configure(SMALL, s3.url, f"s3://{s3.name}/out")
    at = sorted(random.Random(SEED).sample(range(1, FILES - BROKEN), KILLS))
    for images in at:
        kill_after(workshop.start("--resume", "--fetchers", "4"), s3, images)
    said = workshop.run("--resume", "--fetchers", "4")
    assert said.status == 1
    assert said.counts(converted=FILES - BROKEN, failed=BROKEN), said.output
    assert set(workshop.reasons().values()) == {"svg-not-xml"}
    assert len(workshop.reasons()) == BROKEN
    times = written(s3)
    assert len(times) == FILES - BROKEN
    assert set(times.values()) == {1}

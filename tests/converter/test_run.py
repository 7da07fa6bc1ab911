"""Runs: everything is converted once, what is unchanged is left alone, and a killed run goes on."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.converter.places import BucketPlace
from tests.converter.workshop import SMALL, Workshop, icon

WATERMARKED = """
outputs: [{kind: thumbnail, side: 16}, {kind: preview, side: 32}]
watermark: true
ground: "#ffffff"
"""


def fill(workshop: Workshop, count: int = 5, folder: str = "ann") -> None:
    for number in range(count):
        workshop.source.put(f"{folder}/icon-{number}.svg", icon(number))


def written(workshop: Workshop) -> dict[str, int]:
    """When each image was written."""
    root = Path(workshop.target.url)
    return {str(path): path.stat().st_mtime_ns for path in root.rglob("*.webp")}


def test_a_folder_becomes_a_folder_of_images(workshop: Workshop) -> None:
    workshop.configure(WATERMARKED)
    fill(workshop, 2)
    said = workshop.run("--fetchers", "2")
    assert said.status == 0
    assert said.counts(converted=2)
    images = workshop.target.contents()
    assert set(images) == {
        f"ann/icon-{number}-{kind}.webp"
        for number in range(2)
        for kind in ("thumbnail", "preview", "watermark")
    }
    assert all(image[:4] == b"RIFF" for image in images.values())
    assert workshop.reasons() == {}


def test_a_bucket_becomes_a_bucket_of_the_same_images_as_a_folder(
    workshop: Workshop, s3: BucketPlace
) -> None:
    fill(workshop)
    for key, drawing in workshop.source.contents().items():
        s3.put(key, drawing)
    target = s3.beside("out/")
    workshop.run()
    workshop.configure(SMALL, s3.url, target.url)
    said = workshop.run()
    assert said.status == 0
    assert said.counts(converted=5)
    assert target.contents() == workshop.target.contents()
    head = s3.client.head_object(Bucket=s3.name, Key="out/ann/icon-0-thumbnail.webp")
    assert head["ContentType"] == "image/webp"


def test_what_is_unchanged_is_neither_read_nor_written_again(workshop: Workshop, s3: BucketPlace) -> None:
    for number in range(3):
        s3.put(f"icon-{number}.svg", icon(number))
    workshop.configure(SMALL, s3.url)
    assert workshop.run().counts(converted=3)
    before = written(workshop)
    s3.deny("s3:GetObject", "*")
    assert workshop.run().counts(unchanged=3)
    assert written(workshop) == before


def test_only_what_changed_is_converted_again(workshop: Workshop) -> None:
    fill(workshop, 3)
    workshop.run()
    workshop.source.put("ann/icon-1.svg", icon(99))
    os.utime(Path(workshop.source.url) / "ann/icon-2.svg")  # touched: read again, but the same
    assert workshop.run().counts(converted=1, unchanged=2)


def test_another_recipe_converts_everything_again(workshop: Workshop) -> None:
    fill(workshop, 2)
    workshop.run()
    workshop.configure(SMALL.replace("16", "24"))
    assert workshop.run().counts(converted=2)


def test_a_prefix_is_a_folder_and_no_other_of_a_similar_name(workshop: Workshop) -> None:
    fill(workshop, 2, "ann")
    fill(workshop, 2, "anna")
    assert workshop.run("--prefix", "ann").counts(converted=2)
    assert {key.split("/")[0] for key in workshop.target.contents()} == {"ann"}


def test_shards_share_the_work_and_leave_nothing(workshop: Workshop) -> None:
    fill(workshop, 12)
    counted = [workshop.run("--shard", f"{number}/3") for number in (1, 2, 3)]
    assert all(said.status == 0 and "0 unchanged" in said.output for said in counted)
    assert len(workshop.target.contents()) == 12


def test_a_limit_ends_early_and_resume_does_the_rest_with_the_same_totals(workshop: Workshop) -> None:
    fill(workshop, 7)
    workshop.source.put("ann/empty.svg", b"")
    first = workshop.run("--limit", "3")
    before = written(workshop)
    assert len(before) + len(workshop.reasons()) == 3
    assert first.status in (0, 1)
    second = workshop.run("--resume")
    assert second.status == 1
    assert second.counts(converted=7, failed=1)
    assert before.items() <= written(workshop).items()
    third = workshop.run("--resume")
    assert third.counts(converted=7, failed=1)
    assert workshop.reasons() == {"ann/empty.svg": "file-empty"}


def test_a_rehearsal_names_everything_and_converts_nothing(workshop: Workshop) -> None:
    fill(workshop, 3)
    said = workshop.run("--dry-run", "--limit", "2")
    assert said.status == 0
    assert said.output.count("-thumbnail.webp") == 2
    assert "2 files" in said.output
    assert workshop.target.contents() == {}
    assert workshop.run("--resume").counts(converted=3)


def test_a_rehearsal_of_what_is_left_leaves_out_what_is_done(workshop: Workshop) -> None:
    fill(workshop, 3)
    workshop.run("--limit", "2")
    assert "1 files" in workshop.run("--dry-run", "--resume").output


def test_what_failed_can_be_mended_and_tried_again_alone(workshop: Workshop) -> None:
    fill(workshop, 2)
    workshop.source.put("ann/broken.svg", b"<svg")
    workshop.source.put("ann/gone.svg", b"")
    assert workshop.run().status == 1
    before = written(workshop)
    workshop.source.put("ann/broken.svg", icon(50))
    workshop.source.delete("ann/gone.svg")
    report = workshop.report.rename(workshop.root / "mended.csv")
    said = workshop.run("--retry-failed", str(report))
    assert said.status == 1
    assert said.counts(converted=3, failed=1)
    assert workshop.reasons() == {"ann/gone.svg": "file-missing"}
    assert before.items() <= written(workshop).items()


def test_a_report_of_something_else_is_refused_with_its_line(workshop: Workshop) -> None:
    fill(workshop, 1)
    other = workshop.root / "other.csv"
    other.write_text("a,b\n1,2\n")
    said = workshop.run("--retry-failed", str(other))
    assert said.status == 2
    assert "other.csv, line 1: is not a report" in said.output


def test_two_converters_do_not_do_the_same_work_at_once(workshop: Workshop) -> None:
    fill(workshop, 400)
    first = workshop.start()
    try:
        locks = workshop.root / "state"
        deadline = time.monotonic() + 60
        while not list(locks.glob("*.sqlite")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        said = workshop.run("--resume")
        assert said.status == 2
        assert "Another converter" in said.output
    finally:
        first.kill()
        first.communicate()
    assert workshop.run("--resume").counts(converted=400)


def test_a_stopped_run_ends_what_is_in_hand_and_resume_goes_on(workshop: Workshop) -> None:
    fill(workshop, 600)
    process = workshop.start()
    deadline = time.monotonic() + 60
    while not workshop.target.contents():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.terminate()
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1, said
    assert "Stopped before the end" in said
    done = len(workshop.target.contents())
    assert 0 < done < 600
    assert f"{done:,} converted" in said, "what was written is in the checkpoint"
    assert workshop.run("--resume").counts(converted=600)


def test_progress_is_plain_lines_without_a_terminal(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("containers.converter.display.SECONDS_BETWEEN_LINES", 0)
    fill(workshop, 30)
    workshop.source.put("ann/empty.svg", b"")
    said = workshop.run()
    assert "\x1b" not in said.output
    assert "files/s" in said.output
    assert "failed: file-empty 1" in said.output


def test_a_role_is_assumed_for_s3(workshop: Workshop, s3: BucketPlace) -> None:
    s3.put("icon.svg", icon())
    workshop.configure(SMALL, s3.url)
    role = "arn:aws:iam::123456789012:role/backfill"
    assert workshop.run("--assume-role", role).counts(converted=1)


def test_help_names_the_exit_statuses_and_every_option() -> None:
    from click.testing import CliRunner

    from containers.converter.cli import main

    said = " ".join(CliRunner().invoke(main, ["--help"]).output.split())
    assert "0 all done; 1 files failed" in said
    options = CliRunner().invoke(main, ["run", "--help"]).output
    wanted = (
        "prefix config watermark workers fetchers assume-role shard resume dry-run limit report retry-failed"
    )
    assert all(f"--{name}" in options for name in wanted.split())


def test_faults_are_logged_as_json(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr("containers.converter.folder.Folder.read", broken)
    fill(workshop, 2)
    said = workshop.run()
    assert said.status == 1
    assert set(workshop.reasons().values()) == {"converter-fault"}
    logged = [json.loads(line) for line in said.output.splitlines() if line.startswith("{")]
    assert {each["event"] for each in logged} == {"converter-fault"}

"""Free icons get their address as they are published, and those from before by a command."""

from __future__ import annotations

import json

from containers.worker.opening import Opening
from containers.worker.storage import Storage
from tests.worker import zips
from tests.worker.pipeline import Pipeline
from tests.worker.surroundings import PRIVATE
from tests.worker.zips import packed
from vectoricons.aws.s3 import S3

ADDRESSES = "select prefix, name, body, width from open_icons order by prefix, name"
TWO = dict(list(zips.tabler_icons().items())[:2])


def opening(pipeline: Pipeline) -> Opening:
    return Opening(pipeline.database, Storage(S3(pipeline.servers.s3)), PRIVATE, pipeline.stop)


def test_what_is_published_free_can_be_addressed_and_what_is_sold_cannot(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(packed(TWO), "Arrows.zip"))
    rows = pipeline.rows(ADDRESSES)
    assert len(rows) == 2
    assert {row.prefix for row in rows} == {"arrows"}
    assert all('stroke="currentColor"' in row.body and row.width == 24 for row in rows)
    priced = {"family": {"name": "Dear", "license": "premium", "price": "9.00"}}
    files = {"manifest.json": zips.manifest(**priced), "arrow.svg": next(iter(TWO.values()))}
    batch = pipeline.finish(pipeline.upload(packed(files), "Dear.zip"))
    assert batch.ready_count == 1
    assert pipeline.rows(ADDRESSES) == rows


def test_a_better_version_is_drawn_anew_at_the_same_address(pipeline: Pipeline) -> None:
    one, two = TWO.values()
    pipeline.finish(pipeline.upload(packed({"a.svg": one}), "Arrows.zip"))
    ((prefix, name, before, _),) = pipeline.rows(ADDRESSES)
    pipeline.finish(pipeline.upload(packed({"a.svg": two}), "Arrows.zip"))
    ((prefix_, name_, after, _),) = pipeline.rows(ADDRESSES)
    assert (prefix_, name_) == (prefix, name)
    assert after != before


def test_icons_from_before_get_theirs_and_a_second_run_finds_nothing_to_do(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(packed(TWO), "Arrows.zip"))
    there = pipeline.rows(ADDRESSES)
    pipeline.execute("delete from open_sets")
    assert pipeline.rows(ADDRESSES) == []
    assert opening(pipeline).run() == 2
    assert pipeline.rows(ADDRESSES) == there
    assert opening(pipeline).run() == 0


def test_a_drawing_that_is_gone_or_broken_holds_up_no_other(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(zips.real_icons(4), "Four.zip"))
    pipeline.execute("delete from open_sets")
    keys = [key for (key,) in pipeline.rows("select svg_key from icons order by id")]
    pipeline.servers.s3.delete_object(Bucket=PRIVATE, Key=keys[0])
    pipeline.servers.s3.put_object(Bucket=PRIVATE, Key=keys[1], Body=b"no drawing")
    assert opening(pipeline).run() == 2
    assert len(pipeline.rows(ADDRESSES)) == 2


def test_the_command_ends_by_itself_with_how_many_there_were(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(packed(TWO), "Arrows.zip"))
    pipeline.execute("delete from open_sets")
    with pipeline.process("open-icons") as process:
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    done = json.loads(said.splitlines()[-1])
    assert (done["event"], done["icons"]) == ("open-icons-done", 2)

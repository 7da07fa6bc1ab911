"""What scaling follows: lines of the log that CloudWatch reads as numbers, and what Postgres says is open."""

from __future__ import annotations

import json
import time
from typing import Any

import jsonschema

from tests.worker import zips
from tests.worker.pipeline import Pipeline

# The structure that CloudWatch demands; a line that breaks it is kept as text, and no metric is made of it.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
NAME = {"type": "string", "minLength": 1, "maxLength": 1024}
EMBEDDED = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "properties": {
                            "Namespace": NAME,
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {"type": "array", "maxItems": 30, "items": NAME},
                            },
                            "Metrics": {
                                "type": "array",
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "properties": {"Name": NAME, "Unit": {"enum": ["Count"]}},
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}


def backlog(pipeline: Pipeline) -> list[dict[str, Any]]:
    """The first three lines of a reaper that tell a backlog, as they leave the container."""
    found: list[dict[str, Any]] = []
    with pipeline.process("reaper") as process:
        assert process.stdout is not None
        for line in process.stdout:
            entry = json.loads(line)
            if entry["event"] == "backlog":
                found.append(entry)
            if len(found) == 3:
                return found
    raise AssertionError("the reaper ended without a word of what is open")


def test_the_reaper_tells_cloudwatch_what_postgres_says_is_open(pipeline: Pipeline) -> None:
    done = pipeline.upload(zips.real_icons(4))
    pipeline.take_in()
    pipeline.draw(done.id)
    pipeline.upload(zips.real_icons(30), "More.zip")
    pipeline.take_in()
    ((items,),) = pipeline.rows("select count(*) from upload_items where state in ('queued', 'rendering')")
    ((events,),) = pipeline.rows("select count(*) from event_outbox where published_at is null")

    told = backlog(pipeline)

    assert {line["Queue"]: line["Backlog"] for line in told} == {
        "items": items,
        "previews": 1,
        "events": events,
    }
    assert items > 0
    assert events > 0
    for line in told:
        jsonschema.validate(line, EMBEDDED)
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        named = [*directive["Dimensions"][0], *(metric["Name"] for metric in directive["Metrics"])]
        assert set(named) <= line.keys()
        assert line["Stack"] == "test"
        assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 600


def test_what_is_done_is_open_no_more(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(zips.real_icons(2)))
    assert {line["Queue"]: line["Backlog"] for line in backlog(pipeline)} == {
        "items": 0,
        "previews": 0,
        "events": 0,
    }

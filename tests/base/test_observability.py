"""Observability: each operation of a service is a span, a duration and an event, for any adapter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from structlog.testing import capture_logs

from tests.base.world import word
from vectoricons.common import observability
from vectoricons.common.errors import NotFound
from vectoricons.common.observability import EVENT, Remembered
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.products.tags import TagService


@pytest.fixture
def remembered() -> Iterator[Remembered]:
    """Telemetry that this test alone reads."""
    adapters = Remembered.new()
    before = observability.install("test", spans=adapters.spans, numbers=adapters.numbers)
    yield adapters
    observability.use(before).close()


def test_an_operation_is_a_span_with_its_result(work: UnitOfWork, remembered: Remembered) -> None:
    TagService(work).create({"name": word("tag")})
    (span,) = remembered.spans.get_finished_spans()
    assert span.name == "tag.create"
    told: dict[str, Any] = dict(span.attributes or {})
    assert (told["service"], told["operation"], told["result"]) == ("tag", "create", "ok")
    assert told["actor"] == "system:test"
    assert [event.name for event in span.events] == [EVENT]
    assert span.resource.attributes["service.name"] == "test"


def test_a_failed_operation_says_so_and_not_what_was_typed(work: UnitOfWork, remembered: Remembered) -> None:
    with pytest.raises(NotFound):
        TagService(work).update(2**40, {"name": "a secret"})
    (span,) = [span for span in remembered.spans.get_finished_spans() if span.name == "tag.update"]
    assert (span.attributes or {})["result"] == "failed"
    assert not span.status.is_ok
    assert span.status.description == "NotFound"
    assert "a secret" not in str(span.to_json())


def test_durations_are_counted_by_operation_and_result(work: UnitOfWork, remembered: Remembered) -> None:
    tags = TagService(work)
    tags.create({"name": word("tag")})
    tags.create({"name": word("tag")})
    with pytest.raises(NotFound):
        tags.update(2**40, {"name": word("tag")})
    counted = {
        (point["operation"], point["result"]): point["count"]
        for point in remembered.points()
        if point["metric"] == observability.DURATION
    }
    assert counted[("create", "ok")] == 2
    assert counted[("update", "failed")] == 1
    assert all(point["sum"] > 0 for point in remembered.points())


def test_an_operation_is_a_line_in_the_log_whoever_listens(work: UnitOfWork) -> None:
    with capture_logs() as lines:
        TagService(work).create({"name": word("tag")})
    (line,) = [line for line in lines if line["event"] == "operation"]
    assert (line["operation"], line["result"], line["actor"]) == ("tag.create", "ok", "system:test")
    assert line["duration_ms"] > 0


def test_the_log_is_an_adapter_too(work: UnitOfWork, remembered: Remembered) -> None:
    TagService(work).create({"name": word("tag")})
    with capture_logs() as lines:
        observability.LoggedSpans().export(remembered.spans.get_finished_spans())
        data = remembered.numbers.get_metrics_data()
        assert data is not None
        metrics = observability.LoggedMetrics()
        metrics.export(data)
        assert metrics.force_flush()
        metrics.shutdown()
    span, metric = lines
    assert (span["event"], span["name"], span["result"]) == ("span", "tag.create", "ok")
    assert (metric["event"], metric["metric"], metric["count"]) == ("metric", observability.DURATION, 1)


def test_a_process_that_logs_in_detail_has_its_spans_there(work: UnitOfWork) -> None:
    nowhere = observability.use(observability.Telemetry(NoOpTracerProvider(), NoOpMeterProvider()))
    try:
        observability.begin("test", "info")
        quiet = observability.use(nowhere)
        observability.use(quiet)
        observability.begin("test", "debug")
        detailed = observability.use(nowhere)
        assert detailed is not quiet
        detailed.close()
    finally:
        observability.use(nowhere)


def test_a_process_may_send_everything_to_the_log(work: UnitOfWork) -> None:
    before = observability.to_log("test", every=3600)
    try:
        TagService(work).create({"name": word("tag")})
    finally:
        mine = observability.use(before)
    with capture_logs() as lines:
        mine.close()
    assert {line["event"] for line in lines} >= {"span", "metric"}

"""Observability: what services do, as spans, metrics and events in OpenTelemetry's terms.

Until a process calls :func:`install`, spans and metrics go nowhere and cost next to nothing; the line in the
log is there always. Any exporter of OpenTelemetry is an adapter. Two are here: the log, and memory.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import MeterProvider as Meters
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    InMemoryMetricReader,
    MetricExporter,
    MetricExportResult,
    MetricReader,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import (
    BatchSpanProcessor,
    SimpleSpanProcessor,
    SpanExporter,
    SpanExportResult,
)
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode
from opentelemetry.trace import TracerProvider as Tracers

from vectoricons.common import log

SCOPE = "vectoricons"
DURATION = "operation_duration_ms"
EVENT = "observability.service"

logger = log.get(__name__)


class Telemetry:
    """Where spans and metrics go."""

    def __init__(self, tracers: Tracers, meters: Meters) -> None:
        self._providers = (tracers, meters)
        self.tracer = tracers.get_tracer(SCOPE)
        self.duration = meters.get_meter(SCOPE).create_histogram(
            DURATION, unit="ms", description="How long an operation of a service took"
        )

    def close(self) -> None:
        """Hand over what is still held, and end the threads that would have."""
        for provider in self._providers:
            if isinstance(provider, TracerProvider | MeterProvider):
                provider.shutdown()


_telemetry = Telemetry(trace.NoOpTracerProvider(), metrics.NoOpMeterProvider())


def install(service: str, *, spans: SpanExporter, numbers: MetricReader) -> Telemetry:
    """Send the spans and metrics of this process, which is called *service*, to these adapters."""
    resource = Resource({SERVICE_NAME: service})
    tracers = TracerProvider(resource=resource)
    simple = isinstance(spans, InMemorySpanExporter)
    tracers.add_span_processor(SimpleSpanProcessor(spans) if simple else BatchSpanProcessor(spans))
    return use(Telemetry(tracers, MeterProvider([numbers], resource=resource)))


def use(telemetry: Telemetry) -> Telemetry:
    """Send spans and metrics there from now on; returns where they went before."""
    global _telemetry
    before, _telemetry = _telemetry, telemetry
    return before


@contextmanager
def operation(service: str, name: str, *, actor: str, trace_id: str | None) -> Iterator[None]:
    """Measure the block as the operation *name* of *service*: a span, a duration, a line in the log."""
    started, result = time.perf_counter(), "failed"
    told = {"service": service, "operation": name}
    with _telemetry.tracer.start_as_current_span(
        f"{service}.{name}", attributes=told, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
            result = "ok"
        except BaseException as error:
            # Its type alone: a message may hold what a person typed.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
        finally:
            took = (time.perf_counter() - started) * 1000
            span.set_attributes({"result": result, "actor": actor, "trace_id": trace_id or ""})
            span.add_event(EVENT, {"result": result})
            _telemetry.duration.record(took, {**told, "result": result})
            logger.debug(
                "operation",
                operation=f"{service}.{name}",
                result=result,
                duration_ms=round(took, 2),
                actor=actor,
                trace_id=trace_id,
            )


class LoggedSpans(SpanExporter):
    """Spans as lines of the log."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """A line each."""
        for span in spans:
            took = ((span.end_time or 0) - (span.start_time or 0)) / 1e6
            logger.info("span", name=span.name, duration_ms=round(took, 2), **dict(span.attributes or {}))
        return SpanExportResult.SUCCESS


class LoggedMetrics(MetricExporter):
    """Durations as lines of the log."""

    def export(self, metrics_data: MetricsData, timeout_millis: float = 0, **_: Any) -> MetricExportResult:
        """A line for each operation and result since the process began."""
        for point in _points(metrics_data):
            logger.info("metric", **point)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 0) -> bool:
        """Nothing waits here."""
        return True

    def shutdown(self, timeout_millis: float = 0, **_: Any) -> None:
        """Nothing is held here."""


def to_log(service: str, *, every: float = 60) -> Telemetry:
    """Send spans and metrics to the log, metrics each *every* seconds."""
    reader = PeriodicExportingMetricReader(LoggedMetrics(), export_interval_millis=every * 1000)
    return install(service, spans=LoggedSpans(), numbers=reader)


def begin(service: str, level: str) -> None:
    """What a process does about its spans and metrics: one that logs in detail has them in its log."""
    if level.upper() == "DEBUG":
        to_log(service)


@dataclass(frozen=True, slots=True)
class Remembered:
    """Spans and metrics in memory, for tests."""

    spans: InMemorySpanExporter
    numbers: InMemoryMetricReader

    @classmethod
    def new(cls) -> Remembered:
        """An empty one."""
        return cls(InMemorySpanExporter(), InMemoryMetricReader())

    def points(self) -> list[dict[str, Any]]:
        """The durations so far, as the log would have them."""
        return list(_points(self.numbers.get_metrics_data()))


def _points(data: MetricsData | None) -> Iterator[dict[str, Any]]:
    for of_resource in data.resource_metrics if data else ():
        for scope in of_resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    yield {"metric": metric.name, **(point.attributes or {}), **_summed(point)}


def _summed(point: Any) -> dict[str, float]:
    return {"count": point.count, "sum": point.sum, "max": point.max}

"""Everything at one glance: each number that a component watches or follows, with the line that matters."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudwatch

from components.base import Component
from components.metrics import PERIOD, Chart, Formula, Metric

# CloudWatch's grid is 24 wide.
_COLUMNS, _WIDTH, _HEIGHT, _HEADING = 4, 6, 5, 1


class Dashboard(Component):
    """The dashboard of all that was made before it: made last, it leaves nothing out.

    Creates: aws.cloudwatch.Dashboard.
    """

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        charts = sorted(self.deployment.charts, key=lambda each: (each.component, each.title))
        region = self.names.region
        # Some things AWS alone can name, a NAT gateway for one.
        known = Output.all(*[_dimensions(chart) for chart in charts])
        cloudwatch.Dashboard(
            self.child("dashboard"),
            dashboard_name=self.names.stem,
            dashboard_body=known.apply(lambda dimensions: body(charts, dimensions, region)),
            opts=self.child_opts(),
        )
        self.register_outputs({})


def body(charts: Sequence[Chart], dimensions: Sequence[Mapping[str, Mapping[str, str]]], region: str) -> str:
    """The dashboard as JSON: a heading for each component, its charts below, in rows of four."""
    widgets: list[Mapping[str, Any]] = []
    top = 0
    drawn = zip(charts, dimensions, strict=True)
    for component, group in groupby(drawn, key=lambda each: each[0].component):
        widgets.append(_heading(component, top))
        top += _HEADING
        properties = [_properties(chart, known, region) for chart, known in group]
        for number, chart in enumerate(properties):
            place = {"x": number % _COLUMNS * _WIDTH, "y": top + number // _COLUMNS * _HEIGHT}
            size = {"width": _WIDTH, "height": _HEIGHT}
            widgets.append({"type": "metric", **place, **size, "properties": chart})
        top += -(-len(properties) // _COLUMNS) * _HEIGHT
    return json.dumps({"widgets": widgets}, sort_keys=True, separators=(",", ":"))


def _heading(component: str, top: int) -> Mapping[str, Any]:
    text = {"markdown": f"## {component}", "background": "transparent"}
    return {"type": "text", "x": 0, "y": top, "width": 24, "height": _HEADING, "properties": text}


def _properties(chart: Chart, dimensions: Mapping[str, Mapping[str, str]], region: str) -> Mapping[str, Any]:
    return {
        "title": chart.title,
        "region": region,
        "view": "timeSeries",
        "period": PERIOD,
        "metrics": [*_computed(chart), *_read(chart, dimensions)],
        "annotations": {"horizontal": [{"value": chart.line}]},
    }


def _computed(chart: Chart) -> Iterable[Sequence[Any]]:
    if isinstance(chart.of, Formula):
        yield [{"id": "answer", "expression": chart.of.text, "label": chart.of.text}]


def _read(chart: Chart, dimensions: Mapping[str, Mapping[str, str]]) -> Iterable[Sequence[Any]]:
    for name, metric in _metrics(chart).items():
        where = [word for pair in sorted(dimensions[name].items()) for word in pair]
        how = {"id": name, "stat": metric.statistic, "visible": isinstance(chart.of, Metric)}
        yield [metric.namespace, metric.name, *where, how]


def _metrics(chart: Chart) -> Mapping[str, Metric]:
    return chart.of.of if isinstance(chart.of, Formula) else {"it": chart.of}


def _dimensions(chart: Chart) -> Mapping[str, Any]:
    return {name: dict(metric.dimensions) for name, metric in _metrics(chart).items()}

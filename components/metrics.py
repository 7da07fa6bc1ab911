"""What CloudWatch measures: numbers by their full name, and what is computed of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pulumi import Input

PERIOD = 60  # seconds; everything here is told once a minute
Statistic = Literal["Average", "Sum", "Maximum", "Minimum"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of one thing, by the minute."""

    namespace: str
    name: str
    dimensions: Mapping[str, Input[str]]
    statistic: Statistic = "Average"


@dataclass(frozen=True, slots=True)
class Formula:
    """A number computed of others: *text* in CloudWatch's metric math, over the names in *of*."""

    text: str
    of: Mapping[str, Metric]


Measure = Metric | Formula


@dataclass(frozen=True, slots=True)
class Chart:
    """A number that a component shows, and the line in it that matters."""

    component: str
    title: str
    of: Measure
    line: float

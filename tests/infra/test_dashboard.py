"""The dashboard: every number that is watched or followed, in one place, with the line that matters."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pulumi import Output

from components.alarms import Alarm, above, watch
from components.base import Component
from components.dashboard import Dashboard
from components.metrics import Formula, Metric
from tests.infra.synth import Declarations, component, program


@cache
def prod() -> Declarations:
    return program("prod")


def widgets(declared: Declarations) -> list[dict[str, Any]]:
    (dashboard,) = declared.of("aws:cloudwatch/dashboard:Dashboard")
    found: list[dict[str, Any]] = json.loads(dashboard.inputs["dashboardBody"])["widgets"]
    return found


def test_every_alarm_has_its_chart_below_the_name_of_its_component() -> None:
    drawn, above_it = set(), ""
    for widget in widgets(prod()):
        if widget["type"] == "text":
            above_it = widget["properties"]["markdown"].removeprefix("## ")
        else:
            drawn.add(f"{above_it}-{widget['properties']['title']}-alarm")
    alarms = {each.name for each in prod().of("aws:cloudwatch/metricAlarm:MetricAlarm")}
    assert alarms <= drawn
    assert {each.removesuffix("-alarm") for each in drawn - alarms} == {
        f"worker-{each}-backlog" for each in ("intake", "images", "previews", "relay", "messenger")
    }


def test_no_two_widgets_lie_on_each_other_or_over_the_edge() -> None:
    taken: set[tuple[int, int]] = set()
    for each in widgets(prod()):
        cells = {
            (x, y)
            for x in range(each["x"], each["x"] + each["width"])
            for y in range(each["y"], each["y"] + each["height"])
        }
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_a_chart_shows_the_number_and_the_line_in_it() -> None:
    short = Formula("desired - running", {"desired": Metric("N", "D", {}), "running": Metric("N", "R", {})})

    def build() -> None:
        named = {"NatGatewayId": Output.from_input("nat-1")}
        gateway = Metric("AWS/NATGateway", "ErrorPortAllocation", named, "Sum")
        thing = Component("thing")
        for part, of in (("nat", gateway), ("short", short)):
            watch(thing, part, Alarm(of=of, bad=above(10), minutes=1, title="Bad", help="Look."))
        Dashboard("dashboard")

    _, nat, tasks = widgets(component(build))
    assert nat["properties"]["metrics"] == [
        [
            "AWS/NATGateway",
            "ErrorPortAllocation",
            "NatGatewayId",
            "nat-1",
            {"id": "it", "stat": "Sum", "visible": True},
        ]
    ]
    assert nat["properties"]["annotations"] == {"horizontal": [{"value": 10}]}
    answer, *hidden = tasks["properties"]["metrics"]
    assert answer == [{"id": "answer", "expression": "desired - running", "label": "desired - running"}]
    assert [each[-1]["visible"] for each in hidden] == [False, False]


def test_it_is_called_after_the_stack_and_written_the_same_every_time() -> None:
    (dashboard,) = prod().of("aws:cloudwatch/dashboard:Dashboard")
    assert dashboard.inputs["dashboardName"] == "vectoricons-prod"
    body = dashboard.inputs["dashboardBody"]
    assert body == json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))

"""A message is read once for all policies, and what is read is what pulumi_policy would read itself."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format  # type: ignore[import-untyped]  # protobuf ships no types
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy import policy as sdk
from vectoricons_policy import reading
from vectoricons_policy.reading import MOST, Memory


@pytest.fixture
def _reading_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("json_format", "deserialize_properties", "unknown_checking_proxy"):
        monkeypatch.setattr(sdk, name, getattr(sdk, name))  # put back after the test
    reading.once()


def resource(size: int) -> Any:
    made = analyzer_pb2.AnalyzerResource(type="aws:sqs/queue:Queue", urn=f"urn:pulumi:dev::p::t::q{size}")
    json_format.ParseDict({"name": "q", "size": size, "tags": {"a": "b"}}, made.properties)
    return made


@pytest.mark.usefixtures("_reading_once")
def test_policies_of_one_request_are_shown_the_same_reading_and_those_of_the_next_another() -> None:
    seen: list[tuple[float, int]] = []

    def look(args: Any, _report: Any) -> None:
        (one,) = args.resources
        seen.append((one.props["size"], id(one.props)))

    policies = [
        StackValidationPolicy(name=name, description="Looks", validate=look) for name in ("one", "other")
    ]
    servicer = sdk._PolicyAnalyzerServicer(  # noqa: SLF001 - as the engine asks it
        "pack", "1", policies, EnforcementLevel.MANDATORY, None
    )
    for size in (1, 2):
        servicer.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=[resource(size)]), None)
    assert [size for size, _ in seen] == [1, 1, 2, 2]
    assert len({id_ for _, id_ in seen}) == 2


@pytest.mark.usefixtures("_reading_once")
def test_a_resource_is_read_once_for_all_rules_about_it() -> None:
    seen = []
    policies = [
        ResourceValidationPolicy(
            name=name, description="Looks", validate=lambda args, _: seen.append(args.props)
        )
        for name in ("one", "other")
    ]
    servicer = sdk._PolicyAnalyzerServicer(  # noqa: SLF001 - as the engine asks it
        "pack", "1", policies, EnforcementLevel.MANDATORY, None
    )
    given = resource(1)
    request = analyzer_pb2.AnalyzeRequest(type=given.type, urn=given.urn, properties=given.properties)
    servicer.Analyze(request, None)
    one, other = seen
    assert one is other
    assert one["tags"]["a"] == "b"


def test_a_memory_gives_what_the_function_gives_and_never_anothers_answer() -> None:
    asked: list[object] = []

    def size(thing: list[int], more: int = 0) -> int:
        asked.append(thing)
        return len(thing) + more

    remembering = Memory(size)
    things = [[0] * length for length in range(50)]
    assert [remembering(thing) for thing in things * 2] == [*range(50), *range(50)]
    assert len(asked) == 50
    assert remembering(things[3], 10) == 13
    for length in range(2 * MOST):
        assert remembering([0] * (length % 7)) == length % 7

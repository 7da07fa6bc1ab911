"""Requests that nobody thought of: no fault of ours comes back, and nothing the document does not tell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from containers.api.ratelimit import limiter
from tests.api.access.doors import World
from tests.api.access.test_matrix import MATRIX, told_path
from tests.api.factories import Shelf

# Untraced it takes half as long, and what it walks through the tests of each operation are seen to cover.
pytestmark = pytest.mark.no_cover

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "4"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
VISITORS = ("guest", "customer", "contributor", "admin")
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES < 10,  # the suite asks the same each time, `make fuzz` something new
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(app: Flask, shelf: Shelf) -> Iterator[World]:
    limiter.enabled = False
    yield World(app, shelf)
    limiter.enabled = True


@pytest.fixture(scope="module")
def schema(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_any_request_by_anybody_is_answered_as_the_document_says(
    schema: Any, world: World, operation: str
) -> None:
    method, rule = operation.split(" ")
    told, values = schema[told_path(rule)][method], dict(MATRIX[operation].values(world))
    requests = st.one_of(told.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @BOUNDED
    @given(case=requests, visitor=st.sampled_from(VISITORS), is_there=st.booleans())
    def knock(case: Any, visitor: str, is_there: bool) -> None:
        if is_there and values:
            case.path_parameters.update({name: str(value) for name, value in values.items()})
        case.call_and_validate(headers=world.browser(visitor)[1], checks=CHECKS)

    knock()


def test_what_was_made_can_be_read_changed_and_removed_in_any_order(schema: Any, world: World) -> None:
    headers = world.browser("admin")[1]
    walks, faults = list[None](), list[BaseException]()

    class Machine(schema.as_state_machine()):  # type: ignore[misc]  # made from the document
        def setup(self) -> None:
            super().setup()
            walks.append(None)

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **how: Any) -> None:
            after = [*CHECKS, checks.use_after_free, checks.ensure_resource_availability]
            try:
                case.validate_response(response, checks=after, transport_kwargs=how, recorder=self.recorder)
            except BaseException as fault:
                faults.append(fault)
                raise

    while len(walks) < EXAMPLES and not faults:
        # The server remembers: moves that were made before are answered otherwise the second time, which to
        # Hypothesis is a test that does not know what it does. It begins anew; what was found is kept.
        with suppress(FlakyStrategyDefinition):
            Machine.run(settings=settings(BOUNDED, stateful_step_count=8))
    assert not faults

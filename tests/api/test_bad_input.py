"""Bad input of every kind, sent to every operation there is: refused in words that name it, and no 500."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from containers.api.ratelimit import limiter
from tests.api.access.doors import VISITORS, Door, World
from tests.api.access.test_matrix import MATRIX, address, told_path
from tests.api.factories import Shelf

# Untraced it takes half as long, and what it walks through the tests of each operation are seen to cover.
pytestmark = pytest.mark.no_cover

HUGE = 10**30
SECRETS = {"current", "new", "password"}  # they are digested, whatever they hold
LONG = "x" * 20_001
DEEP = ("[" * 100_000, '{"a":' * 400 + "1" + "}" * 400, f'{{"a": {HUGE}}}')
NO_ROWS: Mapping[str, tuple[str, ...]] = {
    "int": (str(2**63), str(HUGE), "9" * 5_000, "-1", "1.5", "abc", "0"),
    "uuid": (str(uuid4()), "0" * 36, "abc"),
    "string": ("000000000000", "ÿ", "x" * 5_000, "a'b"),
}
BAD_HEADERS = {
    "If-Match": ('"', "é", "x" * 5_000),
    "If-None-Match": ('W/"', "é"),
    "Idempotency-Key": ("short", "é" * 20, "x" * 5_000),
}
Document = dict[str, Any]


@pytest.fixture(scope="module")
def world(app: Flask, shelf: Shelf) -> Iterator[World]:
    limiter.enabled = False  # a door is knocked at more often here than anybody may
    yield World(app, shelf)
    limiter.enabled = True


@pytest.fixture(scope="module")
def document(app: Flask) -> Document:
    found: Document = app.test_client().get("/openapi.json").json
    return found


class Knocker:
    """Who may come in by a door, and sends what is wrong."""

    def __init__(self, world: World, operation: str) -> None:
        self.door: Door = MATRIX[operation]
        self.method, self.rule = operation.split(" ")
        known = list(zip(VISITORS, self.door.codes, strict=True))
        welcome = [name for name, code in known if code < 300] or [
            name for name, code in known if code not in (401, 403)
        ]
        self._browser, self._headers = world.browser(welcome[-1] if welcome else "guest")
        self.path = address(self.rule, self.door, world)

    def send(self, path: str = "", *, headers: Mapping[str, str] | None = None, **how: Any) -> Any:
        """The answer, which is no fault of ours, and if it is a refusal, one in the form of all."""
        sent = {"Idempotency-Key": str(uuid4()), **self._headers, **(headers or {})}
        answer = self._browser.open(path or self.path, method=self.method, headers=sent, **how)
        asked = f"{self.method} {(path or self.path)[:200]} {str(how)[:200]}"
        told = f"{asked}: {answer.status_code} {answer.text[:500]}"
        assert answer.status_code < 500, told
        if answer.status_code >= 400:
            assert answer.mimetype == "application/problem+json", told
            assert {"type", "title", "status", "detail", "code", "instance"} <= set(answer.json), told
            assert answer.json["detail"].endswith((".", ")")), told
        return answer

    def refused(self, codes: int | tuple[int, ...], path: str = "", **how: Any) -> Any:
        """The refusal, which has one of the *codes*."""
        answer = self.send(path, **how)
        expected = codes if isinstance(codes, tuple) else (codes,)
        assert answer.status_code in expected, (
            f"{path} {str(how)[:200]}: {answer.status_code} {answer.text[:500]}"
        )
        return answer.json

    def refused_field(self, name: str, **how: Any) -> None:
        """It is the field *name* that is refused, and said so with what it should be."""
        problem = self.refused(422, **how)
        named = [error["field"] for error in problem["errors"]]
        assert any(field.split(".")[0] == name for field in named), f"{how}: {problem}"


def _with_variables() -> list[str]:
    return [operation for operation in sorted(MATRIX) if "<" in operation]


@pytest.fixture
def knocker(world: World, request: pytest.FixtureRequest) -> Knocker:
    return Knocker(world, request.param)


@pytest.mark.parametrize("knocker", _with_variables(), indirect=True)
def test_what_is_nobodys_is_not_found(knocker: Knocker, world: World) -> None:
    values = knocker.door.values(world)
    variables = [part.partition(">")[0] for part in knocker.rule.split("<")[1:]]
    body = {"json": knocker.door.body(world)} if knocker.door.body else {}
    for variable in variables:
        kind, _, name = variable.rpartition(":")
        for bad in NO_ROWS[kind or "string"]:
            door = Door(knocker.door.codes, lambda _world, name=name, bad=bad: {**values, name: bad})
            knocker.refused((403, 404, 422), address(knocker.rule, door, world), **body)
        door = Door(knocker.door.codes, lambda _world, name=name: {**values, name: "%00"})
        knocker.refused(400, address(knocker.rule, door, world), **body)


@pytest.mark.parametrize("knocker", sorted(MATRIX), indirect=True)
def test_a_wrong_body_is_refused_by_its_fields(knocker: Knocker, world: World, document: Document) -> None:
    schema = _body(document, knocker)
    if schema is None:
        for unasked in DEEP if knocker.method != "GET" else ():
            knocker.send(data=unasked, content_type="application/json")
        return
    knocker.refused(400, data=DEEP[0], content_type="application/json")
    knocker.refused(415, data="a=b")
    knocker.refused(415, data="{}", content_type="text/plain")
    knocker.refused(400, data="{", content_type="application/json")
    knocker.refused(400, data=b"\xff\xfe", content_type="application/json")
    knocker.refused(413, data=b'"' + b"x" * 1_100_000, content_type="application/json")
    for nothing in ([], "text", 7, None):
        knocker.refused(422, json=nothing) if nothing is not None else knocker.send(json=nothing)
    good = knocker.door.body(world) if knocker.door.body else {}
    knocker.refused_field("nonsense", json={**good, "nonsense": 1})
    for name, field in schema["properties"].items():
        kinds = _kinds(field, document)
        bad: list[Any] = [{"a": {}}] if "object" not in kinds else [7]
        bad += [None] if "null" not in kinds else []
        bad += (
            ([LONG] if name in SECRETS else ["a\0b", LONG])
            if kinds <= {"string", "null"}
            else [-HUGE, HUGE, "abc"]
            if "boolean" not in kinds
            else ["abc"]
        )
        for value in bad:
            knocker.refused_field(name, json={**good, name: value})
    for name in schema.get("required", []):
        knocker.refused_field(name, json={key: value for key, value in good.items() if key != name})


@pytest.mark.parametrize("knocker", sorted(MATRIX), indirect=True)
def test_a_wrong_query_is_refused_by_its_parameters(knocker: Knocker, document: Document) -> None:
    if knocker.method != "GET":
        return
    knocker.refused(400, f"{knocker.path}?q=%00")
    knocker.refused(400, f"{knocker.path}?q=%ff")
    asked = [
        parameter
        for parameter in _described(document, knocker)["parameters"]
        if parameter.get("in") == "query"
    ]
    if not asked:
        return
    knocker.refused_field("nonsense", query_string={"nonsense": "1"})
    for parameter in asked:
        name, kinds = parameter["name"], _kinds(parameter["schema"], document)
        if name == "cursor" and not any(other.get("required") for other in asked):
            knocker.refused(400, f"{knocker.path}?cursor=nonsense")
        if kinds == {"integer"}:
            knocker.send(f"{knocker.path}?{name}=-{HUGE}")
            knocker.send(f"{knocker.path}?{name}={HUGE}")
            knocker.refused_field(name, query_string={name: "abc"})
        else:
            knocker.refused_field(name, query_string={name: LONG})


@pytest.mark.parametrize("knocker", sorted(MATRIX), indirect=True)
def test_headers_that_say_nothing_break_nothing(knocker: Knocker, world: World) -> None:
    body = {"json": knocker.door.body(world)} if knocker.door.body else {}
    for name, values in BAD_HEADERS.items():
        for value in values:
            knocker.send(headers={name: value}, **body)
    for credentials in ("Bearer", "Bearer é", "Basic YTpi", "Bearer " + "x" * 5_000):
        knocker.refused(401, headers={"Authorization": credentials}, **body)


def _described(document: Document, knocker: Knocker) -> Document:
    found: Document = document["paths"][told_path(knocker.rule)][knocker.method.lower()]
    return found


def _body(document: Document, knocker: Knocker) -> Document | None:
    content = _described(document, knocker).get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return schema and _resolved(schema, document)


def _resolved(schema: Document, document: Document) -> Document:
    if "$ref" not in schema:
        return schema
    found: Document = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _kinds(schema: Document, document: Document) -> set[str]:
    schema = _resolved(schema, document)
    kinds = {schema["type"]} if "type" in schema else set()
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())):
        kinds |= _kinds(choice, document)
    return kinds

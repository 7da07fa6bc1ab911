"""Who gets what: every operation of the API, asked by everybody there is."""

from __future__ import annotations

from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Map

from containers.api.openapi import VARIABLE
from tests.api.access import catalogue, commerce, identity, library, money, taxonomy
from tests.api.access.doors import VISITORS, Door, World
from tests.api.factories import Shelf

# Untraced it takes half as long, and what it walks through the tests of each operation are seen to cover.
pytestmark = pytest.mark.no_cover

TABLES = (catalogue, commerce, identity, library, money, taxonomy)
MATRIX: dict[str, Door] = {rule: door for table in TABLES for rule, door in table.doors().items()}


@pytest.fixture(scope="module")
def world(app: Flask, shelf: Shelf) -> World:
    return World(app, shelf)


def operations(rules: Map) -> set[str]:
    """The operations of the API."""
    return {
        f"{method} {rule.rule}"
        for rule in rules.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }


def test_the_matrix_knows_every_operation_there_is(app: Flask) -> None:
    assert operations(app.url_map) == set(MATRIX)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_each_gets_what_is_theirs(world: World, operation: str) -> None:
    door = MATRIX[operation]
    method, rule = operation.split(" ")
    given, said = [], []
    for visitor in VISITORS:
        body = door.body(world) if door.body else None
        code, text = world.visit(visitor, method, address(rule, door, world), body)
        given.append(code)
        said.append(f"{visitor}: {code} {text[:200]}")
    assert tuple(given) == door.codes, "\n".join(said)


def test_a_token_that_is_none_opens_nothing(app: Flask) -> None:
    for credentials in (
        "Bearer nonsense",
        f"Bearer vik_{'0' * 12}_{uuid4().hex * 2}",
        "Basic YTpi",
        "Bearer",
    ):
        answer = app.test_client().get("/api/v1/categories", headers={"Authorization": credentials})
        assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def address(rule: str, door: Door, world: World) -> str:
    values = door.values(world)
    parts = rule.split("<")
    return parts[0] + "".join(
        str(values[variable.split(":")[-1]]) + rest
        for variable, _, rest in (part.partition(">") for part in parts[1:])
    )


def told_path(rule: str) -> str:
    """The path of *rule* as the API's document has it."""
    return VARIABLE.sub(r"{\g<name>}", rule)

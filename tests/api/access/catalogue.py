"""Everybody reads the catalogue; uploads are their contributor's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.api.access.doors import Door, World, contributors, everybody


def item(kind: str) -> Callable[[World], Mapping[str, Any]]:
    def values(world: World) -> Mapping[str, Any]:
        made = world.shelf.set(world.shelf.family(), of=kind)
        return {"unique_id": world.shelf.item(made, of=kind).unique_id}

    return values


def family(world: World) -> Mapping[str, Any]:
    return {"unique_id": world.shelf.family().unique_id}


def a_set(world: World) -> Mapping[str, Any]:
    return {"unique_id": world.shelf.set(world.shelf.family()).unique_id}


def contributor(world: World) -> Mapping[str, Any]:
    world.shelf.family(by="ada")
    return {"username": "ada"}


def upload(world: World) -> Mapping[str, Any]:
    return {"batch_id": world.shelf.upload("ada").id}


def doors() -> dict[str, Door]:
    """The table."""
    singles = {
        "icons": item("icon"),
        "illustrations": item("illustration"),
        "families": family,
        "sets": a_set,
    }
    return {
        **{f"GET /api/v1/{kind}": Door(everybody(200)) for kind in singles},
        **{
            f"GET /api/v1/{kind}/<unique_id>": Door(everybody(200), values)
            for kind, values in singles.items()
        },
        "GET /api/v1/icons/<unique_id>/similar": Door(everybody(200), item("icon")),
        "GET /api/v1/illustrations/<unique_id>/similar": Door(everybody(200), item("illustration")),
        "GET /api/v1/contributors/<username>": Door(everybody(200), contributor),
        "GET /api/v1/search": Door(everybody(200)),
        "GET /api/v1/suggestions": Door(everybody(422)),
        "GET /api/v1/totals": Door(everybody(200)),
        "GET /api/v1/session": Door(everybody(200)),
        "POST /api/v1/session": Door(everybody(422), body=lambda _world: {}),
        "DELETE /api/v1/session": Door(everybody(200)),
        "GET /api/v1/uploads": Door(contributors(200)),
        "POST /api/v1/uploads": Door(contributors(201), body=lambda _world: {"filename": "a.zip"}),
        "GET /api/v1/uploads/<uuid:batch_id>": Door((401, 403, 403, 200, 404, 404, 403), upload),
    }

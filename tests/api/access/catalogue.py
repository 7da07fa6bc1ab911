"""Everybody reads the catalogue; uploads are their contributor's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.api.access.doors import Door, World, admins, contributors, everybody, the_contributor
from tests.api.access.taxonomy import named
from tests.api.factories import SYSTEM
from vectoricons.images import ImageService


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


def in_a_set(kind: str) -> Callable[[World], dict[str, Any]]:
    def body(world: World) -> dict[str, Any]:
        return {**named(world), "set": world.shelf.set(world.shelf.family(), of=kind).unique_id}

    return body


def in_a_family(world: World) -> dict[str, Any]:
    return {**named(world), "family": world.shelf.family().unique_id, "type": "icon"}


SINGLES: dict[str, tuple[Any, Any]] = {
    "icons": (item("icon"), in_a_set("icon")),
    "illustrations": (item("illustration"), in_a_set("illustration")),
    "sets": (a_set, in_a_family),
    "families": (family, named),
}


def goods() -> dict[str, Door]:
    """Everybody reads them, their contributors write; a family any contributor makes."""
    table: dict[str, Door] = {}
    for kind, (values, new) in SINGLES.items():
        one = f"/api/v1/{kind}/<unique_id>"
        makers = contributors(201) if kind == "families" else the_contributor(201)
        table[f"GET /api/v1/{kind}"] = Door(everybody(200))
        table[f"GET {one}"] = Door(everybody(200), values)
        table[f"POST /api/v1/{kind}"] = Door(makers, body=new)
        table[f"PATCH {one}"] = Door(the_contributor(200), values, named)
        table[f"DELETE {one}"] = Door(the_contributor(204), values)
        table[f"DELETE {one}/favorites"] = Door(admins(204), values)
    return table


def an_image(world: World) -> dict[str, Any]:
    icon = world.shelf.item(world.shelf.set(world.shelf.family()))
    with world.shelf.database.unit_of_work(SYSTEM) as work:
        return {"key": ImageService(work).get_by_entity("icon", icon.id)[0].unique_id}


def of_a_family(world: World) -> dict[str, Any]:
    return {
        "entityType": "family",
        "entityId": world.shelf.family().unique_id,
        "kind": "preview",
        "format": "png",
        "visibility": "public",
        "access": "all",
        "name": "Preview",
        "objectKey": "previews/a.png",
        "imageHash": "0" * 64,
        "sizeBytes": 812,
        "width": 1200,
        "height": 630,
    }


def images() -> dict[str, Door]:
    """Everybody reads those of what they see; its contributor names them; the pipeline makes them."""
    one = "/api/v1/images/<string:key>"
    return {
        "GET /api/v1/images": Door(everybody(422)),
        f"GET {one}": Door(everybody(200), an_image),
        "POST /api/v1/images": Door(admins(201), body=of_a_family),
        f"PATCH {one}": Door(the_contributor(200), an_image, lambda _world: {"name": "Other"}),
        f"DELETE {one}": Door(the_contributor(204), an_image),
    }


def doors() -> dict[str, Door]:
    """The table."""
    return {
        **goods(),
        **images(),
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

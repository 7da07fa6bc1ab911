"""Who gets what: every page there is, asked by a guest, by another contributor and by the owner."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api.clients import SignedIn
from tests.api.factories import Shelf
from vectoricons.products.items import Item
from vectoricons.uploads.batches import UploadBatch

EVERYBODY = (200, 200, 200)
GUESTS_TOO = {
    "GET /": EVERYBODY,
    "GET /search": EVERYBODY,
    "GET /families": EVERYBODY,
    "GET /families/<unique_id>": EVERYBODY,
    "GET /icons/<unique_id>": EVERYBODY,
    "GET /illustrations/<unique_id>": EVERYBODY,
    "GET /icons/<unique_id>/svg": (303, 303, 303),
    "GET /illustrations/<unique_id>/svg": (303, 303, 303),
    "GET /static/<path:filename>": EVERYBODY,
    "GET /openapi.json": EVERYBODY,
    "GET /docs": EVERYBODY,
    "GET /docs/<path:asset>": EVERYBODY,
    "GET /schemas/manifest.json": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /sign-in": (200, 303, 303),
    "POST /sign-in": (422, 422, 422),
    "POST /sign-out": (303, 303, 303),
    "GET /sign-up": (200, 303, 303),
    "POST /sign-up": (422, 422, 422),
    "GET /verify-email": EVERYBODY,
    "POST /verify-email": (400, 400, 400),
    "POST /verify-email/letter": (422, 422, 422),
    "GET /forgot-password": EVERYBODY,
    "POST /forgot-password": (422, 422, 422),
    "GET /reset-password": EVERYBODY,
    "POST /reset-password": (400, 400, 400),
}
CONTRIBUTORS = {
    "GET /studio": (303, 200, 200),
    "POST /studio/uploads": (401, 303, 303),
}
OWNERS = {
    "GET /studio/uploads/<uuid:batch_id>": (303, 404, 200),
}
MATRIX: dict[str, tuple[int, int, int]] = {**GUESTS_TOO, **CONTRIBUTORS, **OWNERS}


@pytest.fixture(scope="module")
def things(shelf: Shelf) -> dict[str, Any]:
    """One of everything, ada's."""
    family = shelf.family("Ada's")
    icons = shelf.set(family)
    return {
        "icons": shelf.item(icons),
        "illustrations": shelf.item(shelf.set(family, of="illustration"), of="illustration"),
        "families": family,
        "sets": icons,
        "upload": shelf.upload("ada"),
    }


def address(rule: str, things: dict[str, Any]) -> str:
    upload: UploadBatch = things["upload"]
    path = rule.replace("<uuid:batch_id>", str(upload.id)).replace("<path:filename>", "site.css")
    path = path.replace("<path:asset>", "swagger-ui.css")
    kind = next((kind for kind in things if f"/{kind}/<" in rule), None)
    if kind is None:
        return path
    thing: Item = things[kind]
    is_page = not rule.endswith("/svg")
    slug = thing.name.lower().replace(" ", "-").replace("'", "-")
    return path.replace("<unique_id>", f"{thing.unique_id}-{slug}" if is_page else thing.unique_id)


def operations(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/api/")
    }


def test_the_matrix_knows_every_page_there_is(app: Flask) -> None:
    assert operations(app) == set(MATRIX)


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_each_gets_what_is_theirs(app: Flask, shelf: Shelf, things: dict[str, Any], operation: str) -> None:
    method, rule = operation.split(" ")
    guest = app.test_client()
    visitors = [
        (guest, guest.get("/api/v1/session").json["csrfToken"]),
        *((who.browser, who.token) for who in (SignedIn(app, shelf, "grace"), SignedIn(app, shelf, "ada"))),
    ]
    body: dict[str, Any] = {}
    if method == "POST":
        body = {"data": {} if "sign" in rule else {"filename": "a.zip"}}
    codes = [
        browser.open(address(rule, things), method=method, headers={"X-CSRFToken": token}, **body).status_code
        for browser, token in visitors
    ]
    assert tuple(codes) == MATRIX[operation]

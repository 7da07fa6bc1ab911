"""What is left while Valkey is away. By itself: whoever counts requests remembers for a while that it was."""

from __future__ import annotations

from containers.api.app import create_app
from containers.api.settings import ApiSettings
from local.processes import free_port
from tests.api.factories import Shelf
from vectoricons.common import valkey
from vectoricons.common.database import Database
from vectoricons.config import CacheSettings


def test_while_valkey_is_away_the_catalogue_stays_open(
    settings: ApiSettings, database: Database, shelf: Shelf
) -> None:
    shelf.item(shelf.set(shelf.family()), "open")
    away = valkey.connect(CacheSettings(host="127.0.0.1", port=free_port()))
    client = create_app(settings, database, away).test_client()
    client.set_cookie("session", "from-before")
    assert client.get("/api/v1/icons").status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/sign-in").status_code == 503
    assert client.get("/readyz").json["checks"] == {"database": "ok", "cache": "ConnectionError"}

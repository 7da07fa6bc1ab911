"""What the views stand on: made once by the app factory, found again from any request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app
from redis import Redis

from containers.api.search_log import SearchLog
from containers.api.searching import Searching
from containers.api.settings import ApiSettings
from containers.api.storage import Storage
from vectoricons.common.database import Database
from vectoricons.stripe import Payments
from vectoricons.stripe.webhooks import Webhooks

EXTENSION = "vectoricons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """The concrete things behind one app."""

    settings: ApiSettings
    database: Database
    valkey: Redis
    searching: Searching
    search_log: SearchLog
    storage: Storage
    payments: Payments
    webhooks: Webhooks

    def attach(self, app: Flask) -> None:
        """Make this the wiring of *app*."""
        app.extensions[EXTENSION] = self


def wired() -> Wiring:
    """The wiring of the app that serves this request."""
    return cast("Wiring", current_app.extensions[EXTENSION])

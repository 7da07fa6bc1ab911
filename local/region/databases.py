"""What a region makes in a Postgres that is not its own, so that it can take that along when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from local.addresses import Server

INSTANCE = "aws:rds/instance:Instance"


class Database(BaseModel):
    """A database and the role that owns it."""

    model_config = ConfigDict(frozen=True)

    name: str
    owner: str


def databases_in(state: Mapping[str, Any]) -> list[Database]:
    """Those that the state of a stack holds."""
    instances = [made["inputs"] for made in state.get("resources", []) if made["type"] == INSTANCE]
    return [Database(name=inputs["dbName"], owner=inputs["username"]) for inputs in instances]


def drop(server: Server, databases: Sequence[Database]) -> None:
    """Drop them. What is already gone is no error."""
    import psycopg  # here: every command reads this module, hardly one talks to a database
    from psycopg import sql

    with psycopg.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        for database in databases:
            name, owner = sql.Identifier(database.name), sql.Identifier(database.owner)
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(sql.SQL("drop role if exists {}").format(owner))

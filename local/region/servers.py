"""The region's Postgres and Valkey: embedded ones, or real ones that DATABASE_URL and REDIS_URL name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote, urlsplit

from local.addresses import Server
from local.postgres import SUPERUSER
from local.setup.errors import CommandError, Exit


@dataclass(frozen=True, slots=True)
class Servers:
    """The two servers. Embedded ones are the region's own, to start and to end."""

    postgres: Server
    valkey: Server
    embeds_postgres: bool
    embeds_valkey: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], postgres_port: int, valkey_port: int) -> Self:
        """What the environment names, else embedded servers on these ports. Raises CommandError."""
        database, redis = environment.get("DATABASE_URL"), environment.get("REDIS_URL")
        embedded_postgres = Server(host="127.0.0.1", port=postgres_port, user=SUPERUSER)
        embedded_valkey = Server(host="127.0.0.1", port=valkey_port)
        return cls(
            postgres=_named("DATABASE_URL", database, 5432) if database else embedded_postgres,
            valkey=_named("REDIS_URL", redis, 6379) if redis else embedded_valkey,
            embeds_postgres=not database,
            embeds_valkey=not redis,
        )


def _named(variable: str, url: str, default_port: int) -> Server:
    parts = urlsplit(url)
    if not parts.hostname:
        raise CommandError(
            f"{variable} has no host in it. It looks like scheme://user:password@host:port/name", Exit.MACHINE
        )
    return Server(
        host=parts.hostname,
        port=parts.port or default_port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )

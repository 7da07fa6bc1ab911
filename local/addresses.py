"""Where the servers of a laptop region are, as its daemon writes it down and its provider reads it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Operator(BaseModel):
    """The access key of the person who runs `pulumi up`."""

    model_config = ConfigDict(frozen=True)

    access_key: str
    secret_key: str


class Server(BaseModel):
    """A server's address, and its administrator where it has one; embedded servers ask for no password."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int
    user: str = ""
    password: str = ""


class Docker(BaseModel):
    """A Docker engine, and the command that builds with it; its process where it is the region's own."""

    model_config = ConfigDict(frozen=True)

    host: str
    command: str
    pid: int | None


class Addresses(BaseModel):
    """A region's AWS endpoint, its operator, its database, cache and asset edge."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    endpoint: str
    account: str
    region: str
    operator: Operator
    postgres: Server
    valkey: Server
    edge: str
    docker: Docker | None = None
    """Where services run as containers: what builds and runs them."""

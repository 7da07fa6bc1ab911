"""The commands of the api image: what its task definitions run, and what an operator runs once."""

from __future__ import annotations

import secrets
import string
import sys
from typing import NoReturn

import click
import orjson
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from containers.api.settings import (
    KEEP_ALIVE,
    STREAM_THREADS,
    THREADS,
    ApiSettings,
    SiteSettings,
    WebSettings,
)
from vectoricons.common import log, migrate
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.common.errors import AppError
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.config import DatabaseSettings, ServiceSettings, load
from vectoricons.config.enums import Role
from vectoricons.users import User, UserService
from vectoricons.users.user_to_roles import UserToRoleRepository

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a container's own network; its security group says who gets in
LOOPBACK = "127.0.0.1"
PATIENCE = 60  # seconds an answer may take to finish once the process is told to end
PASSWORD_LENGTH = 20
LOGGING = {"loggers": {"_granian": {"handlers": [], "propagate": True}}}


@click.group()
def main() -> None:
    """The VectorIcons site: API, pages, streams and open icons."""


@main.command()
def serve() -> None:
    """Serve the API and the pages on PORT."""
    _serve("containers.api.app:from_environment", load(ApiSettings), threads=THREADS)


@main.command("stream")
def stream_() -> None:
    """Serve the streams of events on PORT."""
    _serve("containers.api.stream:from_environment", load(SiteSettings), threads=STREAM_THREADS)


@main.command()
def icons() -> None:
    """Serve free icons to Iconify's clients on PORT."""
    _serve("containers.api.icons.app:from_environment", load(WebSettings), threads=THREADS)


@main.command("migrate")
def migrate_() -> None:
    """Bring the database to the revision this version needs. Safe to run at once from many places."""
    settings = load(ServiceSettings)
    log.configure(settings.service, settings.log_level)
    revision = migrate.upgrade(load(DatabaseSettings))
    log.get(__name__).info("database migrated", revision=revision)


@main.command("add-contributor")
@click.argument("email")
@click.option("--name", required=True, help="The name shown beside their work.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add_contributor(email: str, name: str, password_stdin: bool) -> None:
    """Let EMAIL upload. Prints one line of JSON; a password made here stands in it, this once.

    Run again for a known address it changes nothing, unless a password is given: then that becomes theirs.
    """
    settings = load(ServiceSettings)
    log.configure(settings.service, settings.log_level)
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    database = Database(load(DatabaseSettings), application="add-contributor")
    made = given or _invented_password()
    try:
        user, is_new = database.transact(
            Actor.system("api"),
            lambda work: _contributor(work, email, name, made, is_given=given is not None),
        )
    except AppError as error:
        _refuse(error)
    shown = {"password": made} if is_new and given is None else {}
    answer = {"email": user.email, "username": user.username, "created": is_new, **shown}
    click.echo(orjson.dumps(answer).decode())


def _serve(target: str, settings: WebSettings, *, threads: int) -> None:
    load(DatabaseSettings)  # refuse here, in words, what the worker process would trip over
    log.configure(settings.service, settings.log_level)
    address = LOOPBACK if settings.stack == "local" else EVERYWHERE
    server = Granian(
        target,
        factory=True,
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        http1_settings=HTTP1Settings(header_read_timeout=KEEP_ALIVE * 1000),
        workers_kill_timeout=PATIENCE,
        log_dictconfig=LOGGING,
        log_level=LogLevels.error,
    )
    log.get(__name__).info("listening", address=address, port=settings.port)
    server.serve()


def _contributor(
    work: UnitOfWork, email: str, name: str, password: str, *, is_given: bool
) -> tuple[User, bool]:
    users = UserService(work)
    known = users.get_by_email(email)
    if known is None:
        return users.register(
            email=email,
            username=_username(work, email),
            display_name=name,
            password=password,
            role=Role.CONTRIBUTOR,
            is_verified=True,
        ), True
    if not known.is_contributor:
        UserToRoleRepository(work.session).give(known.id, Role.CONTRIBUTOR)
    if is_given:
        known = users.set_password(known.id, password)
    return known, False


def _username(work: UnitOfWork, email: str) -> str:
    """The part before the @, with a number if somebody has it already."""
    users, plain = UserService(work), email.partition("@")[0].lower()
    names = [plain, *(f"{plain}{secrets.randbelow(10**6)}" for _ in range(5))]
    return next((name for name in names if users.get_by_username(name) is None), names[-1])


def _invented_password() -> str:
    """One that meets every rule there is."""
    alphabet = string.ascii_letters + string.digits
    body = "".join(secrets.choice(alphabet) for _ in range(PASSWORD_LENGTH))
    return f"{body}-Aa1"


def _refuse(error: AppError) -> NoReturn:
    click.echo(f"{error.title}: {error.detail}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()

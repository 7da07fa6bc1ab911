"""The database's password is RDS's to change, at any time, under processes that go on."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from local.postgres import Postgres
from tests.databases import administer
from tests.worker.pipeline import Pipeline
from tests.worker.test_processes import PATIENCE, line_with, until
from vectoricons.common.database import Database, Pools
from vectoricons.config import DatabaseSettings


@dataclass
class Rds:
    """A user of the database whose password is kept and changed as RDS does."""

    server: Postgres
    user: str
    secrets: Any
    secret_arn: str = ""

    def change_password(self) -> None:
        """A new one, in the database and then in the secret; whoever is connected is thrown out."""
        password = uuid4().hex
        administer(self.server, f"alter role {self.user} password '{password}'")
        self.keep(json.dumps({"username": self.user, "password": password}))
        self.throw_out()

    def throw_out(self) -> None:
        """End the user's connections."""
        mine = f"usename = '{self.user}'"
        administer(self.server, f"select pg_terminate_backend(pid) from pg_stat_activity where {mine}")  # noqa: S608

    def keep(self, kept: str) -> None:
        """Let the secret hold this."""
        if self.secret_arn:
            self.secrets.put_secret_value(SecretId=self.secret_arn, SecretString=kept)
        else:
            self.secret_arn = self.secrets.create_secret(Name=f"rds!{self.user}", SecretString=kept)["ARN"]

    def settings(self, name: str) -> DatabaseSettings:
        """What a task is told of the database called *name*."""
        return DatabaseSettings(
            host="127.0.0.1", port=self.server.port, name=name, user=self.user, secret_arn=self.secret_arn
        )


@pytest.fixture
def rds(pipeline: Pipeline, postgres_server: Postgres) -> Iterator[Rds]:
    user = f"tasks_{uuid4().hex[:8]}"
    administer(postgres_server, f"create role {user} login superuser")
    made = Rds(postgres_server, user, boto3.client("secretsmanager"))
    made.change_password()
    yield made
    made.throw_out()
    administer(postgres_server, f"drop role {user}")


@pytest.fixture
def as_user(pipeline: Pipeline, rds: Rds) -> Iterator[Database]:
    """The pipeline's database, as a task signs in to it."""
    database = Database(rds.settings(pipeline.database.url.database or ""), pools=Pools(writers=8))
    yield database
    database.close()


def who(database: Database) -> str:
    with database.writer.connect() as connection:
        return str(connection.scalar(text("select current_user")))


def test_a_running_process_goes_on_when_the_password_changes(pipeline: Pipeline, rds: Rds) -> None:
    def arrived() -> bool:
        answer = pipeline.servers.sqs.receive_message(QueueUrl=pipeline.servers.messages)
        return bool(answer.get("Messages"))

    told = {"DATABASE_USER": rds.user, "DATABASE_SECRET_ARN": rds.secret_arn}
    with pipeline.process("relay", **told) as relay:
        line_with(relay.stdout, "ready")
        rds.change_password()
        pipeline.upload(b"no archive")
        pipeline.take_in()
        until(arrived)
        relay.send_signal(signal.SIGTERM)
        said, _ = relay.communicate(timeout=PATIENCE)
        assert relay.returncode == 0, said


def test_connections_that_are_refused_together_read_the_secret_once(
    as_user: Database, rds: Rds, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert who(as_user) == rds.user
    rds.change_password()

    def look(_: int) -> str:
        with as_user.writer.connect() as connection:
            connection.execute(text("select pg_sleep(0.2)"))  # so that each thread needs its own
            return str(connection.scalar(text("select current_user")))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(look, range(8))) == {rds.user}


def test_a_password_that_is_simply_wrong_is_refused_in_the_servers_words(as_user: Database, rds: Rds) -> None:
    rds.keep(json.dumps({"username": rds.user, "password": "of another day"}))
    with pytest.raises(OperationalError, match="password authentication failed"):
        who(as_user)


@pytest.mark.parametrize("kept", ["of another form", "{}"])
def test_a_secret_that_cannot_be_read_is_a_database_that_cannot_be_reached(
    as_user: Database, rds: Rds, kept: str
) -> None:
    rds.keep(kept)
    with pytest.raises(OperationalError, match=f"The password in {rds.secret_arn} cannot be read"):
        who(as_user)


def test_no_password_is_in_the_address_of_a_database(as_user: Database) -> None:
    assert who(as_user)
    assert as_user.url.password is None

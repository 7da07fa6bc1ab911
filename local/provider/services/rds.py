"""RDS: an instance is a database and its master user in the region's embedded Postgres."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import LiteralString

import psycopg
from psycopg import sql
from pydantic import Field

from local.provider.errors import RefusedError, after_making
from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.values import Plain

ENGINE = "postgres"
PASSWORD_BYTES = 24


class InstanceInputs(Inputs):
    """A database server, as far as an embedded one can be it."""

    identifier: str
    engine: str = ENGINE
    db_name: str = "postgres"
    username: str = ""
    password: str | None = None
    password_wo: str | None = None
    manage_master_user_password: bool = False
    deletion_protection: bool = False
    master_user_secrets: list[dict[str, str]] = Field(
        default_factory=list
    )  # from the state, once there is one


@resource("aws:rds/instance:Instance")
class Instance(Resource[InstanceInputs]):
    """A database with its master user; Pulumi's id is the resource id, as RDS has it."""

    inputs = InstanceInputs

    def create(self, inputs: InstanceInputs) -> Made:
        """Make user and database; a managed password goes into a secret and nowhere else."""
        if inputs.engine != ENGINE:
            raise RefusedError(f"this region's databases are {ENGINE}, not {inputs.engine}.")
        self._make(inputs)
        made = Made(_resource_id(inputs.identifier), self._outputs(inputs))
        with after_making(made):
            managed = self._secure(inputs)
        return Made(made.id, {**made.outputs, "masterUserSecrets": managed})

    def update(self, physical_id: str, old: InstanceInputs, new: InstanceInputs) -> dict[str, Plain]:
        """A new password is set; size and schedule mean nothing to an embedded server."""
        if new.manage_master_user_password and old.master_user_secrets:
            return self._outputs(new)
        self._forget(old)
        return {**self._outputs(new), "masterUserSecrets": self._secure(new)}

    def read(self, physical_id: str, inputs: InstanceInputs) -> dict[str, Plain]:
        if not self._run("select 1 from pg_database where datname = {}", sql.Literal(inputs.db_name)):
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: InstanceInputs) -> None:
        if inputs.deletion_protection:
            raise RefusedError("deletion protection is on. Turn it off and `up` first.")
        if inputs.db_name != ENGINE:
            self._run("drop database if exists {} with (force)", sql.Identifier(inputs.db_name))
        self._run("drop role if exists {}", sql.Identifier(inputs.username))
        self._forget(inputs)

    def _make(self, inputs: InstanceInputs) -> None:
        """The user, who cannot sign in yet, and the database; both or none."""
        role, database = sql.Identifier(inputs.username), sql.Identifier(inputs.db_name)
        self._run("create role {} login createdb createrole", role)
        if inputs.db_name != ENGINE:
            try:
                self._run("create database {} owner {}", database, role)
            except psycopg.Error:
                self._run("drop role {}", role)
                raise

    def _secure(self, inputs: InstanceInputs) -> list[dict[str, str]]:
        """Give the user their password; a managed one is kept in the secret that is returned."""
        fresh = secrets.token_urlsafe(PASSWORD_BYTES) if inputs.manage_master_user_password else None
        password = fresh or inputs.password or inputs.password_wo
        if password:
            self._run("alter role {} password {}", sql.Identifier(inputs.username), sql.Literal(password))
        return [self._keep(inputs, fresh)] if fresh else []

    def _forget(self, inputs: InstanceInputs) -> None:
        for secret in inputs.master_user_secrets:
            self.client("secretsmanager").delete_secret(
                SecretId=secret["secretArn"], ForceDeleteWithoutRecovery=True
            )

    def _keep(self, inputs: InstanceInputs, password: str) -> dict[str, str]:
        """The secret that RDS would keep the master password in."""
        made = self.client("secretsmanager").create_secret(
            Name=f"rds!{_resource_id(inputs.identifier).lower()}",
            Description=f"Master user of {inputs.identifier}",
            SecretString=json.dumps({"username": inputs.username, "password": password}),
        )
        return {"secretArn": made["ARN"], "secretStatus": "active", "kmsKeyId": ""}

    def _outputs(self, inputs: InstanceInputs) -> dict[str, Plain]:
        server, place = self.region.postgres, self.region
        return {
            "address": server.host,
            "port": server.port,
            "endpoint": f"{server.host}:{server.port}",
            "arn": f"arn:aws:rds:{place.region}:{place.account}:db:{inputs.identifier}",
            "resourceId": _resource_id(inputs.identifier),
            "status": "available",
        }

    def _run(self, statement: LiteralString, *parts: sql.Composable) -> list[tuple[Plain, ...]]:
        """Run one statement as the server's administrator; databases are made outside transactions."""
        server = self.region.postgres
        with psycopg.connect(
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            cursor = connection.execute(sql.SQL(statement).format(*parts))
            return cursor.fetchall() if cursor.description else []


def _resource_id(identifier: str) -> str:
    return f"db-{hashlib.sha256(identifier.encode()).hexdigest()[:26].upper()}"

"""What the region's embedded servers stand for: RDS, ElastiCache."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from local.postgres import Postgres
from local.provider.errors import PartlyMadeError, RefusedError
from local.provider.provider import AwsProvider
from local.provider.region import Region
from local.valkey import Valkey
from tests.local.engineless import Declared, Engineless

TOKEN = "aws:rds/instance:Instance"


def instance(declared: Engineless, **inputs: Any) -> Declared:
    """A database server as the program declares it."""
    given = {
        "identifier": "vectoricons-local-main",
        "instanceClass": "db.t4g.micro",
        "engine": "postgres",
        "dbName": "shop",
        "username": "shopkeeper",
        "manageMasterUserPassword": True,
    }
    return declared.create(TOKEN, **(given | inputs))


def names(server: Postgres, catalogue: str) -> set[str]:
    """What the server has of databases (`pg_database.datname`) or roles (`pg_roles.rolname`)."""
    table, column = catalogue.split(".")
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        return {name for (name,) in connection.execute(f"select {column} from {table}")}  # noqa: S608 - constants


def test_a_database_is_reached_where_it_says_with_the_secret_it_names(
    declared: Engineless, postgres_server: Postgres, aws: Any
) -> None:
    made = instance(declared)
    assert made.id == made["resourceId"]
    assert made["endpoint"] == f"127.0.0.1:{postgres_server.port}"
    [managed] = made["masterUserSecrets"]
    kept = json.loads(aws("secretsmanager").get_secret_value(SecretId=managed["secretArn"])["SecretString"])

    with psycopg.connect(
        host=made["address"],
        port=made["port"],
        dbname="shop",
        user=kept["username"],
        password=kept["password"],
    ) as connection:
        connection.execute("create extension pg_trgm")
        connection.execute("create table icons (name text)")
        answer = connection.execute("select current_user").fetchone()
    assert answer == ("shopkeeper",)
    assert len(kept["password"]) >= 32
    assert kept["password"] not in str(made.state)

    assert declared.read(made) == made
    assert declared.update(made, instanceClass="db.t4g.small")["port"] == postgres_server.port
    declared.delete(made)
    assert "shop" not in names(postgres_server, "pg_database.datname")
    assert "shopkeeper" not in names(postgres_server, "pg_roles.rolname")
    assert aws("secretsmanager").list_secrets()["SecretList"] == []
    assert declared.read(made) is None
    declared.delete(made)


def test_a_password_of_one_s_own_is_set_and_changed_and_never_kept_in_a_secret(
    declared: Engineless, postgres_server: Postgres, aws: Any
) -> None:
    def digest() -> str:
        url = postgres_server.url().replace("+psycopg", "")
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "select rolpassword from pg_authid where rolname = 'shopkeeper'"
            ).fetchone()
        assert row is not None
        return str(row[0])

    made = instance(declared, manageMasterUserPassword=False, passwordWo="first", passwordWoVersion=1)
    before = digest()
    changed = declared.update(made, passwordWo="second", passwordWoVersion=2)
    assert digest() != before
    managed = declared.update(changed, manageMasterUserPassword=True, passwordWo=None, passwordWoVersion=None)
    assert len(managed["masterUserSecrets"]) == 1
    changed = declared.update(managed, manageMasterUserPassword=None, password="third")

    assert aws("secretsmanager").list_secrets()["SecretList"] == []
    assert made["masterUserSecrets"] == []
    declared.delete(changed)


def test_a_server_without_a_database_of_its_own_has_its_master_user(
    declared: Engineless, postgres_server: Postgres
) -> None:
    made = instance(declared, dbName=None)

    assert "shopkeeper" in names(postgres_server, "pg_roles.rolname")
    declared.delete(made)
    assert "postgres" in names(postgres_server, "pg_database.datname")


def test_a_protected_database_stays(declared: Engineless, postgres_server: Postgres) -> None:
    made = instance(declared, deletionProtection=True)

    with pytest.raises(RefusedError, match=r"'it': cannot delete it: deletion protection is on\."):
        declared.delete(made)

    assert "shop" in names(postgres_server, "pg_database.datname")
    declared.delete(declared.update(made, deletionProtection=False))


def test_a_database_this_region_cannot_be_is_refused(declared: Engineless) -> None:
    with pytest.raises(RefusedError, match=r"this region's databases are postgres, not mysql"):
        instance(declared, engine="mysql")


def test_a_name_that_is_taken_is_refused_in_the_server_s_words(declared: Engineless) -> None:
    made = instance(declared)

    with pytest.raises(RefusedError, match='role "shopkeeper" already exists'):
        instance(declared, identifier="another")

    declared.delete(made)


def test_a_database_whose_secret_is_refused_is_reported_as_made_in_part(
    declared: Engineless, aws: Any
) -> None:
    made = instance(declared)
    [managed] = made["masterUserSecrets"]
    name = aws("secretsmanager").describe_secret(SecretId=managed["secretArn"])["Name"]
    declared.delete(made)
    aws("secretsmanager").create_secret(Name=name, SecretString="in the way")

    with pytest.raises(
        PartlyMadeError, match="it exists, but is not complete: CreateSecret was answered"
    ) as caught:
        instance(declared)

    aws("secretsmanager").delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
    half = Declared(TOKEN, "it", caught.value.made.id, made.inputs, made.inputs)
    whole = declared.update(half)
    assert whole["masterUserSecrets"][0]["secretStatus"] == "active"
    declared.delete(whole)


def test_a_database_that_cannot_be_made_leaves_no_user_behind(
    declared: Engineless, postgres_server: Postgres
) -> None:
    with pytest.raises(RefusedError, match='database "template1" already exists'):
        instance(declared, dbName="template1")

    assert "shopkeeper" not in names(postgres_server, "pg_roles.rolname")


def test_a_cache_is_the_embedded_valkey(declared: Engineless, valkey_server: Valkey) -> None:
    token = "aws:elasticache/replicationGroup:ReplicationGroup"
    cache = declared.create(token, replicationGroupId="main", description="Doorbells", port=6379)

    assert (cache["primaryEndpointAddress"], cache["port"]) == ("127.0.0.1", valkey_server.port)
    assert declared.update(cache, description="Bells")["port"] == valkey_server.port
    declared.delete(cache)


def test_a_region_that_does_not_answer_is_said_so(region: Region) -> None:
    gone = region.model_copy(update={"endpoint": "http://127.0.0.1:9"})

    with pytest.raises(RefusedError, match="The region is not running: start it with `make up`"):
        Engineless(AwsProvider(gone)).create("aws:sqs/queue:Queue", name="incoming")

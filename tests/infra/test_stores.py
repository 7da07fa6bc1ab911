"""The database and the cache: encrypted, private, opened by a door and by nothing else."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pulumi import Output

from components.cache import Cache, CacheArgs
from components.database import Database, DatabaseArgs
from components.iam import grant
from components.network import Network, NetworkArgs
from components.reach import Door
from local.postgres import TUNING
from tests.infra.synth import Declarations, component, settings


def network() -> Network:
    said = settings().network
    return Network("network", NetworkArgs(cidr=said.cidr, zones=said.zones, egress=said.egress))


def database(profile: str = "dev", sslmode: Literal["require", "disable"] = "require") -> Declarations:
    def build() -> dict[str, Any]:
        args = DatabaseArgs(network=network(), instance="db.t4g.micro", storage=20, sslmode=sslmode)
        return shown(Database("db", args).door)

    return component(build, profile=profile)


def cache(profile: str = "dev", access: Literal["iam", "open"] = "iam") -> Declarations:
    def build() -> dict[str, Any]:
        return shown(Cache("cache", CacheArgs(network=network(), node="cache.t4g.micro", access=access)).door)

    return component(build, profile=profile)


def shown(door: Door) -> dict[str, Any]:
    """What a container gets through *door*, once it is known."""
    found: dict[str, Any] = {"door": door}
    Output.all(env=door.env, may=Output.all(*door.may)).apply(found.update)
    return found


def test_the_database_tells_its_clients_where_and_how_and_lets_them_read_its_password() -> None:
    door = database().result
    managed = "arn:aws:secretsmanager:us-east-1:210987654321:secret:rds!db-1-AbCdEf"
    assert door["env"] == {
        "DATABASE_HOST": "database.test",
        "DATABASE_PORT": "5432",
        "DATABASE_NAME": "vectoricons",
        "DATABASE_USER": "vectoricons",
        "DATABASE_SSLMODE": "require",
        "DATABASE_SECRET_ARN": managed,
    }
    assert door["may"] == [grant("secretsmanager:GetSecretValue", on=managed)]


def test_the_database_is_encrypted_private_and_keeps_its_own_password() -> None:
    inputs = database().one("db-instance").inputs
    assert inputs["engine"] == "postgres"
    assert inputs["storageEncrypted"]
    assert not inputs["publiclyAccessible"]
    assert inputs["manageMasterUserPassword"]
    assert "password" not in inputs
    assert inputs["iamDatabaseAuthenticationEnabled"]
    assert inputs["autoMinorVersionUpgrade"]
    assert inputs["copyTagsToSnapshot"]
    assert inputs["enabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
    assert inputs["username"] not in ("postgres", "admin", "root")
    assert inputs["vpcSecurityGroupIds"] == ["db-group-id"]


def test_nobody_talks_to_the_database_without_tls() -> None:
    parameters = database().one("db-parameters").inputs
    assert {"name": "rds.force_ssl", "value": "1"} in parameters["parameters"]
    assert parameters["family"] == "postgres18"


def test_searches_are_as_quick_in_production_as_at_home() -> None:
    group = {each["name"]: each["value"] for each in database().one("db-parameters").inputs["parameters"]}
    assert {name: group[name] for name in TUNING} == TUNING


@pytest.mark.parametrize("careful", [False, True])
def test_care_decides_what_the_database_survives(careful: bool) -> None:
    instance = database("prod" if careful else "dev").one("db-instance")
    assert instance.protect is careful
    assert instance.inputs["multiAz"] is careful
    assert instance.inputs["deletionProtection"] is careful
    assert instance.inputs["skipFinalSnapshot"] is not careful
    assert instance.inputs["applyImmediately"] is not careful
    assert instance.inputs["backupRetentionPeriod"] == (14 if careful else 7)


def test_the_databases_logs_exist_before_it_and_are_forgotten_in_time() -> None:
    declared = database()
    logs = [declared.one("db-postgresql-log"), declared.one("db-upgrade-log")]
    assert [each.inputs["name"] for each in logs] == [
        "/aws/rds/instance/vectoricons-dev-main/postgresql",
        "/aws/rds/instance/vectoricons-dev-main/upgrade",
    ]
    assert {each.inputs["retentionInDays"] for each in logs} == {14}
    assert {each.urn for each in logs} <= declared.one("db-instance").depends_on


def test_the_databases_metrics_role_writes_its_one_log_group() -> None:
    statements = database().one("db-metrics-policy").document()["Statement"]
    group = "arn:aws:logs:us-east-1:210987654321:log-group:RDSOSMetrics"
    assert [each["Resource"] for each in statements] == [[group], [f"{group}:*"]]


def test_the_cache_lets_tasks_in_by_role_over_tls_and_has_no_password() -> None:
    declared = cache()
    servers, user = declared.one("cache-servers").inputs, declared.one("cache-user").inputs
    assert servers["transitEncryptionEnabled"]
    assert servers["transitEncryptionMode"] == "required"
    assert servers["atRestEncryptionEnabled"]
    assert servers["userGroupIds"] == ["vectoricons-dev-tasks"]
    assert "authToken" not in servers
    assert user["authenticationMode"] == {"type": "iam"}
    assert user["userId"] == user["userName"] == "vectoricons-dev-tasks"
    assert "-@dangerous" in user["accessString"]
    door = declared.result
    assert door["env"] == {
        "CACHE_HOST": "cache.test",
        "CACHE_PORT": "6379",
        "CACHE_TLS": "true",
        "CACHE_USER": "vectoricons-dev-tasks",
    }
    (may,) = door["door"].may
    assert may.as_dict() == {
        "Effect": "Allow",
        "Action": ["elasticache:Connect"],
        "Resource": [
            "arn:aws:elasticache:us-east-1:210987654321:replicationgroup:vectoricons-dev-main",
            "arn:aws:elasticache:us-east-1:210987654321:user:vectoricons-dev-tasks",
        ],
    }


def test_an_open_cache_has_no_user_no_tls_and_no_right() -> None:
    declared = cache(access="open")
    servers = declared.one("cache-servers").inputs
    assert not servers["transitEncryptionEnabled"]
    assert "userGroupIds" not in servers
    assert not declared.of("aws:elasticache/user:User")
    assert declared.result["env"]["CACHE_TLS"] == "false"
    assert declared.result["env"]["CACHE_USER"] == ""
    assert declared.result["door"].may == []


def test_a_full_cache_refuses_rather_than_forgets_a_job() -> None:
    group = cache().one("cache-parameters").inputs
    assert group["parameters"] == [{"name": "maxmemory-policy", "value": "noeviction"}]
    assert group["tags"]["role"] == "rq"


@pytest.mark.parametrize("careful", [False, True])
def test_care_decides_whether_the_cache_survives_a_zone(careful: bool) -> None:
    servers = cache("prod" if careful else "dev").one("cache-servers").inputs
    assert servers["numCacheClusters"] == (2 if careful else 1)
    assert servers["automaticFailoverEnabled"] is careful
    assert servers["multiAzEnabled"] is careful


def test_both_stand_in_the_data_tier_behind_groups_without_rules() -> None:
    for declared in (database(), cache()):
        subnets = [each for each in declared.resources if each.type.endswith(":SubnetGroup")]
        assert [each.inputs["subnetIds"] for each in subnets] == [
            ["network-data-us-east-1a-id", "network-data-us-east-1b-id"]
        ]
        assert not [each for each in declared.resources if "securityGroupIngressRule" in each.type]

"""What a process needs before it does anything: settings, logs, errors in words, a way into the cache."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import Field
from pydantic_settings import SettingsConfigDict
from redis.exceptions import AuthenticationError

from local.valkey import Valkey
from vectoricons.common.errors import AppError, Duplicate, Invalid, InvalidCursor, NotFound, Unavailable
from vectoricons.common.valkey import ElastiCacheToken, cache_name, connect
from vectoricons.config import CacheSettings, DatabaseSettings, ServiceSettings, Settings, load

DATABASE = {"DATABASE_HOST": "db.local", "DATABASE_NAME": "icons", "DATABASE_USER": "app"}


@pytest.fixture(autouse=True)
def _no_inherited_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "PORT", "NAME", "USER", "SECRET_ARN", "SSLMODE", "TLS"):
        for prefix in ("DATABASE", "CACHE"):
            monkeypatch.delenv(f"{prefix}_{name}", raising=False)


# -- settings


def test_the_database_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**DATABASE, "DATABASE_SSLMODE": "require"}.items():
        monkeypatch.setenv(name, value)
    assert load(DatabaseSettings).url.render_as_string(hide_password=False) == (
        "postgresql+psycopg://app@db.local:5432/icons?sslmode=require"
    )


def test_a_missing_variable_ends_the_process_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_HOST", "db.local")
    monkeypatch.setenv("DATABASE_PORT", "five")
    with pytest.raises(SystemExit) as end:
        load(DatabaseSettings)
    assert end.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert (
        "DATABASE_NAME: is not set. The task definition gives it; set it in the environment to run by hand."
        in said
    )
    assert any(line.startswith("DATABASE_PORT: input should be a valid integer") for line in said)


def test_a_variable_without_prefix_is_called_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    class Elsewhere(Settings):
        model_config = SettingsConfigDict(env_prefix="CACHE_")
        region: str = Field(validation_alias="SOME_REGION")

    with pytest.raises(SystemExit):
        load(Elsewhere)
    assert capsys.readouterr().err.startswith("SOME_REGION: is not set.")


def test_a_service_knows_its_stack_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "dev")
    monkeypatch.setenv("SERVICE", "worker-images")
    settings = load(ServiceSettings)
    assert (settings.stack, settings.service, settings.log_level) == ("dev", "worker-images", "INFO")


# -- logs

PROGRAM = """
import logging
from vectoricons.common import log
log.configure("worker-images", "info")
logger = log.get("test")
with log.bound(batch_id="b-1"):
    logger.info("chunk claimed", items=25, lease_token="t", nested={1: "one"})
logger.debug("too quiet")
logging.getLogger("boto").warning("slow %s", "down", extra={"bucket": "uploads"})
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("it broke", session_key="hush")
"""


@pytest.fixture(scope="module")
def lines() -> list[dict[str, object]]:
    """What a process of its own logs."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_each_line_is_an_object_that_says_who_when_and_what(lines: list[dict[str, object]]) -> None:
    assert [line["event"] for line in lines] == ["chunk claimed", "slow down", "it broke"]
    assert {line["service"] for line in lines} == {"worker-images"}
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert all(str(line["timestamp"]).endswith("Z") for line in lines)
    assert (lines[0]["batch_id"], lines[0]["items"]) == ("b-1", 25)
    assert (lines[1]["logger"], lines[1]["bucket"]) == ("boto", "uploads")
    assert "batch_id" not in lines[2]


def test_secrets_are_not_in_the_logs(lines: list[dict[str, object]]) -> None:
    assert (lines[0]["lease_token"], lines[2]["session_key"]) == ("[hidden]", "[hidden]")


def test_an_exception_is_logged_with_where_it_was(lines: list[dict[str, object]]) -> None:
    exception = lines[2]["exception"]
    assert isinstance(exception, list)
    assert exception[0]["exc_type"] == "ZeroDivisionError"


def test_logging_leaves_the_test_process_alone() -> None:
    assert logging.getLogger().handlers != []


# -- errors


def test_an_error_is_a_problem_document() -> None:
    assert NotFound("Icon not found.", instance="/icons/1").problem() == {
        "type": "urn:vectoricons:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Icon not found.",
        "code": "not-found",
        "instance": "/icons/1",
    }


def test_errors_are_one_tree() -> None:
    assert issubclass(InvalidCursor, Invalid)
    assert (InvalidCursor.status, Invalid.status, Duplicate.status, Unavailable.status) == (
        400,
        422,
        409,
        503,
    )
    below = set(AppError.__subclasses__())
    assert len({error.code for error in below}) == len(below)


# -- the cache


def test_the_cache_answers_in_bytes(valkey_server: Valkey) -> None:
    valkey = connect(CacheSettings(host="127.0.0.1", port=valkey_server.port))
    valkey.set("greeting", "hello")
    assert valkey.get("greeting") == b"hello"
    pool = connect(CacheSettings(host="127.0.0.1", port=valkey_server.port), blocking=True).connection_pool
    assert pool.connection_kwargs["socket_timeout"] is None


@pytest.fixture
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")


@pytest.mark.usefixtures("_credentials")
def test_an_iam_user_signs_in_with_a_signed_request() -> None:
    user, token = ElastiCacheToken("api", "vectoricons-prod-cache", "us-east-1").get_credentials()
    assert user == "api"
    assert token.startswith("vectoricons-prod-cache/?Action=connect&User=api&")
    signed = parse_qs(urlsplit(f"https://{token}").query)
    assert signed["X-Amz-Expires"] == ["900"]
    assert signed["X-Amz-Credential"][0].endswith("/us-east-1/elasticache/aws4_request")
    assert signed["X-Amz-Security-Token"] == ["session"]


@pytest.mark.usefixtures("_credentials")
def test_a_user_in_the_settings_means_signing_in(
    valkey_server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    settings = CacheSettings(host="127.0.0.1", port=valkey_server.port, user="api")
    with pytest.raises(AuthenticationError):  # this server knows no such user: that it was asked is the point
        connect(settings).ping()


def test_without_credentials_signing_in_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_PROFILE",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    with pytest.raises(Unavailable, match="no AWS credentials"):
        ElastiCacheToken("api", "cache", "us-east-1")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("master.vectoricons-prod-cache.abc123.use1.cache.amazonaws.com", "vectoricons-prod-cache"),
        ("clustercfg.vectoricons-prod-cache.abc123.use1.cache.amazonaws.com", "vectoricons-prod-cache"),
        ("vectoricons-dev-cache.abc123.0001.use1.cache.amazonaws.com", "vectoricons-dev-cache"),
        ("localhost", "localhost"),
    ],
)
def test_the_caches_name_is_read_off_its_endpoint(host: str, name: str) -> None:
    assert cache_name(host) == name


# -- statements


def test_the_writes_of_sessions_have_their_classes_before_two_threads_ask_for_them() -> None:
    asked = """
import vectoricons.common.repository
from sqlalchemy import delete, insert, table, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.annotation import annotated_classes
any_ = table("any")
kinds = {type(kind(any_)) for kind in (insert, postgresql.insert, update, delete)}
print(len(kinds), kinds <= annotated_classes.keys())
"""
    answered = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answered.stdout.split() == ["4", "True"]

"""The api image's commands as they run in production: granian, real sockets, real signals."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from uuid import UUID

import pytest
import requests

from containers.api import tickets
from containers.api.settings import THREADS
from local.postgres import Postgres
from local.processes import stop
from local.valkey import Valkey
from tests.api.clients import SETTINGS
from tests.api.factories import PASSWORD, Shelf
from tests.api.processes import Service, environment, run, serving
from tests.databases import cloned
from vectoricons.common.database import Database

OPEN = 50
BROKEN = """
from vectoricons.common import log
log.configure("test")
def sign_in(word):
    raise ValueError("broken")
try:
    sign_in("hunter2")
except ValueError:
    log.get("test").error("unexpected", exc_info=True)
"""


@pytest.fixture(scope="module")
def env(database: Database, valkey_server: Valkey) -> dict[str, str]:
    return environment(database.url.render_as_string(hide_password=False), valkey_server)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("api")


@pytest.fixture(scope="module")
def api(env: dict[str, str], folder: Path) -> Iterator[Service]:
    with serving("serve", folder, env) as service:
        yield service


@pytest.fixture(scope="module")
def streams(env: dict[str, str], folder: Path) -> Iterator[Service]:
    with serving("stream", folder, env) as service:
        yield service


def watch(streams: Service, batch_id: UUID) -> requests.Response:
    ticket = tickets.issue([SETTINGS["session_key"]], batch_id)
    address = f"{streams.url}/api/v1/uploads/{batch_id}/events?ticket={ticket}"
    return requests.get(address, stream=True, timeout=40)


def test_migrate_makes_an_empty_database_ready_and_leaves_a_ready_one_alone(
    postgres_server: Postgres, valkey_server: Valkey
) -> None:
    with cloned(postgres_server, "template1") as url:
        env = environment(url, valkey_server)
        for _ in range(2):
            done = run(["migrate"], env)
            assert done.returncode == 0, done.stderr
            assert json.loads(done.stdout.splitlines()[-1])["event"] == "database migrated"


class TestAddContributor:
    def test_lets_somebody_upload_and_says_the_password_once(self, env: dict[str, str], api: Service) -> None:
        first = json.loads(run(["add-contributor", "Lin@Example.com", "--name", "Lin"], env).stdout)
        again = json.loads(run(["add-contributor", "lin@example.com", "--name", "Lin"], env).stdout)
        assert (first["email"], first["username"], first["created"]) == ("lin@example.com", "lin", True)
        assert again == {"email": "lin@example.com", "username": "lin", "created": False}

        visitor = requests.Session()
        signed = visitor.post(
            f"{api.url}/api/v1/session", json={name: first[name] for name in ("email", "password")}
        )
        assert signed.json()["user"] == {"username": "lin", "displayName": "Lin"}
        started = visitor.post(
            f"{api.url}/api/v1/uploads",
            json={"filename": "a.zip"},
            headers={"X-CSRFToken": signed.json()["csrfToken"]},
        )
        assert started.status_code == 201

    def test_takes_a_password_and_changes_it(self, env: dict[str, str], api: Service) -> None:
        arguments = ["add-contributor", "max@example.com", "--name", "Max", "--password-stdin"]
        for password in ("First-password-1", "Second-password-2"):
            done = run(arguments, env, stdin=f"{password}\n")
            assert "password" not in json.loads(done.stdout)
            given = {"email": "max@example.com", "password": password}
            assert requests.post(f"{api.url}/api/v1/session", json=given, timeout=10).status_code == 200

    def test_gives_two_of_a_name_names_of_their_own(self, env: dict[str, str]) -> None:
        made = [
            json.loads(run(["add-contributor", f"sam@{host}.com", "--name", "Sam"], env).stdout)
            for host in ("one", "two")
        ]
        assert made[0]["username"] == "sam"
        assert made[1]["username"].startswith("sam")
        assert made[1]["username"] != "sam"

    def test_makes_a_customer_a_contributor(self, env: dict[str, str], shelf: Shelf) -> None:
        shelf.contributor("kim", role="customer")
        assert not json.loads(run(["add-contributor", "kim@example.com", "--name", "Kim"], env).stdout)[
            "created"
        ]
        done = run(["add-contributor", "kim@example.com", "--name", "Kim"], env)
        assert done.returncode == 0

    @pytest.mark.parametrize(
        ("email", "password", "words"),
        [
            ("weak@example.com", "weak", "The password needs"),
            ("no address", PASSWORD, "not an e-mail address"),
        ],
    )
    def test_refuses_in_words(self, env: dict[str, str], email: str, password: str, words: str) -> None:
        done = run(["add-contributor", email, "--name", "X", "--password-stdin"], env, stdin=f"{password}\n")
        assert done.returncode == 1
        assert words in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("service", ["serve", "stream"])
def test_without_its_settings_a_service_says_what_is_missing(env: dict[str, str], service: str) -> None:
    done = run([service], {**env, "SITE_URL": "vectoricons.net", "SESSION_KEY": "short"})
    assert done.returncode == 2
    assert 'SITE_URL: value error, "vectoricons.net" is not an address' in done.stderr
    assert "SESSION_KEY:" in done.stderr
    assert "short" not in done.stderr
    missing = run([service], {name: value for name, value in env.items() if name != "DATABASE_HOST"})
    assert (missing.returncode, "DATABASE_HOST: is not set" in missing.stderr) == (2, True)


def test_fifty_open_streams_keep_nobody_waiting(
    api: Service, streams: Service, shelf: Shelf, database: Database
) -> None:
    """They share one look at the database, and the catalogue is another process."""
    shelf.item(shelf.set(shelf.family()))
    batches = [shelf.upload() for _ in range(5)]
    for batch in batches:
        shelf.entries(batch, ["one.svg"])
    with ExitStack() as pages:
        opened = [pages.enter_context(watch(streams, batches[n % 5].id)) for n in range(OPEN)]
        heads = [page.iter_lines(chunk_size=1, decode_unicode=True) for page in opened]
        assert all(next(lines) == "retry: 2000" for lines in heads)

        for path in (
            f"{api.url}/api/v1/icons",
            f"{api.url}/",
            f"{streams.url}/healthz",
            f"{streams.url}/readyz",
        ):
            began = time.monotonic()
            assert requests.get(path, timeout=10).status_code == 200
            assert time.monotonic() - began < 2

        for batch in batches:
            shelf.settle(batch, 1, code="file-empty", detail="is empty", hint="-")
        with ThreadPoolExecutor(OPEN) as readers:
            heard = list(readers.map(lambda lines: any('"rejected"' in line for line in lines), heads))
        assert heard == [True] * OPEN


def test_connections_that_are_kept_open_keep_nobody_out(api: Service) -> None:
    """A load balancer keeps many more than there are threads."""
    kept = [HTTPConnection("127.0.0.1", api.port, timeout=10) for _ in range(2 * THREADS + 1)]
    for connection in kept:
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
    for connection in kept:
        connection.close()


def test_bytes_that_are_no_text_are_a_bad_request_on_the_wire_too(api: Service) -> None:
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as wire:
        wire.sendall(b"GET /icons/%ff%fe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400")


def test_every_line_of_the_log_is_json_with_the_request_and_the_service(api: Service) -> None:
    requests.get(f"{api.url}/api/v1/sets", headers={"X-Request-Id": "look-for-me-1"}, timeout=10)
    lines = api.lines()
    (line,) = [line for line in lines if line.get("request_id") == "look-for-me-1"]
    assert (line["event"], line["status"], line["service"]) == ("request", 200, "serve")
    assert lines[0]["event"] == "listening"


def test_a_logged_error_says_where_it_happened_and_tells_no_secret() -> None:
    done = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, check=True)
    line = json.loads(done.stdout)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert "hunter2" not in done.stdout


def test_told_to_end_a_service_ends_its_streams_and_itself(
    env: dict[str, str], folder: Path, shelf: Shelf
) -> None:
    batch = shelf.upload()
    with serving("stream", folder, env) as service, watch(service, batch.id) as page:
        lines = page.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines) == "retry: 2000"
        began = time.monotonic()
        stop(service.process, patience=25)
        assert service.process.returncode == 0
        assert time.monotonic() - began < 10
        assert ": until soon" in list(lines)


def test_told_to_end_the_api_ends_well(env: dict[str, str], folder: Path) -> None:
    with serving("serve", folder, env) as service:
        requests.get(f"{service.url}/healthz", timeout=10)
        stop(service.process, patience=25)
        assert service.process.returncode == 0
        assert not [line for line in service.lines() if line["level"] == "error"]

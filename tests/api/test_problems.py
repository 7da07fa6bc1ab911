"""Errors: named, in words, with an id, as JSON for programs and as a page for people."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from structlog.testing import capture_logs

from containers.api.app import create_app
from containers.api.settings import ApiSettings
from local.processes import free_port
from tests.api.clients import SignedIn
from tests.api.factories import Shelf
from vectoricons.common.database import Database

ENDED = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("limit=ten", "limit", "1 to 100"),
        ("limit=1.5", "limit", "1 to 100"),
        ("limit=0", "limit", "1 to 100"),
        ("colour=red", "colour", 'known are "limit", "cursor"'),
        ("price=cheap", "price", '"free" or "premium"'),
        ("family=short", "family", "12 letters and digits"),
        ("style=", "style", 'such as "outline"'),
        ("tag=" + "x" * 501, "tag", "one tag, or several with commas"),
        ("cursor=" + "x" * 1001, "cursor", "page.next or page.prev"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_should_be(
    client: FlaskClient, query: str, field: str, words: str
) -> None:
    answer = client.get(f"/api/v1/icons?{query}")
    problem = answer.json
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert problem["code"] == "invalid-input"
    assert [error["field"] for error in problem["errors"]] == [field]
    assert words in problem["errors"][0]["detail"]
    assert problem["instance"] == f"urn:request:{answer.headers['X-Request-Id']}"


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({}, "filename", "is missing"),
        ({"filename": ""}, "filename", "the name of the ZIP"),
        ({"filename": 7}, "filename", "should be a valid string"),
        ({"filename": "a\0b.zip"}, "filename", "NUL"),
        ({"filename": "a\r\nb.zip"}, "filename", "nobody sees"),
        ({"filename": "x" * 256}, "filename", "at most 255"),
        ({"filename": "a.zip", "sizeBytes": 0}, "sizeBytes", "size of the ZIP in bytes"),
        ({"filename": "a.zip", "size_bytes": 5}, "size_bytes", "not known here"),
        ([], "", "must be a JSON object"),
    ],
)
def test_a_wrong_body_is_named_with_what_it_should_be(
    ada: SignedIn, body: Any, field: str, words: str
) -> None:
    answer = ada.browser.post("/api/v1/uploads", json=body, headers={"X-CSRFToken": ada.token})
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["field"] == field
    assert words in answer.json["detail"]


def test_all_that_is_wrong_is_said_at_once(client: FlaskClient) -> None:
    problem = client.get("/api/v1/icons?limit=x&price=y&z=1").json
    assert [error["field"] for error in problem["errors"]] == ["limit", "price", "z"]
    assert problem["detail"].endswith("(2 more below)")


def test_a_body_that_is_no_json_is_refused(ada: SignedIn) -> None:
    answer = ada.browser.post("/api/v1/uploads", data="{", headers={"X-CSRFToken": ada.token})
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")
    how = {"X-CSRFToken": ada.token, "Content-Type": "application/json"}
    answer = ada.browser.post("/api/v1/uploads", data="{", headers=how)
    assert (answer.status_code, answer.json["code"]) == (400, "bad-request")


def test_a_page_token_opens_only_the_list_it_was_made_for(client: FlaskClient, shelf: Shelf) -> None:
    made = shelf.set(shelf.family())
    shelf.items(made, ["one", "two"])
    token = client.get("/api/v1/icons?limit=1").json["page"]["next"]
    for path in (
        f"/api/v1/illustrations?cursor={token}",
        f"/api/v1/icons?price=free&cursor={token}",
        f"/api/v1/search?cursor={token}",
        f"/api/v1/icons?cursor={token[:-1]}{'a' if token[-1] != 'a' else 'b'}",
        "/api/v1/icons?cursor=nonsense",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.json["code"]) == (400, "invalid-cursor"), path


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/\xff", ""),
        ("/icons/\xc3(", ""),
        ("/a\0b", ""),
        ("/search", "q=%ff"),
        ("/search", "q=%00"),
        ("/api/v1/icons", "tag=%fe"),
        ("/", "%ff=1"),
    ],
)
def test_bytes_that_are_no_text_are_a_bad_request(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query})
    assert answer.status_code == 400
    assert "not UTF-8 text" in answer.text


def test_a_form_with_a_nul_is_a_bad_request(ada: SignedIn) -> None:
    answer = ada.browser.post("/studio/uploads", data={"filename": "a\0", "csrf_token": ada.token})
    assert answer.status_code == 400


def test_people_get_a_page_that_helps_on(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "There is nothing here" in answer.text
    assert 'role="search"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_another_method_is_refused_with_the_ones_there_are(client: FlaskClient) -> None:
    answer = client.put("/api/v1/icons")
    assert (answer.status_code, answer.json["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


def test_too_much_is_refused_unread(ada: SignedIn) -> None:
    answer = ada.browser.post("/sign-out", data={"csrf_token": "x" * 2_000_000})
    assert answer.status_code == 413


def test_an_unexpected_error_has_an_id_and_tells_nothing_of_the_inside(
    settings: ApiSettings, database: Database, cache: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    app = create_app(settings, database, cache)
    app.add_url_rule("/api/v1/broken", "broken", lambda: 1 / 0)
    app.add_url_rule("/broken", "broken_page", lambda: 1 / 0)
    with capture_logs() as logged:
        answer = app.test_client().get("/api/v1/broken", headers={"X-Request-Id": "seen-by-the-proxy"})
        page = app.test_client().get("/broken")
    assert (answer.status_code, page.status_code) == (500, 500)
    assert answer.json["instance"] == "urn:request:seen-by-the-proxy"
    assert "division" not in answer.text + page.text
    assert {line["event"] for line in logged} == {"unexpected error", "request"}


def test_a_database_that_is_away_is_said_so(settings: ApiSettings, cache: Any) -> None:
    nowhere = Database(f"postgresql+psycopg://postgres@127.0.0.1:{free_port()}/none")
    client = create_app(settings, nowhere, cache).test_client()
    assert client.get("/api/v1/icons").json["code"] == "unavailable"
    assert client.get("/").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {
        "status": "unavailable",
        "checks": {"database": "OperationalError", "cache": "ok"},
    }


@pytest.mark.parametrize("path", ["/api/v1/icons", "/api/v1/icons/0000000aaaaa", "/api/v1/search?q=home"])
def test_connections_that_the_server_ended_are_made_anew(
    client: FlaskClient, database: Database, path: str
) -> None:
    usual = client.get(path).status_code
    with database.writer.connect() as connection:
        connection.execute(text(ENDED))
    codes = [client.get(path).status_code for _ in range(4)]
    assert set(codes) <= {usual, 503}
    assert codes[-1] == usual


def test_an_older_database_is_not_ready(settings: ApiSettings, cache: Any, postgres_server: Any) -> None:
    empty = Database(postgres_server.url())
    ready = create_app(settings, empty, cache).test_client().get("/readyz")
    assert ready.status_code == 503
    assert "api migrate" in ready.json["checks"]["database"]


def test_a_good_database_is_ready(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"status": "ok", "checks": {"database": "ok", "cache": "ok"}}

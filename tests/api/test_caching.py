"""What caches are told: a contract with the CDN and with browsers."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.clients import SignedIn
from tests.api.factories import Shelf


@pytest.fixture(scope="module", autouse=True)
def _shop(shelf: Shelf) -> None:
    shelf.item(shelf.set(shelf.family("Shop")), "home")


PAGES = ["/", "/search?q=home", "/families", "/docs"]
DATA = ["/api/v1/icons", "/api/v1/search?q=home", "/schemas/manifest.json"]
PUBLIC = [*PAGES, *DATA]


@pytest.mark.parametrize("path", DATA)
def test_public_reads_are_the_same_for_everybody_and_kept_for_a_minute(
    client: FlaskClient, ada: SignedIn, path: str
) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert "Set-Cookie" not in answer.headers
    assert ada.get(path).headers["ETag"] == answer.headers["ETag"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_for_all_guests_and_kept_apart_from_that_of_who_is_signed_in(
    client: FlaskClient, ada: SignedIn, path: str
) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=300"
    assert {"Accept-Encoding", "Cookie"} <= set(answer.vary)
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.text
    own = ada.get(path)
    assert own.headers["Cache-Control"] == "private, no-cache"
    assert ada.user.email in own.text
    assert ada.user.email not in client.get(path).text


def test_what_depends_on_who_asks_is_kept_apart_from_what_guests_get(
    client: FlaskClient, ada: SignedIn, shelf: Shelf
) -> None:
    family = shelf.family("Seen by two")
    for path in (f"/api/v1/families/{family.unique_id}", f"/api/v1/users/{ada.user.uuid}", "/api/v1/tags"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"].startswith("public"), path
        assert {"Accept-Encoding", "Authorization", "Cookie"} <= set(answer.vary), path
        assert ada.get(path).headers["Cache-Control"] == "private, no-cache", path


@pytest.mark.parametrize("path", PUBLIC)
def test_who_has_it_already_gets_304_and_no_body(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_any_site_may_read_the_public_api_and_none_the_private_one(
    client: FlaskClient, ada: SignedIn
) -> None:
    assert client.get("/api/v1/icons").headers["Access-Control-Allow-Origin"] == "*"
    for path in ("/api/v1/session", "/api/v1/uploads", "/studio"):
        assert "Access-Control-Allow-Origin" not in ada.get(path).headers


@pytest.mark.parametrize("path", ["/api/v1/session", "/studio", "/api/v1/uploads"])
def test_private_reads_are_kept_by_no_shared_cache(ada: SignedIn, path: str) -> None:
    answer = ada.get(path)
    assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere", "/icons/000000000000", "/api/v1/icons?x=1"])
def test_errors_are_kept_by_nobody(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_static_files_are_kept_for_good_under_a_name_that_changes_with_them(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in client.get("/static/site.css").headers["Cache-Control"]


PREFLIGHT = {"Origin": "https://elsewhere.test", "Access-Control-Request-Method": "GET"}


@pytest.mark.parametrize("path", ["/api/v1/icons", "/api/v1/tags", "/api/v1/tags/1"])
def test_a_browser_that_asks_first_may_read_what_is_public_and_nothing_else(
    client: FlaskClient, path: str
) -> None:
    asked = client.options(path, headers=PREFLIGHT)
    assert (asked.status_code, asked.data) == (200, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Authorization" not in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in asked.headers
    assert {"GET", "HEAD", "OPTIONS"} <= set(asked.headers["Allow"].split(", "))


@pytest.mark.parametrize("path", ["/api/v1/session", "/api/v1/uploads", "/api/v1/banned-words"])
def test_a_browser_that_asks_first_for_what_is_private_is_told_nothing(
    client: FlaskClient, path: str
) -> None:
    asked = client.options(path, headers=PREFLIGHT)
    assert asked.status_code == 200
    assert "Access-Control-Allow-Origin" not in asked.headers


def test_pages_elsewhere_can_read_why_they_were_refused(client: FlaskClient, ada: SignedIn) -> None:
    for path in ("/api/v1/icons?limit=x", "/api/v1/tags/9999999"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Origin" not in ada.get(path).headers


@pytest.mark.parametrize("path", ["/api/v1/icons", "/api/v1/tags", "/"])
def test_a_head_says_what_a_get_would_without_saying_it(client: FlaskClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Length", "Cache-Control", "Content-Type"):
        assert head.headers[name] == whole.headers[name]

"""Signing in: what the browser holds, what the server keeps, and who is turned away."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from redis import Redis

from containers.api.app import create_app
from containers.api.settings import ApiSettings
from tests.api.clients import SETTINGS, SignedIn
from tests.api.factories import PASSWORD, SYSTEM, Shelf
from vectoricons.auth.login_history import LoginHistoryService
from vectoricons.common.database import Database
from vectoricons.config.enums import Role
from vectoricons.users import UserService


def sign_in(client: FlaskClient, **changes: Any) -> Any:
    given = {"email": "ada@example.com", "password": PASSWORD, **changes}
    return client.post("/api/v1/session", json=given)


@pytest.fixture(autouse=True)
def _people(shelf: Shelf) -> None:
    for name in ("ada", "grace"):
        shelf.contributor(name)


def test_the_cookie_is_for_this_host_and_not_for_scripts(client: FlaskClient) -> None:
    cookie = sign_in(client).headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_under_https_the_cookie_is_bound_to_the_host(database: Database, cache: Redis) -> None:
    settings = ApiSettings(**{**SETTINGS, "site_url": "https://vectoricons.test"})
    client = create_app(settings, database, cache).test_client()
    answer = client.post(
        "/api/v1/session",
        json={"email": "ada@example.com", "password": PASSWORD},
        base_url="https://vectoricons.test",
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_a_visitor_is_known_by_the_address_that_cloudfront_saw_and_not_by_what_they_say(
    database: Database, cache: Redis
) -> None:
    settings = ApiSettings(**{**SETTINGS, "site_url": "https://vectoricons.test"})
    invented, visitor, cloudfront = "192.0.2.1", "203.0.113.9", "10.0.64.7"
    with create_app(settings, database, cache).test_client() as client:
        client.get("/healthz", headers={"X-Forwarded-For": f"{invented}, {visitor}, {cloudfront}"})
        assert request.remote_addr == visitor


def test_the_session_has_a_new_name_after_sign_in(client: FlaskClient, cache: Redis) -> None:
    client.get("/sign-in")
    before = client.get_cookie("session")
    sign_in(client)
    after = client.get_cookie("session")
    assert before
    assert after
    assert before.value != after.value
    assert cache.keys("session:*") == [f"session:{after.value}".encode()]


def test_the_server_keeps_sessions_as_json(client: FlaskClient, cache: Redis) -> None:
    sign_in(client)
    (kept,) = [cache.get(key) for key in cache.keys("session:*")]
    assert isinstance(kept, bytes)
    assert kept.startswith(b"{")
    assert cache.ttl(cache.keys("session:*")[0]) > 13 * 86_400


def test_who_signed_in_is_told_and_who_signed_out_is_nobody(client: FlaskClient) -> None:
    assert client.get("/api/v1/session").json["user"] is None
    token = sign_in(client).json["csrfToken"]
    assert client.get("/api/v1/session").json["user"] == {"username": "ada", "displayName": "Ada"}
    assert client.delete("/api/v1/session", headers={"X-CSRFToken": token}).json["user"] is None
    assert client.get("/api/v1/session").json["user"] is None


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"email": "nobody@example.com"}])
def test_wrong_credentials_are_refused_in_the_same_words(
    client: FlaskClient, changes: dict[str, str]
) -> None:
    answer = sign_in(client, **changes)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.json["detail"] == "E-mail or password is wrong, or the account is not active yet."


def test_sign_in_takes_json_alone_so_that_no_foreign_form_can_do_it(client: FlaskClient) -> None:
    body = f'{{"email": "ada@example.com", "password": "{PASSWORD}"}}'
    answer = client.post("/api/v1/session", data=body, content_type="text/plain")
    assert answer.status_code == 415


@pytest.mark.parametrize("token", [None, "forged"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/v1/uploads"),
        ("DELETE", "/api/v1/session"),
        ("POST", "/studio/uploads"),
        ("POST", "/sign-out"),
        ("POST", "/sign-in"),
    ],
)
def test_a_change_without_the_token_is_refused(
    ada: SignedIn, method: str, path: str, token: str | None
) -> None:
    headers = {"X-CSRFToken": token} if token else {}
    answer = ada.browser.open(path, method=method, json={"filename": "a.zip"}, headers=headers)
    assert answer.status_code == 403
    assert "csrf-token" in answer.text


def test_a_token_of_another_session_is_no_token(ada: SignedIn, grace: SignedIn) -> None:
    answer = ada.browser.post(
        "/api/v1/uploads", json={"filename": "a.zip"}, headers={"X-CSRFToken": grace.token}
    )
    assert answer.status_code == 403


def test_guessing_is_slowed_down_by_address_and_by_account(
    client: FlaskClient, app: Flask, shelf: Shelf
) -> None:
    guessed = shelf.contributor("edith").email
    codes = [sign_in(client, email=guessed, password="wrong").status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    refused = sign_in(client, email=guessed, password="wrong")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json["title"] == "Not so fast"

    elsewhere = app.test_client()
    far = {"REMOTE_ADDR": "192.0.2.7"}
    by_account = elsewhere.post(
        "/api/v1/session", json={"email": f" {guessed.upper()}", "password": "x"}, environ_overrides=far
    )
    other_account = elsewhere.post(
        "/api/v1/session", json={"email": "grace@example.com", "password": PASSWORD}, environ_overrides=far
    )
    assert (by_account.status_code, other_account.status_code) == (429, 200)


def test_after_ten_wrong_passwords_the_right_one_is_refused_too_for_a_while(
    client: FlaskClient, app: Flask, shelf: Shelf, cache: Redis, database: Database
) -> None:
    email = shelf.contributor("mary").email
    for _ in range(10):
        refused = sign_in(client, email=email, password="wrong")
    assert refused.json["attemptsLeft"] == 0
    cache.flushall()  # the limiter's counters: what is left is what the account itself remembers
    locked = sign_in(client, email=email)
    assert (locked.status_code, locked.json["code"]) == (429, "too-many-attempts")
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    with database.unit_of_work(SYSTEM) as work:
        told = LoginHistoryService(work).get_by_email(email)
    assert [attempt.reason for attempt in told] == ["wrong-password"] * 10 + ["locked"]
    assert {attempt.ip_address for attempt in told} == {"127.0.0.1"}


def test_the_form_says_when_an_account_is_locked(client: FlaskClient, shelf: Shelf, cache: Redis) -> None:
    email = shelf.contributor("dorothy").email
    for _ in range(10):
        sign_in(client, email=email, password="wrong")
    cache.flushall()
    answer = TestForm().send(client, email=email)
    assert answer.status_code == 429
    assert "reset your password" in answer.text


def test_a_closed_account_is_told_so_and_nothing_else(client: FlaskClient, shelf: Shelf) -> None:
    email = shelf.contributor("eve", role=Role.DENY_ALL).email
    assert sign_in(client, email=email).status_code == 403
    assert sign_in(client, email=email, password="wrong").status_code == 401


def test_a_new_password_ends_the_sessions_made_with_the_old_one(
    app: Flask, shelf: Shelf, database: Database
) -> None:
    visitor = SignedIn(app, shelf, "joan")
    with database.unit_of_work(SYSTEM) as work:
        UserService(work).set_password(visitor.user.id, "Another-horse-2")
    assert visitor.get("/api/v1/session").json["user"] is None


def test_who_is_no_contributor_may_sign_in_but_not_upload(app: Flask, shelf: Shelf) -> None:
    shelf.contributor("carl", role=Role.CUSTOMER)
    carl = SignedIn(app, shelf, "carl")
    assert carl.post("/api/v1/uploads", {"filename": "a.zip"}).status_code == 403
    assert carl.get("/studio").status_code == 403


def test_what_stands_in_valkey_is_never_executed(client: FlaskClient, cache: Redis) -> None:
    cache.set("session:forged", b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    client.set_cookie("session", "forged")
    assert client.get("/api/v1/session").json["user"] is None


class TestForm:
    """The page to sign in on."""

    def token(self, client: FlaskClient) -> str:
        page = client.get("/sign-in").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def send(self, client: FlaskClient, path: str = "/sign-in", **changes: str) -> Any:
        given = {"email": "ada@example.com", "password": PASSWORD, "csrf_token": self.token(client)}
        return client.post(path, data={**given, **changes})

    def test_signs_in_and_goes_on(self, client: FlaskClient) -> None:
        answer = self.send(client)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/studio")
        assert "ada@example.com" in client.get("/studio").text

    def test_says_what_is_wrong_and_keeps_the_address(self, client: FlaskClient) -> None:
        answer = self.send(client, password="wrong")
        assert answer.status_code == 401
        assert 'role="alert"' in answer.text
        assert 'value="ada@example.com"' in answer.text
        assert "wrong" not in answer.text.split('name="password"')[1].split(">")[0]

    def test_says_what_is_missing(self, client: FlaskClient) -> None:
        assert self.send(client, email="").status_code == 422

    def test_goes_back_to_where_one_was_going(self, client: FlaskClient) -> None:
        asked = client.get("/studio?cursor=x").headers["Location"]
        assert asked == "/sign-in?next=/studio?cursor%3Dx"
        assert self.send(client, asked).headers["Location"] == "/studio?cursor=x"
        assert client.get("/sign-in?next=/search").headers["Location"] == "/search"

    @pytest.mark.parametrize(
        "where",
        [
            "https://evil.test/",
            "//evil.test/",
            "/\\evil.test/",
            "/%09/evil.test/",  # a browser, and who writes the header, take the tab out
            "/%0d%0aX-Evil:%20test",
            "studio",
        ],
    )
    def test_goes_nowhere_else(self, client: FlaskClient, where: str) -> None:
        assert self.send(client, f"/sign-in?next={where}").headers["Location"] == "/studio"

    def test_takes_buyers_home_and_shows_the_way_to_an_account(
        self, client: FlaskClient, shelf: Shelf
    ) -> None:
        shown = client.get("/sign-in").text
        assert 'href="/sign-up"' in shown
        assert 'href="/forgot-password"' in shown
        buyer = shelf.contributor("carla", role=Role.CUSTOMER)
        assert self.send(client, email=buyer.email).headers["Location"] == "/"
        assert client.get("/sign-in").headers["Location"] == "/"

    def test_signs_out(self, client: FlaskClient) -> None:
        self.send(client)
        token = client.get("/studio").text.split('name="csrf_token" value="')[1].split('"')[0]
        assert client.post("/sign-out", data={"csrf_token": token}).headers["Location"] == "/"
        assert client.get("/studio").status_code == 303


def test_a_change_of_keys_signs_nobody_out_and_refuses_no_form(
    database: Database, cache: Redis, shelf: Shelf
) -> None:
    old, new = "the old key, thirty-two letters.", "the new key, thirty-two letters."

    def app(**keys: str) -> Flask:
        return create_app(ApiSettings(**{**SETTINGS, **keys}), database, cache)

    before = SignedIn(app(session_key=old), shelf)
    cookie = before.browser.get_cookie("session")
    assert cookie is not None

    def visit(now: Flask) -> int:
        """Come back with the old cookie, and send a form of the old page."""
        browser = now.test_client()
        browser.set_cookie("session", cookie.value)
        assert browser.get("/api/v1/session").json["user"] is not None
        form = {"filename": "Arrows.zip"}
        answer = browser.post("/api/v1/uploads", json=form, headers={"X-CSRFToken": before.token})
        return int(answer.status_code)

    assert visit(app(session_key=old, session_key_previous=new)) == 201  # the new key, made known first
    assert visit(app(session_key=new, session_key_previous=old)) == 201
    assert visit(app(session_key=new)) == 403  # the old one has been taken away

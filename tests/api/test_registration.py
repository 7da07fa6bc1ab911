"""The doors for guests: signing up, letters and what they prove, access tokens."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.api.clients import Program, SignedIn
from tests.api.factories import PASSWORD, SYSTEM, Shelf
from tests.api.letters import known, token_to_reset, token_to_verify
from vectoricons.users import User

ANOTHER = "Another-Horse-2"
_number = count(1)


def somebody() -> dict[str, Any]:
    name = f"new{next(_number)}"
    return {"email": f"{name}@example.org", "username": name, "displayName": "New", "password": PASSWORD}


def post(client: FlaskClient, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", json=body)


def told(shelf: Shelf, name: str, user: User) -> int:
    """How many events of this name the world hears of the person."""
    heard = text("select count(*) from event_outbox where name = :name and data ->> 'userId' = :id")
    with shelf.database.unit_of_work(SYSTEM) as work:
        return work.session.scalar(heard, {"name": name, "id": str(user.id)}) or 0


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> Any:
    return post(client, "tokens", email=email, password=password)


def test_who_signs_up_confirms_the_address_and_signs_in(client: FlaskClient, shelf: Shelf) -> None:
    given = somebody()
    assert post(client, "users", **given).status_code == 202
    assert sign_in(client, given["email"]).status_code == 401
    proven = post(client, "verifications", token=token_to_verify(shelf, given["email"]))
    assert (proven.status_code, proven.json) == (200, {"email": given["email"]})
    signed_in = sign_in(client, given["email"])
    assert (signed_in.status_code, signed_in.headers["Cache-Control"]) == (200, "no-store")
    assert (signed_in.json["tokenType"], signed_in.json["expiresIn"]) == ("Bearer", 900)
    bearer = {"Authorization": f"Bearer {signed_in.json['accessToken']}"}
    me = client.get(f"/api/v1/users/{known(shelf, given['email']).uuid}", headers=bearer)
    assert (me.json["username"], me.json["roles"]) == (given["username"], ["customer"])


def test_signing_up_with_a_known_address_answers_the_same_and_tells_its_owner(
    client: FlaskClient, shelf: Shelf
) -> None:
    owner = shelf.contributor("owner")
    first = post(client, "users", **somebody())
    again = post(client, "users", **{**somebody(), "email": owner.email.upper()})
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert told(shelf, "user.signup.error", owner) == 1
    assert known(shelf, owner.email).username == "owner"


@pytest.mark.parametrize("letters", ["verification-letters", "password-reset-letters"])
def test_asking_for_a_letter_answers_the_same_for_everybody(
    client: FlaskClient, shelf: Shelf, letters: str
) -> None:
    answers = [
        post(client, letters, email=email)
        for email in (shelf.contributor("owner").email, "nobody@example.org")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_a_letter_is_asked_for_where_it_is_needed(client: FlaskClient, shelf: Shelf) -> None:
    given = somebody()
    post(client, "users", **given)
    post(client, "verification-letters", email=given["email"])
    newcomer, owner = known(shelf, given["email"]), shelf.contributor("writer")
    post(client, "verification-letters", email=owner.email)
    post(client, "password-reset-letters", email=owner.email)
    assert told(shelf, "user.add-email", newcomer) == 1
    assert told(shelf, "user.add-email", owner) == 0
    assert told(shelf, "user.reset-password", owner) == 1


def test_a_taken_user_name_is_refused(client: FlaskClient, shelf: Shelf) -> None:
    refused = post(client, "users", **{**somebody(), "username": shelf.contributor("ada").username.upper()})
    assert (refused.status_code, refused.json["code"]) == (409, "duplicate")


@pytest.mark.parametrize(
    ("path", "field", "value", "words"),
    [
        ("users", "email", "ann.example.org", "not an e-mail address"),
        ("users", "password", "weakling", "needs an upper case letter"),
        ("users", "username", "../admin", "It is 2 to 60 letters"),
        ("users", "isVerified", True, "not known here"),
        ("users", "role", "admin", "not known here"),
        ("password-reset-letters", "email", "", "It is the e-mail address"),
    ],
)
def test_a_wrong_field_is_named(client: FlaskClient, path: str, field: str, value: Any, words: str) -> None:
    body = somebody() if path == "users" else {}
    refused = post(client, path, **{**body, field: value})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, field)
    assert words in refused.json["detail"]
    assert "weakling" not in refused.text


def test_a_token_proves_once_and_the_newest_alone(client: FlaskClient, shelf: Shelf) -> None:
    given = somebody()
    post(client, "users", **given)
    old, new = (token_to_verify(shelf, given["email"]) for _ in range(2))
    replaced = post(client, "verifications", token=old)
    assert (replaced.status_code, replaced.json["code"]) == (400, "invalid-token")
    assert post(client, "verifications", token=new).status_code == 200
    again = post(client, "verifications", token=new)
    assert (again.status_code, again.json["code"]) == (409, "already-verified")


def test_a_forgotten_password_is_set_anew_once_and_every_session_ends(
    app: Flask, client: FlaskClient, shelf: Shelf
) -> None:
    browser = SignedIn(app, shelf, "forgetful")
    program = Program(app, browser.user)
    token = token_to_reset(shelf, browser.user)
    weak = post(client, "password-resets", token=token, password="weak")
    assert (weak.status_code, weak.json["errors"][0]["field"]) == (422, "password")
    assert post(client, "password-resets", token=token, password=ANOTHER).status_code == 204
    assert post(client, "password-resets", token=token, password=ANOTHER).status_code == 400
    assert program("GET", program.path).status_code == 401
    assert browser.get("/api/v1/session").json["user"] is None
    assert sign_in(client, browser.user.email).status_code == 401
    assert sign_in(client, browser.user.email, ANOTHER).status_code == 200


def test_no_token_and_no_password_is_written_down(client: FlaskClient, shelf: Shelf) -> None:
    user = shelf.contributor("discreet")
    token = token_to_reset(shelf, user)
    with capture_logs() as lines:
        post(client, "password-resets", token=token, password=ANOTHER)
        opened = sign_in(client, user.email, ANOTHER).json["accessToken"]
    assert [line["path"] for line in lines if line["event"] == "request"]
    with shelf.database.unit_of_work(SYSTEM) as work:
        kept = [
            str(list(work.session.execute(text(f"select * from {table}"))))  # noqa: S608 - our own words
            for table in ("event_histories", "event_outbox", "users")
        ]
    for secret in (token, ANOTHER, opened):
        assert not any(secret in where for where in (str(lines), *kept))


def test_the_password_is_changed_by_who_knows_it(app: Flask, client: FlaskClient, shelf: Shelf) -> None:
    program = Program(app, shelf.contributor("careful"))
    path = f"{program.path}/password"
    wrong = program("PUT", path, {"current": ANOTHER, "new": ANOTHER})
    assert (wrong.status_code, wrong.json["code"]) == (401, "unauthenticated")
    assert program("PUT", path, {"current": PASSWORD, "new": ANOTHER}).status_code == 204
    assert program("GET", program.path).status_code == 401
    assert sign_in(client, program.user.email, ANOTHER).status_code == 200


def test_signing_out_everywhere_ends_sessions_and_tokens(app: Flask, shelf: Shelf) -> None:
    browser = SignedIn(app, shelf, "leaver")
    program = Program(app, browser.user)
    assert program("DELETE", f"{program.path}/sessions").status_code == 204
    assert program("GET", program.path).status_code == 401
    assert browser.get("/api/v1/session").json["user"] is None
    assert told(shelf, "user.logout", browser.user) == 1


def test_guessing_is_slowed_down(client: FlaskClient, app: Flask) -> None:
    tries = [post(client, "verifications", token="0" * 64).status_code for _ in range(11)]
    assert tries == [400] * 10 + [429]
    elsewhere = [
        app.test_client().post(
            "/api/v1/password-reset-letters",
            json={"email": "one@example.org"},
            environ_overrides={"REMOTE_ADDR": f"192.0.2.{number}"},
        )
        for number in range(4)
    ]
    assert [answer.status_code for answer in elsewhere] == [202] * 3 + [429]
    assert int(elsewhere[-1].headers["Retry-After"]) > 0


def test_an_administrator_opens_an_account_that_wrong_passwords_locked(
    app: Flask, client: FlaskClient, shelf: Shelf, cache: Any
) -> None:
    user, root = shelf.contributor("locked"), Program(app, shelf.contributor("root", role="admin"))
    for _ in range(10):
        sign_in(client, user.email, "wrong")
    cache.flushall()  # the limiter's counters: what is left is what the account itself remembers
    assert sign_in(client, user.email).status_code == 429
    assert root("DELETE", f"/api/v1/users/{user.uuid}/lock").status_code == 204
    assert sign_in(client, user.email).status_code == 200

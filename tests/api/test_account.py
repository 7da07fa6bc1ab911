"""Accounts as pages: signing up, letters and what they prove, without scripts."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from structlog.testing import capture_logs

from tests.api.clients import SignedIn
from tests.api.factories import PASSWORD, Shelf
from tests.api.letters import known, token_to_reset, token_to_verify
from tests.api.test_registration import ANOTHER, told

_number = count(1)


def somebody() -> dict[str, str]:
    name = f"visitor{next(_number)}"
    return {"email": f"{name}@example.org", "username": name, "displayName": "Vi", "password": PASSWORD}


def read(answer: Any) -> Any:
    return html.fromstring(answer.text)


def send(client: FlaskClient, path: str, **given: str) -> Any:
    """Send a form as a browser would: with the token against forged requests of a page that has one."""
    (token,) = read(client.get("/forgot-password")).xpath('//input[@name="csrf_token"]/@value')
    return client.post(path, data={"csrf_token": token, **given})


def heading(answer: Any) -> str:
    return str(read(answer).xpath("//h1")[0].text_content())


def complaint(answer: Any) -> str:
    """What is said at the top of the form."""
    return str(read(answer).xpath('//*[@role="alert"]')[0].text_content())


def faults(answer: Any) -> dict[str, str]:
    """What stands beside the fields that are wrong."""
    wrong = read(answer).xpath('//input[@aria-invalid="true"]')
    return {
        field.get("name"): field.getparent().xpath(".//p")[0].text_content()
        for field in wrong
        if field.get("aria-describedby") == field.getparent().xpath(".//p/@id")[0]
    }


def can_sign_in(client: FlaskClient, email: str, password: str = PASSWORD) -> bool:
    credentials = {"email": email, "password": password}
    return client.post("/api/v1/tokens", json=credentials).status_code == 200


def test_who_signs_up_confirms_the_address_by_a_button_and_signs_in(
    client: FlaskClient, shelf: Shelf
) -> None:
    new = somebody()
    assert heading(send(client, "/sign-up", **new)) == "Look into your mail"
    assert not can_sign_in(client, new["email"])
    (form, _letter) = read(client.get("/verify-email")).xpath('//main//form[@method="post"]')
    assert form.get("action") == "/verify-email"
    assert form.xpath(".//button/text()") == ["Confirm"]
    filled = {**dict(form.form_values()), "token": token_to_verify(shelf, new["email"])}
    confirmed = client.post("/verify-email", data=filled)
    assert (confirmed.status_code, heading(confirmed)) == (200, "Your address is confirmed")
    assert read(confirmed).xpath("//main//a/@href") == ["/sign-in"]
    signed_in = send(client, "/sign-in", email=new["email"], password=PASSWORD)
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/")


def test_signing_up_with_a_known_address_shows_the_same_and_tells_its_owner(
    client: FlaskClient, shelf: Shelf
) -> None:
    owner = shelf.contributor("owner")
    first = send(client, "/sign-up", **somebody())
    again = send(client, "/sign-up", **{**somebody(), "email": owner.email})
    assert (again.status_code, again.data) == (first.status_code, first.data) == (200, first.data)
    assert told(shelf, "user.signup.error", owner) == 1


@pytest.mark.parametrize("path", ["/verify-email/letter", "/forgot-password"])
def test_asking_for_a_letter_shows_the_same_to_everybody(
    client: FlaskClient, shelf: Shelf, path: str
) -> None:
    answers = [
        send(client, path, email=email) for email in (shelf.contributor("owner").email, "nobody@example.org")
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert heading(answers[0]) == "Look into your mail"


def test_a_letter_is_written_where_one_is_needed(client: FlaskClient, shelf: Shelf) -> None:
    new, owner = somebody(), shelf.contributor("forgetful")
    send(client, "/sign-up", **new)
    send(client, "/verify-email/letter", email=new["email"])
    send(client, "/forgot-password", email=owner.email)
    assert told(shelf, "user.add-email", known(shelf, new["email"])) == 1
    assert told(shelf, "user.reset-password", owner) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "ann.example.org", "E-mail is wrong: "),
        ("username", "../admin", "User name is wrong. It is 2 to 60 letters"),
        ("displayName", "  ", "Display name is missing. It is what others read."),
        ("password", "Weakling", "Password is wrong: the password needs a digit"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(
    client: FlaskClient, field: str, value: str, words: str
) -> None:
    new = {**somebody(), field: value}
    refused = send(client, "/sign-up", **new)
    assert refused.status_code == 422
    assert list(faults(refused)) == [field]
    assert faults(refused)[field].startswith(words)
    kept = {each.get("name"): each.get("value") for each in read(refused).xpath("//main//input[@required]")}
    assert kept == {**new, "password": None}
    assert read(refused).xpath("//input[@autofocus]/@name") == [field]


def test_a_taken_user_name_is_said_beside_it(client: FlaskClient, shelf: Shelf) -> None:
    refused = send(client, "/sign-up", **{**somebody(), "username": shelf.contributor("ada").username})
    assert (refused.status_code, faults(refused)) == (
        409,
        {"username": "This user name is taken. Choose another one."},
    )


@pytest.mark.parametrize("token", ["", "short", "0" * 64])
@pytest.mark.parametrize("path", ["/verify-email", "/reset-password"])
def test_a_link_that_proves_nothing_leads_to_a_new_letter(client: FlaskClient, path: str, token: str) -> None:
    refused = send(client, path, token=token, password=ANOTHER)
    assert (refused.status_code, "The link is not valid any more" in complaint(refused)) == (400, True)
    form = read(refused).xpath("//main//form")[-1]
    assert form.get("action") in {"/verify-email/letter", "/forgot-password"}
    assert form.xpath('.//input[@name="email"]')
    assert ANOTHER not in refused.text


def test_who_has_no_code_is_shown_the_way_to_a_new_letter(client: FlaskClient) -> None:
    assert read(client.get("/reset-password")).xpath('//a[@href="/forgot-password"]')
    assert read(client.get("/verify-email")).xpath('//form[@action="/verify-email/letter"]')


def test_a_second_press_of_the_button_is_no_error(client: FlaskClient, shelf: Shelf) -> None:
    new = somebody()
    send(client, "/sign-up", **new)
    token = token_to_verify(shelf, new["email"])
    headings = [heading(send(client, "/verify-email", token=token)) for _ in range(2)]
    assert headings == ["Your address is confirmed", "The address is confirmed already"]


def test_a_forgotten_password_is_set_anew_once_and_every_session_ends(
    app: Flask, client: FlaskClient, shelf: Shelf
) -> None:
    elsewhere = SignedIn(app, shelf, "careless")
    token = token_to_reset(shelf, elsewhere.user)
    (field,) = read(client.get("/reset-password")).xpath('//input[@type="password"]')
    assert (field.get("name"), field.get("autocomplete")) == ("password", "new-password")
    weak = send(client, "/reset-password", token=token, password="weakness")
    assert (weak.status_code, list(faults(weak))) == (422, ["password"])
    assert read(weak).xpath('//input[@name="token"]/@value') == [token]
    assert "weakness" not in weak.text
    done = send(client, "/reset-password", token=token, password=ANOTHER)
    assert (done.status_code, heading(done)) == (200, "Your password is set")
    assert send(client, "/reset-password", token=token, password=PASSWORD).status_code == 400
    assert elsewhere.get("/api/v1/session").json["user"] is None
    assert can_sign_in(client, elsewhere.user.email, ANOTHER)


PAGES = ["/sign-in", "/sign-up", "/forgot-password", "/verify-email", "/reset-password"]


@pytest.mark.parametrize("path", PAGES)
def test_no_account_page_is_kept_or_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(answer).xpath('//meta[@name="robots"]/@content') == ["noindex"]


@pytest.mark.parametrize(
    "path", ["/sign-up", "/verify-email", "/verify-email/letter", "/forgot-password", "/reset-password"]
)
def test_a_form_of_a_foreign_page_is_refused(client: FlaskClient, path: str) -> None:
    refused = client.post(path, data=somebody())
    assert (refused.status_code, "csrf-token" in refused.text) == (403, True)


def test_no_token_and_no_password_is_written_down(client: FlaskClient, shelf: Shelf) -> None:
    token = token_to_reset(shelf, shelf.contributor("discreet"))
    with capture_logs() as lines:
        send(client, "/verify-email", token=token)
        send(client, "/reset-password", token=token, password=ANOTHER)
    paths = [line["path"] for line in lines if line["event"] == "request"]
    assert {"/verify-email", "/reset-password"} <= set(paths)
    assert not [secret for secret in (token, ANOTHER) if secret in str(lines)]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/sign-up", 10),
        ("/verify-email", 10),
        ("/reset-password", 10),
        ("/verify-email/letter", 3),  # to one address
        ("/forgot-password", 3),
    ],
)
def test_guessing_is_slowed_down(client: FlaskClient, path: str, most: int) -> None:
    codes = [send(client, path, token="0" * 64, email="one@").status_code for _ in range(most + 1)]
    assert codes.index(429) == most


def test_signing_up_needs_no_second_account(ada: SignedIn) -> None:
    assert ada.get("/sign-up").headers["Location"] == "/studio"

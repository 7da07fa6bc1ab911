"""What pages tell browsers to refuse."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from lxml import html

from tests.api.clients import SignedIn
from tests.api.factories import Shelf


def test_public_pages_run_our_scripts_alone(client: FlaskClient) -> None:
    headers = client.get("/").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["img-src"] == "'self' http://assets.test"
    assert policy["connect-src"] == "'self' http://localhost:8001 https://s3.amazonaws.com"
    assert policy["form-action"] == "'self' https://s3.amazonaws.com"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Strict-Transport-Security" not in headers


def test_private_pages_run_only_scripts_with_the_word_of_this_answer(ada: SignedIn) -> None:
    words = []
    for _ in range(2):
        answer = ada.get("/studio")
        (word,) = re.findall(r"script-src 'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        assert f'nonce="{word}"' in answer.text
        words.append(word)
    assert words[0] != words[1]


def test_no_page_has_a_script_or_a_style_inside(client: FlaskClient, ada: SignedIn) -> None:
    for text in (client.get("/").text, client.get("/search").text, ada.get("/studio").text):
        document = html.fromstring(text)
        assert not document.xpath('//script[not(@src) and not(@type="application/ld+json")]')
        assert not document.xpath("//style | //@style | //@onclick")


def test_what_contributors_write_is_text_and_nothing_else(client: FlaskClient, shelf: Shelf) -> None:
    evil = "<script>alert(1)</script>\"'></script>"
    family = shelf.family(evil)
    item = shelf.item(shelf.set(family, evil), evil)
    for path in (f"/icons/{item.unique_id}", f"/families/{family.unique_id}", f"/search?q={evil}"):
        answer = client.get(path, follow_redirects=True)
        assert "<script>alert" not in answer.text
        assert evil in html.fromstring(answer.text).text_content()

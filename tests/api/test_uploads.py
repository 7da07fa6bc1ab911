"""Uploads by API: the signed form, and how far a ZIP is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from containers.api import outputs
from containers.api.settings import ApiSettings
from containers.api.storage import Storage, origin_of
from containers.api.uploads import Upload, UploadDetail, UploadForm
from tests.api.clients import SETTINGS, SignedIn
from tests.api.factories import Shelf
from vectoricons.common.database import Database
from vectoricons.uploads import limits
from vectoricons.uploads.batches import BatchState


def start(visitor: SignedIn, filename: str = "icons.zip", **more: Any) -> Any:
    return visitor.post("/api/v1/uploads", {"filename": filename, **more})


def signature(secret: str, fields: dict[str, str]) -> str:
    """AWS's signature of a form's policy, worked out anew."""
    _, date, region, service, terminal = fields["x-amz-credential"].split("/")
    key = b"AWS4" + secret.encode()
    for part in (date, region, service, terminal):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, fields["policy"].encode(), hashlib.sha256).hexdigest()


def test_the_form_takes_one_zip_at_one_key_for_a_quarter_of_an_hour(ada: SignedIn) -> None:
    answer = start(ada, sizeBytes=1000)
    form = UploadForm.model_validate_json(answer.data)
    policy = json.loads(base64.b64decode(form.fields["policy"]))
    key = f"uploads/{ada.user.uuid}/{form.id}/source.zip"

    assert answer.status_code == 201
    assert form.fields["key"] == key
    assert {"key": key} in policy["conditions"]
    assert {"bucket": SETTINGS["uploads_bucket"]} in policy["conditions"]
    assert {"Content-Type": "application/zip"} in policy["conditions"]
    assert ["content-length-range", 1, limits.MAX_ARCHIVE_BYTES] in policy["conditions"]
    assert not [condition for condition in policy["conditions"] if "starts-with" in condition]
    expires = datetime.fromisoformat(policy["expiration"])
    assert timedelta(minutes=14) < expires - datetime.now(UTC) <= timedelta(minutes=15)
    assert abs(form.expires_at - expires) < timedelta(seconds=5)
    assert form.fields["x-amz-signature"] == signature("testing-secret", form.fields)


def test_every_field_of_the_form_is_a_condition_of_its_policy(ada: SignedIn) -> None:
    fields = start(ada).json["fields"]
    policy = json.loads(base64.b64decode(fields["policy"]))
    signed = {name for condition in policy["conditions"] if isinstance(condition, dict) for name in condition}
    assert set(fields) - {"policy", "x-amz-signature"} <= signed


def test_the_form_says_where_to_look_next(ada: SignedIn) -> None:
    answer = start(ada).json
    assert answer["statusUrl"] == f"http://localhost/api/v1/uploads/{answer['id']}"
    assert answer["eventsUrl"].startswith(
        f"http://localhost:8001/api/v1/uploads/{answer['id']}/events?ticket="
    )
    assert ada.get(urlsplit(answer["statusUrl"]).path).json["state"] == "awaiting_upload"


def test_a_zip_that_is_too_large_is_refused_before_it_is_sent(ada: SignedIn) -> None:
    answer = start(ada, "all.zip", sizeBytes=limits.MAX_ARCHIVE_BYTES + 1)
    assert answer.status_code == 422
    assert answer.json["detail"].startswith(
        "all.zip is too large. Split it into several uploads of up to 256 MB"
    )


def test_starting_is_limited(ada: SignedIn) -> None:
    codes = [start(ada).status_code for _ in range(61)]
    assert set(codes[:60]) == {201}
    assert codes[60] == 429


def test_the_site_may_talk_to_where_forms_are_sent(settings: ApiSettings) -> None:
    storage = Storage(settings)
    assert origin_of(storage.upload_form("key").url) == storage.origin


def test_a_link_to_an_svg_leads_to_the_assets_and_works_for_a_minute_under_one_name(
    settings: ApiSettings,
) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        link = Storage(settings).svg_link("svg/abc.svg", "arrow-left.svg")
    query = parse_qs(urlsplit(link).query)
    assert link.startswith(f"{settings.assets_url}/svg/abc.svg?")
    assert query["Expires"] == [str(int(now.timestamp()) + 60)]
    assert query["response-content-disposition"] == ['attachment; filename="arrow-left.svg"']
    assert (query["Key-Pair-Id"], query["Hash-Algorithm"]) == (["K1"], ["SHA256"])


class TestStatus:
    """What is said of an upload while it is worked on, and after."""

    def test_tells_each_file_with_its_state_reason_and_what_it_became(self, app: Flask, shelf: Shelf) -> None:
        ada = SignedIn(app, shelf, "ada")
        family = shelf.family("Weather")
        sun = shelf.item(shelf.set(family), "sun")
        batch = shelf.upload(filename="weather.zip", size_bytes=9, family_id=family.id)
        shelf.entries(batch, ["sun.svg", "rain.svg", "snow.svg"])
        shelf.settle(batch, 1, item=sun)
        shelf.settle(batch, 2, code="file-empty", detail="is empty", hint="Export the drawing again.")

        answer = ada.get(f"/api/v1/uploads/{batch.id}")
        told = UploadDetail.model_validate_json(answer.data)

        assert told.counts.model_dump() == {
            "total": 3, "queued": 1, "rendering": 0, "ready": 1, "rejected": 1,
        }  # fmt: skip
        assert [entry.state for entry in told.items] == ["ready", "rejected", "queued"]
        assert told.items[0].item
        assert told.items[0].item.id == sun.unique_id
        assert told.items[0].item.thumbnail
        assert (told.items[1].code, told.items[1].hint) == ("file-empty", "Export the drawing again.")
        assert told.family
        assert told.family.id == family.unique_id
        assert not told.is_settled

    def test_is_sent_again_only_when_it_changed(self, ada: SignedIn, shelf: Shelf) -> None:
        batch = shelf.upload()
        path = f"/api/v1/uploads/{batch.id}"
        seen = {"If-None-Match": ada.get(path).headers["ETag"]}
        assert ada.get(path, headers=seen).status_code == 304
        shelf.change(batch, state=BatchState.CHECKING)
        assert ada.get(path, headers=seen).status_code == 200

    def test_is_settled_when_nothing_will_change_any_more(self, ada: SignedIn, shelf: Shelf) -> None:
        batch = shelf.upload()
        path = f"/api/v1/uploads/{batch.id}"
        shelf.entries(batch, ["late.svg"])
        shelf.change(batch, state=BatchState.PUBLISHED)
        assert not ada.get(path).json["isSettled"]
        shelf.settle(batch, 1, code="file-empty", detail="is empty", hint="-")
        assert ada.get(path).json["isSettled"]

    def test_lists_ones_own_newest_first_and_reads_on(self, app: Flask, shelf: Shelf) -> None:
        mary = SignedIn(app, shelf, "mary")
        ids = [str(shelf.upload("mary").id) for _ in range(3)]
        shelf.upload("ada")
        first = mary.get("/api/v1/uploads?limit=2").json
        second = mary.get(f"/api/v1/uploads?limit=2&cursor={first['page']['next']}").json
        assert outputs.Page[Upload].model_validate(first)
        assert [item["id"] for item in first["items"] + second["items"]] == ids[::-1]

    def test_a_page_of_ones_uploads_is_no_page_of_anybody_elses(
        self, ada: SignedIn, grace: SignedIn, shelf: Shelf
    ) -> None:
        for _ in range(2):
            shelf.upload("ada")
        token = ada.get("/api/v1/uploads?limit=1").json["page"]["next"]
        assert grace.get(f"/api/v1/uploads?cursor={token}").status_code == 400


@pytest.mark.parametrize("batch_id", ["01a207b5-c0eb-7422-ad87-eefbc38d2204", "none", "1"])
def test_an_upload_that_is_not_there_is_a_404(ada: SignedIn, batch_id: str) -> None:
    assert ada.get(f"/api/v1/uploads/{batch_id}").status_code == 404


def test_starting_leaves_a_row_that_waits(client: FlaskClient, ada: SignedIn, database: Database) -> None:
    answer = start(ada, "Wetter Ümlaut.zip").json
    assert ada.get(f"/api/v1/uploads/{answer['id']}").json["filename"] == "Wetter Ümlaut.zip"

"""The studio in a browser: a ZIP is dropped, goes to storage, and its files become icons as one looks on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from playwright.sync_api import Page, expect

from tests.api.clients import SETTINGS
from tests.api.factories import PASSWORD, SYSTEM
from tests.browser.chromium import drop, sign_in
from tests.browser.shop import Shop
from vectoricons.common.database import Database
from vectoricons.uploads.batches import BatchState, UploadBatch, UploadBatchRepository

ZIP = b"PK\x05\x06" + bytes(18)
ADA = ("ada@example.com", PASSWORD)


def newest(database: Database) -> UploadBatch:
    with database.unit_of_work(SYSTEM) as work:
        return UploadBatchRepository(work.session).find_all()[-1]


def row(page: Page, name: str) -> Any:
    return page.get_by_role("row").filter(has_text=name)


def test_a_dropped_zip_goes_to_storage_and_its_files_are_drawn_live(
    page: Page, shop: Shop, database: Database, storage: str
) -> None:
    sign_in(page, *ADA)
    drop(page, "weather icons.zip", ZIP)
    page.wait_for_url(re.compile(r"/studio/uploads/[0-9a-f-]{36}\?sent=1"))
    batch = newest(database)
    s3 = boto3.client("s3", endpoint_url=storage, aws_access_key_id="x", aws_secret_access_key="y")
    assert s3.head_object(Bucket=SETTINGS["uploads_bucket"], Key=batch.object_key)["ContentLength"] == 22
    expect(page.get_by_role("heading", level=1)).to_have_text("weather icons.zip")
    expect(page.get_by_text("The ZIP is being checked")).to_be_visible()

    shop.shelf.entries(batch, ["sun.svg", "rain.svg", "bad.svg"])
    for name in ("sun.svg", "rain.svg", "bad.svg"):
        expect(row(page, name)).to_contain_text("queued")
    shop.shelf.draw(batch)
    expect(row(page, "rain.svg")).to_contain_text("rendering")
    shop.shelf.settle(batch, 1, item=shop.icons[0])
    expect(row(page, "sun.svg")).to_contain_text("ready")
    expect(row(page, "sun.svg").locator("img")).to_have_js_property("complete", True)
    shop.shelf.settle(
        batch, 3, code="external-reference", detail="uses an external image", hint="Embed shapes only."
    )
    expect(row(page, "bad.svg")).to_contain_text(
        "external-reference uses an external image. Embed shapes only."
    )
    expect(page.locator("[data-count=ready]")).to_have_text("1")
    shop.shelf.settle(batch, 2, item=shop.icons[1])
    shop.shelf.change(batch, state=BatchState.PUBLISHED, family_id=shop.outlines.id)

    expect(page.locator("#verdict")).to_contain_text("Everyday outlines is public with 2 new items")
    row(page, "sun.svg").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(shop.icons[0].name)


def test_a_zip_can_be_chosen_by_keyboard(page: Page, tmp_path: Path) -> None:
    (tmp_path / "by hand.zip").write_bytes(ZIP)
    with page.expect_file_chooser() as chooser:  # listening from the start: it takes the browser a moment
        sign_in(page, *ADA)
        expect(page.get_by_text("Choose a ZIP")).to_be_visible()
        page.get_by_label("Choose a ZIP").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(tmp_path / "by hand.zip")
    page.wait_for_url("**/studio/uploads/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("by hand.zip")


@pytest.mark.parametrize(("size", "words"), [(0, "is empty, or is a folder"), (1000, "is too large")])
def test_a_zip_that_cannot_be_taken_is_refused_before_it_is_sent(page: Page, size: int, words: str) -> None:
    sign_in(page, *ADA)
    page.evaluate("drop.dataset.limit = 999")
    drop(page, "wrong.zip", bytes(size))
    expect(page.get_by_role("alert")).to_contain_text(f"wrong.zip {words}")
    expect(page).to_have_url(re.compile("/studio$"))


def test_a_refused_zip_and_a_known_one_are_said_so_live(page: Page, shop: Shop, database: Database) -> None:
    first = shop.shelf.upload(filename="first.zip", state=BatchState.PUBLISHED, family_id=shop.outlines.id)
    sign_in(page, *ADA)
    for outcome, words in (
        (
            {
                "state": BatchState.REFUSED,
                "reason_code": "not-a-zip",
                "reason_detail": "is not a ZIP file, or is cut off",
                "reason_hint": "Pack your SVG files into a .zip and upload that.",
            },
            "again.zip is not a ZIP file, or is cut off. Pack your SVG files",
        ),
        ({"state": BatchState.DUPLICATE, "duplicate_of": first.id}, "You uploaded this very ZIP before"),
    ):
        page.goto("/studio")
        drop(page, "again.zip", ZIP)
        page.wait_for_url("**/studio/uploads/*")
        expect(page.get_by_text("The ZIP is being checked")).to_be_visible()
        shop.shelf.change(newest(database), **outcome)
        expect(page.locator("#verdict")).to_contain_text(words)
    page.get_by_role("link", name="See the first upload").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("first.zip")


def test_without_scripts_a_zip_is_sent_by_two_forms(
    plain: Page, shop: Shop, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "plain.zip").write_bytes(ZIP)
    plain.goto("/studio")
    plain.get_by_label("E-mail").fill("ada@example.com")
    plain.get_by_label("Password").fill(PASSWORD)
    plain.get_by_role("button", name="Sign in").click()
    plain.get_by_label("Name of the ZIP").fill("plain.zip")
    plain.get_by_role("button", name="Go on").click()
    plain.get_by_label("ZIP file").set_input_files(tmp_path / "plain.zip")
    plain.get_by_role("button", name="Send it").click()
    plain.wait_for_url("**/studio/uploads/*sent=1*")
    expect(plain.get_by_text("The ZIP is being checked")).to_be_visible()

    batch = newest(database)
    shop.shelf.entries(batch, ["one.svg"])
    expect(row(plain, "one.svg")).to_contain_text("queued", timeout=15_000)


def test_signing_out_closes_the_studio(page: Page) -> None:
    sign_in(page, *ADA)
    page.get_by_text("Ada", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    page.goto("/studio")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

"""The page of the API in a browser: read there, and tried there as whoever is signed in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.api.factories import PASSWORD
from tests.browser.chromium import picture, sign_in


@pytest.fixture
def docs(page: Page) -> Page:
    """The page, opened from the foot of another."""
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name="API").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("VectorIcons API")
    return page


def attempt(page: Page, tag: str, operation: str) -> str:
    """The status of the answer to *operation* with what the page suggests."""
    page.locator(f"#operations-tag-{tag}").click()
    block = page.locator(f"#operations-{tag}-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()
    status = block.locator(".live-responses-table .response .response-col_status")
    expect(status).to_contain_text("2")
    return status.inner_text()[:3]


def test_a_guest_reads_what_is_public(docs: Page) -> None:
    picture(docs, "docs")
    assert attempt(docs, "Icons", "icons_list") == "200"


def test_who_is_signed_in_changes_what_is_theirs(page: Page) -> None:
    sign_in(page, "ada@example.com", PASSWORD)
    page.goto("/docs")
    assert attempt(page, "Uploads", "uploads_start") == "201"

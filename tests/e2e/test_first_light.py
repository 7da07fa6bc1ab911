"""From a ZIP on a contributor's desk to icons that anybody finds: in a browser, on a whole region."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from delivery.stack import Stack
from delivery.tasks.driver import Run
from delivery.tasks.runnable import find
from delivery.tasks.watching import Kept
from tests.browser.chromium import chromium, drop, picture, sign_in
from tests.e2e.conftest import REFUSED_ON_PURPOSE, LiveRegion
from tests.e2e.pack import EACH, two_hundred

__all__ = ["chromium"]

PATIENCE = 240
SNOOP = """
import boto3, sys
try:
    boto3.client("s3").list_objects_v2(Bucket=sys.argv[1])
except Exception as error:
    print('{"event": "refused", "why": "%s"}' % type(error).__name__)
"""


@pytest.fixture
def page(chromium: Browser, region: LiveRegion) -> Iterator[Page]:
    """A visitor of the region's site."""
    context = chromium.new_context(base_url=region.site, viewport={"width": 1280, "height": 860})
    yield context.new_page()
    context.close()


def eventually(look: Callable[[], Any], patience: float = 60) -> Any:
    """What *look* answers as soon as that is something."""
    deadline = time.monotonic() + patience
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


@pytest.fixture
def family(region: LiveRegion) -> str:
    """A name no family has yet, so that the test can be run again on a region that goes on."""
    answer = requests.get(f"{region.site}/api/v1/families", params={"limit": 100}, timeout=30)
    taken = [found["name"] for found in answer.json()["items"] if found["name"].startswith("First light")]
    return f"First light {len(taken) + 1}" if taken else "First light"


def test_a_dropped_zip_of_two_hundred_becomes_a_public_family(
    page: Page, region: LiveRegion, family: str
) -> None:
    before = region.calls()[-1]["number"]
    sign_in(page, region.account.email, region.account.password)
    drop(page, "first light.zip", two_hundred(family))
    page.wait_for_url("**/studio/uploads/*")
    expect(page.locator("tbody tr")).to_have_count(2 * EACH, timeout=PATIENCE * 1000)
    ready = page.locator("tbody .state[data-state=ready]")
    expect(ready.first).to_be_visible(timeout=PATIENCE * 1000)
    picture(page, "studio")
    expect(ready).to_have_count(2 * EACH, timeout=PATIENCE * 1000)
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text(f"{family} is public with 200 new items", timeout=PATIENCE * 1000)

    verdict.get_by_role("link", name=family).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(family)
    expect(page.locator(".family-head img")).to_have_js_property("naturalWidth", 1200)
    picture(page, "family")

    page.goto("/")
    picture(page, "home")
    page.get_by_role("searchbox").fill("food")
    page.keyboard.press("Enter")
    expect(page.locator(".card").nth(3)).to_be_visible()
    picture(page, "search")
    page.get_by_role("searchbox").fill("rocket")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="rocket", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rocket")
    expect(page.locator(".artboard img")).to_have_js_property("naturalWidth", 512)
    picture(page, "icon")
    svg = requests.get(
        region.site + str(page.locator(".downloads a").first.get_attribute("href")), timeout=30
    )
    assert svg.ok, svg.text
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert b"<svg" in svg.content
    found = requests.get(f"{region.icons}/search", params={"query": "rocket"}, timeout=30).json()["icons"]
    drawn = requests.get(f"{region.icons}/{found[0].replace(':', '/')}.svg?color=red", timeout=30)
    assert 'stroke="red"' in drawn.text

    notices = eventually(lambda: [notice for notice in region.slack() if family in str(notice)])
    assert len(notices) == 1
    made = region.calls(before)
    assert {call["kind"] for call in made} == {"role"}
    assert {call["principal"] for call in made} >= {
        f"vectoricons-local-{service}-task"
        for service in (
            "api",
            "worker-intake",
            "worker-images",
            "worker-previews",
            "worker-relay",
            "worker-messenger",
        )
    }
    assert [call for call in made if not call["allowed"]] == []


def test_a_service_may_do_what_was_declared_and_nothing_else(region: LiveRegion) -> None:
    before = region.calls()[-1]["number"]
    bucket = f"vectoricons-local-private-{region.record.account}"
    run, heard = Run(find(Stack.at_home(region.directory), "api")), Kept()
    run.start(["python", "-c", SNOOP, bucket], shards=1)
    run.follow(heard)
    assert {"event": "refused", "why": "AccessDenied"} in heard.events
    refused = [call for call in region.calls(before) if not call["allowed"]]
    assert [(call["principal"], call["permission"]) for call in refused] == [REFUSED_ON_PURPOSE]

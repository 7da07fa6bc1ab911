"""Debian's browser for tests, what is dropped onto its pages, and pictures of them."""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 30_000  # milliseconds: other tests keep the cores busy
PICTURES = "PICTURES"
"""The environment variable that names the folder pictures are kept in; unset, none are taken."""

_DROP = """([target, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "application/zip" }));
  for (const type of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's browser, once a module: Playwright holds the thread's event loop as long as it runs."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the form and go to the studio."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/studio")


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the studio page."""
    target = page.locator("#drop").element_handle()
    page.evaluate_handle(_DROP, [target, name, base64.b64encode(content).decode()])


def wait_for_images(page: Page, patience: float = 20) -> None:
    """Until every image but the lazy has come. (The pages' own policy forbids Playwright to poll in them.)"""
    deadline = time.monotonic() + patience
    while not page.evaluate(
        "[...document.images].every((image) => image.loading === 'lazy' || image.complete)"
    ):
        assert time.monotonic() < deadline, f"Some images of {page.url} do not come."
        page.wait_for_timeout(50)


def picture(page: Page, name: str) -> None:
    """Keep what the window shows as *name*, when pictures are asked for."""
    if folder := os.environ.get(PICTURES):
        wait_for_images(page)
        page.screenshot(path=Path(folder) / f"{name}.png")

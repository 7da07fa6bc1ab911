"""The storefront in a browser: found by keyboard, complete without scripts, readable by all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.shop import Shop


def test_a_visitor_searches_by_keyboard_and_opens_what_was_found(page: Page, shop: Shop) -> None:
    name = shop.icons[0].name
    page.goto("/families")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type(name.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"“{name.lower()}”")
    card = page.get_by_role("link", name=name, exact=True)
    card.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page).to_have_url(re.compile(r"/icons/[0-9a-z]{12}-"))


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page) -> None:
    page.goto("/search")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_every_picture_loads_and_keeps_its_place(page: Page) -> None:
    for path in ("/", "/search", "/families"):
        page.goto(path)
        for image in page.locator("main img").all():
            image.scroll_into_view_if_needed()
            expect(image).to_have_js_property("complete", True)
        broken = page.evaluate("[...document.images].filter(image => !image.naturalWidth).map(i => i.src)")
        assert broken == []
        assert page.evaluate(
            "[...document.images].every(i => i.getAttribute('width') && i.hasAttribute('alt'))"
        )


def test_filters_narrow_and_are_taken_away(page: Page) -> None:
    page.goto("/search")
    page.get_by_role("complementary").get_by_role("link", name=re.compile("Illustrations")).click()
    page.locator('aside a[href*="price=premium"]').click()  # a licence is called Premium, too
    expect(page).to_have_url(re.compile("type=illustration&price=premium"))
    expect(page.locator(".card")).to_have_count(6)
    page.get_by_role("link", name="Remove the filter Premium").click()
    expect(page.locator(".card")).to_have_count(26)


def test_without_scripts_the_whole_storefront_works(plain: Page, shop: Shop) -> None:
    plain.goto("/")
    plain.locator("input[name=q]").fill(shop.icons[3].name)
    plain.get_by_role("button", name="Search").click()
    plain.locator(".card a").first.click()
    expect(plain.locator("h1")).to_have_text(shop.icons[3].name)
    plain.get_by_role("link", name="The whole family").click()
    expect(plain.locator("h1")).to_have_text("Everyday outlines")
    expect(plain.locator(".card")).to_have_count(40)


def test_a_free_picture_is_given_away_and_a_priced_one_is_marked(page: Page, shop: Shop) -> None:
    page.goto(f"/icons/{shop.icons[0].unique_id}")
    files = page.locator(".downloads a")
    assert [file.inner_text().split()[0] for file in files.all()] == ["SVG", "PNG", "WebP", "PNG", "WebP"]
    with page.expect_response(re.compile(r"/images/.*\.png")) as answer:
        files.nth(1).click()
    assert answer.value.ok
    page.goto(f"/illustrations/{shop.priced[0].unique_id}")
    expect(page.locator(".price")).to_have_text("$5")
    expect(page.locator(".downloads")).to_have_count(0)
    expect(page.locator(".artboard img")).to_have_js_property("naturalWidth", 512)


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_window(chromium: Browser, shop: Shop, width: int, scheme: str) -> None:
    context = chromium.new_context(
        base_url=shop.url,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    visitor = context.new_page()
    for path in ("/", "/search", "/families", f"/icons/{shop.icons[0].unique_id}", "/sign-in", "/nowhere"):
        visitor.goto(path)
        overflow = visitor.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, path
    context.close()


CONTRAST = """() => {
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const texts = [...document.querySelectorAll("body *")].filter((node) =>
    [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim()) &&
    node.checkVisibility() && !node.closest("svg, .visually-hidden, .skip, noscript, template, script"));
  return texts.map((node) => {
    const [a, b] = [rgb(getComputedStyle(node).color).slice(0, 3), ground(node)].map(luminance);
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.textContent.trim().slice(0, 40)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(chromium: Browser, shop: Shop, scheme: str) -> None:
    context = chromium.new_context(base_url=shop.url, color_scheme="dark" if scheme == "dark" else "light")
    visitor = context.new_page()
    for path in (
        "/",
        "/search?type=icon",
        "/families",
        f"/illustrations/{shop.priced[0].unique_id}",
        "/nowhere",
    ):
        visitor.goto(path)
        assert visitor.evaluate(CONTRAST) == [], path
    context.close()

"""An account from its first form to a new password, with scripts and without."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.api.factories import PASSWORD
from tests.api.letters import known, token_to_reset, token_to_verify
from tests.browser.chromium import picture
from tests.browser.shop import Shop

ANOTHER = "Another-Horse-2"
NINA = "nina@example.org"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def shows(page: Page, heading: str, kept_as: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    picture(page, kept_as)


def test_from_signing_up_to_a_new_password(plain: Page, shop: Shop) -> None:
    plain.goto("/sign-in")
    shows(plain, "Sign in", "sign-in")
    plain.get_by_role("link", name="Create an account").click()
    shows(plain, "Create an account", "sign-up")
    plain.get_by_label("E-mail").fill(NINA)
    plain.get_by_label("User name").fill("nina")
    plain.get_by_label("Display name").fill("Nina")
    plain.get_by_label("Password").fill("all lower case")
    press(plain, "Create the account")
    expect(plain.get_by_label("Password")).to_be_focused()
    expect(plain.get_by_label("Password")).to_have_accessible_description(re.compile("^Password is wrong"))
    shows(plain, "Create an account", "sign-up-wrong")
    plain.get_by_label("Password").fill(PASSWORD)
    press(plain, "Create the account")
    shows(plain, "Look into your mail", "letter-sent")

    plain.goto("/verify-email")
    shows(plain, "Confirm your address", "verify-email")
    plain.get_by_label("Code from the letter").fill(token_to_verify(shop.shelf, NINA))
    press(plain, "Confirm")
    shows(plain, "Your address is confirmed", "done")
    plain.get_by_role("main").get_by_role("link", name="Sign in").click()
    plain.get_by_role("link", name="Forgot your password?").click()
    shows(plain, "Forgot your password?", "forgot-password")
    plain.get_by_label("E-mail").fill(NINA)
    press(plain, "Send the letter")

    token = token_to_reset(shop.shelf, known(shop.shelf, NINA))
    plain.goto("/reset-password")
    shows(plain, "A new password", "reset-password")
    plain.get_by_label("Code from the letter").fill(token)
    plain.get_by_label("New password").fill(ANOTHER)
    press(plain, "Set the password")
    shows(plain, "Your password is set", "password-set")
    plain.goto("/reset-password")
    plain.get_by_label("Code from the letter").fill(token)
    plain.get_by_label("New password").fill(ANOTHER)
    press(plain, "Set the password")
    expect(plain.get_by_role("alert")).to_contain_text("The link is not valid any more")
    picture(plain, "link-spent")
    plain.goto("/sign-in")
    plain.get_by_label("E-mail").fill(NINA)
    plain.get_by_label("Password").fill(ANOTHER)
    press(plain, "Sign in")
    plain.wait_for_url(f"{shop.url}/")


def test_with_scripts_the_code_is_taken_out_of_the_link_and_out_of_the_address(
    page: Page, shop: Shop
) -> None:
    token = token_to_reset(shop.shelf, shop.shelf.contributor("hasty"))
    page.goto(f"/reset-password#{token}")
    expect(page.get_by_label("Code from the letter")).to_be_hidden()
    expect(page).to_have_url(f"{shop.url}/reset-password")
    page.get_by_label("New password").fill(ANOTHER)
    press(page, "Set the password")
    shows(page, "Your password is set", "password-set-with-scripts")


def test_the_head_of_any_page_leads_in_and_out_again(plain: Page, shop: Shop) -> None:
    plain.goto("/families")
    plain.get_by_role("banner").get_by_role("link", name="Sign in").click()
    plain.get_by_label("E-mail").fill("ada@example.com")
    plain.get_by_label("Password").fill(PASSWORD)
    press(plain, "Sign in")
    plain.wait_for_url("**/families")
    banner = plain.get_by_role("banner")
    expect(banner.get_by_role("button", name="Sign out")).to_be_hidden()
    banner.locator("summary").click()
    expect(banner.get_by_text("ada@example.com")).to_be_visible()
    banner.get_by_role("button", name="Sign out").click()
    plain.wait_for_url("**/")
    expect(plain.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

"""Pages as browsers and search engines get them: complete without scripts, one address each."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from tests.api.clients import SignedIn
from tests.api.factories import Shelf
from vectoricons.config.enums import Role
from vectoricons.products.families import Family
from vectoricons.products.items import Item
from vectoricons.uploads.batches import BatchState


@pytest.fixture(scope="module")
def family(shelf: Shelf) -> Family:
    return shelf.family("Calm Weather", preview="previews/calm.webp", description="Soft & quiet.")


@pytest.fixture(scope="module")
def sun(shelf: Shelf, family: Family) -> Item:
    made = shelf.set(family, "Sky", style="outline")
    return shelf.items(made, ["moon", "sun & cloud"], tags={"sun & cloud": ["weather", "day"]})[1]


@pytest.fixture(scope="module")
def storm(shelf: Shelf) -> Item:
    made = shelf.set(shelf.family("Wild Weather", by="grace", price=9), of="illustration")
    return shelf.items(made, ["storm"], of="illustration", price=5)[0]


def page(client: FlaskClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def meta(document: Any, name: str) -> str | None:
    found = document.xpath(f'//meta[@name="{name}" or @property="{name}"]/@content')
    return found[0] if found else None


def said(node: Any) -> str:
    """The words of a part of a page."""
    return " ".join(" ".join(part.split()) for part in node.itertext() if part.strip())


def linked_data(document: Any) -> dict[str, Any]:
    scripts = document.xpath('//script[@type="application/ld+json"]/text()')
    return {data["@type"]: data for data in map(json.loads, scripts)}


@pytest.mark.usefixtures("sun", "storm")
class TestDiscovery:
    def test_home_shows_what_is_new_and_where_to_begin(self, client: FlaskClient) -> None:
        home = page(client, "/")
        assert home.xpath('//form[@role="search"]//input[@name="q"]')
        assert {"Newest icons", "Families", "Newest illustrations"} <= set(home.xpath("//h2/text()"))
        assert "sun & cloud" in home.xpath('//span[@class="name"]/text()')
        assert home.xpath('//ul[@aria-label="Popular tags"]//a/@href') == [
            "/search?tag=day",
            "/search?tag=weather",
        ]

    def test_search_shows_hits_facets_and_what_was_chosen(self, client: FlaskClient) -> None:
        results = page(client, "/search?q=sun&type=icon")
        assert results.xpath("//h1/text()") == ["“sun”"]
        assert "1 result" in results.text_content()
        assert results.xpath('//a[@aria-current="true"]/span/text()')[0] == "Icons"
        (chip,) = results.xpath('//a[contains(@class, "chip on")]')
        assert chip.get("href") == "/search?q=sun"

    def test_facets_are_links_that_narrow_and_keep_the_rest(self, client: FlaskClient) -> None:
        results = page(client, "/search?q=sun&type=icon&cursor=")
        links = results.xpath('//div[@class="facets"]//a/@href')
        assert {parse_qs(urlsplit(link).query).get("q", [""])[0] for link in links} == {"sun"}
        assert not [link for link in links if "cursor" in link]

    def test_nothing_found_helps_on(self, client: FlaskClient) -> None:
        results = page(client, "/search?q=zebra")
        assert "No icon matches that" in results.text_content()
        assert meta(results, "robots") == "noindex, follow"

    def test_pages_follow_one_another(self, client: FlaskClient, shelf: Shelf) -> None:
        many = shelf.set(shelf.family("Many"), of="illustration")
        shelf.items(many, [f"many {number}" for number in range(50)], of="illustration")
        first = page(client, "/search?q=many")
        (following,) = first.xpath('//a[@rel="next"]/@href')
        second = page(client, following)
        assert len(second.xpath('//li[@class="card"]')) == 2
        assert second.xpath('//a[@rel="prev"]')
        assert meta(second, "robots") == "noindex, follow"

    def test_parameters_of_others_and_empty_ones_are_passed_over(self, client: FlaskClient) -> None:
        results = page(client, "/search?q=&type=&utm_source=mail&tag=weather")
        assert results.xpath("//h1/text()") == ["Icons and illustrations: weather"]
        assert results.xpath('//link[@rel="canonical"]/@href') == ["http://localhost/search?tag=weather"]

    @pytest.mark.parametrize("path", ["/search?type=song", "/families?price=cheap"])
    def test_wrong_parameters_are_explained_on_a_page(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (422, "text/html")

    def test_families_are_listed_with_their_picture(self, client: FlaskClient, family: Family) -> None:
        listed = page(client, "/families")
        assert listed.xpath("//img/@src") == ["http://assets.test/previews/calm.webp"]
        assert f"/families/{family.unique_id}-calm-weather" in listed.xpath("//a/@href")


class TestFamily:
    def test_tells_what_it_is_and_shows_its_items(
        self, client: FlaskClient, family: Family, sun: Item
    ) -> None:
        shown = page(client, f"/families/{family.unique_id}-calm-weather")
        text = shown.text_content()
        assert shown.xpath("//h1/text()") == ["Calm Weather"]
        assert {"Soft & quiet.", "Ada", "2 items in 1 set", "MIT", "Free"} <= {
            part.strip() for part in shown.xpath("//main//text()")
        }
        assert f"/icons/{sun.unique_id}-sun-cloud" in shown.xpath("//a/@href")
        assert meta(shown, "og:image") == "http://assets.test/previews/calm.webp"
        assert linked_data(shown)["ImageObject"]["contentUrl"] == "http://assets.test/previews/calm.webp"
        assert "Preview on its way" not in text

    def test_can_show_one_set_alone(self, client: FlaskClient, shelf: Shelf) -> None:
        mixed = shelf.family("Mixed")
        icons, pictures = shelf.set(mixed, "Signs"), shelf.set(mixed, "Scenes", of="illustration")
        shelf.item(icons, "sign")
        shelf.item(pictures, "scene", of="illustration")
        path = f"/families/{mixed.unique_id}-mixed"
        names = '//span[@class="name"]/text()'
        assert page(client, path).xpath(names) == ["scene", "sign"]
        one = page(client, f"{path}?set={pictures.unique_id}")
        assert one.xpath(names) == ["scene"]
        assert meta(one, "robots") == "noindex, follow"

    def test_says_when_its_preview_is_not_made_yet(self, client: FlaskClient, shelf: Shelf) -> None:
        fresh = shelf.family("Fresh")
        assert "Preview on its way" in page(client, f"/families/{fresh.unique_id}-fresh").text_content()


class TestItem:
    def test_a_free_one_is_shown_described_and_given_away(self, client: FlaskClient, sun: Item) -> None:
        shown = page(client, f"/icons/{sun.unique_id}-sun-cloud")
        downloads = shown.xpath('//div[@class="downloads"]/a/@href')
        assert shown.xpath("//h1/text()") == ["Sun & cloud"]
        assert downloads[0] == f"/icons/{sun.unique_id}/svg"
        assert len([link for link in downloads if link.startswith("http://assets.test/images/")]) == 4
        assert shown.xpath('//main//ul[@class="chips"]//a/text()') == ["weather", "day"]
        assert shown.xpath('//section[@aria-labelledby="related"]//span[@class="name"]/text()') == ["moon"]
        assert shown.xpath("//figure//img/@alt") == ["sun & cloud, icon from Calm Weather"]

    def test_a_free_svg_is_fetched_by_a_link_to_storage(self, client: FlaskClient, sun: Item) -> None:
        answer = client.get(f"/icons/{sun.unique_id}/svg")
        address = urlsplit(answer.headers["Location"])
        assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store")
        assert address.path.endswith(str(sun.svg_key))
        assert parse_qs(address.query)["response-content-disposition"] == [
            'attachment; filename="sun-cloud.svg"'
        ]

    def test_a_priced_one_shows_its_price_and_its_watermark(self, client: FlaskClient, storm: Item) -> None:
        shown = page(client, f"/illustrations/{storm.unique_id}-storm")
        assert "$5" in shown.text_content()
        assert not shown.xpath('//div[@class="downloads"]')
        assert shown.xpath("//figure//img/@src")[0].endswith(".webp")
        assert client.get(f"/illustrations/{storm.unique_id}/svg").status_code == 404
        assert linked_data(shown)["ImageObject"]["offers"]["price"] == "5.00"

    def test_describes_itself_to_search_engines(self, client: FlaskClient, sun: Item) -> None:
        path = f"/icons/{sun.unique_id}-sun-cloud"
        shown = page(client, path)
        data = linked_data(shown)
        image, trail = data["ImageObject"], data["BreadcrumbList"]["itemListElement"]
        assert image["url"] == image["acquireLicensePage"] == f"http://localhost{path}"
        assert image["license"] == "https://opensource.org/license/mit"
        assert image["contentUrl"].startswith("http://assets.test/images/")
        assert {"creator", "creditText", "copyrightNotice"} <= set(image)
        assert [step["name"] for step in trail] == ["VectorIcons", "Families", "Calm Weather", "sun & cloud"]
        assert [step["position"] for step in trail] == [1, 2, 3, 4]
        assert shown.xpath('//link[@rel="canonical"]/@href') == [f"http://localhost{path}"]
        assert meta(shown, "og:title") == shown.xpath("//title/text()")[0]
        assert meta(shown, "twitter:card") == "summary"
        assert meta(shown, "robots") == "index, follow, max-image-preview:large"

    def test_other_spellings_of_its_address_lead_to_the_one(
        self, client: FlaskClient, shelf: Shelf, sun: Item, family: Family
    ) -> None:
        there = f"/icons/{sun.unique_id}-sun-cloud"
        for other in (f"/icons/{sun.unique_id}", f"/icons/{sun.unique_id}-old-name"):
            answer = client.get(other)
            assert (answer.status_code, answer.headers["Location"]) == (301, there)
        moved = client.get(f"/families/{family.unique_id}?set=0123456789ab").headers["Location"]
        assert moved == f"/families/{family.unique_id}-calm-weather?set=0123456789ab"

    @pytest.mark.parametrize("name", ["short", "0000000000000", "000000000000-gone"])
    def test_what_is_not_there_is_a_page_with_404(self, client: FlaskClient, name: str) -> None:
        for kind in ("icons", "illustrations", "families"):
            assert client.get(f"/{kind}/{name}").status_code == 404

    def test_a_name_without_latin_letters_has_an_address_too(self, client: FlaskClient, shelf: Shelf) -> None:
        item = shelf.item(shelf.set(shelf.family()), "猫")
        assert page(client, f"/icons/{item.unique_id}").xpath("//h1/text()") == ["猫"]


class TestStudio:
    def test_without_scripts_an_upload_is_two_forms(self, ada: SignedIn) -> None:
        drop = html.fromstring(ada.get("/studio").text)
        (token,) = drop.xpath('//form[@id="drop"]//input[@name="csrf_token"]/@value')
        assert drop.xpath('//noscript//input[@name="filename"]')

        started = ada.browser.post("/studio/uploads", data={"filename": "sky.zip", "csrf_token": token})
        assert started.status_code == 303
        sending = html.fromstring(ada.get(started.headers["Location"]).text)
        (form,) = sending.xpath('//form[@id="send"]')
        fields = {field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")}
        assert form.get("enctype") == "multipart/form-data"
        assert fields["Content-Type"] == "application/zip"
        assert fields["success_action_redirect"] == f"http://localhost{started.headers['Location']}?sent=1"
        assert form.xpath('.//input[@type="file"]/@name') == ["file"]
        sent = html.fromstring(ada.get(f"{started.headers['Location']}?sent=1").text)
        assert "The ZIP is being checked" in sent.text_content()
        assert not sent.xpath('//form[@id="send"]')

    def test_lists_uploads_with_how_far_they_are(self, ada: SignedIn, shelf: Shelf) -> None:
        batch = shelf.upload(filename="list me.zip")
        shelf.entries(batch, ["a.svg", "b.svg"])
        shelf.settle(batch, 1, code="file-empty", detail="is empty", hint="-")
        text = html.fromstring(ada.get("/studio").text).text_content()
        assert "list me.zip" in text
        assert "0 of 2 ready, 1 rejected" in text
        assert "drawing" in text

    def test_shows_each_file_and_refreshes_itself_without_scripts(
        self, ada: SignedIn, shelf: Shelf, sun: Item
    ) -> None:
        batch = shelf.upload(filename="sky.zip")
        shelf.entries(batch, ["sun.svg", "bad.svg"])
        shelf.settle(batch, 1, item=sun)
        shelf.settle(batch, 2, code="file-empty", detail="is empty", hint="Export it again.")
        shown = html.fromstring(ada.get(f"/studio/uploads/{batch.id}").text)
        rows = [said(row) for row in shown.xpath("//tbody/tr")]
        assert rows == ["sun.svg ready", "bad.svg rejected file-empty is empty. Export it again."]
        assert f"/icons/{sun.unique_id}-sun-cloud" in shown.xpath("//tbody//a/@href")
        assert shown.xpath('//noscript/meta[@http-equiv="refresh"]')

    def test_says_what_became_of_it(self, ada: SignedIn, shelf: Shelf, family: Family) -> None:
        published = shelf.upload(state=BatchState.PUBLISHED, family_id=family.id)
        refused = shelf.upload(
            state=BatchState.REFUSED,
            reason_code="not-a-zip",
            reason_detail="is not a ZIP",
            reason_hint="Pack it.",
        )
        again = shelf.upload(state=BatchState.DUPLICATE, duplicate_of=published.id)

        def verdict(batch: Any) -> str:
            shown = html.fromstring(ada.get(f"/studio/uploads/{batch.id}").text)
            assert not shown.xpath('//script[contains(@src, "progress")]')
            return said(shown.xpath('//div[@id="verdict"]')[0])

        assert verdict(published).startswith("Published Calm Weather is public")
        assert "is not a ZIP. Pack it. not-a-zip" in verdict(refused)
        assert "See the first upload" in verdict(again)


class TestHead:
    """What the head of every page says of who looks at it."""

    def test_guests_find_the_way_in_and_come_back_to_where_they_were(self, client: FlaskClient) -> None:
        for path in ("/families", "/search?q=sun&type=icon", "/nowhere"):
            (way,) = html.fromstring(client.get(path).text).xpath('//header//a[text()="Sign in"]/@href')
            assert urlsplit(way).path == "/sign-in"
            assert parse_qs(urlsplit(way).query) == {"next": [path]}
        (way,) = page(client, "/sign-in").xpath('//header//a[text()="Sign in"]/@href')
        assert way == "/sign-in"

    def test_who_buys_sees_their_name_and_signs_out_from_any_page(self, app: Flask, shelf: Shelf) -> None:
        shelf.contributor("bea", role=Role.CUSTOMER)
        bea = SignedIn(app, shelf, "bea").browser
        for path, status in (("/", 200), ("/docs", 200), ("/studio", 403)):
            answer = bea.get(path)
            assert answer.status_code == status
            header = html.fromstring(answer.text).xpath("//header")[0]
            assert "Bea" in said(header)
            assert "bea@example.com" in said(header)
            assert "Sign in" not in said(header)
            assert "Studio" not in said(header)
        (form,) = header.xpath('.//form[@action="/sign-out"]')
        assert bea.post("/sign-out", data=dict(form.form_values())).status_code == 303
        assert "Sign in" in bea.get("/").text

    def test_who_sells_finds_the_studio(self, ada: SignedIn) -> None:
        header = page(ada.browser, "/").xpath("//header")[0]
        assert header.xpath('.//a[@href="/studio"]')
        assert "Ada" in said(header)

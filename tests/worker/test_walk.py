"""The walk of an upload, from the ZIP to the message in Slack."""

from __future__ import annotations

import json
from decimal import Decimal

from tests.worker import zips
from tests.worker.pipeline import SITE, Pipeline, codes
from tests.worker.surroundings import PRIVATE, PUBLIC
from tests.worker.zips import packed
from vectoricons.uploads.batches import BatchState
from vectoricons.uploads.keys import archive_key


def test_a_zip_of_real_icons_becomes_a_public_family_and_one_message(pipeline: Pipeline) -> None:
    batch = pipeline.finish(pipeline.upload(zips.real_icons(60), "First Light.zip"))

    assert (batch.state, batch.ready_count, batch.rejected_count) == (BatchState.PUBLISHED, 60, 0)
    assert batch.is_settled
    ((family,),) = pipeline.rows("select row_to_json(families) from families")
    assert family["name"] == "First Light"
    assert (family["icon_count"], family["set_count"], family["is_live"]) == (60, 2, True)
    assert pipeline.rows("select name, item_count, is_live from sets order by name") == [
        ("Colour", 30, True),
        ("Outline", 30, True),
    ]
    (message,) = pipeline.sink.posts
    assert message.startswith("*First Light is live*\n60 items in 2 sets, by Ada.")
    assert f"{SITE}/families/{family['unique_id']}" in message


def test_every_row_has_its_object_and_every_object_its_row(pipeline: Pipeline) -> None:
    batch = pipeline.finish(pipeline.upload(zips.real_icons(8)))

    images = pipeline.rows("select object_key, visibility from images")
    assert pipeline.keys(PUBLIC) == {key for key, visibility in images if visibility == "public"}
    svgs = {key for (key,) in pipeline.rows("select svg_key from icons")}
    sources = {f"sources/{batch.id}/{number}.svg" for number in range(1, 9)}
    assert pipeline.keys(PRIVATE) == svgs | sources
    head = pipeline.servers.s3.head_object(Bucket=PUBLIC, Key=min(pipeline.keys(PUBLIC, "images/")))
    assert head["CacheControl"] == "public, max-age=31536000, immutable"
    kinds = pipeline.rows(
        "select kind, format, width, count(*) from images where entity_type = 'icon'"
        " group by 1, 2, 3 order by 1, 2"
    )
    assert kinds == [
        ("preview", "png", 512, 8),
        ("preview", "webp", 512, 8),
        ("thumbnail", "png", 128, 8),
        ("thumbnail", "webp", 128, 8),
        ("watermark", "webp", 512, 8),
    ]


def test_the_family_carries_its_preview(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(zips.real_icons(6)))
    ((key, width, height),) = pipeline.rows(
        "select object_key, width, height from images join families on preview_image_id = images.id"
    )
    assert (width, height) == (1200, 630)
    assert pipeline.keys(PUBLIC, "previews/") == {key}


PRICED = {
    "version": 1,
    "family": {
        "name": "Priced <!channel>",
        "description": "Worth it.",
        "license": "premium",
        "price": "19.90",
        "categories": ["Interface", "Interface"],
    },
    "sets": [
        {
            "name": "Lines",
            "productType": "icon",
            "style": "Outline",
            "price": 9,
            "items": [{"file": "a.svg", "name": "Alpha", "tags": ["first", "greek"]}, {"file": "gone.svg"}],
        },
        {"name": "Scenes", "productType": "illustration", "items": [{"file": "b.svg", "tags": ["first"]}]},
    ],
}


def priced() -> dict[str, bytes | str]:
    one, two, three = list(zips.tabler_icons().values())[:3]
    return {"manifest.json": json.dumps(PRICED), "a.svg": one, "b.svg": two, "left-out.svg": three}


def test_a_manifest_with_prices_keeps_the_clean_pictures_private(pipeline: Pipeline) -> None:
    batch = pipeline.finish(pipeline.upload(packed(priced())))

    assert pipeline.states(batch.id) == {
        "a.svg": "ready",
        "b.svg": "ready",
        "left-out.svg": "not-in-manifest",
        "gone.svg": "not-in-zip",
    }
    assert pipeline.rows(
        "select 'icon', name, price, tag_names from icons"
        " union all select 'illustration', name, price, tag_names from illustrations"
    ) == [
        ("icon", "Alpha", Decimal("2.00"), ["first", "greek"]),
        ("illustration", "b", Decimal("5.00"), ["first"]),
    ]
    hidden = pipeline.rows("select distinct kind, access from images where visibility = 'private'")
    assert hidden == [("preview", "purchaser")]
    private = {key for (key,) in pipeline.rows("select object_key from images where visibility = 'private'")}
    assert private == pipeline.keys(PRIVATE, "images/")
    assert not private & pipeline.keys(PUBLIC)


def test_a_manifest_says_what_family_and_sets_are_like(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.upload(packed(priced())))

    assert pipeline.rows(
        "select description, price, icon_count, illustration_count, set_count, value"
        " from families join licenses on licenses.id = license_id"
    ) == [("Worth it.", Decimal("19.90"), 1, 1, 2, "premium")]
    assert pipeline.rows(
        "select sets.name, styles.value, price, product_type_id from sets"
        " left join styles on styles.id = style_id order by sets.name"
    ) == [("Lines", "outline", Decimal("9.00"), 1), ("Scenes", None, None, 2)]
    assert pipeline.rows(
        "select categories.name from entity_to_categories join categories on categories.id = category_id"
    ) == [("Interface",)]
    (message,) = pipeline.sink.posts
    assert "*Priced &lt;!channel&gt; is live*" in message
    assert "2 files not published: 1 not-in-manifest, 1 not-in-zip." in message


def test_a_better_version_replaces_an_item_in_place(pipeline: Pipeline) -> None:
    one, two, three = list(zips.tabler_icons().values())[:3]
    first = pipeline.finish(pipeline.upload(packed({"arrow.svg": one, "star.svg": two})))
    before = dict(pipeline.rows("select name, unique_id from icons"))
    old_key = pipeline.rows("select svg_key from icons where name = 'arrow'")

    again = pipeline.finish(pipeline.upload(packed({"arrow.svg": three, "star.svg": two, "new.svg": one})))

    assert again.state is BatchState.PUBLISHED
    assert again.family_id == first.family_id
    after = dict(pipeline.rows("select name, unique_id from icons"))
    assert after == {**before, "new": after["new"]}
    assert pipeline.rows("select svg_key from icons where name = 'arrow'") != old_key
    assert pipeline.rows("select icon_count, set_count from families") == [(3, 1)]
    assert pipeline.rows("select item_count from sets") == [(3,)]
    assert pipeline.rows("select count(*) from images where entity_type = 'icon'") == [(15,)]
    assert len(pipeline.keys(PUBLIC, "previews/")) == 2


def test_a_family_is_hidden_until_its_first_item_is_ready(pipeline: Pipeline) -> None:
    batch = pipeline.upload(zips.real_icons(30))
    pipeline.take_in()
    assert pipeline.rows("select distinct is_live from families union select is_live from sets") == [(False,)]
    pipeline.images.run(batch.id)
    assert pipeline.rows("select is_live, icon_count from families") == [(True, 25)]
    assert pipeline.batch(batch.id).state is BatchState.PROCESSING


def test_a_chunk_costs_the_same_number_of_statements_however_many_items(pipeline: Pipeline) -> None:
    from sqlalchemy import event

    def statements(items: int) -> int:
        batch = pipeline.upload(packed(dict(list(zips.tabler_icons().items())[:items])), f"{items}.zip")
        pipeline.take_in()
        seen: list[str] = []
        event.listen(pipeline.database.writer, "before_cursor_execute", lambda *args: seen.append(args[2]))
        pipeline.images.run(batch.id)
        return len(seen)

    assert statements(2) == statements(25)


def test_names_no_url_was_made_for_arrive_whole(pipeline: Pipeline) -> None:
    name = "100% größer & +1 ✓ (a b).zip"
    batch = pipeline.finish(pipeline.upload(zips.real_icons(2), name))
    assert batch.filename == name
    assert codes(pipeline.states(batch.id)) == {"ready"}


def test_the_key_of_an_upload_is_the_contributors_own(pipeline: Pipeline) -> None:
    batch = pipeline.start()
    assert batch.object_key == archive_key(pipeline.contributor.uuid, batch.id)


def test_what_may_look_different_is_remarked_on_beside_the_item_that_is_ready(pipeline: Pipeline) -> None:
    words = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><text y="20">A</text></svg>'
    outlines = dict(list(zips.tabler_icons().items())[:2])
    batch = pipeline.finish(pipeline.upload(packed({**outlines, "words.svg": words})))

    assert (batch.ready_count, batch.rejected_count) == (3, 0)
    said = "select filename, reason_code, reason_hint from upload_items where reason_code is not null"
    assert pipeline.rows(said) == [("words.svg", "svg-text", "Convert text to outlines.")]


def test_a_drawing_that_looks_like_an_earlier_one_is_published_and_its_contributor_told(
    pipeline: Pipeline,
) -> None:
    drawings = dict(list(zips.tabler_icons().items())[:4])
    twin, other = list(drawings.values())[:2]
    pipeline.finish(pipeline.upload(packed(drawings), "arrows.zip"))
    wider = twin.replace(b'stroke-width="2"', b'stroke-width="2.1"')
    assert wider != twin
    batch = pipeline.finish(pipeline.upload(packed({"twin.svg": wider, "own.svg": _turned(other)}), "b.zip"))

    assert (batch.ready_count, batch.rejected_count) == (2, 0)
    said = "select filename, reason_code, reason_detail from upload_items where reason_code is not null"
    name = next(iter(drawings)).rpartition("/")[2].removesuffix(".svg")
    ((filename, code, detail),) = pipeline.rows(said)
    assert (filename, code) == ("twin.svg", "looks-alike")
    assert detail == f"looks like “{name.replace('-', ' ')}” in Arrows"


def _turned(svg: bytes) -> bytes:
    """The same lines upside down: another drawing."""
    return svg.replace(b"<path", b'<path transform="rotate(90 12 12)"')

"""Bad input: a named reason for every ZIP and file, while the good files of the same ZIP go live."""

from __future__ import annotations

import json

import pytest

from tests.worker import zips
from tests.worker.pipeline import Pipeline, codes
from tests.worker.zips import SVG, packed
from vectoricons.uploads.batches import BatchState

GOOD = next(iter(zips.tabler_icons().values()))
NS = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"'


def layered(width: int, depth: int) -> str:
    """A drawing that <use> repeats width**depth times."""
    layers = "".join(
        f'<g id="l{level}">' + f'<use href="#l{level - 1}"/>' * width + "</g>" for level in range(1, depth)
    )
    return f'<svg {NS}><defs><path id="l0" d="M0 0h1v1z"/>{layers}</defs><use href="#l{depth - 1}"/></svg>'


HOSTILE = {
    "dtd.svg": (
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg ' + NS + ">&x;</svg>",
        "svg-dtd",
    ),
    "script.svg": (f"<svg {NS}><script>alert(1)</script><path d='M0 0h9v9z'/></svg>", "svg-script"),
    "external.svg": (f"<svg {NS}><use href='https://x.test/a.svg#b'/></svg>", "svg-external-reference"),
    "html.svg": (f"<svg {NS}><foreignObject><p>hello</p></foreignObject></svg>", "svg-foreign-object"),
    "bomb.svg": (layered(10, 9), "svg-use-bomb"),
    "huge.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9000000 9000000"><path d="M0 0h9v9z"/></svg>',
        "svg-huge-canvas",
    ),
    "zero.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"><path d="M0 0h9v9z"/></svg>',
        "svg-no-size",
    ),
    "text.svg": ("not a drawing at all", "svg-not-xml"),
    "page.svg": ("<html><body/></html>", "svg-not-svg"),
}


def test_every_hostile_drawing_gets_its_reason_and_the_good_one_goes_live(pipeline: Pipeline) -> None:
    files = {name: drawing for name, (drawing, _) in HOSTILE.items()}
    batch = pipeline.finish(pipeline.upload(packed({**files, "good.svg": GOOD})))

    expected = {name: code for name, (_, code) in HOSTILE.items()}
    assert pipeline.states(batch.id) == {**expected, "good.svg": "ready"}
    assert (batch.state, batch.ready_count, batch.rejected_count) == (BatchState.PUBLISHED, 1, len(HOSTILE))
    for item in pipeline.items(batch.id):
        if item.state == "rejected":
            assert item.reason_detail
            assert item.reason_hint
    assert "9 files not published" in pipeline.sink.posts[0]


def test_bad_entries_are_told_beside_the_good_ones(pipeline: Pipeline) -> None:
    data = packed(
        {
            "good.svg": GOOD,
            "../../etc/passwd.svg": GOOD,
            "/absolute.svg": GOOD,
            "GOOD.svg": GOOD,
            "more.zip": packed({"a.svg": SVG}),
            "readme.txt": "hello",
            "empty.svg": "",
            "bomb.svg": b" " * 1_900_000,
            ".DS_Store": "junk",
        }
    )
    batch = pipeline.finish(pipeline.upload(data))
    assert pipeline.states(batch.id) == {
        "good.svg": "ready",
        "../../etc/passwd.svg": "unsafe-name",
        "/absolute.svg": "unsafe-name",
        "GOOD.svg": "duplicate-name",
        "more.zip": "nested-archive",
        "readme.txt": "not-an-svg-file",
        "empty.svg": "file-empty",
        "bomb.svg": "compression-bomb",
    }
    assert batch.state is BatchState.PUBLISHED
    assert pipeline.keys("test-private", "sources/") == {f"sources/{batch.id}/1.svg"}


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"GIF89a", "not-a-zip", "Arrows.zip: is not a ZIP file"),
        (packed({}), "zip-empty", "has no files"),
        (zips.overlapping(), "zip-overlapping-entries", "lie over one another"),
        (packed({"manifest.json": "{", "a.svg": SVG}), "manifest-broken", "manifest.json: is not JSON"),
        (packed({"manifest.json": '{"name": "x"}', "a.svg": SVG}), "manifest-foreign", "another program"),
        (packed({"manifest.json": zips.manifest(version=9), "a.svg": SVG}), "manifest-future", "is 9"),
        (
            packed({"manifest.json": zips.manifest(family={}), "a.svg": SVG}),
            "manifest-invalid",
            "family.name",
        ),
        (packed({"a.txt": "x", "b.txt": "y"}), "nothing-usable", "each is not an .svg file"),
        (
            zips.with_flags(packed({"a.svg": SVG}), "a.svg", 1),
            "nothing-usable",
            "each is locked with a password",
        ),
        (packed({"a.svg": "", "b.txt": "y"}), "nothing-usable", "has no file that can be published."),
        (packed({"manifest.json": zips.manifest(), "other.svg": SVG}), "nothing-usable", "has no file"),
    ],
)
def test_a_refused_zip_says_why_on_the_page_and_in_slack(
    pipeline: Pipeline, data: bytes, code: str, words: str
) -> None:
    batch = pipeline.finish(pipeline.upload(data))

    assert (batch.state, batch.reason_code) == (BatchState.REFUSED, code)
    assert words in f"{batch.filename}: {batch.reason_detail}. {batch.reason_hint}"
    assert pipeline.rows("select count(*) from families") == [(0,)]
    assert pipeline.rows("select outcome, reason_code from upload_inbox") == [("refused", code)]
    (message,) = pipeline.sink.posts
    assert message.startswith("*An upload from Ada was refused*")
    assert f"/studio/uploads/{batch.id}" in message


def test_a_zip_without_one_usable_file_still_tells_of_each(pipeline: Pipeline) -> None:
    batch = pipeline.finish(pipeline.upload(packed({"a.svg": "", "b.txt": "y"})))
    assert pipeline.states(batch.id) == {"a.svg": "file-empty", "b.txt": "not-an-svg-file"}
    assert (batch.item_count, batch.rejected_count) == (2, 2)


def test_a_zip_whose_drawings_all_fail_is_refused_and_its_family_stays_hidden(pipeline: Pipeline) -> None:
    batch = pipeline.finish(pipeline.upload(packed({"a.svg": "no", "b.svg": "no"})))
    assert (batch.state, batch.reason_code) == (BatchState.REFUSED, "nothing-usable")
    assert codes(pipeline.states(batch.id)) == {"svg-not-xml"}
    assert pipeline.rows("select is_live from families") == [(False,)]
    assert len(pipeline.sink.posts) == 1


def test_a_zip_that_says_it_is_too_large_is_not_even_fetched(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectoricons.uploads.limits.MAX_ARCHIVE_BYTES", 100)
    batch = pipeline.finish(pipeline.upload(packed({"a.svg": GOOD})))
    assert (batch.state, batch.reason_code) == (BatchState.REFUSED, "zip-too-large")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"family": {"name": "A", "license": "wtf"}},
            '"family.license" is "wtf". There are "free", "premium"',
        ),
        ({"family": {"name": "A", "license": "mit", "price": 3}}, "which is free, but a price is named"),
        (
            {
                "sets": [
                    {"name": "S", "productType": "icon", "style": "neon", "items": [{"file": "arrow.svg"}]}
                ]
            },
            '"sets[0].style" is "neon". There are 3d, badge',
        ),
    ],
)
def test_a_manifest_that_asks_for_what_is_not_on_offer_is_refused(
    pipeline: Pipeline, changes: dict[str, object], words: str
) -> None:
    batch = pipeline.finish(
        pipeline.upload(packed({"manifest.json": zips.manifest(**changes), "arrow.svg": GOOD}))
    )
    assert (batch.state, batch.reason_code) == (BatchState.REFUSED, "manifest-invalid")
    assert words in (batch.reason_detail or "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"family": {"name": "Arrows", "license": "premium"}}, 'but your family "Arrows" is free'),
        (
            {"sets": [{"name": "Plain", "productType": "illustration", "items": [{"file": "arrow.svg"}]}]},
            'your set "Plain" holds another product type already',
        ),
    ],
)
def test_a_later_upload_cannot_change_what_a_family_or_set_is(
    pipeline: Pipeline, changes: dict[str, object], words: str
) -> None:
    pipeline.finish(pipeline.upload(packed({"manifest.json": zips.manifest(), "arrow.svg": GOOD})))
    later = packed({"manifest.json": zips.manifest(**changes), "arrow.svg": GOOD})
    batch = pipeline.finish(pipeline.upload(later))
    assert batch.state is BatchState.REFUSED
    assert words in (batch.reason_detail or "")


def test_a_family_that_is_there_keeps_its_licence_without_being_asked(pipeline: Pipeline) -> None:
    family = {"name": "Arrows", "license": "premium"}
    pipeline.finish(
        pipeline.upload(packed({"manifest.json": zips.manifest(family=family), "arrow.svg": GOOD}))
    )
    pipeline.finish(pipeline.upload(packed({"star.svg": GOOD}), "arrows.zip"))
    assert json.loads(
        json.dumps(pipeline.rows("select name, price::int from icons order by name"), default=list)
    ) == [
        ["arrow", 2],
        ["star", 2],
    ]

"""manifest.json: what it may say, and how a mistake in it is told."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tests.worker import zips
from vectoricons.uploads import manifest, plan
from vectoricons.uploads.plan import File
from vectoricons.uploads.reasons import Refused


def parsed(**changes: Any) -> manifest.Manifest:
    return manifest.parse(zips.manifest(**changes).encode())


def refusal(document: str | bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        manifest.parse(document.encode() if isinstance(document, str) else document)
    return refused.value


def one_set(**changes: Any) -> dict[str, Any]:
    return {"name": "Plain", "productType": "icon", "items": [{"file": "arrow.svg"}], **changes}


def test_the_published_schema_is_the_one_the_code_checks_by() -> None:
    assert manifest.SCHEMA_FILE.read_text() == manifest.schema_text(), (
        "Write manifest.schema_text() to base/vectoricons/uploads/manifest.schema.json."
    )


def test_the_schema_is_valid_and_agrees_on_good_and_bad_documents() -> None:
    schema = manifest.schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    full = zips.manifest(
        family={"name": "A", "description": "b", "license": "premium", "price": 12.5, "categories": ["UI"]},
        sets=[one_set(style="outline", price=3, items=[{"file": "a.svg", "name": "A", "tags": ["x"]}])],
    )
    assert validator.is_valid(json.loads(full))
    assert manifest.parse(full.encode()).sets[0].items[0].tags == ("x",)
    for bad in (zips.manifest(family={}), zips.manifest(sets=[]), zips.manifest(surprise=1)):
        assert not validator.is_valid(json.loads(bad))
        refusal(bad)


@pytest.mark.parametrize(
    ("document", "code", "sentence"),
    [
        ("{", "manifest-broken", "manifest.json: is not JSON"),
        (b"\xff\xfe", "manifest-broken", "manifest.json: is not JSON"),
        ("[" * 10_000, "manifest-broken", "manifest.json: is not JSON"),
        ("[]", "manifest-foreign", "belongs to another program"),
        ('{"manifest_version": 3, "name": "An extension"}', "manifest-foreign", "belongs to another program"),
        (zips.manifest(version=2), "manifest-future", '"version" is 2; the newest known here is 1'),
        (zips.manifest(version="1"), "manifest-invalid", '"version" is wrong'),
        (
            zips.manifest(family={}),
            "manifest-invalid",
            'manifest.json: "family.name" is missing. It names the collection your icons appear in. ',
        ),
        (
            zips.manifest(sets=[one_set(productType="logo")]),
            "manifest-invalid",
            '"sets[0].productType" is wrong',
        ),
        (zips.manifest(sets=[one_set(items=[{}])]), "manifest-invalid", '"sets[0].items[0].file" is missing'),
        (zips.manifest(sets=[one_set(colour=1)]), "manifest-invalid", '"sets[0].colour" is not a field'),
        (zips.manifest(family={"name": "A", "price": -1}), "manifest-invalid", '"family.price" is wrong'),
        (zips.manifest(family={"nam": "A", "price": "x"}), "manifest-invalid", "(and 2 more)"),
        (
            zips.manifest(sets=[one_set(items=[{"file": "é.svg"}, {"file": "E\u0301.SVG"}])]),
            "manifest-invalid",
            '"sets[0].items[1].file" names "E\u0301.SVG" a second time',
        ),
        (
            zips.manifest(sets=[one_set(), one_set(name="PLAIN", items=[{"file": "b.svg"}])]),
            "manifest-invalid",
            '"sets[1].name" is "PLAIN", as another set is called',
        ),
    ],
)
def test_a_mistake_is_a_sentence_that_names_its_place(
    document: str | bytes, code: str, sentence: str
) -> None:
    refused = refusal(document)
    assert refused.cause.code == code
    assert sentence in str(refused)


def test_a_manifest_names_items_and_tells_of_files_it_leaves_out_or_misses() -> None:
    stated = parsed(
        sets=[
            one_set(
                items=[
                    {"file": "a.svg", "name": "Alpha", "tags": ["First", "first"]},
                    {"file": "sub/Missing.svg"},
                    {"file": "B-side.svg"},
                ]
            )
        ]
    )
    files = [File(1, "pack/a.svg"), File(2, "pack/b-side.svg"), File(3, "pack/extra.svg")]
    planned = plan.of_manifest(stated, files, last_number=7)
    assert [(item.file.number, item.name, item.tags) for item in planned.items] == [
        (1, "Alpha", ("first",)),
        (2, "B side", ("side",)),
    ]
    assert [(file.number, file.name, file.reason.code) for file in planned.rejected] == [
        (8, "sub/Missing.svg", "not-in-zip"),
        (3, "pack/extra.svg", "not-in-manifest"),
    ]


def test_without_a_manifest_folders_are_sets_and_file_names_are_names_and_tags() -> None:
    files = [
        File(1, "arrow-up.svg"),
        File(2, "line_art/arrow_up.svg"),
        File(3, "line_art/deep/Arrow.Down 2.svg"),
        File(4, "line_art/arrow-up.svg"),
        File(5, "---.svg"),
    ]
    planned = plan.of_folders("my_first-icons.zip", files)
    assert planned.family.name == "My First Icons"
    assert [set_.name for set_ in planned.sets] == ["My First Icons", "Line Art", "Line Art Deep"]
    assert [(item.set_index, item.name, item.tags) for item in planned.items] == [
        (0, "arrow up", ("arrow", "up")),
        (1, "arrow up", ("arrow", "up")),
        (2, "Arrow Down 2", ("arrow", "down")),
        (0, "---", ("---",)),
    ]
    assert [(file.number, file.reason.code) for file in planned.rejected] == [(4, "duplicate-item")]


def test_one_folder_around_everything_is_not_a_set_and_a_zip_without_a_name_gets_one() -> None:
    planned = plan.of_folders("..zip", [File(1, "pack/a.svg"), File(2, "pack/b/c.svg")])
    assert planned.family.name == "Untitled"
    assert [set_.name for set_ in planned.sets] == ["Untitled", "B"]

"""Folders and buckets keep the same promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from containers.converter.reasons import CannotRun, Failed
from containers.converter.results import Found
from containers.converter.storage import Object
from tests.converter.places import BucketPlace, FolderPlace, Place


def listed(place: Place, prefix: str = "") -> dict[str, Found]:
    return {found.key: found for page in place.storage().pages(prefix) for found in page}


def test_every_file_is_listed_once_with_its_size(place: Place) -> None:
    for key in ("a.svg", "ann/b.svg", "ann/deep/c.svg", "anna/d.svg"):
        place.put(key, key.encode())
    found = listed(place)
    assert {key: each.size for key, each in found.items()} == {
        "a.svg": 5,
        "ann/b.svg": 9,
        "ann/deep/c.svg": 14,
        "anna/d.svg": 10,
    }


def test_a_prefix_leaves_out_the_neighbour_of_a_similar_name(place: Place) -> None:
    for key in ("ann/b.svg", "ann/deep/c.svg", "anna/d.svg", "a.svg"):
        place.put(key, b"x")
    assert set(listed(place, "ann/")) == {"ann/b.svg", "ann/deep/c.svg"}


@pytest.mark.no_cover  # a thousand files are written, by what the other tests are seen to write with
def test_more_files_than_a_page_come_in_several(place: Place) -> None:
    for number in range(1003):
        place.put(f"{number}.svg", b"x")
    pages = list(place.storage().pages(""))
    assert len(pages) > 1
    assert len({found.key for page in pages for found in page}) == 1003


def test_what_was_listed_can_be_found_and_read(place: Place) -> None:
    place.put("ann/b ü+%.svg", b"contents")
    (found,) = listed(place).values()
    assert place.storage().find(found.key) == found
    assert place.storage().read(found) == b"contents"
    assert place.storage().find("ann/nothing.svg") is None


def test_a_file_that_was_replaced_since_is_not_read(place: Place) -> None:
    place.put("a.svg", b"before")
    (found,) = listed(place).values()
    place.put("a.svg", b"afterwards")
    with pytest.raises(Failed, match="was replaced while it was read"):
        place.storage().read(found)


def test_a_file_that_is_gone_is_missing(place: Place) -> None:
    place.put("a.svg", b"before")
    (found,) = listed(place).values()
    place.delete("a.svg")
    with pytest.raises(Failed, match="is not there any more"):
        place.storage().read(found)


def test_what_is_written_can_be_read_with_its_metadata(place: Place) -> None:
    storage = place.storage()
    assert storage.is_empty()
    storage.write(Object("ann/b.webp", b"one", "image/webp", {"recipe": "abc", "size": "3"}))
    storage.write(Object("ann/b.webp", b"two", "image/webp", {"recipe": "def", "size": "3"}))
    assert not storage.is_empty()
    assert place.contents() == {"ann/b.webp": b"two"}
    assert storage.metadata("ann/b.webp") == {"recipe": "def", "size": "3"}
    assert storage.metadata("ann/c.webp") is None


def test_a_place_that_is_not_there_cannot_be_listed(s3: BucketPlace, tmp_path: Path) -> None:
    missing = BucketPlace(s3.client, "removed")
    s3.client.delete_bucket(Bucket="removed")
    for place, words in ((missing, "no such bucket"), (FolderPlace(tmp_path / "none"), "no such folder")):
        with pytest.raises(CannotRun, match=words):
            listed(place)


@pytest.mark.parametrize("key", ["../escaped.webp", "a/../../escaped.webp", "/tmp/escaped.webp", "a\0b"])
def test_a_key_that_leads_out_of_a_folder_is_neither_written_nor_read(key: str, tmp_path: Path) -> None:
    place = FolderPlace(tmp_path / "place")
    place.put("a.svg", b"a")
    storage = place.storage()
    with pytest.raises(Failed, match="leads out of its folder"):
        storage.write(Object(key, b"x", "image/webp"))
    with pytest.raises(Failed, match="leads out of its folder"):
        storage.read(Found(key, 1, "1"))
    assert not (tmp_path / "escaped.webp").exists()


def test_a_folder_follows_no_link_and_shows_no_half_written_file(tmp_path: Path) -> None:
    place = FolderPlace(tmp_path / "place")
    place.put("a.svg", b"a")
    place.put(".b.webp.part", b"half")
    (tmp_path / "secret.svg").write_bytes(b"secret")
    (tmp_path / "place" / "link.svg").symlink_to(tmp_path / "secret.svg")
    (tmp_path / "place" / "loop").symlink_to(tmp_path / "place")
    assert set(listed(place)) == {"a.svg"}
    with pytest.raises(Failed):
        place.storage().read(Found("link.svg", 6, "1"))

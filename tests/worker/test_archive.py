"""The ZIP guard: what may come in, what may not, and how it is said."""

from __future__ import annotations

import contextlib
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containers.worker import archive
from tests.worker import zips
from tests.worker.zips import SVG, packed
from vectoricons.uploads import limits
from vectoricons.uploads.reasons import Refused


def survey(tmp_path: Path, data: bytes) -> tuple[list[str], dict[str, str]]:
    """Names of the files that can be read, and the codes of those that were turned away, surveyed or read."""
    path = tmp_path / "source.zip"
    path.write_bytes(data)
    good, codes = [], {}
    with archive.opened(path) as opened:
        codes = {entry.name: entry.reason.code for entry in opened.rejected}
        for entry in opened.entries:
            try:
                assert opened.read(entry)
                good.append(entry.name)
            except Refused as refusal:
                codes[entry.name] = refusal.reason.code
    return good, codes


def refusal(tmp_path: Path, data: bytes) -> str:
    """The code a ZIP as a whole is refused with."""
    with pytest.raises(Refused) as refused:
        survey(tmp_path, data)
    return refused.value.cause.code


def test_real_icons_are_all_readable(tmp_path: Path) -> None:
    good, rejected = survey(tmp_path, zips.real_icons(40))
    assert len(good) == 40
    assert rejected == {}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../etc/passwd.svg", "unsafe-name"),
        ("a/../../b.svg", "unsafe-name"),
        ("/etc/cron.d/x.svg", "unsafe-name"),
        ("C:/windows/x.svg", "unsafe-name"),
        ("a\\..\\b.svg", "unsafe-name"),
        ("tab\there.svg", "unsafe-name"),
        ("x" * 300 + ".svg", "name-too-long"),
        ("more.zip", "nested-archive"),
        ("more.svgz", "nested-archive"),
        ("photo.png", "not-an-svg-file"),
    ],
)
def test_a_bad_name_costs_that_file_alone(tmp_path: Path, name: str, code: str) -> None:
    good, rejected = survey(tmp_path, packed({name: SVG, "good.svg": SVG}))
    assert good == ["good.svg"]
    assert list(rejected.values()) == [code]
    assert all(shown.isprintable() and len(shown) <= limits.MAX_NAME_LENGTH for shown in rejected)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file-empty"),
        (b"  \n", "file-empty"),
        (b"PK\x03\x04 hidden", "nested-archive"),
        (b"\x1f\x8b\x08 gzip", "nested-archive"),
        (b"<svg>" + random.Random(1).randbytes(2_200_000), "file-too-large"),
        (b" " * 1_500_000, "compression-bomb"),
        (b" " * 50_000_000, "compression-bomb"),
    ],
)
def test_bad_contents_cost_that_file_alone(tmp_path: Path, data: bytes, code: str) -> None:
    assert survey(tmp_path, packed({"bad.svg": data, "good.svg": SVG})) == (["good.svg"], {"bad.svg": code})


def test_names_that_differ_only_by_case_or_accent_form_are_duplicates(tmp_path: Path) -> None:
    files = {"é.svg": SVG, "e\u0301.svg": SVG, "Arrow.svg": SVG, "ARROW.SVG": SVG}
    good, rejected = survey(tmp_path, packed(files))
    assert good == ["é.svg", "Arrow.svg"]
    assert set(rejected.values()) == {"duplicate-name"}
    assert len(rejected) == 2


def test_what_systems_leave_behind_is_ignored(tmp_path: Path) -> None:
    junk = [
        "__MACOSX/._a.svg",
        ".DS_Store",
        "set/.DS_Store",
        "Thumbs.db",
        "set/desktop.ini",
        ".git/x.svg",
        ".hidden.svg",
    ]
    files = {**dict.fromkeys(junk, SVG), "set/a.svg": SVG, "empty/": b""}
    assert survey(tmp_path, packed(files)) == (["set/a.svg"], {})
    assert refusal(tmp_path, packed(dict.fromkeys(junk, SVG))) == "zip-empty"


def test_an_encrypted_file_is_told_from_the_others(tmp_path: Path) -> None:
    data = zips.with_flags(packed({"locked.svg": SVG, "good.svg": SVG}), "locked.svg", 0x1)
    assert survey(tmp_path, data) == (["good.svg"], {"locked.svg": "encrypted"})


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    assert survey(tmp_path, zips.symlink("a.svg", "/etc/hostname")) == ([], {"a.svg": "symlink"})


def test_other_compressions_are_refused_since_their_output_cannot_be_bounded(tmp_path: Path) -> None:
    data = packed({"a.svg": SVG}, compression=zipfile.ZIP_LZMA)
    assert survey(tmp_path, data) == ([], {"a.svg": "compression-unknown"})


def test_a_name_in_another_encoding_is_told_and_utf8_without_its_flag_is_understood(tmp_path: Path) -> None:
    good, rejected = survey(tmp_path, zips.with_raw_name(packed({"xx.svg": SVG}), "xx.svg", b"\xe9\xff.svg"))
    assert good == []
    assert list(rejected.values()) == ["name-not-utf8"]
    assert survey(tmp_path, zips.with_raw_name(packed({"xx.svg": SVG}), "xx.svg", "é.svg".encode()))[0] == [
        "é.svg"
    ]


def test_names_flagged_as_utf8_that_are_not_refuse_the_zip(tmp_path: Path) -> None:
    data = zips.with_raw_name(
        zips.with_flags(packed({"xx.svg": SVG}), "xx.svg", 0x800), "xx.svg", b"\xe9\xff.svg"
    )
    assert refusal(tmp_path, data) == "zip-names-broken"


def test_a_damaged_file_costs_that_file_alone(tmp_path: Path) -> None:
    data = packed({"bad.svg": b"<svg>damaged</svg>", "good.svg": SVG}, compression=zipfile.ZIP_STORED)
    assert survey(tmp_path, data.replace(b"damaged", b"Damaged")) == (
        ["good.svg"],
        {"bad.svg": "file-damaged"},
    )


def test_a_header_that_lies_about_the_size_gains_nothing(tmp_path: Path) -> None:
    data = packed({"lie.svg": b"<svg>" + bytes(range(256)) * 12_000, "good.svg": SVG})
    assert survey(tmp_path, zips.with_declared_size(data, "lie.svg", 1000)) == (
        ["good.svg"],
        {"lie.svg": "file-damaged"},
    )


def test_entries_over_one_another_refuse_the_zip_on_every_python(tmp_path: Path) -> None:
    data = zips.overlapping(entries=500)
    assert len(data) < 40_000
    assert refusal(tmp_path, data) == "zip-overlapping-entries"


def test_an_entry_that_reaches_into_the_directory_is_an_overlap(tmp_path: Path) -> None:
    raw = bytearray(packed({"a.svg": SVG}, compression=zipfile.ZIP_STORED))
    place = raw.find(b"PK\x01\x02") + 20
    raw[place : place + 4] = (len(SVG) + 500).to_bytes(4, "little")
    assert refusal(tmp_path, bytes(raw)) == "zip-overlapping-entries"


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"PK\x05\x06" + bytes(10), packed({"a.svg": SVG})[:60]])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    assert refusal(tmp_path, data) == "not-a-zip"


def test_a_directory_that_points_at_nothing_is_no_zip(tmp_path: Path) -> None:
    data = packed({"a.svg": SVG})
    assert refusal(tmp_path, data.replace(b"PK\x03\x04", b"XX\x03\x04")) == "not-a-zip"


def test_an_empty_zip_and_one_of_a_manifest_alone_have_no_files(tmp_path: Path) -> None:
    assert refusal(tmp_path, packed({})) == "zip-empty"
    assert refusal(tmp_path, packed({"manifest.json": "{}"})) == "zip-empty"


def test_too_many_files_refuse_the_zip(tmp_path: Path) -> None:
    most = {f"{number}.svg": b"" for number in range(limits.MAX_FILES)}
    assert len(survey(tmp_path, packed(most))[1]) == limits.MAX_FILES
    assert refusal(tmp_path, packed({**most, "one-more.svg": b""})) == "zip-too-many-files"


def test_a_directory_of_a_hundred_thousand_entries_is_never_loaded(tmp_path: Path) -> None:
    assert refusal(tmp_path, zips.overlapping(entries=100_000)) == "zip-too-many-files"


def test_too_much_in_all_refuses_the_zip_before_anything_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_INFLATED_BYTES", 3 * len(SVG) - 1)
    assert refusal(tmp_path, packed({"a.svg": SVG, "b.svg": SVG, "c.svg": SVG})) == "zip-inflates-too-far"


def test_a_zip_over_the_size_limit_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ARCHIVE_BYTES", 10)
    assert refusal(tmp_path, packed({"a.svg": SVG})) == "zip-too-large"


@pytest.mark.parametrize("folder", ["", "my icons/"])
def test_the_manifest_is_found_at_the_top_or_in_the_one_folder(tmp_path: Path, folder: str) -> None:
    path = tmp_path / "source.zip"
    path.write_bytes(packed({f"{folder}manifest.json": "{}", f"{folder}a/a.svg": SVG, f"{folder}b.svg": SVG}))
    with archive.opened(path) as opened:
        assert opened.manifest == b"{}"
        assert [entry.number for entry in opened.entries] == [1, 2]


def test_a_manifest_that_cannot_be_read_refuses_the_zip_by_its_own_reason(tmp_path: Path) -> None:
    data = zips.with_flags(packed({"manifest.json": "{}", "a.svg": SVG}), "manifest.json", 0x1)
    path = tmp_path / "source.zip"
    path.write_bytes(data)
    with pytest.raises(Refused, match=r"^manifest\.json: is locked with a password\."), archive.opened(path):
        pass


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_zip_makes_the_guard_fall_over(tmp_path: Path, data: st.DataObject) -> None:
    raw = bytearray(packed({"manifest.json": "{}", "a.svg": SVG, "é.svg": SVG * 3, "b/c.svg": SVG}))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Refused):
        survey(tmp_path, bytes(raw[: data.draw(st.integers(0, len(raw)))]))

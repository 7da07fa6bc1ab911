"""Bad input: each is a sentence and a row of the report, or status 2; the rest is converted."""

from __future__ import annotations

import struct
import zlib

import pytest

from tests.converter.places import BucketPlace
from tests.converter.workshop import SMALL, Workshop, icon
from tests.imaging.hostile import attacks

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'


def bomb(side: int = 10_000) -> bytes:
    """A PNG of a hundred million pixels in some hundred kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(side * 3 + 1) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_each_bad_file_is_a_row_with_its_reason_and_the_rest_is_converted(workshop: Workshop) -> None:
    workshop.configure(SMALL + "include: ['*']\nnaming: '{folder}{name}-{kind}.{format}'\n")
    good = icon(1)
    bad = {
        "zero-byte.svg": (b"", "file-empty"),
        "truncated.svg": (good[: len(good) // 2], "svg-not-xml"),
        "really-a-png.svg": (bomb(8), "wrong-suffix"),
        "really-an-svg.png": (good, "wrong-suffix"),
        "bomb.svg": (SVG.replace("0 0 9 9", "0 0 30000 30000").encode() + b"</svg>", "svg-huge-canvas"),
        "script.svg": (f"{SVG}<script>alert(1)</script></svg>".encode(), "svg-script"),
        "secret.svg": (f'{SVG}<image href="file:///etc/passwd"/></svg>'.encode(), "svg-external-reference"),
        "nothing.svg": (f"{SVG}</svg>".encode(), "svg-empty-picture"),
    }
    for name, (data, _) in bad.items():
        workshop.source.put(f"ann/{name}", data)
    workshop.source.put("ann/good.svg", good)
    said = workshop.run()
    assert said.status == 1
    assert said.counts(converted=1, failed=len(bad))
    assert workshop.reasons() == {f"ann/{name}": reason for name, (_, reason) in bad.items()}
    for sentence in workshop.hints().values():
        assert sentence.endswith(".")
        assert "Traceback" not in sentence
    assert list(workshop.target.contents()) == ["ann/good.svg-thumbnail.webp"]


def test_a_name_that_is_not_utf8_is_a_row(workshop: Workshop) -> None:
    workshop.source.put("good.svg", icon())
    with open(workshop.source.url.encode() + b"/caf\xe9.svg", "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(icon())
    assert workshop.run().counts(converted=1, failed=1)
    assert workshop.reasons() == {"caf\\xe9.svg": "name-not-utf8"}


def test_a_key_of_a_bucket_cannot_lead_out_of_the_target_folder(workshop: Workshop, s3: BucketPlace) -> None:
    s3.put("../../stolen.svg", icon())
    workshop.configure(SMALL, s3.url)
    assert workshop.run().counts(failed=1)
    assert workshop.reasons() == {"../../stolen.svg": "unsafe-key"}
    assert not list(workshop.root.parent.rglob("stolen*.webp"))


def test_a_raster_bomb_is_refused_and_a_torn_raster_is_named(workshop: Workshop) -> None:
    workshop.configure(SMALL + "include: ['*.png']\n")
    workshop.source.put("bomb.png", bomb())
    workshop.source.put("torn.png", bomb(64)[:-40])
    workshop.source.put("text.png", b"not a picture at all")
    said = workshop.run()
    assert said.status == 1
    assert said.counts(failed=3)
    assert len(workshop.reasons()) == 3
    assert "converter-fault" not in workshop.reasons().values()


def test_every_hostile_drawing_of_imagings_tests_is_a_row(workshop: Workshop) -> None:
    hostile = [attack for attack in attacks() if b"<svg" in attack.svg]  # others are other kinds of files
    workshop.configure(SMALL + "include: ['*']\n")  # names without a suffix promise nothing
    for number, attack in enumerate(hostile):
        workshop.source.put(f"{number}", attack.svg)
    workshop.source.put("good", icon())
    said = workshop.run()
    assert said.counts(converted=1, failed=len(hostile))
    expected = {f"{number}": attack.reason.code for number, attack in enumerate(hostile)}
    assert workshop.reasons() == expected


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("{source}", "{source}", "is the source itself"),
        ("{source}", "{source}/deep/er", "is inside the source"),
        ("{source}", "{source}/../source/", "is the source itself"),
        ("s3://pictures/in", "s3://pictures/in/", "is the source itself"),
        ("s3://pictures/in", "s3://pictures/in/out", "is inside the source"),
        ("s3://pictures", "s3://pictures/out", "is inside the source"),
        ("ftp://pictures/in", "{target}", "is neither a bucket nor a folder"),
        ("{source}/nowhere", "{target}", "there is no such folder"),
        ("s3://unheard-of", "{target}", "there is no such bucket"),
        ("{source}", "s3://unheard-of", "there is no such bucket"),
        ("{source}", "{source}/a.svg/x", "is inside the source"),
        ("{source}", "/proc/nowhere", "is no folder to write to"),
    ],
)
def test_places_that_cannot_be_are_refused_in_a_sentence(
    source: str, target: str, words: str, workshop: Workshop, s3: BucketPlace
) -> None:
    workshop.source.put("a.svg", icon())
    places = {"source": workshop.source.url, "target": workshop.target.url}
    workshop.configure(SMALL, source.format(**places), target.format(**places))
    said = workshop.run()
    assert said.status == 2
    assert words in said.output
    assert said.output.splitlines()[-1].startswith("converter: ")


def test_an_empty_prefix_is_said(workshop: Workshop) -> None:
    workshop.source.put("ann/notes.txt", b"x")
    said = workshop.run("--prefix", "ann")
    assert said.status == 2
    assert "ann/ holds no file that matches *.svg. Check --prefix" in said.output


def test_an_endpoint_that_does_not_answer_is_said(
    workshop: Workshop, s3: BucketPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    workshop.configure(SMALL, s3.url)
    said = workshop.run()
    assert said.status == 2
    assert "cannot be reached" in said.output


def test_a_denied_key_is_a_row_and_the_others_are_converted(workshop: Workshop, s3: BucketPlace) -> None:
    for name in ("a", "b", "c"):
        s3.put(f"{name}.svg", icon(ord(name)))
    s3.deny("s3:GetObject", "b.svg")
    workshop.configure(SMALL, s3.url)
    said = workshop.run()
    assert said.status == 1
    assert said.counts(converted=2, failed=1)
    assert workshop.reasons() == {"b.svg": "source-denied"}
    assert "s3:GetObject" in workshop.hints()["b.svg"]


def test_a_denied_target_is_a_row(workshop: Workshop, s3: BucketPlace) -> None:
    workshop.source.put("a.svg", icon(1))
    workshop.source.put("b.svg", icon(2))
    target = s3.beside("out/")
    target.deny("s3:PutObject", "a-*")
    workshop.configure(SMALL, target=target.url)
    assert workshop.run().counts(converted=1, failed=1)
    assert workshop.reasons() == {"a.svg": "target-denied"}


def test_a_storage_that_goes_away_ends_the_run_instead_of_failing_every_file(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from containers.converter.reasons import Cause, Failed

    def away(*_: object) -> bytes:
        raise Failed(Cause.NOT_ANSWERING)

    monkeypatch.setattr("containers.converter.folder.Folder.read", away)
    for number in range(1500):
        workshop.source.put(f"{number}.svg", b"x")
    said = workshop.run()
    assert said.status == 2
    assert "It is not about the files" in said.output
    assert 100 <= len(workshop.reasons()) < 1500

"""A configuration file is read whole or refused with its line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from containers.converter.config import read_config
from containers.converter.reasons import CannotRun

PLACES = "source: in\ntarget: out\n"


def refusal(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "config.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(CannotRun) as refused:
        read_config(path, {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            PLACES + "includ: ['*.svg']\n",
            "config.yaml, line 3: includ is not a setting. Did you mean include?",
        ),
        (PLACES + "outputs:\n  - {kind: thumbnail}\n  - kind: poster\n", "line 5: outputs.1.kind is refused"),
        (PLACES + "quality: 101\n", "line 3: quality is refused"),
        ("source: in\n", "target is missing. Write it in the file, or give --target."),
        (PLACES + "ground: white\n", "line 3: ground is refused"),
        (PLACES + "naming: '{kind}-{colour}'\n", "there is no {colour}"),
        (PLACES + "naming: '{stem}-{kind}.{format}'\n", "use {folder}"),
        (PLACES + "naming: '{folder}{stem}.{format}'\n", "two outputs would have the same name"),
        (PLACES + "include: ['*.svg', '*.png']\n", "use {name}, not {stem}"),
        (PLACES + "outputs: [{kind: preview}]\n", "give each output a side"),
        (PLACES + "outputs: [{kind: preview, side: 512, format: ico}]\n", "512"),
        (PLACES + "a: [\n", "is not YAML"),
        (b"\xff\xfe", "is not UTF-8"),
        ("- a\n", "is not a list of settings"),
        ("", "is not a list of settings"),
    ],
)
def test_a_mistake_is_a_sentence_with_line_and_key(text: str | bytes, words: str, tmp_path: Path) -> None:
    assert words in refusal(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"none\.yaml cannot be read: No such file"):
        read_config(tmp_path / "none.yaml", {})


def test_the_command_line_comes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(PLACES)
    config = read_config(path, {"target": "elsewhere", "watermark": True, "source": None})
    assert (config.source, config.target) == ("in", "elsewhere")
    assert config.target_keys("ann/arrow.svg") == (
        "ann/arrow-thumbnail.webp",
        "ann/arrow-preview.webp",
        "ann/arrow-watermark.webp",
    )


def test_another_recipe_has_another_digest_and_another_source_has_not(tmp_path: Path) -> None:
    places = {"source": "in", "target": "out"}
    digest = read_config(None, places).digest
    assert read_config(None, places | {"source": "b", "include": ["a*.svg"]}).digest == digest
    changed = (
        {"ground": "#ffffff"},
        {"quality": 80},
        {"watermark": True},
        {"naming": "{name}/{folder}{kind}"},
    )
    assert len({read_config(None, {**places, **change}).digest for change in changed} | {digest}) == 5

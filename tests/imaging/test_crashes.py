"""Items that really kill the process that draws them: by a segmentation fault, out of memory, without end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from imaging import Output, Reason, Recipe, Rejected, Renderer, render
from tests.imaging.drawings import svg

# Python runs this in every child before anything else. Where a drawing asks for it, the library that draws
# it reads where no memory is, as a hostile file would make it do.
_FAULTY = """
import ctypes, pathlib, pyvips
load = pyvips.Image.svgload_buffer
def svgload_buffer(svg, **settings):
    if b'id="fault"' in svg:
        with (pathlib.Path(__file__).parent / "faults").open("a") as faults:
            faults.write("x")
        ctypes.string_at(0)
    return load(svg, **settings)
pyvips.Image.svgload_buffer = svgload_buffer
"""
_GOOD, _FATAL = svg(), svg('<path id="fault" d="M0 0h9v9z"/>')
_STEPS = '<feOffset dx="1"/><feMerge><feMergeNode in="SourceGraphic"/></feMerge>' * 4
_HUNGRY = svg(f'<filter id="f">{_STEPS}</filter><path fill="red" d="M0 0h24v24z" filter="url(#f)"/>')


def test_a_segmentation_fault_costs_its_item_after_one_lone_retry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sitecustomize.py").write_text(_FAULTY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""))))
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    with Renderer() as renderer:
        assert renderer.render(_GOOD, Recipe()) == render(_GOOD, Recipe())
        with pytest.raises(Rejected) as refusal:
            renderer.render(_FATAL, Recipe())
        assert refusal.value.reason is Reason.RENDERER_FAILED
        assert (tmp_path / "faults").read_text() == "xx", "tried once, and once more in a new child"
        assert renderer.render(_GOOD, Recipe()) == render(_GOOD, Recipe())
    assert capfd.readouterr().err.count(f"{signal.strsignal(signal.SIGSEGV)}") == 2


def test_a_drawing_that_takes_all_memory_costs_itself() -> None:
    large = Recipe(outputs=(Output("download", "png", 4096),))
    with Renderer(seconds=60, memory=400 * 1024 * 1024) as renderer:
        with pytest.raises(Rejected) as refusal:
            renderer.render(_HUNGRY, large)
        assert refusal.value.reason is Reason.RENDERER_FAILED
        assert renderer.render(_GOOD, Recipe()) == render(_GOOD, Recipe())


def test_a_drawing_within_every_budget_that_still_has_no_end_is_stopped_by_the_limit_of_time() -> None:
    levels = "".join(f'<g id="a{n + 1}" mask="url(#m)"><use href="#a{n}"/></g>' for n in range(90))
    masked = svg(
        f'<mask id="m"><rect width="24" height="24" fill="#fff"/></mask><path id="a0" d="M0 0h9v9z"/>{levels}'
    )
    with Renderer(seconds=2) as renderer:
        with pytest.raises(Rejected) as refusal:
            renderer.render(masked, Recipe())
        assert refusal.value.reason is Reason.RENDERER_TIMEOUT
        assert renderer.render(_GOOD, Recipe()) == render(_GOOD, Recipe())

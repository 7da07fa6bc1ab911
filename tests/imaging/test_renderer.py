"""The renderer: a bad drawing costs itself, its child process, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from imaging import Reason, Recipe, Rejected, Rendered, Renderer, compose_preview, render
from tests.imaging.drawings import OPENMOJI, TABLER, sample, svg

_ROOT = Path(__file__).parents[2]
_ENDLESS = svg('<path d="M0 0' + "C24 24 9 0 24 3" * 35_000 + '" fill="none" stroke="red"/>')  # 14 s of CPU
_LONG = 60.0  # seconds: for what must happen, on a busy machine


def _until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + _LONG
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _children() -> set[int]:
    """The drawing processes of this one."""
    threads = Path("/proc/self/task").iterdir()
    pids = [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
    return {pid for pid in pids if b"imaging.child" in Path(f"/proc/{pid}/cmdline").read_bytes()}


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _cpu(pid: int) -> int:
    """Clock ticks of CPU time the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@contextmanager
def _watched(seconds: float = _LONG) -> Iterator[tuple[Renderer, Callable[[], int]]]:
    """A renderer of its own, and who its child is at the moment (0 while it has none)."""
    others = _children()
    with Renderer(seconds=seconds) as renderer:
        yield renderer, lambda: next(iter(_children() - others), 0)


def _draw_endlessly(renderer: Renderer, pool: ThreadPoolExecutor, child: int) -> Callable[[], Rendered]:
    """Let *renderer* draw what never ends; its result, when *child* is at it."""
    idle = _cpu(child)
    result = pool.submit(renderer.render, _ENDLESS, Recipe()).result
    _until(lambda: _cpu(child) > idle + 5)
    return result


def _run(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python of its own with *script*, in a process group of its own."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


@pytest.mark.parametrize("path", [*sample(TABLER, 2), *sample(OPENMOJI, 2)], ids=lambda path: path.stem)
def test_the_child_draws_what_this_process_would(path: Path, renderer: Renderer) -> None:
    assert renderer.render(path.read_bytes(), Recipe()) == render(path.read_bytes(), Recipe())


def test_the_child_composes_what_this_process_would(renderer: Renderer) -> None:
    svgs = [path.read_bytes() for path in sample(OPENMOJI, 4)]
    there = renderer.compose_preview(
        svgs, family="Ours", contributor="Us", count=9, seed="a", size=(600, 315)
    )
    here = compose_preview(svgs, family="Ours", contributor="Us", count=9, seed="a", size=(600, 315))
    assert there == here


def test_a_drawing_that_takes_too_long_is_refused_and_the_next_one_is_drawn() -> None:
    with Renderer(seconds=1) as renderer:
        with pytest.raises(Rejected) as refusal:
            renderer.render(_ENDLESS, Recipe())
        assert refusal.value.reason is Reason.RENDERER_TIMEOUT
        assert renderer.render(svg(), Recipe()).images


def test_a_child_that_is_stuck_without_using_cpu_is_given_up() -> None:
    with _watched(seconds=2) as (renderer, child):
        stuck = child()
        os.kill(stuck, signal.SIGSTOP)
        with pytest.raises(Rejected) as refusal:
            renderer.render(svg(), Recipe())
        assert refusal.value.reason is Reason.RENDERER_TIMEOUT
        assert not _is_alive(stuck)
        assert renderer.render(svg(), Recipe()).images


def test_a_child_is_limited_by_the_kernel_in_memory_and_cpu_time() -> None:
    with _watched() as (renderer, child), ThreadPoolExecutor() as pool:
        result = _draw_endlessly(renderer, pool, child())
        limits = " ".join(Path(f"/proc/{child()}/limits").read_text().split())
        assert "Max address space 1610612736 " in limits
        assert "Max cpu time unlimited" not in limits
        os.kill(child(), signal.SIGXCPU)  # what the kernel does when it is used up
        with pytest.raises(Rejected) as refusal:
            result()
        assert refusal.value.reason is Reason.RENDERER_TIMEOUT
        assert renderer.render(svg(), Recipe()).images


def test_the_kernel_ends_a_process_that_has_used_up_its_cpu_time() -> None:
    process = _run("from imaging.confinement import allow_cpu\nallow_cpu(0)\nwhile True: pass")
    assert process.wait(_LONG) == -signal.SIGXCPU


def test_an_item_whose_child_crashes_is_tried_once_more_and_then_refused() -> None:
    with _watched() as (renderer, child), ThreadPoolExecutor() as pool:
        first = child()
        result = _draw_endlessly(renderer, pool, first)
        os.kill(first, signal.SIGSEGV)
        _until(lambda: child() not in {0, first})
        second = child()
        _until(lambda: _cpu(second) > 50)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(Rejected) as refusal:
            result()
        assert refusal.value.reason is Reason.RENDERER_FAILED
        assert renderer.render(svg(), Recipe()).images


def test_an_item_survives_one_crash() -> None:
    with _watched() as (renderer, child), ThreadPoolExecutor() as pool:
        os.kill(child(), signal.SIGSTOP)  # so that it dies with the item in hand, not before
        result = pool.submit(renderer.render, svg(), Recipe()).result
        os.kill(child(), signal.SIGKILL)
        assert result() == render(svg(), Recipe())


def test_a_child_that_died_idle_is_replaced() -> None:
    with _watched() as (renderer, child):
        died = child()
        os.kill(died, signal.SIGKILL)
        _until(lambda: not _is_alive(died))
        assert renderer.render(svg(), Recipe()).images
        assert child() != died


def test_a_closed_renderer_leaves_no_child_and_starts_one_when_asked_again() -> None:
    others = _children()
    renderer = Renderer()
    assert renderer.render(svg(), Recipe()).images
    renderer.close()
    renderer.close()
    assert _children() == others
    assert renderer.render(svg(), Recipe()).images
    renderer.close()


def test_a_stopped_child_does_not_keep_the_renderer_from_closing() -> None:
    with _watched() as (_, child):
        stuck = child()
        os.kill(stuck, signal.SIGSTOP)
    assert not _is_alive(stuck)


def test_a_child_that_cannot_start_is_our_fault_and_not_the_drawings() -> None:
    with pytest.raises(RuntimeError, match="does not start"):
        Renderer(memory=16 * 1024 * 1024).render(svg(), Recipe())


def test_an_interrupted_wait_leaves_no_half_answer_on_the_line() -> None:
    class StopError(Exception):
        """Raised by a signal, as job time-outs do it."""

    def interrupt(*_: object) -> None:
        raise StopError

    with _watched() as (renderer, child):
        os.kill(child(), signal.SIGSTOP)
        before = signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(StopError):
                renderer.render(_ENDLESS, Recipe())
        finally:
            signal.signal(signal.SIGALRM, before)
        assert renderer.render(svg(), Recipe()) == render(svg(), Recipe())


def test_the_child_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    with _watched() as (_, child):
        environment = Path(f"/proc/{child()}/environ").read_bytes()
    assert b"PATH=" in environment
    assert b"hunter2" not in environment


def test_a_confined_process_opens_no_socket_and_starts_no_program_in_any_thread() -> None:
    script = """
import os, socket, subprocess, threading
from imaging.confinement import confine
go, tried = threading.Event(), []
def attempt(what):
    try:
        what()
    except PermissionError:
        tried.append(what)
def late():
    go.wait()
    attempt(socket.socket)
thread = threading.Thread(target=late)
thread.start()
confine(os.getppid(), 1 << 31)
go.set()
thread.join()
for what in (socket.socket, socket.socketpair, lambda: subprocess.run(["true"])):
    attempt(what)
print(len(tried))
"""
    process = _run(script)
    assert process.communicate(timeout=_LONG)[0].strip() == "4"


def test_a_process_whose_parent_is_gone_before_it_is_confined_ends() -> None:
    process = _run("from imaging.confinement import confine\nconfine(1 << 22, 1 << 31)\nprint('alive')")
    assert process.communicate(timeout=_LONG)[0] == ""
    assert process.returncode == 1


_WORKER = """
import os, pathlib, signal, sys
from imaging import Recipe, Renderer
from tests.imaging.drawings import svg
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
heavy = '<filter id="f" width="2">' + '<feMorphology radius=".2"/>' * 4 + '</filter>'
drawing = svg(heavy + '<path d="M0 0h24v24H0z" filter="url(#f)"/>')
with Renderer(seconds=60) as renderer:
    print(pathlib.Path("/proc/self/task/%d/children" % os.getpid()).read_text().split()[0], flush=True)
    while not asked:
        rendered = renderer.render(drawing, Recipe())
print(len(rendered.images), flush=True)
"""


def test_a_worker_told_to_stop_finishes_the_item_in_hand_even_if_its_child_is_told_too() -> None:
    worker = _run(_WORKER)
    assert worker.stdout
    child = int(worker.stdout.readline())
    idle = _cpu(child)
    _until(lambda: _cpu(child) > idle + 10)
    os.killpg(worker.pid, signal.SIGTERM)
    assert worker.communicate(timeout=_LONG)[0].strip() == "5"
    assert worker.returncode == 0
    assert not _is_alive(child)


def test_the_child_dies_with_its_parent() -> None:
    worker = _run(_WORKER)
    assert worker.stdout
    child = int(worker.stdout.readline())
    idle = _cpu(child)
    _until(lambda: _cpu(child) > idle + 10)
    worker.kill()
    worker.communicate()
    _until(lambda: not _is_alive(child))


def test_a_forked_process_gets_a_child_of_its_own() -> None:
    script = """
import os
from imaging import Recipe, Renderer
from tests.imaging.drawings import svg
with Renderer() as renderer:
    before = renderer.render(svg(), Recipe())
    forked = os.fork()
    assert renderer.render(svg(), Recipe()) == before
    if not forked:
        renderer.close()
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(forked, 0)[1]) == 7
    assert renderer.render(svg(), Recipe()) == before
print("both drew")
"""
    process = _run(script)
    assert process.communicate(timeout=_LONG)[0].strip() == "both drew"

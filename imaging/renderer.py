"""Drawing at arm's length: a child process that a hostile file may kill, and that is then started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from imaging.bodies import Body
from imaging.hints import Hint
from imaging.pictures import Image, Recipe, Rendered
from imaging.previews import Theme
from imaging.rejections import Reason, Rejected
from imaging.wire import Message, receive, send

_ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60  # to import and draw once, on a busy machine
_STOP_SECONDS = 5
_CPU_SHARE = 0.5  # of the wall time: an honest item has twice as long on a busy machine

# The child draws strangers' files: it gets what an interpreter needs and no secret of ours.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_",
    "TMPDIR",
    "TZ",
    "XDG_CACHE_HOME",
    "FONTCONFIG_",
    "PYTHON",
    "COVERAGE_",
)


class Renderer:
    """A supervised child that draws one item at a time within limits of wall time, CPU time and memory.

    *seconds* are for one item, half of them of CPU; *memory* is bytes of address space. Context manager; the
    child is started once and replaced after a time-out or a crash (the item is then tried once more, in a new
    child). It can open no socket and start no program, and dies with the thread that started it. Threads take
    turns; a forked process gets a child of its own.
    """

    def __init__(self, *, seconds: float = 10, memory: int = 1_536 * 1024 * 1024) -> None:
        self._seconds = seconds
        self._memory = memory
        self._turn = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        with self._turn:
            self._running()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def render(self, svg: bytes, recipe: Recipe) -> Rendered:
        """As ``imaging.render``; also raises ``renderer-timeout`` and ``renderer-failed``."""
        answer = self._ask(Message({"recipe": asdict(recipe)}, [svg]))
        clean, *encoded = answer.blobs
        return Rendered(
            svg=clean,
            body=Body(**answer.fields["body"]),
            width=answer.fields["width"],
            height=answer.fields["height"],
            palette=tuple(answer.fields["palette"]),
            perceptual_hash=answer.fields["perceptual_hash"],
            hints=tuple(Hint(*hint) for hint in answer.fields["hints"]),
            images=_images(answer, encoded),
        )

    def convert(self, source: bytes, recipe: Recipe, name: str = "") -> tuple[Image, ...]:
        """As ``imaging.convert``; also raises ``renderer-timeout`` and ``renderer-failed``."""
        answer = self._ask(Message({"recipe": asdict(recipe), "name": name}, [source]))
        return _images(answer, answer.blobs)

    def compose_preview(
        self,
        svgs: Sequence[bytes],
        *,
        family: str,
        contributor: str,
        count: int,
        seed: int | str,
        noun: str = "icon",
        size: tuple[int, int] = (1200, 630),
        theme: Theme = "light",
    ) -> Image:
        """As ``imaging.compose_preview``; also raises ``renderer-timeout`` and ``renderer-failed``."""
        wanted = {"family": family, "contributor": contributor, "count": count, "seed": seed}
        looks = {"noun": noun, "size": size, "theme": theme}
        answer = self._ask(Message(wanted | looks, svgs))
        (preview,) = _images(answer, answer.blobs)
        return preview

    def close(self) -> None:
        """End the child. Safe to call twice; a later request starts another."""
        with self._turn:
            if self._child is not None:
                self._child.close()
                self._child = None

    def _ask(self, request: Message) -> Message:
        with self._turn:
            try:
                answer = self._exchange(request)
            except _ChildDiedError:
                answer = self._exchange_again(request)
        if "code" in answer.fields:
            reason = Reason.of(answer.fields["code"])
            raise Rejected(reason, answer.fields["detail"], answer.fields["line"])
        return answer

    def _exchange_again(self, request: Message) -> Message:
        try:
            return self._exchange(request)
        except _ChildDiedError as error:
            raise Rejected(Reason.RENDERER_FAILED) from error

    def _exchange(self, request: Message) -> Message:
        child = self._running()
        try:
            return child.exchange(request, self._seconds)
        except BaseException:  # also a signal's: half an answer on the line would be taken for the next one's
            child.kill()
            self._child = None
            raise

    def _running(self) -> _Child:
        if self._child is not None and not self._child.is_alive():
            self._child.close()
            self._child = None
        if self._child is None:
            self._child = _Child(self._seconds * _CPU_SHARE, self._memory)
        return self._child


class _ChildDiedError(Exception):
    """The child ended while it had an item in hand."""


class _Child:
    """One child process and the line to it."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._owner = os.getpid()
        self._link, theirs = socket.socketpair()
        with theirs:
            arguments = (theirs.fileno(), self._owner, seconds, memory)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "imaging.child", *map(str, arguments)],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        try:
            receive(self._link, time.monotonic() + _START_SECONDS)
        except (EOFError, OSError) as error:
            self.kill()
            raise RuntimeError(
                "The renderer's child process does not start; its standard error says why."
            ) from error

    def is_alive(self) -> bool:
        """It runs, and it is ours: after a fork it is still the other process's."""
        return self._owner == os.getpid() and self._process.poll() is None

    def exchange(self, request: Message, seconds: float) -> Message:
        deadline = time.monotonic() + seconds
        try:
            send(self._link, request, deadline)
            return receive(self._link, deadline)
        except TimeoutError as error:
            raise Rejected(Reason.RENDERER_TIMEOUT) from error
        except (EOFError, OSError) as error:
            self.kill()
            if self._process.returncode == -signal.SIGXCPU:
                raise Rejected(Reason.RENDERER_TIMEOUT) from error
            raise _ChildDiedError from error

    def close(self) -> None:
        """Let it end by itself, at the end of its line."""
        self._link.close()
        if self._owner != os.getpid():
            return
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._link.close()
        self._process.kill()  # does nothing to one that has ended
        self._process.wait()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
    path = os.pathsep.join(filter(None, (str(_ROOT), kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "LC_ALL": "C.UTF-8"}  # pictures do not depend on where they are drawn


def _images(answer: Message, encoded: Sequence[bytes]) -> tuple[Image, ...]:
    described = answer.fields["images"]
    return tuple(
        Image.of(kind, encoding, (width, height), data)
        for (kind, encoding, (width, height)), data in zip(described, encoded, strict=True)
    )

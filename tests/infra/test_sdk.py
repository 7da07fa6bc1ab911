"""The SDK waits for a program's outputs at once, says what fails as it did, and is silent about the rest."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi import ComponentResource, Output, log
from pulumi.runtime import stack

from components.sdk import hasten
from tests.infra.synth import TREE, synth


@pytest.fixture(autouse=True)
def _hastened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stack, "asyncio", asyncio)  # put back after the test
    monkeypatch.setattr(log, "debug", log.debug)
    before = signal.getsignal(signal.SIGINT)
    hasten()
    yield
    gc.enable()
    signal.signal(signal.SIGINT, before)


def test_a_program_that_the_engine_interrupts_waits_for_none_of_its_threads() -> None:
    program = """if True:
        import threading
        from components.sdk import hasten
        hasten()
        threading.Thread(target=threading.Event().wait).start()
        print("waiting", flush=True)
    """
    with subprocess.Popen([sys.executable, "-c", program], cwd=TREE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"waiting\n"
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(timeout=30) == -signal.SIGINT
        finally:
            running.kill()


async def later(turns: int) -> int:
    """*turns*, after as many of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return turns


def test_outputs_that_come_one_after_another_are_waited_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[int] = []
    waited = asyncio.Event()
    wait = asyncio.wait

    async def counted(tasks: Any, **options: Any) -> Any:
        waits.append(len(tasks))
        waited.set()
        return await wait(tasks, **options)

    async def once_waited_for(turns: int) -> int:
        await waited.wait()
        return await later(turns)

    monkeypatch.setattr(asyncio, "wait", counted)
    come: list[int] = []

    def build() -> None:
        for turns in range(0, 500, 10):
            Output.from_input(once_waited_for(turns)).apply(come.append)

    synth(build)
    assert come == list(range(0, 500, 10))
    assert 0 < len(waits) < 10


def test_an_output_that_fails_ends_the_program_with_its_error() -> None:
    def build() -> None:
        Output.from_input(later(10_000))
        Output.from_input(later(3)).apply(lambda turns: turns / 0)

    with pytest.raises(ZeroDivisionError):
        synth(build)


def test_the_engine_is_told_what_is_declared_and_not_how_the_sdk_goes_about_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(log, "get_engine", object)
    monkeypatch.setattr(log, "_log", lambda _engine, _severity, message, *_: told.append(message))

    def build() -> None:
        ComponentResource("vectoricons:test:House", "house")

    synth(build)
    log.info("a house stands")
    assert told == ["a house stands"]

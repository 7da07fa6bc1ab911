"""Habits of Python and of Pulumi's SDK that took more of a preview's time than what a program declares."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from pulumi import log
from pulumi.runtime import stack

Task = asyncio.Task[Any]


def hasten() -> None:
    """Let this process, which lives for one run of the program, wait for its outputs at once, unswept.

    At its end the SDK waits for the first of some two thousand outputs, then for the first of all others,
    and so on: it asks half a million times to be told. And Python looks through the SDK's classes for
    garbage again and again, where next to nothing is ever let go. And it tells the engine five things of
    each resource that the engine shows to nobody but with `--debug`, and waits each time until it is
    heard: a sixth of a preview. Waits and words are put right by their names in the SDK's modules, which
    a test holds to be so; whoever wants to read those words leaves out the call of this function.

    When the engine refuses or is interrupted it asks the program to end, and kills it after five seconds:
    Python would first wait for threads that wait for the engine. The program ends when it is asked to; it
    holds nothing that the engine does not have.
    """
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    names: Any = stack
    names.asyncio = SimpleNamespace(**{**vars(asyncio), "wait": _for_all_or_the_first_that_fails})
    says: Any = log
    says.debug = _unsaid


async def _for_all_or_the_first_that_fails(
    tasks: Collection[Task], return_when: str
) -> tuple[set[Task], set[Task]]:
    """What the SDK asks of `asyncio.wait`; an output that succeeds tells it nothing but to wait again."""
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)


def _unsaid(*_: object, **__: object) -> None:
    """What the SDK would say to whoever debugs it."""

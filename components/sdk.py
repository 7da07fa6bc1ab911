"""Two habits of Pulumi's SDK that took more of a preview's time than all that a program declares."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from pulumi.runtime import stack

Task = asyncio.Task[Any]


def hasten() -> None:
    """Let this process, which lives for one run of the program, wait for its outputs at once, unswept.

    At its end the SDK waits for the first of some two thousand outputs, then for the first of all others, and
    so on: it asks half a million times to be told. And Python looks through the SDK's classes for garbage
    again and again, where next to nothing is ever let go. The wait is put right by its name in the SDK's
    module, which a test holds to be so.
    """
    gc.disable()
    names: Any = stack
    names.asyncio = SimpleNamespace(**{**vars(asyncio), "wait": _for_all_or_the_first_that_fails})


async def _for_all_or_the_first_that_fails(
    tasks: Collection[Task], return_when: str
) -> tuple[set[Task], set[Task]]:
    """What the SDK asks of `asyncio.wait`; an output that succeeds tells it nothing but to wait again."""
    return await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)

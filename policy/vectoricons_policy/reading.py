"""What the engine sends is read once, and not once for each policy.

pulumi_policy turns a resource's message into Python anew for every policy that it asks: with ninety of them
that is most of the pack's time. The three functions by which it reads are given a memory here; they are
called by their names in its module, which a test holds to be so.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from google.protobuf import json_format  # type: ignore[import-untyped]  # protobuf ships no types
from pulumi_policy import policy as sdk
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

MOST = 5_000  # things remembered, some times the resources of a large stack


class Memory:
    """A function of one thing, called once for each thing that is still at hand."""

    def __init__(self, read: Callable[..., Any]) -> None:
        self._read = read
        self._made: dict[int, tuple[object, Any]] = {}

    def __call__(self, thing: object, *more: object) -> Any:
        """What the function makes of *thing*; asked for *more*, as remediation does, it is always called."""
        if more:
            return self._read(thing, *more)
        known = self._made.get(id(thing))
        if known is not None and known[0] is thing:
            return known[1]
        made = self._read(thing)
        if len(self._made) >= MOST:
            self._made.clear()
        self._made[id(thing)] = (thing, made)  # the thing too: while it is kept, its id is no other's
        return made


def once() -> None:
    """Let pulumi_policy read each message once, in this process."""
    names: Any = sdk
    names.json_format = SimpleNamespace(MessageToDict=Memory(json_format.MessageToDict))
    names.deserialize_properties = Memory(deserialize_properties)
    names.unknown_checking_proxy = Memory(unknown_checking_proxy)

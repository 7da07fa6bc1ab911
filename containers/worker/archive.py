"""A contributor's ZIP, read as if it were hostile.

The standard library parses the format; every promise of safety is kept here, because its own checks differ
from one Python release to the next: entries must not overlap, what really comes out is counted, and a name is
only ever a label.
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Self

from vectoricons.common.reason import Reason
from vectoricons.uploads import limits
from vectoricons.uploads.reasons import Cause, Refused

MANIFEST = "manifest.json"
MAX_DIRECTORY_BYTES = (
    4 * limits.MEGABYTE
)  # some 20,000 entries: a folder of 2,000 files packed by macOS has 4,000
JUNK_FILES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
JUNK_FOLDERS = frozenset({"__macosx"})
ARCHIVES = frozenset({".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".rar", ".jar", ".svgz"})
ARCHIVE_SIGNATURES = (
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"BZh",
    b"\xfd7zXZ\x00",
)
LOCAL_HEADER = 30  # bytes before the name; the lengths of name and extra field are its last four
ENCRYPTED = 0x1
UTF8_NAME = 0x800


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that may become an item. *number* counts the files of the archive from 1, junk left out."""

    number: int
    name: str
    info: zipfile.ZipInfo


@dataclass(frozen=True, slots=True)
class RejectedEntry:
    """A file that was turned away, and why."""

    number: int
    name: str
    reason: Reason


class Archive:
    """The survey of an open ZIP: which files to read, which were turned away, and the manifest if any.

    Sizes are the archive's own claims until ``read`` has counted.
    """

    def __init__(self, source: zipfile.ZipFile) -> None:
        self._source = source
        self.entries: list[Entry] = []
        self.rejected: list[RejectedEntry] = []
        self.manifest: bytes | None = None
        self._inflated = 0
        _refuse_overlaps(source)
        self._survey([info for info in source.infolist() if not info.is_dir() and not _is_junk(info)])

    def read(self, entry: Entry) -> bytes:
        """The bytes of *entry*, at most 2 MB; raises ``Refused`` for this file alone."""
        data = self._inflate(entry.info)
        if not data.strip():
            raise Refused(Cause.FILE_EMPTY)
        if data.startswith(ARCHIVE_SIGNATURES):
            raise Refused(Cause.NESTED_ARCHIVE)
        return data

    def _survey(self, infos: list[zipfile.ZipInfo]) -> None:
        manifest = _manifest_among(infos)
        files = [info for info in infos if info is not manifest]
        if not files:
            raise Refused(Cause.ZIP_EMPTY)
        if len(files) > limits.MAX_FILES:
            raise Refused(
                Cause.TOO_MANY_FILES, f"holds {len(files):,} files; {limits.MAX_FILES:,} are the most"
            )
        seen: set[str] = set()
        for number, info in enumerate(files, start=1):
            label = _label(info)
            try:
                name = _checked_name(info)
                _check_kind(info, name)
                if (twin := unicodedata.normalize("NFC", name.casefold())) in seen:
                    raise Refused(Cause.DUPLICATE_NAME)
                seen.add(twin)
            except Refused as refusal:
                self.rejected.append(RejectedEntry(number, label, refusal.reason))
            else:
                self.entries.append(Entry(number, name, info))
        if sum(entry.info.file_size for entry in self.entries) > limits.MAX_INFLATED_BYTES:
            raise Refused(Cause.INFLATES_TOO_FAR)
        if manifest is not None:
            self.manifest = self._read_manifest(manifest)

    def _read_manifest(self, info: zipfile.ZipInfo) -> bytes:
        try:
            _check_kind(info, MANIFEST)
            return self._inflate(info)
        except Refused as refusal:
            raise Refused(refusal.cause, f"{MANIFEST}: {refusal.cause.title}") from refusal

    def _inflate(self, info: zipfile.ZipInfo) -> bytes:
        """What *info* unpacks to, never more than 2 MB in memory whatever its header claims."""
        try:
            with self._source.open(info) as stream:
                data = stream.read(limits.MAX_FILE_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
            raise Refused(Cause.FILE_DAMAGED) from error
        if len(data) > limits.MAX_FILE_BYTES:
            raise Refused(Cause.FILE_TOO_LARGE)
        _check_ratio(len(data), info.compress_size)
        self._inflated += len(data)
        if self._inflated > limits.MAX_INFLATED_BYTES:
            raise Refused(Cause.INFLATES_TOO_FAR)
        return data


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive at *path*, surveyed; raises ``Refused`` when it cannot be taken as a whole."""
    if path.stat().st_size > limits.MAX_ARCHIVE_BYTES:
        raise Refused(Cause.ZIP_TOO_LARGE)
    with _ShortReads.over(path) as file:
        try:
            source = zipfile.ZipFile(file)
        except UnicodeDecodeError as error:
            raise Refused(Cause.NAMES_BROKEN) from error
        except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
            raise Refused(Cause.NOT_A_ZIP) from error
        with source:
            yield Archive(source)


class _ShortReads(io.BufferedReader):
    """A file that gives no long reads: ``zipfile`` loads directories whole."""

    @classmethod
    def over(cls, path: Path) -> Self:
        return cls(io.FileIO(path))

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise Refused(Cause.TOO_MANY_FILES)
        return super().read(size)


def _refuse_overlaps(source: zipfile.ZipFile) -> None:
    """Entries that share bytes let kilobytes unpack to gigabytes: tell them by their offsets."""
    end = 0
    for info in sorted(source.infolist(), key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise Refused(Cause.OVERLAPPING_ENTRIES)
        end = info.header_offset + _length(source, info)
    if end > source.start_dir:
        raise Refused(Cause.OVERLAPPING_ENTRIES)


def _length(source: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Bytes from the entry's local header to the end of its data."""
    file = source.fp
    if file is None:  # pragma: no cover - a ZipFile that is open has its file
        raise Refused(Cause.NOT_A_ZIP)
    file.seek(info.header_offset)
    header = file.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise Refused(Cause.NOT_A_ZIP)
    name_and_extra = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return LOCAL_HEADER + name_and_extra + info.compress_size


def _label(info: zipfile.ZipInfo) -> str:
    """The entry's name as it may be shown and stored: no control characters, a bounded length."""
    printable = "".join(char if char.isprintable() else "\ufffd" for char in info.orig_filename)
    return printable[: limits.MAX_NAME_LENGTH]


def _checked_name(info: zipfile.ZipInfo) -> str:
    """The entry's name in NFC; raises ``Refused`` for one that could be taken for a way out."""
    name = unicodedata.normalize("NFC", _decoded_name(info))
    if len(name) > limits.MAX_NAME_LENGTH:
        raise Refused(Cause.NAME_TOO_LONG)
    path = PurePosixPath(name)
    escapes = path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":"
    if escapes or not name.isprintable():
        raise Refused(Cause.UNSAFE_NAME)
    return str(path)


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Many packers write UTF-8 without saying so, and ``zipfile`` then reads the bytes as code page 437."""
    if info.flag_bits & UTF8_NAME:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError as error:
        raise Refused(Cause.NAME_NOT_UTF8) from error


def _check_kind(info: zipfile.ZipInfo, name: str) -> None:
    """Raise ``Refused`` for what is not a plain, modest, readable file of a kind we take."""
    if info.flag_bits & ENCRYPTED:
        raise Refused(Cause.ENCRYPTED)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise Refused(Cause.SYMLINK)
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ARCHIVES:
        raise Refused(Cause.NESTED_ARCHIVE)
    if suffix != ".svg" and name != MANIFEST:
        raise Refused(Cause.NOT_AN_SVG_FILE)
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(
            Cause.COMPRESSION_UNKNOWN
        )  # the other decompressors give no way to bound what they return
    _check_ratio(info.file_size, info.compress_size)
    if info.file_size > limits.MAX_FILE_BYTES:
        raise Refused(Cause.FILE_TOO_LARGE)


def _check_ratio(inflated: int, packed: int) -> None:
    if inflated > limits.RATIO_FREE_BYTES and inflated > packed * limits.MAX_RATIO:
        raise Refused(Cause.COMPRESSION_BOMB)


def _is_junk(info: zipfile.ZipInfo) -> bool:
    """What operating systems leave in archives: not the contributor's doing, so not held against them."""
    *folders, file = info.orig_filename.casefold().split("/")
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in (*folders, file))
    return hidden or file in JUNK_FILES or not JUNK_FOLDERS.isdisjoint(folders)


def _manifest_among(infos: list[zipfile.ZipInfo]) -> zipfile.ZipInfo | None:
    """``manifest.json`` at the top of the ZIP, or at the top of the one folder that holds everything."""
    by_name = {info.orig_filename: info for info in infos}
    tops = {info.orig_filename.split("/", 1)[0] for info in infos}
    return by_name.get(MANIFEST) or (by_name.get(f"{tops.pop()}/{MANIFEST}") if len(tops) == 1 else None)

"""A folder as a storage: metadata are extended attributes, writes appear whole."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from containers.converter.reasons import CannotRun, Cause, Failed
from containers.converter.results import Found
from containers.converter.storage import Metadata, Object

PAGE = 1000
PART = ".part"  # of a file that is being written: a killed process leaves one, and its successor replaces it
_ATTRIBUTE = "user.vectoricons."
_NOT_UTF8 = "name-not-utf8"  # in place of a version: such a name is no key, so the file cannot be asked for


class Folder:
    """The files below *root*. Links are not followed: they could lead anywhere.

    On a file system without extended attributes nothing is known of a target but that it is there, so that
    only the checkpoint tells what is done.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.url = str(root)

    def is_empty(self) -> bool:
        """Whether nothing is there; the folder is made if it is missing."""
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            return next(self._walk(self._root, ""), None) is None
        except OSError as error:
            raise CannotRun(f"{self._root} is no folder to write to: {error.strerror}.") from error

    def pages(self, prefix: str) -> Iterator[Sequence[Found]]:
        """As the directories come: the order is the file system's."""
        if not self._root.is_dir():
            raise CannotRun(f"{self._root}: there is no such folder. Check the source in the configuration.")
        page: list[Found] = []
        for found in self._walk(self._root / prefix.rpartition("/")[0], prefix):
            page.append(found)
            if len(page) == PAGE:
                yield page
                page = []
        if page:
            yield page

    def find(self, key: str) -> Found | None:
        """The file, or ``None``."""
        try:
            status = self._path(key).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return _found(key, status) if stat.S_ISREG(status.st_mode) else None

    def read(self, found: Found) -> bytes:
        """The contents, if size and time are still those that were listed."""
        if found.version == _NOT_UTF8:
            raise Failed(Cause.NAME_NOT_UTF8)
        try:
            descriptor = os.open(self._path(found.key), os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read()
                status = os.fstat(descriptor)
        except FileNotFoundError as error:
            raise Failed(Cause.MISSING) from error
        except PermissionError as error:
            raise Failed(Cause.UNREADABLE) from error
        except OSError as error:
            raise Failed(Cause.NOT_ANSWERING, f"could not be read: {error.strerror}") from error
        if _found(found.key, status) != found:
            raise Failed(Cause.CHANGED)
        return data

    def metadata(self, key: str) -> Metadata | None:
        """The extended attributes that are ours."""
        path = self._path(key)
        try:
            names = [name for name in os.listxattr(path) if name.startswith(_ATTRIBUTE)]
            return {name.removeprefix(_ATTRIBUTE): os.getxattr(path, name).decode() for name in names}
        except FileNotFoundError:
            return None
        except OSError:  # a file system that keeps no attributes
            return {}

    def write(self, stored: Object) -> None:
        """Beside its place first, then renamed into it."""
        path = self._path(stored.key)
        part = path.with_name(f".{path.name}{PART}")
        try:
            try:
                part.write_bytes(stored.data)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(stored.data)
            _keep(part, stored.metadata)
            part.replace(path)
        except PermissionError as error:
            raise Failed(Cause.UNWRITABLE) from error
        except OSError as error:
            said = f"was converted, but {self._root} does not take its images: {error.strerror}"
            raise Failed(Cause.NOT_ANSWERING, said) from error

    def _path(self, key: str) -> Path:
        """Where *key* is. Keys also come from buckets and reports, which strangers write."""
        parts = PurePosixPath(key)
        if parts.is_absolute() or ".." in parts.parts or "\0" in key:
            raise Failed(Cause.LEADS_OUT)
        return self._root / parts

    def _walk(self, folder: Path, prefix: str) -> Iterator[Found]:
        try:
            entries = os.scandir(folder)
        except FileNotFoundError:
            return
        except PermissionError as error:
            raise CannotRun(f"{folder} may not be listed. Give this user the right to read it.") from error
        with entries:
            for entry in entries:
                key = os.path.relpath(entry.path, self._root)
                if not _is_utf8(key):
                    yield Found(os.fsencode(key).decode(errors="backslashreplace"), 0, _NOT_UTF8)
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if f"{key}/".startswith(prefix) or prefix.startswith(f"{key}/"):
                        yield from self._walk(Path(entry.path), prefix)
                elif entry.is_file(follow_symlinks=False) and _is_wanted(entry.name, key, prefix):
                    try:
                        yield _found(key, entry.stat(follow_symlinks=False))
                    except FileNotFoundError:
                        continue  # deleted since the directory was read


def _is_utf8(key: str) -> bool:
    """Whether the bytes of the name were UTF-8; Python keeps others as lone surrogates."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_wanted(name: str, key: str, prefix: str) -> bool:
    return key.startswith(prefix) and not name.endswith(PART)


def _found(key: str, status: os.stat_result) -> Found:
    return Found(key, status.st_size, f"{status.st_size}-{status.st_mtime_ns}")


def _keep(path: Path, metadata: Metadata) -> None:
    try:
        for name, value in metadata.items():
            os.setxattr(path, _ATTRIBUTE + name, value.encode())
    except OSError:  # a file system that keeps no attributes
        return

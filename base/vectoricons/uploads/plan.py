"""What an upload is to become: its family, sets and items, by the manifest or by folders and file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePosixPath

from vectoricons.common.reason import Reason
from vectoricons.uploads.manifest import Manifest
from vectoricons.uploads.reasons import Cause

MAX_NAME = 255


@dataclass(frozen=True, slots=True)
class File:
    """A file of the ZIP: its number there and its checked name."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class RejectedFile:
    """A file that becomes no item, and why."""

    number: int
    name: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class PlannedFamily:
    """The family to find or make. *price* in US dollars; ``None`` is neither free nor for sale as a whole.

    Without a *license* it is free unless a price stands somewhere.
    """

    name: str
    license: str | None = None
    description: str | None = None
    price: Decimal | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSet:
    """A set to find or make within the family."""

    name: str
    product_type: str = "icon"
    style: str | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """A file that becomes an icon or illustration of ``plan.sets[set_index]``."""

    file: File
    set_index: int
    name: str
    tags: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """The whole of it. Every file given stands either in *items* or in *rejected*."""

    family: PlannedFamily
    sets: list[PlannedSet] = field(default_factory=list)
    items: list[PlannedItem] = field(default_factory=list)
    rejected: list[RejectedFile] = field(default_factory=list)
    _titles: set[tuple[int, str]] = field(default_factory=set)

    @property
    def has_price(self) -> bool:
        """Whether anything of it is for sale."""
        return any([self.family.price, *(set_.price for set_ in self.sets)])

    def add(self, file: File, set_index: int, name: str, tags: Iterable[str]) -> None:
        """Take *file* in, unless its set has an item of that name already."""
        title = (set_index, _twin(name))
        if title in self._titles:
            detail = f"would have the title “{name}” that another file of its set has"
            self.reject(file, Reason.of(Cause.DUPLICATE_ITEM, detail))
            return
        self._titles.add(title)
        self.items.append(PlannedItem(file, set_index, name, tuple(dict.fromkeys(tags))))

    def drop(self, item: PlannedItem, reason: Reason) -> None:
        """Say why *item* is to be none after all."""
        self.items.remove(item)
        self.reject(item.file, reason)

    def reject(self, file: File, reason: Reason) -> None:
        """Say why *file* becomes no item."""
        self.rejected.append(RejectedFile(file.number, file.name, reason))


def of_folders(archive_name: str, files: Sequence[File]) -> Plan:
    """A family named after the ZIP, a set for each folder, items and tags from the file names."""
    family = PlannedFamily(name=_words(PurePosixPath(archive_name).stem).title() or "Untitled")
    plan = Plan(family)
    set_indexes: dict[str, int] = {}
    root = common_folder(files)
    for file in files:
        path = PurePosixPath(file.name[len(root) :])
        folder = _words(" ".join(path.parent.parts)).title() or family.name
        if folder not in set_indexes:
            set_indexes[folder] = len(plan.sets)
            plan.sets.append(PlannedSet(folder[:MAX_NAME]))
        name = _words(path.stem) or path.stem
        plan.add(file, set_indexes[folder], name, _tags(name))
    return plan


def of_manifest(manifest: Manifest, files: Sequence[File], last_number: int) -> Plan:
    """The plan that *manifest* states.

    Files that it leaves out are rejected, and so are those it names in vain; these get the numbers after
    *last_number*, the highest of the ZIP.
    """
    stated = manifest.family
    plan = Plan(
        PlannedFamily(
            name=stated.name,
            license=stated.license,
            description=stated.description,
            price=stated.price,
            categories=stated.categories,
        )
    )
    root = common_folder(files)
    present = {_twin(name): file for file in files for name in (file.name, file.name[len(root) :])}
    used: set[int] = set()
    for set_index, set_ in enumerate(manifest.sets):
        plan.sets.append(PlannedSet(set_.name, set_.product_type, set_.style, set_.price))
        for item in set_.items:
            file = present.get(_twin(item.file))
            if file is None:
                last_number += 1
                plan.reject(File(last_number, item.file), Reason.of(Cause.NOT_IN_ZIP))
                continue
            used.add(file.number)
            name = item.name or _words(PurePosixPath(item.file).stem) or item.file
            plan.add(file, set_index, name, item.tags or _tags(name))
    for file in files:
        if file.number not in used:
            plan.reject(file, Reason.of(Cause.NOT_IN_MANIFEST))
    return plan


def common_folder(files: Sequence[File]) -> str:
    """``"pack/"`` when all *files* lie in the one top folder *pack*, else ``""``.

    People pack the folder as often as what is in it.
    """
    tops = {PurePosixPath(file.name).parts[0] for file in files}
    depths = {len(PurePosixPath(file.name).parts) for file in files}
    return f"{tops.pop()}/" if len(tops) == 1 and min(depths) > 1 else ""


def _twin(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _words(stem: str) -> str:
    """``arrow-left_2`` as ``arrow left 2``."""
    return " ".join(re.split(r"[\s_.+-]+", stem)).strip()[:MAX_NAME]


def _tags(name: str) -> list[str]:
    """The words of *name* that somebody could search for."""
    return [word[:64] for word in name.casefold().split() if len(word) > 1 and not word.isdigit()]

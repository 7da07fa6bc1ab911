"""Relation graphs: dotted names of relations, loaded with one query each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import class_mapper, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from vectoricons.common.row import Table


def loading(row: type[Table], paths: Iterable[str]) -> list[ORMOption]:
    """Loader options for *paths*, e.g. ``("set.family", "tags")``."""
    return [_path(row, path.split(".")) for path in paths]


def _path(row: type[Table], names: list[str]) -> ORMOption:
    option: Any = None
    owner: Any = row
    for name in names:
        relation = getattr(owner, name)
        option = selectinload(relation) if option is None else option.selectinload(relation)
        owner = class_mapper(owner).relationships[name].mapper.class_
    loader: ORMOption = option
    return loader

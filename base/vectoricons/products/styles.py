"""Styles: how a set is drawn (outline, flat, ...)."""

from __future__ import annotations

from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService


class StyleRow(LookupRow):
    __tablename__ = "styles"


class Style(Lookup):
    """How something is drawn."""


class StyleRepository(LookupRepository[StyleRow, Style]):
    """Styles."""


class StyleService(LookupService[Style]):
    """Styles."""

    repository: StyleRepository

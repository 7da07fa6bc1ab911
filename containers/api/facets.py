"""What stands beside search results: what to narrow them by, what narrows them now, what to call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from containers.api.queries import SearchQuery
from containers.api.templating import here

GROUPS = {"type": "Type", "price": "Price", "style": "Style", "license": "Licence", "tag": "Tags"}
WORDS = {
    "icon": "Icons",
    "illustration": "Illustrations",
    "free": "Free",
    "premium": "Premium",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that adds a filter to the page, or takes it away when it is chosen. No count: not counted."""

    label: str
    href: str
    chosen: bool
    count: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind."""

    label: str
    options: list[Choice]


def groups(facets: dict[str, Any], query: SearchQuery) -> list[Group]:
    """The choices the results leave, by kind; kinds that would not narrow anything stay away."""
    more = "+" if facets["isCapped"] else ""
    return [
        Group(label, [_choice(name, option, query, more) for option in facets[name]])
        for name, label in GROUPS.items()
        if len(facets[name]) > 1 or getattr(query, name)
    ]


def chosen(query: SearchQuery) -> list[Choice]:
    """What the results are narrowed by, each as a link that takes it away."""
    given = {name: value for name, value in query.narrowed().items() if name != "q"}
    return [
        Choice(_said(name, value), here(**{name: None, "cursor": None}), chosen=True)
        for name, value in given.items()
    ]


def heading(query: SearchQuery) -> str:
    """What the results are, as a title."""
    if query.q:
        return f"“{query.q}”"
    things = WORDS[query.type] if query.type else "Icons and illustrations"
    return f"{things}: {query.tag.replace(',', ', ')}" if query.tag else things


def summary(facets: dict[str, Any]) -> str:
    """How many hits there are, in words."""
    total, more = facets["total"], "+" if facets["isCapped"] else ""
    return f"{total:,}{more} {'result' if total == 1 else 'results'}"


def _choice(name: str, option: dict[str, Any], query: SearchQuery, more: str) -> Choice:
    value = option["value"]
    is_chosen = value in (getattr(query, name) or "").split(",")
    return Choice(
        option["label"],
        here(**{name: _toggled(name, value, query, is_chosen), "cursor": None}),
        is_chosen,
        f"{option['count']:,}{more}",
    )


def _toggled(name: str, value: str, query: SearchQuery, is_chosen: bool) -> str | None:
    """The parameter after a click: tags add up, the others replace one another."""
    tags = (query.tag or "").split(",") if name == "tag" else []
    others = [word for word in tags if word and word != value]
    return ",".join([*others, *([] if is_chosen else [value])]) or None


def _said(name: str, value: str) -> str:
    match name:
        case "tag":
            return value.replace(",", ", ")
        case "family" | "set":
            return f"One {name}"
        case _:
            return WORDS.get(value, value.capitalize())

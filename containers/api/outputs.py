"""What the API answers, as its OpenAPI document says. Postgres builds most; tests hold the two equal."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Output(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=True)


class Problem(BaseModel):
    """An error, as RFC 9457 has it. ``code`` is stable; ``detail`` is a sentence; ``errors`` go by field."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    errors: list[dict[str, str]] | None = None


class Neighbours(Output):
    """Cursors of the pages around this one."""

    next: str | None
    prev: str | None


class Page(Output, Generic[T]):
    """A page of a list."""

    items: list[T]
    page: Neighbours


class Reference(Output):
    """Something that has a page of its own."""

    id: str
    name: str
    slug: str


class Person(Output):
    """A contributor."""

    username: str
    display_name: str


class ContributorProfile(Person):
    """A contributor with how much of theirs is on sale, and since when."""

    image: str | None
    families: int
    sets: int
    icons: int
    illustrations: int
    likes: int
    since: datetime


class Totals(Output):
    """How much there is on sale."""

    icons: int
    illustrations: int
    families: int
    sets: int


class Pictures(Output):
    """One picture in its formats, as addresses."""

    png: str | None = None
    webp: str | None = None


class Priced(Reference):
    """Something for sale, or free at 0.00 US dollars."""

    price: str
    is_premium: bool
    likes: int
    contributor: Person
    created_at: datetime


class Card(Priced):
    """An icon or illustration in a list."""

    type: Literal["icon", "illustration"]
    family: Reference
    thumbnail: Pictures | None


class FamilyCard(Priced):
    """A family in a list."""

    item_count: int
    set_count: int
    preview: Pictures | None


class SetCard(Priced):
    """A set of icons or illustrations."""

    type: str
    style: str | None
    item_count: int
    family: Reference


class ItemStyle(Output):
    """How something is drawn."""

    value: str
    label: str


class ItemLicense(Output):
    """What one may do with it."""

    value: str
    name: str
    type: Literal["free", "premium"]
    spdx: str | None
    url: str | None


class Rendition(Output):
    """A file that may be taken as it is; its size in pixels."""

    format: Literal["png", "webp"]
    size: int
    url: str


class ItemCategory(Output):
    """A shelf of the catalogue."""

    id: int
    name: str


class Kept(Output):
    """What a card does not show. The public sees what is active and not deleted."""

    categories: list[ItemCategory]
    is_active: bool
    is_deleted: bool
    updated_at: datetime


class Item(Card, Kept):
    """An icon or illustration with all there is to say."""

    width: float | None
    height: float | None
    colors: list[str]
    tags: list[str]
    set: Reference
    style: ItemStyle | None
    license: ItemLicense
    preview: Pictures | None
    downloads: list[Rendition]
    has_svg: bool


class SetDetail(SetCard, Kept):
    """A set with all there is to say."""

    description: str | None
    license: ItemLicense
    sort: int


class FamilyDetail(FamilyCard, Kept):
    """A family with its sets."""

    description: str | None
    license: ItemLicense
    icon_count: int
    illustration_count: int
    sets: list[SetCard]


class FacetOption(Output):
    """One value to narrow a search by, and how many hits would be left."""

    value: str
    label: str
    count: int


class Facets(Output):
    """What a search can be narrowed by. When ``isCapped``, the counts are floors."""

    total: int
    is_capped: bool
    type: list[FacetOption]
    price: list[FacetOption]
    style: list[FacetOption]
    license: list[FacetOption]
    tag: list[FacetOption]


class Results(Page[Card]):
    """Hits of a search. When there are none, ``meant`` is what may have been meant."""

    facets: Facets
    meant: str | None = None


class Cards(Output):
    """A list that has no pages."""

    items: list[Card]


class Suggestion(Output):
    """Something to search for: a word and how many items have it, or a family."""

    type: Literal["tag", "family"]
    text: str
    id: str | None
    count: int | None


class Suggestions(Output):
    """What to search for, the likeliest first."""

    items: list[Suggestion]

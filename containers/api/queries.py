"""What may be asked of the API: the inputs of its operations, each field described for people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from containers.api.wiring import wired
from vectoricons.common.keyset import DEFAULT_LIMIT, LARGEST_LIMIT, Ask
from vectoricons.products.catalogue import Order
from vectoricons.products.catalogue_search import Sort
from vectoricons.products.catalogue_similar import SIMILAR
from vectoricons.products.catalogue_suggestions import SUGGESTED
from vectoricons.utils import Input, Line, PublicId, Word, Words

Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""It is digested and shown nowhere, so it may hold anything."""


class Paging(Input):
    """Which page of a list."""

    limit: int = Field(
        DEFAULT_LIMIT,
        ge=1,
        description=f"It is how many to a page: 1 to {LARGEST_LIMIT}, more is taken as {LARGEST_LIMIT}.",
    )
    cursor: str | None = Field(
        None, max_length=1000, description="It is page.next or page.prev of another page of the same list."
    )

    def narrowed(self) -> dict[str, str]:
        """The filters that were given, by name."""
        given: dict[str, Any] = self.model_dump(
            exclude={"limit", "cursor", "sort", "tag_mode"}, exclude_none=True, by_alias=False
        )
        return given

    def filters(self) -> dict[str, str]:
        """The filters that were given, as the catalogue takes them."""
        return self.narrowed()

    def asked(self, sort: str, **more: Any) -> Ask:
        """The page this asks for of the list or order *sort*, narrowed by *more*. Raises InvalidCursor."""
        filters = {**self.filters(), **more}
        return Ask.following(
            self.cursor, key=wired().settings.keys, sort_by=sort, limit=self.limit, filters=filters
        )


class Ordered(Paging):
    """A list that has an order."""

    sort: Order = Field(Order.NEWEST, description='It is "newest", "oldest" or "bestseller".')


class Filters(Paging):
    """What narrows every list of things for sale."""

    q: Word | None = Field(None, description="It is the words to look for; the last may be the start of one.")
    contributor: Word | None = Field(None, description="It is the user name of who made them.")
    price: Literal["free", "premium"] | None = Field(None, description='It is "free" or "premium".')
    license: Word | None = Field(None, description='It is a licence, such as "mit".')
    category: Line | None = Field(None, description="It is the name of a category.")


class ItemFilters(Filters):
    """What narrows lists and searches of icons and illustrations."""

    family: PublicId | None = Field(None, description="It is the id of a family: 12 letters and digits.")
    set: PublicId | None = Field(None, description="It is the id of a set: 12 letters and digits.")
    style: Word | None = Field(None, description='It is a style, such as "outline".')
    tag: Words | None = Field(None, description="It is one tag, or several with commas.")
    tag_mode: Literal["any", "all"] = Field(
        "any", description='Of several tags it is "any", items that have one of them, or "all".'
    )

    def filters(self) -> dict[str, str]:
        """The filters that were given; tags that must all be there are another filter than any of them."""
        given = self.narrowed()
        if self.tag_mode == "all" and "tag" in given:
            given["all_tags"] = given.pop("tag")
        return given


class Viewed(Ordered):
    """What of a list is wanted: what the public sees, what is the caller's own, or all."""

    view: Literal["public", "own", "all"] = Field(
        "public",
        description='It is "public", what everybody sees; "own", what is yours, with what is switched off or '
        'deleted; or "all", which administrators see.',
    )
    is_active: bool | None = Field(None, description="It is true or false, for what you see as no guest.")
    is_deleted: bool | None = Field(None, description="It is true or false, for what you see as no guest.")
    team: int | None = Field(
        None, ge=1, lt=2**63, description="It is the id of a team of yours: its members' work."
    )

    @property
    def is_public(self) -> bool:
        """Whether it is the same for everybody."""
        return self.view == "public" and self.team is None

    def filters(self) -> dict[str, Any]:
        """The filters that were given; the view is not one of them."""
        return {name: value for name, value in super().filters().items() if name != "view"}


class FamilyQuery(Filters, Ordered):
    """A list of families."""


class SetQuery(FamilyQuery):
    """A list of sets."""

    family: PublicId | None = Field(None, description="It is the id of a family: 12 letters and digits.")
    style: Word | None = Field(None, description='It is a style, such as "outline".')
    type: Literal["icon", "illustration"] | None = Field(None, description='It is "icon" or "illustration".')


class ItemQuery(ItemFilters, Ordered):
    """A list of icons or illustrations."""


class FamilyList(Viewed, FamilyQuery):
    """A list of families, and of which."""


class SetList(Viewed, SetQuery):
    """A list of sets, and of which."""


class ItemList(Viewed, ItemQuery):
    """A list of icons or illustrations, and of which."""


class SearchQuery(ItemFilters):
    """A search over icons and illustrations."""

    type: Literal["icon", "illustration"] | None = Field(None, description='It is "icon" or "illustration".')
    sort: Sort | None = Field(
        None,
        description='It is "relevance", "newest" or "bestseller"; without it relevance, if there are words.',
    )

    @property
    def order(self) -> Sort:
        """The order of the hits: relevance means nothing without words."""
        if self.q is None and self.sort in {None, Sort.RELEVANCE}:
            return Sort.NEWEST
        return self.sort or Sort.RELEVANCE


class Beginning(Input):
    """What somebody has typed so far."""

    q: Word = Field(description="It is the beginning of a word, or of several.")
    limit: int = Field(SUGGESTED, ge=1, le=20, description="It is how many words are suggested: 1 to 20.")


class Several(Input):
    """How many things are wanted of a list that has no pages."""

    limit: int = Field(SIMILAR, ge=1, le=50, description="It is how many are wanted: 1 to 50.")


class Credentials(Input):
    """Who signs in."""

    email: Line = Field(description="It is the e-mail address of your account.")
    password: Password = Field(description="It is the password of your account.")


class NewUpload(Input):
    """The ZIP that will be sent."""

    filename: Line = Field(description='It is the name of the ZIP, such as "weather icons.zip".')
    size_bytes: int | None = Field(None, ge=1, description="It is the size of the ZIP in bytes.")

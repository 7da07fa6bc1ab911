"""What may be asked of the API: the inputs of its operations, each field described for people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from containers.api.inputs import Input
from containers.api.wiring import wired
from vectoricons.common.keyset import DEFAULT_LIMIT, LARGEST_LIMIT, Ask
from vectoricons.products.catalogue_search import Sort

PublicId = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{12}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _no_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL character")
    return text


def _separate(words: str) -> str:
    return ",".join(sorted({word.strip().lower() for word in words.split(",") if word.strip()}))


Line = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_no_nul)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_separate)]


class Paging(Input):
    """Which page of a list."""

    limit: int = Field(
        DEFAULT_LIMIT,
        description=f"It is how many to a page: 1 to {LARGEST_LIMIT}, more is taken as {LARGEST_LIMIT}.",
    )
    cursor: str | None = Field(
        None, max_length=1000, description="It is page.next or page.prev of another page of the same list."
    )

    def narrowed(self) -> dict[str, str]:
        """The filters that were given, by name."""
        given: dict[str, Any] = self.model_dump(
            exclude={"limit", "cursor", "sort"}, exclude_none=True, by_alias=False
        )
        return given

    def asked(self, sort: str, **more: Any) -> Ask:
        """The page this asks for of the list or order *sort*, narrowed by *more*. Raises InvalidCursor."""
        filters = {**self.narrowed(), **more}
        return Ask.following(
            self.cursor, key=wired().settings.keys, sort_by=sort, limit=self.limit, filters=filters
        )


class FamilyQuery(Paging):
    """A list of families."""

    contributor: Word | None = Field(None, description="It is the user name of who made them.")
    price: Literal["free", "premium"] | None = Field(None, description='It is "free" or "premium".')


class SetQuery(FamilyQuery):
    """A list of sets."""

    family: PublicId | None = Field(None, description="It is the id of a family: 12 letters and digits.")
    style: Word | None = Field(None, description='It is a style, such as "outline".')
    type: Literal["icon", "illustration"] | None = Field(None, description='It is "icon" or "illustration".')


class ItemQuery(FamilyQuery):
    """A list of icons or illustrations."""

    family: PublicId | None = Field(None, description="It is the id of a family: 12 letters and digits.")
    set: PublicId | None = Field(None, description="It is the id of a set: 12 letters and digits.")
    style: Word | None = Field(None, description='It is a style, such as "outline".')
    tag: Words | None = Field(None, description="It is one tag, or several with commas: items that have all.")


class SearchQuery(ItemQuery):
    """A search over icons and illustrations."""

    q: Word | None = Field(None, description="It is the words to look for; the last may be the start of one.")
    type: Literal["icon", "illustration"] | None = Field(None, description='It is "icon" or "illustration".')
    sort: Sort | None = Field(
        None, description='It is "relevance" or "newest"; without it, relevance where there are words.'
    )

    @property
    def order(self) -> Sort:
        """The order of the hits: relevance means nothing without words."""
        if self.q is None:
            return Sort.NEWEST
        return self.sort or Sort.RELEVANCE


class Credentials(Input):
    """Who signs in."""

    email: Line = Field(description="It is the e-mail address of your account.")
    password: str = Field(min_length=1, max_length=200, description="It is the password of your account.")


class NewUpload(Input):
    """The ZIP that will be sent."""

    filename: Line = Field(description='It is the name of the ZIP, such as "weather icons.zip".')
    size_bytes: int | None = Field(None, ge=1, description="It is the size of the ZIP in bytes.")

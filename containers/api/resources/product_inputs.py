"""What may be sent of icons, illustrations, sets and families, and the columns it is kept in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from containers.api.resources.resource import given
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.licenses import LicenseService
from vectoricons.products.families import FamilyService
from vectoricons.products.product_types import ProductTypeService
from vectoricons.products.sets import SetService
from vectoricons.products.styles import StyleService
from vectoricons.uploads.manifest import Price
from vectoricons.users import UserService
from vectoricons.utils import Input, Line, PublicId, Text, Word, may_be_left_out, wrong

Tags = Annotated[list[Word], Field(max_length=50)]
Shelves = Annotated[list[Annotated[int, Field(ge=1, lt=2**63)]], Field(max_length=20)]
Sort = Annotated[int, Field(ge=0, le=1_000_000)]

PRICE = "It is dollars, such as 2.00, or 0 for what is free, or null for what is not sold on its own."
ITEM_PRICE = "It is 2.00 for an icon, 5.00 for an illustration, or 0, or null for what is not sold."
LICENSE = 'It is a licence, such as "mit", or just "free" or "premium".'
TAGS = "It is all its tags; those it had and that are not among them are taken away."
CATEGORIES = "It is the ids of all its categories."
ACTIVE = "It is true while everybody may see it."
DELETED = "It is true to put it away, false to bring it back, switched off."


class NewItem(Input):
    """An icon or illustration. Its drawing comes by an upload."""

    name: Line = Field(description="It is its name.")
    set: PublicId = Field(description="It is the id of the set to put it into.")
    price: Price | None = Field(None, description=ITEM_PRICE)
    license: Word = may_be_left_out(LICENSE)
    tags: Tags = may_be_left_out(TAGS)
    categories: Shelves = may_be_left_out(CATEGORIES)


class ItemPatch(Input):
    """What may change of it."""

    name: Line = may_be_left_out("It is its name.")
    set: PublicId = may_be_left_out("It is the id of another set of the same owner and type.")
    price: Price | None = Field(None, description=ITEM_PRICE)
    license: Word = may_be_left_out(LICENSE)
    tags: Tags = may_be_left_out(TAGS)
    categories: Shelves = may_be_left_out(CATEGORIES)
    is_active: bool = may_be_left_out(ACTIVE)
    is_deleted: bool = may_be_left_out(DELETED)


class NewFamily(Input):
    """A family."""

    name: Line = Field(description="It is its name.")
    description: Text | None = Field(None, description="It is what it is, in words.")
    price: Price | None = Field(None, description=PRICE)
    license: Word = may_be_left_out(LICENSE)
    categories: Shelves = may_be_left_out(CATEGORIES)
    user: UUID = may_be_left_out("It is the id of the contributor whose it is; without one, it is yours.")


class NewSet(Input):
    """A set."""

    name: Line = Field(description="It is its name.")
    family: PublicId = Field(description="It is the id of the family to put it into.")
    type: Literal["icon", "illustration"] = Field(description='It is "icon" or "illustration".')
    style: Word = may_be_left_out('It is a style, such as "outline".')
    description: Text | None = Field(None, description="It is what it is, in words.")
    price: Price | None = Field(None, description=PRICE)
    license: Word = may_be_left_out(LICENSE)
    sort: Sort = may_be_left_out("It is its place in the family: the smallest comes first.")
    categories: Shelves = may_be_left_out(CATEGORIES)


class FamilyPatch(Input):
    """What may change of it."""

    name: Line = may_be_left_out("It is its name.")
    description: Text | None = Field(None, description="It is what it is, in words.")
    price: Price | None = Field(None, description=PRICE)
    license: Word = may_be_left_out(LICENSE)
    categories: Shelves = may_be_left_out(CATEGORIES)
    is_active: bool = may_be_left_out(ACTIVE)
    is_deleted: bool = may_be_left_out(DELETED)


class SetPatch(FamilyPatch):
    """What may change of it."""

    sort: Sort = may_be_left_out("It is its place in the family: the smallest comes first.")


Find = Callable[[UnitOfWork, Any], Any]
REFERENCES: Mapping[str, tuple[str, Find]] = {
    "family": ("family_id", lambda work, id: FamilyService(work).get_by_unique_id(id)),
    "license": ("license_id", lambda work, value: LicenseService(work).get_by_value(value)),
    "set": ("set_id", lambda work, id: SetService(work).get_by_unique_id(id)),
    "style": ("style_id", lambda work, value: StyleService(work).get_by_value(value)),
    "type": ("product_type_id", lambda work, value: ProductTypeService(work).get_by_value(value)),
    "user": ("user_id", lambda work, uuid: UserService(work).get_one({"uuid": uuid})),
}


def columns(work: UnitOfWork, sent: Input) -> dict[str, Any]:
    """What was *sent*, by column. Raises InvalidInput, which names the field, for what there is not."""
    found = {}
    for name, value in given(sent).items():
        if name in REFERENCES:
            column, find = REFERENCES[name]
            entity = find(work, value)
            if entity is None:
                raise wrong(name, f'there is no {name} "{value}"')
            found[column] = entity.id
        else:
            found["tag_names" if name == "tags" else name] = value
    return found

"""What the catalogue is sorted and named by, and the lists that administrators keep."""

from __future__ import annotations

from pydantic import Field

from containers.api.callers import Reach
from containers.api.queries import Paging
from containers.api.resources.resource import Resource
from containers.api.resources.wire import Wire
from vectoricons.banned_words import BannedWordService
from vectoricons.common.protection import Protectable
from vectoricons.images.image_types import ImageTypeService
from vectoricons.licenses import LicenseService, LicenseType
from vectoricons.options import OptionService
from vectoricons.products.categories import CategoryService
from vectoricons.products.product_types import ProductTypeService
from vectoricons.products.styles import StyleService
from vectoricons.products.tags import TagService
from vectoricons.protected_entities import ProtectedEntityService
from vectoricons.utils import Input, Line, Text, Word, may_be_left_out


class Switched(Paging):
    """A list whose rows can be switched off."""

    is_active: bool | None = Field(
        None, description="It is true or false; only administrators see what is off."
    )


class Named(Input):
    """Something with a name alone."""

    name: Line = Field(description="It is its name.")


class NamedPatch(Input):
    """What may change of it."""

    name: Line = may_be_left_out("It is its name.")
    is_active: bool = may_be_left_out("It is true while it is in use, false while it is switched off.")


class Valued(Input):
    """A value for programs and its label for people."""

    value: Word = Field(description='It is what programs call it, such as "outline".')
    label: Line = Field(description='It is what people read, such as "Outline".')


class ValuedPatch(Input):
    """What may change of it."""

    value: Word = may_be_left_out('It is what programs call it, such as "outline".')
    label: Line = may_be_left_out('It is what people read, such as "Outline".')


class NewImageType(Valued):
    """A kind of picture."""

    description: Line = Field(description="It is what such pictures are for.")


class ImageTypePatch(ValuedPatch):
    """What may change of it."""

    description: Line = may_be_left_out("It is what such pictures are for.")


class LicenseQuery(Switched):
    """A list of licences."""

    type: LicenseType | None = Field(None, description='It is "free" or "premium".')


class NewLicense(Input):
    """A licence."""

    value: Word = Field(description='It is what manifests call it, such as "mit".')
    name: Line = Field(description="It is its name in full.")
    type: LicenseType = Field(description='It is "free" or "premium".')
    spdx: Word | None = Field(None, description="It is its SPDX identifier, if it has one.")
    url: Line | None = Field(None, description="It is where it can be read.")
    text: Text = Field("", description="It is what one may do, in words.")


class LicensePatch(Input):
    """What may change of it."""

    name: Line = may_be_left_out("It is its name in full.")
    spdx: Word | None = Field(None, description="It is its SPDX identifier, if it has one.")
    url: Line | None = Field(None, description="It is where it can be read.")
    text: Text = may_be_left_out("It is what one may do, in words.")
    is_active: bool = may_be_left_out("It is true while it may be chosen.")


class NewBannedWord(Input):
    """A word that nobody may use."""

    word: Word = Field(description="It is one word.")


class BannedWordPatch(Input):
    """What may change of it."""

    is_active: bool = may_be_left_out("It is true while the word is banned.")


class Subject(Input):
    """Which thing it is about."""

    entity_type: Protectable = Field(description="It is a kind of thing.")
    entity_id: Word = Field(description="It is the id of the thing, as the API shows it.")


class NewOption(Input):
    """Something to remember of a thing."""

    entity_type: Word = Field(description='It is a kind of thing, such as "family".')
    entity_id: Word = Field(description="It is the id of the thing, as the API shows it.")
    key: Line = Field(description="It is what is remembered.")
    value: Text = Field(description="It is its value.")


class OptionPatch(Input):
    """What may change of it."""

    value: Text = may_be_left_out("It is its value.")


RESOURCES = (
    Resource(
        name="categories",
        service=CategoryService,
        wire=Wire.of(CategoryService),
        readers=Reach.EVERYBODY,
        filters=Switched,
        new=Named,
        patch=NamedPatch,
        removable=True,
    ),
    Resource(
        name="tags",
        service=TagService,
        wire=Wire.of(TagService),
        readers=Reach.EVERYBODY,
        filters=Switched,
        new=Named,
        patch=NamedPatch,
        removable=True,
    ),
    Resource(
        name="styles",
        service=StyleService,
        wire=Wire.of(StyleService),
        readers=Reach.EVERYBODY,
        new=Valued,
        patch=ValuedPatch,
        removable=True,
    ),
    Resource(
        name="product-types",
        service=ProductTypeService,
        wire=Wire.of(ProductTypeService),
        readers=Reach.EVERYBODY,
        filters=Switched,
        new=Valued,
        patch=ValuedPatch,
        removable=True,
    ),
    Resource(
        name="image-types",
        service=ImageTypeService,
        wire=Wire.of(ImageTypeService),
        readers=Reach.EVERYBODY,
        new=NewImageType,
        patch=ImageTypePatch,
        removable=True,
    ),
    Resource(
        name="licenses",
        service=LicenseService,
        wire=Wire.of(LicenseService),
        readers=Reach.EVERYBODY,
        filters=LicenseQuery,
        new=NewLicense,
        patch=LicensePatch,
        removable=True,
    ),
    Resource(
        name="banned-words",
        service=BannedWordService,
        wire=Wire.of(BannedWordService),
        readers=Reach.ADMIN,
        filters=Switched,
        new=NewBannedWord,
        patch=BannedWordPatch,
        removable=True,
    ),
    Resource(
        name="options",
        service=OptionService,
        wire=Wire.of(OptionService),
        readers=Reach.ADMIN,
        new=NewOption,
        patch=OptionPatch,
        removable=True,
    ),
    Resource(
        name="protected-entities",
        service=ProtectedEntityService,
        wire=Wire.of(ProtectedEntityService),
        readers=Reach.ADMIN,
        new=Subject,
        removable=True,
    ),
)

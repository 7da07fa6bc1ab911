"""Product types: what a set holds. Icons and illustrations today; the others can be sold without redesign."""

from __future__ import annotations

from enum import IntEnum

from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.mixins.service import Activatable
from vectoricons.common.row import HasIsActive


class ProductTypeId(IntEnum):
    """The rows every installation has."""

    ICON = 1
    ILLUSTRATION = 2
    ANIMATION = 3
    THREE_D = 4
    AI_ART = 5


class ProductTypeRow(LookupRow, HasIsActive):
    __tablename__ = "product_types"


class ProductType(Lookup):
    """What a set holds."""

    is_active: bool


class ProductTypeRepository(LookupRepository[ProductTypeRow, ProductType]):
    """Product types."""


class ProductTypeService(LookupService[ProductType], Activatable[ProductType]):
    """Product types."""

    repository: ProductTypeRepository

"""Image types: what a picture is for (thumbnail, preview, watermark, ...)."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from vectoricons.common.entity import Timestamped
from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.row import HasTimestamps


class ImageTypeRow(LookupRow, HasTimestamps):
    __tablename__ = "image_types"

    description: Mapped[str] = mapped_column(String(255))


class ImageType(Lookup, Timestamped):
    """What a picture is for."""

    description: str


class ImageTypeRepository(LookupRepository[ImageTypeRow, ImageType]):
    """Image types."""


class ImageTypeService(LookupService[ImageType]):
    """Image types."""

    repository: ImageTypeRepository

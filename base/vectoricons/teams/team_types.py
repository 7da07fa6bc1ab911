"""Team types: teams that sell and teams that buy."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import UniqueConstraint

from vectoricons.common.lookup import Lookup, LookupRepository, LookupRow, LookupService
from vectoricons.common.mixins.service import Activatable
from vectoricons.common.row import HasIsActive


class TeamTypeValue(StrEnum):
    """The types every installation has."""

    CONTRIBUTOR = "contributor"
    CUSTOMER = "customer"


class TeamTypeRow(LookupRow, HasIsActive):
    __tablename__ = "team_types"
    __table_args__ = (UniqueConstraint("label"),)


class TeamType(Lookup):
    """What a team is for."""

    is_active: bool


class TeamTypeRepository(LookupRepository[TeamTypeRow, TeamType]):
    """Team types."""


class TeamTypeService(LookupService[TeamType], Activatable[TeamType]):
    """Team types."""

    repository: TeamTypeRepository

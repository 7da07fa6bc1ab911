"""What a service can do beyond reading and writing, by opting in.

Outermost first: Observable, Cacheable, Pluggable, AccessControlled, SoftDeletable, Activatable, the service.
"""

from __future__ import annotations

from typing import TypeVar

from vectoricons.common.entity import Entity
from vectoricons.common.mixins.service.access_controlled import WRITES, AccessControlled
from vectoricons.common.mixins.service.addressable import Addressable
from vectoricons.common.mixins.service.cacheable import Cacheable
from vectoricons.common.mixins.service.observable import Observable
from vectoricons.common.mixins.service.pluggable import Pluggable
from vectoricons.common.mixins.service.states import REMOVALS, SWITCHES, Activatable, SoftDeletable

E = TypeVar("E", bound=Entity)


class Managed(Observable[E], Cacheable[E], Pluggable[E], AccessControlled[E]):
    """The four that wrap every operation, for modules whose entities hide nothing."""


CAPABILITIES = (Observable, Cacheable, Pluggable, AccessControlled, SoftDeletable, Activatable, Addressable)

__all__ = [
    "CAPABILITIES",
    "REMOVALS",
    "SWITCHES",
    "WRITES",
    "AccessControlled",
    "Activatable",
    "Addressable",
    "Cacheable",
    "Managed",
    "Observable",
    "Pluggable",
    "SoftDeletable",
]

"""The modules under contract. Adding one is a line in the file of its part."""

from __future__ import annotations

from tests.base.contracts.modules import catalogue, commerce, common, identity, ledger, uploads
from tests.base.contracts.modules.module import Module, Subject

__all__ = ["MODULES", "Module", "Subject"]

MODULES = (
    *common.MODULES,
    *identity.MODULES,
    *catalogue.MODULES,
    *uploads.MODULES,
    *commerce.MODULES,
    *ledger.MODULES,
)

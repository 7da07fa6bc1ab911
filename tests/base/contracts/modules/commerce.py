"""What is bought."""

from __future__ import annotations

from tests.base.contracts.modules.module import Module

MODULES: tuple[Module, ...] = ()

"""Faults are tested on the rooms' own surroundings."""

from __future__ import annotations

from tests.converter.conftest import aws, s3, workshop

__all__ = ["aws", "s3", "workshop"]

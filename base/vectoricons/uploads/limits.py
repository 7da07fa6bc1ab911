"""How much one upload may be: said to contributors, signed into the form, and checked again at intake."""

from __future__ import annotations

KILOBYTE = 1_024
MEGABYTE = 1_024 * KILOBYTE

MAX_ARCHIVE_BYTES = 256 * MEGABYTE
MAX_FILES = 2_000
MAX_FILE_BYTES = 2 * MEGABYTE
MAX_INFLATED_BYTES = 512 * MEGABYTE
MAX_RATIO = 100
"""Unpacked to packed size, of a file that unpacks to more than ``RATIO_FREE_BYTES``."""
RATIO_FREE_BYTES = 1 * MEGABYTE
MAX_NAME_LENGTH = 255

"""What the tests of pixels share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imaging import Renderer


@pytest.fixture(scope="session")
def renderer() -> Iterator[Renderer]:
    """One renderer for the whole session: what one test sends it must not trouble the next."""
    with Renderer() as renderer:
        yield renderer

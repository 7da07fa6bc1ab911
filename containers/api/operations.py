"""What an operation does beyond its inputs and its answer: said at the view, told by the API's document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


def conditional(view: View) -> View:
    """Say that a view changes a thing only if it is still what the caller's If-Match says."""
    vars(view)["conditional"] = True
    return view


def is_conditional(view: Callable[..., Any]) -> bool:
    """Whether *view* looks at If-Match."""
    return getattr(view, "conditional", False)


def never_kept(view: View) -> View:
    """Say that no cache and no browser keeps what a view answers: it has no ETag."""
    vars(view)["never_kept"] = True
    return view


def is_kept(view: Callable[..., Any]) -> bool:
    """Whether an answer of *view* has an ETag to ask again with."""
    return not getattr(view, "never_kept", False)

"""Pages: who sees them, and what their templates may say: addresses of things, of files, amounts in words."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, g, render_template, request, url_for

from containers.api import caching, sessions
from vectoricons.users import User

MEGABYTE = 1024 * 1024
STATIC = Path(__file__).with_name("static")


def install(app: Flask) -> None:
    """Give the templates of *app* these filters and globals."""
    for words in (capitalise, count, megabytes, money, path, plain, when):
        app.add_template_filter(words)
    app.add_template_global(here)
    app.add_template_global(static)
    app.add_template_global(visitor)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def page(template: str, **content: Any) -> Response:
    """A page for its visitor. Guests' is the same for all and caches may keep it; others' names them."""
    keep = caching.for_guests if sessions.current_user() is None else caching.private
    return keep(render_template(template, **content), caching.HTML)


def visitor() -> User | None:
    """Who looks at this page, if that was asked: the page of an error asks nobody."""
    user: User | None = g.get("user")
    return user


def path(thing: dict[str, Any]) -> str:
    """The address of an item or a family (which has no type): its id finds it, its slug is for people."""
    kind = thing.get("type", "family")
    address = url_for(f"storefront.{kind}", unique_id=thing["id"])
    return f"{address}-{thing['slug']}" if thing["slug"] else address


def here(**changes: str | None) -> str:
    """This page with other query parameters; None takes one away."""
    parameters = {**request.args.to_dict(), **changes}
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{request.path}?{query}" if query else request.path


@cache
def static(name: str) -> str:
    """The address of a static file. It changes with the file, so that browsers may keep it for good."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def count(number: int, noun: str) -> str:
    """``1 icon``, ``1,204 icons``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def money(amount: str) -> str:
    """``"2.00"`` as ``$2``, ``"2.50"`` as ``$2.50``."""
    return f"${amount.removesuffix('.00')}"


def megabytes(size: int) -> str:
    """Bytes as ``256 MB``."""
    return f"{size // MEGABYTE} MB"


def plain(number: float) -> str:
    """``24.0`` as ``24``."""
    return f"{number:g}"


def capitalise(text: str) -> str:
    """The first letter upper case, the others as they are."""
    return text[:1].upper() + text[1:]


def when(moment: str) -> str:
    """``2026-11-23T08:34:00+00:00`` as ``23 November 2026, 08:34 UTC``."""
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"

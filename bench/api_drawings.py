"""Free icons with an address and a drawing, as the renderer leaves them: what SVG delivery delivers."""

from __future__ import annotations

import re
from itertools import cycle

from sqlalchemy import text

from bench.upload_icons import package_folder
from vectoricons.common.actor import Actor
from vectoricons.common.database import Database
from vectoricons.products.open_icons import Body, publish

DRAWN = 20_000
AT_ONCE = 500
_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FREE = text("""
    select id from icons
    where is_live and coalesce(price, 0) = 0 and not exists (select from open_icons where icon_id = icons.id)
    order by unique_id
    limit :wanted - (select count(*) from open_icons)
""")
_ADDRESSES = text("""
    select '/' || prefix || '/' || name || '.svg' from open_icons order by icon_id limit :drawn
""")


def addresses(database: Database) -> list[str]:
    """Where the drawings of free icons are, which get real outlines to draw at the first run."""
    files = sorted((package_folder("pytablericons") / "icons" / "outline").glob("*.svg"))
    bodies = cycle([_body(file.read_text()) for file in files])
    with database.reader() as connection:
        undrawn = list(connection.execute(_FREE, {"wanted": DRAWN}).scalars())
    for first in range(0, len(undrawn), AT_ONCE):
        some = undrawn[first : first + AT_ONCE]
        with database.unit_of_work(Actor.system("bench")) as work:
            publish(work.session, dict(zip(some, bodies, strict=False)))
    with database.reader() as connection:
        return list(connection.execute(_ADDRESSES, {"drawn": DRAWN}).scalars())


def _body(svg: str) -> Body:
    found = _INSIDE.search(svg)
    assert found is not None
    return Body(f'<g fill="none" stroke="currentColor" stroke-width="2">{found[1].strip()}</g>', 0, 0, 24, 24)

"""The catalogue's rows: words, shelves, families, sets, items, their words and their pictures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import numpy as np

from bench.seed import text
from bench.seed.catalogue_plan import Plan
from bench.seed.scale import BEGIN
from bench.seed.tables import Table
from bench.seed.words import THEMES, family_names

MIT, PREMIUM = 1, 21
ICON, ILLUSTRATION = 1, 2
PRICES = {"icon": "2.00", "illustration": "5.00"}
STAMPS = ("created_at", "updated_at")
KINDS = (("thumbnail", "webp", 128), ("thumbnail", "png", 128), ("watermark", "webp", 512))
"""The pictures of what is sold. What is free has a preview where the others have a watermark."""
PALETTES = tuple(
    '["' + '", "'.join(colors.split()) + '"]'
    for colors in (
        "#1b1a17",
        "#1b1a17 #f2b705",
        "#0a3d62 #82ccdd",
        "#b33939 #f7f1e3",
        "#218c74 #33d9b2 #1b1a17",
    )
)
_NUMBERS = {"family": 1, "set": 2, "icon": 3, "illustration": 4, "image": 5}


def catalogue(plan: Plan) -> list[Table]:
    """What is on sale, in the order in which one thing refers to another."""
    tags = len(plan.words.words)
    items = plan.scale.items
    return [
        Table("tags", ("id", "name", "use_count", *STAMPS), tags, _tags(plan)),
        Table("categories", ("id", "name", *STAMPS), len(THEMES), _categories()),
        Table("families", FAMILY, plan.scale.families, _families(plan)),
        Table("sets", SET, len(plan.set_family), _sets(plan)),
        Table("icons", ITEM, plan.scale.icons, _items(plan, "icon", 0, plan.scale.icons)),
        Table(
            "illustrations",
            ITEM,
            plan.scale.illustrations,
            _items(plan, "illustration", plan.scale.icons, items),
        ),
        Table("entity_to_categories", _link("category_id"), plan.scale.families, _shelved(plan)),
        Table("entity_to_tags", _link("tag_id"), len(plan.tags), _tagged(plan)),
        Table("images", IMAGE, items * len(KINDS), _images(plan)),
    ]


def entity(plan: Plan, item: int) -> tuple[str, int]:
    """What an item is in the database: its kind, and its id."""
    icons = plan.scale.icons
    return ("icon", item + 1) if item < icons else ("illustration", item - icons + 1)


def _link(column: str) -> tuple[str, ...]:
    return ("id", "entity_type", "entity_id", column, *STAMPS)


PRODUCT = ("id", "unique_id", "name", "price", "license_id", "user_id", "popularity", "like_count", *STAMPS)
FAMILY = (*PRODUCT, "description", "icon_count", "illustration_count", "set_count")
SET = (*PRODUCT, "family_id", "product_type_id", "style_id", "item_count")
ITEM = (
    *PRODUCT, "set_id", "family_id", "style_id", "width", "height", "palette", "tag_names", "svg_key",
    "perceptual_hash",
)  # fmt: skip
IMAGE = (
    "id", "unique_id", "entity_type", "entity_id", "kind", "format", "visibility", "access", "name",
    "object_key", "image_hash", "size_bytes", "width", "height", *STAMPS,
)  # fmt: skip


def _tags(plan: Plan) -> Iterator[str]:
    begin = BEGIN.isoformat()
    uses = np.bincount(plan.tags, minlength=len(plan.words.words)).tolist()
    for id_, (word, used) in enumerate(zip(plan.words.words, uses, strict=True), 1):
        yield f"{id_}\t{word}\t{used}\t{begin}\t{begin}\n"


def _categories() -> Iterator[str]:
    begin = BEGIN.isoformat()
    for id_, name in enumerate(THEMES, 1):
        yield f"{id_}\t{name.title()}\t{begin}\t{begin}\n"


def _families(plan: Plan) -> Iterator[str]:
    names, at = family_names(plan.scale.families), text.moments(plan.family_at)
    icons = _count_by_family(plan, ICON)
    illustrations = _count_by_family(plan, ILLUSTRATION)
    sets = np.bincount(plan.set_family, minlength=plan.scale.families).tolist()
    for place, name in enumerate(names):
        price, license_ = ("29.00", PREMIUM) if plan.family_is_paid[place] else ("0.00", MIT)
        yield (
            f"{place + 1}\t{text.unique_id(_NUMBERS['family'], place)}\t{name}\t{price}\t"
            f"{license_}\t{plan.family_owner[place] + 1}\t0\t0\t{at[place]}\t{at[place]}\t"
            f"{name}: {icons[place]} icons and {illustrations[place]} illustrations that go together.\t"
            f"{icons[place]}\t{illustrations[place]}\t{sets[place]}\n"
        )


def _count_by_family(plan: Plan, of: int) -> list[int]:
    is_icons = np.arange(len(plan.set_family)) < plan.scale.icon_sets
    sizes = np.where(is_icons == (of == ICON), plan.set_sizes, 0)
    counted: list[int] = np.bincount(plan.set_family, sizes, plan.scale.families).astype(int).tolist()
    return counted


def _sets(plan: Plan) -> Iterator[str]:
    at, sizes = text.moments(plan.set_at), plan.set_sizes.tolist()
    for place, family in enumerate(plan.set_family.tolist()):
        of = ICON if place < plan.scale.icon_sets else ILLUSTRATION
        noun = "Icons" if of == ICON else "Illustrations"
        price, license_ = ("12.00", PREMIUM) if plan.family_is_paid[family] else ("0.00", MIT)
        yield (
            f"{place + 1}\t{text.unique_id(_NUMBERS['set'], place)}\t{noun} {place + 1}\t"
            f"{price}\t{license_}\t{plan.family_owner[family] + 1}\t0\t0\t"
            f"{at[place]}\t{at[place]}\t{family + 1}\t{of}\t{plan.set_style[place] + 1}\t{sizes[place]}\n"
        )


def _items(plan: Plan, kind: str, begin: int, end: int) -> Iterator[str]:
    wanted = plan.wishes.popularity(plan.scale.items)[begin:end].tolist()
    likes = plan.wishes.likes.per_item(plan.scale.items)[begin:end].tolist()
    at = text.moments(plan.item_at[begin:end])
    owners = plan.family_owner[plan.set_family] + 1
    for place in range(begin, end):
        id_, set_ = place - begin + 1, int(plan.item_set[place])
        family = int(plan.set_family[set_])
        price, license_ = (PRICES[kind], PREMIUM) if plan.family_is_paid[family] else ("0.00", MIT)
        name, key = plan.words.name(int(plan.item_concept[place])), text.digest(f"{kind} {id_}")
        words = text.array(plan.words.words[word] for word in plan.of_item(place))
        yield (
            f"{id_}\t{text.unique_id(_NUMBERS[kind], id_)}\t{name}\t{price}\t{license_}\t{owners[set_]}\t"
            f"{wanted[id_ - 1]}\t{likes[id_ - 1]}\t{at[id_ - 1]}\t{at[id_ - 1]}\t"
            f"{set_ + 1}\t{family + 1}\t{plan.set_style[set_] + 1}\t24.00\t24.00\t"
            f"{PALETTES[place % len(PALETTES)]}\t{words}\tsvg/{key}.svg\t{key[:16]}\n"
        )


def _shelved(plan: Plan) -> Iterator[str]:
    for place, at in enumerate(text.moments(plan.family_at)):
        yield f"{place + 1}\tfamily\t{place + 1}\t{plan.family_theme[place] + 1}\t{at}\t{at}\n"


def _tagged(plan: Plan) -> Iterator[str]:
    numbers, tags = count(1), (plan.tags + 1).tolist()
    edges = plan.tags_from.tolist()
    for item, at in enumerate(text.moments(plan.item_at)):
        kind, id_ = entity(plan, item)
        for tag in tags[edges[item] : edges[item + 1]]:
            yield f"{next(numbers)}\t{kind}\t{id_}\t{tag}\t{at}\t{at}\n"


def _images(plan: Plan) -> Iterator[str]:
    numbers, paid = count(1), plan.item_is_paid.tolist()
    for item, at in enumerate(text.moments(plan.item_at)):
        kind, id_ = entity(plan, item)
        for shown, format_, size in KINDS:
            number = next(numbers)
            of = "preview" if shown == "watermark" and not paid[item] else shown
            key = text.digest(f"image {number}")
            yield (
                f"{number}\t{text.unique_id(_NUMBERS['image'], number)}\t{kind}\t{id_}\t{of}\t{format_}\t"
                f"public\tall\t{kind} {id_}\timages/{key}.{format_}\t{key}\t{size * 11 + number % 997}\t"
                f"{size}\t{size}\t{at}\t{at}\n"
            )

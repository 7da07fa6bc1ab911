"""What search engines read: schema.org in JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

CONTEXT = "https://schema.org"


def breadcrumbs(trail: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Where a page stands: names and absolute addresses from the home page down to it."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(trail, 1)
        ],
    }


def item(item: dict[str, Any], address: str) -> dict[str, Any]:
    """An icon or illustration as an image with its rights, and with its price if it has one."""
    image = _image(item, address, _best(item["preview"] or item["thumbnail"]))
    image["keywords"] = item["tags"]
    image["isPartOf"] = {"@type": "Collection", "name": item["family"]["name"]}
    if item["isPremium"]:
        image["offers"] = {
            "@type": "Offer",
            "price": item["price"],
            "priceCurrency": "USD",
            "availability": f"{CONTEXT}/InStock",
            "url": address,
        }
    return image


def family(family: dict[str, Any], address: str) -> dict[str, Any]:
    """A family as the image that previews it."""
    return _image(family, address, _best(family["preview"]))


def _image(thing: dict[str, Any], address: str, content: str | None) -> dict[str, Any]:
    maker = thing["contributor"]["displayName"]
    license_ = thing["license"]
    return {
        "@context": CONTEXT,
        "@type": "ImageObject",
        "name": thing["name"],
        "url": address,
        **({"contentUrl": content} if content else {}),
        "license": license_["url"] or address,
        "acquireLicensePage": address,
        "creator": {"@type": "Person", "name": maker},
        "creditText": maker,
        "copyrightNotice": f"© {maker}",
    }


def _best(pictures: dict[str, str] | None) -> str | None:
    return (pictures.get("png") or pictures.get("webp")) if pictures else None

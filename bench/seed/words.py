"""What things are called: names of real icons, and the words a contributor adds to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from bench.upload_icons import package_folder

THEMES = {
    "navigation": ("arrow", "direction", "map", "menu", "route", "travel"),
    "business": ("chart", "finance", "money", "office", "report", "team"),
    "commerce": ("buy", "cart", "payment", "shop", "store", "sale"),
    "communication": ("chat", "contact", "mail", "message", "phone", "social"),
    "development": ("api", "code", "data", "database", "server", "terminal"),
    "education": ("book", "learn", "school", "science", "student", "study"),
    "food": ("cook", "drink", "eat", "kitchen", "meal", "restaurant"),
    "health": ("care", "doctor", "hospital", "medical", "medicine", "wellness"),
    "home": ("building", "furniture", "garden", "house", "room", "tool"),
    "media": ("audio", "camera", "music", "photo", "play", "video"),
    "nature": ("animal", "ecology", "forest", "plant", "tree", "weather"),
    "security": ("guard", "key", "lock", "password", "privacy", "shield"),
}
COMMON = ("ui", "interface", "web", "app", "symbol", "sign", "line", "basic", "design", "mobile")
"""Words that every other contributor gives every icon: what makes a search expensive."""

_FIRST = """
    Amber Arctic Birch Bold Brisk Calm Candy Cedar Chalk Clear Cobalt Copper Coral Crisp Dapper Dawn Deep
    Dusk Easy Ember Fern Fine Flint Fresh Frost Gentle Ginger Glass Golden Grand Green Happy Hazel Honey
    Indigo Iron Ivory Jade Jolly Keen Kind Lemon Light Linen Little Lucky Lunar Maple Marble Mellow Merry
    Mint Misty Modern Neat Noble Nordic North Ocean Olive Opal Orange Paper Pastel Pearl Pine Plain Plum
    Polar Prime Pure Quick Quiet Rapid River Rose Royal Ruby Rustic Sage Sand Scarlet Silent Silver Simple
    Sky Slate Smart Smooth Soft Solar Solid Spring Steady Stone Sunny Swift Tidy Tiny Urban Velvet Violet
    Warm White Wild Winter
"""
_SECOND = """
    Acorn Anchor Arrow Atlas Badge Beacon Bloom Breeze Bridge Brook Canvas Castle Circle Cloud Compass
    Corner Craft Crown Dot Draft Drop Echo Edge Feather Field Flame Flow Forest Form Frame Garden Gate
    Glyph Grain Grid Grove Harbor Haven Hill Horizon House Hub Ink Island Kite Lake Lamp Lane Leaf Line
    Link Loft Loop Mark Meadow Mesh Mile Mirror Moon Mosaic Nest Note Orbit Outline Pack Page Path Pebble
    Pencil Petal Pixel Planet Point Portal Prism Pulse Quarry Quill Ray Ridge Ring Root Sail Scale Shape
    Shore Signal Sketch Spark Spoke Stack Star Stem Stitch Stream Studio Thread Tide Tower Trail Vale
    Vault Wave Wing
"""


@dataclass(frozen=True)
class Words:
    """The vocabulary: *concepts* are names of icons, as the numbers of their *words*."""

    words: tuple[str, ...]
    concepts: tuple[tuple[int, ...], ...]
    themes: tuple[tuple[int, ...], ...]
    common: tuple[int, ...]

    @classmethod
    def load(cls) -> Words:
        """Of the names of some four thousand real icons, and the words of the themes."""
        files = sorted((package_folder("pytablericons") / "icons" / "outline").glob("*.svg"))
        names = [re.findall(r"[a-z0-9]+", file.stem) for file in files]
        known = {word for name in names for word in name}
        themed = {word for theme in THEMES.values() for word in theme}
        words = tuple(sorted(known | themed | set(COMMON)))
        number = {word: place for place, word in enumerate(words)}
        return cls(
            words,
            tuple(tuple(number[word] for word in name) for name in names),
            tuple(tuple(number[word] for word in theme) for theme in THEMES.values()),
            tuple(number[word] for word in COMMON),
        )

    def name(self, concept: int) -> str:
        """What an icon of a *concept* is called."""
        return " ".join(self.words[word] for word in self.concepts[concept])


def family_names(count: int) -> list[str]:
    """Names no two families share."""
    pairs = [f"{first} {second}" for first, second in product(_FIRST.split(), _SECOND.split())]
    step = 3_571  # prime to their number: neighbours have nothing in common
    return [pairs[place * step % len(pairs)] for place in range(count)]

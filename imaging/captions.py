"""Lines of text that fit: measured by the engine that will draw them."""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass

import pyvips

FONT = (
    "DejaVu Sans"  # of Debian's fonts-dejavu-core: Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian
)

_ELLIPSIS = "…"
_LONGEST = 200  # characters looked at: nobody reads on
_UNPRINTED = frozenset({"Cc", "Cn", "Co", "Cs", "Zl", "Zp"})  # XML refuses some of these, fonts have none
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn what follows around


def clean(text: str) -> str:
    """*text* in one line, with nothing in it that is not drawn."""
    printed = (" " if c in _TURNS or unicodedata.category(c) in _UNPRINTED else c for c in text[:_LONGEST])
    return " ".join("".join(printed).split())


def isolate(text: str) -> str:
    """*text* so marked that an Arabic or Hebrew one does not change the order of the words around it."""
    return f"\u2068{text}\u2069"


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is set: *size* of its em and *width* to fit into, in pixels, *weight* as in CSS."""

    size: float
    weight: str
    width: float

    def fit(self, text: str) -> str:
        """*text*, cleaned before, with its end given up for an ellipsis when it is too long."""
        if self._measure(text) <= self.width:
            return text
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            if self._measure(text[:middle].rstrip() + _ELLIPSIS) <= self.width:
                fits = middle
            else:
                too_long = middle
        return text[:fits].rstrip() + _ELLIPSIS

    def _measure(self, text: str) -> int:
        if not text:
            return 0
        font = f"{FONT} {self.weight} {self.size:g}"
        return pyvips.Image.text(html.escape(text), font=font, dpi=72).width

"""An open icon as an SVG file, as large, turned and coloured as its address says.

The semantics are those of Iconify's: a size is any CSS length and keeps the drawing's ratio, turning is by
quarters, colour is that of the parts that have none of their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vectoricons.products.open_icons import Body
from vectoricons.utils import InvalidInput

QUARTERS = 4
_CLEAN = str.maketrans("", "", "'\"<>&")
_LENGTH = re.compile(r"[\w.%+() -]{1,40}")
_COLOUR = re.compile(r"(?!.*url\()[\w#%.,/+() -]{1,80}", re.IGNORECASE)
_NUMBERS = re.compile(r"(-?[0-9.]*[0-9]+[0-9.]*)")
_TURN = re.compile(r"(-?[0-9.]*)(%|deg|)")
_PARTS = {"%": 25.0, "deg": 90.0}
_UNSET = frozenset({"unset", "undefined", "none"})
_PRECISION = 100

Size = str | float | None


@dataclass(frozen=True, slots=True)
class Look:
    """How an icon is asked for. Without a size it is one line of text high."""

    width: str | None = None
    height: str | None = None
    colour: str | None = None
    flip_x: bool = False
    flip_y: bool = False
    quarters: int = 0
    box: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Look:
        """As the parameters of an address say. Raises InvalidInput for what no browser would take."""
        flips = re.split(r"[\s,]+", asked.get("flip", ""))
        return cls(
            width=_taken("width", asked, _LENGTH, 'It is a length such as "24", "1.5em" or "auto".'),
            height=_taken("height", asked, _LENGTH, 'It is a length such as "24", "1.5em" or "auto".'),
            colour=_taken("color", asked, _COLOUR, 'It is a colour such as "red" or "#ba3329".'),
            flip_x="horizontal" in flips,
            flip_y="vertical" in flips,
            quarters=_quarters(asked.get("rotate", "")),
            box=bool(asked.get("box")),
        )


def svg(drawing: Body, look: Look) -> str:
    """The file."""
    box, transform = _turned(drawing, look)
    body = f'<g transform="{transform}">{drawing.body}</g>' if transform else drawing.body
    if look.box:
        x, y, width, height = map(_written, (drawing.x, drawing.y, drawing.width, drawing.height))
        frame = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="rgba(255, 255, 255, 0)" />'
        body = frame + body
    names = ' xmlns:xlink="http://www.w3.org/1999/xlink"' if "xlink:" in body else ""
    view = " ".join(map(_written, (box.x, box.y, box.width, box.height)))
    file = f'<svg xmlns="http://www.w3.org/2000/svg"{names}{_size(box, look)} viewBox="{view}">{body}</svg>'
    return file.replace("currentColor", look.colour) if look.colour else file


def _taken(name: str, asked: Mapping[str, str], form: re.Pattern[str], meaning: str) -> str | None:
    given = asked.get(name, "").translate(_CLEAN)
    if given and not form.fullmatch(given):
        raise InvalidInput.of(name, f'"{name}" is wrong: "{given[:80]}". {meaning}')
    return given or None


def _quarters(turn: str) -> int:
    """*turn* as quarters: "1", "90deg" and "25%" are one. What is no whole number of them is none."""
    found = _TURN.fullmatch(turn)
    try:
        number = float(found[1]) if found else 0.0
    except ValueError:
        return 0
    unit = found[2] if found else ""
    if not unit:
        return math.trunc(number) % QUARTERS
    quarters = number / _PARTS[unit]
    return int(quarters) % QUARTERS if quarters.is_integer() else 0


def _turned(drawing: Body, look: Look) -> tuple[Body, str]:
    """The box after flipping and turning, and the transformation that fills it."""
    box, steps, quarters = drawing, list[str](), look.quarters
    if look.flip_x and look.flip_y:
        quarters = (quarters + 2) % QUARTERS
    elif look.flip_x:
        steps = [f"translate({_written(box.width + box.x)} {_written(0 - box.y)})", "scale(-1 1)"]
        box = replace(box, x=0, y=0)
    elif look.flip_y:
        steps = [f"translate({_written(0 - box.x)} {_written(box.height + box.y)})", "scale(1 -1)"]
        box = replace(box, x=0, y=0)
    match quarters:
        case 1:
            middle = _written(box.height / 2 + box.y)
            steps.insert(0, f"rotate(90 {middle} {middle})")
        case 2:
            steps.insert(
                0, f"rotate(180 {_written(box.width / 2 + box.x)} {_written(box.height / 2 + box.y)})"
            )
        case 3:
            middle = _written(box.width / 2 + box.x)
            steps.insert(0, f"rotate(-90 {middle} {middle})")
    if quarters % 2:
        box = replace(box, x=box.y, y=box.x, width=box.height, height=box.width)
    return box, " ".join(steps)


def _size(box: Body, look: Look) -> str:
    """The attributes of the size. Of one side, the other follows by the box's ratio."""
    width: Size = box.width if look.width == "auto" else look.width
    height: Size = box.height if look.height == "auto" else look.height
    if width is None:
        height = "1em" if height is None else height
        width = _scaled(height, box.width / box.height)
    elif height is None:
        height = _scaled(width, box.height / box.width)
    sides = (("width", width), ("height", height))
    return "".join(f' {name}="{_written(side)}"' for name, side in sides if side not in _UNSET)


def _scaled(size: str | float, ratio: float) -> str | float:
    """*size*, with each number in it, times *ratio*; rounded up to hundredths."""
    if ratio == 1:
        return size
    if isinstance(size, str):
        return _NUMBERS.sub(lambda number: _scaled_number(number[0], ratio), size)
    return math.ceil(size * ratio * _PRECISION) / _PRECISION


def _scaled_number(number: str, ratio: float) -> str:
    whole = re.match(r"-?\d*\.?\d*", number)
    try:
        return _written(math.ceil(float(whole[0] if whole else "") * ratio * _PRECISION) / _PRECISION)
    except ValueError:
        return number


def _written(value: str | float) -> str:
    """A number as short as it can be said: 24, not 24.0."""
    if isinstance(value, str):
        return value
    return str(int(value)) if float(value).is_integer() else repr(float(value))

"""Why a picture is turned away: one table of codes for machines and sentences for people."""

from __future__ import annotations

from enum import Enum


class Reason(Enum):
    """A stable code, what is wrong, and what the contributor can do about it.

    The code is the contract (stored, sent, translated); title and hint are words and may be improved.
    """

    code: str
    title: str
    hint: str

    NOT_XML = (
        "svg-not-xml",
        "is not well-formed XML",
        "Open the file in your drawing program and export it as SVG again.",
    )
    NOT_SVG = (
        "svg-not-svg",
        "is not an SVG drawing",
        "Export the drawing as plain, uncompressed SVG. Renaming another format to .svg does not convert it.",
    )
    DTD = (
        "svg-dtd",
        "declares a document type or entities",
        "Export as plain SVG, without a DOCTYPE that declares anything.",
    )
    SCRIPT = (
        "svg-script",
        "contains a script",
        "Remove scripts and event handlers such as onload. Shapes only.",
    )
    EXTERNAL_REFERENCE = (
        "svg-external-reference",
        "uses something outside the file",
        "Embed shapes only; links are not allowed.",
    )
    BITMAP = (
        "svg-bitmap",
        "contains a bitmap image",
        "Trace the bitmap to shapes, or remove it. A vector product holds no pixels.",
    )
    FOREIGN_OBJECT = (
        "svg-foreign-object",
        "embeds HTML in a foreignObject",
        "Draw it with SVG shapes; convert text to outlines.",
    )
    ANIMATION = (
        "svg-animation",
        "is animated",
        "Export a still picture. Animations are not sold here yet.",
    )
    STYLE = (
        "svg-style",
        "uses CSS that a picture cannot have",
        "Set fill and stroke plainly on the shapes, or use classes without at-rules and escapes.",
    )
    UNSUPPORTED = (
        "svg-unsupported",
        "uses a feature that pictures here cannot have",
        "Convert text on a path to outlines, and such effects to plain shapes.",
    )
    TOO_LARGE = (
        "svg-too-large",
        "is too large",
        "Keep each file under 2 MB: simplify paths and remove hidden layers.",
    )
    TOO_COMPLEX = (
        "svg-too-complex",
        "has too many parts",
        "Simplify paths, merge shapes and flatten nested groups.",
    )
    USE_BOMB = (
        "svg-use-bomb",
        "repeats shapes by <use> too many times, or in a circle",
        "Expand the repeated symbols into shapes.",
    )
    FILTER_TOO_HEAVY = (
        "svg-filter-too-heavy",
        "uses a filter that is too heavy to draw",
        "Use smaller blurs and fewer filter steps, or expand the effect into shapes.",
    )
    NO_SIZE = (
        "svg-no-size",
        "has no size",
        'Give the <svg> a viewBox with a width and height above zero, such as viewBox="0 0 24 24".',
    )
    HUGE_CANVAS = (
        "svg-huge-canvas",
        "has a canvas that is too big",
        "Scale the artboard down to 16,384 units a side or less.",
    )
    EMPTY_PICTURE = (
        "svg-empty-picture",
        "draws nothing",
        "Check that the shapes are visible, have a fill or stroke, and lie inside the artboard.",
    )
    MANY_COLOURS = (
        "svg-many-colours",
        "is drawn in more than one colour",
        "Only drawings of a single plain colour can be given another.",
    )
    EMPTY_FILE = (
        "file-empty",
        "is empty",
        "Export the picture again.",
    )
    WRONG_SUFFIX = (
        "wrong-suffix",
        "is not what its name says",
        "Rename the file to what it is, or export it in the format its name says.",
    )
    NOT_A_PICTURE = (
        "not-a-picture",
        "is not a picture that is read here",
        "Send SVG, PNG, JPEG, GIF, TIFF or PSD.",
    )
    RASTER_DAMAGED = (
        "raster-damaged",
        "is damaged or cut off",
        "Open it in your image program and export it again.",
    )
    RASTER_TOO_LARGE = (
        "raster-too-large",
        "has too many pixels",
        "Scale it down to 25 megapixels or less, and to 16,000 pixels a side.",
    )
    RENDERER_TIMEOUT = (
        "renderer-timeout",
        "takes too long to draw",
        "Simplify paths, filters and masks until it opens at once in a browser.",
    )
    RENDERER_FAILED = (
        "renderer-failed",
        "could not be drawn",
        "Export it again as plain SVG. If it opens in a browser, tell us and we will look at it.",
    )

    def __init__(self, code: str, title: str, hint: str) -> None:
        self.code = code
        self.title = title
        self.hint = hint

    @classmethod
    def of(cls, code: str) -> Reason:
        """The reason with this *code*; ``KeyError`` when there is none."""
        return _BY_CODE[code]


_BY_CODE = {reason.code: reason for reason in Reason}


class Rejected(Exception):
    """A picture that cannot be taken, said so that its maker can mend it.

    ``detail`` completes the file's name into a sentence: ``uses an external image``. ``line`` counts from 1.
    ``str()`` is the whole message, to be put behind ``arrow.svg: ``.
    """

    def __init__(self, reason: Reason, detail: str = "", line: int | None = None) -> None:
        self.reason = reason
        self.detail = detail or reason.title
        self.line = line
        super().__init__(reason, self.detail, line)

    @property
    def code(self) -> str:
        """Stable kebab-case code, such as ``svg-script``."""
        return self.reason.code

    @property
    def hint(self) -> str:
        """What the contributor can do."""
        return self.reason.hint

    def __str__(self) -> str:
        where = f" (line {self.line})" if self.line else ""
        return f"{self.detail}{where}. {self.hint}"

"""Document types: the harmless ones are taken off before the XML parser sees them, every other is refused."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from imaging.rejections import Reason, Rejected

_DOCTYPE = b"<!DOCTYPE"
_W3C = re.compile(r"https?://www\.w3\.org/")
_LONGEST_ENTITY = 256  # bytes of an expanded entity: namespaces and short styles, never markup
_MOST_ENTITIES = 64
_MOST_REFERENCES = 2_000


def without_doctype(svg: bytes) -> bytes:
    """*svg* without its DOCTYPE and with Adobe Illustrator's flat entities expanded; line numbers stay.

    Raises ``Rejected`` (``svg-dtd``) for a DTD that declares or loads anything else.
    """
    if _DOCTYPE not in svg:  # in UTF-16 it hides from us; the parser's own check then refuses it
        return svg
    prolog = _read_prolog(svg)
    if prolog.begin is None:
        return svg  # the word stood in a comment or in text
    doctype = svg[prolog.begin : prolog.end]
    head, body = svg[: prolog.begin], svg[prolog.end :]
    return head + b"\n" * doctype.count(b"\n") + _expand(body, prolog.entities)


@dataclass(slots=True)
class _Prolog:
    """What stands before the root element: where the DOCTYPE lies, in bytes, and the entities it declares."""

    begin: int | None = None
    end: int = 0
    entities: dict[str, str] = field(default_factory=dict)


class _RootReachedError(Exception):
    """The root element begins: the rest is the other parser's."""


def _read_prolog(svg: bytes) -> _Prolog:
    prolog = _Prolog()
    parser = expat.ParserCreate()

    def refuse(*_: object) -> NoReturn:
        raise Rejected(Reason.DTD, line=parser.CurrentLineNumber)

    def begin(name: str, system: str | None, public: str | None, _internal: bool) -> None:
        prolog.begin = svg.rfind(_DOCTYPE, 0, parser.CurrentByteIndex)  # the parser is past its name by now
        if name not in {"svg", "svg:svg"}:
            raise Rejected(Reason.NOT_SVG, f"is a document of type {name[:40]}", parser.CurrentLineNumber)
        if not _is_standard(system, public):
            refuse()

    def declare(name: str, is_parameter: bool, value: str | None, *external: object) -> None:
        flat = value is not None and not is_parameter and not set("<&%") & set(value)
        if not flat or len(value or "") > _LONGEST_ENTITY or len(prolog.entities) >= _MOST_ENTITIES:
            refuse()
        prolog.entities.setdefault(name, value or "")  # XML: the first declaration holds

    def reach_root(*_: object) -> None:
        prolog.end = parser.CurrentByteIndex
        raise _RootReachedError

    parser.StartDoctypeDeclHandler = begin
    parser.EntityDeclHandler = declare
    parser.AttlistDeclHandler = parser.ElementDeclHandler = parser.NotationDeclHandler = refuse
    parser.SkippedEntityHandler = refuse
    parser.StartElementHandler = reach_root
    try:
        parser.Parse(svg, True)
    except _RootReachedError:
        pass
    except expat.ExpatError as error:
        raise Rejected(Reason.NOT_XML, line=error.lineno) from error
    return prolog


def _is_standard(system: str | None, public: str | None) -> bool:
    """``<!DOCTYPE svg>`` without ids or with those of the W3C (nothing is ever loaded from there)."""
    if system is None:
        return True
    return (public or "").startswith("-//W3C//DTD SVG ") and bool(_W3C.match(system))


def _expand(body: bytes, entities: dict[str, str]) -> bytes:
    references = 0
    for name, value in entities.items():
        reference = f"&{name};".encode()
        count = body.count(reference)
        references += count
        if references > _MOST_REFERENCES:
            raise Rejected(Reason.DTD, "repeats its entities too many times")
        if count:
            body = body.replace(reference, html.escape(value).encode("ascii", "xmlcharrefreplace"))
    return body

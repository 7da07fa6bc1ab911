"""Styles: declarations and sheets kept to what a picture may have, or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import tinycss2  # type: ignore[import-untyped]  # it has no stubs; what comes of it is parsed here into str

from imaging.rejections import Reason, Rejected
from imaging.vocabulary import FUNCTIONS, PROPERTIES

_PLAIN = re.compile(r"[\w\s:;.,#%+-]*")  # cannot call, quote, escape or comment: needs no tokeniser
_CLOSED_BY_THE_END = frozenset({"eof-in-string", "eof-in-url"})  # of an attribute, as browsers have it
_LONGEST = 100_000  # characters, of a sheet or a style
_DEEPEST = 32  # brackets in brackets
_OWN_PART = re.compile(r"url\(#[\w.:-]+\)")


def clean_declarations(style: str, line: int | None) -> str:
    """The declarations of a ``style`` attribute that count, as ``fill:red;stroke:none``."""
    if _PLAIN.fullmatch(style):
        parts = (part.partition(":") for part in style.split(";"))
        return _join((name.strip().lower(), " ".join(value.split())) for name, _, value in parts)
    _check_text(style, line)
    return _join(_parse_declarations(tinycss2.parse_blocks_contents(style, True, True), line))


def clean_sheet(sheet: str, line: int | None) -> str:
    """The rules of a ``<style>`` element that count, one a line."""
    _check_text(sheet, line)
    rules = []
    for node in tinycss2.parse_stylesheet(sheet, True, True):
        where = None if line is None else line + node.source_line - 1
        if node.type == "at-rule":
            _refuse_at_rule(node, where)
        elif node.type == "qualified-rule":
            content = tinycss2.parse_blocks_contents(node.content, True, True)
            kept = _join(_parse_declarations(content, where))
            selector = _read_selector(node.prelude)
            if kept and selector:
                rules.append(f"{selector}{{{kept}}}")
    return "\n".join(rules)


def check_value(value: str, line: int | None) -> None:
    """Raise ``Rejected`` when a presentation attribute's *value* fetches or calls what it must not."""
    if _PLAIN.fullmatch(value) or _OWN_PART.fullmatch(value):
        return
    _check_text(value, line)
    parsed = tinycss2.parse_component_value_list(value)
    tokens = [token for token in parsed if token.type != "error" or token.kind not in _CLOSED_BY_THE_END]
    _refuse_fetches(tokens, line)
    _refuse_calls(tokens, line)


def refuse_reference(target: str, line: int | None, what: str = "") -> None:
    """Raise ``Rejected`` when *target* (of an href or a ``url()``) is anything but a part of this drawing.

    *what* says what the drawing does with it: ``uses an external image``.
    """
    target = target.strip()
    if not target or target.startswith("#"):
        return
    scheme = re.sub(r"[\x00-\x20]", "", target).lower()  # browsers read schemes through control characters
    if scheme.startswith(("javascript:", "vbscript:")):
        raise Rejected(Reason.SCRIPT, "has a link that runs a script", line)
    if scheme.startswith("data:"):
        raise Rejected(Reason.BITMAP, "embeds another picture as data", line)
    short = target if len(target) <= 60 else target[:57] + "..."
    raise Rejected(Reason.EXTERNAL_REFERENCE, what or f"refers to {short}", line)


def _read_selector(prelude: list[Any]) -> str:
    """The selector in one line; empty when it is broken, and its rule with it."""
    if any(token.type == "error" for token in _walk(prelude)):
        return ""
    return " ".join(tinycss2.serialize(prelude).split())


def _join(pairs: Iterable[tuple[str, str]]) -> str:
    return ";".join(f"{name}:{value}" for name, value in pairs if name in PROPERTIES and value)


def _parse_declarations(nodes: list[Any], line: int | None) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if node.type in {"at-rule", "qualified-rule"}:
            raise Rejected(Reason.STYLE, "nests CSS rules", line)
        if node.type != "declaration":  # a browser skips what does not parse, and so do we
            continue
        _refuse_fetches(node.value, line)
        if node.lower_name in PROPERTIES:
            _refuse_calls(node.value, line)
            value = " ".join(tinycss2.serialize(node.value).split())
            yield node.lower_name, value + ("!important" if node.important else "")


def _refuse_fetches(tokens: list[Any], line: int | None) -> None:
    for token in _walk(tokens):
        if token.type == "url":
            refuse_reference(token.value, line)
        elif token.type == "function" and token.lower_name == "url":
            for argument in token.arguments:
                if argument.type == "string":
                    refuse_reference(argument.value, line)


def _refuse_calls(tokens: list[Any], line: int | None) -> None:
    for token in _walk(tokens):
        if token.type == "error":
            raise Rejected(Reason.STYLE, "has broken CSS", line)
        if token.type == "function" and token.lower_name not in FUNCTIONS:
            raise Rejected(Reason.STYLE, f"uses the CSS function {token.lower_name}()", line)


def _walk(tokens: list[Any], depth: int = 0) -> Iterator[Any]:
    """Every token, those inside functions and blocks too."""
    if depth > _DEEPEST:
        raise Rejected(Reason.STYLE, "nests brackets too deep in CSS")
    for token in tokens:
        yield token
        if token.type == "function":
            yield from _walk(token.arguments, depth + 1)
        elif token.type in {"() block", "[] block", "{} block"}:
            yield from _walk(token.content, depth + 1)


def _check_text(css: str, line: int | None) -> None:
    if len(css) > _LONGEST:
        raise Rejected(Reason.TOO_COMPLEX, "has too much CSS", line)
    if "\\" in css:  # drawing programs write none; it serves to hide words and to smuggle control characters
        raise Rejected(Reason.STYLE, "escapes characters in CSS", line)


def _refuse_at_rule(rule: Any, line: int | None) -> None:
    keyword = rule.lower_at_keyword
    if keyword == "import":
        raise Rejected(Reason.EXTERNAL_REFERENCE, "imports a style sheet", line)
    if keyword == "font-face":
        raise Rejected(Reason.EXTERNAL_REFERENCE, "brings a font", line)
    if keyword.endswith("keyframes"):
        raise Rejected(Reason.ANIMATION, line=line)
    if keyword not in {"charset", "namespace"}:
        raise Rejected(Reason.STYLE, f"uses the CSS rule @{keyword}", line)

"""A sanitised drawing is the same picture, from shapes alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imaging import Reason, Rejected, sanitise
from tests.imaging.drawings import OPENMOJI, SVG, TABLER, sample, svg

_ILLUSTRATOR = b"""\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 16.0.0 -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_svg "http://www.w3.org/2000/svg">
  <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
  <!ENTITY st0 "fill:#FF&#48;000;stroke:none;">
]>
<svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" width="10px" height="10px" viewBox="0 0 10 10" i:viewOrigin="1 2">
  <switch>
    <foreignObject requiredExtensions="&ns_ai;" width="1" height="1"><i:pgfRef/></foreignObject>
    <g i:extraneous="self"><path style="&st0;" d="M0 0h5v5z"/></g>
  </switch>
  <i:pgf id="adobe_illustrator_pgf">eJzNnVmSJcdtRPdSe3/uVTM8PPNwz31d</i:pgf>
</svg>"""


def test_a_file_of_illustrator_loses_its_doctype_and_editor_data_and_keeps_its_shapes() -> None:
    assert (
        sanitise(_ILLUSTRATOR)
        == (
            f'<svg xmlns="{SVG}" width="10px" height="10px" viewBox="0 0 10 10"><switch><g>'
            '<path style="fill:#FF0000;stroke:none" d="M0 0h5v5z"/></g></switch></svg>'
        ).encode()
    )


@pytest.mark.parametrize(
    "doctype",
    [
        b"<!DOCTYPE svg>",
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG/DTD/svg10.dtd">',
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://www.w3.org/TR/SVG11/DTD/svg11.dtd" []>',
    ],
)
def test_a_standard_doctype_is_taken_off_and_line_numbers_stay(doctype: bytes) -> None:
    assert sanitise(doctype + svg()) == sanitise(svg())
    with pytest.raises(Rejected) as refusal:
        sanitise(doctype.replace(b"svg", b"svg\n\n", 1) + svg("<script/>"))
    assert refusal.value.line == 4


def test_the_word_doctype_in_a_comment_or_a_text_is_harmless() -> None:
    assert sanitise(b"<!-- <!DOCTYPE svg SYSTEM 'x'> -->" + svg()) == sanitise(svg())


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<metadata><rdf:RDF xmlns:rdf='urn:rdf'><a/></rdf:RDF></metadata>", ""),
        ("<s:namedview xmlns:s='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd' onload='x'/>", ""),
        ("<!-- hello --><?php echo 1 ?>", ""),
        ("<blink>x</blink><font><glyph/></font>", ""),
        (
            "<path xmlns:i='urn:inkscape' i:label='a' data-name='b' aria-label='c' d='M0 0'/>",
            '<path d="M0 0"/>',
        ),
        ("<a><path d='M0 0'/></a>", '<g><path d="M0 0"/></g>'),
        ("<text>a<a href='#t'>b</a><!-- c -->d<?x y?>e</text>", "<text>a<tspan>b</tspan>de</text>"),
        ("<text><blink/>a</text>", "<text>a</text>"),
        ("<use href=' #a '/><use href=''/>", '<use href="#a"/><use/>'),
        ("<path fill='url(#a) red' mask=\"url('#m')\"/>", '<path fill="url(#a) red" mask="url(\'#m\')"/>'),
        ("<path fill='url(#a' d='M0 0'/>", '<path fill="url(#a" d="M0 0"/>'),
        ("<path transform='rotate(9)' filter='drop-shadow(1px 1px 1px #000)'/>", None),
    ],
)
def test_what_is_not_drawn_is_left_out_and_what_is_drawn_stays(body: str, kept: str | None) -> None:
    clean = sanitise(svg(body + '<rect id="a" width="9" height="9"/>')).decode()
    body = body.replace("'", '"') if kept is None else kept
    assert clean == f'<svg xmlns="{SVG}" viewBox="0 0 24 24">{body}<rect id="a" width="9" height="9"/></svg>'


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        (" FILL : Red ;; stroke:none; -inkscape-stroke:hairline; width:100%", "fill:Red;stroke:none"),
        ("fill:#123!important", "fill:#123!important"),
        ("/* a */ fill : url( '#a' ) ; font-family : 'A  B'", 'fill:url( "#a" );font-family:"A B"'),
        ("fill:red;background:url()", "fill:red"),
        ("--a:var(--b);fill:red", "fill:red"),
        ("fill:rgb(1,2,3) ; ( ; stroke:red", "fill:rgb(1,2,3)"),
    ],
)
def test_a_style_keeps_the_declarations_that_draw(style: str, kept: str) -> None:
    clean = sanitise(svg(f'<path style="{style}" d="M0 0"/>')).decode()
    assert f'<path style="{kept.replace(chr(34), "&quot;")}" d="M0 0"/>' in clean


def test_a_style_of_nothing_that_draws_is_left_out() -> None:
    assert b"style" not in sanitise(svg('<path style="-a:b" d="M0 0"/><style>g{-a:b}</style>'))


def test_a_sheet_keeps_the_rules_that_draw() -> None:
    sheet = """@charset "utf-8"; /* by hand */
    .a , #b > path:not(.c) { fill : red ; cursor: pointer }
    svg { width: 100% }"""
    clean = sanitise(
        svg(f'<style type="text/css"><![CDATA[{sheet}]]></style><path class="a" d="M0 0"/>')
    ).decode()
    assert "<style>.a , #b &gt; path:not(.c){fill:red}</style>" in clean


@pytest.mark.parametrize("attribute", ['type="text/less"', 'media="print"'])
def test_a_sheet_for_something_else_is_left_out(attribute: str) -> None:
    assert b"style" not in sanitise(svg(f"<style {attribute}>@import 'x';</style><path d='M0 0'/>"))


@pytest.mark.parametrize(
    ("attributes", "kept"),
    [
        ('width="24" height="12"', 'width="24" height="12" viewBox="0 0 24 12"'),
        ('width="100%" height="auto" viewBox="0 0 9 9" x="1" y="1"', 'viewBox="0 0 9 9"'),
        ('width="1em" viewBox="0,0, 9 4.5"', 'width="1em" viewBox="0,0, 9 4.5"'),
        ('height="2in" viewBox="0 0 9 9"', 'height="2in" viewBox="0 0 9 9"'),
    ],
)
def test_a_drawing_keeps_its_size_and_gets_a_view_box(attributes: str, kept: str) -> None:
    assert sanitise(svg("", attributes)) == f'<svg xmlns="{SVG}" {kept}/>'.encode()


def test_the_contributor_is_told_what_is_wrong_where_and_what_to_do() -> None:
    with pytest.raises(Rejected) as refusal:
        sanitise(svg("\n" * 12 + '<image href="logo.png"/>'))
    assert str(refusal.value) == (
        "uses an external image (line 14). Embed shapes only; links are not allowed."
    )


def test_every_reason_has_a_code_of_its_own_and_words_for_people() -> None:
    assert len({reason.code for reason in Reason}) == len(Reason)
    for reason in Reason:
        assert Reason.of(reason.code) is reason
        assert reason.hint.endswith(".")
        assert str(Rejected(reason)) == f"{reason.title}. {reason.hint}"


_NAMES = st.sampled_from(
    [
        *("g", "path", "use", "style", "text", "tspan", "title", "a", "switch", "defs", "filter", "svg"),
        *("feGaussianBlur", "metadata", "foo", "script", "image", "set"),
    ]
)
_VALUES = st.sampled_from(
    [
        *(
            "red",
            "#a",
            "url(#a)",
            "url('#a'",
            "url(x)",
            "fill:red",
            "FILL:url(#a) ; x:y",
            "fill:'a",
            "1",
            "0 0 9 9",
        ),
        *(
            "fill:\\72 ed",
            "/**/fill:red/**/",
            "fill:rgb(1 2 3",
            "a{fill:red}",
            "100%",
            "M0 0h9",
            "'",
            "fill:a;{b}",
        ),
    ]
)
_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "class", "style", "fill", "d", "href", "width", "onload", "data-x", "filter"]),
    _VALUES | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs", "S"]), max_size=8),
    max_size=3,
)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _element(name: str, attributes: dict[str, str], inside: list[str]) -> str:
    written = "".join(f' {key}="{_escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(inside)}</{name}>"


_TREES = st.recursive(
    _VALUES.map(_escape),
    lambda inside: st.builds(_element, _NAMES, _ATTRIBUTES, st.lists(inside, max_size=4)),
    max_leaves=12,
)


@given(st.lists(_TREES, max_size=4).map("".join))
@settings(max_examples=200, deadline=None)
def test_sanitising_twice_is_sanitising_once(body: str) -> None:
    try:
        clean = sanitise(svg(body))
    except Rejected:
        return
    assert sanitise(clean) == clean
    assert not re.search(
        rb'<script|<image|<metadata|<set|<foo| onload=| data-x=|(fill|style|filter)="[^"]*url\(x', clean
    )


_PIECES = [*"ab#.:;{}()[]\\'\"/*@!%-1<> \n", "fill:", "url(", "red", "\\66 ", "a{fill:red}"]
_CSS = st.lists(st.sampled_from(_PIECES), max_size=24).map("".join)


@given(_CSS, _CSS)
@settings(max_examples=300, deadline=None)
def test_styles_of_any_characters_are_refused_or_stay_as_they_were_cleaned(sheet: str, style: str) -> None:
    body = f'<style>{_escape(sheet)}</style><path style="{_escape(style)}" d="M0 0"/>'
    try:
        clean = sanitise(svg(body))
    except Rejected:
        return
    assert sanitise(clean) == clean


@given(st.sampled_from(sample(TABLER, 20) + sample(OPENMOJI, 20)), st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_file_is_refused_or_still_a_safe_drawing(path: Path, data: st.DataObject) -> None:
    source = bytearray(path.read_bytes())
    for _ in range(3):
        place = data.draw(st.integers(0, len(source) - 1))
        source[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    try:
        clean = sanitise(bytes(source))
    except Rejected:
        return
    assert sanitise(clean) == clean

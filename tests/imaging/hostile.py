"""Drawings made to harm, with the code each is refused with."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from itertools import pairwise

from imaging import Reason
from tests.imaging.drawings import SVG, svg


@dataclass(frozen=True)
class Attack:
    """*fetches*: it would read ``{url}`` (over HTTP) or ``{file}`` if it could."""

    name: str
    svg: bytes
    reason: Reason
    line: int | None = None
    fetches: bool = False


def attacks(url: str = "http://127.0.0.1:9", file: str = "/etc/passwd") -> list[Attack]:
    """Every attack, aimed at *url* and *file*."""
    return [
        *_scripts(url),
        *_fetches(url, file),
        *_entities(file),
        *_foreign(),
        *_sizes(),
        *_bombs(),
        *_filters(),
    ]


def _scripts(url: str) -> list[Attack]:
    xhtml = 'xmlns:h="http://www.w3.org/1999/xhtml"'
    return [
        Attack("script", svg("<g>\n<script>alert(1)</script></g>"), Reason.SCRIPT, 3),
        Attack("script of XHTML", svg(f"<h:script {xhtml}>alert(1)</h:script>"), Reason.SCRIPT, 2),
        Attack("event handler", svg('<path onload="alert(1)" d="M0 0"/>'), Reason.SCRIPT, 2),
        Attack(
            "event handler of the root", svg(attributes='viewBox="0 0 9 9" onClick="a()"'), Reason.SCRIPT, 1
        ),
        Attack(
            "script link", svg('<a href="java\tscript:alert(1)"><path d="M0 0h9v9z"/></a>'), Reason.SCRIPT, 2
        ),
        Attack(
            "set to a script",
            svg('<a><set attributeName="href" to="javascript:x"/></a>'),
            Reason.ANIMATION,
            2,
        ),
        Attack("animation", svg('<path d="M0 0"><animate attributeName="d"/></path>'), Reason.ANIMATION, 2),
        Attack("keyframes", svg("<style>\n@keyframes a{to{fill:red}}</style>"), Reason.ANIMATION, 3),
        Attack("foreignObject", svg("\n<foreignObject><b>x</b></foreignObject>"), Reason.FOREIGN_OBJECT, 3),
        Attack("HTML", svg(f'<h:iframe {xhtml} src="{url}"/>'), Reason.FOREIGN_OBJECT, 2, fetches=True),
    ]


def _fetches(url: str, file: str) -> list[Attack]:
    external = Reason.EXTERNAL_REFERENCE
    font = f"<style>@font-face{{font-family:a;src:url({url}/a.ttf)}}</style>"
    bodies = {
        "image over HTTP": f'<image href="{url}/a.png" width="9" height="9"/>',
        "image of the machine": f'<image xlink:href="file://{file}" width="9" height="9"/>',
        "image by a coder of ImageMagick": f'<image href="text:{file}" width="9" height="9"/>',
        "image beside the file": '<image href="secret.png" width="9" height="9"/>',
        "image by its path": f'<image href="{file}" width="9" height="9"/>',
        "shape of another file": f'<use href="{url}/a.svg#a"/>',
        "link": f'<a href="{url}"><path d="M0 0h9v9z"/></a>',
        "image in a filter": f'<filter id="f"><feImage href="{url}/a.png"/></filter>',
        "paint": f'<path fill="url({url}/a.svg#a)" d="M0 0h9v9z"/>',
        "quoted paint": f"<path fill=\"url( '{url}/a.svg#a' )\" d='M0 0h9v9z'/>",
        "mask in a style": f'<path style="fill:red;mask:url({file})" d="M0 0h9v9z"/>',
        "cursor": f'<path style="cursor:url({url}/a.cur),auto" d="M0 0h9v9z"/>',
        "import": f'<style>@import "{url}/a.css";</style>',
        "font": font,
        "url in a sheet": f"<style>path{{fill:url({url}/a.svg#a)}}</style>",
    }
    sheet = f'<?xml-stylesheet href="{url}/a.css" type="text/css"?>'.encode()
    return [
        *(Attack(name, svg(body), external, 2, fetches=True) for name, body in bodies.items()),
        Attack("style sheet", sheet + svg(), external, fetches=True),
        Attack("bitmap", svg('<image href="data:image/png;base64,iVBORw0KGgo="/>'), Reason.BITMAP, 2),
        Attack(
            "image-set", svg(f"<path style=\"fill:image-set('{url}' 1x)\"/>"), Reason.STYLE, 2, fetches=True
        ),
    ]


def _entities(file: str) -> list[Attack]:
    def document(declarations: str, body: str = "<title>&a;</title>", ids: str = "") -> bytes:
        doctype = f"<!DOCTYPE svg {ids}[\n{declarations}\n]>"
        return f'{doctype}\n<svg xmlns="{SVG}" viewBox="0 0 9 9">{body}</svg>'.encode()

    laughs = "".join(f'<!ENTITY {a} "{f"&{b};" * 9}">' for a, b in pairwise("abcdefghi"))
    secret = f'<!ENTITY a SYSTEM "file://{file}">'
    hidden = document('<!ENTITY a "x">').decode().encode("utf-16")
    outside = f'<!DOCTYPE svg SYSTEM "file://{file}">'.encode() + svg()
    return [
        Attack("file by an entity", document(secret), Reason.DTD, 2, fetches=True),
        Attack("DTD of the machine", outside, Reason.DTD, 1, fetches=True),
        Attack(
            "parameter entity", document(f'<!ENTITY % a SYSTEM "{file}">%a;'), Reason.DTD, 2, fetches=True
        ),
        Attack("a thousand million laughs", document(laughs + '<!ENTITY i "ha">'), Reason.DTD, 2),
        Attack("one long entity", document(f'<!ENTITY a "{"a" * 50_000}">', "&a;" * 20_000), Reason.DTD, 2),
        Attack("entity used for ever", document('<!ENTITY a "aaaaaaaa">', "&a;" * 50_000), Reason.DTD),
        Attack("markup in an entity", document("<!ENTITY a '<script/>'>"), Reason.DTD, 2),
        Attack(
            "entities by the hundred",
            document("\n".join(f'<!ENTITY a{n} "x">' for n in range(99))),
            Reason.DTD,
        ),
        Attack("attributes by default", document('<!ATTLIST svg onload CDATA "x">'), Reason.DTD, 2),
        Attack("public id of nobody", document("", ids='PUBLIC "-//X//Y" "http://x.test/y" '), Reason.DTD, 1),
        Attack("entity hidden in UTF-16", hidden, Reason.DTD),
    ]


def _foreign() -> list[Attack]:
    selector = "a" + ":not(" * 9_000 + ")" * 9_000
    return [
        Attack("nothing", b"", Reason.NOT_XML),
        Attack("PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Reason.NOT_XML, 1),
        Attack("half a drawing", svg()[:-9], Reason.NOT_XML),
        Attack("broken DOCTYPE", b"<!DOCTYPE svg [\n<!ENTITY\n", Reason.NOT_XML, 3),
        Attack("undeclared entity", svg("<title>&nbsp;</title>"), Reason.NOT_XML, 2),
        Attack("HTML page", b"<html><body/></html>", Reason.NOT_SVG, 1),
        Attack("HTML page of a type", b"<!DOCTYPE html>\n<html><body/></html>", Reason.NOT_SVG, 1),
        Attack("SVG of no namespace", b'<svg viewBox="0 0 9 9"/>', Reason.NOT_SVG, 1),
        Attack("gzip bomb", gzip.compress(svg(" " * 50_000_000)), Reason.NOT_SVG),
        Attack("text on a path", svg('<text><textPath href="#a">x</textPath></text>'), Reason.UNSUPPORTED, 2),
        Attack("image of a part", svg('<image href="#a"/>'), Reason.UNSUPPORTED, 2),
        Attack("variable", svg('<path fill="var(--a, red)" d="M0 0h9v9z"/>'), Reason.STYLE, 2),
        Attack("nested rules", svg("<style>g{path{fill:red}}</style>"), Reason.STYLE, 2),
        Attack("escaped url", svg('<path style="fill:u\\72l(//x.test/a.svg#a)"/>'), Reason.STYLE, 2),
        Attack("control characters", svg("<style>a{font-family:'\\b'}</style>"), Reason.STYLE, 2),
        Attack("escapes", svg('<path filter="bl\\75r(900px)" d="M0 0h9v9z"/>'), Reason.STYLE, 2),
        Attack("brackets", svg(f'<path style="fill:{"(" * 90_000}" d="M0 0h9v9z"/>'), Reason.STYLE),
        Attack("brackets in a selector", svg(f"<style>{selector}{{fill:red}}</style>"), Reason.STYLE),
        Attack("media query", svg("<style>\n\n@media print{path{fill:red}}</style>"), Reason.STYLE, 4),
        Attack("broken value", svg('<path fill="rgb(1,2,3))" d="M0 0h9v9z"/>'), Reason.STYLE, 2),
    ]


def _sizes() -> list[Attack]:
    return [
        Attack("no size", svg(attributes=""), Reason.NO_SIZE, 1),
        Attack("half a size", svg(attributes='width="24"'), Reason.NO_SIZE, 1),
        Attack("zero width", svg(attributes='width="0" height="9" viewBox="0 0 9 9"'), Reason.NO_SIZE, 1),
        Attack("zero box", svg(attributes='viewBox="0 0 0 9"'), Reason.NO_SIZE, 1),
        Attack("negative box", svg(attributes='viewBox="0 0 -9 -9" width="9"'), Reason.NO_SIZE, 1),
        Attack("three numbers", svg(attributes='viewBox="0 0 9"'), Reason.NO_SIZE, 1),
        Attack("no number", svg(attributes='viewBox="0 0 nan inf"'), Reason.NO_SIZE, 1),
        Attack(
            "a number without end", svg(attributes=f'viewBox="0 0 9 {"1" * 900_000}x"'), Reason.NO_SIZE, 1
        ),
        Attack("huge canvas", svg(attributes='width="30000" height="30000"'), Reason.HUGE_CANVAS, 1),
        Attack("huge box", svg(attributes='viewBox="0 0 200000 200000"'), Reason.HUGE_CANVAS, 1),
        Attack("endless canvas", svg(attributes='width="1e308" height="1e308"'), Reason.HUGE_CANVAS, 1),
        Attack("kilometres", svg(attributes='width="100000cm" viewBox="0 0 9 9"'), Reason.HUGE_CANVAS, 1),
        Attack("empty", svg(""), Reason.EMPTY_PICTURE),
        Attack("outside of its box", svg('<path d="M90 90h9v9z"/>'), Reason.EMPTY_PICTURE),
        Attack("white on white", svg('<rect width="24" height="24" fill="#fff"/>'), Reason.EMPTY_PICTURE),
    ]


def _bombs() -> list[Attack]:
    doubled = "".join(f'<g id="a{n + 1}"><use href="#a{n}"/><use xlink:href="#a{n}"/></g>' for n in range(30))
    chain = "".join(f'<g id="a{n + 1}"><use href="#a{n}"/></g>' for n in range(5_000))
    tiles = [f'<path fill="url(#a{n})"/><path stroke="url(#a{n})"/>' for n in range(30)]
    patterns = "".join(f'<pattern id="a{n + 1}">{tile}</pattern>' for n, tile in enumerate(tiles))
    marked = '<path d="M0 0' + "l1 1" * 9_999 + '" marker-mid="url(#m)"/>'
    circle = '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'
    deep = "<g>" * 200 + "</g>" * 200
    return [
        Attack("use bomb", svg('<path id="a0" d="M0 0"/>' + doubled), Reason.USE_BOMB),
        Attack("chain of uses", svg('<path id="a0" d="M0 0"/>' + chain), Reason.USE_BOMB),
        Attack("use of itself", svg('<g id="a"><use href="#a"/></g>'), Reason.USE_BOMB),
        Attack("use in a circle", svg(circle), Reason.USE_BOMB),
        Attack("pattern bomb", svg(patterns), Reason.USE_BOMB),
        Attack(
            "pattern bomb in quotes",
            svg(patterns.replace("(#a", "( '#a ").replace('id="a', 'id="a ').replace(")", "')")),
            Reason.USE_BOMB,
        ),
        Attack("marker bomb", svg(f'<marker id="m"><path/><path/><path/></marker>{marked}'), Reason.USE_BOMB),
        Attack("deep groups", svg(deep), Reason.TOO_COMPLEX),
        Attack("bottomless groups", svg("<g>" * 200_000 + "</g>" * 200_000), Reason.TOO_COMPLEX),
        Attack("300,000 elements", svg("<g/>" * 300_000), Reason.TOO_COMPLEX),
        Attack("endless path", svg(f'<path d="M0 0{"h1" * 310_000}"/>'), Reason.TOO_COMPLEX, 2),
        Attack(
            "dust of dashes",
            svg('<path d="M0 0h24" stroke="red" stroke-dasharray="1e-5"/>'),
            Reason.TOO_COMPLEX,
            2,
        ),
        Attack(
            "dust in a style",
            svg('<path d="M0 0h24" style="stroke-dasharray:1e-5 0;"/>'),
            Reason.TOO_COMPLEX,
            2,
        ),
        Attack("endless style", svg(f'<path style="fill:{"url(#" * 60_000}"/>'), Reason.TOO_COMPLEX, 2),
        Attack("endless sheet", svg(f"<style>{'a{fill:red}' * 60_000}</style>"), Reason.TOO_COMPLEX, 2),
        Attack("three megabytes", svg(" " * 3_000_000), Reason.TOO_LARGE),
    ]


def _filters() -> list[Attack]:
    heavy = Reason.FILTER_TOO_HEAVY

    def filtered(primitives: str, attributes: str = "", uses: int = 1) -> bytes:
        shapes = '<path d="M0 0h9v9z" filter="url(#f)"/>' * uses
        return svg(f'<filter id="f" {attributes}>\n{primitives}</filter>{shapes}')

    blur = '<feGaussianBlur stdDeviation="1"/>'
    shared = 'primitiveUnits="objectBoundingBox"'
    return [
        Attack("wide blur", filtered('<feGaussianBlur stdDeviation="900"/>'), heavy, 3),
        Attack("wide blur of the shape", filtered('<feDropShadow stdDeviation=".5"/>', shared), heavy, 3),
        Attack("wide growth", filtered('<feMorphology operator="dilate" radius="0 9"/>'), heavy, 3),
        Attack("many growths", filtered('<feMorphology radius=".5"/>' * 9), heavy),
        Attack("many steps", filtered(blur * 51), heavy, 2),
        Attack("many blurs", filtered(blur * 20, uses=9), heavy),
        Attack("wide region", filtered(blur, 'width="1000000%" height="9"'), heavy, 2),
        Attack("wide region of units", filtered(blur, 'filterUnits="userSpaceOnUse" width="900"'), heavy, 2),
        Attack(
            "big kernel", filtered(f'<feConvolveMatrix order="90 90" kernelMatrix="{"1 " * 8100}"/>'), heavy
        ),
        Attack("endless octaves", filtered('<feTurbulence numOctaves="9999"/>'), heavy),
        Attack(
            "less than nothing",
            filtered('<feMorphology radius=".5"/>' * 9 + '<feConvolveMatrix order="-90 90"/>'),
            heavy,
        ),
        Attack("displacements", filtered('<feDisplacementMap scale="9"/>' * 20), heavy),
        Attack(
            "lights", filtered("<feDiffuseLighting><fePointLight/></feDiffuseLighting>" * 40, uses=4), heavy
        ),
        Attack("called wide", svg('<path d="M0 0h9v9z" filter="blur(900px)"/>'), heavy, 2),
        Attack("called often", svg(f'<path d="M0 0h9v9z" style="filter:{"blur(1px) " * 200}"/>'), heavy),
    ]

"""Drawings made safe: rebuilt from what is allowed, refused with a reason where leaving out would cheat."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from imaging import budgets
from imaging.css import check_value, clean_declarations, clean_sheet, refuse_reference
from imaging.doctypes import without_doctype
from imaging.measures import Size, measure, pixels
from imaging.rejections import Reason, Rejected
from imaging.vocabulary import (
    ANIMATIONS,
    ATTRIBUTES,
    ELEMENTS,
    LINKS,
    PROPERTIES,
    SCRIPTS,
    SVG,
    TEXTUAL,
    XHTML,
    XLINK,
    local_name,
)

_NAMESPACE = f"{{{SVG}}}"
_STYLE_SHEETS = etree.XPath("preceding-sibling::processing-instruction('xml-stylesheet')")
_GZIP = b"\x1f\x8b"
_VALUES = PROPERTIES - {"d", "transform"}  # those two have grammars of their own, which cannot fetch or call
_LINK_USES = {"a": "contains a link", "use": "uses a shape from another file"}
_ILLUSTRATOR_ONLY = "http://ns.adobe.com/"  # a foreignObject for this extension is drawn by Illustrator alone


@dataclass(frozen=True, slots=True)
class Drawing:
    """A safe drawing and its own size."""

    root: etree._Element
    size: Size

    def to_bytes(self) -> bytes:
        """As UTF-8 without an XML declaration."""
        return etree.tostring(self.root, encoding="utf-8")

    def to_bytes_at(self, width: float, height: float, x: float = 0, y: float = 0) -> bytes:
        """The drawing to be shown *width* x *height* pixels big instead of at its own size."""
        root = deepcopy(self.root)
        for name, length in (("x", x), ("y", y), ("width", width), ("height", height)):
            root.set(name, f"{length:g}")
        return etree.tostring(root, encoding="utf-8")

    @property
    def has_style_sheet(self) -> bool:
        """Whether it brings CSS rules."""
        return next(self.root.iter(_NAMESPACE + "style"), None) is not None


def sanitise(svg: bytes) -> bytes:
    """The same picture rebuilt from what is allowed; raises ``Rejected``. Doing it twice changes nothing.

    Left out silently: comments, metadata, what editors add for themselves, harmless DOCTYPEs.
    Refused with line and reason: what would run, fetch, move, exhaust a renderer or be missed in the picture.
    """
    return read_drawing(svg).to_bytes()


def read_drawing(svg: bytes) -> Drawing:
    """As ``sanitise``, before it is written out."""
    source = _parse(svg)
    budgets.check_parts(source)
    size = measure(source)
    root = _rebuild_root(source, size)
    budgets.check_cost(root, size)
    return Drawing(root, size)


def _parse(svg: bytes) -> etree._Element:
    if len(svg) > budgets.MOST_BYTES:
        raise Rejected(Reason.TOO_LARGE)
    if svg.startswith(_GZIP):
        raise Rejected(Reason.NOT_SVG, "is compressed (SVGZ)")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
    )
    try:
        source = etree.fromstring(without_doctype(svg), parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise Rejected(Reason.TOO_COMPLEX, "nests its elements too deep", error.lineno) from error
        raise Rejected(Reason.NOT_XML, line=error.lineno) from error
    if source.getroottree().docinfo.internalDTD is not None:
        raise Rejected(Reason.DTD)
    for instruction in _STYLE_SHEETS(source):
        raise Rejected(Reason.EXTERNAL_REFERENCE, "uses an external style sheet", instruction.sourceline)
    _check_is_svg(source)
    return source


def _check_is_svg(source: etree._Element) -> None:
    if source.tag == "svg":
        raise Rejected(Reason.NOT_SVG, f'has an <svg> without xmlns="{SVG}"', source.sourceline)
    if source.tag != _NAMESPACE + "svg":
        raise Rejected(Reason.NOT_SVG, f"is <{etree.QName(source).localname}>, not <svg>", source.sourceline)


def _rebuild_root(source: etree._Element, size: Size) -> etree._Element:
    root = etree.Element(_NAMESPACE + "svg", nsmap={None: SVG, "xlink": XLINK})
    _copy_attributes(source, root)
    for name in ("x", "y"):
        root.attrib.pop(name, None)
    for name in ("width", "height"):
        if name in root.attrib and pixels(root.get(name)) is None:
            del root.attrib[name]  # a share of the page, such as 100 %
    if "viewBox" not in root.attrib:
        root.set("viewBox", f"0 0 {size.width:g} {size.height:g}")
    _rebuild_children(source, root)
    etree.cleanup_namespaces(root)
    return root


def _rebuild_children(source: etree._Element, target: etree._Element) -> None:
    is_textual = local_name(target) in TEXTUAL
    if is_textual:
        target.text = source.text
    for child in source:
        name = _kept_name(child, target)
        if name == "style":
            _rebuild_sheet(child, target)
        elif name:
            rebuilt = etree.SubElement(target, _NAMESPACE + name)
            rebuilt.sourceline = child.sourceline  # type: ignore[misc]  # the stubs do not know it can be set
            _copy_attributes(child, rebuilt)
            _rebuild_children(child, rebuilt)
        if is_textual and child.tail:
            _append_text(target, child.tail)


def _append_text(target: etree._Element, text: str) -> None:
    if len(target):
        target[-1].tail = (target[-1].tail or "") + text
    else:
        target.text = (target.text or "") + text


def _kept_name(element: etree._Element, parent: etree._Element) -> str | None:
    """The name to rebuild it by, None to leave it out; raises ``Rejected`` for what would be missed."""
    if not isinstance(element.tag, str):
        return None  # a processing instruction
    name, line = local_name(element), element.sourceline
    if name in SCRIPTS:
        raise Rejected(Reason.SCRIPT, line=line)
    namespace = element.tag[1:].partition("}")[0]
    if namespace == XHTML:
        raise Rejected(Reason.FOREIGN_OBJECT, "embeds HTML", line)
    if namespace != SVG:
        return None  # an editor's own
    if name in ANIMATIONS:
        raise Rejected(Reason.ANIMATION, line=line)
    if name in {"image", "feImage"}:
        _refuse_image(element)
    if name == "textPath":
        raise Rejected(Reason.UNSUPPORTED, "sets text on a path", line)
    if name == "foreignObject" and not element.get("requiredExtensions", "").startswith(_ILLUSTRATOR_ONLY):
        raise Rejected(Reason.FOREIGN_OBJECT, line=line)
    if name == "a":
        return "tspan" if local_name(parent) in TEXTUAL else "g"
    return name if name in ELEMENTS else None


def _refuse_image(element: etree._Element) -> None:
    for link in LINKS:
        refuse_reference(element.get(link, ""), element.sourceline, "uses an external image")
    raise Rejected(Reason.UNSUPPORTED, "uses an <image>", element.sourceline)


def _rebuild_sheet(source: etree._Element, target: etree._Element) -> None:
    language = (source.get("type") or "text/css").partition(";")[0].strip().lower()
    media = (source.get("media") or "all").replace(",", " ").lower().split()
    if language != "text/css" or not {"all", "screen"} & set(media):
        return  # nobody applies it to a picture
    rules = clean_sheet("".join(source.itertext()), source.sourceline)
    if rules:
        rebuilt = etree.SubElement(target, _NAMESPACE + "style")
        rebuilt.sourceline = source.sourceline  # type: ignore[misc]  # as above
        rebuilt.text = rules


def _copy_attributes(source: etree._Element, target: etree._Element) -> None:
    line = source.sourceline
    for key, value in source.items():
        if key in LINKS:
            refuse_reference(value, line, _LINK_USES.get(local_name(source), ""))
            if value.strip() and local_name(source) != "a":
                target.set(key, value.strip())
        elif key[:2].lower() == "on":
            raise Rejected(Reason.SCRIPT, f"has an event handler, {key}", line)
        elif key == "style":
            style = clean_declarations(value, line)
            if style:
                target.set(key, style)
        elif key in ATTRIBUTES:
            if key in _VALUES:
                check_value(value, line)
            target.set(key, value)

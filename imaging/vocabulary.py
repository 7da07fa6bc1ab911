"""The SVG we take: elements, attributes and CSS properties. What is not listed here does not get through."""

from __future__ import annotations

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XHTML = "http://www.w3.org/1999/xhtml"

LINKS = ("href", f"{{{XLINK}}}href")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ELEMENTS = _words("""
    svg g defs symbol use switch path rect circle ellipse line polyline polygon text tspan title desc style
    linearGradient radialGradient stop pattern clipPath mask marker filter
    feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
    feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode
    feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence
""")

TEXTUAL = _words("text tspan title desc")  # where characters are content, not indentation

ANIMATIONS = _words("animate animateColor animateMotion animateTransform discard set")
SCRIPTS = _words("script handler listener")

# Presentation attributes: the same names are CSS properties. Width and height by CSS are left out: they size
# a drawing for a web page (width:100%) and would overrule the size it is drawn at here.
PROPERTIES = _words("""
    alignment-baseline baseline-shift clip-path clip-rule color color-interpolation
    color-interpolation-filters direction display dominant-baseline fill fill-opacity fill-rule filter
    flood-color flood-opacity font font-family font-size font-size-adjust font-stretch font-style font-variant
    font-weight glyph-orientation-horizontal glyph-orientation-vertical image-rendering isolation kerning
    letter-spacing lighting-color line-height marker marker-end marker-mid marker-start mask mask-type
    mix-blend-mode opacity overflow paint-order shape-rendering stop-color stop-opacity stroke
    stroke-dasharray stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity
    stroke-width text-anchor text-decoration text-orientation text-rendering transform transform-box
    transform-origin unicode-bidi vector-effect visibility white-space word-spacing writing-mode
    cx cy d r rx ry x y
""")

ATTRIBUTES = (
    PROPERTIES
    | _words("""
    id class style version width height viewBox preserveAspectRatio
    requiredExtensions requiredFeatures systemLanguage
    x1 x2 y1 y2 dx dy fr fx fy points pathLength rotate textLength lengthAdjust
    clipPathUnits gradientTransform gradientUnits maskContentUnits maskUnits offset spreadMethod
    markerHeight markerUnits markerWidth orient refX refY patternContentUnits patternTransform patternUnits
    filterUnits primitiveUnits in in2 result mode type values tableValues slope intercept amplitude exponent
    operator k1 k2 k3 k4 order kernelMatrix divisor bias targetX targetY edgeMode kernelUnitLength
    preserveAlpha surfaceScale diffuseConstant specularConstant specularExponent scale xChannelSelector
    yChannelSelector azimuth elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle stdDeviation radius
    baseFrequency numOctaves seed stitchTiles
""")
    | {f"{{{XML}}}space"}
)

# Functions a property's value may call. None but url() can fetch (as src() and image-set() can), and librsvg
# knows them all (it knows no var(): such a picture would be drawn in other colours than in a browser).
FUNCTIONS = _words("""
    url rgb rgba hsl hsla matrix translate translatex translatey rotate scale scalex scaley skewx skewy
    blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
""")


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]

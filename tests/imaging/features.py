"""Features of SVG that icons use, each in one small drawing of 24 units."""

from __future__ import annotations

from tests.imaging.drawings import svg

_BODIES = {
    "transform-origin attr": (
        '<rect x="2" y="2" width="12" height="6" transform="rotate(45)" transform-origin="12 12"/>'
    ),
    "transform-origin css": (
        '<rect x="2" y="2" width="12" height="6" style="transform:rotate(45deg);transform-origin:12px 12px"/>'
    ),
    "transform css": '<rect x="12" y="2" width="8" height="6" style="transform:rotate(45deg)"/>',
    "pathLength dash": (
        '<path d="M2 12h20" pathLength="10" stroke="red" stroke-width="6" stroke-dasharray="2 1"/>'
    ),
    "pathLength circle": (
        '<circle cx="12" cy="12" r="8" pathLength="100" stroke="red" fill="none" stroke-width="4" '
        'stroke-dasharray="25 75"/>'
    ),
    "mask luminance": (
        '<mask id="m"><rect width="24" height="24" fill="#888"/></mask><rect width="20" height="20" '
        'mask="url(#m)"/>'
    ),
    "mask-type alpha": (
        '<mask id="m" mask-type="alpha"><rect width="12" height="24" fill="#000"/></mask><rect '
        'width="20" height="20" fill="red" mask="url(#m)"/>'
    ),
    "mask-type css": (
        '<mask id="m" style="mask-type:alpha"><rect width="12" height="24" fill="#000"/></mask><rect '
        'width="20" height="20" fill="red" mask="url(#m)"/>'
    ),
    "vector-effect": (
        '<rect x="2" y="2" width="5" height="5" fill="none" stroke="red" stroke-width="40" '
        'vector-effect="non-scaling-stroke" transform="scale(2)"/>'
    ),
    "paint-order": (
        '<rect x="6" y="6" width="12" height="12" fill="blue" stroke="red" stroke-width="8" '
        'paint-order="stroke"/>'
    ),
    "mix-blend-mode": (
        '<rect width="16" height="16" fill="#f00"/><rect x="8" y="8" width="16" height="16" '
        'fill="#0f0" style="mix-blend-mode:multiply"/>'
    ),
    "isolation": (
        '<rect width="16" height="16" fill="#f00"/><g style="isolation:isolate"><rect x="8" y="8" '
        'width="16" height="16" fill="#0f0" style="mix-blend-mode:multiply"/></g>'
    ),
    "filter blur fn": ('<rect x="6" y="6" width="12" height="12" fill="blue" style="filter:blur(1px)"/>'),
    "drop-shadow fn": (
        '<rect x="6" y="6" width="8" height="8" fill="blue" filter="drop-shadow(4px 4px 0 #f00)"/>'
    ),
    "feDropShadow": (
        '<filter id="f"><feDropShadow dx="4" dy="4" stdDeviation="0" flood-color="red"/></filter>'
        '<rect x="4" y="4" width="10" height="10" filter="url(#f)"/>'
    ),
    "text": '<text x="1" y="18" font-size="18" font-family="DejaVu Sans">Ab</text>',
    "text other font": '<text x="1" y="18" font-size="14" font-family="Georgia">Abc</text>',
    "textLength": (
        '<text x="1" y="18" font-size="10" font-family="DejaVu Sans" textLength="22" '
        'lengthAdjust="spacingAndGlyphs">Abc</text>'
    ),
    "dominant-baseline": (
        '<text x="1" y="12" font-size="14" font-family="DejaVu Sans" dominant-baseline="middle">Abc</text>'
    ),
    "tspan dx rotate": ('<text x="1" y="18" font-size="12" font-family="DejaVu Sans" rotate="30">Abc</text>'),
    "writing-mode": (
        '<text x="12" y="2" font-size="8" font-family="DejaVu Sans" writing-mode="vertical-rl">Abc</text>'
    ),
    "css geometry": "<style>circle{r:8px;cx:12px;cy:12px}</style><circle/>",
    "svg2 href use": '<defs><rect id="r" width="10" height="10"/></defs><use href="#r" x="4" y="4"/>',
    "use symbol size": (
        '<symbol id="s" viewBox="0 0 10 10"><rect width="10" height="10"/></symbol><use href="#s" '
        'x="2" y="2" width="8" height="16"/>'
    ),
    "marker auto-start-reverse": (
        '<marker id="m" orient="auto-start-reverse" markerWidth="3" markerHeight="3" refX="0" '
        'refY="1.5"><path d="M0 0l3 1.5L0 3z"/></marker><path d="M6 12h10" stroke="red" '
        'stroke-width="2" marker-start="url(#m)" marker-end="url(#m)"/>'
    ),
    "context-fill": (
        '<marker id="m" markerWidth="4" markerHeight="4" refX="2" refY="2"><rect width="4" '
        'height="4" fill="context-stroke"/></marker><path d="M6 12h10" stroke="red" stroke-width="3" '
        'marker-end="url(#m)"/>'
    ),
    "hsl modern": '<rect width="20" height="20" fill="hsl(120 100% 25% / .5)"/>',
    "8hex": '<rect width="20" height="20" fill="#ff000080"/>',
    "fill-opacity pct": '<rect width="20" height="20" fill-opacity="50%"/>',
    "nth-child": (
        '<style>rect:nth-child(2){fill:red}</style><rect width="10" height="10"/><rect x="10" y="10" '
        'width="9" height="9"/>'
    ),
    ":not/:is": '<style>rect:is(.a,.b){fill:red}</style><rect class="a" width="20" height="20"/>',
    "radial fr": (
        '<radialGradient id="g" fr=".3" r=".5"><stop stop-color="red"/><stop offset="1" '
        'stop-color="blue"/></radialGradient><rect width="24" height="24" fill="url(#g)"/>'
    ),
    "linearRGB": (
        '<linearGradient id="g" color-interpolation="linearRGB"><stop stop-color="red"/><stop '
        'offset="1" stop-color="lime"/></linearGradient><rect width="24" height="24" fill="url(#g)"/>'
    ),
    "switch lang": (
        '<switch><rect systemLanguage="xx" width="20" height="20" fill="red"/><rect width="20" '
        'height="20" fill="blue"/></switch>'
    ),
    "stroke-miterlimit arcs": (
        '<path d="M4 20L12 4l8 16" fill="none" stroke="red" stroke-width="4" stroke-linejoin="arcs"/>'
    ),
    "important": ('<style>rect{fill:red!important}</style><rect width="20" height="20" style="fill:blue"/>'),
    "display contents": '<g style="display:contents"><rect width="20" height="20"/></g>',
    "visibility": '<g visibility="hidden"><rect width="20" height="20" visibility="visible"/></g>',
    "overflow svg": (
        '<svg x="4" y="4" width="10" height="10" overflow="visible"><rect width="16" height="16"/></svg>'
    ),
    "currentColor": '<g color="red"><rect width="20" height="20" fill="currentColor"/></g>',
    "turbulence": (
        '<filter id="f"><feTurbulence baseFrequency=".2"/></filter><rect width="24" height="24" '
        'filter="url(#f)"/>'
    ),
}

FEATURES = {name: svg(body) for name, body in _BODIES.items()}

"""A drawing laid out by Graphviz, in the colours of the house."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape

import graphviz

from local.picture.drawing import Arrow, Box, Drawing, Layer

INK, QUIET, LINE, FRAME, GROUND = "#1f2937", "#6b7280", "#94a3b8", "#e5e7eb", "#f8fafc"
FONT = "Helvetica,Arial,sans-serif"
CAPTION = (
    "\\nDrawn from the state of prod. An arrow is a right in the role of the one it leaves;"
    " the coloured words are the stores that a service reaches.\\l"
)
STORES = {"database": "#7c3aed", "cache": "#db2777"}
LAYERS: dict[Layer, tuple[str, str, str]] = {
    "pages": ("Visitors and contributors come in", "#e0f2fe", "#0284c7"),
    "services": ("Services, each with a role of its own", "#ecfdf5", "#059669"),
    "storage": ("Objects and messages", "#fff7ed", "#ea580c"),
    "stores": ("Where the truth is kept", "#f5f3ff", "#7c3aed"),
    "delivery": ("Visitors see", "#e0f2fe", "#0284c7"),
}
"""The title, the paper and the ink of each layer, from what a browser meets first to what it is shown."""

RIGHTWARDS = {"tailport": "e", "headport": "w"}
PORTS: dict[tuple[Layer | None, Layer | None], dict[str, str]] = {
    ("services", "storage"): RIGHTWARDS,
    ("pages", "services"): RIGHTWARDS,
}
"""On which side of a box an arrow between two layers leaves and arrives."""


def svg(drawing: Drawing) -> str:
    """The drawing laid out. Raises graphviz.ExecutableNotFound where there is no Graphviz."""
    laid_out = str(_graph(drawing).pipe(format="svg", encoding="utf-8"))
    return f"{laid_out.rstrip()}\n<!-- {fingerprint(drawing)} -->\n"


def fingerprint(drawing: Drawing) -> str:
    """What a picture says of the drawing it shows: the same drawing in the same style, the same words."""
    return f"sha256 of what is drawn: {hashlib.sha256(_graph(drawing).source.encode()).hexdigest()}"


def _graph(drawing: Drawing) -> graphviz.Digraph:
    graph: graphviz.Digraph = graphviz.Digraph("architecture")
    graph.attr(rankdir="LR", bgcolor="white", pad="0.2", nodesep="0.16", ranksep="0.4", newrank="true")
    graph.attr(label=CAPTION, labelloc="b", labeljust="l", fontname=FONT, fontsize="10", fontcolor=QUIET)
    graph.attr("node", shape="plain", fontname=FONT, fontsize="12", fontcolor=INK)
    graph.attr("edge", fontname=FONT, fontsize="10", fontcolor=QUIET, color=LINE, arrowsize="0.6")
    for layer in LAYERS:
        _column(graph, layer, [box for box in drawing.boxes if box.layer == layer])
    _stand_together(graph, [box.name for box in drawing.boxes if box.layer in ("storage", "stores")])
    for arrow in drawing.arrows:
        _arrow(graph, drawing, arrow)
    return graph


def _column(graph: graphviz.Digraph, layer: Layer, boxes: Sequence[Box]) -> None:
    with graph.subgraph(name=f"cluster_{layer}") as column:
        column.attr(label=LAYERS[layer][0], labelloc="t", labeljust="c", fontsize="11", margin="10")
        column.attr(style="rounded,filled", color=FRAME, fillcolor=GROUND)
        for box in boxes:
            column.node(box.name, _label(box))
    if layer in ("pages", "services"):
        _stand_together(graph, [box.name for box in boxes])


def _stand_together(graph: graphviz.Digraph, names: Sequence[str]) -> None:
    """In one column, one above the other."""
    with graph.subgraph() as column:
        column.attr(rank="same")
        for name in names:
            column.node(name)


def _arrow(graph: graphviz.Digraph, drawing: Drawing, arrow: Arrow) -> None:
    words = "".join(f"{line}\\l" for line in arrow.words)
    if drawing.layer(arrow.tail) == "delivery":
        # What is shown stands on the right of what it is taken from.
        graph.edge(arrow.head, arrow.tail, label=words, dir="back")
    else:
        ports = PORTS.get((drawing.layer(arrow.tail), drawing.layer(arrow.head)), {})
        graph.edge(arrow.tail, arrow.head, label=words, **ports)


def _label(box: Box) -> str:
    _, paper, ink = LAYERS[box.layer]
    rows = [
        _row(f"<B>{_spaced(box.name)}</B>", size=13, color=INK),
        *(_row(_spaced(words), size=10, color=QUIET) for words in (box.noun, *box.notes) if words),
        *([f"<TR><TD>{_chips(box.stores)}</TD></TR>"] if box.stores else []),
    ]
    style = f'BORDER="1" COLOR="{ink}" BGCOLOR="{paper}" STYLE="ROUNDED" CELLBORDER="0" CELLPADDING="2"'
    return f"<<TABLE {style}>{''.join(rows)}</TABLE>>"


def _row(words: str, *, size: int, color: str) -> str:
    return f'<TR><TD><FONT POINT-SIZE="{size}" COLOR="{color}">{words}</FONT></TD></TR>'


def _chips(stores: Sequence[str]) -> str:
    """A coloured word for each store that a service reaches: eight arrows to one box would say less."""
    cells = "".join(
        f'<TD BGCOLOR="{STORES[name]}" STYLE="ROUNDED"><FONT POINT-SIZE="9" COLOR="white">{_spaced(name)}'
        "</FONT></TD>"
        for name in stores
    )
    return f'<TABLE BORDER="0" CELLSPACING="3" CELLPADDING="1"><TR>{cells}</TR></TABLE>'


def _spaced(words: str) -> str:
    """Room on both sides: the browser's letters may be wider than those the layout was made with."""
    return f"&nbsp;{escape(words)}&nbsp;"

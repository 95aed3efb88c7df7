"""SVG: a drawing that stands alone, on light and on dark pages; without scripts, and nothing in it is fetched."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from headgate.render import impact as words
from headgate.render.answers import ImpactAnswer
from headgate.render.escaping import xml
from headgate.render.format import Format, View
from headgate.render.layers import BOX_HEIGHT, BOX_WIDTH, Layout, lay_out

if TYPE_CHECKING:
    from headgate.lineage.blast_radius import Affected

FORMAT = Format("svg", "a drawing of its own")
_CLIP = 32
_STYLE = """
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1f2328}
.small{font-size:11px;fill:#59636e}
rect{fill:#f6f8fa;stroke:#818b98}
path{fill:none;stroke:#818b98}
marker path{fill:#818b98}
.page{fill:#ffffff;stroke:none}
.start{stroke:#0969da;stroke-width:2.5}
.exposure,.job{fill:#ddf4ff}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}
.small{fill:#9198a1}
rect{fill:#151b23;stroke:#656c76}
path{stroke:#656c76}
marker path{fill:#656c76}
.page{fill:#0d1117}
.start{stroke:#4493f8}
.exposure,.job{fill:#0c2d6b}
}"""


@FORMAT.of(ImpactAnswer)
def _impact(answer: ImpactAnswer, view: View) -> str:
    impact = answer.impact
    start = impact.start
    distances = {start.name: 0} | {each.node.name: each.distance for each in impact.affected}
    edges = [
        (step.dataset, each.node.name)
        for each in impact.affected
        for step in each.through
        if step.dataset in distances and step.dataset != each.node.name
    ]
    layout = lay_out(distances, edges, leftwards=impact.upstream)
    title = f"{start.short}.{impact.column}" if impact.column else start.short
    boxes = [_box(layout, start.name, "start", title, words.about(start), str(start.name))]
    for each in impact.affected:
        node = each.node
        title = words.name_of(node) if node.kind != "table" else node.short
        boxes.append(_box(layout, node.name, str(node.kind), title, _detail(each), str(node.name)))
    curves = [_curve(layout, one, other, impact.upstream) for one, other in dict.fromkeys(edges)]
    width, height = layout.size
    label = _text(f"{words.title(impact)} {words.direction(impact)} {words.sums(impact)}")
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            f'role="img" aria-label="{label}">',
            f"<style>{_STYLE}</style>",
            '<defs><marker id="end" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
            '<path d="M0 0L8 4L0 8z"/></marker></defs>',
            f'<rect class="page" width="{width}" height="{height}"/>',
            *curves,
            *boxes,
            "</svg>",
        )
    )


def _detail(each: Affected) -> str:
    return " · ".join(filter(None, (", ".join(each.node.owners), words.columns(each))))


def _box(layout: Layout, name: object, kind: str, title: str, detail: str, full: str) -> str:
    x, y = layout.places[name]
    second = (
        f'<text class="small" x="{x + 12}" y="{y + 37}">{_text(_clipped(detail, _CLIP + 6))}</text>' if detail else ""
    )
    return (
        f"<g><title>{_text(full)}{_text(f': {detail}' if detail else '')}</title>"
        f'<rect class="{kind}" x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text x="{x + 12}" y="{y + (20 if detail else 29)}">{_text(_clipped(title, _CLIP))}</text>{second}</g>'
    )


def _curve(layout: Layout, one: object, other: object, upstream: bool) -> str:
    """From what is read to what reads it."""
    (x1, y1), (x2, y2) = (layout.places[name] for name in ((other, one) if upstream else (one, other)))
    x1, y1, y2 = x1 + BOX_WIDTH, y1 + BOX_HEIGHT // 2, y2 + BOX_HEIGHT // 2
    bend = max(abs(x2 - x1) // 2, 30)
    return f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2 - 2} {y2}" marker-end="url(#end)"/>'


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _text(text: object) -> str:
    return escape(xml(text))

"""Mermaid: a drawing that GitHub, GitLab and wikis show in Markdown."""

from __future__ import annotations

from headgate.render import impact as words
from headgate.render.answers import ImpactAnswer
from headgate.render.escaping import mermaid
from headgate.render.format import Format, View

FORMAT = Format("mermaid", "a drawing in Markdown (GitHub, GitLab, wikis)")
_SHAPES = {"table": '["{}"]', "exposure": '(["{}"])', "job": '{{{{"{}"}}}}'}


@FORMAT.of(ImpactAnswer)
def _impact(answer: ImpactAnswer, view: View) -> str:
    impact = answer.impact
    ids = {impact.start.name: "n0"} | {each.node.name: f"n{i}" for i, each in enumerate(impact.affected, 1)}
    lines = ["flowchart LR", f'    n0["{mermaid(words.title(impact))}"]:::start']
    for each in impact.affected:
        said = (words.name_of(each.node), words.columns(each), ", ".join(each.node.owners))
        label = "<br/>".join(mermaid(text) for text in said if text)
        lines.append(f"    {ids[each.node.name]}{_SHAPES[str(each.node.kind)].format(label)}")
    for each in impact.affected:
        for name in dict.fromkeys(step.dataset for step in each.through if step.dataset in ids):
            ends = (ids[each.node.name], ids[name]) if impact.upstream else (ids[name], ids[each.node.name])
            lines.append(f"    {ends[0]} --> {ends[1]}")
    return "\n".join((*lines, "    classDef start stroke-width:3px"))

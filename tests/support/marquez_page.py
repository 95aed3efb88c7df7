"""What a person sees in Marquez of a job and its datasets, as one page of HTML, drawn from the model of Marquez."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

from tests.support.marquez import DatasetPage, JobPage, Marquez, Name

# Of the assertions behind the chips, the failing ones and as many of the others as make up this number.
ASSERTIONS = 4
# Of the facet headgate_contract, in the tree of FACETS.
FACET = ("contract", "version", "status", "owner", "verdict", "outcome", "policy", "rows", "staleSince", "served")
STYLE = """
body { margin: 0; padding: 16px; background: #191f26; color: #fff; font: 13px/1.45 "DejaVu Sans", Arial, sans-serif;
  display: flex; gap: 14px; align-items: flex-start; }
section { flex: 1; min-width: 0; border: 1px solid #454f5b; border-radius: 8px; padding: 12px; }
h1 { font-size: 15px; margin: 0 0 4px; overflow-wrap: anywhere; }
h1 i { font-style: normal; background: #9e90e8; border-radius: 5px; padding: 1px 6px; margin-right: 6px; }
p, dd, code { color: #abb1bd; margin: 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: 1fr 1fr; gap: 2px 10px; border-top: 1px solid #454f5b;
  margin: 10px 0; padding-top: 8px; }
dt, h2 { color: #fff; font-size: 11px; letter-spacing: .04em; margin: 4px 0 0; font-weight: 700; }
b { font-size: 10.5px; font-weight: 700; border: 1px solid; border-radius: 7px; padding: 1px 7px; white-space: nowrap; }
.good { color: #71ddbf; } .bad { color: #ee7b7b; }
table { width: 100%; border-collapse: collapse; margin: 4px 0 8px; }
td { border-top: 1px solid #333c47; padding: 3px 4px 3px 0; vertical-align: top; color: #abb1bd; font-size: 12px; }
td:first-child { color: #fff; width: 70px; }
td:nth-child(3) { text-align: right; width: 64px; }
code { font: 11.5px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; display: block; }
"""


def page(marquez: Marquez, job: Name, datasets: Sequence[Name]) -> str:
    """Return the pages of a job and of datasets beside each other: the first dataset, the job, the others."""
    first, *others = [_dataset(name, marquez.dataset(*name)) for name in datasets]
    cards = [first, _job(job, marquez.job(*job), marquez), *others]
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{"".join(cards)}'


def _dataset(name: Name, of: DatasetPage) -> str:
    terms = [("SOURCE", escape(of.source)), ("QUALITY", _quality(of)), ("FIELDS", f"{len(of.columns)} columns"),
             ("VERSIONS", str(of.versions))]  # fmt: skip
    said = of.facets.get("headgate_contract", {})
    facet = "\n".join(f"{key}: {_plain(said[key])}" for key in FACET if said.get(key))
    parts = [_head("⛁", name[1], of.description), _terms(terms), _assertions(of)]
    parts += [f"<h2>FACETS · headgate_contract</h2><code>{escape(facet)}</code>"] if facet else []
    return f"<section>{''.join(parts)}</section>"


def _job(name: Name, of: JobPage, marquez: Marquez) -> str:
    good = of.state == "COMPLETE"
    state = f'<b class="{"good" if good else "bad"}">{"COMPLETED" if good else "FAILED"}</b>'
    terms = [("LATEST RUN", state), ("LOCATION", escape(of.location or "N/A"))]
    read = sorted(one for one, to in marquez.edges if to == name[1])
    written = sorted(to for one, to in marquez.edges if one == name[1])
    rows = [("input", text) for text in read] + [("output", text) for text in written]
    edges = "".join(f"<tr><td>{what}</td><td>{escape(text)}</td></tr>" for what, text in rows)
    return (
        f"<section>{_head('⚙', name[1], of.description)}{_terms(terms)}<h2>GRAPH</h2><table>{edges}</table></section>"
    )


def _head(icon: str, name: str, description: str | None) -> str:
    return f"<h1><i>{icon}</i>{escape(name)}</h1><p>{escape(description or 'No description')}</p>"


def _terms(terms: Iterable[tuple[str, str]]) -> str:
    """`terms` are names, and values in HTML."""
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{value}</dd></div>' for name, value in terms)}</dl>"


def _quality(of: DatasetPage) -> str:
    if of.passing is None:
        return "N/A"
    return f'<b class="good">● {of.passing} PASSING</b> <b class="bad">● {of.failing} FAILING</b>'


def _assertions(of: DatasetPage) -> str:
    labels = sorted(of.labels, key=lambda label: label[2])
    failing = sum(not good for _, _, good in labels)
    shown = labels[: max(failing, ASSERTIONS)]
    rows = "".join(_row(*label) for label in shown)
    if hidden := len(labels) - len(shown):
        rows += f"<tr><td></td><td colspan=2>… {hidden} more</td></tr>"
    return f"<table>{rows}</table>" if rows else ""


def _row(column: str | None, label: str, good: bool) -> str:
    chip = f'<b class="{"good" if good else "bad"}">● {"PASS" if good else "FAIL"}</b>'
    return f"<tr><td>{escape(column or '')}</td><td>{escape(label)}</td><td>{chip}</td></tr>"


def _plain(value: Any) -> str:
    return ", ".join(_items(value)) if isinstance(value, dict) else str(value)


def _items(value: dict[str, Any]) -> Iterator[str]:
    yield from (f"{name} {item:,}" if isinstance(item, int) else f"{name} {item}" for name, item in value.items())

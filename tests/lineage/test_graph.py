"""The graph that events tell: which edges, which columns, what is known; and what is no event."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from headgate.errors import CallError, DataNotFoundError
from headgate.lineage import graph_from
from headgate.lineage.graph import Graph
from hypothesis import given
from hypothesis import strategies as st

from tests.support.told_events import churn_days, contract, data, event, graph, place

LATER = {"at": "2026-03-03T01:00:00Z", "run": "2"}
LOOKED_AT = data("b", dataQualityAssertions={"assertions": []})


def edges(graph: Graph) -> set[str]:
    return {
        f"{','.join(sorted(i.name for i in job.inputs))} -{job.name.name}> {','.join(sorted(o.name for o in job.outputs))}"
        for job in graph.jobs
    }


EDGES: dict[str, tuple[list[Any], set[str]]] = {
    "a complete run": ([event("j", ["a"], ["b"])], {"a -j> b"}),
    "a run that has only started": ([event("j", ["a"], ["b"], end="START")], set()),
    "what START alone names counts too": (
        [event("j", ["a"], end="START", at="2026-03-02T00:00:00Z"), event("j", [], ["b"])],
        {"a -j> b"},
    ),
    "a later complete run replaces": ([event("j", ["a"], ["b"]), event("j", ["c"], ["b"], **LATER)], {"c -j> b"}),
    "a run that names nothing clears nothing": ([event("j", ["a"], ["b"]), event("j", **LATER)], {"a -j> b"}),
    "a failure adds": ([event("j", ["a"], ["b"]), event("j", ["c"], end="FAIL", **LATER)], {"a,c -j> b"}),
    "a failure before it does not": (
        [event("j", ["c"], ["b"], end="FAIL"), event("j", ["a"], ["b"], **LATER)],
        {"a -j> b"},
    ),
    "only failures": ([event("j", ["a"], ["b"], end="ABORT")], {"a -j> b"}),
    "a job that writes no data is an end": ([event("j", ["a"])], {"a -j> j"}),
    "a test of data is none": ([event("j", ["a"], ["b"]), event("t", [LOOKED_AT])], {"a -j> b"}),
    "nor is a check": ([event("j", ["a"], ["b"]), event("c", [data("b", contract=contract())])], {"a -j> b"}),
    "one run id, two jobs": ([event("j", ["a"], ["b"]), event("k", ["b"], ["c"])], {"a -j> b", "b -k> c"}),
    "of a job without a run": (
        [{"eventTime": "2026-03-02T00:00:00Z", "job": {"namespace": "n", "name": "j"}, "inputs": [data("a")],
          "outputs": [data("b")]}],
        {"a -j> b"},
    ),
    "a symlink is the dataset": (
        [event("j", ["a"], [data("b", symlinks={"identifiers": [{"namespace": "postgres://db:5432", "name": "B"}]})]),
         event("k", ["B"], ["c"])],
        {"a -j> b", "b -k> c"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDGES)
def test_edges(name: str) -> None:
    events, expected = EDGES[name]
    assert edges(graph(*events)) == expected


def test_columns_made_from_columns() -> None:
    made = graph(event("j", ["a"], [data("b", made_from={"x": ["a.p", "a.q"], "": ["a.q"]})])).made_from
    assert made == {place("b"): {place("a"): {"x": ("p", "q"), "": ("q",)}}}


def test_column_lineage_is_that_of_the_last_run_of_each_job() -> None:
    found = graph(
        event("j", ["a"], [data("b", made_from={"x": ["a.p"]})]),
        event("j", ["a"], [data("b", made_from={"x": ["a.q"]})], **LATER),
        event("k", ["c"], [data("b", made_from={"x": ["c.r"]})]),
    )
    assert found.made_from == {place("b"): {place("a"): {"x": ("q",)}, place("c"): {"x": ("r",)}}}


def test_what_is_known_is_what_was_said_last() -> None:
    found = graph(*churn_days()).node(place("raw.invoices"))
    assert (found.contract, found.version, found.owners, [str(s) for s in found.support]) == (
        "billing", "1.0.0", ("Billing team",), ["#billing https://chat.example/billing"],
    )  # fmt: skip
    assert [(c.name, c.reads) for c in found.consumers] == [("churn score", ("amount",)), ("finance", ())]
    assert found.last is not None
    assert (found.last.outcome, found.last.serves, [str(each) for each in found.last.failed]) == (
        "halted", False, ["amount is at most 500: 12 rows"],
    )  # fmt: skip


WEIRD: list[Any] = [None, 1, "x", [], {}, [1], {"a": 1}]


@given(st.sampled_from(WEIRD), st.sampled_from(WEIRD), st.sampled_from(WEIRD))
def test_a_facet_of_any_shape_is_not_known(facet: Any, inside: Any, dataset: Any) -> None:
    """Facets are anybody's: none may stop the reading of the others."""
    facets = {
        "schema": {"fields": inside}, "documentation": facet, "ownership": {"owners": inside}, "symlinks": facet,
        "columnLineage": {"fields": inside, "dataset": facet},
        "headgate_contract": {"consumers": inside, "rows": facet, "failed": inside, "interval": facet, "support": facet},
    }  # fmt: skip
    one = event("j", ["a"], [{"namespace": "n", "name": "b", "facets": facets}], nominalTime=facet, parent=inside)
    found = graph(one | {"inputs": [data("a"), dataset]}, event("k", ["a"], ["c"]))
    assert "a -k> c" in edges(found)


@given(st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(shuffle: random.Random) -> None:
    events = churn_days()
    expected = graph(*events)
    shuffle.shuffle(events)
    assert graph(*events) == expected


def test_events_are_read_from_lines_documents_and_folders(tmp_path: Path) -> None:
    events = churn_days()
    half = len(events) // 2
    # U+2028 ends a line for Python, and may stand in JSON as it is.
    events[0]["job"]["facets"] = {"documentation": {"description": "one\u2028two"}}
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(e, ensure_ascii=False) for e in events[:half]) + "\n\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.json").write_text(json.dumps(events[half:], indent=1))
    for number, one in enumerate(events[half:]):
        (tmp_path / "deep" / f"{number}.json").write_text(json.dumps(one, indent=1))
    (tmp_path / "readme.txt").write_text("no events")
    assert edges(graph_from(tmp_path)) == edges(graph(*events))


NOT_EVENTS = [
    ("{}\n", "1: not an OpenLineage event; expected an object with run, job or dataset"),
    ('{"job": {}}\n7\n', "2: not an OpenLineage event; expected an object with run, job or dataset"),
    ('{"job": {}}\n\n{"job"\n', "3: not JSON (Expecting ':' delimiter: line 1 column 7 (char 6)); give one OpenLineage "
                                "event a line"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NOT_EVENTS)
def test_what_is_no_event_is_told_with_its_line(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(CallError) as raised:
        graph_from(path)
    assert str(raised.value) == f"{path}:{message}"


def test_a_file_that_is_not_there_and_one_that_is_not_text(tmp_path: Path) -> None:
    with pytest.raises(DataNotFoundError, match="file or folder of lineage events not found"):
        graph_from(tmp_path / "nope")
    (tmp_path / "x.json").write_bytes(b"\xff\xfe")
    with pytest.raises(CallError, match="not UTF-8"):
        graph_from(tmp_path / "x.json")


def test_a_line_that_is_being_written_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "x.jsonl"
    events = churn_days()
    path.write_text("\n".join(json.dumps(each) for each in events) + '\n{"eventTime": "2026-03')
    assert edges(graph_from(path)) == edges(graph(*events))
    assert f"{path}:{len(events) + 1}: the last line is not complete, and is left out" in caplog.text
    path.write_text(json.dumps(events[0] | {"eventTime": "yesterday"}))
    with pytest.raises(CallError, match="1: eventTime 'yesterday' is not a time in ISO 8601 form"):
        graph_from(path)

"""What depends on a dataset or a column, and what it depends on."""

from __future__ import annotations

from typing import Any

import pytest
from headgate.errors import CallError
from headgate.lineage import impact
from headgate.lineage.blast_radius import impact_of
from headgate.lineage.graph import Field, Graph, Job, Node
from headgate.naming import PlaceName
from hypothesis import given
from hypothesis import strategies as st

from tests.support.told_events import NAMESPACE, churn_days, contract, data, event, graph, place

# raw is made into clean (columns known) and into copy (not known); report is made of both.
SHOP = (
    event("clean", ["raw"], [data("clean", made_from={"a": ["raw.x"], "b": ["raw.y"], "": ["raw.day"]})]),
    event("copy", ["raw"], ["copy"]),
    event("report", ["clean", "copy"], [data("report", made_from={"total": ["clean.a"], "n": ["copy.z"]})]),
    event("mail", ["report"]),
)
SHAPES: list[tuple[str, bool, list[str]]] = [
    ("raw", False, ["1 clean a,b", "1 copy ?", "2 report total", "3 mail "]),
    ("raw.x", False, ["1 clean a", "1 copy ?", "2 report ?", "3 mail "]),  # by way of copy
    ("raw.y", False, ["1 clean b", "1 copy ?", "2 report ?", "3 mail "]),
    ("raw.day", False, ["1 clean ?", "1 copy ?", "2 report ?", "3 mail "]),  # it chooses the rows
    ("clean.b", False, []),  # nothing is made from it
    ("copy.z", False, ["1 report n", "2 mail "]),
    ("report", True, ["1 clean a", "1 copy z", "2 raw day,x"]),
    ("report.total", True, ["1 clean a", "2 raw day,x"]),
    ("report.n", True, ["1 copy z", "2 raw ?"]),
    ("clean.b", True, ["1 raw day,y"]),
    ("raw", True, []),
]

# Of x it is known that it is made of part of a query, which may read any column.
QUERY = (event("query", ["raw"], [data("out", columns=["x", "y"], made_from={"x": ["recent.a"], "y": ["raw.b"]})]),)
SHAPES_OF_A_QUERY = [
    ("raw.a", False, ["1 out x"]),
    ("raw.b", False, ["1 out x,y"]),
    ("out.x", True, ["1 raw ?"]),
    ("out.y", True, ["1 raw b"]),
]


@pytest.mark.parametrize(("dataset", "upstream", "expected"), SHAPES_OF_A_QUERY)
def test_a_column_made_of_no_input_is_made_of_any(dataset: str, upstream: bool, expected: list[str]) -> None:
    assert said(graph(*QUERY), dataset, upstream=upstream) == expected


def said(graph: Graph, dataset: str, **options: Any) -> list[str]:
    return [
        f"{each.distance} {each.node.name.name} {'?' if each.any_column else ','.join(each.columns)}"
        for each in impact(graph, dataset, **options).affected
    ]


@pytest.mark.parametrize(("dataset", "upstream", "expected"), SHAPES)
def test_what_is_reached(dataset: str, upstream: bool, expected: list[str]) -> None:
    assert said(graph(*SHOP), dataset, upstream=upstream) == expected


def test_the_depth_is_that_of_jobs() -> None:
    assert said(graph(*SHOP), "raw", depth=1) == ["1 clean a,b", "1 copy ?"]


def test_a_circle_ends() -> None:
    circle = graph(
        event("j", ["a"], ["b"]), event("k", ["b"], ["c"]), event("l", ["c"], ["a"]), event("m", ["a"], ["a"])
    )
    assert said(circle, "a") == ["1 b ?", "2 c ?"]
    assert said(circle, "a", upstream=True) == ["1 c ?", "2 b ?"]


# Who is concerned by invoices, by one of their columns, and by what the scores are made from.
PEOPLE = [
    ("raw.invoices", False, ["owner Billing team", "consumer churn score #churn", "consumer finance", "owner Analytics"]),
    ("raw.invoices.AMOUNT", False, ["owner Billing team", "consumer churn score #churn", "consumer finance", "owner Analytics"]),
    ("raw.invoices.note", False, ["owner Billing team", "consumer finance"]),
    ("churn_scores", True, ["owner Analytics", "owner Billing team", "consumer churn score #churn", "consumer finance"]),
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "upstream", "expected"), PEOPLE)
def test_who_is_concerned(dataset: str, upstream: bool, expected: list[str]) -> None:
    people = impact(graph(*churn_days()), dataset, upstream=upstream).people
    found = [" ".join((p.role, p.name, *(c for c in p.contacts if p.role == "consumer"))) for p in people]
    assert found == expected


NAMES = [
    ("features", "features", ""),
    ("RAW.Invoices", "raw.invoices", ""),
    ("invoices", "raw.invoices", ""),
    ("invoices.amount", "raw.invoices", "amount"),
    (f"{NAMESPACE} raw.invoices", "raw.invoices", ""),
    ("invoices.csv", "landing/invoices.csv", ""),
]


@pytest.mark.parametrize(("text", "name", "column"), NAMES)
def test_a_dataset_is_found_by_its_last_parts(text: str, name: str, column: str) -> None:
    found = impact(graph(*churn_days()), text)
    assert (found.start.name.name, found.column) == (name, column)


NOT_FOUND = [
    ("invoice", "'invoice' is not in the lineage; names near it are raw.invoices, landing/invoices.csv"),
    ("xyz", "'xyz' is not in the lineage; it has, for example, churn_scores, features, landing/invoices.csv, raw.invoices"),
    ("raw.invoices.amont", "raw.invoices has no column 'amont'; its columns are amount, id, note"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), NOT_FOUND)
def test_what_is_not_found_is_told_with_what_is_near(text: str, message: str) -> None:
    with pytest.raises(CallError) as raised:
        impact(graph(*churn_days()), text)
    assert str(raised.value) == message


def test_of_several_one_must_be_named() -> None:
    both = graph(event("j", ["x.orders"], ["y.orders"]))
    with pytest.raises(CallError) as raised:
        impact(both, "orders")
    assert str(raised.value).splitlines() == [
        "'orders' is the name of 2 datasets; give more of one of them:",
        f"  {NAMESPACE} x.orders",
        f"  {NAMESPACE} y.orders",
    ]


# --- any graph -------------------------------------------------------------------------------------------------------

DATASETS, COLUMNS = [place(name) for name in "abcdef"], ["p", "q"]


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Jobs between six datasets, circles too; between some pairs the columns are known, of some pairs in part."""
    names = st.sets(st.sampled_from(DATASETS), min_size=1, max_size=3)
    jobs = [
        Job(PlaceName("jobs", str(number)), frozenset(draw(names)), frozenset(draw(names)))
        for number in range(draw(st.integers(1, 6)))
    ]
    columns = {}
    pairs = sorted({(out, one) for job in jobs for out in job.outputs for one in job.inputs}, key=str)
    for out, one in pairs:
        if draw(st.booleans()):
            made = draw(st.dictionaries(st.sampled_from(["", *COLUMNS]), st.sampled_from(COLUMNS), min_size=1))
            for column, source in made.items():
                columns[Field(out, column)] = columns.get(Field(out, column), frozenset()) | {Field(one, source)}
    nodes = {name: Node(name, columns=tuple(COLUMNS)) for name in DATASETS}
    return Graph(nodes, tuple(jobs), columns)


def reached(graph: Graph, name: PlaceName, column: str = "", **options: Any) -> set[PlaceName]:
    return {each.node.name for each in impact_of(graph, name, column, **options).affected}


@given(graphs(), st.sampled_from(DATASETS))
def test_datasets_are_those_that_edges_lead_to(graph: Graph, start: PlaceName) -> None:
    """A second way to the same answer: edges are added until nothing new comes."""
    found: dict[PlaceName, int] = {start: 0}
    for distance in range(1, 10):
        for job in graph.jobs:
            if any(found.get(name) == distance - 1 for name in job.inputs):
                for name in job.outputs:
                    found.setdefault(name, distance)
    assert {each.node.name: each.distance for each in impact_of(graph, start).affected} == {
        name: distance for name, distance in found.items() if name != start
    }


@given(graphs(), st.sampled_from(DATASETS), st.sampled_from(DATASETS))
def test_upstream_is_downstream_turned_round(graph: Graph, one: PlaceName, other: PlaceName) -> None:
    assert (other in reached(graph, one)) == (one in reached(graph, other, upstream=True))


@given(graphs(), st.sampled_from(DATASETS), st.sampled_from(COLUMNS), st.booleans())
def test_a_column_reaches_no_more_than_its_dataset(graph: Graph, start: PlaceName, column: str, upstream: bool) -> None:
    of_column = impact_of(graph, start, column, upstream=upstream)
    whole = {each.node.name: each for each in impact_of(graph, start, upstream=upstream).affected}
    for each in of_column.affected:
        assert whole[each.node.name].distance <= each.distance
        assert each.any_column or set(each.columns) <= set(whole[each.node.name].columns) | {""}


@given(graphs(), st.sampled_from(DATASETS), st.sampled_from(COLUMNS))
def test_where_no_columns_are_known_a_column_reaches_all(graph: Graph, start: PlaceName, column: str) -> None:
    bare = Graph(graph.nodes, graph.jobs)
    assert reached(bare, start, column) == reached(bare, start)
    assert all(each.any_column for each in impact_of(bare, start, column).affected)


@given(graphs(), st.sampled_from(DATASETS), st.integers(1, 3))
def test_less_depth_is_the_same_up_to_there(graph: Graph, start: PlaceName, depth: int) -> None:
    near = [(e.node.name, e.distance) for e in impact_of(graph, start, depth=depth).affected]
    all_ = [(e.node.name, e.distance) for e in impact_of(graph, start).affected]
    assert near == [(name, distance) for name, distance in all_ if distance <= depth]


def test_facts_are_told_to_programs() -> None:
    told = impact(graph(*churn_days()), "invoices.amount").to_dict()
    assert (told["dataset"]["name"], told["column"], told["direction"], told["contract"]) == (
        "raw.invoices", "amount", "downstream", "billing",
    )  # fmt: skip
    assert [
        (each["name"], each["distance"], each["columns"], each["through"][0]["job"]) for each in told["affected"]
    ] == [
        ("features", 1, ["spend"], "dbt"),
        ("churn_scores", 2, ["score"], "score"),
    ]
    assert told["last"] == {"at": "2026-03-03T01:05:00+00:00", "verdict": "breach", "outcome": "halted"}
    assert contract()["owner"] in [person["name"] for person in told["people"]]

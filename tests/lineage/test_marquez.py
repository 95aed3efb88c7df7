"""The model of Marquez that other tests ask what a person would see: one row for each fact that was observed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.marquez import Marquez

P = {"_producer": "https://example.com/p", "_schemaURL": "https://example.com/s.json"}
NS = "n"


def data(name: str, *, namespace: str = NS, columns: Any = (("id", "int"),), **facets: Any) -> dict[str, Any]:
    schema = {"schema": {**P, "fields": [{"name": n, **({"type": t} if t else {})} for n, t in columns]}}
    return {"namespace": namespace, "name": name, "facets": {**schema, **facets}}


def says(text: str) -> dict[str, Any]:
    return {"documentation": {**P, "description": text}}


def quality(*passes: bool) -> dict[str, Any]:
    return {
        "dataQualityAssertions": {
            **P,
            "assertions": [{"assertion": f"a{i}", "success": p} for i, p in enumerate(passes)],
        }
    }


def audited(name: str, *passes: bool, **more: Any) -> dict[str, Any]:
    return {**data(name, **more), "inputFacets": quality(*passes)}


class Sender:
    """Events one after another, each a second later."""

    def __init__(self) -> None:
        self.marquez, self.clock = Marquez(), 0

    def __call__(
        self, kind: str, run: str = "r1", job: str = "j", inputs: Any = (), outputs: Any = (), **more: Any
    ) -> int:
        self.clock += 1
        event = {
            "eventType": kind,
            "eventTime": f"2026-01-01T00:00:{self.clock:02}Z",
            "producer": "https://example.com/p",
            "schemaURL": "https://example.com/s.json",
            "run": {"runId": run, "facets": more.pop("run_facets", {})},
            "job": {"namespace": NS, "name": job, "facets": more.pop("job_facets", {})},
            "inputs": list(inputs),
            "outputs": list(outputs),
        }
        return self.marquez.take(json.dumps(event | more))


@pytest.fixture
def send() -> Sender:
    return Sender()


REFUSED = {
    "1: a namespace with a space": (400, {"inputs": [data("t", namespace="a b")]}),
    "1: an empty namespace": (400, {"inputs": [data("t", namespace="")]}),
    "1: NUL": (500, {"inputs": [data("t\0")]}),
    "1: run facets without an event type": (500, {"eventType": ""}),
    "1: symlinks without identifiers": (500, {"inputs": [data("t", symlinks=P)]}),
    "1: dataSource without a name": (500, {"inputs": [data("t", dataSource={**P, "uri": "x://y"})]}),
    "1: dataSource with a wrong uri": (500, {"inputs": [data("t", dataSource={**P, "name": "x", "uri": "x://y z"})]}),
    "1: no producer": (422, {"producer": ""}),
    "1: no eventTime": (422, {"eventTime": ""}),
    "1: documentation without _producer": (422, {"inputs": [data("t", documentation={"description": "x"})]}),
    "1: documentation without description": (422, {"inputs": [data("t", documentation=P)]}),
    "1: jobType without jobType": (422, {"job_facets": {"jobType": {**P, "processingType": "BATCH"}}}),
    "1: nominalTime without start": (422, {"run_facets": {"nominalTime": P}}),
    "1: parent without job": (422, {"run_facets": {"parent": {**P, "run": {"runId": "x"}}}}),
    "1: a field without a name": (422, {"inputs": [data("t", columns=[("", "int")])]}),
    "1: an unknown facet of any type": (201, {"inputs": [data("t", whatever=[1])]}),
    "1: unknown fields": (201, {"other": 1}),
    "1: any event type": (201, {"eventType": "SOMETHING"}),
}


@pytest.mark.parametrize("fact", REFUSED)
def test_what_it_answers(send: Sender, fact: str) -> None:
    status, values = REFUSED[fact]
    assert send("START", **values) == status


def _description(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t", **says("good"))])
    send("FAIL", "r2", outputs=[data("t", **says("held back"))])
    return send.marquez.dataset(NS, "t").description, send.marquez.dataset(NS, "t").versions


def _no_description(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t", **says("good"))])
    send("START", "r2", "other", inputs=[data("t")])
    return send.marquez.dataset(NS, "t").description


def _each_complete_is_a_version(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t", **quality(True))])
    send("COMPLETE", "r2", outputs=[data("t")])
    page = send.marquez.dataset(NS, "t")
    return page.versions, page.passing


def _output_of_start_is_enough(send: Sender) -> Any:
    send("START", outputs=[data("t")])
    send("COMPLETE")
    return send.marquez.dataset(NS, "t").versions


def _output_facets_are_not_shown(send: Sender) -> Any:
    send("COMPLETE", outputs=[{**data("t"), "outputFacets": quality(True)}])
    return send.marquez.dataset(NS, "t").passing


def _input_of_a_failed_run(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t")])
    send("FAIL", "r2", "check", inputs=[audited("t", True, False)])
    page = send.marquez.dataset(NS, "t")
    return page.passing, page.failing


def _the_latest_facet_replaces(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t")])
    send("COMPLETE", "r2", "one", inputs=[audited("t", True, True)])
    send("COMPLETE", "r3", "other", inputs=[audited("t", False)])
    page = send.marquez.dataset(NS, "t")
    return page.passing, page.failing


def _an_older_event_does_not(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t")])
    send("COMPLETE", "r2", inputs=[audited("t", True)])
    send("COMPLETE", "r3", "other", inputs=[audited("t", False)], eventTime="2025-01-01T00:00:00Z")
    return send.marquez.dataset(NS, "t").passing


def _assertions_of_a_failed_output(send: Sender) -> Any:
    send("FAIL", outputs=[data("t", **quality(True))])
    return send.marquez.dataset(NS, "t").passing


def _start_alone(send: Sender) -> Any:
    send("START", inputs=[data("a")], outputs=[data("b")])
    return send.marquez.edges


def _union_over_the_run(send: Sender) -> Any:
    send("START", inputs=[data("a")])
    send("COMPLETE", outputs=[data("b")])
    return send.marquez.edges


def _failed_without_data(send: Sender) -> Any:
    send("COMPLETE", inputs=[data("a")], outputs=[data("b")])
    send("FAIL", "r2")
    return send.marquez.edges


def _next_run_begins_without_data(send: Sender) -> Any:
    send("COMPLETE", inputs=[data("a")], outputs=[data("b")])
    send("START", "r2")
    return send.marquez.edges


def _untyped_columns(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t", columns=[("id", None)])])
    send("COMPLETE", "r2", outputs=[data("t", columns=[("id", None)])])
    send("COMPLETE", "r3", outputs=[data("t", columns=[("id", "INTEGER")])])
    send("COMPLETE", "r4", outputs=[data("t", columns=[("id", "INTEGER")])])
    return send.marquez.dataset(NS, "t").columns


def _symlinks(send: Sender) -> Any:
    other = {"symlinks": {**P, "identifiers": [{"namespace": NS, "name": "alias", "type": "TABLE"}]}}
    send("COMPLETE", outputs=[data("t", **other, **says("x"))])
    send("COMPLETE", "r2", "reads", inputs=[data("alias", **says("y"))])
    return send.marquez.dataset(NS, "alias").description, send.marquez.edges


def _column_lineage(send: Sender) -> Any:
    read = {"namespace": NS, "name": "a", "field": "id"}
    facet = {**P, "fields": {"id": {"inputFields": [read]}}}
    send("COMPLETE", "r0", "other", outputs=[data("b", columnLineage=facet)])  # its run reads no a
    before = set(send.marquez.column_edges)
    send("COMPLETE", inputs=[data("a")], outputs=[data("b", columnLineage=facet)])
    return before, send.marquez.column_edges


def _parents(send: Sender) -> Any:
    parent = {**P, "job": {"namespace": NS, "name": "dag"}, "run": {"runId": "d"}}
    send("START", "d", "dag")
    send("COMPLETE", "t", "dag.task", run_facets={"parent": parent})
    send("FAIL", "d", "dag")
    return send.marquez.color(NS, "dag.task"), send.marquez.job(NS, "dag.task").state


def _unknown_parent(send: Sender) -> Any:
    parent = {**P, "job": {"namespace": NS, "name": "dag"}, "run": {"runId": "unknown"}}
    send("COMPLETE", "t", "task", run_facets={"parent": parent})
    return send.marquez.jobs


def _two_jobs_of_one_run(send: Sender) -> Any:
    send("COMPLETE", "r", "one")
    send("COMPLETE", "r", "two")
    return send.marquez.job(NS, "one").state, send.marquez.job(NS, "two").state


def _the_same_event_twice(send: Sender) -> Any:
    for _ in range(2):
        send("COMPLETE", outputs=[data("t")], eventTime="2026-01-01T00:00:00Z")
    return send.marquez.dataset(NS, "t").versions


def _location(send: Sender) -> Any:
    facet = {"sourceCodeLocation": {**P, "type": "git", "url": "https://example.com/c"}, **says("did it")}
    send("COMPLETE", job_facets=facet)
    page = send.marquez.job(NS, "j")
    return page.location, page.description


def _source(send: Sender) -> Any:
    send("COMPLETE", outputs=[data("t"), data("u", dataSource={**P, "name": "pg", "uri": "postgres://h"})])
    return send.marquez.dataset(NS, "t").source, send.marquez.dataset(NS, "u").source


AB = {("a", "j"), ("j", "b")}
SEEN: dict[str, tuple[Callable[[Sender], Any], Any]] = {
    "8: a failed run writes the description, and makes no version": (_description, ("held back", 1)),
    "8: an event without documentation removes the description": (_no_description, None),
    "4: each COMPLETE is a version, N/A until it is checked": (_each_complete_is_a_version, (2, None)),
    "8: an output of START makes a version with COMPLETE": (_output_of_start_is_enough, 1),
    "3: outputFacets are not shown": (_output_facets_are_not_shown, None),
    "4: input facets count, of a failed run too": (_input_of_a_failed_run, (1, 1)),
    "4: the latest facet replaces the one before": (_the_latest_facet_replaces, (0, 1)),
    "4: latest by the time of the event": (_an_older_event_does_not, 1),
    "3: assertions of an output of a failed run": (_assertions_of_a_failed_output, None),
    "4: a job that only started has no edges": (_start_alone, set()),
    "4: edges are of all events of a run": (_union_over_the_run, AB),
    "4: a failed run without datasets clears the edges": (_failed_without_data, set()),
    "4: so does the start of the next run": (_next_run_begins_without_data, set()),
    "8: a column is its name and type, and no type equals no other": (_untyped_columns, ("id", "id", "id")),
    "3: symlinks name the same dataset": (_symlinks, ("y", {("j", "t"), ("t", "reads")})),
    "4: column lineage needs the input in the run": (_column_lineage, (set(), {("a.id", "b.id")})),
    "1: the graph paints a task as its DAG": (_parents, ("FAIL", "COMPLETE")),
    "1: a child of an unknown parent has its name before its own": (_unknown_parent, {(NS, "dag.task")}),
    "1: one run of two jobs": (_two_jobs_of_one_run, ("COMPLETE", None)),
    "1: the same event twice": (_the_same_event_twice, 1),
    "3: LOCATION, and the words below the title": (_location, ("https://example.com/c", "did it")),
    "3: the source of a dataset": (_source, ("default", "pg")),
}  # fmt: skip


@pytest.mark.parametrize("fact", SEEN)
def test_what_a_person_sees(send: Sender, fact: str) -> None:
    ask, expected = SEEN[fact]
    assert ask(send) == expected
    assert send.marquez.refused == []


def test_a_poisoned_namespace_stays(send: Sender) -> None:
    send("START", inputs=[data("t", namespace="a b")])
    assert send.marquez.poisoned == {"a b"}

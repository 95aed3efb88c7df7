"""Marquez as far as it was observed: what a person sees there after the events that it took.

Each behaviour is a fact of the notes on Marquez; tests/lineage/test_marquez.py has one row for each. What was not
observed is not modelled.
"""

from __future__ import annotations

import copy
import gzip
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Name = tuple[str, str]
NAMESPACE = re.compile(r"[a-zA-Z:;=/0-9_\-.@+]+\Z")
TERMINAL = ("COMPLETE", "FAIL", "ABORT")
# Facets that are parsed; others are taken as they are. Each needs _producer, _schemaURL and what stands here.
TYPED: dict[str, tuple[str, ...]] = {
    "documentation": ("description",),
    "schema": (),
    "dataSource": (),
    "columnLineage": (),
    "symlinks": (),
    "lifecycleStateChange": (),
    "parent": ("job",),
    "nominalTime": ("nominalStartTime",),
    "sql": (),
    "jobType": ("jobType",),
    "sourceCodeLocation": (),
}


class RefusedError(Exception):
    """The status that Marquez answers, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass
class Version:
    """One version of a dataset: the facets that were told of it, each with the time of its event."""

    run: str
    facets: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def tell(self, facets: Mapping[str, Any], at: str) -> None:
        for name, facet in facets.items():
            if name not in self.facets or self.facets[name][0] <= at:
                self.facets[name] = (at, facet)


@dataclass
class Table:
    description: str | None = None
    source: str = "default"
    version: Version | None = None
    versions: int = 0
    columns: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass
class Run:
    job: Name
    state: str = "RUNNING"
    at: str = ""
    inputs: dict[Name, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[Name, dict[str, Any]] = field(default_factory=dict)
    written: dict[Name, Version] = field(default_factory=dict)
    parent: str | None = None


@dataclass
class Job:
    description: str | None = None
    location: str | None = None
    runs: list[str] = field(default_factory=list)
    inputs: set[Name] = field(default_factory=set)
    outputs: set[Name] = field(default_factory=set)


@dataclass(frozen=True)
class DatasetPage:
    """`passing` and `failing` are the chips of QUALITY; None is N/A."""

    description: str | None
    source: str
    passing: int | None
    failing: int | None
    columns: tuple[str, ...]
    facets: dict[str, Any]
    versions: int

    @property
    def labels(self) -> list[tuple[str | None, str, bool]]:
        """What is shown over the chips: column, assertion, whether it passes."""
        found = self.facets.get("dataQualityAssertions", {}).get("assertions", ())
        return [(one.get("column"), one["assertion"], one["success"]) for one in found]


@dataclass(frozen=True)
class JobPage:
    description: str | None
    location: str | None
    state: str | None


class Marquez:
    """Takes events as `POST /api/v1/lineage` does. `refused` are those that it did not take, with the status."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.refused: list[tuple[int, str]] = []
        self.poisoned: set[str] = set()
        self._tables: dict[Name, Table] = {}
        self._jobs: dict[Name, Job] = {}
        self._runs: dict[str, Run] = {}
        self._aliases: dict[Name, Name] = {}
        self._column_edges: set[tuple[Name, str, Name, str]] = set()

    # What it takes.

    def take(self, body: bytes | str) -> int:
        """201, or why not."""
        text = body.decode() if isinstance(body, bytes) else body
        try:
            try:
                event = json.loads(text, parse_constant=_not_json)
            except ValueError as error:
                raise RefusedError(500, str(error)) from None
            self._validate(event, text)
        except RefusedError as refused:
            self.refused.append((refused.status, str(refused)))
            return refused.status
        self.events.append(event)
        self._apply(copy.deepcopy(event))
        return 201

    def _validate(self, event: Any, text: str) -> None:
        if not isinstance(event, dict):
            raise RefusedError(500, "a list")
        if "\\u0000" in text:
            raise RefusedError(500, "NUL")
        for name in ("producer", "eventTime"):
            if not event.get(name):
                raise RefusedError(422, f"no {name}")
        if not event.get("eventType") and "facets" in event["run"]:
            raise RefusedError(500, "run facets without eventType")
        datasets = [*(event.get("inputs") or ()), *(event.get("outputs") or ())]
        for holder in (event["run"], event["job"], *datasets):
            for name, facet in (holder.get("facets") or {}).items():
                _validate_facet(name, facet)
        for dataset in datasets:
            if not NAMESPACE.match(dataset["namespace"]):
                self.poisoned.add(dataset["namespace"])
                raise RefusedError(400, f"namespace {dataset['namespace']!r}")

    # What it makes of it.

    def _apply(self, event: dict[str, Any]) -> None:
        at, kind, run_id = event["eventTime"], event.get("eventType", ""), event["run"]["runId"]
        job_facets = event["job"].get("facets") or {}
        parent = (event["run"].get("facets") or {}).get("parent")
        key = self._job_name(event["job"], parent)
        job = self._jobs.setdefault(key, Job())
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = Run(key, parent=parent["run"]["runId"] if parent else None)
        if run.job == key and run_id not in job.runs:
            job.runs.append(run_id)
        job.description = (job_facets.get("documentation") or {}).get("description") or job.description
        job.location = (job_facets.get("sourceCodeLocation") or {}).get("url") or job.location
        if at >= run.at:
            run.at, run.state = at, kind if kind in ("START", *TERMINAL) else "RUNNING"
        inputs = {self._dataset(one, at): one for one in event.get("inputs") or ()}
        outputs = {self._dataset(one, at): one for one in event.get("outputs") or ()}
        run.inputs |= inputs
        run.outputs |= outputs
        for name, one in inputs.items():
            table = self._tables[name]
            facets = (one.get("facets") or {}) | (one.get("inputFacets") or {})
            if table.version is None:
                table.version, table.versions = Version(""), 1
            table.version.tell(facets, at)
        for name, one in outputs.items():
            run.written.setdefault(name, Version(run_id)).tell(one.get("facets") or {}, at)
        if kind == "COMPLETE":
            for name, version in run.written.items():
                table = self._tables[name]
                if table.version is not version:
                    table.version, table.versions = version, table.versions + 1
        self._edge(job, run, kind, has_some=bool(inputs or outputs))
        self._columns(outputs, run)

    def _edge(self, job: Job, run: Run, kind: str, *, has_some: bool) -> None:
        if kind in TERMINAL:
            job.inputs, job.outputs = set(run.inputs), set(run.outputs)
        elif not has_some:
            job.inputs, job.outputs = set(), set()

    def _job_name(self, job: Mapping[str, Any], parent: Mapping[str, Any] | None) -> Name:
        name = job["name"]
        if parent and parent["run"]["runId"] not in self._runs and not name.startswith(f"{parent['job']['name']}."):
            name = f"{parent['job']['name']}.{name}"
        return job["namespace"], name

    def _dataset(self, one: Mapping[str, Any], at: str) -> Name:
        own = (one["namespace"], one["name"])
        name = self._aliases.get(own, own)
        facets = one.get("facets") or {}
        table = self._tables.setdefault(name, Table())
        table.description = (facets.get("documentation") or {}).get("description")
        table.source = (facets.get("dataSource") or {}).get("name") or table.source
        for column in (facets.get("schema") or {}).get("fields") or ():
            identity = (column["name"], column.get("type"))
            if identity not in table.columns or identity[1] is None:
                table.columns.append(identity)
        for other in (facets.get("symlinks") or {}).get("identifiers") or ():
            self._aliases.setdefault((other["namespace"], other["name"]), name)
        return name

    def _columns(self, outputs: Mapping[Name, Mapping[str, Any]], run: Run) -> None:
        for name, one in outputs.items():
            facets = one.get("facets") or {}
            known = {column["name"] for column in (facets.get("schema") or {}).get("fields") or ()}
            for column, said in ((facets.get("columnLineage") or {}).get("fields") or {}).items():
                for read in said["inputFields"]:
                    own = (read["namespace"], read["name"])
                    source = self._aliases.get(own, own)
                    there = {c for c, _ in self._tables[source].columns} if source in self._tables else set()
                    if column in known and source in run.inputs and read["field"] in there:
                        self._column_edges.add((source, read["field"], name, column))

    # What a person sees.

    def dataset(self, namespace: str, name: str) -> DatasetPage:
        """The page of a dataset, by any of its names."""
        table = self._tables[self._aliases.get((namespace, name), (namespace, name))]
        facets = {key: facet for key, (_, facet) in table.version.facets.items()} if table.version else {}
        found = facets.get("dataQualityAssertions", {}).get("assertions")
        passing = None if found is None else sum(one["success"] for one in found)
        failing = None if found is None else len(found) - passing
        columns = tuple(column for column, _ in table.columns)
        return DatasetPage(table.description, table.source, passing, failing, columns, facets, table.versions)

    def job(self, namespace: str, name: str) -> JobPage:
        job = self._jobs[namespace, name]
        return JobPage(job.description, job.location, self._runs[job.runs[-1]].state if job.runs else None)

    def color(self, namespace: str, name: str) -> str | None:
        """The state that the graph paints a job with: that of the parent's run, if there is one."""
        job = self._jobs[namespace, name]
        if not job.runs:
            return None
        run = self._runs[job.runs[-1]]
        return self._runs[run.parent].state if run.parent in self._runs else run.state

    @property
    def datasets(self) -> set[Name]:
        return set(self._tables)

    @property
    def jobs(self) -> set[Name]:
        return set(self._jobs)

    @property
    def edges(self) -> set[tuple[str, str]]:
        """The graph, by the names of datasets and jobs alone."""
        read = {(data[1], key[1]) for key, job in self._jobs.items() for data in job.inputs}
        return read | {(key[1], data[1]) for key, job in self._jobs.items() for data in job.outputs}

    @property
    def column_edges(self) -> set[tuple[str, str]]:
        """The graph of columns, each as dataset.column."""
        return {(f"{one[1]}.{column}", f"{other[1]}.{to}") for one, column, other, to in self._column_edges}


def _validate_facet(name: str, facet: Any) -> None:
    if name == "symlinks" and "identifiers" not in facet:
        raise RefusedError(500, "symlinks without identifiers")
    if name == "dataSource" and (not facet.get("name") or re.search(r"\s", facet.get("uri") or "")):
        raise RefusedError(500, "dataSource without name, or with a wrong uri")
    if name in TYPED:
        for wanted in ("_producer", "_schemaURL", *TYPED[name]):
            if not facet.get(wanted):
                raise RefusedError(422, f"{name} without {wanted}")
    if name == "schema" and any(not one.get("name") for one in facet.get("fields") or ()):
        raise RefusedError(422, "a field without a name")


def _not_json(constant: str) -> None:
    raise ValueError(constant)


@contextmanager
def listening() -> Iterator[tuple[str, Marquez]]:
    """(URL, Marquez): an HTTP server that takes POST /api/v1/lineage."""
    marquez, lock = Marquez(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            with lock:
                status = marquez.take(body) if self.path == "/api/v1/lineage" else 404
            self.send_response(status)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", marquez
    finally:
        server.shutdown()
        server.server_close()

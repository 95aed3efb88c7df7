"""A graph from OpenLineage events: a file of JSON lines, a folder of files, or the events themselves.

A run reads and writes what any of its events names, and counts once it has ended (COMPLETE, FAIL, ABORT). A job has the
inputs and outputs of its last complete run that names some, and of the runs that failed after it.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from headgate.errors import CallError, DataNotFoundError
from headgate.lineage.dataset_facets import learn, mapping, objects, place_name, text, told
from headgate.lineage.event import moment
from headgate.lineage.graph import ANY, Field, Graph, Job, Kind, Node, Publication
from headgate.naming import PlaceName

log = logging.getLogger(__name__)
Event = Mapping[str, Any]
_ENDS = ("COMPLETE", "FAIL", "ABORT")
_OLDEST = datetime.min.replace(tzinfo=UTC)


def events_in(path: Path) -> Iterator[Event]:
    """Yield the events of a file, or of all files of a folder: each a JSON document, or one a line.

    Raises:
        DataNotFoundError: the path does not exist.
        CallError: a line is no event; the message has file and line.
    """
    if not path.exists():
        raise DataNotFoundError(f"{path}: file or folder of lineage events not found")
    files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix in _SUFFIXES) if path.is_dir() else [path]
    for file in files:
        yield from _read(file)


_SUFFIXES = (".json", ".jsonl", ".ndjson")


def _read(file: Path) -> Iterator[Event]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        raise CallError(f"{file}: not UTF-8; give OpenLineage events, one JSON object a line") from None
    try:  # one document that is written over several lines
        whole = json.loads("\n".join(lines)) if lines and lines[0].strip() in ("{", "[") else None
    except ValueError:
        whole = None
    found = enumerate(whole if isinstance(whole, list) else [whole], 1) if whole is not None else _lines(file, lines)
    for number, event in found:
        if not isinstance(event, Mapping) or not (event.keys() & {"run", "job", "dataset"}):
            raise CallError(f"{file}:{number}: not an OpenLineage event; expected an object with run, job or dataset")
        if "eventTime" in event and moment(event["eventTime"]) is None:
            raise CallError(f"{file}:{number}: eventTime {event['eventTime']!r} is not a time in ISO 8601 form")
        yield event


def _lines(file: Path, lines: list[str]) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except ValueError as error:
            if number == len(lines) > 1:  # without an end of line: it is being written
                log.warning("%s:%d: the last line is not complete, and is left out", file, number)
                return
            raise CallError(f"{file}:{number}: not JSON ({error}); give one OpenLineage event a line") from None


@dataclass
class _Run:
    """A run of a job, from all of its events."""

    job: PlaceName
    run_id: str
    started_at: datetime
    at: datetime
    end: str = ""
    about: datetime | None = None
    parent: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    inputs: dict[PlaceName, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[PlaceName, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_test(self) -> bool:
        """Whether it only looked whether data is right, as a check or dbt's tests do: it makes nothing of the data."""
        return not self.outputs and any(
            "dataQualityAssertions" in facets or "headgate_contract" in facets for facets in self.inputs.values()
        )


def graph_from_events(events: Iterable[Event], source: str = "") -> Graph:
    """Return the lineage that events tell, in whatever order they come; `source` says where they are from."""
    ordered = sorted(events, key=lambda event: moment(event.get("eventTime")) or _OLDEST)
    aliases = _aliases(ordered)
    runs: dict[tuple[str, PlaceName], _Run] = {}
    nodes: dict[PlaceName, Node] = {}
    for event in ordered:
        _add(event, runs, nodes, aliases)
    ended = sorted((run for run in runs.values() if run.end), key=lambda run: run.at)
    jobs = tuple(_jobs(ended, nodes))
    history: dict[PlaceName, list[Publication]] = defaultdict(list)
    by_id = {run.run_id: run for run in runs.values()}
    for run in ended:
        for name, facets in run.outputs.items():
            history[name].append(told(_publication(run, by_id), mapping(facets.get("headgate_contract"))))
    for alias, name in aliases.items():
        if name in nodes:
            nodes[name] = replace(nodes[name], aliases=(*nodes[name].aliases, alias))
    return Graph(
        {name: replace(node, last=history[name][-1] if name in history else None) for name, node in nodes.items()},
        jobs,
        _columns(ended, aliases),
        {name: tuple(found) for name, found in history.items()},
        source,
    )


def _datasets(event: Event) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part in ("inputs", "outputs"):
        for dataset in objects(event.get(part)):
            yield part, dataset
    if isinstance(event.get("dataset"), Mapping):
        yield "dataset", event["dataset"]


def _aliases(events: list[Event]) -> dict[PlaceName, PlaceName]:
    """Return the name of the dataset that each symlink means."""
    found: dict[PlaceName, PlaceName] = {}
    for event in events:
        for _, dataset in _datasets(event):
            name = place_name(dataset)
            for each in objects(mapping(mapping(dataset.get("facets")).get("symlinks")).get("identifiers")):
                alias = place_name(each)
                if alias and name and alias != name and found.get(name) != alias:
                    found[alias] = name
    return found


def _add(
    event: Event,
    runs: dict[tuple[str, PlaceName], _Run],
    nodes: dict[PlaceName, Node],
    aliases: Mapping[PlaceName, PlaceName],
) -> None:
    at = moment(event.get("eventTime")) or _OLDEST
    run = _run_of(event, at, runs)
    for part, dataset in _datasets(event):
        name = place_name(dataset)
        if name is None:
            continue
        name = aliases.get(name, name)
        facets = {**mapping(dataset.get("facets"))}
        nodes[name] = learn(nodes.get(name) or Node(name), facets)
        if run and part != "dataset":
            facets |= mapping(dataset.get("inputFacets" if part == "inputs" else "outputFacets"))
            (run.inputs if part == "inputs" else run.outputs).setdefault(name, {}).update(facets)


def _run_of(event: Event, at: datetime, runs: dict[tuple[str, PlaceName], _Run]) -> _Run | None:
    """Return the run of an event; of an event about a job alone, a complete run without an id."""
    job = place_name(mapping(event.get("job")))
    if job is None:
        return None
    run_id = text(mapping(event.get("run")).get("runId"))
    run = runs.setdefault((run_id, job), _Run(job, run_id, at, at))
    run.at = max(run.at, at)
    kind = text(event.get("eventType")).upper() if "run" in event else "COMPLETE"
    if kind in _ENDS:
        run.end = kind
    facets = mapping(mapping(event.get("run")).get("facets"))
    nominal = mapping(facets.get("nominalTime"))
    run.about = moment(nominal.get("nominalEndTime")) or moment(nominal.get("nominalStartTime")) or run.about
    run.parent = text(mapping(mapping(facets.get("parent")).get("run")).get("runId")) or run.parent
    run.outcome = mapping(facets.get("headgate_outcome")) or run.outcome
    return run


def _jobs(ended: list[_Run], nodes: dict[PlaceName, Node]) -> Iterator[Job]:
    """Yield each job with what it reads and writes; one that writes nothing is a node itself."""
    by_job: dict[PlaceName, list[_Run]] = defaultdict(list)
    for run in ended:
        if (run.inputs or run.outputs) and not run.is_test:
            if run.end == "COMPLETE":
                by_job[run.job] = []
            by_job[run.job].append(run)
    for name, runs in by_job.items():
        inputs = frozenset(each for run in runs for each in run.inputs)
        outputs = frozenset(each for run in runs for each in run.outputs)
        if not outputs:
            nodes[name] = Node(name, Kind.JOB)
            outputs = frozenset({name})
        yield Job(name, inputs, outputs)


def _publication(run: _Run, by_id: Mapping[str, _Run]) -> Publication:
    seen: set[str] = set()
    about, above = run.about, run.parent
    while about is None and above in by_id and above not in seen:  # of dbt's models, only the task knows its interval
        seen.add(above)
        about, above = by_id[above].about, by_id[above].parent
    return Publication(
        at=run.at,
        started_at=run.started_at,
        about=about,
        job=run.job.name,
        run_id=run.run_id,
        completed=run.end == "COMPLETE",
        inputs=tuple(sorted(run.inputs, key=str)),
        outcome=text(run.outcome.get("outcome")),
        policy=text(run.outcome.get("policy")),
        run_key=text(run.outcome.get("runKey")),
    )


def _columns(ended: list[_Run], aliases: Mapping[PlaceName, PlaceName]) -> dict[Field, frozenset[Field]]:
    """Return the columns that each column is made from, by the newest facet of each job and dataset.

    What names something else than an input of its run, such as a part of a query, leads to any column of any input.
    """
    newest: dict[tuple[PlaceName, PlaceName], tuple[_Run, Mapping[str, Any]]] = {}
    for run in ended:
        for name, facets in run.outputs.items():
            if facet := mapping(facets.get("columnLineage")):
                newest[run.job, name] = run, facet
    found: dict[Field, set[Field]] = defaultdict(set)
    for (_, name), (run, facet) in newest.items():
        said = {column: mapping(each).get("inputFields") for column, each in mapping(facet.get("fields")).items()}
        for column, inputs in {**said, "": facet.get("dataset")}.items():
            for each in objects(inputs):
                source, column_read = place_name(each), text(each.get("field"))
                source = aliases.get(source, source) if source else None
                if source in (*run.inputs, name) and column_read:
                    found[Field(name, column)].add(Field(source, column_read))
                else:
                    found[Field(name, column)] |= {Field(each, ANY) for each in run.inputs}
    return {out: frozenset(sources) for out, sources in found.items()}

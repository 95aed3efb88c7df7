"""A graph from a Marquez server, around one dataset.

Its endpoint of lineage answers with everything that hangs together, in both directions; only the edges that lead away
from the dataset are followed. Facets stand in the answers about single datasets alone.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from headgate.errors import CallError, TransientError
from headgate.lineage.dataset_facets import learn, mapping, objects, place_name, text, told
from headgate.lineage.event import moment
from headgate.lineage.find import find, find_all
from headgate.lineage.graph import Field, Graph, Job, Kind, Node, Publication
from headgate.naming import PlaceName

TIMEOUT_S = 10.0
# Marquez counts jobs from the producer of a dataset; so far it is asked for at once.
_DEPTH = 20


def graph_from_marquez(
    url: str, dataset: str, *, upstream: bool = False, depth: int | None = None, timeout_s: float = TIMEOUT_S
) -> Graph:
    """Return what is downstream (or upstream) of DATASET or DATASET.COLUMN, by a Marquez server.

    Args:
        url: its address, such as http://localhost:5000.
        dataset: its name, or the last parts of it.
        depth: how many jobs away, at most; None is all.
        timeout_s: for each request.

    Raises:
        CallError: Marquez does not know the dataset, or several of the name; the address is not one of Marquez.
        TransientError: the server cannot be reached, or fails.
    """
    server = Marquez(url, timeout_s)
    start = server.find(dataset)
    edges = _edges(server, start, upstream, depth)
    names = {start, *(name for job in edges for name in (*job.inputs, *job.outputs))}
    jobs = {job.name for job in edges}
    raw = server.datasets(sorted(names - jobs, key=str))
    nodes = {name: Node(name, Kind.JOB) if name in jobs else _node(name, raw.get(name)) for name in names}
    return Graph(nodes, tuple(edges), _columns(raw), source=server.url)


class Marquez:
    """The questions that are asked of a Marquez server, over its API v1.

    Raises:
        CallError: the address is not one of HTTP.
    """

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise CallError(f"'{url}' is not the address of a Marquez server; expected http://HOST:PORT")
        parts = urlsplit(url)
        user, _, host = parts.netloc.rpartition("@")
        if not parts.hostname:
            raise CallError("the address of a Marquez server has no host; expected http://HOST:PORT")
        shown = urlunsplit((parts.scheme, host, parts.path, "", ""))
        self.url = shown.rstrip("/").removesuffix("/api/v1/lineage").removesuffix("/api/v1")
        self._headers = {"Authorization": f"Basic {b64encode(unquote(user).encode()).decode()}"} if user else {}
        self._timeout_s = timeout_s

    def get(self, path: str, **query: str | int) -> Any:
        """Return the JSON at a path below /api/v1; None where it is not found.

        Raises:
            CallError: the answer is not JSON.
            TransientError: the server cannot be reached, or fails.
        """
        address = f"{self.url}/api/v1/{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            request = Request(address, headers=self._headers)  # noqa: S310 - the scheme is http or https
            with urlopen(request, timeout=self._timeout_s) as answer:  # noqa: S310
                return json.loads(answer.read())
        except HTTPError as error:
            if error.code == 404:
                return None
            raise TransientError(f"Marquez at {self.url} answered {error.code} to /api/v1/{path}") from None
        except ValueError:
            raise CallError(f"{self.url} did not answer in JSON; give the address of Marquez's API") from None
        except (OSError, HTTPException) as error:
            said = getattr(error, "reason", None) or error
            raise TransientError(f"Marquez at {self.url} cannot be reached: {said}") from None

    def find(self, dataset: str) -> PlaceName:
        """Return the dataset that DATASET or DATASET.COLUMN names.

        Raises:
            CallError: none or several have the name.
        """
        parts = dataset.rpartition(" ")[2].split(".")
        for length in range(len(parts), 0, -1):
            found = self.get("search", q=".".join(parts[:length]), filter="DATASET", limit=1000)
            names = [name for each in objects(mapping(found).get("results")) if (name := place_name(each))]
            graph = Graph({name: Node(name) for name in names}, source=self.url)
            named = dataset.removesuffix("".join(f".{part}" for part in parts[length:]))
            if find_all(graph, named):
                return find(graph, named)[0]
        raise CallError(f"Marquez at {self.url} has no dataset '{dataset}'")

    def lineage(self, name: PlaceName) -> list[Mapping[str, Any]]:
        """Return the nodes of the graph that hangs together with a dataset."""
        found = self.get("lineage", nodeId=f"dataset:{name.namespace}:{name.name}", depth=_DEPTH)
        return list(objects(mapping(found).get("graph")))

    def datasets(self, names: Iterable[PlaceName]) -> dict[PlaceName, Mapping[str, Any]]:
        """Return what Marquez has on each dataset; those that it does not know are left out."""
        with ThreadPoolExecutor(8) as pool:
            found = pool.map(lambda name: (name, self.get(_path("datasets", name))), names)
            return {name: mapping(raw) for name, raw in found if raw}

    def tests(self, jobs: Iterable[PlaceName]) -> set[PlaceName]:
        """Return those jobs that only test data, by the facets of their last run and by dbt's name for them."""
        found = set()
        for job in jobs:
            last = mapping(mapping(self.get(_path("jobs", job))).get("latestRun"))
            if "test" in mapping(last.get("facets")) or job.name.endswith(".test"):
                found.add(job)
        return found


def _path(kind: str, name: PlaceName) -> str:
    return f"namespaces/{quote(name.namespace, safe='')}/{kind}/{quote(name.name, safe='')}"


def _edges(server: Marquez, start: PlaceName, upstream: bool, depth: int | None) -> list[Job]:
    """Return the jobs on the way. Where an answer may have been cut off, Marquez is asked again from there."""
    reads: dict[PlaceName, set[PlaceName]] = defaultdict(set)
    writes: dict[PlaceName, set[PlaceName]] = defaultdict(set)
    known: dict[str, PlaceName] = {}
    beyond: dict[str, set[str]] = defaultdict(set)
    here, there = ("inEdges", "origin") if upstream else ("outEdges", "destination")
    distances = {_id("dataset", start): 0}
    known[next(iter(distances))] = start
    queue = deque(distances)
    while queue:
        node = queue.popleft()
        if depth is not None and distances[node] >= 2 * depth:
            continue
        # Two edges a job: this far lies half of what Marquez was asked for.
        if node.startswith("dataset:") and (node not in beyond or distances[node] % _DEPTH == 0):
            beyond[node] |= set()
            for each in server.lineage(_name(node, known)):
                key = text(each.get("id"))
                known[key] = place_name(mapping(mapping(each.get("data")).get("id"))) or _name(key, known)
                beyond[key] |= {text(edge.get(there)) for edge in objects(each.get(here))}
        for other in sorted(beyond[node]):
            job, dataset = (node, other) if node.startswith("job:") else (other, node)
            is_read = (node == dataset) != upstream
            (reads if is_read else writes)[_name(job, known)].add(_name(dataset, known))
            if other not in distances:
                distances[other] = distances[node] + 1
                queue.append(other)
    ends = {job for job in reads if job not in writes}
    tests = server.tests(ends)
    return [
        Job(job, frozenset(reads[job]), frozenset(writes[job] or {job}))
        for job in sorted({*reads, *writes} - tests, key=str)
    ]


def _id(kind: str, name: PlaceName) -> str:
    return f"{kind}:{name.namespace}:{name.name}"


def _name(node_id: str, known: Mapping[str, PlaceName]) -> PlaceName:
    """Return the name of a node; of one that no answer has, from its id, whose namespace may hold colons."""
    if node_id in known:
        return known[node_id]
    namespace, _, name = node_id.partition(":")[2].rpartition(":")
    return PlaceName(namespace, name)


def _node(name: PlaceName, raw: Mapping[str, Any] | None) -> Node:
    if not raw:
        return Node(name)
    fields = tuple(column for each in objects(raw.get("fields")) if (column := text(each.get("name"))))
    node = replace(Node(name), description=text(raw.get("description")))
    facets = mapping(raw.get("facets"))
    node = learn(node, facets)
    contract, at = mapping(facets.get("headgate_contract")), moment(raw.get("lastModifiedAt") or raw.get("updatedAt"))
    if contract and at:
        node = replace(node, last=told(Publication(at, at, None, "", "", True), contract))
    return node if node.columns else replace(node, columns=fields)


def _columns(raw: Mapping[PlaceName, Mapping[str, Any]]) -> dict[Field, frozenset[Field]]:
    found: dict[Field, set[Field]] = defaultdict(set)
    for name, dataset in raw.items():
        for each in objects(dataset.get("columnLineage")):
            for source in objects(each.get("inputFields")):
                read = PlaceName(text(source.get("namespace")), text(source.get("dataset")))
                if text(source.get("field")):
                    found[Field(name, text(each.get("name")))].add(Field(read, text(source.get("field"))))
    return {out: frozenset(sources) for out, sources in found.items()}

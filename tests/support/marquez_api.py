"""The questions about lineage that Marquez answers, over HTTP, with its traps: the answer hangs together in both
directions, its depth counts jobs from the producer, its nodes have no facets, and a job's last run has those of the run.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Name = tuple[str, str]


class Marquez:
    """What it has of some complete runs; `asked` are the paths that were asked for."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.asked: list[str] = []
        self.datasets: dict[Name, dict[str, Any]] = {}
        self.jobs: dict[Name, dict[str, Any]] = {}
        for event in events:
            job = (event["job"]["namespace"], event["job"]["name"])
            known = self.jobs.setdefault(job, {"inputs": [], "outputs": [], "facets": event["run"]["facets"]})
            for part in ("inputs", "outputs"):
                for dataset in event[part]:
                    name = (dataset["namespace"], dataset["name"])
                    self.datasets.setdefault(name, {}).update(dataset["facets"])
                    if name not in known[part]:
                        known[part].append(name)

    def answer(self, address: str) -> Any:
        """The JSON of an answer; None is 404."""
        parts, query = urlsplit(address), parse_qs(urlsplit(address).query)
        self.asked.append(address)
        path = [unquote(part) for part in parts.path.removeprefix("/api/v1/").split("/")]
        if path == ["search"]:
            word = query["q"][0].lower()
            found = [{"type": "DATASET", "name": n, "namespace": ns} for ns, n in self.datasets if word in n.lower()]
            return {"totalCount": len(found), "results": found[: int(query["limit"][0])]}
        if path == ["lineage"]:
            return self._lineage(query["nodeId"][0], int(query["depth"][0]))
        if len(path) == 4 and path[2] == "datasets":
            facets = self.datasets.get((path[1], path[3]))
            return None if facets is None else self._dataset(path[3], facets)
        if len(path) == 4 and path[2] == "jobs" and (path[1], path[3]) in self.jobs:
            return {"name": path[3], "latestRun": {"facets": self.jobs[path[1], path[3]]["facets"]}}
        return None

    def _dataset(self, name: str, facets: dict[str, Any]) -> dict[str, Any]:
        columns = [
            {"name": column, "inputFields": [f | {"dataset": f["name"]} for f in each["inputFields"]]}
            for column, each in facets.get("columnLineage", {}).get("fields", {}).items()
        ]
        return {
            "name": name,
            "description": facets.get("documentation", {}).get("description"),
            "fields": facets.get("schema", {}).get("fields", []),
            "facets": facets,
            "lastModifiedAt": "2026-03-03T01:05:00Z",
            "columnLineage": columns,
        }

    def _lineage(self, node_id: str, depth: int) -> Any:
        start = next((name for name in self.datasets if node_id == f"dataset:{name[0]}:{name[1]}"), None)
        if start is None:
            return None
        writers = [job for job, known in self.jobs.items() if start in known["outputs"]]
        readers = [job for job, known in self.jobs.items() if start in known["inputs"]]
        near = set((writers or readers)[:1])
        for _ in range(depth):
            touched = {name for job in near for name in self._touched(job)}
            near |= {job for job in self.jobs if touched & self._touched(job)}
        shown = {name for job in near for name in self._touched(job)}
        graph = []
        for job in near:
            known, me = self.jobs[job], f"job:{job[0]}:{job[1]}"
            graph.append(
                _node(me, "JOB", job, [(_id(n), me) for n in known["inputs"]], [(me, _id(n)) for n in known["outputs"]])
            )
        for name in shown:
            ins = [(f"job:{j[0]}:{j[1]}", _id(name)) for j in near if name in self.jobs[j]["outputs"]]
            outs = [(_id(name), f"job:{j[0]}:{j[1]}") for j in near if name in self.jobs[j]["inputs"]]
            graph.append(_node(_id(name), "DATASET", name, ins, outs))
        return {"graph": graph}

    def _touched(self, job: Name) -> set[Name]:
        return {*self.jobs[job]["inputs"], *self.jobs[job]["outputs"]}


def _id(name: Name) -> str:
    return f"dataset:{name[0]}:{name[1]}"


def _node(node_id: str, kind: str, name: Name, ins: Any, outs: Any) -> dict[str, Any]:
    """A node as it is in an answer."""
    return {
        "id": node_id,
        "type": kind,
        "data": {"id": {"namespace": name[0], "name": name[1]}, "name": name[1], "namespace": name[0]},
        "inEdges": [{"origin": origin, "destination": destination} for origin, destination in ins],
        "outEdges": [{"origin": origin, "destination": destination} for origin, destination in outs],
    }


@contextmanager
def serving(marquez: Marquez, status: int = 200) -> Iterator[str]:
    """The URL of a server; with another `status` every answer has it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = marquez.answer(self.path)
            code = status if status != 200 else 404 if answer is None else 200
            self.send_response(code)
            self.end_headers()
            self.wfile.write(json.dumps(answer or {"code": code}).encode())

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()

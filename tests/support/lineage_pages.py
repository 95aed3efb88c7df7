"""What people see of a dataset and a job in Marquez, as far as it depends on what arrives when.

Observed on a running Marquez: the description is that of the event received last; only the output of a COMPLETE run makes a
version current; assertions about an input belong to the version that is current when they arrive, and of a version the
latest by event time are shown; a job's inputs and outputs are those of the terminal event received last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import attr
from openlineage.client.serde import Serde
from openlineage.client.transport.transport import Config, Transport


class Pages:
    def __init__(self) -> None:
        self.received: list[str] = []
        self.descriptions: dict[str, str | None] = {}
        self.current: dict[str, str] = {}
        self.checked: dict[tuple[str, str | None], tuple[str, str]] = {}
        self.edges: dict[str, tuple[list[str], list[str]]] = {}
        self.states: dict[str, str] = {}

    def take(self, event: dict[str, Any]) -> None:
        self.received.append(f"{event['eventTime']} {event['eventType']}")
        inputs, outputs, run = event.get("inputs", []), event.get("outputs", []), event["run"]["runId"]
        for dataset in (*inputs, *outputs):
            said = dataset.get("facets", {}).get("documentation")
            self.descriptions[dataset["name"]] = said["description"] if said else None
        if event["eventType"] == "COMPLETE":
            self.current |= {dataset["name"]: run for dataset in outputs}
            self._check(event, outputs, "facets")
        self._check(event, inputs, "inputFacets")
        job = event["job"]["name"]
        self.states[job] = event["eventType"]
        if event["eventType"] in ("COMPLETE", "FAIL"):
            self.edges[job] = [d["name"] for d in inputs], [d["name"] for d in outputs]

    def _check(self, event: dict[str, Any], datasets: list[dict[str, Any]], where: str) -> None:
        for dataset in datasets:
            if facet := dataset.get(where, {}).get("dataQualityAssertions"):
                version = dataset["name"], self.current.get(dataset["name"])
                found = event["eventTime"], str(facet["assertions"])
                self.checked[version] = max(self.checked.get(version, found), found)

    def shown(self) -> dict[str, Any]:
        datasets = {
            name: (said, self.current.get(name), self.checked.get((name, self.current.get(name))))
            for name, said in self.descriptions.items()
        }
        return {"datasets": datasets, "edges": self.edges, "states": self.states}


@attr.define
class PagesConfig(Config):
    @classmethod
    def from_dict(cls, params: dict[str, Any]) -> PagesConfig:
        return cls()


class PagesTransport(Transport):
    """A transport of OpenLineage that hands each event to `receive`."""

    kind = "pages"
    config_class = PagesConfig
    receive: ClassVar[Callable[[dict[str, Any]], None]]

    def __init__(self, config: PagesConfig) -> None:
        pass

    def emit(self, event: Any) -> None:
        type(self).receive(Serde.to_dict(event))

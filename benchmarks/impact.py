"""How long `headgate impact` takes on the events of many datasets: `python -m benchmarks.impact [--datasets 5000]`.

The graph is made like a warehouse: a tenth are sources, every other dataset is made by a job from up to three datasets
before it, with the lineage of five columns.
What is printed is the whole command in a process of its own, and its parts.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from headgate.lineage import graph_from, impact

COLUMNS = [f"c{n}" for n in range(5)]


def events(datasets: int) -> list[dict[str, Any]]:
    """One complete run of each job."""
    chance = random.Random(7)
    sources = max(datasets // 10, 1)
    made = []
    for number in range(sources, datasets):
        inputs = chance.sample(range(max(0, number - 1000), number), min(3, number))
        fields = {
            column: {"inputFields": [{**_name(one), "field": chance.choice(COLUMNS)} for one in inputs]}
            for column in COLUMNS
        }
        schema = {"fields": [{"name": column, "type": "BIGINT"} for column in COLUMNS]}
        facets = {"schema": schema, "columnLineage": {"fields": fields},
                  "ownership": {"owners": [{"name": f"team {number % 40}"}]}}  # fmt: skip
        made.append({
            "eventType": "COMPLETE",
            "eventTime": "2026-03-02T01:00:00Z",
            "run": {"runId": str(number)},
            "job": {"namespace": "jobs", "name": f"job_{number}"},
            "inputs": [_name(one) | {"facets": {"schema": schema}} for one in inputs],
            "outputs": [_name(number) | {"facets": facets}],
        })  # fmt: skip
    return made


def _name(number: int) -> dict[str, Any]:
    return {"namespace": "postgres://db:5432", "name": f"warehouse.layer_{number // 500}.table_{number}"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--datasets", type=int, default=5000)
    datasets = parser.parse_args().datasets
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_text("".join(json.dumps(each) + "\n" for each in events(datasets)), encoding="utf-8")
        print(f"{datasets:,} datasets, {path.stat().st_size / 1e6:.1f} MB of events")
        graph = _timed("read the events", lambda: graph_from(path))
        found = _timed("downstream of a source", lambda: impact(graph, "table_0"))
        _timed("downstream of its column", lambda: impact(graph, "table_0.c0"))
        _timed("upstream of the last", lambda: impact(graph, f"table_{datasets - 1}", upstream=True))
        print(f"{len(found.affected):,} datasets are downstream")
        for form in ("text", "json", "svg"):
            run = "from headgate.cli import main; main()"
            command = [sys.executable, "-c", run, "impact", "table_0", "--from", str(path), "--format", form]
            _timed(f"the command, {form}", lambda: subprocess.run(command, check=True, capture_output=True))  # noqa: B023


def _timed(what: str, call: Any) -> Any:
    started = time.perf_counter()
    result = call()
    print(f"{what:<28}{time.perf_counter() - started:6.2f} s")
    return result


if __name__ == "__main__":
    main()

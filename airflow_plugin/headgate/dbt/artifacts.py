"""What a run of dbt left in its target folder: the tests of contracts that it had to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from headgate.dbt.gate_record import GateRecord, read_gates
from headgate.dbt.jinja import text_of
from headgate.dbt.target import document, embedded, reading
from headgate.errors import CallError
from headgate.gate import Status

RESULTS = "run_results.json"
NOT_RUN = "not run"
# Other commands list tests in their results too, but run none.
_COMMANDS = ("build", "test")


@dataclass(frozen=True, slots=True)
class ContractTest:
    """One test of a contract: `name` and `file` as dbt has them, `status` pass, warn, fail, error, skipped or NOT_RUN,
    with dbt's `message` and when it ended.

    `node` is the id of the model or source table, `relation` its name in the database, with the `where` of the test.
    `arguments` are those that the test was declared with. `embedded` is what the package wrote into the compiled SQL
    of this run (dbt_macros/macros/results/embedded.sql); None if there is nothing of this run.
    """

    name: str
    file: str
    status: str
    message: str
    ended_at: datetime
    node: str
    relation: str
    arguments: Mapping[str, Any]
    embedded: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The run that dbt calls `invocation`, its tests of contracts, in dbt's order, and what its gates did, by model.

    The tests of a model with a gate are among them also where dbt did not run them.
    """

    invocation: str
    tests: tuple[ContractTest, ...]
    gates: Mapping[str, GateRecord]

    @classmethod
    def read(cls, target: Path) -> Artifacts:
        """Read manifest.json, run_results.json, and the compiled SQL of dbt 1.x or v2 from the folder `target`.

        Raises:
            DataNotFoundError: a file is missing.
            CallError: a file is not an artifact of dbt, or the two are of different runs.
        """
        manifest, ran = (document(target / name, "dbt build") for name in ("manifest.json", RESULTS))
        with reading(target):
            invocation = str(ran["metadata"]["invocation_id"])
            of_manifest, command = manifest["metadata"]["invocation_id"], str(ran["args"]["which"])
            if of_manifest != invocation:
                raise CallError(
                    f"{target}: {RESULTS} is of the dbt run {invocation}, manifest.json of {of_manifest}; run dbt "
                    "build again, and read its results before another dbt command"
                )
            gates = read_gates(target, invocation)
            failed = {result["unique_id"] for result in ran["results"] if result["status"] == "error"}
            results = {result["unique_id"]: result for result in ran["results"]} if command in _COMMANDS else {}
            for name, declared in manifest["nodes"].items():
                if (node := declared.get("attached_node")) in gates and name not in results:
                    # What passed the gate was not published where dbt failed after it.
                    lost = node in failed and gates[node].status is not Status.HALTED
                    results[name] = {"unique_id": name, "status": "skipped" if lost else NOT_RUN}
            tests = _tests(manifest, results.values(), target, ran["metadata"])
            gates = {n: gate for n, gate in gates.items() if n not in failed or gate.status is Status.HALTED}
            return cls(invocation, tuple(tests), gates)


def target_of(folder: Path) -> Path:
    """Return the target folder, where `folder` is that or the project."""
    return folder if (folder / RESULTS).exists() else folder / "target"


def invocation_of(target: Path) -> str:
    """Return the id of the run whose results are in the folder `target`; "" if there are none."""
    try:
        return str(document(target / RESULTS, "dbt build")["metadata"]["invocation_id"])
    except (CallError, KeyError, TypeError):
        return ""


def _tests(manifest: Any, results: Iterable[Any], target: Path, run: Any) -> Iterator[ContractTest]:
    for result in results:
        declared = manifest["nodes"].get(result["unique_id"], {})
        about = declared.get("test_metadata") or {}
        if (about.get("namespace"), about.get("name")) != ("headgate", "contract"):
            continue
        # A source table is its only parent; of a model's parents, the others are those of foreign keys.
        node = declared.get("attached_node") or declared["depends_on"]["nodes"][0]
        relation = (manifest["nodes"].get(node) or manifest["sources"].get(node) or {}).get("relation_name")
        where = (declared.get("config") or {}).get("where")
        ended = result["timing"][-1]["completed_at"] if result.get("timing") else run["generated_at"]
        compiled = result.get("compiled_code") or _compiled(target, declared.get("compiled_path"))
        yield ContractTest(
            name=declared["name"],
            file=declared["original_file_path"],
            status=result["status"],
            message=result.get("message") or "",
            ended_at=datetime.fromisoformat(ended),
            node=node,
            relation=f"{relation or node}{f' where {where}' if where else ''}",
            arguments=_plain(about["kwargs"]),
            embedded=_embedded(compiled, str(run["invocation_id"])),
        )


def _compiled(target: Path, path: str | None) -> str:
    """Return the compiled SQL that is in a file only, as dbt v2 has it."""
    file = target / "compiled" / (path or "").replace("\\", "/").partition("/compiled/")[2]
    return file.read_text(encoding="utf-8") if path and file.is_file() else ""


def _embedded(compiled: str, invocation: str) -> Mapping[str, Any] | None:
    results: Mapping[str, Any] = embedded(compiled, "results") or {}
    return results if results.get("invocation_id") == invocation else None


def _plain(value: Any) -> Any:
    """Return arguments of a test with their texts as the contract has them."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return text_of(value) if isinstance(value, str) else value

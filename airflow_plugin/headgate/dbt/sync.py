"""`headgate dbt sync`: writes a contract's checks into the properties files of a dbt project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from headgate.contract import Dataset
from headgate.dbt.dispatch import with_dispatch
from headgate.dbt.entry import entries
from headgate.dbt.freshness import freshness_of
from headgate.dbt.gate import gate_lines, gate_of
from headgate.dbt.jinja import inert
from headgate.dbt.project import Node, Project, Wanted
from headgate.dbt.properties import KINDS, Properties
from headgate.dbt.text import lines_of
from headgate.errors import CallError
from headgate.rules import Contract

_HEADER = "# Written by `headgate dbt sync` from the contract "


@dataclass(frozen=True, slots=True)
class Synced:
    """`changed` are the files that were out of date. `tested` gives, for each dataset that the project has, the name of
    its model or source table; `skipped`, for each that it lacks, the nodes with its name that are other tables;
    `disabled` are those whose test dbt_project.yml switches off; `ungated` gives what each is (source, seed, snapshot)
    that was to have a gate and cannot."""

    changed: tuple[Path, ...]
    tested: dict[str, str]
    skipped: dict[str, str]
    disabled: tuple[str, ...] = ()
    ungated: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether each dataset of the contract is tested as it says by now."""
        return not (self.changed or self.skipped or self.disabled)


def sync(
    contract: Contract,
    project: Path,
    output: Path | None = None,
    *,
    check_only: bool = False,
    chosen: Mapping[str, str] | None = None,
    gate: bool = False,
) -> Synced:
    """Make dbt test what `contract` promises about the models and sources of a dbt project.

    Each gets the test `headgate.contract` with all its checks. If it has a properties file already, as every source
    has, the test is added there, in place: no other line of the file is changed. Models without one are declared in
    `output`. A second run changes nothing.

    Args:
        contract: `Contract.load(path)`.
        project: the folder of dbt_project.yml.
        output: the properties file for models that have none; by default `<models>/<contract>.headgate.yml`.
        check_only: write nothing, only tell what is out of date; for CI.
        gate: give the models a gate as well: `meta.headgate`, and `dispatch` in dbt_project.yml.
        chosen: the model (`orders`, `orders.v2`) or source table (`raw.orders`) of a dataset, where several could be.

    Raises:
        CallError: there is no dbt project, it has nothing of the contract (that is skipped by `check_only`), several
            models or source tables could be meant, or a file cannot be edited safely.
    """
    stem = contract.file.name.removesuffix(contract.file.suffix).removesuffix(".odcs")
    header = f"{_HEADER}{contract.id}; it is overwritten.\n"
    there = Project.load(project)
    output = output or there.model_paths[0] / f"{stem}.headgate.yml"
    before = Properties.read(output).text if output.exists() else None
    is_ours = before is not None and before.startswith(header)
    if is_ours:
        there = Project.load(project, written=output)
    wanted_by = {dataset.name: _wanted(dataset) for dataset in contract}
    named = {name: there.named(node) for name, node in (chosen or {}).items() if name in wanted_by}
    found = {name: named.get(name) or there.find(wanted) for name, wanted in wanted_by.items()}
    nodes = {name: node for name, node in found.items() if node is not None}
    skipped = {name: there.others(wanted_by[name]) for name in wanted_by if name not in nodes}
    if not nodes and not check_only:
        raise CallError(
            f"{contract.file}: none of its datasets ({', '.join(contract.datasets) or 'none'}) is a model or a source "
            f"table of the dbt project {project}, which has {there.describe()}"
            + "".join(f"; {others}" for others in skipped.values() if others)
        )
    if twice := [f"{name} ({node})" for name, node in nodes.items() if [*nodes.values()].count(node) > 1]:
        raise CallError(f"{contract.file}: a model or source table is one dataset, not {' and '.join(twice)}")
    tests = {node: entries(contract[name], node, nodes, project) for name, node in nodes.items()}
    held = _gates(before) if is_ours else set()  # kept, wherever the model is declared now
    gates = {
        node: inert(f"{contract.id}#{name}")
        for name, node in nodes.items()
        if node.kind == "model" and (gate or node.name in held)
    }
    fresh = {
        node: freshness_of(tests[node][0]["arguments"].get("levels", ()), contract[name])
        for name, node in nodes.items()
        if node.source
    }
    wanted = _in_place(there, tests, contract.id, gates, fresh)
    if gate and gates:
        settings = Properties.read(project / "dbt_project.yml")
        wanted[settings.file] = (settings.text, with_dispatch(settings.file, settings.text))
    alone = {node: tests[node] for node in tests if node not in there.declared}
    if alone and before is not None and not is_ours:
        raise CallError(f"{output} is not a file that headgate wrote for {contract.id}; name another output")
    if alone or is_ours:
        wanted[output] = (before, _own_file(header, alone, gates) if alone else None)
    changed = {file: new for file, (old, new) in wanted.items() if old != new}
    if not check_only:
        for file, text in changed.items():
            _write(file, text)
    files = {node: there.declared[node].file if node in there.declared else output for node in tests}
    off = {node for node in tests for test in tests[node] if there.disables(test["name"], files[node])}
    disabled = tuple(name for name, node in nodes.items() if node in off)
    without = {name: node for name, node in nodes.items() if gate and node not in gates}
    ungated = {name: "source" if node.source else node.kind for name, node in without.items()}
    return Synced(tuple(sorted(changed)), {name: str(node) for name, node in nodes.items()}, skipped, disabled, ungated)


def _wanted(dataset: Dataset) -> Wanted:
    schema, _, table = dataset.physical_name.rpartition(".")
    servers = {str(server.fields["schema"]) for server in dataset.contract.servers if server.fields.get("schema")}
    is_stated = dataset.physical_name != dataset.name
    return Wanted(dataset.name, table, schema.rpartition(".")[2], is_stated, frozenset(servers))


def _in_place(
    project: Project,
    tests: dict[Node, Any],
    contract: str,
    gates: Mapping[Node, str],
    fresh: Mapping[Node, Mapping[str, Any]],
) -> dict[Path, tuple[str | None, str | None]]:
    """Return the old and the new text of every properties file of the project."""
    texts: dict[Path, tuple[str | None, str | None]] = {}
    settings = {node.key: said for node, said in fresh.items()}
    for file in project.files:
        here = {node.key: test for node, test in tests.items() if project.declared.get(node) is file}
        gated = {node.key: said for node, said in gates.items() if node.key in here}
        texts[file.file] = (file.text, file.with_tests(here, contract, gated, settings))
    return texts


def _gates(text: str | None) -> set[str]:
    """Return the models that have a gate in headgate's own file."""
    models = (yaml.safe_load(text) or {}).get("models", []) if text else []
    return {model["name"] for model in models if gate_of(model)}


def _own_file(header: str, tests: dict[Node, Any], gates: Mapping[Node, str]) -> str:
    lines: list[str] = []
    for node, node_tests in sorted(tests.items(), key=lambda item: KINDS.index(item[0].kind)):
        if (root := f"{node.kind}s:") not in lines:
            lines.append(root)
        gate = gate_lines(gates[node], 4) if node in gates else []
        lines += [f"  - name: {node.name}", *gate, "    data_tests:"]
        lines += [line for test in node_tests for line in lines_of(test, 6)]
    return header + "\n".join(lines) + "\n"


def _write(file: Path, text: str | None) -> None:
    """Replace the file in one step; None removes it."""
    if text is None:
        file.unlink()
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.headgate")
    with aside.open("w", encoding="utf-8", newline="") as opened:
        opened.write(text)
    aside.replace(file)

"""A properties file of a dbt project, edited in place: only the lines of headgate's own entries ever change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from headgate.dbt.freshness import freshness_edits, without_marked
from headgate.dbt.gate import gate_edit, without_gate
from headgate.dbt.nodes import value_of
from headgate.dbt.text import lines_of
from headgate.errors import CallError

TEST = "headgate.contract"
# What dbt builds and refers to by `ref`; in a properties file each is listed under its plural.
KINDS = ("model", "seed", "snapshot")


@dataclass(frozen=True)
class Declared:
    """A model, a version of a model, a seed, a snapshot or a table of a source in a properties file. "" means that the
    file does not say.

    `table` is the alias or the identifier, `file` the `defined_in` of a version; `node` holds its tests, `model` is the
    model of a version. `kind` is one of KINDS, or source.
    """

    node: MappingNode
    name: str
    source: str = ""
    schema: str = ""
    version: str = ""
    table: str = ""
    file: str = ""
    model: MappingNode | None = None
    kind: str = "model"

    @property
    def is_whole(self) -> bool:
        """Whether it is a snapshot that no other file defines."""
        return self.kind == "snapshot" and value_of(self.node, "relation") is not None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.source, self.name, self.version


@dataclass(frozen=True)
class Properties:
    """One YAML file as it is on disk."""

    file: Path
    text: str

    @classmethod
    def read(cls, file: Path) -> Properties:
        """Read a file. Raises CallError if it is not YAML."""
        with file.open(encoding="utf-8", newline="") as opened:
            properties = cls(file, opened.read())
        try:
            properties._root  # noqa: B018 - parsed here, so that a wrong file is named at once
        except yaml.YAMLError as error:
            raise CallError(f"{file} is not valid YAML: {error}") from None
        return properties

    @cached_property
    def _root(self) -> Node | None:
        return yaml.compose(self.text, Loader=yaml.SafeLoader)

    @cached_property
    def declared(self) -> tuple[Declared, ...]:
        """The models, versions of models, seeds, snapshots and source tables that are declared here."""
        found = []
        for model in _items(self._root, "models"):
            name, versions = _scalar(model, "name"), list(_items(model, "versions"))
            if not versions:
                found.append(Declared(model, name, table=_configured(model, "alias")))
            found += [_version(version, model, name) for version in versions]
        for kind in KINDS[1:]:
            for node in _items(self._root, f"{kind}s"):
                found.append(Declared(node, _scalar(node, "name"), table=_configured(node, "alias"), kind=kind))
        for source in _items(self._root, "sources"):
            name = _scalar(source, "name")
            schema = _scalar(source, "schema") or name
            for table in _items(source, "tables"):
                physical = _scalar(table, "identifier") or _scalar(table, "name")
                found.append(Declared(table, _scalar(table, "name"), name, schema, table=physical, kind="source"))
        return tuple(found)

    def with_tests(
        self,
        tests: dict[tuple[str, str, str], list[dict[str, Any]]],
        contract: str,
        gates: Mapping[tuple[str, str, str], str] | None = None,
        freshness: Mapping[tuple[str, str, str], Mapping[str, Any]] | None = None,
    ) -> str:
        """Return the text with `tests`, by `Declared.key`, in place; other tests of the contract with this id are
        removed. `gates` names the contracts of models that get a gate, `freshness` the settings of source tables.

        Raises:
            CallError: a model has the test of another contract already, or is written in a form that is not edited.
        """
        holders = {declared.key: declared for declared in self.declared}
        # A model with versions holds no test of ours itself: dbt would run it on each.
        holders |= {(*d.key[:2], ""): Declared(d.model, d.name) for d in self.declared if d.model is not None}
        for key in tests:
            _check_inherited(self.file, holders[key])
            _check_shared(self.file, holders[key], [holder for name, holder in holders.items() if name != key])
        found = (self._edits(key, holder.node, tests.get(key, []), contract) for key, holder in holders.items())
        edits = [edit for edits in found for edit in edits]
        edits += [gate_edit(self.file, holders[key].node, said) for key, said in (gates or {}).items()]
        for key, holder in holders.items():
            if holder.source and (key in tests or any(_contract_of(item) == contract for item in _ours(holder.node))):
                node, said = holder.node, (freshness or {}).get(key, {})
                edits += freshness_edits(self.file, self.text, node, last_line(node), said)
        if not edits:
            return self.text
        lines = self.text.splitlines(keepends=True)
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        if not lines[-1].endswith("\n"):
            lines[-1] += end
        for first, last, replacement in sorted(edits, reverse=True):
            lines[first:last] = [line + end for line in replacement]
        text = "".join(lines)
        try:
            if _others(self.text) == _others(text):
                return text
        except yaml.YAMLError:
            pass
        raise CallError(
            f"{self.file}: the test cannot be put here by itself; write the data_tests of the model in plain block "
            "style, without anchors and aliases"
        )

    def _edits(
        self, key: tuple[str, str, str], node: MappingNode, tests: list[dict[str, Any]], contract: str
    ) -> list[tuple[int, int, list[str]]]:
        """Return what to replace: (first line, line after the last, the new lines)."""
        where = f"{self.file}:{node.start_mark.line + 1}: '{key[1]}'"
        name, value = _tests_of(node)
        items = value.value if value is not None else []
        ours = _ours(node)
        others = {_contract_of(item) for item in ours} - {contract}
        ours = [item for item in ours if _contract_of(item) == contract]
        if not tests and not ours:
            return []
        if others:
            raise CallError(f"{where} is tested for the contract {', '.join(others)} already; a dataset has one")
        if node.flow_style or (items and value is not None and value.flow_style):
            raise CallError(f"{where} is written in flow style; write it and its data_tests one below the other")
        if ours:
            # All take the place of the first; and a list with nothing left in it goes with its key.
            emptied = not tests and len(ours) == len(items)
            first = name.start_mark.line if emptied and name is not None else ours[0].start_mark.line
            taken = (first, last_line(ours[0]) + 1, _lines(tests, ours[0].start_mark.column - 2))
            return [taken, *((item.start_mark.line, last_line(item) + 1, []) for item in ours[1:])]
        if items and value is not None:
            return [(last_line(value) + 1, last_line(value) + 1, _lines(tests, items[0].start_mark.column - 2))]
        column = node.start_mark.column
        block = [" " * column + "data_tests:", *_lines(tests, column + 2)]
        if name is not None:
            return [(name.start_mark.line, name.start_mark.line + 1, block)]
        return [(last_line(node) + 1, last_line(node) + 1, block)]


def _version(node: MappingNode, model: MappingNode, name: str) -> Declared:
    alias = _configured(node, "alias") or _configured(model, "alias")
    return Declared(node, name, version=_scalar(node, "v"), table=alias, file=_scalar(node, "defined_in"), model=model)


def _configured(node: MappingNode, key: str) -> str:
    """Return a setting under `config:`, or beside the name, where dbt used to read it."""
    config = next((value for name, value in node.value if name.value == "config"), None)
    return (_scalar(config, key) if isinstance(config, MappingNode) else "") or _scalar(node, key)


def _tests_of(node: MappingNode) -> tuple[Node | None, SequenceNode | None]:
    """Return the key of its tests, and their list; None if there is no key, or no list."""
    key, value = next((p for p in node.value if p[0].value in ("data_tests", "tests")), (None, None))
    return key, value if isinstance(value, SequenceNode) else None


def _check_inherited(file: Path, version: Declared) -> None:
    """Raise CallError if tests under a version would replace, in dbt, tests that it inherits from its model."""
    if version.model is None or _tests_of(version.node)[0] is not None:
        return
    _, inherited = _tests_of(version.model)
    if inherited is not None and not all(_is_ours(item) for item in inherited.value):
        raise CallError(
            f"{file}:{version.node.start_mark.line + 1}: '{version.name}' version {version.version} has the data_tests "
            "of its model, which dbt drops where the version has some; repeat under the version those that it keeps"
        )


def _check_shared(file: Path, holder: Declared, others: list[Declared]) -> None:
    """Raise CallError if its list of tests is that of others too, by an anchor: they would get the test with it."""
    _, value = _tests_of(holder.node)
    if value is not None and any(_tests_of(other.node)[1] is value for other in others):
        raise CallError(
            f"{file}:{holder.node.start_mark.line + 1}: '{holder.name}' shares its data_tests with another by an "
            "anchor, which would get the test too; write them without anchors and aliases"
        )


def _ours(node: MappingNode) -> list[MappingNode]:
    """Return headgate's own entries among the tests of a node."""
    _, value = _tests_of(node)
    return [item for item in value.value if _is_ours(item)] if value is not None else []


def _is_ours(item: Node) -> bool:
    return isinstance(item, MappingNode) and item.value[0][0].value == TEST


def _lines(tests: list[dict[str, Any]], indent: int) -> list[str]:
    return [line for test in tests for line in lines_of(test, indent)]


def _items(node: Node | None, key: str) -> Iterator[MappingNode]:
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == key and isinstance(value, SequenceNode):
                yield from (item for item in value.value if isinstance(item, MappingNode))


def _scalar(node: MappingNode, key: str) -> str:
    return next((v.value for k, v in node.value if k.value == key and isinstance(v, ScalarNode)), "")


def _contract_of(item: MappingNode) -> str:
    """Return the id of the contract that one of headgate's entries is about."""
    test = item.value[0][1]
    parts = test.value if isinstance(test, MappingNode) else []
    arguments = next((value for key, value in parts if key.value == "arguments"), None)
    return _scalar(arguments, "contract").rpartition("@")[0] if isinstance(arguments, MappingNode) else ""


def last_line(node: Any) -> int:
    """Return the last line of a node; a block's own end mark is after the comments and blank lines that follow it."""
    if isinstance(node, ScalarNode) or node.flow_style or not node.value:
        mark = node.end_mark
        value: int = mark.line - 1 if mark.column == 0 and mark.line > node.start_mark.line else mark.line
        return value
    last = node.value[-1]
    return max(last_line(last[0]), last_line(last[1])) if isinstance(last, tuple) else last_line(last)


def _others(text: str) -> Any:
    """Return the content of a properties file without headgate's tests and settings."""
    root = yaml.safe_load(without_marked(text)) or {}
    sources = root.get("sources") or []
    tables = [table for source in sources for table in source.get("tables") or []]
    models = root.get("models") or []
    versions = [version for model in models for version in model.get("versions") or []]
    others = [node for kind in KINDS[1:] for node in root.get(f"{kind}s") or []]
    for holder in (*models, *versions, *others, *tables):
        for key in ("data_tests", "tests"):
            if key in holder:
                kept = [test for test in holder.pop(key) or [] if not (isinstance(test, dict) and TEST in test)]
                if kept:
                    holder[key] = kept
    for table in tables:
        if not table.get("config"):
            table.pop("config", None)
    for model in (*models, *versions):
        without_gate(model)
    return root

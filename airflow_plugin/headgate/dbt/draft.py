"""`headgate dbt contract`: a contract drafted from what a dbt project declares of a model, seed, snapshot or source
table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from headgate.contract.values import implied_logical_type
from headgate.dbt.manifest import DeclaredTest, DescribedNode, describe
from headgate.draft.proposal import DraftProperty, Proposal, Rule
from headgate.draft.quoting import quoted
from headgate.draft.write import Draft
from headgate.errors import CallError
from headgate.lint import personal

_EXPECTATION = "headgate.expect_"
_ZONED = re.compile(r"TIMESTAMPTZ|WITH TIME ZONE", re.IGNORECASE)
_COLUMN = re.compile(r'"?([A-Za-z_][A-Za-z0-9_]*)"?')
_WARNING = {"severity": "warning"}


def draft_contract(project: Path, name: str) -> tuple[Draft, DescribedNode]:
    """Return a contract drafted from the target folder of a dbt project, and the node that it is of.

    The columns and their types come from catalog.json, where there is one, else those that the project names. Tests and
    constraints become rules where a contract has words for them, else notes. No value of the data is read.

    Args:
        project: the folder of dbt_project.yml.
        name: `orders`, `orders.v2`, `raw.orders`.

    Raises:
        DataNotFoundError: there is no manifest.json.
        CallError: no node has the name, or it has a contract already.
    """
    node = describe(project / "target", name)
    for test in node.tests:
        if test.name == "headgate.contract":
            raise CallError(f"{node.name} has the contract {test.arguments.get('contract')} already")
    return _Drafter(node).draft(), node


class _Drafter:
    """Gathers what is said of each column, and of the table."""

    def __init__(self, node: DescribedNode) -> None:
        self._node = node
        self._declared: Mapping[str, Any] = node.raw.get("columns") or {}
        types = node.types or {}
        self._types = {**types, **{n: said.get("data_type") for n, said in self._declared.items() if n not in types}}
        self._said: dict[str, dict[str, Any]] = {name: {} for name in self._types}
        self._rules: dict[str, list[dict[str, Any]]] = {name: [] for name in self._types}
        self._notes: dict[str, list[str]] = {name: [] for name in self._types}
        self._all_rules: list[Rule] = []
        self._all_notes: list[str] = []

    def draft(self) -> Draft:
        node = self._node
        if node.types is None:
            self._all_notes += (
                "not in target/catalog.json: columns that no file names, and undeclared types, are missing;",
                "TODO `dbt build`, `dbt docs generate` (dbt v2: `dbt compile --write-catalog`), and draft it again",
            )
        else:
            for column in self._declared.keys() - node.types.keys():
                self._notes[column].append("is not in target/catalog.json; TODO is it there?")
        for column, said in self._declared.items():
            for constraint in said.get("constraints") or ():
                self._constrain({**constraint, "columns": [column]})
        for constraint in node.raw.get("constraints") or ():
            self._constrain(constraint)
        for test in node.tests:
            self._test(test)
        owner, email = self._owner()
        is_source = node.kind == "source"
        return Draft(
            origin=f"the {node.kind} {quoted(node.name)} of dbt; no rows were read",
            command="headgate dbt contract",
            named=node.name if is_source else "",
            dataset=node.dataset,
            physical_name=f"{node.schema}.{node.table}" if is_source and node.schema else node.table,
            properties=tuple(self._property(name, kind) for name, kind in self._types.items()),
            description=_text(node.raw.get("description")) or None,
            owner=owner,
            support={"channel": email, "tool": "email", "url": f"mailto:{email}"} if email else {},
            tags=_tags(node.raw),
            levels=tuple(self._levels()),
            rules=tuple(self._all_rules),
            notes=tuple(self._all_notes),
        )

    def _owner(self) -> tuple[str, str]:
        owner = self._node.group.get("owner") or {}
        said = self._node.meta.get("owner")
        email = owner.get("email")
        name = owner.get("name") or self._node.group.get("name") or (said if isinstance(said, str) else "")
        return str(name), email if isinstance(email, str) else ""

    def _levels(self) -> Iterator[dict[str, Any]]:
        """Yield the freshness of a source, where it is that of a column."""
        freshness = self._node.raw.get("freshness") or {}
        within = freshness.get("warn_after") or freshness.get("error_after") or {}
        field = _COLUMN.fullmatch(str(self._node.raw.get("loaded_at_field") or ""))
        if not within.get("count"):
            return
        if field is None or field[1] not in self._types:
            self._all_notes.append("its freshness is not that of a column; TODO slaProperties")
            return
        element = f"{self._node.dataset}.{field[1]}"
        unit = {"minute": "min", "hour": "h", "day": "d"}[within["period"]]
        yield {"property": "freshness", "value": within["count"], "unit": unit, "element": element}

    def _constrain(self, constraint: Mapping[str, Any]) -> None:
        kind, columns = constraint.get("type"), [c for c in constraint.get("columns") or () if c in self._said]
        if kind == "primary_key" and columns:
            for position, column in enumerate(columns, 1):
                self._said[column]["primaryKey"] = True
                if len(columns) > 1:
                    self._said[column]["primaryKeyPosition"] = position
        elif kind == "not_null" and columns:
            for column in columns:
                self._said[column]["required"] = True
        elif kind == "unique" and columns:
            self._unique(columns, {}, "a constraint of the model")
        else:
            said = f"the constraint {kind} {quoted(str(constraint.get('expression') or ''))}: not in the contract"
            self._note(columns[0] if len(columns) == 1 else "", said)

    def _test(self, test: DeclaredTest) -> None:
        severity = _WARNING if test.is_warning else {}
        column = test.column if test.column in self._said else ""
        arguments, name = test.arguments, test.name
        if test.settings or (test.column and not column):
            why = f" with {', '.join(test.settings)}" if test.settings else f" of {quoted(test.column)}"
            self._note(column, f"the test {name}{why}: not in the contract")
        elif name == "not_null" and column:
            if severity:
                self._rules[column].append({"metric": "nullValues", "mustBe": 0, **severity})
            else:
                self._said[column]["required"] = True
        elif name == "unique" and column:
            self._unique([column], severity, "")
        elif name == "dbt_utils.unique_combination_of_columns":
            self._unique(list(arguments.get("combination_of_columns") or ()), severity, f"the test {name}")
        elif name == "accepted_values" and column:
            self._accept(column, list(arguments.get("values") or ()), severity)
        elif name == "relationships" and column and test.refers_to:
            self._refer(column, test, severity)
        elif name.startswith(_EXPECTATION):
            self._expect(column, test, severity)
        else:
            self._note(column, f"the test {name}: not in the contract; TODO a rule of type sql?")

    def _note(self, column: str, said: str) -> None:
        (self._notes[column] if column else self._all_notes).append(said)

    def _unique(self, columns: list[str], severity: Mapping[str, str], comment: str) -> None:
        if len(columns) == 1 and not severity:
            self._said[columns[0]]["unique"] = True
        elif len(columns) == 1:
            self._rules[columns[0]].append({"metric": "duplicateValues", "mustBe": 0, **severity})
        else:
            rule = {"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": columns}, **severity}
            self._all_rules.append(Rule(rule, comment))

    def _accept(self, column: str, values: list[Any], severity: Mapping[str, str]) -> None:
        kind = implied_logical_type(self._types[column])
        try:
            listed = [_typed(value, kind) for value in values]
        except (ValueError, InvalidOperation):
            self._note(column, f"accepted_values of another type than the column: not in the contract ({kind})")
            return
        if severity:
            arguments = {"validValues": listed}
            self._rules[column].append({"metric": "invalidValues", "mustBe": 0, "arguments": arguments, **severity})
        else:
            self._said[column]["enum"] = [{"value": value} for value in listed]

    def _refer(self, column: str, test: DeclaredTest, severity: Mapping[str, str]) -> None:
        field = str(test.arguments.get("field"))
        if test.itself and not severity:
            self._said[column]["relationships"] = [{"to": f"{self._node.dataset}.{field}"}]
            return
        self._note(
            column,
            f"refers to {quoted(f'{test.refers_to}.{field}')}; where this contract has that dataset, too: "
            f"relationships: [{{to: {quoted(f'{test.refers_to}.{field}')}}}]",
        )

    def _expect(self, column: str, test: DeclaredTest, severity: Mapping[str, str]) -> None:
        kind = test.name.removeprefix("headgate.")
        kwargs = ({"column": column} if column else {}) | _exact(test.arguments)
        implementation = {"type": kind, "kwargs": kwargs}
        rule = {"name": kind, "type": "custom", "engine": "greatExpectations", "implementation": implementation}
        if kind == "expect_column_to_exist" and not severity:
            return  # being named is the promise to be there
        if column:
            self._rules[column].append({**rule, **severity})
        else:
            self._all_rules.append(Rule({**rule, **severity}, ""))

    def _property(self, name: str, kind: str | None) -> DraftProperty:
        declared, said, notes = self._declared.get(name) or {}, dict(self._said[name]), self._notes[name]
        logical = implied_logical_type(kind)
        proposals = []
        if description := _text(declared.get("description")):
            proposals.append(Proposal("description", description))
        if logical:
            proposals += [Proposal("logicalType", logical), Proposal("physicalType", kind)]
        else:
            notes.append(f"of the type {quoted(kind)}; TODO logicalType" if kind else "TODO logicalType")
        secret = personal.named(name) and logical != "boolean"
        if secret:
            note = "personal by its name; remove this if it is not personal"
            proposals.append(Proposal("classification", "confidential", note))
        if said.get("primaryKey"):
            said.pop("required", None)
            said.pop("unique", None)
        proposals += [Proposal(key, value) for key, value in said.items() if key != "enum"]
        if logical == "timestamp":
            proposals.append(Proposal("logicalTypeOptions", {"timezone": bool(_ZONED.search(str(kind)))}))
        if "enum" in said:
            proposals.append(Proposal("enum", said["enum"]))
        if tags := _tags(declared.get("config") or {}):
            proposals.append(Proposal("tags", list(tags)))
        if self._rules[name]:
            proposals.append(Proposal("quality", self._rules[name]))
        return DraftProperty(name, tuple(notes), tuple(proposals), secret)


def _typed(value: Any, kind: str | None) -> Any:
    """Return an accepted value, which dbt compares as a text unless `quote: false`, in the type of the column."""
    if kind in ("integer", "number"):
        number = Decimal(str(value))
        return int(number) if number == number.to_integral_value() else number
    if kind == "boolean":
        if str(value).lower() not in ("true", "false"):
            raise ValueError(value)
        return str(value).lower() == "true"
    return str(value)


def _exact(value: Any) -> Any:
    """Return arguments as a contract has them: without those that are null, and decimals as they are written."""
    if isinstance(value, Mapping):
        return {name: _exact(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _tags(said: Mapping[str, Any]) -> tuple[str, ...]:
    tags = said.get("tags") or ()
    return tuple(map(str, [tags] if isinstance(tags, str) else tags))

"""`custom` rules of the engine headgate with `reconcile`: two datasets that must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path as FilePath
from typing import Any

from headgate.checks import NONE, Check, Comparison, Severity, Unchecked
from headgate.checks.reconciliation import MOST_SETTLED
from headgate.contract.document import Path
from headgate.contract.service_levels import duration
from headgate.rules.builder import RuleBuilder
from headgate.rules.own_rule import OwnRule
from headgate.suggest import did_you_mean

BY_PRIMARY_KEY = "by primary key"
_WORDS = ("reconcile", "by", "sums", "rows", "columns", "except", "tolerance", "settled", "as_of", "where",
          "other_where")  # fmt: skip
_APART = ("absolute", "relative")
_TOLERANCES = (*_APART, "groups", "rows", "columns")
# What can only be a column; anything else is an expression.
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ReconciliationRules:
    """Rules that another dataset must agree with this one."""

    severity: Severity = "error"

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder
        # The columns of the other dataset by the names of its properties.
        self.other: Mapping[str, str] = {}

    def rules(self, own: OwnRule) -> Iterator[Check | Unchecked]:
        """Yield the check of a rule; see `OwnRules`."""
        said, rule, key, path, _, common = own
        where = own.where
        for _word, wrong in own.unknown(_WORDS, "a reconciliation"):
            self._refuse(where, wrong)
        against = self._against(said.get("reconcile"), where)
        self.other = self._columns_of(against)
        args: dict[str, Any] = {"against": against}
        if "rows" in said:
            self._needs(said, where, "rows", not_with=("by", "sums"))
            args["key"] = self._key(said["rows"], where)
            args["leave_out"] = frozenset(self._names(said.get("except", []), "except", where))
            if "columns" in said:
                args["columns"] = self._pairs(said["columns"], "columns", where)
        else:
            self._needs(said, where, "sums", not_with=("columns", "except"))
            args["by"] = self._pairs(said.get("by", []), "by", where)
            args["sums"] = self._pairs(said["sums"], "sums", where)
        for word in ("rows", "sums"):
            if word in said and not args["key" if word == "rows" else word]:
                self._refuse((*where, word), f"'{word}' is empty; name at least one column")
        args |= self._tolerance(said.get("tolerance", {}), where, "rows" if "rows" in said else "groups")
        if "settled" in said:
            args["settled"] = self._settled(said["settled"], where)
        if "as_of" in said:
            (args["as_of"],) = self._pairs([said["as_of"]], "as_of", where)
        for word in ("where", "other_where"):
            if word in said:
                args[word] = self._text(said[word], word, where)
        self._tell_of_unknown(args, against, where)
        self._tell_of_itself(args, against, where)
        allowed = args.get("allowed", 0)
        yield self.build.check(
            key,
            "reconciliation",
            path,
            args=args,
            expect=Comparison("<=", (allowed,)) if allowed else NONE,
            description=rule.get("description") or "",
            **common,
        )

    def _refuse(self, path: Path, reason: str) -> None:
        self.build.refuse(path, "reconciliation", reason)

    def _needs(self, said: Mapping[str, Any], path: Path, word: str, not_with: tuple[str, ...]) -> None:
        if word not in said:
            self._refuse(path, "say what must agree: `sums: {amount: amount}` by group, or `rows: by primary key`")
        for other in not_with:
            if other in said:
                self._refuse((*path, other), f"'{other}' does not go with '{word}'")

    def _against(self, value: Any, path: Path) -> str:
        """Return the other dataset: one of this contract, or FILE#DATASET of one beside it."""
        named = self._text(value, "reconcile", path)
        file, _, name = named.rpartition("#")
        root: Mapping[str, Any] = self.build.root
        if file:
            try:
                root = self.build.other(file)
            except ValueError as error:
                self._refuse((*path, "reconcile"), f"'{named}': {error}")
        datasets = [raw["name"] for raw in root.get("schema") or []]
        if name not in datasets:
            if not file and name.endswith((".yaml", ".yml")):
                self._refuse((*path, "reconcile"), f"'{named}': write the dataset too: {named}#DATASET")
            self._refuse((*path, "reconcile"), f"'{named}' is not a dataset{did_you_mean(name, datasets)}")
        return named

    def _columns_of(self, against: str) -> dict[str, str]:
        """Return the columns of the other dataset by the names of its properties."""
        file, _, name = against.rpartition("#")
        root = self.build.other(file) if file else self.build.root
        raw = next(raw for raw in root.get("schema") or [] if raw["name"] == name)
        return {
            str(prop["name"]): str(prop.get("physicalName") or prop["name"])
            for prop in raw.get("properties") or []
            if prop.get("name")
        }

    def _tell_of_unknown(self, args: Mapping[str, Any], against: str, path: Path) -> None:
        """Warn of columns that neither contract has: they may be there all the same."""
        there = {*self.other, *self.other.values()}
        here = {p.name for p in self.build.properties} | {p.column for p in self.build.properties}
        pairs = [pair for word in ("by", "sums", "key", "columns") for pair in args.get(word) or ()]
        pairs += [args["as_of"]] if args.get("as_of") else []
        either = here | there if here and there else set()
        tolerated = list(args["tolerances"])
        if sums := {own for own, _ in args.get("sums") or ()}:
            for each in tolerated:
                if each not in sums:
                    said = f"'{each}' has a tolerance and is not among the sums{did_you_mean(each, sums)}"
                    self.build.problem(path, "dangling-reference", said, "warning")
            tolerated = []
        for known, names, dataset in (
            (here, [*(p[0] for p in pairs), *tolerated], "this dataset"),
            (there, [p[1] for p in pairs], against),
            (either, sorted(args.get("leave_out", ())), f"this dataset or {against}"),
        ):
            for each in dict.fromkeys(names):
                if known and _COLUMN.fullmatch(each) and each not in known:
                    said = f"'{each}' is not a property of {dataset}{did_you_mean(each, known)}"
                    self.build.problem(path, "dangling-reference", said, "warning")

    def _tell_of_itself(self, args: Mapping[str, Any], against: str, path: Path) -> None:
        """Warn of a dataset that is compared with itself: it always agrees."""
        file, _, name = against.rpartition("#")
        own = FilePath(self.build.document.file)
        same = name == self.build.raw["name"] and (not file or (own.parent / file).resolve() == own.resolve())
        pairs = [pair for word in ("by", "sums", "key", "columns") for pair in args.get(word) or ()]
        if same and args.get("where") == args.get("other_where") and all(a == b for a, b in pairs):
            said = f"'{against}' is this dataset itself, which always agrees with itself"
            self.build.problem((*path, "reconcile"), "reconciliation", said, "warning")

    def _text(self, value: Any, word: str, path: Path) -> str:
        if not isinstance(value, str) or not value.strip():
            self._refuse((*path, word), f"'{word}' takes a text, not {value!r:.40}")
        return str(value)

    def _names(self, value: Any, word: str, path: Path) -> list[str]:
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
            self._refuse((*path, word), f"'{word}' takes a list of columns")
        return [self._column(name) for name in listed]

    def _pairs(self, value: Any, word: str, path: Path) -> tuple[tuple[str, str], ...]:
        """Return pairs (own, other) of expressions: `column`, or `{own: other}`, one or a list."""
        found: list[tuple[str, str]] = []
        for each in value if isinstance(value, list) else [value]:
            said = each.items() if isinstance(each, Mapping) else [(each, each)]
            for own, other in said:
                if not isinstance(own, str | int) or not isinstance(other, str | int) or isinstance(own, bool):
                    self._refuse((*path, word), f"'{word}' takes columns, or {{own: other}}, not {each!r:.60}")
                found.append((self._column(str(own)), self.other.get(str(other), str(other))))
        return tuple(found)

    def _column(self, name: str) -> str:
        """Return the column of a property; any other text is an expression."""
        return self.build.by_name[name].column if name in self.build.by_name else name

    def _key(self, value: Any, path: Path) -> tuple[tuple[str, str], ...]:
        if value != BY_PRIMARY_KEY:
            return self._pairs(value, "rows", path)
        if not self.build.keys:
            self._refuse((*path, "rows"), "the dataset has no primary key: `rows: [column, …]` names one")
        return tuple((prop.column, self.other.get(prop.name, prop.column)) for prop in self.build.keys)

    def _tolerance(self, value: Any, path: Path, unit: str) -> dict[str, Any]:
        here = (*path, "tolerance")
        if not isinstance(value, Mapping):
            self._refuse(here, "'tolerance' takes `{absolute: 0.01, relative: 0.001, groups: 0, columns: {…}}`")
        for word in value:
            if word not in _TOLERANCES:
                self._refuse((*here, word), f"'{word}' is not a tolerance{did_you_mean(word, _TOLERANCES)}")
        for word in ("groups", "rows"):
            if word in value and word != unit:
                self._refuse((*here, word), f"{unit} are compared: say how many may differ by '{unit}', not '{word}'")
        allowed = value.get(unit, 0)
        if not isinstance(allowed, int) or isinstance(allowed, bool) or allowed < 0:
            self._refuse(here, f"how many may differ is a whole number, not {allowed!s:.40}")
        columns = value.get("columns", {})
        if not isinstance(columns, Mapping) or not all(isinstance(of, Mapping) for of in columns.values()):
            self._refuse(here, "'columns' takes `{amount: {absolute: 0.01}}`")
        for name, of in columns.items():
            for word in of:
                if word not in _APART:
                    said = f"'{word}' of '{name}' is not a tolerance{did_you_mean(str(word), _APART)}"
                    self._refuse((*here, "columns"), said)
        return {
            "tolerance": self._apart(value, here),
            "tolerances": {self._column(str(name)): self._apart(of, here) for name, of in columns.items()},
            "allowed": allowed,
        }

    def _apart(self, value: Mapping[str, Any], path: Path) -> tuple[Decimal, Decimal]:
        found = []
        for word in _APART:
            given = value.get(word, 0)
            try:
                number = Decimal(str(given))
            except InvalidOperation:
                number = Decimal("NaN")
            if isinstance(given, bool) or not number.is_finite() or number < 0:
                self._refuse((*path, word), f"'{word}' takes a number that is not negative, not {given!s:.40}")
            found.append(number)
        return found[0], found[1]

    def _settled(self, value: Any, path: Path) -> Decimal:
        """Return the seconds after which a period counts as settled."""
        try:
            found = duration(value)
        except ValueError as error:
            self._refuse((*path, "settled"), f"settled: {error}")
        seconds = found.days * 86400 + Decimal(found.seconds)
        if found.months or not 0 <= seconds <= Decimal(MOST_SETTLED.total_seconds()):
            self._refuse(
                (*path, "settled"), f"settled: {value} is not a duration of days or hours, such as P2D or PT6H"
            )
        return seconds

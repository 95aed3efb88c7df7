"""ODCS's quality rules, translated into checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from headgate.checks import Check, Comparison, Severity, Unchecked
from headgate.contract import settings
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.schedule import schedule_problem
from headgate.contract.schema_object import IMPOSSIBLE
from headgate.rules.builder import RuleBuilder
from headgate.rules.custom import Custom
from headgate.sql.admit import admit
from headgate.suggest import did_you_mean

# ODCS's operators. mustBeBetween is inclusive: its symbol in the standard is a closed interval.
OPERATORS = {
    "mustBe": "=",
    "mustNotBe": "!=",
    "mustBeGreaterThan": ">",
    "mustBeGreaterOrEqualTo": ">=",
    "mustBeLessThan": "<",
    "mustBeLessOrEqualTo": "<=",
    "mustBeBetween": "between",
    "mustNotBeBetween": "not between",
}
# ODCS leaves the words of severity open; what is not known here counts as an error.
WARNINGS = frozenset({"info", "warning", "warn", "low", "minor", "trivial"})
ERRORS = frozenset({"error", "critical", "blocker", "major", "high", "fatal"})
METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
_ARGUMENTS = {"missingValues": ("missingValues",), "invalidValues": ("validValues", "pattern")}
# Names of library rules in ODCS 3.0.
_FORMER = {
    "duplicateCount": "duplicateValues",
    "duplicatePercent": "duplicateValues",
    "unique": "duplicateValues",
    "uniqueCheck": "duplicateValues",
    "validValues": "invalidValues",
    "nullCheck": "nullValues",
    "nullCount": "nullValues",
    "rowCountCheck": "rowCount",
}
UNITS = {"rows": "rows", "row": "rows", "percent": "percent", "%": "percent"}


class Quality:
    """The quality rules of an object (`prop` None) or of a property."""

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder
        self.custom = Custom(builder)

    def rules(self, rule: Mapping[str, Any], path: Path, prop: Property | None) -> Iterator[Check | Unchecked]:
        rule = self._modern(rule, path)
        own = rule.get("id") or rule.get("name") or rule.get("metric") or rule.get("type") or "quality"
        key = f"{prop.name}.{own}" if prop else str(own)
        kind = rule.get("type") or "library"
        said = rule.get("description") or rule.get("name") or f"{kind} rule"
        common: dict[str, Any] = {
            "severity": self._severity(rule, path),
            "dimension": rule.get("dimension") or "",
        }
        if wrong := schedule_problem(rule):
            self.build.problem((*path, "schedule"), "schedule", wrong, "warning")
        if kind == "text":
            yield self.build.unchecked(key, path, said, "documentation", excused=True, **common)
        elif kind == "sql":
            yield from self._sql(rule, key, path, prop, common)
        elif kind == "custom":
            yield from self.custom.rules(
                rule, key, path, prop, said, common | {"policy": self._rule_policy(rule, path)}
            )
        elif rule.get("metric"):
            yield from self._metric(rule, key, path, prop, common)
        else:
            name = f" '{rule['rule']}'" if rule.get("rule") else ""
            reason = f"the rule{name} is not one of ODCS's metrics: {', '.join(METRICS)}"
            yield self.build.unchecked(key, path, said, reason, **common)

    def _severity(self, rule: Mapping[str, Any], path: Path) -> Severity:
        word = str(rule.get("severity") or "error").lower()
        if word not in WARNINGS | ERRORS:
            self.build.problem(
                (*path, "severity"),
                "severity-unknown",
                f"severity '{rule['severity']}' counts as error; for a warning write one of "
                f"{', '.join(sorted(WARNINGS))}",
                "warning",
            )
        return "warning" if word in WARNINGS else "error"

    def _modern(self, rule: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
        """Return a rule in the form of ODCS 3.0, `rule: duplicateCount`, as its metric."""
        named = rule.get("rule")
        if rule.get("metric") or not isinstance(named, str) or (rule.get("type") or "library") != "library":
            return rule
        metric = _FORMER.get(named) or (named if named in METRICS else None)
        if metric is None:
            return rule
        self.build.problem(
            (*path, "rule"), "odcs-deprecated", f"'rule: {named}' is the form of ODCS 3.0; write `metric: {metric}`",
            "warning",
        )  # fmt: skip
        changed = {name: value for name, value in rule.items() if name not in ("rule", "validValues")} | {
            "metric": metric
        }
        if "validValues" in rule:
            changed["arguments"] = {**(rule.get("arguments") or {}), "validValues": rule["validValues"]}
        if metric != "rowCount" and not any(name in rule for name in OPERATORS):
            changed["mustBe"] = 0
        return changed

    def _sql(
        self, rule: Mapping[str, Any], key: str, path: Path, prop: Property | None, common: dict[str, Any]
    ) -> Iterator[Check | Unchecked]:
        expect = self._comparison(rule, path)
        if expect is None:
            return
        if expect.unit == "percent":
            expect = replace(expect, unit="rows")  # the query gives the number, in whatever unit
        try:
            query = admit(
                rule["query"],
                self.build.dialect,
                self.build.tables,
                self.build.raw["name"],
                prop.column if prop else None,
            )
        except ValueError as error:
            self.build.problem((*path, "query"), "sql-refused", str(error))
            return
        yield self.build.check(
            key,
            "sql",
            path,
            args={"query": query.tree, "reads": query.reads},
            classified=self.build.hides(query.reads),
            expect=expect,
            policy=self._rule_policy(rule, path),
            description=rule.get("description") or "",
            **common,
        )

    def _metric(
        self, rule: Mapping[str, Any], key: str, path: Path, prop: Property | None, common: dict[str, Any]
    ) -> Iterator[Check | Unchecked]:
        expect = self._comparison(rule, path)
        metric, arguments = rule["metric"], rule.get("arguments") or {}
        where: Path = (*path, "arguments")
        policy = self._rule_policy(rule, path)
        if expect is None:
            return
        extra: dict[str, Any] = {
            **common,
            "expect": expect,
            "policy": policy,
            "description": rule.get("description") or "",
        }
        kind = prop.logical_type if prop else None
        self._strangers(metric, arguments, prop, where)
        if metric == "rowCount":
            if prop is not None:
                self.build.problem(path, "metric-level", "rowCount is a metric of the object, not of a property")
            elif expect.unit != "rows":
                self.build.problem((*path, "unit"), "metric-unit", "rowCount counts rows; it has no percentage")
            else:
                yield self.build.check(key, "row_count", path, **extra)
        elif metric == "duplicateValues":
            yield from self._duplicates(key, path, prop, arguments, extra)
        elif prop is None:
            self.build.problem(path, "metric-level", f"{metric} is a metric of a property; move the rule to one")
        elif metric == "nullValues":
            yield self.build.check(key, "not_null", path, prop, **extra)
        elif metric == "missingValues":
            listed = arguments.get("missingValues", [None, ""])
            if not isinstance(listed, list):
                self.build.problem(where, "metric-arguments", "missingValues takes a list: `missingValues: [null, '']`")
                return
            values = tuple(v if v is None else self.build.loose(v, prop) for v in listed)
            # A text that the column's type cannot hold cannot be in it.
            args = {"values": tuple(v for v in values if v is not IMPOSSIBLE), "type": kind}
            yield self.build.check(key, "not_in_set", path, prop, args, **extra)
        elif metric == "invalidValues":
            listed, pattern = arguments.get("validValues"), arguments.get("pattern")
            if not isinstance(listed, list | None) or not isinstance(pattern, str | None):
                self.build.problem(where, "metric-arguments", "validValues takes a list, pattern a text")
            elif listed is None and pattern is None:
                self.build.problem(
                    path, "metric-arguments", "invalidValues needs arguments.validValues or arguments.pattern"
                )
            else:
                args = {"type": kind}
                if listed is not None:
                    values = tuple(None if v is None else self.build.loose(v, prop) for v in listed)
                    args["values"] = tuple(v for v in values if v is not IMPOSSIBLE)
                if pattern is None:
                    yield self.build.check(key, "valid", path, prop, args, **extra)
                else:
                    yield from self.build.pattern(
                        key,
                        path,
                        pattern,
                        lambda k, w, v: self.build.check(k, "valid", w, prop, args | v, **extra),
                        kind,
                        severity=common["severity"],
                    )

    def _strangers(self, metric: str, arguments: Mapping[str, Any], prop: Property | None, path: Path) -> None:
        """Report arguments that a metric does not have, since what they were to say is not checked."""
        known = ("properties",) if metric == "duplicateValues" and prop is None else _ARGUMENTS.get(metric, ())
        for name in arguments:
            if name not in known:
                hint = did_you_mean(name, known)
                said = f"'{name}' is not an argument of {metric}, and is ignored{hint}"
                self.build.problem((*path, name), "metric-arguments", said, "error" if hint else "warning")

    def _duplicates(
        self, key: str, path: Path, prop: Property | None, arguments: Mapping[str, Any], extra: dict[str, Any]
    ) -> Iterator[Check]:
        if prop is not None:
            yield self.build.check(key, "unique", path, prop, **extra)
            return
        names = arguments.get("properties")
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            self.build.problem(
                path, "metric-arguments", "duplicateValues of an object needs arguments.properties, a list"
            )
            return
        unknown = [name for name in names if name not in self.build.by_name]
        for name in unknown:
            self.build.problem(
                (*path, "arguments"), "dangling-reference", f"'{name}' is not a property of {self.build.raw['name']}"
            )
        if not unknown:
            yield self.build.check(key, "unique", path, *(self.build.by_name[name] for name in names), **extra)

    def _comparison(self, rule: Mapping[str, Any], path: Path) -> Comparison | None:
        given = [name for name in OPERATORS if name in rule]
        if len(given) != 1:
            said = f"has {' and '.join(given)}" if given else "has no operator"
            self.build.problem(
                path, "odcs-operator", f"the rule {said}; it needs exactly one of {', '.join(OPERATORS)}"
            )
            return None
        operator = given[0]
        value = rule[operator]
        bounds = tuple(value) if isinstance(value, list) else (value,)
        if rule.get("type") == "sql":
            bounds = tuple(int(bound) if isinstance(bound, bool) else bound for bound in bounds)
        for bound in bounds:
            if isinstance(bound, bool) or not isinstance(bound, int | Decimal):
                self.build.problem(
                    (*path, operator), "operator-value", f"{operator} is {bound!r}; a metric is a number"
                )
                return None
        unit = UNITS.get(str(rule.get("unit") or "rows").lower())
        if unit is None:
            said = f"unit {rule['unit']!r} is not valid; expected rows or percent"
            self.build.problem((*path, "unit"), "metric-unit", said)
            return None
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            self.build.problem(
                (*path, operator), "bounds-order", f"{operator} {list(bounds)}: the smaller number comes first"
            )
            return None
        return Comparison(OPERATORS[operator], bounds, unit)

    def _rule_policy(self, rule: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        policy: tuple[str, ...] = ()
        for index, _, value, wrong in settings.find(rule.get("customProperties"), "rule"):
            if wrong:
                self.build.problem((*path, "customProperties", index), "headgate-setting", wrong)
            else:
                policy = value
        return policy

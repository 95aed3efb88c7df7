"""ODCS's quality rules, translated into checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from headgate.checks import Check, Severity, Unchecked
from headgate.contract import settings
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.schedule import schedule_problem
from headgate.contract.schema_object import IMPOSSIBLE
from headgate.rules.builder import RuleBuilder
from headgate.rules.custom import Custom
from headgate.rules.operators import OPERATORS, comparisons
from headgate.sql.admit import admit
from headgate.suggest import did_you_mean

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
        yield from self.build.listed(self._rules(rule, key, path, prop, said, common), key, path, said, **common)

    def _rules(
        self,
        rule: Mapping[str, Any],
        key: str,
        path: Path,
        prop: Property | None,
        said: str,
        common: dict[str, Any],
    ) -> Iterator[Check | Unchecked]:
        kind = rule.get("type") or "library"
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
        elif rule.get("metric") in METRICS and isinstance(rule.get("arguments") or {}, dict):
            yield from self._metric(rule, key, path, prop, common)
        else:
            given = rule.get("metric") or rule.get("rule")
            name = f" '{given!s:.80}'" if given else ""
            reason = f"the rule{name} is not one of ODCS's metrics: {', '.join(METRICS)}"
            yield self.build.unchecked(key, path, said, reason, **common)

    def _severity(self, rule: Mapping[str, Any], path: Path) -> Severity:
        word = str(rule.get("severity") or self.custom.usual_severity(rule)).lower()
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
        try:
            query = admit(
                rule["query"],
                self.build.dialect,
                self.build.tables,
                self.build.raw["name"],
                prop.column if prop else None,
            )
        except ValueError as error:
            self.build.refuse((*path, "query"), "sql-refused", str(error))
        for part, expect in comparisons(self.build, rule, path):
            yield self.build.check(
                f"{key}{part}",
                "sql",
                path,
                args={"query": query.tree, "reads": query.reads},
                classified=self.build.hides(query.reads),
                # The query gives the number, in whatever unit.
                expect=replace(expect, unit="rows"),
                policy=self._rule_policy(rule, path),
                description=rule.get("description") or "",
                **common,
            )

    def _metric(
        self, rule: Mapping[str, Any], key: str, path: Path, prop: Property | None, common: dict[str, Any]
    ) -> Iterator[Check | Unchecked]:
        metric, arguments = rule["metric"], rule.get("arguments") or {}
        policy = self._rule_policy(rule, path)
        self._check_arguments(metric, arguments, prop, (*path, "arguments"))
        for part, expect in comparisons(self.build, rule, path):
            extra: dict[str, Any] = {
                **common,
                "expect": expect,
                "policy": policy,
                "description": rule.get("description") or "",
            }
            yield from self._measured(metric, f"{key}{part}", path, prop, arguments, extra)

    def _measured(
        self,
        metric: str,
        key: str,
        path: Path,
        prop: Property | None,
        arguments: Mapping[str, Any],
        extra: dict[str, Any],
    ) -> Iterator[Check | Unchecked]:
        """Yield the check of one metric with one operator."""
        if metric == "rowCount":
            if prop is not None:
                self.build.refuse(path, "metric-level", "rowCount is a metric of the object, not of a property")
            if extra["expect"].unit != "rows":
                self.build.refuse((*path, "unit"), "metric-unit", "rowCount counts rows; it has no percentage")
            yield self.build.check(key, "row_count", path, **extra)
        elif metric == "duplicateValues":
            yield self.build.check(key, "unique", path, *self._repeated(path, prop, arguments), **extra)
        elif prop is None:
            self.build.refuse(path, "metric-level", f"{metric} is a metric of a property; move the rule to one")
        elif metric == "nullValues":
            yield self.build.check(key, "not_null", path, prop, **extra)
        elif metric == "missingValues":
            listed = arguments.get("missingValues", [None, ""])
            args = {"values": self._values(listed, prop), "type": prop.logical_type}
            yield self.build.check(key, "not_in_set", path, prop, args, **extra)
        elif metric == "invalidValues":
            yield from self._invalid(key, path, prop, arguments, extra)

    def _invalid(
        self, key: str, path: Path, prop: Property, arguments: Mapping[str, Any], extra: dict[str, Any]
    ) -> Iterator[Check | Unchecked]:
        args: dict[str, Any] = {"type": prop.logical_type}
        if arguments.get("validValues") is not None:
            args["values"] = self._values(arguments["validValues"], prop)
        if (pattern := arguments.get("pattern")) is None:
            yield self.build.check(key, "valid", path, prop, args, **extra)
        else:
            yield from self.build.pattern(
                key,
                path,
                pattern,
                lambda k, w, v: self.build.check(k, "valid", w, prop, args | v, **extra),
                prop.logical_type,
                severity=extra["severity"],
            )

    def _values(self, listed: list[Any], prop: Property) -> tuple[Any, ...]:
        """Return values of an argument in the property's type. A text that the type cannot hold cannot be in the
        column."""
        values = (None if value is None else self.build.loose(value, prop) for value in listed)
        return tuple(value for value in values if value is not IMPOSSIBLE)

    def _check_arguments(self, metric: str, arguments: Mapping[str, Any], prop: Property | None, path: Path) -> None:
        """Refuse arguments of the wrong kind; warn of those that a metric does not have: what they say is not
        checked."""
        known = ("properties",) if metric == "duplicateValues" and prop is None else _ARGUMENTS.get(metric, ())
        for name in arguments:
            if name not in known:
                said = f"'{name}' is not an argument of {metric}"
                if hint := did_you_mean(name, known):
                    self.build.refuse((*path, name), "metric-arguments", f"{said}{hint}")
                self.build.problem((*path, name), "metric-arguments", f"{said}, and is ignored", "warning")
        given = {name: arguments[name] for name in known if arguments.get(name) is not None}
        if metric == "missingValues" and "missingValues" in arguments and not isinstance(arguments[metric], list):
            said = "missingValues takes a list: `missingValues: [null, '']`"
            self.build.refuse(path, "metric-arguments", said)
        if metric != "invalidValues" or prop is None:
            return
        if not given:
            said = "invalidValues needs arguments.validValues or arguments.pattern to say what is valid"
            self.build.refuse(path, "metric-arguments", said)
        if not isinstance(given.get("validValues", []), list) or not isinstance(given.get("pattern", ""), str):
            self.build.refuse(path, "metric-arguments", "validValues takes a list, pattern a text")

    def _repeated(self, path: Path, prop: Property | None, arguments: Mapping[str, Any]) -> list[Property]:
        """Return the columns of which no two rows may have the same values."""
        if prop is not None:
            return [prop]
        names = arguments.get("properties")
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            said = "duplicateValues of an object needs arguments.properties, a list"
            self.build.refuse(path, "metric-arguments", said)
        for name in names:
            if name not in self.build.by_name:
                said = f"'{name}' is not a property of {self.build.raw['name']}"
                self.build.refuse((*path, "arguments"), "dangling-reference", said)
        return [self.build.by_name[name] for name in names]

    def _rule_policy(self, rule: Mapping[str, Any], path: Path) -> tuple[str, ...]:
        policy: tuple[str, ...] = ()
        for index, _, value, wrong in settings.find(rule.get("customProperties"), "rule"):
            if wrong:
                self.build.problem((*path, "customProperties", index), "headgate-setting", wrong)
            else:
                policy = value
        return policy

"""`custom` rules of the engine headgate about a baseline: `drift`, `new_values` and `out_of_range`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from headgate.checks import NONE, Check, Severity, Unchecked
from headgate.checks.baseline import Baseline, Bins
from headgate.checks.baseline_json import load
from headgate.checks.drift import DRIFT, MINIMUM, SIGNIFICANCE, STATISTICS, with_baseline
from headgate.contract.document import Path, bytes_of
from headgate.contract.model import Property
from headgate.rules.builder import RuleBuilder
from headgate.rules.operators import OPERATORS, comparisons
from headgate.rules.own_rule import OwnRule
from headgate.suggest import did_you_mean

KINDS = (DRIFT, "new_values", "out_of_range")
_WORDS = {
    DRIFT: (DRIFT, "columns", "statistic", "threshold", "significance", "minimum"),
    "new_values": ("new_values", "columns"),
    "out_of_range": ("out_of_range", "columns"),
}


class DriftRules:
    """Rules that columns are as they were when a baseline was pinned: one check for each column."""

    severity: Severity = "warning"

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder

    def rules(self, own: OwnRule) -> Iterator[Check | Unchecked]:
        """Yield the checks of a rule; see `OwnRules`."""
        said, rule, key, path, prop, common = own
        where = own.where
        kind = next(word for word in KINDS if word in said)
        for word, wrong in own.unknown(_WORDS[kind], f"'{kind}'"):
            self._refuse((*where, word), wrong)
        baseline = self._baseline(said[kind], (*where, kind))
        named = self._columns(said, baseline, kind, prop, where)
        settings = self._settings(said, where) if kind == DRIFT else {}
        for name in self._unknown(baseline) if kind == DRIFT and not prop and "columns" not in said else ():
            reason = f"'{name}' of the baseline is not a property of the dataset; pin it anew"
            plain = {word: common[word] for word in ("severity", "dimension") if word in common}
            yield self.build.unchecked(
                f"{key}[{name}]", path, f"{name} is distributed as in {said[kind]}", reason, **plain
            )
        for one in named:
            key_of_one = key if prop else f"{key}[{one.name}]"
            fields = {"description": rule.get("description") or "", **common}
            if kind == DRIFT:
                yield self._drift(key_of_one, path, one, {"file": said[kind], **settings}, baseline, fields)
            else:
                yield from self._known(
                    key_of_one, path, one, kind, said[kind], baseline.column(one.column).bins, rule, fields
                )

    def _refuse(self, path: Path, reason: str) -> None:
        self.build.refuse(path, "drift", reason)

    def _baseline(self, named: Any, path: Path) -> Baseline:
        """Return the baseline in a file beside the contract."""
        if not isinstance(named, str) or not named.endswith(".json") or FilePath(named).is_absolute():
            self._refuse(
                path, f"{named!r:.80} is not a baseline: write the name of its file beside the contract, *.json"
            )
        file = FilePath(self.build.document.file).parent / str(named)
        try:
            baseline = load(bytes_of(file))
        except FileNotFoundError:
            self._refuse(path, f"the baseline '{named}' was not found; headgate baseline writes it")
        except OSError as error:
            self._refuse(path, f"the baseline '{named}' cannot be read: {error.strerror}")
        except ValueError as error:
            self._refuse(path, f"the baseline '{named}': {error}")
        if baseline.dataset != self.build.raw["name"]:
            self._refuse(
                path, f"the baseline '{named}' is one of '{baseline.dataset}', not of '{self.build.raw['name']}'"
            )
        if any(one.column == baseline.segment and one.hides for one in self.build.properties):
            self._refuse(path, f"the segments of the baseline '{named}' are values of a classified column")
        return baseline

    def _columns(
        self, said: Mapping[str, Any], baseline: Baseline, kind: str, prop: Property | None, path: Path
    ) -> list[Property]:
        """Return the properties that the rule is about: its own, those that it names, else all of the baseline."""
        if prop is not None and "columns" in said:
            self._refuse((*path, "columns"), f"'columns' does not go with a rule of the property '{prop.name}'")
        names = [prop.name] if prop else said.get("columns")
        if names is None:
            listed = [one for one in self.build.properties if one.column in baseline.columns]
            found = [one for one in listed if _has(kind, baseline.columns[one.column].bins)]
            if not found:
                self._refuse((*path, kind), "the baseline has no property of the dataset that the rule could be about")
            return found
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            self._refuse((*path, "columns"), "'columns' takes a list of properties")
        if len(set(names)) < len(names):
            self._refuse((*path, "columns"), "'columns' lists a property twice")
        found = []
        for name in names:
            one = self.build.by_name.get(name)
            if one is None:
                self._refuse((*path, "columns"), f"'{name}' is not a property{did_you_mean(name, self.build.by_name)}")
            assert one is not None
            try:
                bins = baseline.column(one.column).bins
            except ValueError as error:
                self._refuse((*path, kind), str(error))
            if not _has(kind, bins):
                has = "a range" if bins.ordered else "a list of values"
                self._refuse((*path, "columns"), f"the baseline has {has} of '{name}', not what '{kind}' needs")
            found.append(one)
        return found

    def _unknown(self, baseline: Baseline) -> list[str]:
        """Return the columns of a baseline that the dataset does not have any more."""
        known = {one.column for one in self.build.properties}
        return [name for name in baseline.columns if name not in known]

    def _settings(self, said: Mapping[str, Any], path: Path) -> dict[str, Any]:
        statistic = said.get("statistic", "psi")
        if statistic not in STATISTICS:
            near = did_you_mean(str(statistic), STATISTICS)
            self._refuse(
                (*path, "statistic"), f"{statistic!r:.40} is not a statistic{near}; one of {', '.join(STATISTICS)}"
            )
        threshold = said.get("threshold", STATISTICS[statistic].threshold)
        if threshold is None:
            self._refuse(path, f"'{statistic}' is in the unit of the column: say its `threshold`")
        significance, minimum = said.get("significance", SIGNIFICANCE), said.get("minimum", MINIMUM)
        for word, number, lowest, highest in (("threshold", threshold, 0, None), ("significance", significance, 0, 1)):
            wrong = isinstance(number, bool) or not isinstance(number, int | Decimal) or number < lowest
            if wrong or (highest is not None and not 0 < number < highest):
                expected = "a number that is not negative" if highest is None else "a number between 0 and 1"
                self._refuse((*path, word), f"'{word}' takes {expected}, not {_shown(number)}")
        if isinstance(minimum, bool) or not isinstance(minimum, int) or minimum < 1:
            self._refuse((*path, "minimum"), f"'minimum' takes a number of rows, not {_shown(minimum)}")
        return {
            "statistic": statistic,
            "threshold": Decimal(threshold),
            "significance": Decimal(significance),
            "minimum": minimum,
        }

    def _drift(
        self,
        key: str,
        path: Path,
        prop: Property,
        args: Mapping[str, Any],
        baseline: Baseline,
        fields: Mapping[str, Any],
    ) -> Check:
        if prop.hides:
            self._refuse(path, f"'{prop.name}' is classified, and a baseline holds values")
        if STATISTICS[args["statistic"]].distinct and not baseline.columns[prop.column].distinct:
            said = f"'{args['statistic']}' needs every value: headgate baseline --distinct {prop.column}"
            self._refuse(path, f"{said}, without segments")
        args = {**args, "segment": baseline.segment}
        made = self.build.check(key, DRIFT, path, prop, args=args, **fields)
        return with_baseline(made, baseline)

    def _known(
        self, key: str, path: Path, prop: Property, kind: str, file: str, bins: Bins, rule: Mapping[str, Any],
        fields: Mapping[str, Any],
    ) -> Iterator[Check]:  # fmt: skip
        """Yield that a column has no value that the baseline does not know, or none beyond its range."""
        given = any(name in rule for name in OPERATORS)
        expected = comparisons(self.build, rule, path) if given else [("", NONE)]
        # What the baseline holds are values of the data: the promise names its file instead.
        known: dict[str, Any] = {"minimum": bins.low, "maximum": bins.high, "name": f"in the range of {file}"}
        if kind == "new_values":
            known = {"values": list(bins.values), "name": f"the values in {file}"}
        args = {"type": prop.logical_type, **known}
        for part, expect in expected:
            yield self.build.check(f"{key}{part}", _TYPES[kind], path, prop, args=args, expect=expect, **fields)


# A list of known values, and a range, are promises that the catalogue has.
_TYPES = {"new_values": "in_set", "out_of_range": "between"}


def _shown(value: Any) -> str:
    """Return a value of a contract as a message shows it: a text in quotes."""
    return f"{value!r:.40}" if isinstance(value, str) else f"{value!s:.40}"


def _has(kind: str, bins: Bins) -> bool:
    """Return whether a rule of a kind can be made of bins."""
    return kind == DRIFT or bins.ordered == (kind == "out_of_range")

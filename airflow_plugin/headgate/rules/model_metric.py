"""`custom` rules of the engine headgate with `model_metric`: how good a model's outputs are, once labels are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from headgate.checks import Check, Comparison, Severity, Unchecked
from headgate.checks.model_metric import (
    ACCURACY,
    DEFAULT_COVERAGE,
    DEFAULT_MINIMUM,
    DEFAULT_THRESHOLD,
    METRICS,
    OF_PROBABILITIES,
)
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.service_levels import Duration, duration
from headgate.errors import AmbiguousError
from headgate.rules.builder import RuleBuilder
from headgate.rules.operators import comparisons
from headgate.rules.own_rule import OwnRule
from headgate.suggest import did_you_mean

_WORDS = ("model_metric", "prediction", "label", "threshold", "settled", "as_of", "segment", "coverage", "minimum",
          "where")  # fmt: skip
_COLUMNS = ("prediction", "label", "as_of", "segment")
_LONGEST = Duration(months=120)
_DURATIONS = "a text such as P30D, P1M or PT6H, or a number and its unit, such as 30 days or 6 h"


class ModelMetricRules:
    """Rules that a metric of a model must keep. How good a model is says nothing about single rows: it holds data back
    only where the contract says so."""

    severity: Severity = "warning"

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder

    def rules(self, own: OwnRule) -> Iterator[Check | Unchecked]:
        """Yield the checks of a rule, one for each operator; see `OwnRules`."""
        said, rule, key, path, prop, common = own
        where = own.where
        for _word, wrong in own.unknown(_WORDS, "a model metric"):
            self._refuse(where, wrong)
        metric = self._metric(said["model_metric"], where)
        given = {**({"prediction": prop.name} if prop else {}), **said}
        named = {
            word: self._property(given.get(word), word, where)
            for word in _COLUMNS
            if word in given or word in ("prediction", "label")
        }
        zone = named["as_of"].options.get("defaultTimezone") if "as_of" in named else None
        args = {
            "metric": metric,
            **{word: named[word].column if word in named else "" for word in _COLUMNS},
            "threshold": self._threshold(metric, said, where),
            "settled": self._settled(said, where),
            "zone": str(zone or "UTC"),
            "coverage": self._share(said.get("coverage", DEFAULT_COVERAGE), "coverage", where),
            "minimum": self._minimum(said.get("minimum", DEFAULT_MINIMUM), where),
            "where": self._condition(said.get("where", ""), where),
        }
        for part, expect in comparisons(self.build, rule, path):
            self._between_0_and_1(expect, path)
            yield self.build.check(
                f"{key}{part}",
                "model_metric",
                path,
                *named.values(),
                args=args,
                expect=expect,
                description=rule.get("description") or "",
                **common,
            )

    def _refuse(self, path: Path, reason: str) -> NoReturn:
        self.build.refuse(path, "model-metric", reason)

    def _metric(self, value: Any, path: Path) -> str:
        if not isinstance(value, str) or value not in METRICS:
            near = did_you_mean(str(value), METRICS)
            self._refuse((*path, "model_metric"), f"{value!s:.40} is not one of {', '.join(METRICS)}{near}")
        return value

    def _property(self, name: Any, word: str, path: Path) -> Property:
        if name is None:
            self._refuse(path, f"say which column is the {word}: `{word}: …`")
        found = self.build.by_name.get(str(name))
        if found is None:
            hint = did_you_mean(str(name), self.build.by_name)
            said = f"{word}: '{name!s:.80}' is not a property of {self.build.raw['name']}{hint}"
            self.build.refuse((*path, word), "dangling-reference", said)
        if found.within:
            self._refuse((*path, word), f"{word}: '{name}' is inside another property; expected a column")
        return found

    def _threshold(self, metric: str, said: Mapping[str, Any], path: Path) -> Decimal | None:
        if "threshold" not in said:
            return None if metric in (*OF_PROBABILITIES, ACCURACY) else DEFAULT_THRESHOLD
        if metric in OF_PROBABILITIES:
            self._refuse((*path, "threshold"), f"{metric} is of probabilities, and has no threshold")
        return self._number(said["threshold"], "threshold", path)

    def _settled(self, said: Mapping[str, Any], path: Path) -> str:
        """Return after which time a label is there, as ISO 8601 has it; empty if all rows count."""
        for word, other in (("settled", "as_of"), ("as_of", "settled")):
            if word in said and other not in said:
                self._refuse(path, f"'{word}' needs '{other}': labels are there `settled` after the time `as_of`")
        if "settled" not in said:
            return ""
        value = said["settled"]
        try:
            found = duration(value)
        except AmbiguousError as error:
            self._refuse((*path, "settled"), f"settled: {error}")
        except (ValueError, ArithmeticError):
            self._refuse((*path, "settled"), f"settled: {value!r:.40} is not a duration; expected {_DURATIONS}")
        if found.against(_LONGEST) == 1:
            self._refuse((*path, "settled"), f"settled: {said['settled']} is longer than 10 years")
        return str(found)

    def _number(self, value: Any, word: str, path: Path) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
            given = f"the text '{value:.40}'" if isinstance(value, str) else f"{value!s:.40}"
            self._refuse((*path, word), f"'{word}' takes a number, not {given}")
        return Decimal(value)

    def _share(self, value: Any, word: str, path: Path) -> Decimal:
        found = self._number(value, word, path)
        if not 0 <= found <= 1:
            self._refuse((*path, word), f"'{word}' is a share from 0 to 1, not {value}")
        return found

    def _minimum(self, value: Any, path: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self._refuse((*path, "minimum"), f"'minimum' takes a number of rows, 1 or more, not {value!s:.40}")
        return int(value)

    def _condition(self, value: Any, path: Path) -> str:
        if not isinstance(value, str):
            self._refuse((*path, "where"), f"'where' takes a condition in SQL, not {value!r:.40}")
        return str(value)

    def _between_0_and_1(self, expect: Comparison, path: Path) -> None:
        if expect.unit != "rows":
            self.build.refuse((*path, "unit"), "metric-unit", "a model metric is a number from 0 to 1, without a unit")
        for bound in expect.bounds:
            if isinstance(bound, int | Decimal) and not 0 <= bound <= 1:
                self._refuse(path, f"a model metric is a number from 0 to 1, and is compared with {bound}")

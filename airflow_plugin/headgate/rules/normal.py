"""`custom` rules of the engine headgate with `normal`: a number that must be normal for its day, by its own past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from headgate.checks import Check, Severity, Unchecked
from headgate.checks.normal import (
    DIRECTIONS,
    DISTINCT_COUNT,
    FEWEST,
    KINDS,
    LATENESS,
    MOST,
    NULL_SHARE,
    ROW_COUNT,
    WEEKS,
)
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.contract.service_levels import is_zone
from headgate.rules.builder import RuleBuilder
from headgate.rules.own_rule import OwnRule
from headgate.suggest import did_you_mean

_WORDS = ("normal", "property", "column", "by", "timezone", "direction", "minimum", "expected")
# On which side a number may not be normal, where the rule does not say.
_USUAL = {ROW_COUNT: "both", NULL_SHARE: "upper", DISTINCT_COUNT: "both", LATENESS: "upper"}
# The word by which a rule of the dataset names the property that it is about.
_ABOUT = {NULL_SHARE: "property", DISTINCT_COUNT: "property", LATENESS: "column"}
_DIMENSIONS = {NULL_SHARE: "completeness", DISTINCT_COUNT: "uniqueness", LATENESS: "timeliness"}


class NormalRules:
    """Rules that a number of the dataset is as it usually is."""

    severity: Severity = "warning"

    def __init__(self, builder: RuleBuilder) -> None:
        self.build = builder

    def rules(self, own: OwnRule) -> Iterator[Check | Unchecked]:
        """Yield the check of a rule; see `OwnRules`."""
        said, rule, key, path, prop, common = own
        where = own.where
        for _word, wrong in own.unknown(_WORDS, "a rule on what is normal"):
            self._refuse(where, wrong)
        kind = self._one_of(said["normal"], "normal", KINDS, where)
        about = self._about(kind, said, prop, where)
        by = self._property(said["by"], "by", where) if "by" in said else None
        args: dict[str, Any] = {
            "kind": kind,
            "zone": self._zone(said, by or (about if kind == LATENESS else None), where),
            "direction": self._one_of(said.get("direction", _USUAL[kind]), "direction", DIRECTIONS, where),
            "weeks": self._weeks(said.get("minimum", WEEKS), where),
            "holidays": tuple(sorted(self.build.settings["holidays"])),
            "expected": self._expected(said.get("expected", {}), where),
        }
        columns = []
        for word, each in (("of", about), ("by", by)):
            if each is not None:
                args[word] = each.column
                columns.append(each)
        made = self.build.check(
            key,
            "normal",
            path,
            *columns,
            args=args,
            description=rule.get("description") or "",
            **{**common, "dimension": common["dimension"] or _DIMENSIONS.get(kind, "")},
        )
        # Its number counts values and is none: that of a classified column may be shown, and its past must be kept.
        yield replace(made, classified=False)

    def _refuse(self, path: Path, reason: str) -> None:
        self.build.refuse(path, "normal", reason)

    def _about(self, kind: str, said: Mapping[str, Any], prop: Property | None, path: Path) -> Property | None:
        """Return the property that a number is of; None of a number of rows."""
        word = _ABOUT.get(kind)
        for other in ("property", "column"):
            if other in said and other != word:
                self._refuse((*path, other), f"'{other}' does not go with {kind}")
        if word is None:
            if prop is not None:
                self._refuse(path, f"{kind} is of the dataset; move the rule from the property {prop.name} to it")
            return None
        if prop is not None:
            if word in said:
                self._refuse((*path, word), f"the rule is of the property {prop.name} already; leave out '{word}'")
            if prop.within:
                self._refuse(path, f"{kind} of a place inside a value is not executed")
            return prop
        if word not in said:
            self._refuse(path, f"say of which property: `{word}: NAME`")
        return self._property(said[word], word, path)

    def _property(self, value: Any, word: str, path: Path) -> Property:
        named = self.build.by_name
        prop = named.get(value) if isinstance(value, str) else None
        if prop is None or prop.within:
            hint = did_you_mean(value, named) if isinstance(value, str) else ""
            self._refuse((*path, word), f"{word}: {value!s:.80} is not a property of this dataset{hint}")
        assert prop is not None
        return prop

    def _one_of(self, value: Any, word: str, known: tuple[str, ...], path: Path) -> str:
        if value not in known:
            hint = did_you_mean(value, known) if isinstance(value, str) else ""
            self._refuse((*path, word), f"{word}: {value!s:.80} is not one of {', '.join(known)}{hint}")
        return str(value)

    def _zone(self, said: Mapping[str, Any], prop: Property | None, path: Path) -> str:
        """Return the time zone in which days begin: as the rule says, else that of the property's texts, else UTC."""
        default = (prop.options.get("defaultTimezone") if prop is not None else None) or "UTC"
        zone = said.get("timezone", default)
        if not isinstance(zone, str) or not is_zone(zone):
            self._refuse(
                (*path, "timezone"), f"timezone: {zone!s:.80} is not known; write a name such as Europe/Berlin"
            )
        return str(zone)

    def _weeks(self, value: Any, path: Path) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not FEWEST <= value <= MOST:
            said = f"minimum: {value!s:.40} is not a number of weeks from {FEWEST} to {MOST}"
            self._refuse((*path, "minimum"), said)
        return int(value)

    def _expected(self, value: Any, path: Path) -> dict[date, str]:
        """Return days and why they differ, as the rule says: `{2026-11-27: Black Friday}`, or a list of days."""
        found: dict[date, str] = {}
        try:
            listed = dict.fromkeys(value, "") if isinstance(value, list) else dict(value)
            for day, why in listed.items():
                found[date.fromisoformat(str(day))] = str(why or "")
        except (TypeError, ValueError):
            self._refuse(
                (*path, "expected"),
                "expected: write days and why they differ: `{2026-11-27: Black Friday}`, or a list of days",
            )
        return dict(sorted(found.items()))

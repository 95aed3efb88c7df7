"""Which rules of a dataset a schema says, and why it does not say the others."""

from __future__ import annotations

from headgate.checks import CATALOGUE, Check, Unchecked
from headgate.contract import Dataset
from headgate.streams.schemas.fields import Field, is_whole
from headgate.streams.schemas.schema import Lost

_TABLES = {
    "physical_type": "how a table stores it; an event is not stored",
    "text_format": "how a text file writes it; the schema has its own form",
    "unique": "compares events with one another",
    "foreign_key": "compares with another dataset",
    "sql": "a query over many events",
    "reconciliation": "compares two datasets",
    "expectation": "is measured by Great Expectations",
}
_WORDLESS = {
    "between": "bounds",
    "length_between": "lengths",
    "matches": "patterns",
    "valid": "lists of values that are not names",
    "in_set": "lists of values that are not names",
    "not_in_set": "values that are excluded",
    "multiple_of": "steps of numbers",
    "items_between": "numbers of items",
    "items_unique": "unique items",
    "properties_between": "numbers of properties",
    "has_properties": "properties that must be there",
    "not_null": "required fields",
    "type": "this type",
    "timezone": "time zones",
    "no_extra_columns": "closed records: a reader keeps fields that it does not know",
}


class Coverage:
    """Gathers what a schema of one language says of a dataset; whatever nobody named is lost."""

    def __init__(self, dataset: Dataset, language: str) -> None:
        self.dataset, self.language = dataset, language
        self._said: set[str] = set()
        self._why: dict[str, str] = {}
        self._defaults: dict[str, Lost] = {}

    def say(self, *checks: Check) -> None:
        """Note that the schema refuses every event that breaks one of `checks`."""
        self._said.update(check.key for check in checks)

    def lose(self, check: Check, reason: str) -> None:
        """Note why the schema does not say a check."""
        self._why.setdefault(check.key, reason)

    def lose_default(self, field: Field, reason: str) -> None:
        """Note that the schema has no default of a field that has one in the contract."""
        check = next(check for check in field.checks if check.type == "column_exists")
        self._defaults[check.key] = Lost(f"{field.prop.name}.default", reason)

    def lost(self) -> tuple[Lost, ...]:
        """Return what the schema does not say, in the contract's order."""
        found = []
        for rule in self.dataset.rules:
            if rule.key not in self._said:
                found.append(Lost(rule.key, self._reason(rule)))
            if rule.key in self._defaults:
                found.append(self._defaults[rule.key])
        return tuple(found)

    def _reason(self, rule: Check | Unchecked) -> str:
        if isinstance(rule, Unchecked):
            return f"not executed: {rule.reason}"
        if rule.key in self._why:
            return self._why[rule.key]
        if rule.type in _TABLES:
            return _TABLES[rule.type]
        kind = CATALOGUE[rule.type]
        if kind.aggregate is not None or kind.query is not None or kind.compares:
            return "a number of many events"
        if rule.severity == "warning":
            return "a warning; a schema accepts or refuses"
        if rule.where is not None:
            return "holds for some events only"
        if not is_whole(rule):
            return "some events may break it"
        if len(rule.columns) > 1:
            return "compares fields with one another"
        return f"{self.language} has no word for {_WORDLESS.get(rule.type, 'this')}"

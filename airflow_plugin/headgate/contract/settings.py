"""headgate's own settings, for which ODCS has no field, in its `customProperties`.

From ODCS 3.2 they carry `vendor: headgate`; below, their names begin with `headgate.`. This table is their only
definition.
"""

from __future__ import annotations

import codecs
import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from headgate.contract.consumers import SCHEMA as CONSUMERS_SCHEMA
from headgate.contract.consumers import consumers_of
from headgate.contract.service_levels import Duration, duration, is_zone
from headgate.suggest import nearest

VENDOR = "headgate"
# Of a registry of schemas.
MODES = ("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")
# From the strictest.
POLICIES = ("halt", "last_known_good", "quarantine", "warn")


@dataclass(frozen=True, slots=True)
class Setting:
    """`read` converts the YAML value, or raises ValueError with the values that are allowed; `schema` is the JSON
    schema of the values that it takes."""

    name: str
    levels: tuple[str, ...]
    read: Callable[[Any], Any]
    default: Any
    schema: Mapping[str, Any]
    help: str


def _policies(value: Any) -> tuple[str, ...]:
    chain = tuple(value) if isinstance(value, list) else (value,)
    for policy in chain:
        if policy not in POLICIES:
            raise ValueError(
                f"{policy!r} is not a valid policy{_near(policy, POLICIES)}; "
                f"expected one of {', '.join(POLICIES)}, or a list of them"
            )
    if not chain:
        raise ValueError(f"the list is empty; expected one of {', '.join(POLICIES)}, or a list of them")
    return chain


def _percent(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 100:
        raise ValueError(f"{value!r} is not a valid percentage; expected a number from 0 to 100")
    return Decimal(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str | int | Decimal) for item in value):
        raise ValueError(f"{value!r} is not a list of strings")
    return tuple(str(item) for item in value)


def _names(value: Any) -> tuple[str, ...]:
    names = _texts([value] if isinstance(value, str) else value)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"{value!r} is not a valid key; expected the names of one or more properties, each once")
    return names


def _length(value: Any) -> Duration:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a valid duration; expected a value such as 36 h, 7 d or PT36H")
    return duration(value)


def _delimiter(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 1 or value in '\r\n"':
        raise ValueError(f"{value!r} is not a valid delimiter; expected one character, such as ';' or \"\\t\"")
    return value


def _quote(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1 or (value and value in "\r\n"):
        raise ValueError(f"{value!r} is not a valid quote; expected one character, or '' where no cell is quoted")
    return value


def _header(value: Any) -> tuple[str, ...]:
    names = _texts(value)
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise ValueError(f"{value!r} is not a valid header; expected the names of all columns, each once")
    return names


def _encoding(value: Any) -> str:
    try:
        return codecs.lookup(value).name
    except (LookupError, TypeError):
        raise ValueError(f"{value!r} is not a known encoding; expected a name such as latin-1 or cp1252") from None


def _keep(value: Any) -> tuple[str, str]:
    """Return (first or last, the column that decides)."""
    match = re.fullmatch(r"(first|last) by (\S.*)", value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} does not say which row stays; expected first by COLUMN or last by COLUMN")
    return match[1], match[2]


def _zone(value: Any) -> str:
    if not isinstance(value, str) or not is_zone(value):
        raise ValueError(f"{value!r} is not a known time zone; expected a name such as Europe/Berlin")
    return value


def _subject(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not the name of a subject; expected a text such as orders-value")
    return value


def _anything(value: Any) -> Any:
    return value


def _package(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", value, re.ASCII):
        raise ValueError(f"{value!r} is not a valid namespace; expected names joined by dots, such as com.example.shop")
    return value


def _is_field_number(value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and 1 <= value <= 536_870_911 and not 19_000 <= value <= 19_999


def _field_number(value: Any) -> int:
    if not _is_field_number(value):
        raise ValueError(
            f"{value!r} is not a valid field number; expected 1 to 536870911, without 19000 to 19999, which Protobuf "
            "keeps for itself"
        )
    return int(value)


def _field_numbers(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(map(_is_field_number, value)):
        raise ValueError(f"{value!r} is not a list of field numbers, such as [3, 4]")
    return tuple(value)


def _enum_numbers(value: Any) -> dict[str, int]:
    numbers = list(value.values()) if isinstance(value, Mapping) else [None]
    if not all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n < 2**31 for n in numbers):
        raise ValueError(f"{value!r} does not number the values of an enum; expected {{VALUE: NUMBER}}, from 1 on")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"{value!r} gives two values the same number")
    return {str(name): number for name, number in value.items()}


def _dates(value: Any) -> frozenset[datetime.date]:
    try:
        return frozenset(datetime.date.fromisoformat(text) for text in _texts(value))
    except ValueError:
        raise ValueError(f"{value!r} is not a list of dates; expected dates such as '2026-12-25'") from None


def _one_of(*allowed: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if value not in allowed or isinstance(value, bool) != isinstance(allowed[0], bool):
            expected = ", ".join(str(a).lower() for a in allowed)
            raise ValueError(f"{value!r} is not valid{_near(value, allowed)}; expected one of {expected}")
        return value

    return read


def _near(word: Any, known: Iterable[Any]) -> str:
    near = nearest(word, known)
    return f" (did you mean '{near}'?)" if near is not None else ""


_POLICY = {"enum": list(POLICIES)}
_TEXTS = {"type": "array", "items": {"type": ["string", "number"]}}
_LENGTH = {"type": "string", "minLength": 2}

_TABLE = (
    Setting(
        "onBreach",
        ("contract", "dataset", "rule"),
        _policies,
        ("halt",),
        {"anyOf": [_POLICY, {"type": "array", "items": _POLICY, "minItems": 1}]},
        "what happens on a breach, in order",
    ),
    Setting(
        "maxQuarantinePercent",
        ("contract", "dataset"),
        _percent,
        Decimal(5),
        {"type": "number", "minimum": 0, "maximum": 100},
        "with more bad rows than this, none is quarantined: the next policy applies",
    ),
    Setting(
        "maxStaleness",
        ("contract", "dataset"),
        _length,
        None,
        _LENGTH,
        "under last_known_good: data older than this is not served on, the next policy applies; without it there is no "
        "limit",
    ),
    Setting(
        "quarantineRetention",
        ("contract", "dataset"),
        _length,
        Duration(days=30),
        _LENGTH,
        "how long quarantined rows are kept; the next publish drops older ones",
    ),
    Setting(
        "keep",
        ("contract", "dataset"),
        _keep,
        None,
        {"type": "string", "pattern": r"^\s*(first|last) by \S"},
        "which row of a group of duplicates quarantine leaves: `first by COLUMN` or `last by COLUMN`; without it none",
    ),
    Setting(
        "publishKeys",
        ("dataset",),
        _names,
        (),
        {"anyOf": [{"type": "string", "minLength": 1}, {**_TEXTS, "minItems": 1, "uniqueItems": True}]},
        "the properties by which an upsert finds the row to replace; by default the primary key",
    ),
    Setting(
        "missingValues",
        ("contract", "dataset", "property"),
        _texts,
        (),
        _TEXTS,
        "texts of CSV and JSON sources that mean NULL",
    ),
    Setting(
        "delimiter",
        ("contract", "dataset", "server"),
        _delimiter,
        None,
        {"type": "string", "minLength": 1, "maxLength": 1},
        "what separates the cells of CSV files; by default a tab in files called .tsv, else a comma",
    ),
    Setting(
        "encoding",
        ("contract", "dataset", "server"),
        _encoding,
        None,
        {"type": "string", "minLength": 1},
        "how CSV files are encoded, if not in UTF-8: a name such as `latin-1`, `cp1252` or `utf-16`",
    ),
    Setting(
        "quote",
        ("contract", "dataset", "server"),
        _quote,
        None,
        {"type": "string", "maxLength": 1},
        "what cells of CSV files are quoted with, if not with double quotes; empty if no cell is quoted",
    ),
    Setting(
        "header",
        ("contract", "dataset", "server"),
        _header,
        None,
        {**_TEXTS, "minItems": 1, "uniqueItems": True},
        "the names of the columns of CSV files that have no header line, in their order",
    ),
    Setting(
        "extraColumns",
        ("contract", "dataset"),
        _one_of("ignore", "warn", "fail"),
        "warn",
        {"enum": ["ignore", "warn", "fail"]},
        "columns that the contract does not name",
    ),
    Setting(
        "allowEmpty",
        ("contract", "dataset"),
        _one_of(True, False),
        False,
        {"type": "boolean"},
        "whether a publish may leave no rows where there are some; without it that is a breach, unless an error-level "
        "rule on the number of rows decides",
    ),
    Setting(
        "allowNotExecuted",
        ("contract", "dataset"),
        _texts,
        (),
        _TEXTS,
        "ids of error-level rules whose not being executed does not hold the data back",
    ),
    Setting(
        "showExamples",
        ("contract", "dataset"),
        _one_of(True, False),
        False,
        {"type": "boolean"},
        "whether values of unclassified columns may be shown outside their database",
    ),
    Setting(
        "consumers",
        ("contract", "dataset"),
        consumers_of,
        (),
        CONSUMERS_SCHEMA,
        "who reads the data, as names or {name, contact, reads, needs, dataset}: they are asked before a promise is "
        "broken, and named when one is; `reads` are the properties, `needs` service levels ({property, value, unit, "
        "element}), `dataset` is what they make of it",
    ),
    Setting(
        "enumPolicy",
        ("contract", "dataset", "property"),
        _one_of("open", "closed"),
        None,
        {"enum": ["open", "closed"]},
        "whether values may be added to an enum: an open one grows, a closed one only with a major version",
    ),
    Setting(
        "checkedAt",
        ("contract", "dataset"),
        _one_of("slice"),
        None,
        {"enum": ["slice"]},
        "where the rules are checked that one event cannot decide (uniqueness, foreign keys, numbers of many events, "
        "queries); `slice`: on slices of the topic, or on the table. Without it an EventGate does not start",
    ),
    Setting(
        "subject",
        ("dataset",),
        _subject,
        None,
        {"type": "string", "minLength": 1},
        "the subject of the dataset's schema in a registry; by default `<topic>-value`, of the physicalName",
    ),
    Setting(
        "compatibility",
        ("contract", "dataset"),
        _one_of(*MODES),
        None,
        {"enum": list(MODES)},
        "the compatibility mode that a push gives the subject in a registry; without it the registry's own holds",
    ),
    Setting(
        "default",
        ("property",),
        _anything,
        None,
        {},
        "the value of an event that was written before the property was added; Avro and JSON schemas say it",
    ),
    Setting(
        "fieldNumber",
        ("property",),
        _field_number,
        None,
        {"type": "integer", "minimum": 1, "maximum": 536_870_911},
        "the number of the property's field in a Protobuf message; it never changes",
    ),
    Setting(
        "enumNumbers",
        ("property",),
        _enum_numbers,
        {},
        {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1}},
        "the number of each value of an enum in Protobuf, `{VALUE: NUMBER}`, from 1 on; without it the field is a text",
    ),
    Setting(
        "reservedNumbers",
        ("dataset", "property"),
        _field_numbers,
        (),
        {"type": "array", "items": {"type": "integer", "minimum": 1}},
        "field numbers of removed properties, which no field of the Protobuf message may have again",
    ),
    Setting(
        "namespace",
        ("contract", "dataset"),
        _package,
        None,
        {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"},
        "the namespace of Avro records and the package of Protobuf messages; by default made of the contract's id",
    ),
    Setting(
        "timezone",
        ("service level",),
        _zone,
        None,
        {"type": "string", "minLength": 1},
        "of a `timeOfAvailability`: the time zone of its time and its schedule; by default that of the time, else UTC",
    ),
    Setting(
        "holidays",
        ("contract", "dataset", "service level"),
        _dates,
        frozenset(),
        {"type": "array", "items": {"type": "string", "format": "date"}},
        "dates on which nothing is due by a `timeOfAvailability` (said of the contract, by each of them), and which no "
        "rule on what is `normal` judges, nor has in its past",
    ),
    Setting(
        "tolerance",
        ("service level",),
        _percent,
        Decimal(0),
        {"type": "number", "minimum": 0, "maximum": 100},
        "of a `frequency`: how much longer a gap may be, in percent",
    ),
    Setting(
        "onLate",
        ("service level",),
        _one_of("warn", "halt"),
        "warn",
        {"enum": ["warn", "halt"]},
        "what a level does that is not kept: `warn`, or `halt` as an error-level rule, with the policies of `onBreach`",
    ),
)

SETTINGS = {setting.name: setting for setting in _TABLE}


# Words that other tools may use as well.
_COMMON = frozenset(
    {
        "compatibility", "consumers", "default", "delimiter", "encoding", "header", "holidays", "keep", "namespace",
        "quote", "subject", "timezone", "tolerance",
    }
)  # fmt: skip


def is_own(entry: Mapping[str, Any]) -> bool:
    """Return whether an entry of `customProperties` is meant for headgate: it says so, or nearly, or has a name that no
    other tool uses."""
    name = str(entry.get("property"))
    return "vendor" in entry or name.startswith("headgate.") or (name in SETTINGS and name not in _COMMON)


def find(custom_properties: Any, level: str) -> list[tuple[int, str, Any, str | None]]:
    """Return headgate's entries among `customProperties`: (index, name, value, what is wrong with it or None)."""
    found: list[tuple[int, str, Any, str | None]] = []
    for index, entry in enumerate(custom_properties if isinstance(custom_properties, list) else []):
        if not isinstance(entry, dict) or not isinstance(entry.get("property"), str):
            continue
        name = entry["property"]
        if name.startswith("headgate."):
            name = name.removeprefix("headgate.")
        elif entry.get("vendor") != VENDOR:
            misspelt = difflib.get_close_matches(str(entry.get("vendor")), [VENDOR], 1, 0.8)
            if misspelt or ("vendor" not in entry and name in SETTINGS):
                # Left alone it would not be read, and what it says would not hold.
                found.append((index, name, None, f"'{name}' is not read without `vendor: {VENDOR}`; add that"))
            continue
        setting = SETTINGS.get(name)
        if setting is None or level not in setting.levels:
            here = [s.name for s in _TABLE if level in s.levels]
            near = _near(name, here)
            wrong = f"headgate has no setting '{name}' at the level of a {level}{near}; known here: {', '.join(here)}"
            found.append((index, name, None, wrong))
            continue
        try:
            found.append((index, name, setting.read(entry.get("value")), None))
        except ValueError as error:
            found.append((index, name, None, f"{name}: {error}"))
    return found

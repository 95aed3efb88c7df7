"""datacontract-cli, in an environment of its own that peers.sh makes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ..kit import BREACH, ERRORED, FAILED, NOT_EXECUTED, PASS, PASSED, UNKNOWN, WARN, Answer, Number

ROOT = Path(__file__).parents[4]
PYTHON = ROOT / ".peers" / "datacontract-cli" / "bin" / "python"
WORKER = Path(__file__).with_name("datacontract_cli_worker.py")
# Our keys, and its own names of checks.
_TYPES = {
    "exists": "field_is_present",
    "logicalType": "field_type",
    "physicalType": "field_physical_type",
    "required": "field_required",
    "unique": "field_unique",
    "primaryKey": "field_primary_key_required",
    "minLength": "field_min_length",
    "maxLength": "field_max_length",
    "minimum": "field_minimum",
    "maximum": "field_maximum",
    "exclusiveMinimum": "field_exclusive_minimum",
    "exclusiveMaximum": "field_exclusive_maximum",
    "pattern": "field_regex",
    "enum": "field_enum",
    "minItems": "field_min_items",
    "maxItems": "field_max_items",
    "uniqueItems": "field_unique_items",
}
_KEYS = {kind: [key] for key, kind in _TYPES.items()}
# It splits an exclusive bound into a bound and an inequality.
_KEYS["field_minimum"].append("exclusiveMinimum")
_KEYS["field_maximum"].append("exclusiveMaximum")
_KEYS["field_not_equal"] = ["exclusiveMinimum", "exclusiveMaximum"]
_VERDICTS = {"passed": PASS, "warning": WARN, "failed": BREACH, "error": UNKNOWN}


class DatacontractCli:
    name = "datacontract-cli"

    def __init__(self) -> None:
        if not PYTHON.exists():
            raise LookupError(f"datacontract-cli is not there; run {Path(__file__).parents[1] / 'peers.sh'}")
        self._worker = subprocess.Popen(
            [str(PYTHON), str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.version = str(self._read()["version"])

    def __call__(self, contract: Path, data: str) -> Answer:
        assert self._worker.stdin is not None
        self._worker.stdin.write(json.dumps({"contract": str(contract)}) + "\n")
        self._worker.stdin.flush()
        said = self._read()
        if said["wrong"]:
            return Answer(contract_wrong=True)
        rules: dict[str, tuple[str, Number | None]] = {}
        names = _names(contract)
        for check in said["checks"]:
            for key in _keys(check, names):
                found = (_status(check), _number(check))
                rules[key] = _both(rules[key], found) if key in rules and "exclusive" in key else rules.get(key, found)
        return Answer(rules, _VERDICTS.get(said["result"], UNKNOWN))

    def _read(self) -> dict[str, Any]:
        assert self._worker.stdout is not None
        line = self._worker.stdout.readline()
        if not line:
            raise LookupError("the process of datacontract-cli has ended")
        return json.loads(line)


def _names(contract: Path) -> dict[str, str]:
    """It speaks of columns by their physical names."""
    things = yaml.safe_load(contract.read_text(encoding="utf-8"))["schema"][0]
    return {p.get("physicalName", p["name"]): p["name"] for p in things["properties"]}


def _keys(check: dict[str, Any], names: dict[str, str]) -> list[str]:
    """The rules of ours that a check of its answers."""
    field, kind = check.get("field"), check["type"]
    field = names.get(field, field)
    prefix = f"{field}." if field else ""
    if check.get("category") == "quality":
        # A rule of v3.0 has no id, but a name.
        return [prefix + str(check.get("quality_id") or "rule")]
    if kind == "general" and not check.get("key"):
        return ["*"]  # it could not read the data, and says that of the whole
    if "relationships" in kind:
        return [f"{prefix}foreignKey", "foreignKey"]
    if "primary_key_unique" in kind:
        return ["primaryKey"]
    return [prefix + key for key in _KEYS.get(kind, [])]


def _status(check: dict[str, Any]) -> str:
    result = check["result"]
    if result in ("passed", "failed"):
        return PASSED if result == "passed" else FAILED
    if result == "error":
        return ERRORED
    # A warning is a failed rule of a low severity, or one that it could not test.
    measured = (check.get("diagnostics") or {}).get("value") is not None
    # Without a result the run has ended before it came to this one.
    return FAILED if result == "warning" and measured else NOT_EXECUTED if result else ERRORED


def _both(one: tuple[str, Number | None], other: tuple[str, Number | None]) -> tuple[str, Number | None]:
    """Two checks that no row breaks together, as one."""
    return FAILED if FAILED in (one[0], other[0]) else one[0], (one[1] or 0) + (other[1] or 0)


def _number(check: dict[str, Any]) -> Number | None:
    diagnostics = check.get("diagnostics") or {}
    value = diagnostics.get("percent" if diagnostics.get("unit") == "percent" else "value")
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def connect() -> DatacontractCli:
    return DatacontractCli()

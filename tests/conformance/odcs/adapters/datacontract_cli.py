"""datacontract-cli, in an environment of its own that peers.sh makes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from ..kit import BREACH, DROPPED, ERRORED, FAILED, NOT_EXECUTED, PASS, PASSED, UNKNOWN, WARN, Answer, Number

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
_KEYS = {kind: key for key, kind in _TYPES.items()}
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
        for check in said["checks"]:
            for key in _keys(check):
                rules.setdefault(key, (_status(check), _number(check)))
        return Answer(rules, _VERDICTS.get(said["result"], UNKNOWN))

    def _read(self) -> dict[str, Any]:
        assert self._worker.stdout is not None
        line = self._worker.stdout.readline()
        if not line:
            raise LookupError("the process of datacontract-cli has ended")
        return json.loads(line)


def _keys(check: dict[str, Any]) -> list[str]:
    """The rules of ours that a check of its answers."""
    field, kind = check.get("field"), check["type"]
    prefix = f"{field}." if field else ""
    if check.get("category") == "quality":
        # A rule of v3.0 has no id, but a name.
        return [prefix + str(check.get("quality_id") or "rule")]
    if "relationships" in kind:
        return [f"{prefix}foreignKey", "foreignKey"]
    if "primary_key_unique" in kind:
        return ["primaryKey"]
    return [prefix + _KEYS[kind]] if kind in _KEYS else []


def _status(check: dict[str, Any]) -> str:
    result = check["result"]
    if result in ("passed", "failed"):
        return PASSED if result == "passed" else FAILED
    if result == "error":
        return ERRORED
    # A warning is a failed rule of a low severity, or one that it could not test.
    measured = (check.get("diagnostics") or {}).get("value") is not None
    return FAILED if result == "warning" and measured else NOT_EXECUTED if result else DROPPED


def _number(check: dict[str, Any]) -> Number | None:
    value = (check.get("diagnostics") or {}).get("value")
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def connect() -> DatacontractCli:
    return DatacontractCli()

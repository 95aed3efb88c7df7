"""A corpus of contracts in the manner of real ones: what their version's schema allows loads, and nothing is dropped.

HEADGATE_CORPUS says how many (300 by default), HEADGATE_CORPUS_SEED where to begin.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from headgate.checks import Unchecked
from headgate.contract.schema import json_schema
from headgate.lint.lint import lint
from headgate.rules.load import parse

from tests.support.corpus import Maker

COUNT = int(os.environ.get("HEADGATE_CORPUS", "300"))
SEED = int(os.environ.get("HEADGATE_CORPUS_SEED", "20260301"))
METRICS = {"nullCheck": "nullValues", "duplicateCount": "duplicateValues", "rowCountCheck": "rowCount",
           "validValues": "invalidValues"}  # fmt: skip
FORMATS = {"email", "uuid", "date-time", "date", "password"}


def schemas(shared: Path) -> dict[str, Any]:
    """The official schema of each version; 3.2.0 with the correction of headgate's own reading."""
    found: dict[str, Any] = {"v3.2.0": json_schema()}
    for version in ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0"):
        path = shared / "spec" / "odcs" / f"odcs-json-schema-{version}.json"
        if not path.is_file():
            pytest.skip(f"{path} is not there")
        found[version] = json.loads(path.read_text(encoding="utf-8"))
    return {version: jsonschema.validators.validator_for(s)(s) for version, s in found.items()}


def own_tables(contract: dict[str, Any]) -> set[str]:
    """Every name by which a query may call a dataset of the contract, in lower case."""
    names = {d["name"] for d in contract["schema"]} | {d.get("physicalName", d["name"]) for d in contract["schema"]}
    holders = {""}
    for server in contract.get("servers", []):
        parts = [str(server[k]) for k in ("database", "catalog", "project", "schema", "dataset") if k in server]
        holders |= {".".join(parts[i:j]) + "." for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return {(holder + name).lower() for holder in holders for name in names}


def why_not_sql(rule: dict[str, Any], contract: dict[str, Any]) -> str | None:
    """A word of the reason why a query is not executed; None if it is."""
    query = rule["query"]
    if not query.upper().startswith(("SELECT", "WITH")):
        return "statement|refused|parse|SELECT"
    ctes = {name.lower() for name in re.findall(r"(?i)WITH (\w+) AS", query)}
    tables = re.findall(r"(?i)\b(?:FROM|JOIN)\s+([\w.{}]+)", query)
    if not tables:
        return "missing|parse"
    strange = [t for t in tables if t.lower() not in own_tables(contract) | ctes | {"{object}"}]
    if strange:
        return re.escape(strange[0])
    return "a metric is a number" if rule.get("mustBe") == "none" else why_not_range(rule)


def why_not_range(rule: dict[str, Any]) -> str | None:
    if not any(name.startswith("must") for name in rule):
        return "operator"
    return None


def why_not_metric(rule: dict[str, Any], contract: dict[str, Any], prop: dict[str, Any] | None) -> str | None:
    metric = rule.get("metric") or METRICS.get(rule["rule"])
    arguments = rule.get("arguments", {})
    if metric is None:
        return "not one of ODCS's metrics"
    if metric == "invalidValues" and prop is not None and "validValues" not in arguments:
        return "validValues or arguments.pattern"
    if rule.get("unit") == "hours":
        return "expected rows or percent"
    if metric == "rowCount":
        return "metric of the object" if prop else "no percentage" if rule.get("unit") == "percent" else None
    if prop is None and metric == "duplicateValues":
        return None if "properties" in arguments else "arguments.properties"
    return "metric of a property" if prop is None else None


def why_not(rule: dict[str, Any], contract: dict[str, Any], prop: dict[str, Any] | None) -> str | None:
    kind = rule.get("type", "library")
    if kind == "text":
        return "documentation"
    if kind == "custom":
        return None if rule["engine"] == "greatExpectations" else f"engine '{rule['engine']}'"
    return why_not_sql(rule, contract) if kind == "sql" else why_not_metric(rule, contract, prop)


def why_not_option(name: str, value: Any, prop: dict[str, Any]) -> str | None:
    kind = prop["logicalType"]
    if kind == "string" and name == "format":
        return "documentation" if value == "password" else None if value in FORMATS else "not known"
    if value == "soon":
        return "ISO 8601"
    if value == 10**40:
        return "no column of type"
    return {"^(?=.*[0-9]).+$": "RE2", "QQQQ nonsense": ".", "CEST?": "is not known"}.get(str(value))


def expectations(contract: dict[str, Any]) -> Iterator[tuple[int, str, str | None]]:
    """Each thing that promises something: its dataset, its place, and a word of why it is not executed, or None."""
    columns = {d["name"]: {p["name"] for p in d["properties"]} for d in contract["schema"]}
    for index, dataset in enumerate(contract["schema"]):
        for number, rule in enumerate(dataset.get("quality", [])):
            yield index, f"schema[{index}].quality[{number}]", why_not(rule, contract, None)
        for at, prop in enumerate(dataset["properties"]):
            here = f"schema[{index}].properties[{at}]"
            for number, rule in enumerate(prop.get("quality", [])):
                yield index, f"{here}.quality[{number}]", why_not(rule, contract, prop)
            for name, value in prop.get("logicalTypeOptions", {}).items():
                silent = name == "defaultTimezone" and value != "CEST?"
                if (not silent and not isinstance(value, bool)) or name == "timezone":
                    yield index, f"{here}.logicalTypeOptions.{name}", why_not_option(name, value, prop)
            for number, link in enumerate(prop.get("relationships", [])):
                to, _, column = link["to"].partition(".")
                lost = "is not|names no property" if column not in columns.get(to, ()) else None
                yield index, f"{here}.relationships[{number}]", lost


def judged(contract: dict[str, Any], text: str) -> list[str]:
    """What is wrong with how headgate reads a contract."""
    loaded = parse(text, Path("c.yaml"))
    wrong = []
    datasets = list(loaded)
    listed = 0
    for index, path, reason in expectations(contract):
        rules = [rule for rule in datasets[index].rules if rule.source.path == path]
        said = [rule.reason for rule in rules if isinstance(rule, Unchecked)]
        listed += len(said)
        if not rules:
            wrong.append(f"{path}: dropped")
        elif reason is None and said:
            wrong.append(f"{path}: not executed: {said[0]}")
        elif reason is not None and not (said and re.search(reason, said[0])):
            wrong.append(f"{path}: {said or 'executed'}, not because of {reason}")
    others = [r for d in datasets for r in d.unchecked if r.reason != "service level"]
    if len(others) != listed:
        wrong.append(f"{len(others)} rules are not executed, {listed} were looked at")
    return wrong


@pytest.mark.slow
def test_what_a_version_allows_loads_and_nothing_is_dropped(shared: Path) -> None:
    validators = schemas(shared)
    wrong: dict[str, Any] = {}
    for seed in range(SEED, SEED + COUNT):
        contract = Maker(seed).contract()
        text = yaml.safe_dump(contract, sort_keys=False, allow_unicode=True)
        invalid = [
            f"{list(e.absolute_path)}: {e.message[:200]}"
            for e in validators[contract["apiVersion"]].iter_errors(contract)
        ]
        assert not invalid, (seed, invalid)  # the generator's own fault
        try:
            found = judged(contract, text)
        except Exception as error:
            found = [str(error)[:500]]
        if found:
            wrong[f"{seed} {contract['apiVersion']}"] = found
    assert not wrong, f"{len(wrong)} of {COUNT}: {json.dumps(dict(list(wrong.items())[:12]), indent=1)}"


@pytest.mark.parametrize("seed", range(SEED, SEED + 5))
def test_lint_says_no_error(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(yaml.safe_dump(Maker(seed).contract(), sort_keys=False), encoding="utf-8")
    assert lint(path).count("error") == 0

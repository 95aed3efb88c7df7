"""What `headgate dbt results` tells of gates: of a build with models of each kind, and of `dbt run`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from headgate import Contract
from headgate.cli import main
from headgate.dbt import DbtResult, read_results, sync

from tests.support.gated_shop import DISPATCH

BIG = "amount.maximum"
ROWS = [{"id": "size", "metric": "rowCount", "mustBeGreaterThan": 0}]
# Of each model what its dataset says, and its config; then what is told after a bad day of a build: the outcome, the
# verdict, the statuses of its tests, and the words before them. One of two rows is bad.
MODELS: dict[str, tuple[dict[str, Any], str, str | None, str, tuple[str, ...], str]] = {
    "halting": ({}, "", "halted", "breach", ("skipped",), "halted, nothing was published; the rejected rows are in"),
    "keeping": ({"onBreach": "last_known_good"}, "", "kept_last_good", "breach", ("pass",), "kept the last good rows"),
    "sorting": (
        {"onBreach": "quarantine", "maxQuarantinePercent": 50}, "", "published_partly", "breach", ("pass",),
        "published without 1 bad rows, which are in",
    ),
    "chained": (
        {"onBreach": ["quarantine", "last_known_good"]}, "", "kept_last_good", "breach", ("pass",),
        "quarantine: 1 of 2 rows are bad, more than 5 %",
    ),
    "warning": ({"onBreach": "warn"}, "", "published", "breach", ("warn",), "published · verdict breach, policy warn"),
    "hooked": ({}, ", post_hook='select * from nowhere'", None, "unknown", ("skipped",), "verdict unknown, dbt: hooked"),
}  # fmt: skip


def declare(project: Path) -> None:
    (project / "dbt_project.yml").open("a").write(DISPATCH)
    schema = []
    for name, (said, config, *_) in MODELS.items():
        big = 1 if name == "hooked" else "{{ var('big', 1) }}"
        gate = {"headgate": {"contract": f"shop#{name}"}}
        (project / "models" / f"{name}.sql").write_text(
            f"{{{{ config(materialized='table', meta={gate!r}{config}) }}}}\n"
            f"select 1 as id, 1 as amount union all select 2, {big}"
        )
        properties = [
            {"name": "id", "logicalType": "integer"},
            {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"maximum": 500}},
        ]
        more = [{"property": n, "value": v, "vendor": "headgate"} for n, v in said.items()]
        schema.append({"name": name, "properties": properties, "quality": ROWS, "customProperties": more})
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0", "status": "active"}
    file = project / "shop.odcs.yaml"
    file.write_text(yaml.safe_dump({**head, "schema": schema}))
    sync(Contract.load(file), project)


def told(project: Path) -> dict[str, DbtResult]:
    return {result.report.dataset: result for result in read_results(project)}


def code(project: Path, *more: str) -> int:
    return CliRunner().invoke(main, ["dbt", "results", str(project), *more]).exit_code


@pytest.mark.slow
def test_what_the_gates_did_is_told(project: Path, dbt: Any, warehouse: Any) -> None:
    declare(project)
    target = ("--target", warehouse.target)
    dbt(project, "build", *target, "--exclude", "hooked", **warehouse.environment)
    found = told(project)
    assert {(str(result.report.verdict), str(result.gate.status)) for result in found.values() if result.gate} == {
        ("pass", "published")
    }
    assert (len(found), code(project)) == (len(MODELS) - 1, 0)

    bad = ("--vars", "{big: 501}")
    assert dbt(project, "build", *target, *bad, **warehouse.environment).code == 1
    for name, result in told(project).items():
        _, _, outcome, verdict, tests, words = MODELS[name]
        report, gate = result.report, result.gate
        assert (str(gate.status) if gate else None, str(report.verdict), tuple(result.tests.values())) == (
            outcome, verdict, tests
        ), name  # fmt: skip
        assert words in str(result)
        assert report.stale == (BIG if outcome == "kept_last_good" else "")
        if name != "hooked":
            assert (report.rows, report.coverage) == (2, (7, 7))
            assert [(r.key, r.unexpected, r.line > 0) for r in report.failed] == [(BIG, 1, True)]
    assert code(project) == 1

    # Without a test, the gate alone tells what is known.
    dbt(project, "run", *target, *bad, "--select", "sorting", "keeping", **warehouse.environment)
    found = told(project)
    assert {name: (str(r.report.verdict), dict(r.tests)) for name, r in found.items()} == {
        "keeping": ("breach", {}), "sorting": ("breach", {}),
    }  # fmt: skip
    assert (code(project), code(project, "--strict")) == (0, 1)


@pytest.mark.slow
def test_what_only_a_test_measures_is_unknown_without_it(project: Path, dbt: Any) -> None:
    """The hook's file of an earlier run tells nothing of this one."""
    declare(project)
    dbt(project, "run", "--select", "halting")
    assert code(project) == 0
    assert list(told(project)) == ["halting"]
    hook = next((project / "target" / "compiled" / "headgate").rglob("headgate-on-run-end-0.sql"))
    kept = hook.read_text()
    assert dbt(project, "build", "--select", "halting", "--vars", "{big: 501}").code == 1
    assert code(project) == 1
    hook.write_text(kept)
    assert (code(project), told(project)["halting"].gate) == (3, None)


# Texts that are Jinja, in a value that the contract allows. dbt v2 renders what a hook returns once more.
JINJA = ["{{ log('EXECUTED', info=true) }}", "{{{ log('EXECUTED') }}", "{% endraw %}", "{# a {{ comment", "{{% if"]


@pytest.mark.slow
def test_a_text_of_a_contract_is_never_jinja(project: Path, dbt: Any, warehouse: Any) -> None:
    (project / "dbt_project.yml").open("a").write(DISPATCH)
    gate = {"headgate": {"contract": "shop#orders"}}
    (project / "models" / "orders.sql").write_text(
        f"{{{{ config(materialized='table', meta={gate!r}) }}}} select 'a' as status"
    )
    states = {"name": "status", "logicalType": "string", "enum": [{"value": value} for value in ["a", *JINJA]]}
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0", "status": "active"}
    file = project / "shop.odcs.yaml"
    file.write_text(yaml.safe_dump({**head, "schema": [{"name": "orders", "properties": [states]}]}))
    contract = Contract.load(file)
    sync(contract, project)

    ran = dbt(project, "build", "--target", warehouse.target, **warehouse.environment)

    assert (ran.code, ran.status["orders"], "EXECUTED" in ran.output) == (0, "success", False), ran.output
    assert "duplicate column names" not in ran.output
    result = told(project)["orders"]
    assert (result.gate and str(result.gate.status), str(result.report.verdict)) == ("published", "pass")
    assert result.report.coverage == (4, 4)

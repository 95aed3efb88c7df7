"""`headgate dbt results`: reports of contracts from what a run of dbt left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from headgate import Contract, Report
from headgate.cli import main
from headgate.dbt import DbtResult, read_results, sync
from headgate.dbt.jinja import inert, text_of
from headgate.errors import CallError
from headgate.report import Run

NO_NULLS = {"id": "no_nulls", "metric": "nullValues", "mustBe": 0}
MODELS = {
    "good": "select 1 as id",
    "warned": "select 1 as id union all select null",
    "broken": "select 1 as id union all select null",
    "after": "select * from {{ ref('broken') }}",
    "child": "select 2 as id",
    "secret": "select 1 as id",
    "passing": "{{ config(materialized='ephemeral') }} select 1 as id",
}


def dataset(name: str, *quality: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "properties": [{"name": "id", "logicalType": "integer", "quality": list(quality), **more}]}


def odd(text: str) -> dict[str, Any]:
    """A warning whose promise is code to Jinja, and a comment to SQL."""
    return {"id": "odd", "metric": "invalidValues", "mustBe": 0, "severity": "warning",
            "arguments": {"validValues": [1, 2]}, "description": text}  # fmt: skip


SIZE = {"id": "size", "metric": "rowCount", "mustBeGreaterThan": 0}
OWN = {"id": "own", "type": "sql", "query": "SELECT 1", "mustBe": 1, "severity": "warning"}
DISTINCT = {"id": "distinct", "type": "custom", "engine": "greatExpectations", "implementation": {
    "type": "expect_column_unique_value_count_to_be_between", "kwargs": {"min_value": 2}}}  # fmt: skip
DATASETS = (
    {**dataset("good", NO_NULLS, odd("{{ x }} */")), "quality": [SIZE, OWN]},
    dataset("warned", {**NO_NULLS, "severity": "warning"}),
    dataset("broken", NO_NULLS),
    dataset("after", NO_NULLS),
    dataset("child", relationships=[{"to": "good.id"}]),
    dataset("passing", NO_NULLS),
    dataset("secret", DISTINCT, classification="restricted"),
)


def contract(folder: Path) -> Path:
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0", "status": "active"}
    about = {"team": {"name": "{{ Shop }} team"}, "support": [{"channel": "#shop"}]}
    file = folder / "contracts" / "shop.odcs.yaml"
    file.parent.mkdir()
    file.write_text(yaml.safe_dump({**head, **about, "schema": list(DATASETS)}, sort_keys=False))
    return file


def brief(result: DbtResult) -> tuple[str, dict[str, str], dict[str, str]]:
    """The verdict, the tests, and of each rule the status with what was found or why not."""
    rules = {r.key: " ".join(filter(None, (r.status, r.observed, r.reason))) for r in result.report.results}
    return str(result.report.verdict), dict(result.tests), rules


SKIPPED = "not_executed dbt skipped the test"
EPHEMERAL = "the test ended with an error: the model 'passing' is ephemeral and has no data to check; materialize it"
BUILT = {
    "after": (
        "unknown",
        {"after__contract": "skipped"},
        {"after__contract": SKIPPED, "id.exists": SKIPPED, "id.logicalType": SKIPPED, "id.no_nulls": SKIPPED,
         "extraColumns": SKIPPED},
    ),
    "broken": (
        "breach",
        {"broken__contract": "fail"},
        {"id.exists": "passed", "id.logicalType": "passed", "id.no_nulls": "failed 1 of 2 rows (50 %)",
         "extraColumns": "passed"},
    ),
    "child": (
        "breach",
        {"child__contract": "pass", "child__references": "fail"},
        {"id.exists": "passed", "id.logicalType": "passed", "extraColumns": "passed",
         "id.foreignKey": "failed 1 of 1 row (100 %)"},
    ),
    "good": (
        "pass",
        {"good__contract": "pass"},
        {"id.exists": "passed", "id.logicalType": "passed", "id.no_nulls": "passed 0 of 1 row",
         "id.odd": "passed 0 of 1 row", "extraColumns": "passed", "size": "passed 1",
         "own": "passed 1"},
    ),
    "passing": (
        "unknown",
        {"passing__contract": "error"},
        {"passing__contract": f"errored {EPHEMERAL}",
         **dict.fromkeys(("id.exists", "id.logicalType", "id.no_nulls", "extraColumns"), f"not_executed {EPHEMERAL}")},
    ),
    "secret": (
        "breach",
        {"secret__contract": "fail"},
        {"id.exists": "passed", "id.logicalType": "passed", "id.distinct": "failed ***", "extraColumns": "passed"},
    ),
    "warned": (
        "warn",
        {"warned__contract": "warn"},
        {"id.exists": "passed", "id.logicalType": "passed", "id.no_nulls": "failed 1 of 2 rows (50 %)",
         "extraColumns": "passed"},
    ),
}  # fmt: skip


@pytest.mark.slow
def test_a_build_becomes_reports(project: Path, dbt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    file = contract(project)
    sync(Contract.load(file), project)
    assert dbt(project, "build", "--threads", "1").code == 1

    monkeypatch.chdir(project)
    found = {result.report.dataset: result for result in read_results(project)}

    assert {name: brief(result) for name, result in found.items()} == BUILT
    for result in found.values():
        report = result.report
        assert Report.from_dict(json.loads(report.to_json())) == report
        assert (report.contract_id, report.contract_version, report.owner, report.support) == (
            "shop", "1.0.0", "{{ Shop }} team", ("#shop",)
        )  # fmt: skip
        assert report.contract_file == "contracts/shop.odcs.yaml"
        known = {(rule.key, rule.digest): rule for rule in Contract.load(file)[report.dataset].rules}
        for rule in report.results:
            if rule.key not in result.tests:
                said = known[rule.key, rule.digest]
                assert (rule.line, rule.dimension) == (said.source.line, said.dimension)
    good = {rule.key: rule for rule in found["good"].report.results}
    assert (good["size"].value, good["size"].expected, good["id.odd"].description) == (1, "> 0", "{{ x }} */")
    run = CliRunner().invoke(main, ["dbt", "results", "--format", "json"])
    assert [Report.from_dict(each) for each in json.loads(run.stdout)] == [r.report for r in found.values()]
    assert run.exit_code == 1

    # Of another version of the contract, or without its file, the artifacts alone tell the results.
    file.write_text(file.read_text().replace("1.0.0", "1.1.0"))
    for _ in range(2):
        alone = {result.report.dataset: result for result in read_results(project / "target")}
        assert {name: brief(result) for name, result in alone.items()} == BUILT
        assert {rule.line for result in alone.values() for rule in result.report.results} == {0}
        file.unlink(missing_ok=True)


# --- artifacts of one test -------------------------------------------------------------------------------------------

RUN, OTHER = "11111111", "22222222"
CHECK = {"key": "id.required", "digest": "v1:0", "type": "not_null", "columns": ["id"], "promise": "id is not null"}
FAILED = {"key": "id.required", "status": "failed", "unexpected": 1, "value": 1, "rows": 2, "observed": "1 of 2 rows"}
PASSED = {**FAILED, "status": "passed", "unexpected": 0, "value": 0}


def compiled(*results: dict[str, Any], invocation: str = RUN) -> str:
    said = {"invocation_id": invocation, "relation": "main.things", "rows": 2, "results": results}
    return f"/*headgate-results:{json.dumps(said)}:headgate-results*/\nselect 1"


def artifacts(
    folder: Path,
    status: str = "pass",
    sql: str = "",
    *,
    in_file: str = "",
    check: dict[str, Any] = CHECK,
    manifest: str = RUN,
    which: str = "build",
    namespace: str = "headgate",
    about: dict[str, Any] | None = None,
) -> None:
    """Write what dbt leaves of one test; `sql` is the compiled SQL in the results, `in_file` what v2 has in a file."""
    target = folder / "target"
    path = "compiled/trial/target/generic_tests/t.sql"
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    (target / path).write_text(in_file)
    test = {
        "name": "t",
        "original_file_path": "models/things.yml",
        "compiled_path": f"target/{path}",
        "attached_node": "model.trial.things",
        "depends_on": {"nodes": ["model.trial.things"]},
        "config": {"where": "day = 1"},
        "test_metadata": {
            "namespace": namespace,
            "name": "contract",
            "kwargs": {"contract": inert("c{{1}}@1#things"), "checks": [check], "about": about},
        },
    }
    nodes = {"test.trial.t": test, "model.trial.things": {"relation_name": '"main"."things"'}}
    said = {"metadata": {"invocation_id": manifest}, "nodes": nodes, "sources": {}}
    (target / "manifest.json").write_text(json.dumps(said))
    result = {"unique_id": "test.trial.t", "status": status, "message": "Error: 4711", "compiled_code": sql}
    ran = {"metadata": {"invocation_id": RUN, "generated_at": "2026-01-01T00:00:00Z"}, "args": {"which": which}}
    (target / "run_results.json").write_text(json.dumps({**ran, "results": [result]}))


WARNING = {**CHECK, "severity": "warning"}
UNKNOWN = {"key": "id.required", "status": "not_executed", "observed": "no pattern", "rows": 2}
# The artifacts, the verdict, what is told of the first rule, and the exit codes without and with --strict.
TOLD: dict[str, tuple[dict[str, Any], str, str, tuple[int, int]]] = {
    "passed": ({"sql": compiled(PASSED)}, "pass", "passed 0 of 2 rows", (0, 0)),
    "passed, on v2": ({"in_file": compiled(PASSED)}, "pass", "passed 0 of 2 rows", (0, 0)),
    "failed": ({"status": "fail", "sql": compiled(FAILED)}, "breach", "failed 1 of 2 rows (50 %)", (1, 1)),
    "warned": ({"status": "warn", "sql": compiled(FAILED), "check": WARNING}, "warn", "failed 1 of 2 rows (50 %)", (0, 1)),
    "warned of what is an error": ({"status": "warn", "sql": compiled(FAILED)}, "breach", "failed 1 of 2 rows (50 %)", (0, 1)),
    "failed by a warning": (
        {"status": "fail", "sql": compiled(FAILED), "check": WARNING}, "warn", "failed 1 of 2 rows (50 %)", (1, 1),
    ),
    "warned of a draft": (
        {"status": "warn", "sql": compiled(FAILED), "about": {"draft": True}}, "breach", "failed 1 of 2 rows (50 %)", (0, 1),
    ),
    "unknown": ({"status": "fail", "sql": compiled(UNKNOWN)}, "unknown", "not_executed no pattern", (3, 3)),
    "warned of what is unknown": ({"status": "warn", "sql": compiled(UNKNOWN)}, "unknown", "not_executed no pattern", (0, 3)),
    "skipped": ({"status": "skipped"}, "unknown", "not_executed dbt skipped the test", (3, 3)),
    "skipped, with a file of another run": (
        {"status": "skipped", "in_file": compiled(PASSED, invocation=OTHER)},
        "unknown", "not_executed dbt skipped the test", (3, 3),
    ),
    # The message of a database may hold values of the data.
    "error": ({"status": "error"}, "unknown", "errored the test ended with an error: the log of dbt says why", (3, 3)),
    "error, of warnings only": (
        {"status": "error", "check": WARNING}, "unknown", "errored the test ended with an error: the log of dbt says why", (3, 3),
    ),
    "passed, with a file of another run": (
        {"in_file": compiled(PASSED, invocation=OTHER)},
        "unknown", "errored the target folder has no results of this run of the test", (3, 3),
    ),
    "passed, with no file": ({}, "unknown", "errored the target folder has no results of this run of the test", (3, 3)),
}  # fmt: skip


@pytest.mark.parametrize("case", TOLD)
def test_what_a_test_of_dbt_tells(case: str, tmp_path: Path) -> None:
    given, verdict, told, codes = TOLD[case]
    artifacts(tmp_path, **given)
    (result,) = read_results(tmp_path, Run("run"))
    report = result.report
    assert (str(report.verdict), next(iter(brief(result)[2].values()))) == (verdict, told)
    assert Report.from_dict(report.to_dict()) == report
    assert report.draft == (case == "warned of a draft")
    assert (report.contract_id, report.contract_version, report.dataset) == ("c{{1}}", "1", "things")
    assert (report.data, report.run.key) == ('"main"."things" where day = 1', "run")
    assert Path(report.contract_file).resolve() == tmp_path / "models" / "things.yml"
    call = ["dbt", "results", str(tmp_path)]
    assert tuple(CliRunner().invoke(main, [*call, *more]).exit_code for more in ((), ("--strict",))) == codes


# What is not there, or not of one run, and what is said of it; exit 2.
WRONG: dict[str, tuple[Callable[[Path], Any], str]] = {
    "no artifacts": (lambda folder: None, "manifest.json not found; run dbt build first"),
    "no results": (
        lambda folder: [artifacts(folder), (folder / "target" / "run_results.json").unlink()],
        "run_results.json not found; run dbt build first",
    ),
    "a manifest of another run": (
        lambda folder: artifacts(folder, manifest=OTHER),
        f"run_results.json is of the dbt run {RUN}, manifest.json of {OTHER}; run dbt build again",
    ),
    "a command that runs no tests": (
        lambda folder: artifacts(folder, which="compile"),
        "the last dbt command tested no contract",
    ),
    "no contract": (
        lambda folder: artifacts(folder, namespace="other"),
        "the last dbt command tested no contract; run headgate dbt sync, then dbt build",
    ),
    "not JSON": (
        lambda folder: [artifacts(folder), (folder / "target" / "manifest.json").write_text("{")],
        "manifest.json is not JSON",
    ),
    "not of dbt": (
        lambda folder: [artifacts(folder), (folder / "target" / "manifest.json").write_text("[]")],
        "these are no artifacts that headgate can read",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_of_one_run_is_refused(case: str, tmp_path: Path) -> None:
    prepare, said = WRONG[case]
    prepare(tmp_path)
    run = CliRunner().invoke(main, ["dbt", "results", str(tmp_path)])
    assert (run.exit_code, said in run.stderr) == (2, True), run.output
    if case not in ("no contract", "a command that runs no tests"):
        with pytest.raises(CallError):
            read_results(tmp_path)


@pytest.mark.parametrize("text", ["plain", "{{ x }}", 'say "{{" \\ and\nmore\r', "ref('x')", '{{ "x" }}'])
def test_a_text_that_dbt_does_not_render_reads_back(text: str) -> None:
    assert text_of(inert(text)) == text

"""A selection of a dbt project as a candidate: a unit error is found, and a hostile project cannot touch production."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.sample import Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract import Contract
from headgate.dbt.shadow import Selection, run_selection
from headgate.errors import CallError
from headgate.places import place_of
from headgate.report import Verdict

from tests.support.contracts import load, odcs
from tests.support.dbt_engines import OWN
from tests.support.dbt_project import make_project
from tests.support.dbt_warehouses import on_duckdb, on_postgres

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
DBT = str(OWN.dbt)
MODELS = {
    "staged": "select id, customer_id, amount, day from {{ source('raw', 'raw_orders') }}",
    "billed": "{{ config(materialized='table') }} select id, customer_id, amount from {{ ref('staged') }}",
    "per_customer": "{{ config(materialized='table') }} select customer_id, sum(amount) as amount from {{ ref('billed') }} group by customer_id",
    "history": "{{ config(materialized='incremental', unique_key='id') }} select id, amount from {{ ref('staged') }}"
    "{% if is_incremental() %} where id > (select max(id) from {{ this }}){% endif %}",
}
CONTRACT = load(
    odcs(
        {
            "name": "billed",
            "properties": [
                {"name": "id", "logicalType": "integer", "primaryKey": True},
                {"name": "customer_id", "logicalType": "integer"},
                {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"maximum": 9_000}},
            ],
        },
        settings={"consumers": [{"name": "finance", "contact": "#finance"}]},
    )
)


@dataclass
class Deployed:
    """A project that has run in production, and production's database."""

    project: Path
    place: Any
    execute: Callable[..., list[tuple[Any, ...]]]
    engine: str

    def change(self, model: str, old: str, new: str) -> None:
        file = self.project / "models" / f"{model}.sql"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def shadow(
        self, *select: str, settings: Settings | None = None, contracts: tuple[Contract, ...] = (CONTRACT,), **more: Any
    ) -> Any:
        selection = Selection(self.project, select or ("state:modified+",), self.project / "state", dbt=DBT, **more)
        return run_selection(selection, self.place, contracts, settings or Settings(NOW))

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every table and view of the database, with its rows and its owner and rights."""
        listed = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        names = sorted(self.execute(listed))
        found = {f"{s}.{t}": sorted(self.execute(f'SELECT * FROM "{s}"."{t}"'), key=str) for s, t in names}
        return found | {
            "columns": sorted(
                self.execute(
                    "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
                )
            )
        }


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def in_production(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, dbt: Any) -> Deployed:
    """The project as it runs in production."""
    project = make_project(tmp_path_factory.mktemp("production") / "project")
    warehouse = (
        on_duckdb(project) if request.param == "duckdb" else on_postgres(request.getfixturevalue("postgres_port"))
    )
    (project / "models" / "sources.yml").write_text(
        "sources: [{name: raw, schema: main, tables: [{name: raw_orders}]}]\n"
    )
    for name, text in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(text)
    warehouse.execute(
        "CREATE TABLE main.raw_orders AS SELECT i AS id, i % 50 + 1 AS customer_id, CAST(i * 2.5 AS DECIMAL(12, 2)) AS amount,"
        " CAST('2026-01-01' AS DATE) AS day FROM generate_series(1, 1000) AS t (i)",
    )
    run = dbt(project, "run", "--target", warehouse.target, **warehouse.environment)
    assert run.code == 0, run.output
    (project / "state").mkdir()
    shutil.copy(project / "target" / "manifest.json", project / "state")
    text = f"{project / 'warehouse.duckdb'}#main.raw_orders"
    if warehouse.target == "postgres":
        text = f"postgresql://headgate@127.0.0.1:{warehouse.environment['TRIAL_PORT']}/postgres#main.raw_orders"
    return Deployed(project, place_of(text), warehouse.execute, warehouse.target)


@pytest.fixture
def deployed(in_production: Deployed, tmp_path: Path) -> Deployed:
    """A checkout of the project, in which a test changes what it likes; production is where it is."""
    ignored = shutil.ignore_patterns("*.duckdb", "target", "logs")
    shutil.copytree(in_production.project, tmp_path / "checkout", ignore=ignored, symlinks=True)
    return replace(in_production, project=tmp_path / "checkout")


def test_a_unit_error_is_found_named_and_blocked(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside it: a schema of its own, a new model, one that fails, and what of the environment reaches dbt."""
    monkeypatch.setenv("PGPASSWORD", "a password of production")
    monkeypatch.setenv("UNIT", "100")
    factor = "{{ env_var('UNIT', '1') }} * {{ 0 if env_var('PGPASSWORD', '') else 1 }}"
    deployed.change("billed", "amount from", f"amount * {factor} as amount from")
    deployed.change("billed", "materialized='table'", "materialized='table', schema='marts'")
    models = deployed.project / "models"
    (models / "extra.sql").write_text("select count(*) as orders from {{ ref('billed') }}")
    (models / "wrong.sql").write_text("select nothing from {{ ref('billed') }}")
    before = deployed.contents()
    run = deployed.shadow(variables=("UNIT",))
    assert deployed.contents() == before
    outputs = {output.name: output for output in run.outputs}
    assert run.verdict is Verdict.BREACH
    assert {name: (str(o.verdict), o.is_new) for name, o in outputs.items()} == {
        "billed": ("breach", False), "per_customer": ("breach", False), "extra": ("pass", True), "wrong": ("unknown", False)
    }  # fmt: skip
    billed = outputs["billed"]
    assert billed.reconciled is not None, billed.why
    assert (billed.key, billed.reconciled.changed, billed.reconciled.rows) == (("id",), 1000, (1000, 1000))
    assert [(c.column, c.ratio) for c in billed.columns] == [("amount", 100)]
    assert [result.key for result in billed.broken] == ["amount.maximum"]
    assert billed.readers == ("finance (#finance)",)
    # Downstream, without a key: sums.
    total = outputs["per_customer"].reconciled
    assert total is not None and total.unit == "groups" and total.differing == 1
    assert outputs["wrong"].why.startswith("dbt: error")
    assert {i.name for i in run.inputs} == {"staged"}


def test_what_did_not_change_is_equal(deployed: Deployed) -> None:
    run = deployed.shadow("staged+")
    assert {o.name: (o.verdict, o.why) for o in run.outputs} == dict.fromkeys(MODELS, (Verdict.PASS, ""))
    (history,) = (o for o in run.outputs if o.name == "history")
    assert history.key == ("id",) and "full refresh" in history.remarks[0]
    assert [i.name for i in run.inputs] == ["raw_orders"]


def test_a_masked_sample(deployed: Deployed) -> None:
    settings = Settings(
        NOW, sample=Sample("raw_orders", "customer_id", 3000), masking=Masking("a secret of sixteen letters")
    )
    if deployed.engine == "postgres":
        with pytest.raises(CallError, match="PostgreSQL has no place beside it"):
            deployed.shadow("staged+", settings=settings)
        return
    run = deployed.shadow("billed", "staged", settings=settings)
    (billed,) = (o for o in run.outputs if o.name == "billed")
    assert billed.reconciled is not None, billed.why
    assert billed.verdict is Verdict.PASS and billed.reconciled.rows[0] == billed.reconciled.rows[1]
    assert 0 < billed.reconciled.rows[0] < 1000
    assert [(i.name, i.rows) for i in run.inputs] == [("raw_orders", "sample")]


# --- a hostile project -----------------------------------------------------------------------------------------------

IGNORES_THE_TARGET = "{% macro generate_schema_name(custom, node) %}main{% endmacro %}\n"
# Statements that hooks run, `{}` is the file of production's DuckDB.
ATTACKS = {
    "update": "update main.billed set amount = 0",
    "update by database": "update warehouse.main.billed set amount = 0",
    "drop": "drop table main.billed cascade",
    "drop by database": "drop table warehouse.main.billed cascade",
    "insert": "insert into main.raw_orders select * from main.raw_orders",
    "grant": "grant all on main.billed to public",
    "create": "create table main.planted as select 1 as a",
    "schema": "create schema planted",
    "role": "reset role; update main.billed set amount = 0",
    "session": "set session authorization headgate; update main.billed set amount = 0",
    "alter": "alter table main.billed add column planted integer",
    "truncate": "truncate main.raw_orders",
    "attach": "attach '{}' as stolen; update stolen.main.billed set amount = 0",
    "attach again": "detach warehouse; attach '{}' as warehouse; update warehouse.main.billed set amount = 0",
    "overwrite": "copy (select 1) to '{}'",
    "copied": "copy (select 1) to '{}.csv'",
    "allow": "set enable_external_access = true; attach '{}' as stolen; update stolen.main.billed set amount = 0",
    "function": "create function main.planted() returns int language sql as 'select 1'",
    "program": "copy (select 1) to program 'touch {}'",
}


def attacks(deployed: Deployed) -> dict[str, str]:
    """What hooks run on this engine; production's file is told to them."""
    file = next((str(path) for path in [Path(getattr(deployed.place, "database", ""))] if path.name), "/tmp/planted")
    elsewhere = (
        ("attach", "database", "overwrite", "allow", "copied") if deployed.engine == "postgres" else ("program",)
    )
    return {name: said.format(file) for name, said in ATTACKS.items() if not any(word in name for word in elsewhere)}


def hooked(deployed: Deployed, hook: str, statement: str) -> None:
    file = deployed.project / "dbt_project.yml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_text()) | {hook: [statement]}))


def test_hooks_cannot_touch_production(deployed: Deployed) -> None:
    """A model for each attack, before or after which it is run, since one that fails stops no other; and one after the
    run."""
    before = deployed.contents()
    hooked(deployed, "on-run-end", attacks(deployed)["copied" if deployed.engine == "duckdb" else "drop"])
    for number, (name, statement) in enumerate(attacks(deployed).items()):
        hook = ("pre_hook", "post_hook")[number % 2]
        config = f"{{{{ config(materialized='table', {hook}={statement!r}) }}}}"
        (deployed.project / "models" / f"attack_{number}.sql").write_text(f"{config} select 1 as id -- {name}")
    run = deployed.shadow("attack_0+", *(f"attack_{n}" for n in range(1, len(attacks(deployed)))))
    assert len(run.outputs) == len(attacks(deployed))
    assert deployed.contents() == before


def test_a_hook_before_the_run_cannot_touch_production(deployed: Deployed) -> None:
    before = deployed.contents()
    hooked(deployed, "on-run-start", attacks(deployed)["attach again" if deployed.engine == "duckdb" else "session"])
    run = deployed.shadow("billed")
    assert deployed.contents() == before
    assert run.verdict is Verdict.UNKNOWN, "the hook did not fail: it was not run, or ran"


def test_a_project_that_ignores_the_target_is_refused(deployed: Deployed) -> None:
    macros = deployed.project / "macros"
    macros.mkdir()
    (macros / "names.sql").write_text(IGNORES_THE_TARGET)
    before = deployed.contents()
    said = (
        r"refused: dbt would build outside of the shadow .*billed \(models/billed.sql\) would be .*generate_schema_name"
    )
    with pytest.raises(CallError, match=said):
        deployed.shadow("billed")
    assert deployed.contents() == before


def test_grants_and_views_that_run_functions_cannot_touch_production(deployed: Deployed) -> None:
    """A view's functions run with the rights of who reads it: what dbt made is read as the shadow's role."""
    if deployed.engine == "duckdb":
        pytest.skip("DuckDB has neither grants nor functions that write")
    deployed.change(
        "billed",
        "materialized='table'",
        "materialized='view', grants={'select': ['public']}, pre_hook=\"create function {{ target.schema }}.evil() returns int language plpgsql as $$ begin update main.raw_orders set amount = 0; return 1; exception when others then return 0; end $$\"",
    )
    deployed.change("billed", "customer_id, amount", "customer_id, amount + {{ target.schema }}.evil() * 0 as amount")
    before = deployed.contents()
    run = deployed.shadow("billed")
    assert run.outputs[0].reconciled is not None and run.outputs[0].reconciled.differing == 0, run.outputs[0].why
    assert deployed.contents() == before


def test_a_python_model_is_refused(deployed: Deployed) -> None:
    (deployed.project / "models" / "program.py").write_text("def model(dbt, session):\n    return session\n")
    with pytest.raises(CallError, match=r"models/program.py: models in Python run with the rights of the user"):
        deployed.shadow("program")


def test_a_wrong_call(deployed: Deployed, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"manifest\.json not found"):
        run_selection(Selection(deployed.project, ("billed",), tmp_path, dbt=DBT), deployed.place, (), Settings(NOW))
    with pytest.raises(CallError, match="NOT_SET is not set"):
        deployed.shadow("billed", variables=("NOT_SET",))

"""A selection of a dbt project as a candidate: a unit error is found, and a hostile project cannot touch production."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
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
from headgate.dbt import sync
from headgate.dbt.shadow import Selection, run_selection
from headgate.dbt.shadow_homes import is_schema_of
from headgate.dbt.shadow_nodes import built_nodes, ensure_inside
from headgate.dbt.shadow_process import BuildResult, copied_project
from headgate.errors import CallError
from headgate.places import place_of
from headgate.report import Verdict

from tests.support.contracts import load, odcs
from tests.support.dbt_engines import OWN
from tests.support.dbt_project import make_project
from tests.support.dbt_warehouses import on_duckdb, on_postgres
from tests.support.gated_shop import contract as gated_contract
from tests.support.gated_shop import declare

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
AT_MOST_2000 = {"logicalType": "number", "logicalTypeOptions": {"maximum": 2000}}
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

    def contents(self) -> dict[str, Any]:
        """Every table and view of the database with its columns and rows, and what else a program could change."""
        listed = "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        names = sorted(self.execute(listed))
        found = {f"{s}.{t}": sorted(self.execute(f'SELECT * FROM "{s}"."{t}"'), key=str) for s, t in names}
        described = [*COLUMNS, *(RIGHTS if self.engine == "postgres" else ())]
        more = {query: sorted(self.execute(query), key=str) for query in described}
        return found | more | {"files": sorted(Path(getattr(self.place, "database", "/")).parent.iterdir())}


COLUMNS = (
    "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')",
)
RIGHTS = (
    # A GRANT that grants nothing writes down the rights that were there.
    "SELECT relname, relowner, ARRAY(SELECT aclexplode(coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::\"char\","
    " relowner))))::text FROM pg_class WHERE relnamespace = 'main'::regnamespace",
    "SELECT nspname, nspowner, nspacl::text FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp'",
    "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace <> 'pg_catalog'::regnamespace",
    "SELECT rolname, rolsuper, rolpassword FROM pg_authid",
    "SELECT oid FROM pg_largeobject_metadata",
    "SELECT defaclrole, defaclacl::text FROM pg_default_acl",
    "SELECT setdatabase, setrole, setconfig FROM pg_db_role_setting",
    "SELECT extname FROM pg_extension",
    "SELECT last_value, is_called FROM main.numbers",
)


# The shadows of every other test of an engine are in `make test-engines`.
ON_DUCKDB = ["duckdb", pytest.param("postgres", marks=pytest.mark.engines)]
of_production = functools.partial(pytest.mark.parametrize, "in_production", indirect=True, scope="module")


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def in_production(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    """The project as it runs in production."""
    project = make_project(tmp_path_factory.mktemp("production") / "project")
    warehouse = (
        on_duckdb(project) if request.param == "duckdb" else on_postgres(request.getfixturevalue("postgres_port"))
    )
    declare(project)
    sync(gated_contract(project, amount=AT_MOST_2000, onBreach="quarantine", maxQuarantinePercent=50), project)
    for name, text in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(text)
    warehouse.execute(
        "CREATE TABLE main.raw_orders AS SELECT i AS id, i % 50 + 1 AS customer_id, CAST(i * 2.5 AS DECIMAL(12, 2)) AS amount,"
        " CAST('2026-01-01' AS DATE) AS day FROM generate_series(1, 1000) AS t (i)",
    )
    if warehouse.target == "postgres":
        warehouse.execute("CREATE SEQUENCE main.numbers", "ALTER SEQUENCE main.numbers OWNED BY main.raw_orders.id")
    command = [DBT, "run", "--target", warehouse.target, "--profiles-dir", str(project)]
    environment = {**os.environ, **warehouse.environment}
    run = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    (project / "state").mkdir()
    shutil.copy(project / "target" / "manifest.json", project / "state")
    text = f"{project / 'warehouse.duckdb'}#main.raw_orders"
    if warehouse.target == "postgres":
        text = f"postgresql://headgate@127.0.0.1:{warehouse.environment['TRIAL_PORT']}/postgres#main.raw_orders"
    return Deployed(project, place_of(text), warehouse.execute, warehouse.target)


@pytest.fixture
def deployed(in_production: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """A checkout of the project, in which a test changes what it likes. Production is where it is, and in the end it is
    as it was: nothing has changed there, and nothing of a shadow is left."""
    ignored = shutil.ignore_patterns("*.duckdb", "target", "logs")
    shutil.copytree(in_production.project, tmp_path / "checkout", ignore=ignored, symlinks=True)
    (tmp_path / "shadows").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "shadows"))
    before = in_production.contents()
    yield replace(in_production, project=tmp_path / "checkout")
    assert in_production.contents() == before
    assert list((tmp_path / "shadows").iterdir()) == []


@of_production(argvalues=ON_DUCKDB)
def test_a_unit_error_is_found_named_and_blocked(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside it: a schema of its own, a new model, one that fails, one with a gate, an incremental one that is the same,
    and what of the environment reaches dbt."""
    monkeypatch.setenv("PGPASSWORD", "a password of production")
    monkeypatch.setenv("UNIT", "100")
    factor = "{{ env_var('UNIT', '1') }} * {{ 0 if env_var('PGPASSWORD', '') else 1 }}"
    deployed.change("billed", "amount from", f"amount * {factor} as amount from")
    deployed.change("billed", "materialized='table'", "materialized='table', schema='marts'")
    deployed.change("orders", "id, amount", "id, amount * 1 as amount")
    models = deployed.project / "models"
    (models / "extra.sql").write_text("select count(*) as orders from {{ ref('billed') }}")
    (models / "wrong.sql").write_text("select nothing from {{ ref('billed') }}")
    run = deployed.shadow("state:modified+", "history", variables=("UNIT",))
    outputs = {output.name: output for output in run.outputs}
    assert run.verdict is Verdict.BREACH
    assert {name: (str(o.verdict), o.is_new) for name, o in outputs.items()} == {
        "billed": ("breach", False), "per_customer": ("breach", False), "extra": ("pass", True), "wrong": ("unknown", False),
        "orders": ("pass", False), "after": ("pass", False), "history": ("pass", False),
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
    assert outputs["wrong"].why.startswith("dbt: error: ")
    # Its gate has held back the same rows, in the shadow.
    gated = outputs["orders"].reconciled
    assert gated is not None and gated.rows == (800, 800)
    assert outputs["history"].key == ("id",) and "full refresh" in outputs["history"].remarks[0]
    assert ({i.name for i in run.inputs}, run.failed) == ({"staged", "raw_orders"}, ())


@pytest.mark.engines
@of_production(argvalues=["duckdb", "postgres"])
def test_a_gate_that_refuses_the_candidate_is_unknown(deployed: Deployed) -> None:
    deployed.change("orders", "id, amount", "id, amount * 100 as amount")
    run = deployed.shadow("orders")
    assert run.verdict is Verdict.UNKNOWN
    assert "headgate: orders violates its contract" in run.outputs[0].why


@pytest.mark.engines
def test_what_did_not_change_is_equal(deployed: Deployed) -> None:
    run = deployed.shadow("staged+")
    assert {o.name: (o.verdict, o.why) for o in run.outputs} == dict.fromkeys(MODELS, (Verdict.PASS, ""))
    assert [i.name for i in run.inputs] == ["raw_orders"]


SAMPLE = Settings(NOW, sample=Sample("raw_orders", "customer_id", 3000), masking=Masking("a secret of sixteen letters"))


@pytest.mark.engines
@of_production(argvalues=["duckdb"])
def test_a_masked_sample(deployed: Deployed) -> None:
    run = deployed.shadow("billed", "staged", settings=SAMPLE)
    (billed,) = (o for o in run.outputs if o.name == "billed")
    assert billed.reconciled is not None, billed.why
    assert billed.verdict is Verdict.PASS and billed.reconciled.rows[0] == billed.reconciled.rows[1]
    assert 0 < billed.reconciled.rows[0] < 1000
    assert [(i.name, i.rows) for i in run.inputs] == [("raw_orders", "sample")]


# --- a hostile project -----------------------------------------------------------------------------------------------

# Statements that hooks of models run, for the engine that has such; `{file}` is that of production's DuckDB.
ATTACKS = {
    "update": ("both", "update main.billed set amount = 0"),
    "update by database": ("duckdb", "update warehouse.main.billed set amount = 0"),
    "drop": ("both", "drop table main.billed cascade"),
    "insert": ("postgres", "insert into main.raw_orders select * from main.raw_orders"),
    "delete in a query": ("postgres", "with gone as (delete from main.billed returning *) select * from gone"),
    "select into": ("postgres", "select 1 as a into main.planted"),
    "grant": ("postgres", "grant all on main.billed to public"),
    "default rights": ("postgres", "alter default privileges for role headgate grant all on tables to public"),
    "schema": ("postgres", "create schema planted"),
    "reset role": ("postgres", "reset role; update main.billed set amount = 0"),
    "set role": ("postgres", "set role headgate; update main.billed set amount = 0"),
    "session": ("postgres", "set session authorization headgate; update main.billed set amount = 0"),
    "alter": ("both", "alter table main.billed add column planted integer"),
    "truncate": ("postgres", "truncate main.raw_orders"),
    "next number": ("postgres", "select nextval('main.numbers')"),
    "set number": ("postgres", "select setval('main.numbers', 7)"),
    "lock": ("postgres", "lock table main.billed in access exclusive mode"),
    "function": ("postgres", "create function main.planted() returns int language sql as 'select 1'"),
    "program": ("postgres", "copy (select 1) to program 'touch /tmp/planted'"),
    "file": ("postgres", "copy (select 1) to '/tmp/planted'"),
    "its own large object": ("postgres", "select lo_from_bytea(0, 'x')"),
    "its own settings": ("postgres", "alter role current_user set work_mem = '64kB'"),
    "a lock": ("postgres", "select pg_advisory_lock(1)"),
    "a file to a large object": ("postgres", "select lo_import('/etc/passwd')"),
    "end others": ("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'headgate'"),
    "role": ("postgres", "create role planted superuser"),
    "password": ("postgres", "alter role headgate password 'planted'"),
    "setting": ("postgres", "alter database postgres set work_mem = '64kB'"),
    "extension": ("postgres", "create extension dblink"),
    "attach": ("duckdb", "attach '{file}' as stolen; update stolen.main.billed set amount = 0"),
    "attach again": ("duckdb", "detach warehouse; attach '{file}' as warehouse; update main.billed set amount = 0"),
    "overwrite": ("duckdb", "copy (select 1) to '{file}'"),
    "copied": ("duckdb", "copy (select 1) to '{file}.csv'"),
    "read": ("duckdb", "create table {{{{ target.schema }}}}.stolen as select * from read_blob('{file}')"),
    "allow": ("duckdb", "set enable_external_access = true; attach '{file}' as stolen"),
    "allow the folder": ("duckdb", "set allowed_paths = ['{file}']; attach '{file}' as stolen"),
    "profile": ("duckdb", "set enable_profiling = 'json'; set profiling_output = '{file}'; select 1"),
    "install": ("duckdb", "install httpfs"),
    "export": ("duckdb", "export database '{file}.d'"),
}
# A GRANT of what the role has not to give is a warning; what belongs to the role is dropped with it.
HARMLESS = ("grant", "its own large object", "its own settings", "a lock")
ON_RUN_END = {"duckdb": ATTACKS["copied"][1], "postgres": ATTACKS["drop"][1]}
ON_RUN_START = {"duckdb": ATTACKS["attach again"][1], "postgres": ATTACKS["session"][1]}
# The project's own in the place of dbt's, which try it in silence where a statement can.
MACROS = """
{% materialization stolen, default %}{% do run_query('update main.billed set amount = 0') %}{{ return({'relations': []}) }}{% endmaterialization %}
{% macro postgres__get_create_view_as_sql(relation, sql) %}
do $$ begin drop table main.billed cascade; exception when others then null; end $$; create view {{ relation }} as {{ sql }}
{% endmacro %}
"""
EVIL = (
    "{{ config(materialized='view', grants={'select': ['public']}, pre_hook=\"create function {{ target.schema }}.evil() "
    "returns int language plpgsql as $$ begin update main.raw_orders set amount = 0; return 1; "
    'exception when others then return 0; end $$") }} '
)


def test_a_hostile_project_cannot_touch_production(deployed: Deployed) -> None:
    """Hooks before and after models, of which one that fails stops no other, and of the run; materializations, macros
    of its own and Jinja that run SQL; a view whose function writes when it is read."""
    attacks = {name: text for name, (engine, text) in ATTACKS.items() if engine in ("both", deployed.engine)}
    file = deployed.project.parent / "planted"
    if deployed.engine == "duckdb":
        file = Path(deployed.place.database)
    models = deployed.project / "models"
    (deployed.project / "macros").mkdir()
    (deployed.project / "macros" / "own.sql").write_text(MACROS)
    for number, (name, statement) in enumerate(attacks.items()):
        config = f"materialized='table', {('pre_hook', 'post_hook')[number % 2]}={statement.format(file=file)!r}"
        (models / f"attack_{number}.sql").write_text(f"{{{{ config({config}) }}}} select 1 as id -- {name}")
    (models / "attack_by_materialization.sql").write_text("{{ config(materialized='stolen') }} select 1 as id")
    (models / "attack_by_jinja.sql").write_text("{% do run_query('drop table main.billed') %} select 1 as id")
    if deployed.engine == "postgres":
        view = (
            MODELS["billed"].partition("}}")[2].replace("amount", "amount + {{ target.schema }}.evil() * 0 as amount")
        )
        (models / "billed.sql").write_text(EVIL + view)
    settings = deployed.project / "dbt_project.yml"
    hooks = {"on-run-start": ON_RUN_START, "on-run-end": ON_RUN_END}
    added = {name: [text[deployed.engine].format(file=file)] for name, text in hooks.items()}
    settings.write_text(yaml.safe_dump(yaml.safe_load(settings.read_text()) | added))
    before = deployed.contents()

    run = deployed.shadow("billed", "attack_*")

    assert deployed.contents() == before
    assert not Path("/tmp/planted").exists()
    found = {output.name: output for output in run.outputs}
    billed = found.pop("billed")
    assert billed.reconciled is not None and billed.reconciled.differing == 0, billed.why
    assert len(found) == len(attacks) + 2
    harmless = {f"attack_{number}" for number, name in enumerate(attacks) if name in HARMLESS}
    assert {name for name, o in found.items() if not o.why.startswith("dbt: error: ")} == harmless
    assert run.verdict is Verdict.UNKNOWN
    errors = [said.partition(": dbt: error: ")[0] for said in run.failed if ": dbt: error: " in said]
    assert errors == ["trial-on-run-start-0", "trial-on-run-end-0"]
    skipped = [said for said in run.failed if ": dbt: error: " not in said]
    assert all(": dbt: skipped: headgate.on-run-" in said for said in skipped)


# What would be built outside of the shadow is refused, of all models at once and before anything is built.
IGNORES_THE_TARGET = "{% macro generate_schema_name(custom, node) %}{{ custom or 'main' }}{% endmacro %}\n"


@of_production(argvalues=ON_DUCKDB)
def test_a_project_that_builds_elsewhere_is_refused(deployed: Deployed) -> None:
    (deployed.project / "macros").mkdir()
    (deployed.project / "macros" / "names.sql").write_text(IGNORES_THE_TARGET)
    said = r"refused: dbt would build outside of the shadow .*billed \(models/billed.sql\) would be \S*main\S*billed.*generate_schema_name"
    with pytest.raises(CallError, match=said):
        deployed.shadow("billed")


OWN_NODE = {
    "name": "billed", "original_file_path": "models/billed.sql", "database": "warehouse", "schema": "shadow_x",
    "language": "sql", "config": {"materialized": "table"},
}  # fmt: skip
NODES = {
    "inside": ({}, ""),
    "a schema beside it": ({"schema": "shadow_x_marts"}, ""),
    "production's schema": ({"schema": "main"}, "outside of the shadow"),
    "a schema that begins like it": ({"schema": "shadow_xy"}, "outside of the shadow"),
    "another database": ({"database": "other"}, "outside of the shadow"),
    "no database": ({"database": None}, "outside of the shadow"),
    "python": ({"language": "python"}, "models/billed.sql: models in Python run with the rights of the user"),
    "ephemeral": ({"config": {"materialized": "ephemeral"}}, "no model or seed to build"),
}


@pytest.mark.parametrize("case", NODES)
def test_what_is_built(case: str) -> None:
    changes, said = NODES[case]
    manifest = {"nodes": {"model.trial.billed": OWN_NODE | changes}}

    def inside(raw: Any) -> bool:
        return raw["database"] == "warehouse" and is_schema_of(raw["schema"], "shadow_x")

    with pytest.raises(CallError, match=said) if said else contextlib.nullcontext():
        built, _ = built_nodes(manifest["nodes"], manifest, {"nodes": {}})
        ensure_inside(built, inside, "shadow_x")


# (what run_results.json says, the exit code) -> why it is not built, what failed besides
RESULTS = {
    "built": ({"model.t.a": ("success", "OK")}, 0, "", ()),
    "fails": ({"model.t.a": ("error", "Database Error in model a (models/a.sql)\n  Conversion: 'x@example.org'")}, 1,
              "dbt: error: Database Error in model a (models/a.sql)", ()),
    "a value alone": ({"model.t.a": ("error", "could not convert 'x@example.org'")}, 1, "dbt: error", ()),
    "no right": ({"model.t.a": ("error", "Database Error in model a (models/a.sql)\n  permission denied for table b")}, 1,
                 "dbt: error: Database Error in model a (models/a.sql) permission denied for table b", ()),
    "skipped": ({"model.t.a": ("skipped", None)}, 1, "dbt: skipped", ()),
    "not there": ({}, 1, "dbt: not built", ("dbt ended with 1, and names no node that failed",)),
    "a hook fails": ({"operation.t.t-on-run-start-0": ("error", "t.on-run-start.0 failed, error:\n x"),
                      "operation.t.t-on-run-start-1": ("skipped", ""), "model.t.a": ("success", "OK")}, 1, "",
                     ("t-on-run-start-0: dbt: error: t.on-run-start.0 failed, error:", "t-on-run-start-1: dbt: skipped")),
    "no reason": ({"model.t.a": ("success", "OK")}, 2, "", ("dbt ended with 2, and names no node that failed",)),
}  # fmt: skip


@pytest.mark.parametrize("case", RESULTS)
def test_what_dbt_says(case: str) -> None:
    said, code, why, failed = RESULTS[case]
    result = BuildResult(code, {name: (status, message or "") for name, (status, message) in said.items()})
    assert (result.why_not_built("model.t.a"), result.failed({"model.t.a"})) == (why, failed)


def test_what_is_copied(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    for name in ("target/x", "logs/x", "models/logs/a.sql", "models/target.sql", ".env", ".git/x", "a.duckdb"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()
    copy = copied_project(project, tmp_path / "copy")
    files = {str(file.relative_to(copy)) for file in copy.rglob("*") if file.is_file()}
    assert {name for name in files if not name.startswith("dbt_packages")} == {
        "dbt_project.yml", "packages.yml", "models/logs/a.sql", "models/target.sql",
    }  # fmt: skip


def test_a_wrong_call(deployed: Deployed, tmp_path: Path) -> None:
    with pytest.raises(CallError, match=r"manifest\.json not found"):
        run_selection(Selection(deployed.project, ("billed",), tmp_path, dbt=DBT), deployed.place, (), Settings(NOW))
    with pytest.raises(CallError, match="NOT_SET is not set"):
        deployed.shadow("billed", variables=("NOT_SET",))
    if deployed.engine == "postgres":
        with pytest.raises(CallError, match="PostgreSQL has no place beside it"):
            deployed.shadow("staged+", settings=SAMPLE)

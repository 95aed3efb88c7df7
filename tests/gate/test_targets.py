"""Sources, targets and quarantines: what they may be called, what they may be, and what is refused."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from headgate.errors import CallError, TransientError
from headgate.gate import publish, quarantined, release
from headgate.places.duckdb import connection
from headgate.report import Run

from tests.support.contracts import dataset, load, odcs
from tests.support.warehouse import BAD, GOOD, WAREHOUSES, Warehouse, on, on_tables, put_from, state, things


def test_the_quarantine_takes_new_columns_and_new_types(warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD)
    text = dataset(
        {"name": "id", "required": True},
        {"name": "v", "logicalType": "string"},
        {"name": "w", "logicalType": "date"},
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )
    publish(text, warehouse.source(",abc,2024-01-01", "x,y,", header="id,v,w"), warehouse.target, run_key="run-2")
    assert warehouse.aside("v, w, headgate_run_key") == [
        ("-2", None, "run-1"),
        ("-4", None, "run-1"),
        ("3", None, "run-1"),
        ("abc", datetime(2024, 1, 1).date(), "run-2"),
        (None, None, "run-1"),
    ]


SOURCES: list[tuple[str, Callable[[Warehouse], Any]]] = [
    ("csv", lambda w: w.csv),
    ("parquet", lambda w: _parquet(w)),
    ("another database", lambda w: f"{_database(w)}#main.src"),
    ("table beside the target", lambda w: _beside(w)),
    ("pandas", lambda w: _parquet(w, frame=True)),
]


def _parquet(warehouse: Warehouse, frame: bool = False) -> Any:
    path = warehouse.path.with_suffix(".parquet")
    relation = duckdb.sql("SELECT 'a' AS id, 1 AS v UNION ALL SELECT NULL, 2")
    if frame:
        return relation.df()
    relation.write_parquet(str(path))
    return path


def _database(warehouse: Warehouse) -> Path:
    path = warehouse.path.with_name("other.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE src AS SELECT 'a' AS id, 1 AS v UNION ALL SELECT NULL, 2")
    return path


def _beside(warehouse: Warehouse) -> str:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE TABLE src AS SELECT 'a' AS id, 1 AS v UNION ALL SELECT NULL, 2")
    return "main.src"


@pytest.mark.parametrize(("name", "make"), SOURCES, ids=[s[0] for s in SOURCES])
def test_every_source(name: str, make: Callable[[Warehouse], Any], warehouse: Warehouse) -> None:
    warehouse.source("a,1", ",2")
    outcome = publish(things("quarantine"), make(warehouse), warehouse.target, run_key="r")
    assert (warehouse.rows(), warehouse.aside("v")) == ([("a", 1)], [(2,)])
    assert outcome.report.rows == 2


def test_hostile_names_are_only_names(warehouse: Warehouse) -> None:
    column, table = 'we"ird; drop table x --', 'it\'s "a" table'
    hostile = dataset(
        {"name": column, "required": True}, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100}
    )
    frame = duckdb.sql("SELECT 1 AS c UNION ALL SELECT NULL").df().rename(columns={"c": column})
    from headgate.places.duckdb import Table

    publish(hostile, frame, Table(str(warehouse.path), table, "sch'ema\""), run_key="'; drop table x; --")
    found = warehouse.query(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name <> 'headgate' ORDER BY 2"
    )
    assert found == [("sch'ema\"", table), ("sch'ema\"", f"{table}__quarantine")]


def test_a_foreign_key_is_checked_against_what_was_published(warehouse: Warehouse) -> None:
    contract = load(
        odcs(
            {"name": "things", "properties": [{"name": "id", "relationships": [{"to": "owners.id"}]}, {"name": "v"}]},
            {"name": "owners", "properties": [{"name": "id"}]},
            settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        )
    )
    assert str(warehouse.publish(contract["things"], "a,1").report.verdict) == "unknown"  # nothing to find it in
    owners = warehouse.csv.with_name("owners.csv")
    owners.write_text("id\na\n")
    publish(contract["owners"], owners, f"{warehouse.path}#shop.owners", run_key="o")
    outcome = warehouse.publish(contract["things"], "a,1", "b,2")
    assert (outcome.rows_published, outcome.rows_set_aside) == (1, 1)


@pytest.mark.parametrize(("held", "waits", "rows"), [(60, 0.2, [("a", 1), ("b", 2)]), (1, 30, [("z", 9)])])
@pytest.mark.slow
def test_a_file_that_another_process_has_open(
    held: float, waits: float, rows: Any, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for, and is a passing fault after that."""
    warehouse.publish(things(), *GOOD)
    monkeypatch.setattr(connection, "LOCK_TIMEOUT_S", waits)
    code = (
        "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print(flush=True); time.sleep(float(sys.argv[2]))"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(warehouse.path), str(held)], stdout=subprocess.PIPE)
    with holder, contextlib.closing(holder.stdout or io.BytesIO()) as said:
        said.readline()
        with pytest.raises(TransientError, match="lock") if held > waits else contextlib.nullcontext():
            warehouse.publish(things(), "z,9")
        holder.kill()
    assert warehouse.rows() == rows


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing.csv", "file not found"),
        ("nothing", "table shop.nothing not found"),
        ("x.duckdb#t", "DuckDB database not found"),
        (7, "int is not data"),
    ],
)
def test_wrong_sources_say_what_is_wrong(source: Any, said: str, warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match=said):
        publish(things(), source, warehouse.target, run_key="r")


def test_progress_names_the_steps(warehouse: Warehouse) -> None:
    steps: list[str] = []
    warehouse.publish(things("quarantine"), *BAD, progress=steps.append)
    assert steps == [
        "staging", "auditing", "audited 5 rows, verdict breach", "quarantining", "4 rows to quarantine",
        "auditing again", "switching", "published 1 row",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,v,rowid", "'rowid' has a name that is taken"),
        ("id,v,headgate_reasons", "'headgate_reasons' has a name that is taken"),
        ("id,v,__headgate_raw_v", "'__headgate_raw_v' has a name that is taken"),
        ("id,v,ID", "duplicate column 'ID'"),
        ("id,v,", "column 3 has no name"),
    ],
)
def test_names_that_cannot_be_published(header: str, said: str, warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match=said):
        publish(things("quarantine"), warehouse.source("a,1,x", header=header), warehouse.target, run_key="r")
    assert warehouse.rows() == []


@pytest.mark.parametrize("name", ["headgate.publications", "shop.things__quarantine", "shop.__headgate_stage_x"])
def test_a_contract_cannot_overwrite_what_headgate_keeps(name: str, warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD)
    before = state(warehouse)
    with pytest.raises(CallError, match="keeps its own records"):
        publish(things(), warehouse.source(*GOOD), f"{warehouse.path}#{name}", run_key="r")
    assert state(warehouse) == before


def test_a_view_is_not_replaced(warehouse: Warehouse) -> None:
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE SCHEMA shop; CREATE VIEW shop.things AS SELECT 1 AS id")
    with pytest.raises(CallError, match="is a view"):
        warehouse.publish(things(), *GOOD)


def test_what_a_dead_run_left_is_swept_by_the_next(warehouse: Warehouse) -> None:
    warehouse.publish(things(), *GOOD)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE TABLE shop.__headgate_stage_0123456789ab AS SELECT 1 AS x")
    warehouse.publish(things(), *GOOD, key="run-2")
    assert not [t for t in warehouse.tables() if "__headgate" in t]


def test_names_of_targets_fold_case_as_duckdb_does(warehouse: Warehouse) -> None:
    for key, target in (("one", "shop.things"), ("two", "SHOP.Things")):
        outcome = publish(things("quarantine"), warehouse.source(*BAD), f"{warehouse.path}#{target}", run_key=key)
        assert outcome.rows_set_aside == 4
    assert len(warehouse.aside()) == 8
    (one, _) = quarantined(things(), warehouse.target)
    with pytest.raises(CallError, match="was published again since, by the run two"):
        release(things(), warehouse.target, run_key="one", accepted=one.fingerprint, by="olga", why="seen")


def test_cells_that_are_lost_under_warn_are_counted(warehouse: Warehouse) -> None:
    assert "1 cells that did not cast were published as NULL" in str(warehouse.publish(things("warn"), *BAD))
    assert "1 cells that did not cast" in str(warehouse.publish(things("halt", status="draft"), *BAD, key="2"))


def test_an_empty_run_key_names_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match="the run key is empty"):
        warehouse.publish(things(), *GOOD, key=" ")


def test_a_wrong_type_is_a_breach_and_its_value_checks_follow(warehouse: Warehouse) -> None:
    frame = duckdb.sql("SELECT 'a' AS id, 'x' AS v").df()
    outcome = publish(things("halt"), frame, warehouse.target, run_key="r")
    assert str(outcome.report.verdict) == "breach"
    assert {r.key: r.reason for r in outcome.report.not_measured} == {"v.minimum": "the column is VARCHAR, not integer"}


def test_a_column_of_the_referenced_dataset_cannot_capture_the_key(warehouse: Warehouse) -> None:
    contract = load(
        odcs(
            {"name": "things", "properties": [{"name": "oid", "relationships": [{"to": "o.id"}]}]},
            {"name": "o", "properties": [{"name": "id"}]},
            settings={"onBreach": "halt"},
        )
    )
    other = duckdb.sql("SELECT 1 AS id, {'oid': 1} AS data, {'oid': 1} AS ref").df()
    frame = duckdb.sql("SELECT unnest([1, 99]) AS oid").df()
    outcome = publish(contract["things"], frame, warehouse.target, run_key="r", references={"o": other})
    assert {r.key: r.unexpected for r in outcome.report.failed if r.severity == "error"} == {"oid.foreignKey": 1}
    with pytest.raises(CallError, match="no dataset 'oo'"):
        publish(contract["things"], frame, warehouse.target, run_key="r", references={"oo": other})


def test_views_on_the_target_survive_the_switch(warehouse: Warehouse) -> None:
    warehouse.publish(things(), *GOOD)
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE VIEW shop.seen AS SELECT count(*) AS n FROM shop.things")
    warehouse.publish(things(), "a,1", key="run-2")
    assert warehouse.query("SELECT n FROM shop.seen") == [(1,)]


# what the table has of its own, beside its columns
OWN_THINGS: dict[str, tuple[str, ...]] = {
    "comments alone": (),
    "a key": ("ALTER TABLE shop.things ADD PRIMARY KEY (id)",),
    "an index": ("CREATE INDEX by_v ON shop.things (v)", "COMMENT ON INDEX shop.by_v IS 'quick'"),
    "a column that fills itself": ("ALTER TABLE shop.things ADD COLUMN note VARCHAR DEFAULT 'n'",),
    "all of it, and a table that it refers to": (
        "CREATE TABLE shop.owners (v BIGINT PRIMARY KEY)",
        "INSERT INTO shop.owners VALUES (1), (2)",
        "DROP TABLE shop.things",
        "CREATE TABLE shop.things (id VARCHAR PRIMARY KEY, v BIGINT NOT NULL REFERENCES shop.owners (v), "
        "note VARCHAR DEFAULT 'n', w BIGINT GENERATED ALWAYS AS (v * 2), CHECK (v < 3))",
        "CREATE UNIQUE INDEX by_all ON shop.things (v, id)",
    ),
    "a table that refers to it": (
        "ALTER TABLE shop.things ADD PRIMARY KEY (id)",
        "CREATE TABLE shop.notes (id VARCHAR REFERENCES shop.things (id))",
    ),
}
HANGS = """
    SELECT sql FROM duckdb_tables() WHERE table_name = 'things'
    UNION ALL SELECT concat_ws(' ', sql, comment) FROM duckdb_indexes()
    UNION ALL SELECT concat_ws(' ', column_name, comment) FROM duckdb_columns() WHERE table_name = 'things'
    UNION ALL SELECT comment FROM duckdb_tables() WHERE table_name = 'things'
"""


def made(folder: Path, *statements: str) -> Warehouse:
    warehouse = Warehouse(folder)
    for statement in ("CREATE SCHEMA shop", *statements):
        warehouse.change(statement)
    return warehouse


@pytest.mark.parametrize("what", OWN_THINGS)
def test_what_a_table_of_duckdb_has_of_its_own_stays(what: str, tmp_path: Path) -> None:
    warehouse = made(
        tmp_path,
        "CREATE TABLE shop.things (id VARCHAR, v BIGINT)",
        *OWN_THINGS[what],
        "COMMENT ON TABLE shop.things IS 'all things'",
        "COMMENT ON COLUMN shop.things.v IS 'how many'",
        "CREATE VIEW shop.seen AS SELECT id, v FROM shop.things",
    )
    before = warehouse.query(HANGS)
    assert ("v how many",) in before and ("all things",) in before
    for key in ("one", "two"):
        warehouse.publish(things(), *GOOD, key=key)
        assert sorted(warehouse.query("SELECT * FROM shop.seen")) == [("a", 1), ("b", 2)]
        assert warehouse.query(HANGS) == before


@pytest.mark.parametrize("on_v", ["UNIQUE", "CHECK (v < 2)", "REFERENCES shop.owners (v)"])
def test_what_a_constraint_of_duckdb_refuses_leaves_the_old_table(on_v: str, tmp_path: Path) -> None:
    warehouse = made(
        tmp_path,
        "CREATE TABLE shop.owners (v BIGINT PRIMARY KEY)",
        "INSERT INTO shop.owners VALUES (1)",
        f"CREATE TABLE shop.things (id VARCHAR PRIMARY KEY, v BIGINT {on_v})",
        "CREATE INDEX by_v ON shop.things (v)",
    )
    warehouse.publish(things(), "a,1", key="one")
    before = warehouse.query(HANGS)
    with pytest.raises(
        CallError, match="a constraint of the table, or of one that refers to it, refuses rows"
    ) as error:
        warehouse.publish(things(), "secret,1", "secret,2", "b,2", "c,2")
    assert "secret" not in str(error.value)
    assert (warehouse.rows(), warehouse.query(HANGS)) == ([("a", 1)], before)
    warehouse.publish(things(), "b,1", key="two")
    assert (warehouse.rows(), warehouse.query(HANGS)) == ([("b", 1)], before)


@on_tables
def test_a_table_with_a_key_gets_a_new_column(warehouse: Warehouse) -> None:
    warehouse.change("CREATE SCHEMA IF NOT EXISTS shop")
    warehouse.change("CREATE TABLE shop.things (id VARCHAR PRIMARY KEY, v BIGINT)")
    wider = dataset({"name": "id"}, {"name": "v", "logicalType": "integer"}, {"name": "w"})
    for key in ("one", "two"):
        put_from(warehouse, wider, warehouse.source("c,3,x", header="id,v,w"), run_key=key)
    assert warehouse.rows(columns="id, v, w") == [("c", 3, "x")]


@on(*WAREHOUSES)
@pytest.mark.parametrize("mode", ["append", "upsert", "replace"])
def test_categories_are_texts_that_others_may_follow(mode: str, warehouse: Warehouse) -> None:
    coloured = dataset({"name": "id", "primaryKey": True}, {"name": "v", "logicalType": "string"})
    for n, colour in enumerate(("red", "blue")):
        frame = pandas.DataFrame({"id": [str(n)], "v": pandas.Categorical([colour])})
        publish(coloured, frame, warehouse.target, run_key=colour, mode=mode)
    assert warehouse.rows() == [("0", "red"), ("1", "blue")][mode == "replace" :]


DAY = datetime(2026, 1, 1, tzinfo=UTC)
NO_RUNS: list[tuple[dict[str, Any], str]] = [
    ({"key": "k", "now": datetime(2026, 1, 1)}, "now has no time zone: give an aware datetime"),
    ({"key": "k", "interval": (None, datetime(2026, 1, 1))}, "interval_end has no time zone"),
    ({"key": 5}, "the run key 5 is not a string"),
    ({"key": "k", "now": DAY.date()}, r"now is datetime.date\(2026, 1, 1\), not a datetime"),
    ({"key": "k", "interval": (DAY,)}, r"is not a pair \(start, end\)"),
    ({"key": "k", "interval": ("2026-01-01", None)}, "interval_start is '2026-01-01', not a datetime"),
    ({"key": "k", "interval": (DAY, DAY - timedelta(days=1))}, "ends at 2025-12-31T00:00:00.00:00, before it starts"),
]


@pytest.mark.parametrize(("how", "said"), NO_RUNS)
def test_what_is_no_run(how: dict[str, Any], said: str) -> None:
    with pytest.raises(CallError, match=said):
        Run(**how)


def test_a_run_is_given_once(warehouse: Warehouse) -> None:
    with (
        pytest.raises(CallError, match="run_key is given twice, as b and, in the run, as a: pass run alone"),
        pytest.warns(DeprecationWarning),
    ):
        publish(things(), warehouse.source(*GOOD), warehouse.target, run=Run("a"), run_key="b")
    with pytest.raises(CallError, match="run='a' is not a Run"):
        publish(things(), warehouse.source(*GOOD), warehouse.target, run="a")  # type: ignore[arg-type]


def test_the_old_words_for_a_run_still_work(warehouse: Warehouse) -> None:
    """`run_key` and `now` are deprecated, until headgate 0.4."""
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    with pytest.warns(DeprecationWarning, match=r"pass run=Run\(key=…, now=…\)"):
        old = publish(things(), warehouse.source(*GOOD), warehouse.target, run_key="k", now=moment)
    new = publish(things(), warehouse.source(*GOOD), warehouse.target, run=Run("k", now=moment))
    assert old.report.run == new.report.run == Run("k", (None, None), moment)

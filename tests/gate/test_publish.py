"""Publishing on DuckDB: what is checked is what is published, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from contracts import dataset, load, odcs, setting
from headgate.contract import Dataset
from headgate.errors import CallError, TransientError
from headgate.gate import Outcome, publish
from headgate.report import Run


class Warehouse:
    """A DuckDB file, and a CSV file that is published into it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "w.duckdb"
        self.csv = folder / "things.csv"

    @property
    def target(self) -> str:
        return f"{self.path}#shop.things"

    def source(self, *rows: str, header: str = "id,v") -> Path:
        self.csv.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return self.csv

    def publish(self, things: Dataset, *rows: str, key: str = "run-1", **options: Any) -> Outcome:
        return publish(things, self.source(*rows), self.target, run_key=key, **options)

    def query(self, text: str) -> list[tuple[Any, ...]]:
        if not self.path.exists():
            return []
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(text).fetchall()

    def tables(self) -> set[str]:
        return {name for (name,) in self.query("SELECT schema_name || '.' || table_name FROM duckdb_tables()")}

    def rows(self, table: str = "shop.things", columns: str = "id, v") -> list[tuple[Any, ...]]:
        return sorted(self.query(f"SELECT {columns} FROM {table}"), key=repr) if table in self.tables() else []

    def aside(self, columns: str = "id, headgate_reasons, headgate_run_key") -> list[tuple[Any, ...]]:
        return self.rows("shop.things__quarantine", columns)


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def things(on_breach: Any = "halt", *, status: str = "active", limit: int = 100, **root: Any) -> Dataset:
    return dataset(
        {"name": "id", "logicalType": "string", "required": True},
        {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        settings={"onBreach": on_breach, "maxQuarantinePercent": limit},
        status=status,
        **root,
    )


GOOD, BAD = ("a,1", "b,2"), ("a,1", "b,-2", ",3", ",-4", "e,x")


def test_good_data_is_published(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things(), *GOOD)
    assert (str(outcome.status), outcome.rows_published, outcome.rows_set_aside) == ("published", 2, 0)
    assert warehouse.rows() == [("a", 1), ("b", 2)]
    assert warehouse.tables() == {"shop.things", "headgate.publications"}  # nothing is left lying about


def test_quarantine_holds_each_row_once_with_all_its_reasons(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things("quarantine"), *BAD)
    assert (str(outcome.status), outcome.rows_published, outcome.rows_set_aside) == ("published_partly", 1, 4)
    assert warehouse.rows() == [("a", 1)]
    assert warehouse.aside("id, v, headgate_reasons, headgate_raw") == [
        ("b", -2, ["v.minimum"], None),
        ("e", None, ["v.logicalType"], '{"v":"x"}'),
        (None, -4, ["id.required", "v.minimum"], None),
        (None, 3, ["id.required"], None),
    ]
    assert warehouse.tables() == {"shop.things", "shop.things__quarantine", "headgate.publications"}


# policy, rows, outcome, policy that was applied, published, aside, a word of the notes
OUTCOMES: list[tuple[Any, tuple[str, ...], str, int, int, str]] = [
    ("halt", GOOD, "published", 2, 0, ""),
    ("halt", BAD, "halted", 0, 0, ""),
    ("warn", BAD, "published", 5, 0, ""),
    ("quarantine", BAD, "published_partly", 1, 4, ""),
    ("quarantine", ("b,-2", ",3"), "halted", 0, 0, "no row would be left"),
    (["quarantine", "warn"], ("b,-2", ",3"), "published", 2, 0, "no row would be left"),
    (["quarantine", "halt"], ("b,-2", ",3"), "halted", 0, 0, "no row would be left"),
    (["halt", "warn"], BAD, "halted", 0, 0, ""),
    ("quarantine", (), "published", 0, 0, ""),
]


@pytest.mark.parametrize(("policy", "rows", "status", "published", "aside", "note"), OUTCOMES)
def test_policy_and_outcome(
    policy: Any, rows: tuple[str, ...], status: str, published: int, aside: int, note: str, warehouse: Warehouse
) -> None:
    outcome = warehouse.publish(things(policy), *rows)
    assert (str(outcome.status), len(warehouse.rows()), len(warehouse.aside())) == (status, published, aside)
    assert (outcome.rows_published, outcome.rows_set_aside) == (published, aside)
    assert note in str(outcome)
    assert not [t for t in warehouse.tables() if "__headgate" in t]


def test_too_many_bad_rows_are_not_set_aside(warehouse: Warehouse) -> None:
    rows = [f"r{i},{-1 if i < 5 else i}" for i in range(100)]
    assert str(warehouse.publish(things("quarantine", limit=5), *rows).status) == "published_partly"
    outcome = warehouse.publish(things("quarantine", limit=4), *rows, key="run-2")
    assert str(outcome.status) == "halted"
    assert "5 of 100 rows are bad, more than 4 %" in str(outcome)
    assert len(warehouse.rows()) == 95  # the target is unchanged


def test_a_halt_leaves_target_and_quarantine_as_they_were(warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD)
    before = warehouse.rows(), warehouse.aside(), warehouse.rows("headgate.publications", "*")
    assert str(warehouse.publish(things("halt"), *BAD, key="run-2").status) == "halted"
    assert (warehouse.rows(), warehouse.aside(), warehouse.rows("headgate.publications", "*")) == before


def test_a_set_level_breach_is_not_repaired_by_quarantine(warehouse: Warehouse) -> None:
    rule = {"id": "enough", "metric": "rowCount", "mustBeGreaterThan": 1}
    contract = load(
        odcs(
            {
                "name": "things",
                "properties": [{"name": "id", "required": True}, {"name": "v"}],
                "quality": [rule],
            },
            settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        )
    )
    outcome = warehouse.publish(contract["things"], "a,1")
    assert (str(outcome.status), "not about single rows" in str(outcome)) == ("halted", True)
    outcome = warehouse.publish(contract["things"], "a,1", ",2")
    assert (str(outcome.status), "still breaks enough" in str(outcome)) == ("halted", True)


def test_every_row_of_a_duplicate_group_goes_aside(warehouse: Warehouse) -> None:
    unique = dataset(
        {"name": "id", "unique": True}, {"name": "v"}, settings={"onBreach": "quarantine", "maxQuarantinePercent": 100}
    )
    warehouse.publish(unique, "a,1", "a,2", "b,3", ",4", ",5")
    assert warehouse.rows() == [("b", "3"), (None, "4"), (None, "5")]
    assert [row[0] for row in warehouse.aside()] == ["a", "a"]


def test_a_passing_percentage_sets_nothing_aside_and_a_failing_one_all(warehouse: Warehouse) -> None:
    def mostly(percent: int) -> Dataset:
        rule = {"metric": "nullValues", "mustBeLessOrEqualTo": percent, "unit": "percent"}
        return dataset(
            {"name": "id"},
            {"name": "v", "quality": [rule]},
            settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
        )

    rows = ("a,1", "b,", "c,", "d,4")
    assert str(warehouse.publish(mostly(50), *rows).status) == "published"
    assert len(warehouse.aside()) == 0
    outcome = warehouse.publish(mostly(49), *rows)
    assert (outcome.rows_published, outcome.rows_set_aside) == (2, 2)


def test_a_rule_that_wants_more_unexpected_rows_is_not_mended_by_removing_them(warehouse: Warehouse) -> None:
    rule = {"metric": "nullValues", "mustBeGreaterThan": 3}
    odd = dataset(
        {"name": "id"},
        {"name": "v", "quality": [rule]},
        settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
    )
    assert str(warehouse.publish(odd, "a,1", "b,").status) == "halted"


def test_a_warning_is_published_and_sets_nothing_aside(warehouse: Warehouse) -> None:
    rule = {"metric": "nullValues", "mustBe": 0, "severity": "warning"}
    warned = dataset({"name": "id"}, {"name": "v", "quality": [rule]}, settings={"onBreach": "quarantine"})
    outcome = warehouse.publish(warned, "a,1", "b,")
    assert (str(outcome.status), str(outcome.report.verdict)) == ("published", "warn")


def test_the_strictest_of_the_failed_rules_policies_wins(warehouse: Warehouse) -> None:
    def ruled(**policies: str) -> Dataset:
        rules = [
            {"id": name, "metric": "nullValues", "mustBe": 0, "customProperties": [setting("onBreach", policy)]}
            for name, policy in policies.items()
        ]
        return dataset(
            {"name": "id", "quality": rules}, {"name": "v"}, settings={"onBreach": "warn", "maxQuarantinePercent": 100}
        )

    assert str(warehouse.publish(ruled(one="warn", two="quarantine"), "a,1", ",2").status) == "published_partly"
    assert str(warehouse.publish(ruled(one="halt", two="quarantine"), "a,1", ",2").status) == "halted"
    assert str(warehouse.publish(ruled(one="warn"), "a,1", ",2").status) == "published"


def test_an_override_says_so(warehouse: Warehouse) -> None:
    outcome = warehouse.publish(things("halt"), *BAD, on_breach="warn")
    assert (str(outcome.status), str(outcome.policy)) == ("published", "warn (call; contract says halt)")
    with pytest.raises(CallError, match="'wran' is no policy"):
        warehouse.publish(things(), *BAD, on_breach="wran")


def test_unknown_is_not_pass(warehouse: Warehouse) -> None:
    unknown = dataset({"name": "id"}, {"name": "v", "quality": [{"type": "sql", "query": "select 1", "mustBe": 1}]},
                      settings={"onBreach": "warn"})  # fmt: skip
    outcome = warehouse.publish(unknown, *GOOD)
    assert (str(outcome.status), str(outcome.report.verdict), warehouse.rows()) == ("halted", "unknown", [])


@pytest.mark.parametrize("status", ["draft", "proposed"])
def test_a_draft_warns_and_holds_nothing_back(status: str, warehouse: Warehouse) -> None:
    assert str(warehouse.publish(things("halt", status=status), *BAD).status) == "published"
    unknown = dataset(
        {"name": "id"}, {"name": "v", "quality": [{"type": "sql", "query": "select 1", "mustBe": 1}]}, status=status
    )
    outcome = warehouse.publish(unknown, *GOOD, key="run-2")
    assert (str(outcome.status), outcome.report.draft) == ("published", True)


# --- reruns --------------------------------------------------------------------------------------------------------


def state(warehouse: Warehouse) -> tuple[Any, ...]:
    return (
        warehouse.rows(),
        warehouse.rows("shop.things__quarantine", "*"),
        warehouse.rows("headgate.publications", "*"),
    )


def test_a_rerun_reads_the_source_again_and_ends_the_same(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from headgate.places.duckdb.session import DuckDB

    read: list[str] = []
    original = DuckDB.read
    monkeypatch.setattr(DuckDB, "read", lambda self, place: (read.append(str(place)), original(self, place))[1])
    warehouse.publish(things("quarantine"), *BAD)
    first, reads = state(warehouse), list(read)
    warehouse.publish(things("quarantine"), *BAD)
    assert state(warehouse) == first
    assert read == reads * 2
    assert str(warehouse.csv) in reads


def test_a_repaired_source_is_published_and_empties_the_runs_quarantine(warehouse: Warehouse) -> None:
    warehouse.publish(things("quarantine"), *BAD, key="other")
    warehouse.publish(things("quarantine"), *BAD)
    warehouse.publish(things("quarantine"), "a,1", "b,2", "c,3", "d,4", "e,5")
    assert len(warehouse.rows()) == 5
    assert {row[2] for row in warehouse.aside()} == {"other"}  # what other runs set aside stays
    assert warehouse.rows("headgate.publications", "run_key, rows_published, rows_set_aside") == [
        ("other", 1, 4),
        ("run-1", 5, 0),
    ]


def test_a_rerun_keeps_the_time_of_its_run(warehouse: Warehouse) -> None:
    times = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]
    for now in times:
        warehouse.publish(things("quarantine"), *BAD, now=now)
    assert {row[0] for row in warehouse.aside("headgate_run_at")} == {times[0]}


def test_an_older_interval_does_not_replace_a_newer_one(warehouse: Warehouse) -> None:
    def run(day: int) -> Run:
        return Run("", datetime(2026, 1, day, tzinfo=UTC), datetime(2026, 1, day + 1, tzinfo=UTC))

    warehouse.publish(things(), *GOOD, key="second", run=run(2))
    with pytest.raises(CallError, match="already serves the data interval that ends 2026-01-03"):
        warehouse.publish(things(), "z,9", key="first", run=run(1))
    assert warehouse.rows() == [("a", 1), ("b", 2)]
    warehouse.publish(things(), "z,9", key="first", run=run(1), allow_older=True)
    assert warehouse.rows() == [("z", 9)]
    warehouse.publish(things(), *GOOD, key="third", run=run(3))
    assert len(warehouse.rows()) == 2


# --- places --------------------------------------------------------------------------------------------------------


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
    from headgate.places import Table

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


def test_a_locked_file_is_transient(warehouse: Warehouse) -> None:
    import subprocess
    import sys

    warehouse.publish(things(), *GOOD)
    code = f"import duckdb,time; c=duckdb.connect({str(warehouse.path)!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            with pytest.raises(TransientError, match="lock"):
                warehouse.publish(things(), "z,9")
        finally:
            holder.kill()
    assert warehouse.rows() == [("a", 1), ("b", 2)]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing.csv", "no such file"),
        ("nothing", "no table"),
        ("x.duckdb#t", "no such DuckDB database"),
        (7, "int is no data"),
    ],
)
def test_wrong_sources_say_what_is_wrong(source: Any, said: str, warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match=said):
        publish(things(), source, warehouse.target, run_key="r")


def test_progress_names_the_steps(warehouse: Warehouse) -> None:
    steps: list[str] = []
    warehouse.publish(things("quarantine"), *BAD, progress=steps.append)
    assert steps == ["staging", "auditing", "setting aside", "auditing again", "switching", "published_partly"]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("id,v,rowid", "'rowid' has a name that is taken"),
        ("id,v,headgate_reasons", "'headgate_reasons' has a name that is taken"),
        ("id,v,__headgate_raw_v", "'__headgate_raw_v' has a name that is taken"),
        ("id,v,ID", "'ID' stands there twice"),
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


def test_cells_that_are_lost_under_warn_are_counted(warehouse: Warehouse) -> None:
    assert "1 cells that did not cast were published as NULL" in str(warehouse.publish(things("warn"), *BAD))
    assert "1 cells that did not cast" in str(warehouse.publish(things("halt", status="draft"), *BAD, key="2"))


def test_an_empty_run_key_names_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(CallError, match="run_key is empty"):
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

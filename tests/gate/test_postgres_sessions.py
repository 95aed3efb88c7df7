"""Publishing into PostgreSQL: who may, who waits for whom, and what a lost connection leaves behind."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from headgate import publishing
from headgate.errors import CallError, HeadgateError, TransientError
from headgate.gate import check, publish
from headgate.places.postgres import publisher, session
from headgate.publishing import commit

from tests.support.contracts import dataset
from tests.support.warehouse import GOOD, PostgresWarehouse, days, put, put_from, served, state, things

PLACES = ("postgres",)


# --- who may ---
@contextmanager
def role(warehouse: PostgresWarehouse, *may: str) -> Iterator[str]:
    """A target of a user who may do just that, and is a stranger to the tables."""
    warehouse.change("DROP ROLE IF EXISTS publisher; CREATE ROLE publisher LOGIN")
    try:
        for grant in may:
            warehouse.change(grant)
        yield warehouse.target.replace("headgate@", "publisher@")
    finally:
        warehouse.change("DROP SCHEMA IF EXISTS shop, headgate CASCADE; DROP OWNED BY publisher; DROP ROLE publisher")
        warehouse.change("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")


READS = "GRANT USAGE ON SCHEMA shop TO publisher; GRANT SELECT ON shop.things TO publisher;"
LOOKS: list[tuple[str, bool]] = [
    (READS, False),
    (READS + "GRANT SELECT ON headgate.stale TO publisher", False),  # the schema is closed
    (READS + "GRANT SELECT ON headgate.stale TO publisher; GRANT USAGE ON SCHEMA headgate TO publisher", True),
]


@pytest.mark.parametrize(("may", "told"), LOOKS)
def test_who_only_reads_is_told_what_is_stale_as_far_as_they_may_know(
    may: str, told: bool, warehouse: PostgresWarehouse
) -> None:
    kept = things("last_known_good")
    warehouse.publish(kept, *GOOD, key="good")
    assert str(warehouse.publish(kept, "a,-1", key="bad").status) == "kept_last_good"
    with role(warehouse, may) as target:
        report = check(kept, target)
    assert (str(report.verdict), "bad was held back" in report.stale) == ("pass", told)


TABLE = (
    "CREATE SCHEMA shop; CREATE TABLE shop.things (id text PRIMARY KEY, v bigint);"
    "GRANT USAGE ON SCHEMA shop TO publisher;"
)
WRITES = TABLE + "GRANT SELECT, INSERT, DELETE ON shop.things TO publisher;"
LACKING: list[tuple[str, str]] = [
    ("", "table not found, and its user may not create one: GRANT CREATE ON DATABASE \"postgres\" TO \"publisher\", or make the schema"),
    ("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO publisher", "GRANT CREATE ON SCHEMA \"shop\" TO \"publisher\""),
    (TABLE + "GRANT SELECT, INSERT ON shop.things TO publisher", "its user lacks DELETE on it: GRANT DELETE ON TABLE \"shop\".\"things\" TO \"publisher\""),
    (WRITES + "REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC", "GRANT TEMPORARY ON DATABASE \"postgres\" TO \"publisher\""),
    (WRITES + "ALTER TABLE shop.things ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON shop.things USING (v > 5)",
     "row security hides rows"),
    (WRITES + "REVOKE USAGE ON SCHEMA shop FROM publisher", "denied for schema shop; what reading needs: GRANT USAGE ON SCHEMA shop TO its user"),
    (WRITES, "its user may not make the schema headgate, where records are kept"),
    (WRITES + "CREATE SCHEMA headgate", "may not make tables in the schema headgate"),
    (WRITES + "CREATE SCHEMA headgate CREATE TABLE publications (x int) CREATE TABLE stale (x int) CREATE TABLE releases (x int);"
     "GRANT USAGE ON SCHEMA headgate TO publisher", "may not write the tables of the schema headgate"),
]  # fmt: skip


@pytest.mark.parametrize(("may", "said"), LACKING)
def test_what_a_user_lacks_is_said(may: str, said: str, warehouse: PostgresWarehouse) -> None:
    with role(warehouse, may) as target, pytest.raises(HeadgateError, match=said):
        publish(things(), warehouse.source(*GOOD), target, run_key="k")


LEDGER = WRITES + (
    "CREATE SCHEMA headgate; GRANT ALL ON SCHEMA headgate TO publisher;"
    "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.things TO publisher;"
)
ASIDE = "CREATE TABLE shop.things__quarantine (id text); GRANT SELECT, INSERT ON shop.things__quarantine TO publisher;"
# rights, policy, what is said before anything is staged, though no row is bad; nothing where it publishes
QUARANTINES: list[tuple[str, Any, str]] = [
    (LEDGER, "halt", ""),
    (LEDGER, "quarantine", "may not create its quarantine, shop.things__quarantine: GRANT CREATE ON SCHEMA \"shop\" TO \"publisher\""),
    (LEDGER, ["last_known_good", "quarantine"], "may not create its quarantine"),
    (LEDGER + ASIDE, "quarantine", "its user lacks DELETE on its quarantine: GRANT DELETE ON TABLE \"shop\".\"things__quarantine\""),
    (LEDGER + "GRANT CREATE ON SCHEMA shop TO publisher", "quarantine", ""),
]  # fmt: skip


@pytest.mark.parametrize(("may", "policy", "said"), QUARANTINES)
def test_who_could_not_put_bad_rows_aside_is_told_on_a_good_day(
    may: str, policy: Any, said: str, warehouse: PostgresWarehouse
) -> None:
    with role(warehouse, may) as target:
        if not said:
            assert publish(things(policy), warehouse.source(*GOOD), target, run_key="k").published
            return
        with pytest.raises(HeadgateError, match=said):
            publish(things(policy), warehouse.source(*GOOD), target, run_key="k")


def test_who_may_not_read_is_told_the_right(warehouse: PostgresWarehouse) -> None:
    with (
        role(warehouse, TABLE + "REVOKE USAGE ON SCHEMA shop FROM publisher") as target,
        pytest.raises(HeadgateError) as error,
    ):
        check(things(), target)
    assert "GRANT USAGE ON SCHEMA shop TO its user" in str(error.value)


def test_who_may_not_change_the_tables_of_an_older_headgate_is_told_the_statement(
    warehouse: PostgresWarehouse,
) -> None:
    """They publish until something must be added, and once their owner has added it."""
    warehouse.publish(things("quarantine"), *GOOD, "bad,-1", key="old")
    warehouse.forget_rules()
    mine = (
        "GRANT USAGE ON SCHEMA shop, headgate TO publisher;"
        "GRANT SELECT, INSERT, DELETE ON ALL TABLES IN SCHEMA shop, headgate TO publisher"
    )
    made = "CREATE TABLE IF NOT EXISTS headgate.added_columns (target VARCHAR NOT NULL, column_name VARCHAR NOT NULL)"
    lacks = "; ".join(
        [made]
        + [
            f"ALTER TABLE headgate.publications ADD COLUMN {column}"
            for column in (
                "place_namespace VARCHAR",
                "place_name VARCHAR",
                "published_at TIMESTAMPTZ",
                "written_at TIMESTAMPTZ",
            )
        ]
    )
    aside = 'ALTER TABLE "shop"."things__quarantine" ADD COLUMN headgate_rules VARCHAR'
    with role(warehouse, mine) as target:
        for statement in (lacks, aside):
            with pytest.raises(
                CallError, match=f"(must be owner of|permission denied for) .* run: {re.escape(statement)}"
            ):
                publish(things("quarantine"), warehouse.source(*GOOD, "b,-1"), target, run_key="k")
            warehouse.change(statement)
            if statement == lacks:
                with pytest.raises(HeadgateError, match="added_columns"):
                    publish(things("quarantine"), warehouse.source(*GOOD, "b,-1"), target, run_key="k")
                warehouse.change("GRANT SELECT, INSERT, DELETE ON headgate.added_columns TO publisher")
        assert publish(things("quarantine"), warehouse.source(*GOOD, "b,-1"), target, run_key="k").rows_set_aside == 1


def test_the_quarantine_is_read_by_its_owner_alone(warehouse: PostgresWarehouse) -> None:
    """Although new tables are given to others by default. The owner is the target's, where the user may give it away."""
    shared = "CREATE SCHEMA headgate; GRANT ALL ON SCHEMA headgate, shop TO publisher; GRANT headgate TO publisher;"
    default = "ALTER DEFAULT PRIVILEGES FOR ROLE publisher IN SCHEMA shop GRANT ALL ON TABLES TO PUBLIC"
    with role(warehouse, WRITES + shared + default) as target:
        publish(things("quarantine"), warehouse.source("a,1", ",2"), target, run_key="k")
        assert warehouse.query(
            "SELECT relowner::regrole::text, (SELECT count(*) FROM aclexplode(relacl) WHERE grantee <> relowner) "
            "FROM pg_class WHERE relname = 'things__quarantine'"
        ) == [("headgate", 0)]


# --- who waits for whom ---
@contextmanager
def holding(warehouse: PostgresWarehouse, statement: str) -> Iterator[psycopg.Connection[Any]]:
    """Somebody else who has just done that, and has not ended their transaction."""
    with warehouse.connect() as connection, connection.transaction():
        connection.execute(statement.encode())
        yield connection


def test_one_publish_of_a_target_waits_for_another(
    warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session._SETTINGS, "lock_timeout", "300")
    warehouse.publish(things(), *GOOD)
    held_back = "SELECT pg_advisory_xact_lock(hashtextextended('headgate publish shop.things', 0))"
    with holding(warehouse, held_back), pytest.raises(TransientError, match="another publish into it"):
        warehouse.publish(things(), "z,9")
    assert warehouse.rows() == [("a", 1), ("b", 2)]


def test_a_table_in_use_is_asked_for_briefly_and_often(
    warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new column needs the table alone: whoever comes to read meanwhile waits no longer than one try."""
    monkeypatch.setattr(publisher, "_LOCK_TRIES", 2)
    monkeypatch.setattr(publisher, "_LOCK_WAIT_S", 0.3)
    warehouse.publish(things(), *GOOD)
    wider = dataset({"name": "id"}, {"name": "v", "logicalType": "integer"}, {"name": "w"})
    source = warehouse.source("c,3,x", header="id,v,w")
    with holding(warehouse, "SELECT * FROM shop.things"):
        with pytest.raises(TransientError, match="others have it in use, 2 tries"):
            put_from(warehouse, wider, source)
        put_from(warehouse, things(), warehouse.source("b,2"))  # a reader holds nothing up
    put_from(warehouse, wider, warehouse.source("c,3,x", header="id,v,w"))
    assert warehouse.rows(columns="id, v, w") == [("c", 3, "x")]


def test_two_partitions_are_published_at_once(warehouse: PostgresWarehouse) -> None:
    put(warehouse, days(), "a,1,1", "b,1,2", key="before")
    sources = []
    for day in (1, 2):
        source = warehouse.csv.with_name(f"day{day}.csv")
        source.write_text("id,v,day\n" + "".join(f"{day}-{n},{n},{day}\n" for n in range(2000)))
        sources.append((day, source))
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(
            pool.map(
                lambda one: publish(days(), one[1], warehouse.target, run_key=f"d{one[0]}", where=f"day = {one[0]}"),
                sources,
            )
        )
    assert [o.rows_published for o in outcomes] == [2000, 2000]
    assert warehouse.query("SELECT day, count(*) FROM shop.things GROUP BY 1 ORDER BY 1") == [(1, 2000), (2, 2000)]


@pytest.mark.parametrize("mode", ["replace", "swap"])
def test_a_reader_sees_one_version_or_the_next(mode: str, warehouse: PostgresWarehouse) -> None:
    versions = 5
    sources = []
    for version in range(versions):
        source = warehouse.csv.with_name(f"v{version}.csv")
        source.write_text("id,v\n" + "".join(f"{n},{version}\n" for n in range(2000)))
        sources.append(source)
    put_from(warehouse, things(), sources[0], mode=mode)
    seen: list[tuple[Any, ...]] = []
    done = threading.Event()

    def poll() -> None:
        with warehouse.connect() as connection:
            while not done.is_set():
                seen.extend(connection.execute("SELECT count(*), min(v), max(v) FROM shop.things").fetchall())

    poller = threading.Thread(target=poll)
    poller.start()
    try:
        for source in sources:
            put_from(warehouse, things(), source, mode=mode)
    finally:
        done.set()
        poller.join()
    assert {(2000, v, v) for v in range(versions)} >= set(seen)
    assert len(set(seen)) > 2 and len(seen) > 50


# --- what a backend that is ended, at any step, leaves behind ---
STEPS: dict[str, Any] = {
    "stage": publishing,
    "set_aside": publishing,
    "remaining": publishing,
    "prune": commit,
    "write_data": commit,
    "write_quarantine": commit,
    "write_record": commit,
    "discard": publishing,
}
CUTS = [("replace", step, "before") for step in STEPS]
CUTS += [("swap", "write_data", "after"), ("upsert", "write_data", "after"), ("replace", "write_record", "after")]


@pytest.mark.parametrize(("mode", "step", "when"), CUTS)
def test_a_publish_whose_connection_is_cut_leaves_the_old_state_or_the_new(
    mode: str, step: str, when: str, warehouse: PostgresWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(warehouse, days("quarantine"), "a,1,1", "b,-2,1", key="k", mode=mode)
    old = state(warehouse)
    today = ("a,5,1", "b,-6,1", "c,7,1")
    original = getattr(STEPS[step], step)

    def cut(sql: Any) -> None:
        warehouse.query(f"SELECT pg_terminate_backend({sql.connection.info.backend_pid}, 5000)")

    def method(sql: Any, *args: Any, **kwargs: Any) -> Any:
        if when == "before":
            cut(sql)
        result = original(sql, *args, **kwargs)
        if when == "after":
            cut(sql)
        return result

    with monkeypatch.context() as patched:
        patched.setattr(STEPS[step], step, method)
        try:
            put(warehouse, days("quarantine"), *today, key="k", mode=mode)
            assert step == "discard"  # the outcome stands: it was written before
        except TransientError as error:
            assert "PostgreSQL" in str(error)
    assert (state(warehouse) == old) == (step != "discard")
    put(warehouse, days("quarantine"), *today, key="k", mode=mode)
    assert (served(warehouse), len(warehouse.aside())) == ([("a", 5, 1), ("c", 7, 1)], 1)
    assert not warehouse.query("SELECT 1 FROM pg_class WHERE relname ~ '^__headgate' AND relpersistence = 'p'")

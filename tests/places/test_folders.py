"""Folders of Parquet files, on a filesystem and on S3: what a pointer names counts, and nothing else."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from headgate.errors import CallError, TransientError
from headgate.gate import check, publish, quarantined, release, target_of
from headgate.places import place_of
from headgate.places.parquet import Folder
from headgate.places.parquet import store as stores
from headgate.places.parquet.store import RETENTION, Pointer, named, store_of

from tests.support.contracts import dataset, load, odcs
from tests.support.s3_server import s3

THINGS = dataset(
    {"name": "id", "logicalType": "integer", "primaryKey": True},
    {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
    settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
)


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with s3() as url:
        yield url


@pytest.fixture(params=["filesystem", pytest.param("s3", marks=pytest.mark.slow)])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        return f"{request.getfixturevalue('bucket')}/{tmp_path.name}/{time.time_ns()}/things"
    return f"{tmp_path}/lake/things"


def rows(*pairs: tuple[int, int]) -> Any:
    return pandas.DataFrame(pairs, columns=["id", "v"])


def served(folder: str) -> list[tuple[Any, ...]]:
    """As somebody reads it who has no headgate: the newest pointer, and the files that it names."""
    store = store_of(folder)
    names = [name.rpartition("/")[2] for name in store.fs.ls(f"{folder}/_headgate", detail=False)]
    pointer = json.loads(store.fs.cat_file(f"{folder}/_headgate/{max(n for n in names if n.endswith('.json'))}"))
    found: list[tuple[Any, ...]] = []
    for file in pointer["files"]:
        with store.fs.open(f"{folder}/{file}") as handle:
            found += list(pandas.read_parquet(handle)[["id", "v"]].itertuples(index=False, name=None))
    return sorted(found)


def test_publish_read_set_aside_release(folder: str) -> None:
    publish(THINGS, rows((1, 1), (2, -2)), f"{folder}/", run_key="a")
    publish(THINGS, rows((3, 3), (4, -4)), f"{folder}/", run_key="b", mode="append")
    publish(THINGS, rows((3, 5), (4, -4)), f"{folder}/", run_key="b", mode="append")
    assert served(folder) == [(1, 1), (3, 5)]
    report = check(THINGS, folder)
    assert (str(report.verdict), report.rows) == ("pass", 2)
    asides = quarantined(THINGS, f"{folder}/")
    assert [(a.run_key, a.rows) for a in asides] == [("a", 1), ("b", 1)]
    release(THINGS, f"{folder}/", run_key="b", accepted=asides[1].fingerprint, by="olga", why="seen")
    assert served(folder) == [(1, 1), (3, 5), (4, -4)]


def test_only_files_with_rows_that_change_are_written_anew(folder: str) -> None:
    for day in range(3):
        publish(THINGS, rows((day, 1)), f"{folder}/", run_key=f"day{day}", where=f"id = {day}")
    before = store_of(folder).latest().files
    publish(THINGS, rows((1, 7)), f"{folder}/", run_key="again", where="id = 1")
    after = store_of(folder).latest().files
    assert (len(before), len(after), len(set(before) & set(after))) == (3, 3, 2)
    publish(THINGS, rows((1, 8), (9, 9)), f"{folder}/", run_key="up", mode="upsert")
    assert served(folder) == [(0, 1), (1, 8), (2, 1), (9, 9)]
    assert len(set(store_of(folder).latest().files) & set(after)) == 2


def test_of_two_at_once_one_waits_or_fails_clearly(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost: what could not be published is raised as transient, and the rerun publishes it."""
    monkeypatch.setattr(stores, "LOCK_TIMEOUT_S", 10.0)
    publish(THINGS, rows((0, 0)), f"{folder}/", run_key="first")
    failed: list[int] = []

    def append(n: int) -> None:
        try:
            publish(THINGS, rows((n, n)), f"{folder}/", run_key=f"run{n}", mode="append")
        except TransientError as error:
            assert "meanwhile" in str(error)
            failed.append(n)

    threads = [threading.Thread(target=append, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert served(folder) == [(0, 0)] + [(n, n) for n in range(1, 5) if n not in failed]
    assert "://" in folder or not failed  # a filesystem has locks
    for n in failed:
        append(n)
    assert served(folder) == [(n, n) for n in range(5)]


def test_a_pointer_that_is_there_is_never_replaced(folder: str) -> None:
    publish(THINGS, rows((1, 1)), f"{folder}/", run_key="a")
    with pytest.raises(TransientError, match="was published by another task meanwhile"):
        store_of(folder).point(Pointer(1, created_at=datetime.now(UTC).isoformat()))
    assert served(folder) == [(1, 1)]


def test_what_is_old_is_removed_and_what_may_be_read_is_not(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        publish(THINGS, rows((n, n)), f"{folder}/", run_key=f"run{n}")
    store = store_of(folder)
    stray = f"{folder}/v000000000009-0123456789ab/part-data.parquet"
    store.fs.makedirs(stray.rpartition("/")[0], exist_ok=True)
    store.fs.pipe_file(stray, b"left by a run that died")
    store.sweep()
    assert store.versions() == [1, 2, 3]  # a reader may be at them
    assert store.fs.exists(stray)
    monkeypatch.setattr(stores, "RETENTION", -RETENTION)  # as seen two days later
    store.sweep()
    assert store.versions() == [3]
    assert not store.fs.exists(stray)
    files = {path.rpartition("things/")[2] for path in store.fs.find(folder) if path.endswith(".parquet")}
    assert files == set(store.latest().all_files)
    assert served(folder) == [(2, 2)]


# What lies in the folder and is somebody else's: partitions of Spark's, what is published into a folder below.
FOREIGN = ["version=1/part-00000.parquet", "v1/part-data.parquet", "below/v000000000001-0123456789ab/part-data.parquet",
           "part-data.parquet", "v000000000001-0123456789ab/notes.parquet"]  # fmt: skip


def test_what_others_keep_in_the_folder_is_not_removed(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(folder)
    for file in FOREIGN:
        store.fs.makedirs(f"{folder}/{file}".rpartition("/")[0], exist_ok=True)
        store.fs.pipe_file(f"{folder}/{file}", b"not headgate's")
    monkeypatch.setattr(stores, "RETENTION", -RETENTION)  # as seen two days later
    publish(THINGS, rows((1, 1)), f"{folder}/", run_key="a")
    assert [file for file in FOREIGN if not store.fs.exists(f"{folder}/{file}")] == []


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b'{"format": 1, "files": [], "columns": [], "ledger": 1}',
    b'{"format": 1}',
    b'{"format": 1, "files": [], "columns": [[1]]}',
]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_pointer_is_said(text: bytes, tmp_path: Path) -> None:
    publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="a")
    (tmp_path / "things" / named(2)).write_bytes(text)
    for act in (lambda: publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="b"),
                lambda: check(THINGS, tmp_path / "things")):  # fmt: skip
        with pytest.raises(CallError, match=r"000000000002\.json is not a pointer of headgate's"):
            act()


def test_a_newer_format_is_said(tmp_path: Path) -> None:
    publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="a")
    (tmp_path / "things" / named(2)).write_bytes(b'{"format": 2}')
    with pytest.raises(CallError, match="was written by a newer headgate; update it"):
        check(THINGS, tmp_path / "things")


TYPES: list[tuple[str, str | None]] = [
    ("1::HUGEINT", "HUGEINT"), ("'1'::BIT", "BIT"), ("1::BIGNUM", "BIGNUM"),
    ("'a'::ENUM('a','b')", None), ("[1, NULL]", None), ("{'a': 1}", None), ("MAP {'a': 1}", None),
    ("'2020-01-01 00:00:00.123456789'::TIMESTAMP_NS", None), ("1.10::DECIMAL(38,10)", None), ("'\\xAA'::BLOB", None),
    ("uuid()", None), ("TIMESTAMPTZ '2020-01-01'", None), ("'{\"a\": 1}'::JSON", None), ("INTERVAL 1 MONTH", None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "refused"), TYPES)
def test_a_type_that_parquet_has_not_is_refused(value: str, refused: str | None, tmp_path: Path) -> None:
    source, things = tmp_path / "w.duckdb", dataset({"name": "id"}, settings={"extraColumns": "ignore"})
    with duckdb.connect(str(source)) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT 1 AS id, {value} AS x")
        expected = connection.execute("SELECT x::VARCHAR FROM t").fetchall()
    if refused:
        with pytest.raises(CallError, match=f"Parquet keeps no {refused}"):
            publish(things, f"{source}#main.t", f"{tmp_path}/things/", run_key="a")
        return
    for _ in range(2):  # the second time over the first
        publish(things, f"{source}#main.t", f"{tmp_path}/things/", run_key="a")
    with Folder(f"{tmp_path}/things").connect() as session:
        assert session.rows(f"SELECT x::VARCHAR FROM {session.content(Folder(f'{tmp_path}/things'))}") == expected


def test_where_a_contract_finds_its_folder(tmp_path: Path) -> None:
    def target(**server: Any) -> Any:
        contract = load(odcs({"name": "things", "physicalName": "t"}, servers=[{"server": "lake", **server}]),
                        tmp_path / "c.odcs.yaml")  # fmt: skip
        return target_of(contract["things"], None)

    assert target(type="local", path="lake", format="parquet") == Folder(f"{tmp_path}/lake/t")
    assert target(type="s3", location="s3://b/lake/", format="parquet") == Folder("s3://b/lake/t")
    with pytest.raises(CallError, match="files of format parquet only"):
        target(type="s3", location="s3://b/lake/", format="csv")


def test_what_is_no_folder_to_publish_into() -> None:
    for url in ("gs://bucket/things/", "memory://things/"):
        with pytest.raises(CallError, match="folders of a filesystem and of s3://, not of"):
            Folder(url).connect(write=True).__enter__()
    with pytest.raises(CallError, match="headgate has published nothing there"):
        check(THINGS, Folder("/nowhere"))


def test_the_folder_by_any_name_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    publish(THINGS, rows((1, 1), (2, -2)), "lake/things/", run_key="a")
    assert place_of("lake/things") == Folder("lake/things")
    assert [a.rows for a in quarantined(THINGS, f"{tmp_path}/lake/things/")] == [1]
    publish(THINGS, rows((1, 1)), f"{tmp_path}/lake/things/", run_key="a")
    assert quarantined(THINGS, "lake/things/") == []


def test_work_of_processes_that_died_is_removed(tmp_path: Path) -> None:
    import tempfile

    left = Path(tempfile.gettempdir()) / f"headgate-work-{time.time_ns()}"
    left.mkdir()
    (left / "work.duckdb").write_text("left")
    publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="a")
    assert not left.exists()


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    import tempfile

    left, mine = Path(tempfile.gettempdir()) / f"headgate-work-{time.time_ns()}", tmp_path / "mine"
    left.mkdir()
    mine.write_text("mine")
    (left / "lock").symlink_to(mine)
    publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="a")
    assert mine.read_text() == "mine"
    (left / "lock").unlink()
    left.rmdir()


def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        blocked = tmp_path / "file"
        blocked.write_text("no folder")
    with pytest.raises(CallError, match=r"Not a directory|Permission denied|File exists"):
        publish(THINGS, rows((1, 1)), f"{tmp_path}/file/things/", run_key="a")


def test_two_that_add_the_same_key_at_once(tmp_path: Path) -> None:
    """The audit of one looked at the target before the other published: it looks again."""
    first = publish(THINGS, rows((0, 0)), f"{tmp_path}/things/", run_key="first")
    assert first.rows_published == 1
    begun: list[str] = []

    def between(step: str) -> None:
        begun.append(step)
        if step == "switching" and begun.count("staging") == 1:
            publish(THINGS, rows((1, 1)), f"{tmp_path}/things/", run_key="other", mode="append")

    outcome = publish(THINGS, rows((1, 2), (2, 2)), f"{tmp_path}/things/", run_key="k", mode="append", progress=between)
    assert (outcome.rows_published, outcome.rows_set_aside, begun.count("staging")) == (1, 1, 2)
    assert served(f"{tmp_path}/things") == [(0, 0), (1, 1), (2, 2)]

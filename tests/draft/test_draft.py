"""A drafted contract: it loads, and the data it was drafted from keeps it."""

from __future__ import annotations

import time as time_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from headgate import Contract, draft_contract

from tests.support.drafts import drafted, enums, options_of, rules, write_csv

pytestmark = pytest.mark.slow


REAL = ["nycflights13_airlines", "nycflights13_airports", "nycflights13_planes", "nycflights13_weather",
        "telco_customer_churn"]  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_real_data(name: str, shared: Path) -> None:
    drafted(shared / "data" / f"{name}.csv")


def test_weather_in_full(shared: Path) -> None:
    weather = drafted(shared / "data" / "nycflights13_weather.csv")
    kinds = {p.name: p.logical_type for p in weather.properties}
    assert [n for n, k in kinds.items() if k == "number"] == [
        "temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib",
    ]  # fmt: skip
    assert (kinds["origin"], kinds["wind_dir"], kinds["time_hour"]) == ("string", "integer", "timestamp")
    assert weather.primary_key == ("origin", "time_hour")
    missing = {p.name: p.missing_values for p in weather.properties if p.missing_values}
    assert set(missing.values()) == {("NA",)}
    assert len(missing) == 7
    assert enums(weather) == {"origin": ["EWR", "JFK", "LGA"]}
    assert options_of(weather)["pressure"] == {"minimum": 980, "maximum": 1050}
    assert options_of(weather)["wind_speed"] == {"minimum": 0}  # 1048 is an error, and nothing else is above 43


def test_airports_in_full(shared: Path) -> None:
    airports = drafted(shared / "data" / "nycflights13_airports.csv")
    zones = {p.name: p for p in airports.properties}["tzone"]
    assert (zones.missing_values, "NA" in enums(airports).get("tzone", [])) == (("NA",), False)


def test_churn_in_full(shared: Path) -> None:
    churn = drafted(shared / "data" / "telco_customer_churn.csv")
    by_name = {p.name: p for p in churn.properties}
    assert churn.primary_key == ("customerID",)
    assert (by_name["TotalCharges"].logical_type, by_name["TotalCharges"].missing_values) == ("number", (" ",))
    assert "not_null" not in rules(churn, "TotalCharges")
    assert enums(churn)["SeniorCitizen"] == [0, 1]
    assert enums(churn)["Churn"] == ["No", "Yes"]  # no booleans: the data's own words
    assert by_name["PhoneService"].classification is None
    assert enums(churn)["PhoneService"] == ["No", "Yes"]
    assert (by_name["gender"].classification, "gender" in enums(churn)) == ("confidential", False)


def test_a_million_rows(tmp_path: Path) -> None:
    from benchmarks import init as benchmark

    path = benchmark.make(tmp_path / "orders.parquet")
    orders = drafted(path)
    assert orders.primary_key == ("order_id",)
    assert set(enums(orders)) == {"status", "currency", "country"}
    assert {p.name for p in orders.properties if p.classification} == {"email", "note"}
    seconds = benchmark.measure(path, rounds=3)
    least, own = (min(values) for values in seconds.values())
    assert own <= 4 * least, seconds


@pytest.mark.parametrize("twice", [False, True])
def test_keys_of_unsorted_files(twice: bool, tmp_path: Path) -> None:
    ids = [(i * 7919) % 20_011 for i in range(20_011)] + [5] * twice
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(pa.table({"order_id": ids, "n": [i % 3 for i in ids]}), path)
    assert drafted(path).primary_key == (() if twice else ("order_id",))


def test_the_draft_is_a_file_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.write_text(str(draft_contract(pa.table({"v": [1]}))), encoding="utf-8")
    assert Contract.load(path).is_draft


@pytest.mark.slow
def test_wide_files_cost_in_proportion(tmp_path: Path) -> None:
    """Three times the columns cost about three times as much; it was nine times once."""

    def cpu(columns: int) -> float:
        cells = {f"c{i}": ["1", "x", "2024-01-01"] if i % 3 == 0 else ["1.5", "2", "NA"] for i in range(columns)}
        path = write_csv(tmp_path / f"{columns}.csv", cells)
        begun = time_module.process_time()
        draft_contract(path)
        return time_module.process_time() - begun

    cpu(5)
    assert cpu(90) < 6 * cpu(30)

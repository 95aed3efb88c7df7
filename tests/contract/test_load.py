"""Reading contracts from files and texts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from headgate import Contract
from headgate.errors import CallError, ContractError
from headgate.places import server_place
from headgate.rules.load import parse

from tests.support.orders import GOOD


def test_a_good_contract() -> None:
    contract = parse(GOOD, Path("c.yaml"))
    assert (contract.id, contract.owner, contract.support, list(contract.datasets)) == (
        "orders",
        "Sales",
        ("#sales",),
        ["orders", "customers"],
    )
    orders = contract["orders"]
    assert orders.primary_key == ("id",)
    assert orders.on_breach == ("halt",)
    assert [rule.key for rule in orders.rules] == [
        "id.exists",
        "id.logicalType",
        "amount.exists",
        "amount.logicalType",
        "amount.maximum",
        "paid.exists",
        "paid.logicalType",
        "paid.enum",
        "id.primaryKey",
        "primaryKey",
        "extraColumns",
    ]
    by_key = {check.key: check for check in orders.checks}
    assert by_key["amount.maximum"].args["maximum"] == Decimal("19.99")  # exact, no float
    assert by_key["paid.enum"].args["values"] == ("Yes", "No")  # YAML 1.2: no booleans
    assert by_key["amount.maximum"].source.line == 23


def test_nested_items_do_not_take_for_ever() -> None:
    import time

    items = "{logicalType: string}"
    for _ in range(25):
        items = f"{{logicalType: array, items: {items}}}"
    text = GOOD + f"      - {{name: deep, logicalType: array, items: {items}}}\n"
    begun = time.process_time()
    assert parse(text, Path("c.yaml"))["customers"].rules
    assert time.process_time() - begun < 5  # it was a factor of three for each level


def test_long_enums_do_not_take_for_ever() -> None:
    import time

    values = "".join(f"          - value: v{i}\n" for i in range(20_000))
    begun = time.process_time()
    parse(GOOD + "        enum:\n" + values, Path("c.yaml"))
    assert time.process_time() - begun < 20  # it was quadratic: minutes


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_a_file_without_an_end(tmp_path: Path) -> None:
    path = tmp_path / "c.odcs.yaml"
    path.symlink_to("/dev/zero")
    with pytest.raises(ContractError, match="yaml-size"):
        Contract.load(path)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="contract file not found"):
        Contract.load(tmp_path / "nothing.yaml")
    (tmp_path / "latin1.yaml").write_bytes("name: Größe".encode("latin-1"))
    with pytest.raises(ContractError, match="save the file as UTF-8"):
        Contract.load(tmp_path / "latin1.yaml")


def test_no_such_dataset() -> None:
    contract = parse(GOOD, Path("c.yaml"))
    with pytest.raises(CallError, match=r"no dataset 'order'; the contract has orders, customers"):
        contract["order"]
    with pytest.raises(CallError, match="2 datasets; name one of orders, customers"):
        contract.only()


def test_variables_come_from_our_prefix_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADGATE_VAR_WHERE", "data/w.duckdb")
    monkeypatch.setenv("SECRET", "x")
    text = GOOD.replace("w.duckdb", "${WHERE}")
    assert parse(text, Path("c.yaml")).server("warehouse").fields["database"] == "data/w.duckdb"
    other = parse(GOOD.replace("w.duckdb", "${SECRET}"), Path("c.yaml"))
    assert other.server("warehouse").unset == ("HEADGATE_VAR_SECRET",)
    assert other.server("warehouse").fields["database"] == "${SECRET}"
    assert [(p.level, p.rule) for p in other.remarks] == [("note", "variable")]
    with pytest.raises(CallError, match="needs the environment variable HEADGATE_VAR_SECRET, which is not set"):
        server_place(other.server("warehouse"), "orders", Path(), None)


def test_what_is_not_executed_is_listed_with_its_reason() -> None:
    text = GOOD.replace(
        "        logicalTypeOptions:\n          maximum: 19.99\n",
        "        logicalTypeOptions:\n          multipleOf: 5\n"
        "        quality:\n"
        "          - {id: t, type: text, description: amounts are sensible}\n"
        "          - {id: s, type: custom, engine: greatExpectations, implementation: {type: expect x}}\n"
        "          - {id: c, type: custom, engine: soda, implementation: x}\n"
        '          - {id: p, metric: invalidValues, arguments: {pattern: "(?=a)"}, mustBe: 0}\n',
    ) + ("slaProperties:\n  - {property: latency, value: 4, unit: h}\n"
         "  - {property: retention, value: 4, unit: d, element: customers.id}\n")  # fmt: skip
    unchecked = parse(text, Path("c.yaml"))["orders"].unchecked
    assert [(r.key, r.excused) for r in unchecked] == [
        ("amount.t", True),
        ("amount.s", False),
        ("amount.c", False),
        ("amount.p", False),
        ("sla.latency", True),
    ]
    assert "(?=" in unchecked[3].reason

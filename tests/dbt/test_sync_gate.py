"""`headgate dbt sync --gate`: what it writes, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from headgate import CallError
from headgate.cli import main
from headgate.dbt import sync

from tests.support.dbt_warehouses import on_duckdb
from tests.support.gated_shop import BAD, HALTED, Shop, contract, declare, statuses

DISPATCH = "dispatch:\n  - macro_namespace: dbt\n    search_order: [trial, headgate, dbt]\n"
GATE = "{headgate: {contract: shop#orders}}"
# A model's properties, and what is written of its gate: the line, and the line after which it stands.
PROPERTIES = {
    "no config": ("  - name: orders\n", f"    config: {{meta: {GATE}}}", "  - name: orders"),
    "a description": (
        "  - name: orders\n    description: >\n      All\n      orders.\n",
        f"    config: {{meta: {GATE}}}",
        "  - name: orders",
    ),
    "a config": ("  - name: orders\n    config:\n      tags: [a]\n", f"      meta: {GATE}", "    config:"),
    "a meta": (
        "  - name: orders\n    config:\n      meta:\n        owner: me\n",
        "        headgate: {contract: shop#orders}",
        "      meta:",
    ),
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: trial  # ours\n")
    (tmp_path / "models" / "orders.sql").write_text("select 1 as id")
    return tmp_path


@pytest.mark.parametrize("case", PROPERTIES)
def test_a_gate_is_written_beside_what_is_there(shop: Path, case: str) -> None:
    text, line, after = PROPERTIES[case]
    file, settings = shop / "models" / "orders.yml", shop / "dbt_project.yml"
    file.write_text(f"models:\n{text}")
    orders = contract(shop)
    assert sync(orders, shop, gate=True).changed == (settings, file)
    lines = file.read_text().splitlines()
    assert lines[lines.index(line) - 1] == after
    assert [one for one in f"models:\n{text}".splitlines() if one not in lines] == []
    (model,) = yaml.safe_load(file.read_text())["models"]
    assert model["config"]["meta"]["headgate"] == {"contract": "shop#orders"}
    assert settings.read_text() == f"name: trial  # ours\n{DISPATCH}"
    for gate in (True, False):
        assert sync(orders, shop, gate=gate).changed == ()


def test_a_model_without_properties_has_its_gate_in_our_file(shop: Path) -> None:
    orders = contract(shop)
    sync(orders, shop, gate=True)
    text = (shop / "models" / "shop.headgate.yml").read_text()
    assert f"  - name: orders\n    config: {{meta: {GATE}}}\n    data_tests:\n" in text
    for gate in (True, False):
        assert sync(orders, shop, gate=gate).changed == ()


def test_a_model_that_gets_properties_has_its_gate_there(shop: Path) -> None:
    """The gate must not be lost on the way."""
    orders = contract(shop)
    sync(orders, shop, gate=True)
    (shop / "models" / "orders.yml").write_text("models:\n  - name: orders\n")
    sync(orders, shop)
    assert GATE in (shop / "models" / "orders.yml").read_text()


REFUSED = {
    "flow": ("models:\n  - {name: orders, config: {tags: [a]}}\n", "name: trial\n", "written in flow style"),
    "flow config": (
        "models:\n  - name: orders\n    config: {tags: [a]}\n",
        "name: trial\n",
        "the gate cannot be put here by itself; add to the model config: {meta:",
    ),
    "dispatch": (
        "models:\n  - name: orders\n",
        "name: trial\ndispatch: [{macro_namespace: dbt, search_order: [trial, other]}]\n",
        "dbt_project.yml: the search_order of 'dispatch' has no dbt; write the entry by hand",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_edited_safely_is_told(shop: Path, case: str) -> None:
    properties, settings, said = REFUSED[case]
    (shop / "models" / "orders.yml").write_text(properties)
    (shop / "dbt_project.yml").write_text(settings)
    with pytest.raises(CallError, match=said):
        sync(contract(shop), shop, gate=True)
    assert (shop / "models" / "orders.yml").read_text() == properties


@pytest.mark.slow
def test_dbt_takes_what_was_written(project: Path, dbt: object) -> None:
    declare(project, "materialized='table'", meta={}, dispatch="")
    sync(contract(project), project, gate=True)
    assert statuses(Shop(project, dbt, on_duckdb(project)).build(BAD)) == HALTED


def test_what_gets_no_gate_is_told(shop: Path) -> None:
    (shop / "models" / "orders.sql").unlink()
    (shop / "seeds").mkdir()
    (shop / "seeds" / "orders.csv").write_text("id\n1\n")
    file = contract(shop).file
    ran = CliRunner().invoke(main, ["dbt", "sync", str(file), "--project", str(shop), "--gate"])
    assert f"{file}#orders: a seed gets no gate; its test stops the build of what reads it" in ran.output
    assert "headgate: {contract" not in "".join(one.read_text() for one in shop.rglob("*.yml"))

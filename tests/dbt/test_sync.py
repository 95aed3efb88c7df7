"""`headgate dbt sync`: what it writes, where, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from headgate import CallError, Contract
from headgate.dbt import Synced, sync
from headgate.dbt.jinja import inert

CHURN = Path(__file__).parents[2] / "dags" / "churn"


def contract(folder: Path, *names: str) -> Contract:
    schema = [{"name": name, "properties": [{"name": "id", "required": True}]} for name in names]
    document = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0", "schema": schema}
    path = folder / "shop.odcs.yaml"
    path.write_text(yaml.safe_dump(document))
    return Contract.load(path)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A dbt project with the models orders and items."""
    (tmp_path / "models" / "deep").mkdir(parents=True)
    (tmp_path / "dbt_project.yml").write_text("name: shop\n")
    (tmp_path / "models" / "orders.sql").write_text("select 1 as id")
    (tmp_path / "models" / "deep" / "items.sql").write_text("select 1 as id")
    return tmp_path


ORDERS = """\
      - headgate.contract:
          # Written by `headgate dbt sync`; change the contract and run it again.
          name: orders__contract
          arguments:
            contract: shop@1.0.0#orders
            checks:
              - {key: id.exists, type: column_exists, columns: [id], severity: error, promise: the column id is there}
              - {key: id.required, type: not_null, columns: [id], severity: error, promise: id is not null}
              - {key: extraColumns, type: no_extra_columns, args: {declared: [id]}, severity: warning, promise: there are no columns but those of the contract}
"""


def test_a_model_without_properties_is_declared_in_a_file_of_its_own(shop: Path) -> None:
    orders = contract(shop, "orders", "elsewhere")
    file = shop / "models" / "shop.headgate.yml"
    assert sync(orders, shop, check_only=True).changed == (file,)
    assert not file.exists()
    assert sync(orders, shop) == Synced((file,), {"orders": "orders"}, ("elsewhere",))
    header = "# Written by `headgate dbt sync` from the contract shop; it is overwritten.\n"
    assert file.read_text() == f"{header}models:\n  - name: orders\n    data_tests:\n{ORDERS}"
    assert sync(orders, shop).changed == ()
    assert sync(orders, shop, check_only=True).changed == ()


def test_a_model_that_gets_properties_leaves_our_file(shop: Path) -> None:
    orders = contract(shop, "orders")
    sync(orders, shop)
    (shop / "models" / "orders.yml").write_text("models:\n  - name: orders\n")
    own, theirs = shop / "models" / "shop.headgate.yml", shop / "models" / "orders.yml"
    assert sync(orders, shop).changed == (theirs, own)
    assert not own.exists()
    assert theirs.read_text() == f"models:\n  - name: orders\n    data_tests:\n{ORDERS}"


# What the properties file says before; {} is where the test must be after.
EDITED = {
    "comments and blank lines": """\
# About orders.
version: 2

models:
  - name: customers   # another
  - name: orders
    description: >
      Two lines
      of text.

    columns:
      - name: id      # the key
        data_tests: [unique]
{}    # The end of orders.

  - name: items
""",
    "tests there": """\
models:
  - name: orders
    data_tests:
      # Ours.
      - not_empty
      - other.test:
          arguments: {{a: 1}}
{}    columns: []
""",
    "an old test of ours": """\
models:
  - name: orders
    data_tests:
      - not_empty
{}      # The last.
      - another
""",
    "several": """\
models:
  - description: first
    name: orders
    config: {{tags: ["x"]}}
{}sources:
  - name: raw
    tables:
      - name: other
""",
}


@pytest.mark.parametrize("case", EDITED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_our_lines_change(shop: Path, case: str, end: str) -> None:
    file = shop / "models" / "models.yml"
    key = "" if "data_tests:\n" in EDITED[case].partition("{}")[0] else "    data_tests:\n"
    old = ORDERS.replace("required", "former") if case == "an old test of ours" else ""
    before, after = (EDITED[case].format(text).replace("\n", end) for text in (old, key + ORDERS))
    file.write_bytes(before.encode())
    orders = contract(shop, "orders")
    assert sync(orders, shop).changed == (file,)
    assert file.read_bytes().decode() == after
    assert sync(orders, shop).changed == ()


def test_a_source_gets_its_test_under_its_table(shop: Path) -> None:
    file = shop / "models" / "sources.yml"
    before = "sources:\n- name: raw\n  tables:\n  - name: payments\n  - name: refunds"
    file.write_text(before)
    assert sync(contract(shop, "refunds"), shop).tested == {"refunds": "raw.refunds"}
    test = ORDERS.replace("#orders", "#refunds").replace("orders__", "raw_refunds__")
    assert file.read_text() == f"{before}\n    data_tests:\n{test}"


def test_foreign_keys_find_their_dataset(shop: Path) -> None:
    (shop / "models" / "sources.yml").write_text("sources:\n  - name: raw\n    tables:\n      - name: payments\n")
    to = ("orders", "items", "payments", "elsewhere")
    links = [{"id": name, "from": "orders.id", "to": f"{name}.id"} for name in to]
    schema: list[dict[str, Any]] = [{"name": name, "properties": [{"name": "id"}]} for name in to]
    schema[0]["relationships"] = links
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "version": "1.0.0"}
    (shop / "shop.odcs.yaml").write_text(yaml.safe_dump({**head, "schema": schema}))
    sync(Contract.load(shop / "shop.odcs.yaml"), shop)
    declared = yaml.safe_load((shop / "models" / "shop.headgate.yml").read_text())["models"][0]
    main, references = (test["headgate.contract"] for test in declared["data_tests"])
    found = {c["key"]: c["args"] for c in main["arguments"]["checks"] if c["type"] == "foreign_key"}
    assert found == {
        "orders": {"to_relation": '{{ ref("orders") }}', "to_columns": ["id"]},
        "payments": {"to_source": ["raw", "payments"], "to_columns": ["id"]},
    }
    assert [c["args"] for c in references["arguments"]["checks"]] == [
        {"to_relation": '{{ ref("items") }}', "to_columns": ["id"]}
    ]
    assert main["arguments"]["not_executed"] == [
        {
            "key": "elsewhere",
            "reason": "the referenced dataset 'elsewhere' is neither a model nor a source of the dbt project",
            "severity": "error",
            "promise": "id is found in elsewhere.id",
        }
    ]


def test_what_the_contract_no_longer_has_is_removed(shop: Path) -> None:
    file = shop / "models" / "models.yml"
    before = "models:\n  - name: orders\n    description: x\n  - name: items\n    columns: []\n"
    file.write_text(before)
    sync(contract(shop, "orders", "items"), shop)
    sync(contract(shop, "items"), shop)
    assert "orders" not in file.read_text().replace("name: orders", "")
    assert file.read_text().startswith("models:\n  - name: orders\n    description: x\n  - name: items\n")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"dbt_project.yml": None}, "is no dbt project: there is no dbt_project.yml in it"),
        ({"models/orders.sql": None}, "none of its datasets (orders) is a model or a source table of the dbt project"),
        ({"models/m.yml": "models: [{name: orders}]"}, "m.yml:1: 'orders' is written in flow style"),
        ({"models/m.yml": "models: ["}, "m.yml is not valid YAML"),
        ({"models/shop.headgate.yml": "seeds: []\n"}, "is not a file that headgate wrote for shop"),
        (
            {
                "models/orders.sql": None,
                "models/s.yml": "sources: [{name: a, tables: [{name: orders}]}, {name: b, tables: [{name: orders}]}]",
            },
            "'orders' may be a.orders or b.orders; say which",
        ),
        (
            {"models/m.yml": "models:\n  - name: orders\n    data_tests:\n" + ORDERS.replace("shop@", "mall@")},
            "m.yml:2: 'orders' is tested for the contract mall already",
        ),
    ],
)
def test_errors_say_what_to_do(shop: Path, files: dict[str, str | None], said: str) -> None:
    for name, text in files.items():
        (shop / name).unlink() if text is None else (shop / name).write_text(text)
    before = {file: file.read_bytes() for file in shop.rglob("*.yml")}
    orders = contract(shop, "orders")
    with pytest.raises(CallError) as error:
        sync(orders, shop)
    assert said in str(error.value)
    assert {file: file.read_bytes() for file in shop.rglob("*.yml")} == before


@pytest.mark.parametrize(
    "text",
    [
        "{{ env_var('SECRET') }}",
        "env_var('SECRET')",
        "ref('x')",
        '{% raw %}"',
        "{# x",
        "a\n",
        "a\r\nb",
        "\\n {{ \\ é 日 }}",
        "x",
    ],
)
def test_contract_text_is_no_code_for_dbt(text: str) -> None:
    said = inert(text)
    assert jinja2.Environment().from_string(said).render() == text
    assert not said.startswith(("env_var", "ref"))


@pytest.mark.parametrize("name", ["features", "subscriptions"])
def test_the_churn_example_is_up_to_date(name: str) -> None:
    found = Contract.load(CHURN / "contracts" / f"{name}.odcs.yaml")
    assert sync(found, CHURN / "dbt", check_only=True).changed == ()

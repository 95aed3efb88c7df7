"""`headgate dbt sync`: what it writes, where, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml
from click.testing import CliRunner
from headgate import CallError, Contract, __version__
from headgate.cli import main
from headgate.dbt import Synced, sync
from headgate.dbt.jinja import inert
from headgate.dbt.macros import DIGEST

CHURN = Path(__file__).parents[2] / "dags" / "churn"


TEAM = {"team": {"name": "Shop team"}}


def contract(folder: Path, *names: str, **more: Any) -> Contract:
    schema = [{"name": name, **more, "properties": [{"name": "id", "required": True}]} for name in names]
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "shop",
        "version": "1.0.0",
        "schema": schema,
        **TEAM,
    }
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


ORDERS = f"""\
      - headgate.contract:
          # Written by `headgate dbt sync`; change the contract and run it again.
          name: orders__contract
          description: 'Data contract shop, version 1.0.0, dataset orders. Owner: Shop team.'
          arguments:
            contract: shop@1.0.0#orders
            catalogue: {__version__}+{DIGEST}
            about: {{file: shop.odcs.yaml, owner: Shop team}}
            checks:
              - {{key: id.exists, type: column_exists, columns: [id], severity: error, promise: column id exists, digest: 'v1:b4c0bc4803257b81'}}
              - {{key: id.required, type: not_null, columns: [id], severity: error, promise: id is not null, digest: 'v1:37aed9f17a87d7f6'}}
              - {{key: extraColumns, type: no_extra_columns, args: {{declared: [id]}}, severity: warning, promise: no columns beyond the contract, digest: 'v1:f077d905b0f9c05a'}}
"""


def test_a_model_without_properties_is_declared_in_a_file_of_its_own(shop: Path) -> None:
    orders = contract(shop, "orders", "elsewhere")
    file = shop / "models" / "shop.headgate.yml"
    assert sync(orders, shop, check_only=True).changed == (file,)
    assert not file.exists()
    assert sync(orders, shop) == Synced((file,), {"orders": "orders"}, {"elsewhere": ""})
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
    test = ORDERS.replace("#orders", "#refunds").replace("dataset orders", "dataset refunds")
    test = test.replace("orders__", "raw_refunds__")
    assert file.read_text() == f"{before}\n    data_tests:\n{test}"


MODEL = "models:\n  - name: orders\n"
VERSIONS = f"{MODEL}    versions:\n      - v: 1\n      - v: 2\n"
SOURCE = "sources:\n  - name: raw\n    tables:\n      - name: orders\n"
IN_RAW = {"physicalName": "raw.orders"}


def source(schema: str, table: str, identifier: str = "") -> str:
    named = f"\n        identifier: {identifier}" if identifier else ""
    return f"sources:\n  - name: shop\n    schema: {schema}\n    tables:\n      - name: {table}{named}\n"


# Files of a project with no other models, what else the dataset `orders` says, and what it is there: a name, or what is
# asked. The names of tables decide: an alias or an identifier, else dbt's own name.
FOUND: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "a model": ({"orders.sql": ""}, {}, "orders"),
    "a model in Python": ({"orders.py": ""}, {}, "orders"),
    "a model with an alias": (
        {"orders.sql": "{{ config(alias='stage') }}", "fct.sql": "{{ config(materialized='table', alias=\"orders\") }}"},
        IN_RAW,
        "fct",
    ),
    "an alias in Python": ({"orders.py": "dbt.config(alias='x')", "fct.py": "dbt.config(alias='orders')"}, IN_RAW, "fct"),
    "an alias in the properties": (
        {"orders.sql": "", "orders.yml": f"{MODEL}    config: {{alias: stage}}\n", "fct.sql": "{{ config(alias='orders') }}"},
        IN_RAW,
        "fct",
    ),
    "an alias in dbt_project.yml": (
        {"a/orders.sql": "", "b/fct.sql": "", "../dbt_project.yml": "name: shop\nmodels: {shop: {a: {+alias: stage}, b: {fct: {+alias: orders}}}}"},
        IN_RAW,
        "fct",
    ),
    "an alias that is commented out": ({"orders.sql": "{# config(alias='stage') #}"}, IN_RAW, "orders"),
    "an alias that dbt computes": ({"orders.sql": "{{ config(alias=var('x')) }}"}, IN_RAW, "orders"),
    "an alias that dbt computes, and a table": (
        {"orders.sql": "{{ config(alias='a' ~ var('x')) }}", "fct.sql": "{{ config(alias='orders') }}"},
        {},
        "'orders' may be fct or orders",
    ),
    "a macro that names tables": (
        {"orders.sql": "", "fct.sql": "{{ config(alias='orders') }}", "../macros/m.sql": "{% macro generate_alias_name(a, n) %}"},
        IN_RAW,
        "'orders' may be fct or orders",
    ),
    "the name of one, the table of another": (
        {"orders.sql": "{{ config(alias='stage') }}", "fct.sql": "{{ config(alias='orders') }}"},
        {},
        "'orders' may be fct or orders",
    ),
    "another table of that name": (
        {"orders.sql": ""},
        {"physicalName": "raw.orders_2024"},
        "which has models: orders; source tables: none; orders is the table orders, not orders_2024",
    ),
    "two files, of which dbt enables one": ({"a/orders.sql": "", "b/orders.sql": ""}, {}, "the model orders has several files"),
    "a source": ({"s.yml": SOURCE}, {}, "raw.orders"),
    "a source in the schema": ({"s.yml": SOURCE, "orders.sql": ""}, IN_RAW, "raw.orders"),
    "a source in another schema": ({"s.yml": SOURCE, "orders.sql": ""}, {"physicalName": "mart.orders"}, "orders"),
    "only a source in another schema": ({"s.yml": SOURCE}, {"physicalName": "mart.orders"}, "none of its datasets"),
    "a source with an identifier": (
        {"s.yml": f"{SOURCE}        identifier: orders_2024\n      - name: orders_old\n        identifier: orders\n"},
        IN_RAW,
        "raw.orders_old",
    ),
    "an identifier that dbt computes": ({"s.yml": source("raw", "orders", "\"{{ var('x') }}\"")}, IN_RAW, "shop.orders"),
    "a schema that dbt computes": ({"s.yml": source("\"{{ target.name }}\"", "orders")}, IN_RAW, "shop.orders"),
    "a schema that dbt computes, and a model": (
        {"s.yml": source("\"{{ target.name }}\"", "orders"), "orders.sql": ""},
        IN_RAW,
        "'orders' may be shop.orders or orders; say which: give the dataset a physicalName with the schema, e.g. "
        "raw.orders, or call headgate dbt sync with --node orders=shop.orders",
    ),
    "a source and a model": ({"s.yml": SOURCE, "orders.sql": ""}, {}, "'orders' may be raw.orders or orders"),
    "a version": (
        {"orders_v1.sql": "", "orders_v2.sql": "", "m.yml": VERSIONS},
        {"physicalName": "orders_v2"},
        "orders.v2",
    ),
    "a version with an alias": (
        {"orders_v1.sql": "", "orders_v2.sql": "", "m.yml": f"{VERSIONS}        config: {{alias: orders}}\n"},
        IN_RAW,
        "orders.v2",
    ),
    "a version in a file of its own name": (
        {"orders_v1.sql": "", "new.sql": "", "m.yml": f"{VERSIONS}        defined_in: new\n"},
        {"physicalName": "orders_v2"},
        "orders.v2",
    ),
    "any version": (
        {"orders_v1.sql": "", "orders.sql": "", "m.yml": VERSIONS},
        {},
        "'orders' may be orders.v1 or orders.v2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
def test_a_dataset_is_the_table_of_its_name(shop: Path, case: str) -> None:
    files, said, expected = FOUND[case]
    for file in list((shop / "models").rglob("*.sql")):
        file.unlink()
    for name, text in files.items():
        file = shop / "models" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    orders = contract(shop, "orders", **said)
    try:
        found = sync(orders, shop).tested["orders"]
    except CallError as error:
        found = str(error)
    # No name of a node has a blank in it.
    assert expected in found if " " in expected else expected == found


def test_a_dataset_is_what_the_call_says(shop: Path) -> None:
    (shop / "models" / "s.yml").write_text(SOURCE)
    orders = contract(shop, "orders")
    assert sync(orders, shop, chosen={"orders": "raw.orders"}).tested == {"orders": "raw.orders"}
    assert sync(orders, shop, chosen={"orders": "orders", "other": "x"}).tested == {"orders": "orders"}
    with pytest.raises(
        CallError, match=r"'raw.x' is not in the dbt project .*, which has models: items, orders; source"
    ):
        sync(orders, shop, chosen={"orders": "raw.x"})
    with pytest.raises(CallError, match=r"is one dataset, not orders \(items\) and items \(items\)"):
        sync(contract(shop, "orders", "items"), shop, chosen={"orders": "items"})


def test_a_version_of_a_model_gets_its_test_under_the_version(shop: Path) -> None:
    (shop / "models" / "orders.sql").rename(shop / "models" / "orders_v2.sql")
    file = shop / "models" / "orders.yml"
    ours = ORDERS.replace("orders__", "orders_v2__")
    # At the model, dbt would run it on every version.
    file.write_text(f"{MODEL}    data_tests:\n{ours}    versions:\n      - v: 1\n      - v: 2\n        # The last.\n")
    orders = contract(shop, "orders", physicalName="orders_v2")
    assert sync(orders, shop).tested == {"orders": "orders.v2"}
    indented = "".join(f"    {line}\n" for line in ours.splitlines())
    assert file.read_text() == f"{VERSIONS}        data_tests:\n{indented}        # The last.\n"
    assert sync(orders, shop).changed == ()


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
            "digest": "v1:93e6020f66bf703f",
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
        ({"dbt_project.yml": None}, "is not a dbt project: dbt_project.yml not found"),
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
            {
                "models/m.yml": "models:\n  - name: orders\n    data_tests: [unique]\n    versions:\n      - v: 2\n",
            },
            "m.yml:5: 'orders' version 2 has the data_tests of its model, which dbt drops where the version has some",
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


OFF = "data_tests: {shop: {%s: {+enabled: %s}}}\n"
NOT_FOUND = "not enforced: model or source table not found in the project"
SWITCHED_OFF = "not enforced: dbt_project.yml switches its test off (data_tests: +enabled)"
# The datasets of a contract, whether they were synced, what dbt_project.yml says, and what a check in CI exits with and
# says of the last dataset. The model of `items` has its properties in a folder.
CHECKED: dict[str, tuple[tuple[str, ...], bool, str, int, str]] = {
    "all are tested": (("orders", "items"), True, "", 0, "tested on items"),
    "a file is out of date": (("orders",), False, "", 1, "tested on orders"),
    "one has no test": (("orders", "elsewhere"), True, "", 1, NOT_FOUND),
    "none has one": (("elsewhere",), False, "", 1, NOT_FOUND),
    "a folder is switched off": (("orders", "items"), True, OFF % ("deep", "false"), 1, SWITCHED_OFF),
    "a test is switched off": (("orders",), True, OFF % ("orders__contract", "false"), 1, SWITCHED_OFF),
    "another folder is switched off": (("orders",), True, OFF % ("deep", "false"), 0, "tested on orders"),
    "a folder is switched on": (("items",), True, "data_tests: {+enabled: false, shop: {deep: {+enabled: true}}}\n", 0, "tested on items"),
}  # fmt: skip


@pytest.mark.parametrize("case", CHECKED)
def test_a_check_in_ci(shop: Path, case: str) -> None:
    names, synced, settings, code, said = CHECKED[case]
    (shop / "models" / "deep" / "items.yml").write_text("models:\n  - name: items\n")
    (shop / "dbt_project.yml").write_text(f"name: shop\n{settings}")
    found = contract(shop, *names)
    if synced:
        sync(found, shop)
    before = {file: file.read_bytes() for file in shop.rglob("*") if file.is_file()}
    run = CliRunner().invoke(main, ["dbt", "sync", str(found.file), "--project", str(shop), "--check"])
    assert run.exit_code == code, run.output
    assert f"{found.file}#{names[-1]}: {said}" in run.stdout.splitlines()
    assert {file: file.read_bytes() for file in shop.rglob("*") if file.is_file()} == before


def test_a_list_of_tests_that_two_models_share_is_not_edited(shop: Path) -> None:
    text = "models:\n  - name: items\n    data_tests: &shared\n      - not_empty\n  - name: orders\n    data_tests: *shared\n"
    (shop / "models" / "m.yml").write_text(text)
    with pytest.raises(CallError, match="without anchors and aliases"):
        sync(contract(shop, "orders"), shop)
    with pytest.raises(CallError, match="without anchors and aliases"):
        sync(contract(shop, "items"), shop)
    assert (shop / "models" / "m.yml").read_text() == text

"""A function of Python as a candidate: it has copies of its inputs, and no credential."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
from headgate.compare.shadow.function import environment_of, run_function
from headgate.compare.shadow.inputs import Source
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.errors import CallError
from headgate.places import place_of
from headgate.report import Verdict

from tests.compare.test_shadow_query import NOW, PROMISED, TABLES, Production, production  # noqa: F401
from tests.support.contracts import dataset

pytestmark = pytest.mark.slow

MODULE = """
import json, os
import duckdb

def spend(inputs):
    orders, customers = inputs["orders"].set_alias("o"), inputs["customers"].set_alias("c")
    return orders.join(customers, "o.customer_id = c.id").project("o.id, o.customer_id, c.email, c.country, o.amount")

def cents(inputs):
    return spend(inputs).project("* REPLACE (amount * 100 AS amount)").to_arrow_table()

def frame(inputs):
    return spend(inputs).df()

def fails(inputs):
    raise ValueError("c1@example.org")

def told(inputs):
    seen = {"environment": dict(os.environ), "home": os.path.expanduser("~"), "tables": sorted(inputs), "emails": [r[0] for r in inputs["customers"].project("email").fetchall()]}
    return duckdb.sql("SELECT 1 AS id, $said AS email", params={"said": json.dumps(seen)}).to_arrow_table()

"""
CUSTOMERS = dataset({"name": "id"}, {"name": "email", "classification": "restricted"}, name="customers")
MASKING = Masking("a secret of sixteen letters")
SECRETS = {
    "AIRFLOW__CORE__FERNET_KEY": "k", "AIRFLOW_CONN_WAREHOUSE": "postgres://u:p@h/d", "PGPASSWORD": "p", "PGUSER": "u", "PGPASSFILE": "f",
    "AWS_SECRET_ACCESS_KEY": "s", "DBT_ENV_SECRET_X": "x", "HEADGATE_SHADOW_SECRET": "a secret of sixteen letters", "HEADGATE_STORE": "s",
    "GOOGLE_APPLICATION_CREDENTIALS": "g", "DATABASE_URL": "d", "SSH_AUTH_SOCK": "s", "KUBECONFIG": "k",
}  # fmt: skip


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "code"
    work.mkdir()
    (work / "candidate_module.py").write_text(MODULE)
    monkeypatch.chdir(work)


def shadow(production: Production, name: str, settings: Settings | None = None, **more: Any) -> Any:  # noqa: F811
    sources = production.sources() | {"customers": Source(production.place("customers"), CUSTOMERS)}
    return run_function(
        f"candidate_module:{name}",
        sources,
        production.place("spend"),
        PROMISED,
        settings or Settings(NOW, masking=MASKING),
        **more,
    )


@pytest.mark.parametrize(
    ("name", "verdict", "differing"), [("spend", "pass", 0), ("frame", "pass", 0), ("cents", "breach", 2000)]
)
def test_what_a_function_returns_is_compared(production: Production, name: str, verdict: str, differing: int) -> None:  # noqa: F811
    before = production.contents()
    run = shadow(production, name)
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    assert (str(run.verdict), output.reconciled.differing, output.left_out) == (verdict, differing, ("email",))
    assert {i.name: i.masked for i in run.inputs} == {"customers": ("email",), "orders": ()}
    assert production.contents() == before


def test_a_sample(production: Production) -> None:  # noqa: F811
    links = (Link("orders", "customer_id", "customers", "id"), Link("spend", "customer_id", "customers", "id"))
    run = shadow(
        production, "spend", Settings(NOW, sample=Sample("customers", "id", 2000, "7", links), masking=MASKING)
    )
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    assert run.verdict is Verdict.PASS and 0 < output.reconciled.rows[0] < 2000


def test_no_credential_is_in_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SECRETS, "WANTED": "7"}.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "production.duckdb"
    with duckdb.connect(str(file)) as made:
        for statement in (
            *TABLES[:2],
            "CREATE TABLE told (id INTEGER, email VARCHAR)",
            "INSERT INTO told VALUES (1, '')",
        ):
            made.execute(statement)
    seen: dict[str, Any] = {}
    contract = dataset(
        {"name": "id", "primaryKey": True}, {"name": "email"}, name="told", settings={"showExamples": True}
    )
    run = run_function(
        "candidate_module:told", {"customers": Source(place_of(f"{file}#main.customers"), CUSTOMERS)},
        place_of(f"{file}#main.told"), contract, Settings(NOW, masking=MASKING), ["WANTED"],
    )  # fmt: skip
    (output,) = run.outputs
    assert output.reconciled is not None, output.why
    other = output.reconciled.examples[0].other
    assert other is not None
    seen = json.loads(other["email"])
    assert not set(SECRETS) & set(seen["environment"])
    assert seen["environment"]["WANTED"] == "7"
    assert seen["home"] != os.path.expanduser("~")  # noqa: PTH111
    assert seen["tables"] == ["customers"]
    assert len(seen["emails"]) == 400 and all(len(mask) == 64 for mask in seen["emails"])


def test_a_function_that_fails_is_unknown_and_its_message_is_not_shown(production: Production) -> None:  # noqa: F811
    run = shadow(production, "fails")
    assert run.verdict is Verdict.UNKNOWN
    assert (
        run.outputs[0].why
        == f"candidate_module:fails failed: ValueError in line {MODULE.splitlines().index('    raise ValueError(' + chr(34) + 'c1@example.org' + chr(34) + ')') + 1}"
    )


def test_wrong_calls(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="write it as module:function"):
        run_function("spend", {}, place_of(f"{tmp_path}/x.duckdb#t"), PROMISED, Settings(NOW))
    with pytest.raises(CallError, match="NOT_THERE is not set"):
        environment_of(tmp_path, ["NOT_THERE"])

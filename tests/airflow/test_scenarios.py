"""What happens to a DAG run when: one table of cases, on real Airflow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.dagtest import DagFolder
from tests.support.shop import BAD, GOOD, Shop

pytestmark = pytest.mark.slow

HEAD = """
from airflow.sdk import Asset, AssetAlias, task
from headgate.airflow import ContractReleaseOperator, ContractVerdictOperator
CONTRACT, CSV, FOLDER = {contract!r}, {csv!r}, {folder!r}
def warned(context):
    with open(FOLDER + "/warned", "a") as file:
        file.write(context["headgate"]["verdict"] + chr(10))
def publish(task_id="publish", **more):
    usual = dict(contract=CONTRACT, source=CSV, outlets=[AssetAlias("things")], on_warning=warned, retries=2,
                 retry_delay=timedelta(seconds=1))
    return ContractPublishOperator(task_id=task_id, **{{**usual, **more}})
def mapped(**more):
    return ContractPublishOperator.partial(task_id="publish", contract=CONTRACT, outlets=[AssetAlias("things")],
                                           on_warning=warned, **more)
@task
def after(): pass
@task(trigger_rule="all_failed")
def release(): pass
"""
ONE, TWO = [("a", 1), ("b", 2)], [("c", 3)]
OTHER = "id,amount\nc,3\n"
FAILS = {"publish": "failed", "after": "upstream_failed"}
WORKS = {"publish": "success", "after": "success"}


@dataclass(frozen=True)
class Step:
    """One run of the DAG: the source, the day (the same day is the same run, after a clear), and what it leaves.

    `assets` are the outcomes that its asset events tell, `warned` the verdicts that on_warning was called with; `day` 0
    is a run without a logical date, as one that assets trigger.
    """

    data: str
    states: dict[str, str]
    rows: list[Any]
    assets: Sequence[str] = ()
    warned: Sequence[str] = ()
    day: int = 1
    said: str = ""
    state: str = ""


@dataclass(frozen=True)
class Case:
    name: str
    body: str
    steps: tuple[Step, ...]
    policy: Any = "halt"
    contract: dict[str, Any] = field(default_factory=dict)


PLAIN = "publish() >> after()"
ANNOUNCED = "publish(outlets=[Asset('things')]) >> after()"
GOOD_DAY = Step(GOOD, WORKS, ONE, ["published"])
PARTS = "mapped(mode='append').expand_kwargs([dict(source=FOLDER + '/' + p + '.csv', partition=p) for p in open(FOLDER + '/parts').read().split()])"
RELEASED = (
    "publish() >> ContractReleaseOperator(task_id='release', of='publish', contract=CONTRACT, by='ann',"
    " why='refunds', outlets=[AssetAlias('things')])"
)
APPROVED = (
    "@task\ndef approve(): return {'responded_by_user': {'name': 'ann'}, 'params_input': {'why': ' '}}\n"
    "publish() >> approve() >> ContractReleaseOperator(task_id='release', of='publish', approval='approve',"
    " contract=CONTRACT) >> ContractVerdictOperator(task_id='verdict')"
)
STRICTER = (
    '@task\ndef stricter():\n    text = open(CONTRACT).read().replace(\'"minimum": 0\', \'"minimum": 0, "maximum": 2\')\n'
    "    open(CONTRACT, 'w').write(text)\n"
    f"{RELEASED.replace('publish() >>', 'publish() >> stricter() >>')} >> ContractVerdictOperator(task_id='verdict')"
)
DATED = (
    "@task\ndef dated():\n    import duckdb\n    with duckdb.connect(FOLDER + '/w.duckdb') as warehouse:\n"
    "        assert warehouse.sql('SELECT now() - released_at < INTERVAL 1 hour FROM headgate.releases').fetchall() == [(True,)]\n"
)
BRANCH = "gate = publish()\nmend = release()\ngate >> mend\n"
NAMESAKE = f"@task\ndef publish_0(): assert False\npublish_0()\nparts = {PARTS}\n"
CASES = (
    Case("a good day", PLAIN, (GOOD_DAY,)),
    Case("a breach", PLAIN, (GOOD_DAY, Step(BAD, FAILS, ONE, day=2, said="does not keep id.required"))),
    Case("an asset of one's own", ANNOUNCED, (GOOD_DAY, Step(BAD, FAILS, ONE, day=2))),
    Case("an asset by its name", "publish(outlets=[Asset.ref(name='things by name')]) >> after()",
         (GOOD_DAY, Step(BAD, FAILS, ONE, day=2))),
    Case("an asset by its URI", "publish(outlets=[Asset.ref(uri='things')]) >> after()",
         (GOOD_DAY, Step(BAD, FAILS, ONE, day=2))),
    Case("kept, with an asset by its name", "publish(outlets=[Asset.ref(name='things by name')]) >> after()",
         (GOOD_DAY, Step(BAD, WORKS, ONE, [], ["breach"], day=2)), "last_known_good"),
    Case("an asset that Airflow does not know", "publish(outlets=[Asset.ref(name='unheard of')]) >> after()",
         (Step(GOOD, WORKS, ONE, [], said="is not an asset that Airflow knows"),)),
    Case("no outlets", "publish(outlets=[]) >> after()", (Step(GOOD, WORKS, ONE),)),
    Case("cleared, the same source", PLAIN, (GOOD_DAY, GOOD_DAY)),
    Case("cleared, a repaired source", PLAIN, (Step(BAD, FAILS, []), GOOD_DAY)),
    Case("cleared, a source that went bad", PLAIN, (GOOD_DAY, Step(BAD, FAILS, ONE))),
    Case("the next day", PLAIN, (GOOD_DAY, Step(OTHER, WORKS, TWO, ["published"], day=2))),
    Case("a backfill out of order", PLAIN,
         (Step(GOOD, WORKS, ONE, ["published"], day=5), Step(OTHER, FAILS, ONE, day=3, said="newer"))),
    Case("an older day that is allowed", "publish(allow_older=True) >> after()",
         (Step(GOOD, WORKS, ONE, ["published"], day=5), Step(OTHER, WORKS, TWO, ["published"], day=3))),
    Case("without a logical date", PLAIN, (Step(GOOD, WORKS, ONE, ["published"], day=0),)),
    Case("quarantine", PLAIN, (Step(BAD, WORKS, [("a", 1)], ["published_partly"], ["breach"]), GOOD_DAY), "quarantine"),
    Case("warn", PLAIN, (Step(BAD, WORKS, [("a", 1), ("b", -9876543210), (None, 3)], ["published"], ["breach"]),), "warn"),
    Case("the last good version is kept", PLAIN,
         (GOOD_DAY, Step(BAD, WORKS, ONE, [], ["breach"], day=2, said="kept the last good")), "last_known_good"),
    Case("kept, with an asset of one's own", ANNOUNCED,
         (GOOD_DAY, Step(BAD, WORKS, ONE, [], ["breach"], day=2), Step(GOOD, WORKS, ONE, ["published"], day=2)),
         "last_known_good"),
    Case("there is no last good version", PLAIN, (Step(BAD, FAILS, []),), "last_known_good"),
    Case("a task's own policy", "publish(on_breach='warn', outlets=[]) >> after()",
         (Step("id,amount\n,1\n", WORKS, [(None, 1)], [], ["breach"], said="warn (task; contract says halt)"),)),
    Case("a draft", PLAIN, (Step("id,amount\n,1\n", WORKS, [(None, 1)], ["published"], ["breach"]),),
         contract={"status": "draft"}),
    Case("on_warning fails", "def wrong(context): raise ValueError('oh')\npublish(on_warning=[wrong, warned]) >> after()",
         (Step("id,amount\n,1\n", WORKS, [(None, 1)], ["published"], ["breach"], said="on_warning: ValueError: oh"),),
         "warn"),
    Case("append", "publish(mode='append') >> after()",
         (GOOD_DAY, GOOD_DAY, Step(OTHER, WORKS, ONE + TWO, ["published"], day=2))),
    Case("one part is replaced", "publish(where=\"id = 'c'\") >> after()",
         (Step(OTHER, WORKS, TWO, ["published"]), Step(GOOD, FAILS, TWO, day=2))),
    Case("mapped by partition", PARTS,
         (Step("x y", {"publish[0]": "success", "publish[1]": "success"}, [("x", 1), ("y", 2)], ["published"] * 2),
          Step("y x", {"publish[0]": "success", "publish[1]": "success"}, [("x", 1), ("y", 2)], ["published"] * 2))),
    Case("a partition without a name", "publish(partition='  ') >> after()", (Step(GOOD, FAILS, [], said="partition is empty"),)),
    Case("skipped before it", "@task\ndef skip():\n    from airflow.sdk.exceptions import AirflowSkipException\n"
         "    raise AirflowSkipException\nskip() >> publish() >> after()",
         (Step(GOOD, {"skip": "skipped", "publish": "skipped", "after": "skipped"}, []),)),
    Case("failed before it", "@task\ndef fails(): raise ValueError\nfails() >> publish() >> after()",
         (Step(GOOD, {"fails": "failed", "publish": "upstream_failed", "after": "upstream_failed"}, []),)),
    Case("a check before it", "ContractCheckOperator(task_id='check', contract=CONTRACT, data=CSV) >> publish()",
         (Step(GOOD, {"check": "success", "publish": "success"}, ONE, ["published"]),
          Step(BAD, {"check": "failed", "publish": "upstream_failed"}, ONE, day=2))),
    Case("teardown", "start, end = after.override(task_id='start')(), after.override(task_id='end')()\n"
         "start >> publish() >> end.as_teardown(setups=start)",
         (Step(BAD, {"start": "success", "publish": "failed", "end": "success"}, [], state="failed"),)),
    Case("a branch on failure hides it", BRANCH, (Step(BAD, {"publish": "failed", "release": "success"}, [], state="success"),)),
    Case("released", RELEASED,
         (Step(BAD, {"publish": "success", "release": "success"}, [("a", 1), ("b", -9876543210), (None, 3)],
               ["published_partly", "released"], ["breach"], said="approved by ann: refunds"),), "quarantine"),
    Case("a release is dated by the clock, not by its run", f"{DATED}{RELEASED} >> dated()",
         (Step(BAD, {"publish": "success", "release": "success", "dated": "success"},
               [("a", 1), ("b", -9876543210), (None, 3)], ["published_partly", "released"], ["breach"]),), "quarantine"),
    Case("a release that is not mapped as its publish is",
         PARTS + " >> ContractReleaseOperator(task_id='release', of='publish', contract=CONTRACT, by='ann', why='ok')",
         (Step("x y", {"publish[0]": "success", "publish[1]": "success", "release": "failed"}, [("x", 1), ("y", 2)],
               ["published"] * 2, said="where it is mapped, map release as well"),)),
    Case("nothing to release", RELEASED, (Step(GOOD, {"publish": "success", "release": "skipped"}, ONE, ["published"]),),
         "quarantine"),
    Case("approved without a reason", APPROVED,
         (Step(BAD, {"publish": "success", "approve": "success", "release": "failed", "verdict": "failed"}, [("a", 1)],
               ["published_partly"], ["breach"], said="approve does not say why the rows are released"),), "quarantine"),
    Case("a release that is refused", STRICTER,
         (Step(BAD, {"publish": "success", "stricter": "success", "release": "failed", "verdict": "failed"}, [("a", 1)],
               ["published_partly"], ["breach"], said="release failed: nothing was released into"),), "quarantine"),
    Case("a verdict tells it", BRANCH + "[gate, mend] >> ContractVerdictOperator(task_id='verdict')",
         (Step(BAD, {"publish": "failed", "release": "success", "verdict": "failed"}, [], said="id is not null"),
          Step(GOOD, {"publish": "success", "release": "skipped", "verdict": "success"}, ONE, ["published"], day=2))),
    Case("a verdict, mended", BRANCH + "[gate, mend] >> ContractVerdictOperator(task_id='verdict', mended_by={'publish': 'release'})",
         (Step(BAD, {"publish": "failed", "release": "success", "verdict": "success"}, [], state="success"),)),
    Case("a verdict on mapped tasks", PARTS + " >> ContractVerdictOperator(task_id='verdict')",
         (Step("x bad", {"publish[0]": "success", "publish[1]": "failed", "verdict": "failed"}, [("x", 1)], ["published"],
               said="publish[1] failed: things: amount is at least 0"),)),
    # Airflow calls the first instance of the one as the other.
    Case("a task that is called as a mapped one", NAMESAKE + "parts >> ContractVerdictOperator(task_id='verdict')",
         (Step("x", {"publish[0]": "success", "publish_0": "failed", "verdict": "success"}, [("x", 1)], ["published"],
               state="failed"),)),
    Case("a mapped one that fails, and a task that is called so",
         NAMESAKE.replace("assert False", "pass") + "parts >> ContractVerdictOperator(task_id='verdict')",
         (Step("bad", {"publish[0]": "failed", "publish_0": "success", "verdict": "failed"}, []),)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_scenario(case: Case, dags: DagFolder, shop: Shop) -> None:
    contract = str(shop.contract(case.policy, **case.contract))
    for part, row in (("x", "x,1"), ("y", "y,2"), ("bad", "bad,-1")):
        (shop.folder / f"{part}.csv").write_text(f"id,amount\n{row}\n")
    head = HEAD.format(contract=contract, csv=str(shop.csv), folder=str(shop.folder))
    warned = shop.folder / "warned"
    name = "scenario_" + "".join(c if c.isalnum() else "_" for c in case.name)
    for known in (("things", "things"), ("things by name", "x-things://by/name")) if "ref(" in case.body else ():
        dags.register(*known)
    for number, step in enumerate(case.steps):
        (shop.folder / "parts").write_text(step.data)
        shop.csv.write_text(step.data)
        warned.write_text("")
        run = dags.run(dags.write(name, head + case.body + "\n"), step.day)
        at = f"step {number}: {run.log[-3000:]}"
        assert run.states == step.states, at
        failed = "failed" if "failed" in step.states.values() else "success"
        assert run.state == (step.state or failed), at
        assert {task: n for task, n in run.tries.items() if n > 1} == {}, at
        assert (shop.rows() if shop.warehouse.exists() and shop.tables() else []) == sorted(step.rows, key=repr), at
        assert [extra["outcome"] for _, extra in run.assets] == list(step.assets), at
        assert warned.read_text().split() == list(step.warned), at
        assert step.said in run.log, at
        for uri, extra in run.assets:
            assert uri in (f"x-duckdb://{shop.warehouse}/shop/things", "things", "x-things://by/name")
            assert set(extra) == {"contract", "version", "dataset", "verdict", "outcome", "rows", "run_key"}

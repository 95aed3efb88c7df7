"""`headgate incidents`: what it lists and shows, what people do with it, and what it refuses."""

from __future__ import annotations

import getpass
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from headgate.cli import main
from headgate.history import listener, open_store
from headgate.history.store import Store
from headgate.incidents import OWNER, Incident, Notice, Standing, Told

from tests.support.contracts import odcs, write
from tests.support.history import record, sqlite_at
from tests.support.incidents import concern_of, finding, incidents_of, put_dataset, put_incident, put_message
from tests.support.messages import receiving
from tests.support.told_events import event, write_events

NOW = datetime.now(UTC).replace(second=0, microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for name in ("MARQUEZ_URL", "OPENLINEAGE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADGATE_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setenv("HEADGATE_STORE", sqlite_at(tmp_path))
    made = open_store()
    yield made
    made.close()


def run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["incidents", *arguments])
    assert done.exit_code == code, done.output
    return done.output if code else done.stdout


def shown(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json"))


def ago(hours: float) -> datetime:
    return NOW - hours * HOUR


def day(hours: float, result: str, **fields: Any) -> Any:
    """The record of a run so many hours ago."""
    interval = ago(hours + 24), ago(hours)
    made = record(0, {"a": result}, moment=ago(hours), interval=interval, run_key=f"run-{hours:g}", **fields)
    return replace(made, at=ago(hours))


def test_what_people_do_is_told_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    listener.told(day(2, "failed"))
    with receiving() as receiver:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"*": receiver.url}))
        run("ack", "1", "--by", "ada")
        run("accept", "1", "--by", "ada", "--reason", "known")
    assert receiver.subjects() == [
        "New data of orders is held back: a holds",
        "ada has it: new data of orders is held back: a holds",
        "Closed: what orders does not meet was accepted: a holds",
    ]


def blurred(text: str) -> str:
    """Without the times, which are those of the test."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "TIME", text)
    return re.sub(r"\((\d+ (d|h|min|s) ?)+\)", "(LONG)", text)


LIST = """\
1  held back    shop.orders at shop.public.orders · a holds (2 of 10 rows) · since TIME (LONG)
"""
DETAIL = """\
1  held back    shop.orders at shop.public.orders · a holds (2 of 10 rows) · since TIME (LONG) · ada has it
  key: 5c1e9d3b1f7a
  rule: a, contract shop 1.0.0
  owner: Shop team
  read by: nobody whom the contract names
  took: found after 0 s
timeline
  TIME  opened  first found by run run-3
  TIME  effect  new data is held back, readers keep what they had
  TIME  ack     ada has it: looking
  TIME  untold  not sent yet to the owner: it is open
  TIME  untold  not sent yet to the owner: somebody has it
  TIME  note    the shop sends returns (bob)
"""


def test_from_the_first_run_that_finds_it_to_the_run_in_which_it_holds(store: Store) -> None:
    assert run() == run("list") == "no incident is open\n"
    assert run("--all") == "there are no incidents\n"
    store.record(day(3, "failed"))
    assert blurred(run()) == LIST
    (listed,) = shown()
    key = listed["key"]
    assert run("ack", "1", "--by", "ada", "--note", "looking") == "incident 1 (orders: a holds): acknowledged, by ada\n"
    assert run("note", key, "the shop sends returns", "--by", "bob") == "incident 1 (orders: a holds): noted, by bob\n"
    said = blurred(run("show", key)).replace(key, "5c1e9d3b1f7a")
    assert sorted(said.splitlines()) == sorted(DETAIL.splitlines())
    assert shown()[0]["acknowledged"]["by"] == "ada"
    store.record(day(-1, "passed"))
    assert run() == "no incident is open\n"
    assert blurred(run("--all")) == LIST.replace("held back", "closed   ").replace(
        "since TIME (LONG)", "from TIME to TIME (LONG) · it held again"
    )
    assert shown("show", "1")["episodes"][0]["how"] == "held"


KEYS = {
    "number", "key", "state", "pages", "contract", "version", "draft", "dataset", "place", "owner", "support", "consumers", "link",
    "rule", "severity", "statement", "failed", "rows", "columns", "reason", "consumer", "effect", "worst_effect", "opened", "since",
    "last_found", "closed", "episodes", "broke_in_28_days", "acknowledged", "muted", "cause",
}  # fmt: skip


def test_the_keys_of_the_json(store: Store) -> None:
    store.record(day(3, "failed"))
    (listed,) = shown()
    assert set(listed) == KEYS
    assert set(shown("show", "1")) == KEYS | {"caused", "seconds_to", "acts", "messages", "timeline", "page"}
    (noted,) = shown("note", "1", "seen")
    assert set(noted) == KEYS
    page = (Path(__file__).parents[2] / "docs" / "incidents.md").read_text(encoding="utf-8")
    told = {key for cell in re.findall(r"^\| (`[^|]*) \|", page, re.MULTILINE) for key in re.findall(r"`(\w+)`", cell)}
    assert KEYS | {"caused", "seconds_to", "acts", "messages", "timeline", "page"} <= told


def test_the_page_of_an_incident_is_shown_where_one_is_configured(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(day(3, "failed"))
    assert shown("show", "1")["page"] is None and "  page: " not in run("show", "1")
    monkeypatch.setenv("HEADGATE_PAGE", "https://airflow.example.com/headgate")
    assert "\n  page: https://airflow.example.com/headgate/incidents/1\n" in run("show", "1")
    assert shown("show", "1")["page"] == "https://airflow.example.com/headgate/incidents/1"


NOBODY = "nobody is told: no channel is configured here; set HEADGATE_CHANNELS: docs/alerts.md\n"
# What is configured, what is asked, whether it was done before, and what is said beside the answer.
UNTOLD: list[tuple[str, list[str], list[str], str]] = [
    ("", [], [], NOBODY), ("{}", ["list"], [], NOBODY), ("{}", ["list", "--all"], [], NOBODY), ("", ["list", "--format", "json"], [], ""),
    ('{"*": "conn:slack"}', [], [], ""), ("", [], ["mute", "1", "--until", "4h", "--reason", "x"], ""),
    ("", ["list", "--all"], ["accept", "1", "--reason", "x"], ""), ("", [], ["ack", "1"], NOBODY), ("{", [], [], ""),
]  # fmt: skip


@pytest.mark.parametrize(("channels", "asked", "before", "said"), UNTOLD)
def test_that_nobody_is_told_is_said(
    channels: str, asked: list[str], before: list[str], said: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.record(day(3, "failed"))
    if before:
        run(*before)
    monkeypatch.setenv("HEADGATE_CHANNELS", channels)
    done = CliRunner().invoke(main, ["incidents", *asked])
    assert (done.exit_code, done.stderr) == (0, said)


def test_only_the_dataset_that_is_asked_for(store: Store) -> None:
    store.record(day(3, "failed"))
    store.record(day(3, "failed", dataset="items"))
    assert [each["dataset"] for each in shown()] == ["orders", "items"]
    assert [each["dataset"] for each in shown("list", "--dataset", "shop.items")] == ["items"]
    assert run("--dataset", "item", code=2) == "the history has no dataset 'item'; did you mean 'items'?\n"


@pytest.mark.parametrize(("until", "hours"), [("4h", 4), ("2 d", 48), ("PT30M", 0.5)])
def test_a_mute_ends(store: Store, until: str, hours: float) -> None:
    store.record(day(3, "failed"))
    assert run("mute", "1", "--until", until, "--reason", "known", "--by", "ada") == (
        "incident 1 (orders: a holds): muted, by ada\n"
    )
    (muted,) = shown()
    assert abs(datetime.fromisoformat(muted["muted"]["until"]) - datetime.now(UTC) - hours * HOUR) < timedelta(
        minutes=1
    )
    assert " · muted until " in run()
    assert run("mute", "1", "--until", "now", "--reason", "found it", "--by", "ada") == (
        "incident 1 (orders: a holds): not muted any more, by ada\n"
    )
    assert shown()[0]["muted"] is None


def test_a_mute_until_a_time(store: Store) -> None:
    store.record(day(3, "failed"))
    until = NOW + 30 * HOUR
    run("mute", "1", "--until", f"{until:%Y-%m-%dT%H:%M}", "--reason", "known")
    assert shown()[0]["muted"] == {
        "by": getpass.getuser(), "at": shown()[0]["muted"]["at"], "text": "known", "until": until.isoformat(),
    }  # fmt: skip


def test_what_is_accepted_is_closed_with_the_reason(store: Store) -> None:
    store.record(day(3, "failed"))
    assert run("accept", "1", "--reason", "the shop says so", "--by", "ada") == (
        "incident 1 (orders: a holds): accepted, by ada\n"
    )
    assert run() == "no incident is open\n"
    found = shown("show", "1")
    assert [(each["kind"], each["by"]) for each in found["timeline"] if each["kind"] in ("accepted", "accept")] == [
        ("accepted", "ada")
    ]
    store.record(day(-1, "failed"))
    assert shown()[0]["number"] == 1
    assert "reopened" in [each["kind"] for each in shown("show", "1")["timeline"]]


CLOSED = "incident 1 is closed since TIME; only an open one can be "
UNTIL = "not a time; write it as 2026-03-03T10:00, or how long from now, such as 4h or 2d\n"
# What is called, and what is said; once with an incident that is open, once with one that is closed.
WRONG: list[tuple[bool, list[str], str]] = [
    (True, ["show", "2"], "there is no incident '2'; open is 1 (orders)\n"),
    (True, ["ack", "x"], "there is no incident 'x'; open is 1 (orders)\n"),
    (True, ["note", "1", " "], "TEXT: give a text\n"),
    (True, ["accept", "1", "--reason", ""], "--reason: give a text\n"),
    (True, ["mute", "1", "--until", "soon", "--reason", "x"], f"--until soon: {UNTIL}"),
    (True, ["mute", "1", "--until", "9999999999d", "--reason", "x"], f"--until 9999999999d: {UNTIL}"),
    (True, ["mute", "1", "--until", "2020-01-01", "--reason", "x"], "--until 2020-01-01: that is over; `now` ends a mute\n"),
    (False, ["show", "2"], "there is no incident '2'; none is open\n"),
    (False, ["ack", "1"], f"{CLOSED}acknowledged\n"),
    (False, ["accept", "1", "--reason", "x"], f"{CLOSED}accepted\n"),
]  # fmt: skip


@pytest.mark.parametrize(("open_", "arguments", "said"), WRONG, ids=[" ".join(a) for _, a, _ in WRONG])
def test_a_wrong_call(open_: bool, arguments: list[str], said: str, store: Store) -> None:
    store.record(day(3, "failed"))
    if not open_:
        store.record(day(2, "passed"))
    assert blurred(run(*arguments, code=2)) == said


DONE = [["ack"], ["mute", "--until", "4h", "--reason", "x"], ["accept", "--reason", "x"]]


@pytest.mark.parametrize("command", DONE, ids=[each[0] for each in DONE])
def test_several_at_once_or_none(command: list[str], store: Store) -> None:
    name, *options = command
    store.record(day(3, "failed"))
    store.record(day(3, "failed", dataset="items"))
    store.record(day(3, "failed", dataset="closed"))
    store.record(day(2, "passed", dataset="closed"))
    before = shown("list", "--all")
    said = blurred(run(name, "1", "3", "7", "2", "x", *options, "--by", "ann", code=2)).splitlines()
    closed = [] if name == "mute" else [f"incident 3 is closed since TIME; only an open one can be {name}ed"]
    closed = [each.replace("acked", "acknowledged") for each in closed]
    open_ = "open are 1 (orders), 2 (items)"
    assert said == [
        *closed,
        f"there is no incident '7'; {open_}",
        f"there is no incident 'x'; {open_}",
        "nothing was done",
    ]
    assert shown("list", "--all") == before
    key = before[0]["key"]
    done = json.loads(run(name, "1", "2", key, *options, "--by", "ann", "--format", "json"))
    assert [each["number"] for each in done] == [1, 2]
    states = {each["number"]: (each["state"], bool(each["muted"])) for each in shown("list", "--all")}
    assert (
        states[1]
        == states[2]
        == {"ack": ("acknowledged", False), "mute": ("open", True), "accept": ("closed", False)}[name]
    )
    assert states[3] == ("closed", False)


def test_a_key_that_is_nearly_right(store: Store) -> None:
    store.record(day(3, "failed"))
    key = shown()[0]["key"]
    assert run("show", f"{key[:-1]}x", code=2) == f"there is no incident '{key[:-1]}x'; did you mean '{key}'?\n"


@pytest.mark.parametrize("arguments", [["mute", "1", "--until", "4h"], ["accept", "1"], ["note", "1"], ["ack"]])
def test_what_is_demanded(arguments: list[str], store: Store) -> None:
    assert "Missing " in run(*arguments, code=2)


def test_a_store_that_cannot_be_reached(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "not possible now, try again" in run("--store", f"sqlite:///{tmp_path}/file/x.db", code=3)


@pytest.mark.parametrize(
    "command", ["incidents list", "incidents show 1", "incidents ack 1", "history show", "history prune"]
)
@pytest.mark.parametrize("given", ["option", "variable"])
def test_a_question_makes_no_store(
    command: str, given: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/nowhere/h.db"
    if given == "variable":
        monkeypatch.setenv("HEADGATE_STORE", url)
    else:  # what waits for another store is not written to one that is not there
        listener.waiting_records().put("shop.orders", ago(3), day(3, "failed").to_dict())
    done = CliRunner().invoke(main, [*command.split(), *(["--store", url] if given == "option" else [])])
    assert (done.exit_code, done.output) == (
        3,
        f"not possible now, try again: no history found in {tmp_path}/nowhere/h.db\n",
    )
    assert not (tmp_path / "nowhere").exists()


def test_the_store_that_is_configured_is_made_for_what_waits(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADGATE_STORE", f"sqlite:///{tmp_path}/new/h.db")
    listener.waiting_records().put("shop.orders", ago(3), day(3, "failed").to_dict())
    assert blurred(run()) == LIST


@pytest.mark.parametrize(
    ("command", "said"), [("incidents", "no incident is open\n"), ("history", "the history has no run yet\n")]
)
def test_one_s_own_store_need_not_be_there(
    command: str, said: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADGATE_STORE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    done = CliRunner().invoke(main, [command])
    assert (done.exit_code, done.output) == (0, said)


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_answer_that_may_lack_runs_exits_3(form: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.record(day(3, "failed"))
    listener.waiting_records().put("shop.orders", ago(2), day(2, "passed").to_dict())
    monkeypatch.setattr("headgate.cli.store._FLUSH_SECONDS", 0.3)
    with listener.waiting_records().lock(time.monotonic() + 5) as locked:  # another process delivers
        assert locked
        done = CliRunner().invoke(main, ["incidents", "--format", form])
    assert done.exit_code == 3
    assert done.stderr.startswith("some runs are not in the history yet: ")
    if form == "json":
        assert [each["number"] for each in json.loads(done.stdout)] == [1]
    else:
        assert blurred(done.stdout) == LIST


def test_what_waits_in_the_spool_is_asked_as_well(store: Store) -> None:
    waits = day(3, "failed")
    listener.waiting_records().put("shop.orders", waits.at, waits.to_dict())
    assert blurred(run()) == LIST


def test_a_real_run_opens_and_closes_one(store: Store, tmp_path: Path) -> None:
    amount = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}
    write(tmp_path, odcs({"name": "orders", "properties": [amount]}, status="active"), "c.odcs.yaml")
    for number, (value, open_) in enumerate([(5, []), (-5, ["served"]), (7, [])]):
        with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
            connection.execute(f"CREATE OR REPLACE TABLE orders AS SELECT {value} AS amount")
        CliRunner().invoke(main, ["check", "c.odcs.yaml", "w.duckdb#main.orders"])
        found = shown()
        assert [each["rule"] for each in found] == ["amount.minimum"] * len(open_), number
        assert all(each["statement"] == "amount is at least 0" and each["failed"] == 1 for each in found)


FRESH = {"property": "freshness", "value": 4, "unit": "h", "element": "orders.at"}


@pytest.mark.parametrize("which", ["orders.odcs.yaml", "."])
def test_levels_from_cron_find_the_pipeline_that_stopped(
    which: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = {"server": "own", "type": "duckdb", "database": "w.duckdb", "schema": "main"}
    schema = {"name": "orders", "properties": [{"name": "at", "logicalType": "timestamp"}]}
    document = odcs(schema, slaProperties=[FRESH], servers=[server], status="active")
    write(tmp_path, document, "orders.odcs.yaml")
    found = []
    with receiving() as receiver:
        monkeypatch.setenv("HEADGATE_CHANNELS", json.dumps({"*": receiver.url}))
        for hours, data in ((6, ["w.duckdb#main.orders"]), (6, []), (6, []), (1, [])):
            with duckdb.connect(f"{tmp_path}/w.duckdb") as connection:
                connection.execute(f"CREATE OR REPLACE TABLE orders AS SELECT TIMESTAMPTZ '{ago(hours)}' AS at")
            if data and which == ".":
                continue
            done = CliRunner().invoke(main, ["levels", which, *data])
            assert (done.exit_code, done.stderr) == (int(hours == 6), "")
            found.append([(each["rule"], each["effect"]) for each in shown()])
    late = [("sla.freshness", "late")]
    assert found == [*([[]] if which != "." else []), late, late, []]
    assert [body["told"] for _, _, body in receiver.received] == ["opened", "closed"]


@pytest.mark.parametrize(
    ("deed", "said"),
    [("release", "released 1 row from quarantine: a test order"), ("drop", "dropped 1 row from quarantine")],
)
def test_what_becomes_of_quarantined_rows_is_in_the_timeline(
    deed: str, said: str, store: Store, tmp_path: Path
) -> None:
    amount = {"name": "amount", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}
    write(tmp_path, odcs({"name": "orders", "properties": [amount]}, status="active"), "c.odcs.yaml")
    (tmp_path / "orders.csv").write_text("amount\n-5\n" + "5\n" * 99)
    target = "w.duckdb#main.orders"
    publish = ["publish", "c.odcs.yaml", "orders.csv", target, "--run-key", "r", "--on-breach", "quarantine"]
    published = CliRunner().invoke(main, publish)
    assert published.exit_code == 0, published.output
    batches = CliRunner().invoke(main, ["quarantine", "list", "c.odcs.yaml", target, "--format", "json"])
    fingerprint = json.loads(batches.stdout)[0]["fingerprint"]
    options = ["--fingerprint", fingerprint, "--why", "a test order", "--by", "ada"] if deed == "release" else []
    for _ in range(2):  # what was done before is not done again
        done = CliRunner().invoke(main, ["quarantine", deed, "c.odcs.yaml", target, "--run-key", "r", *options])
        assert (done.exit_code, "incident" in done.output) == (0, False)
    assert [each["text"] for each in shown("show", "1")["timeline"] if each["kind"] == "note"] == [said]


# --- the post-mortem --------------------------------------------------------------------------------------------------

POSTMORTEM = """\
# Incident 2: mart&#58; amount is at most 500

## What happened

<code>shop.mart</code> at <code>shop.public.mart</code> broke a promise of its contract (version 1.2.0): <code>amount is at most 500 &#40;37 of 100,000 rows&#41;</code>.

It was open from TIME to TIME (LONG); it is closed because it held again.

Owner: Shop team. Support: &#35;orders-help.

## Impact

From TIME to TIME, at worst: readers get data that breaks the promise.
The promise is about <code>amount</code>.
Read by: BI &#40;bi&#64;example.org&#41;.

## How long it took

| to | time | from |
| --- | --- | --- |
| find it | not known | the end of the data interval that it broke in |
| tell somebody | no message arrived | the run that found it |
| repair it | 8 h | the run that found it |

## Timeline

| when | what |  | by |
| --- | --- | --- | --- |
| TIME | opened | first found by run broke-9 | broke-9 |
| TIME | effect | readers get data that breaks the promise |  |
| TIME | untold | nobody was told, there is no channel for the owner (&#35;orders-help, Shop team): it is open |  |
| TIME | held | holds again in run held-1 | held-1 |

## Where it came from

incident 1 of shop.orders was open upstream when this began: begin there.

No lineage is configured here. What it was made from then is said by:

<code>headgate impact shop.public.mart --upstream --at MINUTE</code>

## How often

This promise broke 1 time in the last 28 days.

## Root cause

*To fill in: why could this happen, and why was it not found earlier?*

## Actions

*To fill in: what makes sure that it does not happen again, or is found earlier?*

| action | who | until |
| --- | --- | --- |
|  |  |  |
"""


def served(*spans: tuple[float, float | None]) -> Incident:
    events = []
    for begun, over in spans:
        events.append(finding(ago(begun), f"broke-{begun:g}", "a", visible=True))
        events += [] if over is None else [finding(ago(over), f"held-{over:g}")]
    (found,) = incidents_of(*events)
    return found


def readable(text: str) -> str:
    text = text.replace("&#58;", ":").replace("&#40;", "(").replace("&#41;", ")")
    text = re.sub(r"--at [-+:T\d]+", "--at MINUTE", text)
    return re.sub(r"repair it \| [^|]*", "repair it | 8 h ", blurred(text))


def test_the_post_mortem(store: Store) -> None:
    orders = put_dataset(store, concern_of())
    put_incident(store, orders, served((10, 2)))
    about = concern_of("mart", {"name": "BI", "contact": "bi@example.org"})
    mart = put_dataset(store, about, ["orders"])
    each = served((9, 1))
    number = put_incident(store, mart, each)
    opened = served((9, None))
    put_message(store, mart, Notice(Told.OPENED, OWNER, ago(9), about, (Standing(number, opened),)))
    assert readable(run("show", "2", "--format", "markdown")) == readable(POSTMORTEM)
    assert "Broken by it, downstream: incident 2 of shop.mart" in run("show", "1", "--format", "markdown")


def test_the_post_mortem_says_what_lineage_knows(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From events of a folder, as `headgate impact --upstream --at` reads them."""
    events = [event("load", ["raw"], ["shop.public.orders"], at=ago(12).isoformat())]
    monkeypatch.setenv("OPENLINEAGE_URL", str(write_events(tmp_path / "events.jsonl", events)))
    put_incident(store, put_dataset(store, concern_of()), served((9, 1)))
    said = run("show", "1", "--format", "markdown")
    assert "says:\n\n- Changed last&#58; shop.public.orders" in said


EVIL = "a`|<img src=x onerror=alert(1)> @everyone [x](http://a.example)\n# x\r\x1b[31m\x00\u202e"


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_words_of_others_are_only_text(form: str, store: Store) -> None:
    about = concern_of(EVIL, {"name": EVIL, "contact": EVIL}, owner=EVIL, support=(EVIL,), link=EVIL)
    each = served((9, 1))
    broken = replace(each.broken, statement=EVIL, columns=(EVIL,))
    each = replace(each, broken=broken, rule=EVIL, version=EVIL, episodes=(replace(each.episodes[0], run_key=EVIL),))
    number = put_incident(store, put_dataset(store, about), each)
    put_message(store, 1, Notice(Told.OPENED, f"consumer:{EVIL}", ago(9), about, (Standing(number, each),)))
    run("note", "1", EVIL, "--by", EVIL)
    for arguments in (["show", "1"], *([["list", "--all"]] if form != "markdown" else [])):
        said = run(*arguments, "--format", form)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
        if form == "markdown":
            assert not set(re.findall(r"<[^>]*>", said)) - {"<code>", "</code>"}
            assert "@everyone" not in said
            assert "\n# x" not in said

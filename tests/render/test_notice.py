"""The words of messages: who has only the message knows what broke, whether the data may be used, and what to do."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headgate.contract.consumers import consumers_of
from headgate.incidents import (
    CONSUMER,
    OWNER,
    Broken,
    Closing,
    Concern,
    Effect,
    Episode,
    Hold,
    Incident,
    Kind,
    Notice,
    Severity,
    Slot,
    Standing,
    Told,
)
from headgate.naming import PlaceName
from headgate.render.notice import subject, text

SINCE = datetime(2026, 3, 3, 4, 12, tzinfo=UTC)
NOW = SINCE + timedelta(hours=2, minutes=10)
HOUR = timedelta(hours=1)
BI = {"name": "BI", "contact": "bi@example.org", "reads": ["amount"]}
CONCERN = Concern(
    "shop",
    "orders",
    PlaceName("postgres://db:5432", "shop.public.orders"),
    "1.2.0",
    "Shop team",
    ("#orders-help",),
    consumers_of([BI, "forecast"]),
    "https://airflow.example.org/log/7",
    datetime(2026, 3, 2, tzinfo=UTC),
)
AMOUNT = Broken("amount is at most 500", failed=37, rows=100_000, columns=("amount", "id"))
KEY = Broken("order_id is unique", failed=2, rows=100_000, columns=("order_id",))
GROUPS = Broken("units by day agree with usage", failed=1600, rows=4168, unit="group")
COUNT = Broken("the number of rows is at least 1000")
FRESH = Broken("the newest at is at most 2 h old", reason="observed 6 h 20 min", level=True, late=True)
NEED = replace(FRESH, severity=Severity.NEED, consumer="BI")


def incident(broken: Broken, effect: Effect, told: Told = Told.OPENED, **fields: Any) -> Incident:
    over = told in (Told.CLOSED, Told.PAST)
    how = fields.pop("how", Closing.HELD)
    by, why = ("ada", "the shop says so") if how is Closing.ACCEPTED else ("run-2", "")
    open_ = Episode(SINCE, "run-1", effect)
    episode = replace(open_, closed=SINCE + HOUR, how=how, by=by, text=why) if over else open_
    begun = (Episode(SINCE - 9 * HOUR, "run-0", effect, SINCE - 8 * HOUR, Closing.HELD, "run-00"),) * (
        told is Told.REOPENED
    )
    slot = Slot(Kind.PUBLISH, "", effect, SINCE, SINCE, "shop.publish 2026-03-03", None, broken.failed, broken.rows)
    values: dict[str, Any] = {
        "rule": "a",
        "version": "1.2.0",
        "draft": False,
        "broken": broken,
        "last": SINCE,
        "slots": () if over else (slot,),
        "episodes": (*begun, episode),
        "ack": Hold("ada", SINCE + HOUR, "looking") if told is Told.ACKNOWLEDGED else None,
    }
    return Incident(**values | fields)


def notice(told: Told, recipient: str, *about: Incident, often: int = 1, **fields: Any) -> Notice:
    also, others = fields.pop("also", ()), fields.pop("others", ())
    standings = tuple(Standing(12 + n, each, episodes_in_28_days=often) for n, each in enumerate(about))
    return Notice(told, recipient, NOW, replace(CONCERN, **fields), standings, others, also)


def one(
    told: Told, effect: Effect, recipient: str = OWNER, broken: Broken = AMOUNT, often: int = 1, **fields: Any
) -> Notice:
    of = {name: fields.pop(name) for name in ("how", "slots") if name in fields}
    return notice(told, recipient, incident(broken, effect, told, **of), often=often, **fields)


@dataclass(frozen=True)
class Case:
    notice: Notice
    said: str


STILL = Standing(9, incident(KEY, Effect.SERVED))
CASES = {
    "a check of a file, in the contract's own words": Case(
        one(Told.OPENED, Effect.HELD_BACK, broken=replace(AMOUNT, description="Ask Joe <!here> @channel"),
            slots=(Slot(Kind.CHECK, "", Effect.HELD_BACK, SINCE, SINCE, "run-1", None, 37, 100_000),)), """
Data for orders does not meet its contract: amount is at most 500

Data for orders does not meet its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
The contract says: Ask Joe <\u2060!here> @\u2060channel
May I use the data now? Yes, as far as this goes: it was found in data that was checked, not in what readers have.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "closed, while another is open": Case(one(Told.CLOSED, Effect.HELD_BACK, others=(STILL,)), """
Closed: orders meets this promise again, others are broken: amount is at most 500

Closed: orders meets this promise again, others are broken (incident 12; contract shop 1.2.0 at shop.public.orders).
Was broken: amount is at most 500 (37 of 100,000 rows break it). From 2026-03-03 04:12 UTC to 2026-03-03 05:12 UTC (1 h); it did not reach readers.
Broken besides: order_id is unique (2 of 100,000 rows break it), since 2026-03-03 04:12 UTC.
May I use the data now? No, not the column order_id: what readers get there breaks what is still open.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: nothing for this; still open: incident 9.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "held back, to the owner": Case(one(Told.OPENED, Effect.HELD_BACK), """
New data of orders is held back: amount is at most 500

New data of orders is held back (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes: readers still have what was published before, of 2026-03-02 00:00 UTC; it only gets older until this is repaired.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "groups that differ from another dataset": Case(one(Told.OPENED, Effect.HELD_BACK, broken=GROUPS), """
New data of orders is held back: units by day agree with usage

New data of orders is held back (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: units by day agree with usage (1,600 of 4,168 groups break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes: readers still have what was published before, of 2026-03-02 00:00 UTC; it only gets older until this is repaired.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "held back before anything was published": Case(one(Told.OPENED, Effect.HELD_BACK, served=None, link="", place=None), """
New data of orders is held back: amount is at most 500

New data of orders is held back (incident 12; contract shop 1.2.0).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No: there is no data yet; nothing was published before, and what is new is held back.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again.
Say that you have it: headgate incidents ack 12
More: headgate incidents show 12
"""),
    "quarantined": Case(one(Told.OPENED, Effect.QUARANTINED), """
Rows of orders are quarantined: amount is at most 500

Rows of orders are quarantined (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is not complete: 37 rows are in quarantine, the good rows are published.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. The rows: headgate quarantine show CONTRACT --run-key 'shop.publish 2026-03-03'
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "late": Case(one(Told.OPENED, Effect.LATE, broken=FRESH), """
orders is older than promised: the newest at is at most 2 h old

orders is older than promised (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: the newest at is at most 2 h old (observed 6 h 20 min). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is older than promised.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: find out why no newer data was published, and run the pipeline.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "served, to the owner": Case(one(Told.OPENED, Effect.SERVED, also=("revenue", "churn")), """
Readers of orders get data that violates its contract: amount is at most 500

Readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No, not the columns amount, id: what readers get there breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Also broken by this, downstream: revenue, churn.
Next: repair the data at its source, and run the task again. Its readers were told, you need not.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "served, to a consumer, of what it reads": Case(one(Told.OPENED, Effect.SERVED, f"{CONSUMER}BI"), """
Readers of orders get data that violates its contract: amount is at most 500

Readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No, not the column amount: what readers get there breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: stop what BI makes of the column amount; the owner repairs it, you are told when this is over.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "served, to a consumer whose columns are not known": Case(one(Told.OPENED, Effect.SERVED, f"{CONSUMER}forecast"), """
Readers of orders get data that violates its contract: amount is at most 500

Readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No, not the columns amount, id: what readers get there breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: stop what forecast makes of the columns amount, id; the owner repairs it, you are told when this is over.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "served, of no column": Case(one(Told.OPENED, Effect.SERVED, f"{CONSUMER}BI", COUNT), """
Readers of orders get data that violates its contract: the number of rows is at least 1000

Readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: the number of rows is at least 1000. Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No: what readers get breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: stop what BI makes of it; the owner repairs it, you are told when this is over.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "a service level that is not about age": Case(one(Told.OPENED, Effect.NONE, broken=replace(FRESH, statement="at most 1 of 100 runs fails", reason="observed 3%", late=False)), """
orders does not meet a service level: at most 1 of 100 runs fails

orders does not meet a service level (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: at most 1 of 100 runs fails (observed 3%). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes: this does not change what readers have.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: find out what is missing: headgate levels CONTRACT
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "late, to a consumer": Case(one(Told.OPENED, Effect.LATE, f"{CONSUMER}forecast", FRESH), """
orders is older than promised: the newest at is at most 2 h old

orders is older than promised (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: the newest at is at most 2 h old (observed 6 h 20 min). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is older than promised.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: expect old data in what forecast makes of it; the owner sees to it, you are told when this is over.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "a need, to whose it is": Case(one(Told.OPENED, Effect.LATE, f"{CONSUMER}BI", NEED), """
orders does not meet what BI needs: the newest at is at most 2 h old

orders does not meet what BI needs (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: the newest at is at most 2 h old (observed 6 h 20 min). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is older than BI needs.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: expect old data in what BI makes of it; the owner sees to it, you are told when this is over.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "broken again": Case(one(Told.REOPENED, Effect.HELD_BACK, often=4), """
Broken again: new data of orders is held back: amount is at most 500

Broken again: new data of orders is held back (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min); it broke 4 times in 28 days.
May I use the data now? Yes: readers still have what was published before, of 2026-03-02 00:00 UTC; it only gets older until this is repaired.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "worse": Case(one(Told.WORSE, Effect.SERVED), """
Worse: readers of orders get data that violates its contract: amount is at most 500

Worse: readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? No, not the columns amount, id: what readers get there breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. Its readers were told, you need not.
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "still open": Case(one(Told.REMINDER, Effect.QUARANTINED), """
Still open: rows of orders are quarantined: amount is at most 500

Still open: rows of orders are quarantined (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is not complete: 37 rows are in quarantine, the good rows are published.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. The rows: headgate quarantine show CONTRACT --run-key 'shop.publish 2026-03-03'
Say that you have it: headgate incidents ack 12
Log of the newest run: https://airflow.example.org/log/7
"""),
    "acknowledged": Case(one(Told.ACKNOWLEDGED, Effect.SERVED), """
ada has it: readers of orders get data that violates its contract: amount is at most 500

ada has it: readers of orders get data that violates its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
ada has it since 2026-03-03 05:12 UTC: looking
May I use the data now? No, not the columns amount, id: what readers get there breaks this.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. Its readers were told, you need not.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "closed": Case(one(Told.CLOSED, Effect.HELD_BACK), """
Closed: orders meets this promise again: amount is at most 500

Closed: orders meets this promise again (incident 12; contract shop 1.2.0 at shop.public.orders).
Was broken: amount is at most 500 (37 of 100,000 rows break it). From 2026-03-03 04:12 UTC to 2026-03-03 05:12 UTC (1 h); it did not reach readers.
May I use the data now? Yes: readers have what was published last, of 2026-03-02 00:00 UTC.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: nothing to do.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "closed, to a consumer": Case(one(Told.CLOSED, Effect.SERVED, f"{CONSUMER}BI", also=("revenue",)), """
Closed: orders meets this promise again: amount is at most 500

Closed: orders meets this promise again (incident 12; contract shop 1.2.0 at shop.public.orders).
Was broken: amount is at most 500 (37 of 100,000 rows break it). From 2026-03-03 04:12 UTC to 2026-03-03 05:12 UTC (1 h); readers got it.
May I use the data now? Yes: readers have what was published last, of 2026-03-02 00:00 UTC.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Was also broken by this, downstream: revenue.
Next: look at what BI made of it in that time.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "accepted": Case(one(Told.CLOSED, Effect.SERVED, how=Closing.ACCEPTED), """
Closed: what orders does not meet was accepted: amount is at most 500

Closed: what orders does not meet was accepted (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken when it was found last: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC, closed 2026-03-03 05:12 UTC; readers got it.
ada accepted it: the shop says so
May I use the data now? Only if you can do without this promise: the data was not repaired.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: nothing to do; a run that breaks it after this opens it again.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "withdrawn": Case(one(Told.CLOSED, Effect.SERVED, f"{CONSUMER}BI", how=Closing.WITHDRAWN), """
Closed: the contract of orders does not promise this any more: amount is at most 500

Closed: the contract of orders does not promise this any more (incident 12; contract shop 1.2.0 at shop.public.orders).
Broken when it was found last: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC, closed 2026-03-03 05:12 UTC; readers got it.
May I use the data now? Only if you can do without this promise: the data was not repaired.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: look at what BI made of it in that time.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "superseded": Case(one(Told.CLOSED, Effect.HELD_BACK, how=Closing.SUPERSEDED), """
Closed: newer data of orders meets this promise: amount is at most 500

Closed: newer data of orders meets this promise (incident 12; contract shop 1.2.0 at shop.public.orders).
Was broken: amount is at most 500 (37 of 100,000 rows break it). From 2026-03-03 04:12 UTC to 2026-03-03 05:12 UTC (1 h); it did not reach readers.
May I use the data now? Yes: readers have what was published last, of 2026-03-02 00:00 UTC.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: nothing to do.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "over before it could be told": Case(one(Told.PAST, Effect.HELD_BACK), """
Over before it could be told: orders did not meet its contract: amount is at most 500

Over before it could be told: orders did not meet its contract (incident 12; contract shop 1.2.0 at shop.public.orders).
Was broken: amount is at most 500 (37 of 100,000 rows break it). From 2026-03-03 04:12 UTC to 2026-03-03 05:12 UTC (1 h); it did not reach readers.
May I use the data now? Yes: readers have what was published last, of 2026-03-02 00:00 UTC.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: nothing to do.
Log of the newest run: https://airflow.example.org/log/7
"""),
    "several": Case(notice(Told.OPENED, OWNER, incident(AMOUNT, Effect.QUARANTINED), incident(KEY, Effect.QUARANTINED)), """
Rows of orders are quarantined: amount is at most 500 and 1 other promise

Rows of orders are quarantined (incidents 12, 13; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
Broken: order_id is unique (2 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
May I use the data now? Yes, but it is not complete: at least 37 rows are in quarantine, the good rows are published.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. The rows: headgate quarantine show CONTRACT --run-key 'shop.publish 2026-03-03'
Say that you have it: headgate incidents ack 12, and the same for 13
Log of the newest run: https://airflow.example.org/log/7
"""),
    "many, the worst of which counts": Case(notice(Told.OPENED, OWNER, incident(AMOUNT, Effect.SERVED), incident(KEY, Effect.HELD_BACK), incident(COUNT, Effect.HELD_BACK), incident(FRESH, Effect.LATE), incident(FRESH, Effect.LATE)), """
Readers of orders get data that violates its contract: amount is at most 500 and 4 other promises

Readers of orders get data that violates its contract (incidents 12, 13, 14, 15, …; contract shop 1.2.0 at shop.public.orders).
Broken: amount is at most 500 (37 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
Broken: order_id is unique (2 of 100,000 rows break it). Since 2026-03-03 04:12 UTC (2 h 10 min).
Broken: the number of rows is at least 1000. Since 2026-03-03 04:12 UTC (2 h 10 min).
And 2 other promises.
May I use the data now? No, not the columns amount, id: what readers get there breaks this. It is also older than promised.
Owner: Shop team. Ask in #orders-help.
Read by: BI (bi@example.org), forecast.
Next: repair the data at its source, and run the task again. Its readers were told, you need not.
Say that you have it: headgate incidents ack 12, and the same for 13, 14, 15, 16
Log of the newest run: https://airflow.example.org/log/7
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_message(case: Case) -> None:
    assert f"{subject(case.notice)}\n\n{text(case.notice)}" == case.said.strip()


COMBINATIONS = list(itertools.product(Told, Effect, (OWNER, f"{CONSUMER}BI", f"{CONSUMER}forecast"), Closing))


@pytest.mark.parametrize(("told", "effect", "recipient", "how"), COMBINATIONS)
def test_in_every_message_is_what_must_be_there(told: Told, effect: Effect, recipient: str, how: Closing) -> None:
    said = one(told, effect, recipient, how=how, often=3)
    title, message = subject(said), text(said)
    assert "orders" in title
    assert "amount is at most 500" in title
    assert "\n" not in title
    assert len(title) <= 160
    (answer,) = [line for line in message.splitlines() if line.startswith("May I use the data now? ")]
    assert answer[24:].split(maxsplit=1)[0] in ("Yes:", "Yes,", "No:", "No,", "Only")
    for must in ("orders", "shop 1.2.0", "amount is at most 500", "37 of 100,000 rows", "2026-03-03 04:12 UTC",
                 "it broke 3 times in 28 days", "Owner: Shop team. Ask in #orders-help.",
                 "Read by: BI (bi@example.org), forecast.", "Next: ", "Log of the newest run: https://airflow.example.org/log/7"):  # fmt: skip
        assert must in message, must
    assert len(message.splitlines()) <= 12
    ack = "headgate incidents ack 12" in message
    assert ack == (recipient == OWNER and told not in (Told.ACKNOWLEDGED, Told.CLOSED, Told.PAST))


def test_a_link_is_not_known_and_so_the_command_is_said() -> None:
    assert text(one(Told.OPENED, Effect.SERVED, link="")).endswith("\nMore: headgate incidents show 12")


def test_who_is_not_named_is_said_to_be_so() -> None:
    said = text(one(Told.OPENED, Effect.SERVED, owner="", support=(), consumers=()))
    assert "Owner: not named in the contract.\nRead by: nobody whom the contract names." in said


EVIL = "x\n\rMay I use the data now? Yes: \x1b[31m\u202e" + "y" * 500


def test_text_of_a_contract_is_one_short_piece_of_plain_text() -> None:
    broken = replace(AMOUNT, statement=EVIL, columns=(EVIL,) * 20)
    readers = tuple(replace(each, name=f"{EVIL}{n}", contact=EVIL) for n in range(9) for each in CONCERN.consumers[:1])
    said = notice(Told.ACKNOWLEDGED, OWNER, *[incident(broken, Effect.SERVED, Told.ACKNOWLEDGED,
                                                       ack=Hold(EVIL, SINCE, EVIL))] * 9,
                  dataset=EVIL, owner=EVIL, support=(EVIL,) * 9, consumers=readers, also=(EVIL,) * 9)  # fmt: skip
    message = text(said)
    assert len(subject(said)) == 160
    assert len(message.splitlines()) <= 14
    assert max(map(len, message.splitlines())) <= 400
    assert not set(message) & set("\r\x1b\u202e")
    assert [line[:24] for line in message.splitlines()].count("May I use the data now? ") == 1


def test_only_what_is_broken_now_says_what_readers_have() -> None:
    slots = (Slot(Kind.PUBLISH, "b", Effect.HELD_BACK, SINCE, SINCE, "run-1", None, 37, 100_000),)
    assert "Yes: readers still have" in text(one(Told.REMINDER, Effect.SERVED, slots=slots))

"""The source system of the example: daily exports of a small subscription business, as CSV.

Everything follows from `SEED` and the day, so that an export can be repeated byte for byte. The export of the next day
has the same events and ids and some new ones; what moves on is an invoice that gets paid and a customer who cancels.

The exports are as messy as production. Usage events are delivered twice, lose their customer or their quantity, or
arrive days late; optional fields are empty. Customers and invoices are in order, except on a day with a fault.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

SEED = 2026
FOUNDED = date(2024, 3, 1)
EVENTS_SINCE = date(2026, 1, 31)
INVOICES_SINCE = date(2025, 12, 2)

FAULTS = ("cents", "duplicated", "renamed")

CUSTOMERS = ("customer_id", "name", "email", "country", "plan", "signed_up_on", "cancelled_on")
USAGE_EVENTS = ("event_id", "customer_id", "event_type", "quantity", "event_time", "received_at")
INVOICES = ("invoice_id", "customer_id", "period_start", "amount_eur", "currency", "status", "paid_on")

PRICE_IN_CENTS = {"Basic": 2900, "Pro": 9900, "Enterprise": 39900}
PAYMENT_TERM = timedelta(days=14)
# What the new help desk calls a ticket, and which part of the customers it serves.
TICKET, RENAMED_TICKET, RENAMED_OF = "support_ticket", "support_case", 5

# Bad usage events of one day.
DELIVERED_TWICE = 3
WITHOUT_CUSTOMER = 2
WITHOUT_QUANTITY = 2

GIVEN_NAMES = ("Anna", "Björn", "Chloé", "Elif", "Iñaki", "Jürgen", "Łukasz", "Mário", "Siân", "Thảo", "Ольга", "伟")
FAMILY_NAMES = ("D'Angelo", "Dvořák", "García", "İnönü", "Müller", "Nguyễn", "O'Connor", "Smith-Jones", "Weiß", "王")
# NA is Namibia: a reader that takes "NA" for a missing value loses the customers there.
COUNTRIES = {"DE": 30, "FR": 20, "NL": 12, "ES": 10, "IT": 9, "PL": 8, "SE": 5, "DK": 3, "CN": 2, "NA": 1}

Row = tuple[str, ...]


@dataclass(frozen=True)
class Customer:
    """One customer with the whole future; `cancels_on` is known to the export only when that day has come."""

    id: str
    name: str
    email: str
    country: str
    plan: str
    discount_percent: int
    signed_up_on: date
    cancels_on: date
    happiness: float
    activity: float

    def is_active(self, day: date) -> bool:
        """Whether the customer has signed up and not yet cancelled."""
        return self.signed_up_on <= day < self.cancels_on


def write_day(folder: Path, day: date, fault: str | None = None) -> None:
    """Write the export of `day` (all that happened before it) as three CSV files into `folder`/`day`.

    `fault` is None for a good day, "cents" for a day on which every invoice has its amount in cents (29.00 is written
    as 2900), "duplicated" for a day on which about 2 percent of the invoices are written twice, "renamed" for a day on
    which every fifth customer's support tickets, 1 percent of all events, are called support cases. Any other is a
    ValueError.
    """
    if fault is not None and fault not in FAULTS:
        raise ValueError(f"unknown fault {fault!r}: use one of {', '.join(FAULTS)}, or None")
    target = folder / day.isoformat()
    target.mkdir(parents=True, exist_ok=True)
    known = customers(day)
    _write(target / "customers.csv", CUSTOMERS, customer_rows(known, day))
    _write(target / "usage_events.csv", USAGE_EVENTS, usage_event_rows(known, day, fault))
    _write(target / "invoices.csv", INVOICES, invoice_rows(known, day, fault))


def customers(day: date) -> list[Customer]:
    """Everybody who signed up before `day`, oldest first."""
    draw = Random(f"{SEED} customers")
    known: list[Customer] = []
    for signed_up_on in _days(FOUNDED, day):
        for _ in range(draw.choice((2, 3, 4))):
            number = len(known) + 1
            happiness = draw.random()
            lifetime = timedelta(days=1 + int(draw.expovariate(1 / (1000 + 6000 * happiness))))
            email = f"office{number}@{draw.choice(('example.com', 'example.org', 'example.net'))}"
            known.append(
                Customer(
                    id=f"C{number:06d}",
                    name=f"{draw.choice(GIVEN_NAMES)} {draw.choice(FAMILY_NAMES)}",
                    email=draw.choices((email, "", "n/a"), (980, 15, 5))[0],
                    country=draw.choices(list(COUNTRIES), list(COUNTRIES.values()))[0],
                    plan=draw.choices(list(PRICE_IN_CENTS), (60, 30, 10))[0],
                    discount_percent=draw.choice((0, 0, 0, 10, 20)),
                    signed_up_on=signed_up_on,
                    cancels_on=signed_up_on + lifetime,
                    happiness=happiness,
                    activity=(0.2 + happiness) * draw.lognormvariate(0, 0.8),
                )
            )
    return known


def customer_rows(known: Sequence[Customer], day: date) -> Iterator[Row]:
    """One row per customer, as seen on `day`."""
    for customer in known:
        who = (customer.id, customer.name, customer.email, customer.country, customer.plan)
        cancelled_on = customer.cancels_on.isoformat() if customer.cancels_on < day else ""
        yield (*who, customer.signed_up_on.isoformat(), cancelled_on)


def usage_event_rows(known: Sequence[Customer], day: date, fault: str | None = None) -> Iterator[Row]:
    """The events received since `EVENTS_SINCE` and before `day`, with the few bad ones of every day."""
    for received_on in _days(EVENTS_SINCE, day):
        draw = Random(f"{SEED} events {received_on}")
        events = _events_of_one_day(known, received_on, draw)
        chosen = draw.sample(range(len(events)), DELIVERED_TWICE + WITHOUT_CUSTOMER + WITHOUT_QUANTITY)
        twice, rest = chosen[:DELIVERED_TWICE], chosen[DELIVERED_TWICE:]
        for position in rest[:WITHOUT_CUSTOMER]:
            event_id, _, *others = events[position]
            events[position] = (event_id, "", *others)
        for position in rest[WITHOUT_CUSTOMER:]:
            event_id, customer_id, event_type, _, *times = events[position]
            events[position] = (event_id, customer_id, event_type, " ", *times)
        if fault == "renamed":
            events = [_renamed(event) for event in events]
        yield from events
        yield from (events[position] for position in twice)


def _renamed(event: Row) -> Row:
    """The event, a support ticket as the new help desk calls it where the customer is one of its."""
    event_id, customer_id, event_type, *others = event
    moved = event_type == TICKET and customer_id and int(customer_id[1:]) % RENAMED_OF == 0
    return (event_id, customer_id, RENAMED_TICKET if moved else event_type, *others)


def _events_of_one_day(known: Sequence[Customer], received_on: date, draw: Random) -> list[Row]:
    active = [customer for customer in known if customer.is_active(received_on)]
    # Who is about to leave has almost stopped using the product.
    leaving = received_on + timedelta(days=30)
    weights = [c.activity if c.is_active(leaving) else c.activity / 10 for c in active]
    count = 1150 if received_on.weekday() < 5 else 640
    midnight = datetime.combine(received_on, time(), UTC)
    seconds = sorted(draw.randrange(86_400) for _ in range(count))
    events: list[Row] = []
    for customer, second in zip(draw.choices(active, weights, k=count), seconds, strict=True):
        tickets = 2 + 8 * (1 - customer.happiness)
        event_type = draw.choices(("login", "api_call", "export", "support_ticket"), (50, 32, 10, tickets))[0]
        quantity = {"api_call": draw.randint(0, 500), "export": draw.randint(1, 5)}.get(event_type, 1)
        received_at = midnight + timedelta(seconds=second)
        late = draw.random() < 0.01 and customer.is_active(received_on - timedelta(days=7))
        delay = timedelta(days=draw.randint(2, 6)) if late else timedelta(seconds=draw.randint(0, 90))
        event_id = f"E{received_on:%y%m%d}{len(events) + 1:05d}"
        times = (_instant(received_at - delay), _instant(received_at))
        events.append((event_id, customer.id, event_type, str(quantity), *times))
    return events


def invoice_rows(known: Sequence[Customer], day: date, fault: str | None = None) -> Iterator[Row]:
    """The invoices since `INVOICES_SINCE`: one a month per active customer, paid as far as known on `day`."""
    number = 0
    for period_start in _days(INVOICES_SINCE, day):
        draw = Random(f"{SEED} invoices {period_start}")
        for customer in known:
            if min(customer.signed_up_on.day, 28) != period_start.day or not customer.is_active(period_start):
                continue
            number += 1
            cents = PRICE_IN_CENTS[customer.plan] * (100 - customer.discount_percent) // 100
            amount = str(cents) if fault == "cents" else f"{cents // 100}.{cents % 100:02d}"
            late = draw.random() < 0.25 * (1 - customer.happiness)
            pays_on = period_start + timedelta(days=draw.randint(15, 90) if late else draw.randint(0, 14))
            paid_on = pays_on.isoformat() if pays_on < day else ""
            status = "paid" if paid_on else "overdue" if period_start + PAYMENT_TERM < day else "open"
            row = (f"I{number:07d}", customer.id, period_start.isoformat(), amount, "EUR", status, paid_on)
            yield row
            if fault == "duplicated" and number % 50 == 0:
                yield row


def _days(first: date, end: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((end - first).days))


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

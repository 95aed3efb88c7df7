"""May I use this data now? A table of what is known, and the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from headgate import CallError
from headgate.fitness import Answer, Evidence, Unreadable, fitness
from headgate.fitness.answer import KINDS
from headgate.levels import Clock, Extremes, Facts, fresh_until, measured
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fitness import (
    Case,
    asked,
    attempt,
    batch,
    case_dataset,
    check,
    evidence,
    released,
    run,
    stale,
    things,
    trouble,
)
from tests.support.levels import level, t

RUN = run("2026-03-02 06:00")
GOOD = (RUN,)
UNTIL = "2026-03-03 06:00"

CASES = [
    # Good data.
    Case("published, fresh", "yes", "", UNTIL, publications=GOOD),
    Case("no freshness is promised", "yes", "", None, publications=GOOD, levels=()),
    Case("exactly as old as promised", "yes", "", UNTIL, now=UNTIL, publications=GOOD),
    Case("checked, never published by headgate", "yes", "", UNTIL, known={"check": check("2026-03-02 07:00", "pass")}),
    Case("the last publication has a newer contract", "yes", "", UNTIL, publications=GOOD),
    # Unknown: nothing recorded, the last verdict unknown, the store away, freshness not measured.
    Case("nothing is recorded", "unknown", "never_recorded", levels=()),
    Case("nothing is recorded, but the data is fresh", "unknown", "never_recorded"),
    Case(
        "the first run was held back", "unknown", "never_recorded", levels=(),
        known={"attempt": attempt("2026-03-02 06:00", "breach", "halted", "a")},
    ),
    Case(
        "the last check could not measure", "unknown", "not_measured", publications=GOOD,
        known={"check": check("2026-03-02 07:00", "unknown")},
    ),
    Case(
        "the last run could not be measured, and was held back", "unknown", "not_measured held_back", publications=GOOD,
        known={"attempt": attempt("2026-03-02 11:00", "unknown", "halted")},
    ),
    Case(
        "an unmeasured run was published under a draft", "unknown", "not_measured draft", status="draft",
        publications=(run("2026-03-02 06:00", "unknown"),),
    ),
    Case("the ledger cannot be read", "unknown", "unreadable", known={"unreadable": (Unreadable("the database is away"),)}),
    Case(
        "history cannot be read, the rest is good", "unknown", "unreadable", publications=GOOD,
        known={"unreadable": (Unreadable("history cannot be read"),)},
    ),
    Case("the column of events was not measured", "unknown", "not_measured", newest=None, publications=GOOD),
    Case("the newest event is later than the clock", "unknown", "not_measured level", newest="2026-03-03 06:00",
         publications=GOOD),
    Case(
        "a check that measured came after one that did not", "yes", "", UNTIL, publications=GOOD,
        known={"check": check("2026-03-02 09:00", "pass"), "attempt": attempt("2026-03-02 08:00", "pass", "published")},
    ),
    Case(
        "unknown goes before no", "unknown", "unreadable broken", levels=(),
        publications=(run("2026-03-02 06:00", "breach"),), known={"unreadable": (Unreadable("history cannot be read"),)},
    ),
    # No: too old, or the served rows break a rule.
    Case("a second too old", "no", "late", now="2026-03-03 06:01", publications=GOOD),
    Case("too old for the one who asks", "no", "late", now="2026-03-02 12:01", publications=GOOD, consumer="score"),
    Case("fresh enough for the one who asks", "yes", "", "2026-03-02 12:00", publications=GOOD, consumer="score"),
    Case("who asks has no freshness of its own", "yes", "", UNTIL, publications=GOOD, consumer="dashboard"),
    Case(
        "older than maxStaleness", "no", "late", publications=(run("2026-03-01 06:00"),), levels=(),
        settings={"maxStaleness": "24 h"},
    ),
    Case(
        "maxStaleness is nearer than the freshness", "yes", "", "2026-03-02 14:00",
        publications=GOOD, settings={"maxStaleness": "8 h"},
    ),
    Case("published under warn", "no", "broken", publications=(run("2026-03-02 06:00", "breach"),)),
    Case(
        "published under a draft", "no", "broken draft", publications=(run("2026-03-02 06:00", "breach"),),
        status="draft",
    ),
    Case(
        "a later check finds a breach", "no", "broken", publications=GOOD,
        known={"check": check("2026-03-02 10:00", "breach", "amount.maximum")},
    ),
    Case(
        "a later check finds that it was repaired", "yes", "", UNTIL,
        publications=(run("2026-03-02 06:00", "breach"),), known={"check": check("2026-03-02 10:00", "pass")},
    ),
    Case(
        "a check before the publication says nothing of it", "yes", "", UNTIL, publications=GOOD,
        known={"check": check("2026-03-02 05:00", "breach", "amount.maximum")},
    ),
    Case(
        "bad rows were appended two runs ago", "no", "broken",
        publications=(
            run("2026-03-01 06:00", mode="append"),
            run("2026-03-01 18:00", "breach", mode="append"),
            run("2026-03-02 06:00", mode="append"),
        ),
    ),
    Case(
        "bad rows were appended, then the whole was replaced", "yes", "", UNTIL,
        publications=(run("2026-03-01 18:00", "breach", mode="append"), RUN),
    ),
    Case(
        "a bad part is served beside a good one", "no", "broken",
        publications=(
            run("2026-03-01 06:00", "breach", part="day = 1"),
            run("2026-03-02 06:00", part="day = 2"),
        ),
    ),
    Case(
        "a bad part was replaced", "yes", "", UNTIL,
        publications=(
            run("2026-03-01 06:00", "breach", part="day = 1"),
            run("2026-03-02 06:00", part="day = 1"),
        ),
    ),
    Case("last good kept, and too old by now", "no", "late held_back", now="2026-03-03 12:00", publications=GOOD,
         known={"stale": stale("2026-03-03 06:00")}),
    Case(
        "a rerun of an old interval does not freshen", "no", "late", now="2026-03-03 12:00", newest=None,
        levels=(level("freshness", 24, "h"),),
        publications=(RUN, run("2026-03-03 11:00", end="2026-02-01 06:00", mode="append")),
    ),
    # What a check found, and what came after it.
    Case("a rerun of the key came after the check that passed", "no", "broken",
         publications=(run("2026-03-02 10:00", "breach", first="2026-03-02 06:00", end="2026-03-02 06:00"),),
         known={"check": check("2026-03-02 08:00", "pass")}),
    Case("a rerun of the key repaired what the check found", "yes", "", UNTIL,
         publications=(run("2026-03-02 10:00", first="2026-03-02 06:00", end="2026-03-02 06:00"),),
         known={"check": check("2026-03-02 08:00", "breach", "amount.maximum")}),
    Case("rows were appended to what a check found bad", "no", "broken",
         publications=(RUN, run("2026-03-02 10:00", mode="append")),
         known={"check": check("2026-03-02 08:00", "breach", "amount.maximum")}),
    Case("bad rows were appended after a check that passed", "no", "broken",
         publications=(RUN, run("2026-03-02 10:00", "breach", mode="append")),
         known={"check": check("2026-03-02 08:00", "pass")}),
    Case("bad rows were appended before a check that passed", "yes", "", UNTIL,
         publications=(RUN, run("2026-03-02 07:00", "breach", mode="append")),
         known={"check": check("2026-03-02 08:00", "pass")}),
    Case("rows were upserted into what a check found bad", "no", "broken",
         publications=(RUN, run("2026-03-02 10:00", mode="upsert")),
         known={"check": check("2026-03-02 08:00", "breach", "amount.maximum")}),
    Case("a check of some rows warns, one of all rows found a breach", "no", "broken warning", publications=GOOD,
         known={"check": check("2026-03-02 08:00", "breach", "amount.maximum"),
                "part": check("2026-03-02 09:00", "warn", warned=("amount.mean",))}),
    Case("a check of some rows found a breach, a later one of all rows did not", "yes", "", UNTIL, publications=GOOD,
         known={"part": check("2026-03-02 08:00", "breach", "amount.maximum"),
                "check": check("2026-03-02 09:00", "pass")}),
    Case("a check of some rows passed", "no", "broken", publications=(run("2026-03-02 06:00", "breach"),),
         known={"part": check("2026-03-02 08:00", "pass")}),
    Case("a check could not measure, then a run was held back", "unknown", "not_measured held_back", publications=GOOD,
         known={"check": check("2026-03-02 08:00", "unknown"),
                "attempt": attempt("2026-03-02 09:00", "breach", "halted", "amount.maximum")}),
    Case("a backfill of an older interval was held back", "yes", "", UNTIL, publications=GOOD,
         known={"attempt": attempt("2026-03-02 11:00", "breach", "halted", "a", about="2026-02-01 06:00")}),
    Case("a check by an older version of the contract proves nothing", "no", "broken",
         publications=(run("2026-03-02 06:00", "breach"),),
         known={"check": check("2026-03-02 08:00", "pass", version="0.9.0")}),
    Case("published under an older version", "degraded", "other_version", UNTIL,
         publications=(run("2026-03-02 06:00", version="0.9.0"),)),
    Case("published under an older patch", "yes", "", UNTIL, publications=(run("2026-03-02 06:00", version="1.0.7"),)),
    Case("a contract that may be upstream cannot be read", "degraded", "upstream", UNTIL, publications=GOOD,
         known={"unread_contracts": 1}),
    Case("what history says was published is gone", "unknown", "unreadable",
         known={"attempt": attempt("2026-03-02 06:00", "pass", "published")}),
    # Degraded: yes, but.
    Case("last good kept, within promise", "degraded", "held_back", UNTIL, publications=GOOD,
         known={"stale": stale("2026-03-02 11:00")}),
    Case(
        "a newer run was halted", "degraded", "held_back", UNTIL, publications=GOOD,
        known={"attempt": attempt("2026-03-02 11:00", "breach", "halted", "amount.maximum")},
    ),
    Case(
        "the halted run came before what serves", "yes", "", UNTIL, publications=GOOD,
        known={"attempt": attempt("2026-03-02 05:00", "breach", "halted", "amount.maximum")},
    ),
    Case("rows are in quarantine", "degraded", "quarantine", UNTIL,
         publications=(run("2026-03-02 06:00", "breach", "published_partly"),),
         known={"quarantine": (batch("2026-03-02 06:00", 7),)}),
    Case("rows of an older run are in quarantine", "degraded", "quarantine", UNTIL, publications=GOOD,
         known={"quarantine": (batch("2026-02-20 06:00", 7),)}),
    Case("a warning failed", "degraded", "warning", UNTIL, publications=(run("2026-03-02 06:00", "warn"),)),
    Case(
        "a later check warns", "degraded", "warning", UNTIL, publications=GOOD,
        known={"check": check("2026-03-02 10:00", "warn", warned=("amount.mean",))},
    ),
    Case("another service level is broken", "degraded", "level", UNTIL, now="2026-03-02 12:00", publications=GOOD,
         levels=(level("freshness", 24, "h", "at"), level("frequency", 1, "h"))),
    Case("another service level is broken that halts", "no", "level", publications=GOOD,
         levels=(level("freshness", 24, "h", "at"), level("frequency", 1, "h", settings={"onLate": "halt"}))),
    Case("a freshness with a mistake is no promise that was kept", "unknown", "not_measured", publications=GOOD,
         levels=(level("freshness", 24, "m", "at"),)),
    Case("a freshness of a column that is not there", "unknown", "not_measured", publications=GOOD,
         levels=(level("freshness", 24, "h", "nope"),)),
    Case("a freshness in prose is documentation", "yes", "", None, publications=GOOD,
         levels=(level("freshness", "as soon as we can", element="at"),)),
    Case("prose is documentation", "yes", "", UNTIL, publications=GOOD,
         levels=(level("freshness", 24, "h", "at"), level("retention", "as long as we need it"))),
    Case("upstream is in trouble", "degraded", "upstream", UNTIL, publications=GOOD, known={"upstream": (trouble(),)}),
    Case("the contract is a draft", "degraded", "draft", UNTIL, publications=GOOD, status="draft"),
    Case("rows were released against a rule", "degraded", "released", UNTIL, publications=GOOD,
         known={"released": (released("2026-03-02 08:00", 3),)}),
    Case("what was released was replaced since", "yes", "", UNTIL, publications=GOOD,
         known={"released": (released("2026-03-01 08:00", 3),)}),
    Case("several reasons, the worst first", "no", "late held_back quarantine upstream draft", now="2026-03-04 12:00",
         publications=GOOD, status="proposed",
         known={"stale": stale("2026-03-03 06:00"), "quarantine": (batch("2026-03-02 06:00", 7),),
                "upstream": (trouble(),)}),
    # Whose needs count.
    Case("another consumer's need does not count", "yes", "", UNTIL, now="2026-03-02 13:00", publications=GOOD),
    Case("a need that is no freshness", "degraded", "level", UNTIL, consumer="billing",
         newest="2026-03-02 06:00", publications=(run("2026-03-01 06:00"), run("2026-03-02 09:00", end="2026-03-02 06:00"))),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer(case: Case) -> None:
    found = asked(case)
    assert (found.answer, " ".join(reason.kind for reason in found.reasons), found.valid_until) == (
        case.answer,
        case.kinds,
        t(case.valid_until) if case.valid_until else None,
    ), found.reasons


def test_the_table_is_large_and_names_each_kind_of_reason() -> None:
    assert len(CASES) >= 40
    assert {kind for case in CASES for kind in case.kinds.split()} == set(KINDS)
    assert {case.answer for case in CASES} == {str(answer) for answer in Answer}


@pytest.mark.parametrize("case", [c for c in CASES if c.valid_until], ids=lambda case: case.name)
def test_by_the_clock_alone_it_is_no_when_the_answer_is_no_longer_valid(case: Case) -> None:
    """Nothing is recorded meanwhile: the answer holds until `valid_until`, and is a no from then on."""
    until = asked(case).valid_until
    assert until is not None
    for moment, answers in ((until, ("yes", "degraded")), (until + timedelta(seconds=1), ("no",))):
        found = fitness(case_dataset(case), evidence(case, moment), Clock(moment), case.consumer)
        assert found.answer in answers, (moment, found.reasons)


@given(st.sampled_from(CASES), st.integers(0, 10_000), st.integers(0, 10_000))
def test_time_alone_never_makes_data_better(case: Case, first: int, second: int) -> None:
    order = ["yes", "degraded", "no", "unknown"]
    answers = []
    for minutes in sorted((first, first + second)):
        moment = t(case.now) + timedelta(minutes=minutes)
        answers.append(fitness(case_dataset(case), evidence(case, moment), Clock(moment), case.consumer).answer)
    before, after = answers
    if "unknown" not in answers:  # an event later than the clock is known when its time has come
        assert order.index(before) <= order.index(after)


def test_a_consumer_that_the_contract_does_not_list_is_a_wrong_call() -> None:
    with pytest.raises(CallError) as error:
        asked(Case("", "", consumer="scor"))
    assert str(error.value) == (
        "test.odcs.yaml: 'scor' is not a consumer of things; did you mean 'score'?; it lists score, billing, dashboard"
    )


def test_the_answer_as_json() -> None:
    case = Case("", "", publications=GOOD, known={"stale": stale("2026-03-02 11:00")})
    assert asked(case).to_dict() == {
        "dataset": "things",
        "contract": {"id": "test", "version": "1.0.0"},
        "fitness": "degraded",
        "reasons": [
            {
                "kind": "held_back",
                "text": "stale since 2026-03-02T11:00:00+00:00: run 2026-03-02 11:00 was held back, it breaks "
                "amount.maximum",
                "calls_for": "degraded",
                "since": "2026-03-02T11:00:00+00:00",
            }
        ],
        "as_of": "2026-03-02T12:00:00+00:00",
        "valid_until": "2026-03-03T06:00:00+00:00",
        "consumer": "",
        "verdict": "pass",
        "age": 21600.0,
        "promised": {"value": 86400, "unit": "s"},
        "served": {
            "run_key": "run 2026-03-02 06:00",
            "contract_version": "1.0.0",
            "published_at": "2026-03-02T06:00:00+00:00",
            "run_at": "2026-03-02T06:00:00+00:00",
            "interval": [None, "2026-03-02T06:00:00+00:00"],
            "outcome": "published",
            "rows": 100,
        },
        "held_back": {
            "run_key": "run 2026-03-02 11:00",
            "since": "2026-03-02T11:00:00+00:00",
            "why": "amount.maximum",
        },
        "quarantine": {"rows": 0, "since": None},
        "levels": [],
        "owner": "",
        "support": [],
        "upstream": [],
    }


def test_only_yes_and_degraded_are_true() -> None:
    assert [bool(asked(case)) for case in CASES] == [case.answer in ("yes", "degraded") for case in CASES]


def test_the_newest_value_of_a_classified_column_decides_and_is_not_told() -> None:
    dataset, clock = things(level("freshness", 24, "h", "secret")), Clock(t("2026-03-02 12:00"))
    for newest, answer in (("2026-03-02 06:17", "yes"), ("2026-03-01 06:17", "no")):
        facts = Facts(columns={"secret": Extremes(t(newest), t(newest))})
        known = Evidence(
            check=check("2026-03-02 10:00", "pass"),
            levels=measured(dataset, facts, clock),
            fresh_until=fresh_until(dataset, facts, clock),
        )
        found = fitness(dataset, known, clock)
        assert (found.answer, found.valid_until) == (answer, clock.now if answer == "yes" else None)
        assert ":17" not in str(found.to_dict())

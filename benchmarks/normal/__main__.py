"""What the rule on what is normal sees, and how often it is wrong, beside others, on series that no setting was chosen
on; and its alarms in a real past.

    python -m benchmarks.normal [--mstl] [--choosing]

MSTL needs statsforecast in an environment of its own, which is made.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence

from benchmarks.checks.table import table
from benchmarks.normal import real
from benchmarks.normal.score import INCIDENTS, Score, score
from benchmarks.normal.series import CHOOSING, HELD_OUT, NOISES, Series, series
from benchmarks.normal.ways import WAYS, mstl

_HEAD = ("way", "false alarms a series-year", "most", "on holidays", "on month ends", "days not judged",
         *(f"seen: {name}" for name in INCIDENTS))  # fmt: skip
# As wide as it takes for alarms to be rare: 99.9 % of days are within, if the model is right.
_LEVELS = (99.9,)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--mstl", action="store_true", help="MSTL too (some minutes)")
    asked.add_argument("--choosing", action="store_true", help="the series that settings may be chosen on")
    given = asked.parse_args()
    seeds = CHOOSING if given.choosing else HELD_OUT
    every = [series(seed) for seed in seeds]
    kind = "that settings may be chosen on" if given.choosing else "of seeds that no setting was chosen on"
    print(f"{len(every)} series of two years {kind}; the second year is judged.\n")
    scores = {name: score((each, way(each)) for each in every) for name, way in WAYS.items()}
    if given.mstl:
        scores |= _mstl(every)
    print(table(_HEAD, [_row(name, found) for name, found in scores.items()]))
    if not given.mstl:
        print("MSTL was not asked for: --mstl\n")
    print("The rule by the noise of the series:\n")
    seen = scores["headgate"].seen_by_noise
    rows = [(f"{noise:.0%}", *(f"{seen[noise, name]:.2f}" for name in INCIDENTS)) for noise in NOISES]
    print(table(("noise", *(f"seen: {name}" for name in INCIDENTS)), rows))
    _real()


def _row(name: str, found: Score) -> tuple[str, ...]:
    numbers = (found.false_alarms, found.most, found.on_holidays, found.on_month_ends, found.not_judged)
    return (name, *(f"{number:.3g}" for number in numbers), *(f"{found.seen[each]:.2f}" for each in INCIDENTS))


def _mstl(every: Sequence[Series]) -> dict[str, Score]:
    first = [day for day in every[0].rows if day >= every[0].judged[0]]
    found = {}
    for level in _LEVELS:
        try:
            judges = mstl(every, first, level)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"MSTL was not measured: {type(error).__name__}: its environment cannot be made, or it fails\n")
            return found
        found[f"MSTL [7, 30] + ETS, 180 days, {level:g} %"] = score(zip(every, judges, strict=True))
    return found


def _real() -> None:
    if not real.FILE.exists():
        print("The real past was not judged: there is no ../shared beside the checkout.")
        return
    print("Weather of 2013 at three airports, by day:\n")
    for found in real.read():
        print(f"{found.series}: {found.judged} of {found.days} days judged, {len(found.alarms)} alarms")
        for alarm in found.alarms:
            normal = alarm.normal
            lower = f"{normal.lower:.3g} to " if normal.lower is not None else "up to "
            print(
                f"  {normal.day:%a} {normal.day}: {normal.value:.3g}, normal is {lower}{normal.upper:.3g}: {alarm.why}"
            )


if __name__ == "__main__":
    main()

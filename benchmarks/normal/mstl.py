"""MSTL of statsforecast, run in an environment of its own: reads series from its input, writes what it forecasts."""

import json
import sys
import warnings
from datetime import date

import numpy
from statsforecast.models import MSTL, AutoETS

warnings.filterwarnings("ignore")
PAST, AHEAD = 180, 14


def limits(rows, first, level):
    days = sorted(rows)
    values = numpy.log1p(numpy.array([rows[day] for day in days], dtype=float))
    found = {}
    start = next(n for n, day in enumerate(days) if date.fromisoformat(day) >= date.fromisoformat(first))
    for at in range(start, len(days), AHEAD):
        model = MSTL(season_length=[7, 30], trend_forecaster=AutoETS(model="ZZN"))
        forecast = model.forecast(y=values[at - PAST : at], h=AHEAD, level=[level])
        low, high = (numpy.expm1(forecast[f"{side}-{level}"]) for side in ("lo", "hi"))
        for n, day in enumerate(days[at : at + AHEAD]):
            found[day] = [float(low[n]), float(high[n])]
    return found


asked = json.load(sys.stdin)
json.dump([limits(rows, asked["first"], asked["level"]) for rows in asked["series"]], sys.stdout)

"""A rule of drift in a dbt project: one query that gives the distance from the baseline ÷ the limit of the rule."""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp, parse_one

from headgate.checks import CATALOGUE, REFERENCE, Check, Comparison
from headgate.checks import conditions as sql
from headgate.checks.baseline import WHOLE, Bins
from headgate.checks.drift import Drift, pinned_column
from headgate.errors import UnsupportedError
from headgate.past.drift.statistics import SMOOTHING, chi_square_bound

# The type of rules whose number a query gives.
_QUERIED = next(name for name, kind in CATALOGUE.items() if kind.untrusted)
# What stands in place of a value where the query measured none.
TOO_FEW = "too few rows to tell drift from chance"


def queried(check: Check, dataset: str) -> Check:
    """Return a check of drift as an `sql` rule of the dataset, whose number must be below 1; NULL for too few rows.

    Raises:
        UnsupportedError: its statistic is not PSI, or its baseline has segments.
    """
    rule = Drift.of(check)
    if rule.statistic != "psi":
        raise UnsupportedError(f"{rule.statistic} is not measured in dbt; psi is")
    if rule.baseline.segment:
        raise UnsupportedError("a baseline with segments is not compared in dbt")
    if rule.baseline.rows.get(WHOLE, 0) < rule.minimum:
        raise UnsupportedError(f"the baseline has fewer than {rule.minimum:,} rows")
    args = {"query": _query(check, dataset), "reads": (dataset,), "nothing": TOO_FEW}
    return replace(check, type=_QUERIED, args=args, expect=Comparison("<", (1,)))


def _query(check: Check, dataset: str) -> exp.Query:
    """Return the PSI of a column from its baseline, divided by what counts as drift for so many rows."""
    rule, pinned = Drift.of(check), pinned_column(check)
    base, bins = pinned.counts[WHOLE], pinned.bins
    table = exp.alias_(
        exp.Table(this=exp.to_identifier(dataset, quoted=True), db=exp.to_identifier(REFERENCE)),
        sql.DATA,
        table=True,
        quoted=True,
    )
    counts = [exp.alias_(counted, f"c{at}") for at, counted in enumerate(_counts(check.columns[0], bins))]
    counted = exp.select(exp.alias_(exp.Count(this=exp.Star()), "n"), *counts).from_(table)
    listed = " UNION ALL ".join(
        f"SELECT n, {rows} AS a, c{at} AS c FROM counted"  # noqa: S608 - numbers of the baseline alone
        for at, rows in enumerate(base)
    )
    bounds = " ".join(
        f"WHEN {k} THEN {chi_square_bound(float(rule.significance), max(k - 1, 1))!r}" for k in range(1, bins.size)
    )
    last = repr(chi_square_bound(float(rule.significance), bins.size - 1))
    m, s = sum(base), SMOOTHING
    query = parse_one(
        f"""
        WITH counted AS (SELECT 1 AS n), bins AS ({listed}),
        used AS (SELECT n, a, c, SUM(1) OVER () AS k FROM bins WHERE a > 0 OR c > 0),
        shared AS (
            SELECT n, k, (a + {s}) / ({m} + {s} * k) AS p, (c + {s}) / (n + {s} * k) AS q FROM used
        ),
        measured AS (SELECT n, k, SUM((q - p) * LN(q / p)) AS psi FROM shared GROUP BY n, k)
        SELECT CASE WHEN n >= {rule.minimum} THEN CAST(psi / GREATEST(
            {rule.threshold}, (CAST(1 AS DOUBLE) / n + CAST(1 AS DOUBLE) / {m}) * CASE k {bounds} ELSE {last} END
        ) AS DECIMAL(18, 6)) END AS drift FROM measured
        """,  # noqa: S608 - numbers of the baseline alone
        read="duckdb",
    )
    assert isinstance(query, exp.Query)
    query.args["with_"].expressions[0].set("this", counted)
    return query


def _counts(name: str, bins: Bins) -> list[exp.Expr]:
    """Return how many rows are in each bin, in their order."""
    value = sql.text(name) if any(isinstance(listed, str) for listed in bins.values) else sql.column(name)
    if bins.ordered:
        low, high = sql.literal(bins.low), sql.literal(bins.high)
        steps = [*map(sql.literal, bins.edges), high]
        conditions: list[exp.Expr] = [exp.LT(this=value.copy(), expression=low.copy())]
        below = [low, *steps]
        for at, step in enumerate(steps):
            above = (exp.GTE if at == 0 else exp.GT)(this=value.copy(), expression=below[at].copy())
            conditions.append(exp.and_(above, exp.LTE(this=value.copy(), expression=step.copy()), copy=False))
        conditions.append(exp.GT(this=value.copy(), expression=high.copy()))
    else:
        equal = [exp.EQ(this=value.copy(), expression=sql.literal(listed)) for listed in bins.values]
        known = exp.paren(exp.or_(*(each.copy() for each in equal), copy=False))
        conditions = [*equal, exp.and_(sql.not_null([name]), exp.Not(this=known), copy=False)]
    conditions.append(sql.is_null(name))
    return [exp.CountIf(this=condition) for condition in conditions]

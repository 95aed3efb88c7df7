"""The current time in a query: one meaning in every dialect, the time of the run.

Whatever a dialect calls it becomes CURRENT_TIMESTAMP, a moment, when a query is admitted; a date or a time without a
zone is that moment in UTC. Before the query runs, the moment becomes a literal (`at`).
"""

from __future__ import annotations

import datetime

from sqlglot import exp

# Functions that sqlglot has no class for in some dialect, by what they return.
_MOMENTS = frozenset(
    """
    now now64 sysdate get_current_timestamp transaction_timestamp statement_timestamp clock_timestamp getutcdate
    sysutcdatetime sysdatetimeoffset getdate sysdatetime systimestamp current_timestamp localtimestamp current_datetime
    """.split()  # noqa: SIM905
)
_DATES = frozenset({"today", "curdate", "current_date", "utc_date"})
_TIMES = frozenset({"curtime", "current_time", "localtime", "utc_time"})
_MOMENT_NODES = (exp.CurrentTimestamp, exp.CurrentTimestampLTZ, exp.Systimestamp, exp.UtcTimestamp)
_LOCAL_NODES = (exp.CurrentDatetime, exp.Localtimestamp)
_TIME_NODES = (exp.CurrentTime, exp.Localtime, exp.UtcTime)
# Texts that PostgreSQL reads as the current time.
_WORDS = frozenset({"now", "today", "tomorrow", "yesterday"})


def with_one_clock(tree: exp.Query) -> exp.Query:
    """Return a query in which the current time has one form. Raises ValueError for a form that has no equal."""
    for node in list(tree.walk(bfs=False))[::-1]:
        said = _said(node)
        if said is not node:
            node.replace(said)
    return tree


def at(query: exp.Expr, now: datetime.datetime) -> exp.Expr:
    """Return an admitted query as of an aware moment."""
    if query.find(exp.CurrentTimestamp) is None:
        return query
    moment = exp.cast(exp.Literal.string(now.astimezone(datetime.UTC).isoformat(sep=" ")), "TIMESTAMPTZ")
    return query.transform(lambda node: moment.copy() if isinstance(node, exp.CurrentTimestamp) else node)


def _said(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Cast) and node.this.is_string and node.this.name.strip().lower() in _WORDS:
        raise ValueError(f"'{node.this.name}' as a time reads the clock; write CURRENT_TIMESTAMP or CURRENT_DATE")
    if isinstance(node, exp.StrToUnix) and isinstance(node.this, exp.CurrentTimestamp):
        return exp.TimeToUnix(this=exp.CurrentTimestamp())
    name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    arguments = node.expressions if name else []
    if name == "unix_timestamp" and not arguments:
        return exp.TimeToUnix(this=exp.CurrentTimestamp())
    if name == "yesterday" and not arguments:
        return exp.Sub(this=_local(node, "DATE"), expression=exp.Literal.number(1))
    if name == "age" and len(arguments) == 1:  # as PostgreSQL means it: until midnight of today
        midnight = exp.cast(_local(node, "DATE"), "TIMESTAMP")
        return exp.Anonymous(this="age", expressions=[midnight, arguments[0].copy()])
    if isinstance(node, exp.CurrentDate | exp.UtcDate) or name in _DATES:
        return _local(node, "DATE")
    if isinstance(node, _TIME_NODES) or name in _TIMES:
        return _local(node, "TIME")
    if isinstance(node, _LOCAL_NODES):
        return _local(node, "TIMESTAMP")
    if isinstance(node, _MOMENT_NODES) or name in _MOMENTS:
        return exp.CurrentTimestamp()
    return node


def _local(node: exp.Expr, kind: str) -> exp.Expr:
    """Return the current moment as a date or time without a zone: in UTC, or in the zone that the function is given."""
    zone = node.this if isinstance(node.this, exp.Expr) and node.this.is_string else exp.Literal.string("UTC")
    return exp.cast(exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=zone.copy()), kind)

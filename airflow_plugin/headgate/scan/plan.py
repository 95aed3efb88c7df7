"""The plan: how each check of a relation will be measured, before anything is run.

A ladder of steps, from the cheapest evidence to the exact count. Whatever a step decides is exact, and no later step
asks it again; so good data, the common case, is proven and hardly counted.

- statistics: counts and extremes of columns, which engines and files know or find fast;
- values: the distinct values of a column that has few;
- what the platform offers for keys: constraints, order, density, distinct keys;
- then the aggregates, queries and exact counts of what is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlglot import exp

from headgate.checks import CATALOGUE, DATA, Check, Column, raw_name
from headgate.checks.catalogue import aggregate, count_expression, looked_at, own_count, proof, query, unexpected
from headgate.checks.proofs import zero_if
from headgate.checks.row_filter import of_rows
from headgate.places import Proof, Relation, Session
from headgate.scan.bind import Binding
from headgate.scan.precheck import Precheck, precheck, repeats_whole
from headgate.scan.step import Step

EXAMPLES = 5
# Under this key stands how many rows there are; no check has it.
ROWS = ""
# Types of which equal values are written alike: 0.0 and -0.0 are not, nor are PostgreSQL's 1.0 and 1.00.
_WRITTEN_ALIKE = frozenset({"string", "integer", "boolean", "date", "time", "timestamp"})


@dataclass(frozen=True)
class Plan:
    """How to measure `checks` on `relation`.

    `elsewhere` are the checks that other evaluators than SQL measure, by the evaluator's name. `same` gives, for a
    check, an earlier one that measures the very same; `implied`, those earlier ones that leave nothing to find where
    one of them found nothing; `looked_at`, where a check looks at some of the rows alone, under which key their number
    is measured.
    """

    binding: Binding
    checks: tuple[Check, ...]
    settled: Mapping[str, Precheck]
    steps: tuple[Step, ...]
    elsewhere: Mapping[str, tuple[Check, ...]] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    looked_at: Mapping[str, str] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()

    @property
    def relation(self) -> Relation:
        return self.binding.relation

    def named(self, check: Check) -> list[str]:
        """The columns that an example row of `check` shows: the primary key and the check's own."""
        return list(dict.fromkeys((*self.primary_key, *check.columns)))

    def collecting(self, check: Check, condition: exp.Expr) -> exp.Select:
        """Example rows, with the columns that are `named`: the first for which `condition` is TRUE."""
        names = self.named(check)
        columns = [exp.alias_(self._shown(name), name, quoted=True) for name in names]
        flagged = exp.select(*columns, exp.alias_(condition, "__headgate_unexpected")).from_(self.relation.as_data)
        shown = [exp.column(name, quoted=True) for name in names]
        return exp.select(*shown).from_(flagged.subquery("flagged")).where("__headgate_unexpected").limit(EXAMPLES)

    def _shown(self, name: str) -> exp.Expr:
        """A value as the source has it: the text of a cell that did not cast."""
        value, raw = (exp.column(n, table=DATA, quoted=True) for n in (name, raw_name(name)))
        if raw_name(name) not in self.relation.by_name:
            return value
        return exp.func("COALESCE", exp.cast(value, "TEXT"), raw)

    def condition(self, check: Check, unexpected_when: exp.Expr | None = None) -> exp.Expr | None:
        """TRUE for an unexpected row of the relation, with references resolved; None where only a number is known.

        Args:
            unexpected_when: the condition, where the measuring told it.
        """
        if unexpected_when is not None:
            return self.binding.bound(of_rows(unexpected_when, check), check)
        return None if CATALOGUE[check.type].condition is None else self.binding.condition(check)


def plan(
    checks: Iterable[Check],
    relation: Relation,
    session: Session,
    *,
    stored: bool,
    references: Mapping[str, exp.Expr] | None = None,
    primary_key: tuple[str, ...] = (),
) -> Plan:
    """Plan `checks` over `relation`.

    Args:
        stored: whether the relation is a table as consumers read it, whose physical types are promised; types of
            files and DataFrames are not.
        references: for foreign keys, the relation of each referenced dataset.
        primary_key: columns that name a row in examples.
    """
    binding = Binding(relation, references or {})
    chosen = tuple(checks)
    settled: dict[str, Precheck] = {}
    same: dict[str, str] = {}
    measured: dict[object, str] = {}
    open_checks: dict[str, list[Check]] = {"sql": []}
    for check in chosen:
        kind = CATALOGUE[check.type]
        # What the columns tell depends on it, and which of several numbers an evaluator tells.
        told = check.expect if kind.examine or kind.numeric else None
        what = (check.type, check.columns, check.within, repr(sorted(check.args.items())), repr(check.where), told)
        if (earlier := measured.setdefault(what, check.key)) != check.key:
            same[check.key] = earlier
        elif (decided := _settled(check, binding, session, stored=stored)) is not None:
            settled[check.key] = decided
        else:
            open_checks.setdefault(CATALOGUE[check.type].evaluator, []).append(check)
    ladder = _Ladder(binding, session, open_checks.pop("sql"))
    without_rows = {key for key, decided in settled.items() if decided.value is None}
    some = [
        check
        for check in chosen
        if CATALOGUE[check.type].looks_at_rows and same.get(check.key, check.key) not in without_rows
    ]
    sizes = {check.key: binding.bound(size, check) for check in some if (size := looked_at(check)) is not None}
    size_keys = {key: f"rows: {size.sql()}" for key, size in sizes.items()}
    makers = {size_keys[key]: size.copy for key, size in sizes.items()}
    counted = Step("rows", makers, relation.as_data, exact=True)
    return Plan(
        binding,
        chosen,
        settled,
        tuple(step for step in (*ladder.steps(), counted) if step.answers),
        {name: tuple(checks) for name, checks in open_checks.items()},
        same,
        ladder.implied(),
        size_keys,
        tuple(name for name in primary_key if name in relation.by_name),
    )


def _settled(check: Check, binding: Binding, session: Session, *, stored: bool) -> Precheck | None:
    decided = precheck(check, binding, session, stored=stored)
    if decided is None and CATALOGUE[check.type].condition is not None:
        reason = session.refuses(lambda: unexpected(check, document=binding.in_document(check)))
        return None if reason is None else Precheck(reason=reason)
    return decided


Answer = Callable[[], exp.Expr]


class _Ladder:
    """The steps for the checks that rows must decide."""

    def __init__(self, binding: Binding, session: Session, checks: Sequence[Check]) -> None:
        self.binding, self.session, self.checks = binding, session, checks

    def steps(self) -> Iterator[Step]:
        data = self.binding.relation.as_data
        yield Step("statistics", {ROWS: lambda: exp.Count(this=exp.Star()), **self._each(_has_proof, proof)}, data)
        yield from self._values()
        yield from self._keys()
        yield Step(
            "aggregate", self._each(lambda c: CATALOGUE[c.type].aggregate is not None, aggregate), data, exact=True
        )
        yield Step("count", self._each(_shares_count, self._counted), data, exact=True)
        yield Step("count", self._each(_has_own_count, lambda check: own_count(check, data)), exact=True)
        for untrusted in (False, True):
            queries = self._each(partial(_has_query, untrusted), query)
            yield Step("query", queries, exact=True, untrusted=untrusted)

    def implied(self) -> dict[str, tuple[str, ...]]:
        """A key that does not repeat does not repeat together with more columns, or in fewer rows, either."""
        keys = [check for check in self.checks if repeats_whole(check)]
        found = {check.key: tuple(other.key for other in keys if _implies(other, check)) for check in keys}
        return {key: by for key, by in found.items() if by}

    def _each(self, has: Callable[[Check], bool], make: Callable[[Check], exp.Expr]) -> dict[str, Answer]:
        """For each check that `has` one, what makes its answer on the relation."""
        return {check.key: partial(self._made, make, check) for check in self.checks if has(check)}

    def _made(self, make: Callable[[Check], exp.Expr], check: Check) -> exp.Expr:
        return self.binding.bound(make(check), check)

    def _counted(self, check: Check) -> exp.Expr:
        return count_expression(check, document=self.binding.in_document(check))

    def _values(self) -> Iterator[Step]:
        """Row checks of one column, on its distinct values: if those are few, and none is unexpected, no row is."""
        by_name = self.binding.relation.by_name
        checks = [check for check in self.checks if _of_one_value(check) and _alike(check, by_name[check.columns[0]])]
        columns = list(dict.fromkeys(check.columns[0] for check in checks))
        for values in self.session.values(self.binding.relation, columns):
            nothing = partial(_nothing_in, values.complete)
            of_these = [check for check in checks if check.columns[0] in values.columns]
            yield Step("values", {c.key: partial(self._made, nothing, c) for c in of_these}, values.source)

    def _keys(self) -> Iterator[Step]:
        """Keys with fewer columns first: they may imply those with more."""
        for check in sorted(self.checks, key=lambda check: len(check.columns)):
            if not check.within and check.where is None:
                for way in self._proofs(check):
                    yield Step(way.evidence, {check.key: partial(self.binding.bound, way.select, check)})

    def _proofs(self, check: Check) -> Iterable[Proof]:
        relation = self.binding.relation
        if repeats_whole(check):
            return self.session.unique(relation, check.columns)
        if CATALOGUE[check.type].guaranteed_by == "foreign":
            return self.session.held(relation, check.columns, check.args["to"], check.args["to_columns"])
        return ()


def _has_proof(check: Check) -> bool:
    return CATALOGUE[check.type].proof is not None and not check.within and check.where is None


def _has_query(untrusted: bool, check: Check) -> bool:
    kind = CATALOGUE[check.type]
    return kind.query is not None and kind.untrusted is untrusted


def _has_own_count(check: Check) -> bool:
    return CATALOGUE[check.type].count is not None and not check.within


def _shares_count(check: Check) -> bool:
    return CATALOGUE[check.type].condition is not None and not _has_own_count(check)


def _implies(one: Check, other: Check) -> bool:
    fewer = set(one.columns) < set(other.columns) or (one.where is None and set(one.columns) == set(other.columns))
    return fewer and one.key != other.key and one.where in (None, other.where)


def _of_one_value(check: Check) -> bool:
    """Whether it depends on the value of one column alone if a row is unexpected, and no statistics say it."""
    counted = CATALOGUE[check.type].only_condition
    return counted and not check.within and len(check.columns) == len(check.names) == 1


def _alike(check: Check, column: Column) -> bool:
    """Whether of equal values all are unexpected or none: a pattern, or what is inside, may tell them apart."""
    is_number = "number" in column.logical
    return bool(column.logical & _WRITTEN_ALIKE) or (is_number and check.args.get("pattern") is None)


def _nothing_in(complete: exp.Expr, check: Check) -> exp.Expr:
    """0 where the values are complete and none is unexpected, else NULL."""
    any_bad = exp.Coalesce(this=exp.LogicalOr(this=unexpected(check)), expressions=[exp.false()])
    return zero_if(exp.and_(complete.copy(), exp.Not(this=any_bad), copy=False))

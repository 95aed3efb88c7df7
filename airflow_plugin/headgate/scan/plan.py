"""The plan: how each check of a relation will be measured, before anything is run.

A ladder of steps, from the cheapest evidence to the exact count. Whatever a step decides is exact, and no later step
asks it again; so good data, the common case, is proven and hardly counted.

- statistics: counts and extremes of columns, which engines and files know or find fast;
- values: the distinct values of a column that has few;
- what the platform offers for keys: constraints, order, density, distinct keys;
- then the aggregates, queries and exact counts of what is still open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from headgate.checks import CATALOGUE, DATA, Check, CheckType, raw_name
from headgate.checks.catalogue import aggregate, count_expression, looked_at, own_count, unexpected
from headgate.places import Proof, Relation, Session
from headgate.scan.bind import Binding
from headgate.scan.decide import Settled, decide
from headgate.scan.step import Step

EXAMPLES = 5


@dataclass(frozen=True)
class Plan:
    """How to measure `checks` on `relation`.

    `same` gives, for a check, an earlier one that measures the very same; `implied`, those earlier ones that leave
    nothing to find where one of them found nothing. `sizing` counts the rows that checks look at where these are not
    all, each set of rows once, and `sizes` says by which of its answers for which check.
    """

    binding: Binding
    checks: tuple[Check, ...]
    settled: Mapping[str, Settled]
    steps: tuple[Step, ...]
    sizing: Step
    sizes: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    implied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()

    @property
    def relation(self) -> Relation:
        return self.binding.relation

    @property
    def rows(self) -> exp.Select:
        """How many rows there are."""
        return exp.select(exp.Count(this=exp.Star())).from_(self.relation.as_data)

    def named(self, check: Check) -> list[str]:
        """The columns that an example row of `check` shows: the primary key and the check's own."""
        return list(dict.fromkeys((*self.primary_key, *check.columns)))

    def collecting(self, check: Check) -> exp.Select:
        """Example rows, with the columns that are `named`: the first unexpected ones that are met."""
        names = self.named(check)
        columns = [exp.alias_(self._shown(name), name, quoted=True) for name in names]
        condition = self.condition(check)
        flagged = exp.select(*columns, exp.alias_(condition, "__headgate_unexpected")).from_(self.relation.as_data)
        shown = [exp.column(name, quoted=True) for name in names]
        return exp.select(*shown).from_(flagged.subquery("flagged")).where("__headgate_unexpected").limit(EXAMPLES)

    def _shown(self, name: str) -> exp.Expr:
        """A value as the source has it: the text of a cell that did not cast."""
        value, raw = (exp.column(n, table=DATA, quoted=True) for n in (name, raw_name(name)))
        if raw_name(name) not in self.relation.by_name:
            return value
        return exp.func("COALESCE", exp.cast(value, "TEXT"), raw)

    def has_examples(self, check: Check) -> bool:
        """Whether there are rows to show where something was measured for `check`."""
        return CATALOGUE[check.type].condition is not None

    def knows_rows(self, check: Check) -> bool:
        """Whether it is known of each row if it is unexpected."""
        return self.has_examples(check) and not check.args.get("partial")

    def condition(self, check: Check) -> exp.Expr:
        """TRUE for an unexpected row of the relation, with references resolved."""
        return self.binding.condition(check)


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
    settled: dict[str, Settled] = {}
    same: dict[str, str] = {}
    measured: dict[object, str] = {}
    open_checks: list[Check] = []
    for check in chosen:
        told = check.expect if CATALOGUE[check.type].examine else None  # what the columns tell depends on it
        what = (check.type, check.columns, check.within, repr(sorted(check.args.items())), repr(check.where), told)
        if (earlier := measured.setdefault(what, check.key)) != check.key:
            same[check.key] = earlier
        elif (decided := _settled(check, binding, session, stored=stored)) is not None:
            settled[check.key] = decided
        else:
            open_checks.append(check)
    ladder = _Ladder(binding, session, open_checks)
    counted = [check for check in chosen if same.get(check.key, check.key) not in settled]
    looked = {check.key: binding.bound(size, check) for check in counted if (size := looked_at(check)) is not None}
    sizes = {key: f"rows where {size.sql()}" for key, size in looked.items()}
    return Plan(
        binding,
        chosen,
        settled,
        tuple(step for step in ladder.steps() if step.answers),
        Step("rows", {sizes[key]: size for key, size in looked.items()}, relation.as_data, exact=True),
        sizes,
        same,
        ladder.implied(),
        tuple(name for name in primary_key if name in relation.by_name),
    )


def _settled(check: Check, binding: Binding, session: Session, *, stored: bool) -> Settled | None:
    decided = decide(check, binding, session, stored=stored)
    if decided is None and CATALOGUE[check.type].condition is not None:
        reason = session.refuses(unexpected(check, document=binding.in_document(check)))
        return None if reason is None else Settled(reason=reason)
    return decided


class _Ladder:
    """The steps for the checks that rows must decide."""

    def __init__(self, binding: Binding, session: Session, checks: Iterable[Check]) -> None:
        self.binding, self.session = binding, session
        self.checks = [(check, CATALOGUE[check.type]) for check in checks]

    def steps(self) -> Iterator[Step]:
        data = self.binding.relation.as_data
        plain = [(k, t.proof(k)) for k, t in self.checks if t.proof and not k.within and k.where is None]
        yield Step("statistics", {k.key: self._bound(proof, k) for k, proof in plain}, data)
        yield from self._values()
        yield from self._keys()
        numbers = {k.key: self._bound(n, k) for k, _ in self.checks if (n := aggregate(k)) is not None}
        yield Step("aggregate", numbers, data, exact=True)
        shared, own = self._counts()
        yield Step("count", shared, data, exact=True)
        yield Step("count", own, exact=True)
        for untrusted in (False, True):
            asked = {k.key: self._bound(t.query(k), k) for k, t in self.checks if t.query and t.untrusted is untrusted}
            yield Step("query", asked, exact=True, untrusted=untrusted)

    def implied(self) -> dict[str, tuple[str, ...]]:
        """A key that does not repeat does not repeat together with more columns either."""
        keys = [check for check, kind in self.checks if _repeats_whole(check, kind)]
        found = {
            check.key: tuple(
                other.key
                for other in keys
                if set(other.columns) < set(check.columns) and other.where in (None, check.where)
            )
            for check in keys
        }
        return {key: by for key, by in found.items() if by}

    def _bound(self, expression: exp.Expr, check: Check) -> exp.Expr:
        return self.binding.bound(expression, check)

    def _values(self) -> Iterator[Step]:
        """Row checks of one column, on its distinct values: if those are few, and none is unexpected, no row is."""
        checks = [check for check, kind in self.checks if _of_one_value(check, kind)]
        columns = list(dict.fromkeys(check.columns[0] for check in checks))
        for values in self.session.values(self.binding.relation, columns):
            held = {
                check.key: _none_where(values.complete, count_expression(check))
                for check in checks
                if check.columns[0] in values.columns
            }
            yield Step("values", {c.key: self._bound(held[c.key], c) for c in checks if c.key in held}, values.source)

    def _keys(self) -> Iterator[Step]:
        """Keys with fewer columns first: they may imply those with more."""
        for check, kind in sorted(self.checks, key=lambda pair: len(pair[0].columns)):
            for proof in () if check.within else self._proofs(check, kind):
                yield Step(proof.evidence, {check.key: self._bound(proof.select, check)})

    def _proofs(self, check: Check, kind: CheckType) -> Iterable[Proof]:
        relation = self.binding.relation
        if _repeats_whole(check, kind):
            return self.session.unique(relation, check.columns)
        if kind.keys == "foreign":
            return self.session.held(relation, check.columns, check.args["to"], check.args["to_columns"])
        return ()

    def _counts(self) -> tuple[dict[str, exp.Expr], dict[str, exp.Expr]]:
        """The exact counts, those that can share a query and those that cannot."""
        shared: dict[str, exp.Expr] = {}
        own: dict[str, exp.Expr] = {}
        for check, kind in self.checks:
            if (count := own_count(check, self.binding.relation.as_data)) is not None:
                own[check.key] = self._bound(count, check)
            elif kind.condition is not None:
                shared[check.key] = self._bound(
                    count_expression(check, document=self.binding.in_document(check)), check
                )
        return shared, own


def _of_one_value(check: Check, kind: CheckType) -> bool:
    """Whether it depends on the value of one column alone if a row is unexpected, and no statistics say it."""
    of_rows = kind.condition is not None and kind.count is None and kind.proof is None
    return of_rows and len(check.columns) == 1 and not check.within and check.where is None


def _repeats_whole(check: Check, kind: CheckType) -> bool:
    """Whether a key with a NULL in it repeats nothing, as platforms have it."""
    return kind.keys == "unique" and check.args.get("ignore_row_if", "any") == "any"


def _none_where(complete: exp.Expr, count: exp.Expr) -> exp.Expr:
    """0 where `complete` holds and nothing was counted, else NULL."""
    nothing = exp.EQ(this=count, expression=exp.Literal.number(0))
    return exp.Case().when(exp.and_(complete.copy(), nothing), exp.Literal.number(0))

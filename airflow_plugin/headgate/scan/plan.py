"""The plan: how each check of a relation will be measured, before anything is run.

prove -> count -> collect. What the columns alone decide is settled at once; proofs and aggregates share queries;
exact counts and example rows are planned for every check, and run only for those that no proof decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from headgate.checks import CATALOGUE, DATA, REFERENCE, SELF, Check, CheckType, Column, raw_name
from headgate.checks.catalogue import aggregate, count_expression, looked_at, own_count, proof, unexpected
from headgate.checks.shape import found as found_column
from headgate.places import Relation, Session

# So many aggregates share one query: one bad rule costs its chunk a second run, not the whole table.
CHUNK = 50
EXAMPLES = 5
# Within such a family every engine compares alike; beyond it each converts or fails in its own way.
_COMPARABLE = ({"integer", "number"}, {"date", "timestamp"})


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT; its columns are the answers to `keys`, in that order. `untrusted`: a contract wrote it, not we."""

    keys: tuple[str, ...]
    select: exp.Query
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """What the columns alone decide: `found` is what is wrong (None: nothing); `reason` why it cannot be executed."""

    found: str | None = None
    reason: str | None = None
    excused: bool = False


@dataclass(frozen=True)
class Plan:
    """How to measure `checks` on `relation`. `same` gives, for a check, an earlier one that measures the very same.
    `looked_at` are the aggregates of those checks that look at some of the rows: how many they are."""

    relation: Relation
    checks: tuple[Check, ...]
    settled: Mapping[str, Settled]
    rows: exp.Select
    prove: tuple[Query, ...]
    count: Mapping[str, exp.Expr]
    same: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    references: Mapping[str, exp.Expr] = field(default_factory=dict)
    looked_at: Mapping[str, exp.Expr] = field(default_factory=dict)

    def sizing(self) -> tuple[dict[str, str], list[Query]]:
        """By check the key of its number of rows looked at, and the queries that count these: a set of rows once."""
        keys = {key: expression.sql() for key, expression in self.looked_at.items()}
        return keys, _fused({keys[key]: expression for key, expression in self.looked_at.items()}, self.relation)

    def counting(self, keys: Collection[str]) -> list[Query]:
        """The queries that count the unexpected rows of the checks `keys`, those that can share one fused."""
        shared: dict[str, exp.Expr] = {}
        own: list[Query] = []
        for key in keys:
            count = self.count[key]
            if isinstance(count, exp.Select):
                own.append(Query((key,), count.copy()))
            else:
                shared[key] = count
        return [*_fused(shared, self.relation), *own]

    def named(self, check: Check) -> list[str]:
        """The columns that an example row of `check` shows: the primary key and the check's own."""
        return list(dict.fromkeys((*self.examples, *check.columns)))

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

    def condition(self, check: Check) -> exp.Expr:
        """TRUE for an unexpected row of the relation, with references resolved."""
        expression = unexpected(check, document=_in_document(check, self.relation))
        return _bound(expression, check, self.relation, self.references)


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
    references = references or {}
    columns = relation.by_name
    settled: dict[str, Settled] = {}
    proofs: dict[str, exp.Expr] = {}
    prove: list[Query] = []
    count: dict[str, exp.Expr] = {}
    chosen = tuple(checks)
    same: dict[str, str] = {}
    measured: dict[object, str] = {}
    for check in chosen:
        earlier = measured.setdefault(
            (check.type, check.columns, check.within, repr(sorted(check.args.items())), repr(check.where)), check.key
        )
        if earlier != check.key:
            same[check.key] = earlier
            continue
        kind = CATALOGUE[check.type]
        decided = _decide(check, kind, relation, session, stored, references)
        if decided is not None:
            settled[check.key] = decided
            continue
        if kind.query is not None:
            asked = _bound(kind.query(check), check, relation, references)
            assert isinstance(asked, exp.Query)
            prove.append(Query((check.key,), asked, untrusted=kind.untrusted))
            continue
        if (number := aggregate(check)) is not None:
            proofs[check.key] = _bound(number, check, relation, references)
            continue

        if kind.condition is not None:
            reason = session.refuses(unexpected(check, document=_in_document(check, relation)))
            if reason is not None:
                settled[check.key] = Settled(reason=reason)
                continue

        def bound(expression: exp.Expr, check: Check = check) -> exp.Expr:
            return _bound(expression, check, relation, references)

        if (evidence := proof(check)) is not None:
            evidence = bound(evidence)
            if kind.own_query and not isinstance(evidence, exp.Null):
                prove.append(Query((check.key,), exp.select(evidence).from_(relation.as_data)))
            elif not kind.own_query:
                proofs[check.key] = evidence
        own = own_count(check, relation.as_data)
        count[check.key] = bound(own or count_expression(check, document=_in_document(check, relation)))
    rows = exp.select(exp.Count(this=exp.Star())).from_(relation.as_data)
    sizes = {
        check.key: _bound(size, check, relation, references)
        for check in chosen
        if same.get(check.key, check.key) not in settled and (size := looked_at(check)) is not None
    }
    return Plan(
        relation=relation,
        checks=chosen,
        settled=settled,
        rows=rows,
        prove=(*_fused(proofs, relation), *prove),
        count=count,
        same=same,
        examples=tuple(name for name in primary_key if name in columns),
        references=references,
        looked_at=sizes,
    )


def _decide(
    check: Check,
    kind: CheckType,
    relation: Relation,
    session: Session,
    stored: bool,
    references: Mapping[str, exp.Expr],
) -> Settled | None:
    """What can be said of `check` without looking at a row; None where rows must be looked at."""
    columns = relation.by_name
    if _in_document(check, relation):
        return _decide_in_document(check, kind)
    missing = kind.needs(check, columns) or [name for name in check.names if name not in columns]
    if missing and check.type != "column_exists":
        # The missing column is a broken promise of its own, so this does not make the verdict unknown.
        return Settled(reason=f"the column {', '.join(missing)} is missing", excused=True)
    if kind.stored and not stored:
        return Settled(reason="a physical type is a promise about the table, not about files", excused=True)
    if kind.ordered and not relation.ordered:
        return Settled(reason=f"the rows of {relation.name} have no order")
    if check.type == "physical_type" and session.canonical(check.args["type"]) is None:
        return Settled(reason=f"{session.dialect} knows no type '{check.args['type']}'")
    for name in check.reads:
        if name not in references:
            return Settled(reason=f"the dataset '{name}' was not found; say where it is: references")
    if check.type == "text_format" and raw_name(check.columns[0]) not in columns:
        return Settled(reason="the column is no text; a format says how a text is written", excused=True)
    if kind.examine is None and (wanted := check.args.get("type")):
        column = found_column(check, columns)
        assert column is not None
        family = next((family for family in _COMPARABLE if wanted in family), {wanted})
        if not column.logical & family:
            # So is the wrong type.
            return Settled(reason=f"the column is {column.type}, not {wanted}", excused=True)
    for name in check.columns if kind.wants else ():
        if not columns[name].logical & kind.wants:
            return Settled(reason=f"{name} is {columns[name].type}, none of {', '.join(sorted(kind.wants))}")
    if kind.examine is not None:
        found = kind.examine(check, columns, session.canonical)
        if found is not None or kind.condition is None or check.within:
            return Settled(found=found)
        if raw_name(check.columns[0]) not in columns:
            return Settled()
    return None


def _fused(expressions: Mapping[str, exp.Expr], relation: Relation) -> list[Query]:
    keys = list(expressions)
    return [
        Query(
            tuple(keys[i : i + CHUNK]),
            exp.select(*(exp.alias_(expressions[k].copy(), f"c{n}") for n, k in enumerate(keys[i : i + CHUNK]))).from_(
                relation.as_data
            ),
        )
        for i in range(0, len(keys), CHUNK)
    ]


def _bound(expression: exp.Expr, check: Check, relation: Relation, references: Mapping[str, exp.Expr]) -> exp.Expr:
    """An expression of the catalogue on this relation: a referenced dataset becomes its relation, and a moment in a
    column without time zone is that of the zone which the contract names."""
    zone = check.args.get("zone")
    local = {name for name in check.columns if zone and not relation.by_name[name].zoned}
    # Literals are moments of UTC, and so are columns that have no zone; not every type compares with one that has.
    naive = not local and any(_naive(relation.by_name[name]) for name in check.names)
    expression = expression.copy()
    tables = [table for table in expression.find_all(exp.Table) if table.db == REFERENCE]
    if not local and not naive and not tables:
        return expression

    for table in tables:
        of = relation.source if table.name == SELF else references[table.name]
        source = exp.alias_(of.copy(), table.alias, table=True, quoted=True)
        if joined := {name: table.args[name] for name in ("joins", "laterals") if table.args.get(name)}:
            source = source if isinstance(source, exp.Table | exp.Subquery) else exp.Table(this=source)
            for name, parts in joined.items():
                source.set(name, parts)
        table.replace(source)

    def resolved(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in local and not isinstance(node.parent, exp.AtTimeZone):
            return exp.AtTimeZone(this=node.copy(), zone=exp.Literal.string(zone))
        if naive and isinstance(node, exp.Cast) and node.is_type("timestamptz") and isinstance(node.this, exp.Literal):
            return exp.cast(node.this.copy(), "TIMESTAMP")
        return node

    return expression.transform(resolved)


def _in_document(check: Check, relation: Relation) -> bool:
    return bool(check.within) and check.columns[0] in relation.by_name and relation.by_name[check.columns[0]].document


def _decide_in_document(check: Check, kind: CheckType) -> Settled | None:
    if check.type == "column_exists":
        return Settled(reason="a document has no fixed fields; `required` says which must be there", excused=True)
    if check.type == "physical_type":
        return Settled(reason="what is inside a document has no physical type", excused=True)
    if kind.condition is None or kind.own_query or check.type in ("timezone", "text_format"):
        return Settled(reason=f"checks of type {check.type} are not executed inside a document")
    return None


def _naive(column: Column) -> bool:
    return "timestamp" in column.logical and not column.nothing and (not column.zoned or column.type.endswith("_NS"))

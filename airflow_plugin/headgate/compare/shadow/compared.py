"""One output of a candidate beside production's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from sqlglot import exp

from headgate.checks import Column
from headgate.checks.reconciliation import Pair, Reconciliation
from headgate.compare.found import Reconciled
from headgate.compare.reconcile import reconcile
from headgate.compare.shadow.drift import moved_most
from headgate.compare.shadow.found import ColumnChange, Input, Output, ShadowRun
from headgate.compare.shadow.promises import judged
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.errors import HeadgateError, TransientError
from headgate.places import Place, Relation, Session

WORST = 5
# A column of texts with at most so many values is one of a list.
_FEW = 20
_EXAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class Pairing:
    """An output: where production's rows are (`own`), where the candidate's are (`other`), and what is known of it.

    `near` is a table beside which those are that foreign keys refer to; None: as the contract says. `name` and `shown`
    what messages call it and production's table. `hidden` are columns that are masked on both
    sides.
    """

    name: str
    shown: str
    own: Place
    other: Place
    dataset: Dataset | None = None
    key: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    readers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    near: Place | None = None


def compare_output(pairing: Pairing, settings: Settings) -> Output:
    """Return how an output agrees with production's, and which promises its rows break. Raises TransientError."""
    output = _described(pairing, settings)
    try:
        with pairing.own.connect() as own, pairing.other.connect() as other:
            before, after = own.read(pairing.own), other.read(pairing.other)
            said, lost = schema_changes(before.columns, after.columns)
            output = replace(output, schema=said, lost=lost)
            rule = rule_for(before, after, pairing, settings)
        if rule is None:
            why = "neither a key nor a column of numbers, whose sum could be compared, was found"
            return _judged(replace(output, why=why), pairing, settings)
        found = reconcile(
            pairing.own,
            pairing.other,
            rule,
            now=settings.now,
            own_dataset=None if pairing.hidden else pairing.dataset,
            other_dataset=None if pairing.hidden else pairing.dataset,
            examples=_EXAMPLES,
        )
        key = tuple(map(str, rule.key))
        output = replace(output, key=key, reconciled=found, why=found.lost)
        output = replace(output, columns=_column_changes(pairing, found, settings))
        changed = [each.column for each in output.columns if each.column not in pairing.hidden]
        output = replace(output, drift=moved_most(pairing.own, pairing.other, changed))
    except TransientError:
        raise
    except HeadgateError as error:
        output = replace(output, why=str(error))
    return _judged(output, pairing, settings)


def run_of(
    candidate: str, output: Output, inputs: tuple[Input, ...], dataset: Dataset, settings: Settings
) -> ShadowRun:
    """Return the run of a candidate that makes one output."""
    return ShadowRun(
        candidate,
        (output,),
        settings.now,
        inputs=inputs,
        sample=str(settings.sample or ""),
        contract=f"{dataset.contract.id} {dataset.contract.version}",
        commit=dataset.contract.git_commit or "",
        command=settings.command,
    )


def _judged(output: Output, pairing: Pairing, settings: Settings) -> Output:
    return judged(output, pairing.dataset, pairing.other, settings, pairing.hidden, pairing.near)


def _described(pairing: Pairing, settings: Settings) -> Output:
    dataset = pairing.dataset
    contract = f"{dataset.contract.id} {dataset.contract.version}" if dataset else ""
    return Output(
        pairing.name,
        pairing.shown,
        contract=contract,
        contract_file=str(dataset.contract.file) if dataset else "",
        left_out=tuple(sorted(_left_out(pairing, settings))),
        readers=pairing.readers or consumers_of(dataset),
        remarks=pairing.remarks,
        allowed=settings.allowed,
    )


def consumers_of(dataset: Dataset | None) -> tuple[str, ...]:
    """Return who reads a dataset by its contract, with their contacts."""
    found = dataset.consumers if dataset else ()
    return tuple(f"{each.name} ({each.contact})" if each.contact else each.name for each in found)


def _left_out(pairing: Pairing, settings: Settings) -> frozenset[str]:
    """Return the columns whose values are not compared. Keys are, where they are masked on both sides."""
    return (pairing.hidden | settings.leave_out) - frozenset(pairing.key)


def schema_changes(before: Sequence[Column], after: Sequence[Column]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the changes of the columns in words, and the columns that went."""
    old, new = ({column.name: column for column in columns} for columns in (before, after))
    lost = tuple(name for name in old if name not in new)
    said = [f"column {name} is gone" for name in lost]
    said += [f"column {name} is new ({new[name].type})" for name in new if name not in old]
    said += [
        f"column {name} is of type {new[name].type}, was {old[name].type}"
        for name in old
        if name in new and old[name].type != new[name].type
    ]
    return tuple(said), lost


def rule_for(before: Relation, after: Relation, pairing: Pairing, settings: Settings) -> Reconciliation | None:
    """Return what is compared: rows by the key that both sides have, else the sums of all columns of numbers; None if
    there is neither."""
    both = [name for name in before.by_name if name in after.by_name]
    left_out = _left_out(pairing, settings)
    rule = Reconciliation(tolerance=settings.tolerance, allowed=settings.allowed)
    if pairing.key and all(name in both for name in pairing.key):
        columns = tuple(_pair(n) for n in both if n not in left_out and n not in pairing.key)
        return replace(rule, key=tuple(map(_pair, pairing.key)), columns=columns, leave_out=left_out)
    numbers = [n for n in both if n not in left_out and is_number(before.by_name[n]) and is_number(after.by_name[n])]
    if not numbers:
        return None
    return replace(rule, sums=(Pair("1", "1"), *map(_pair, numbers)))


def _pair(name: str) -> Pair:
    return Pair(name, name)


def is_number(column: Column) -> bool:
    """Return whether a column can be summed up."""
    return bool(column.logical & {"integer", "number"}) and not column.nothing


def _column_changes(pairing: Pairing, found: Reconciled, settings: Settings) -> tuple[ColumnChange, ...]:
    """Return the columns that differ most, with their sums and NULLs on either side."""
    worst = sorted(found.columns.items(), key=lambda item: -item[1])
    names = [name for name, changed in worst if changed and name != "1"][:WORST]
    if not names:
        return ()
    show = settings.show if settings.show is not None else bool(pairing.dataset and pairing.dataset.show_examples)
    with pairing.own.connect() as own, pairing.other.connect() as other:
        sides = [
            _measured(session, session.read(place), names)
            for session, place in ((own, pairing.own), (other, pairing.other))
        ]
    return tuple(_change(name, found, sides, pairing.hidden, show) for name in names)


def _ratio(name: str, found: Reconciled) -> float | None:
    """Return the median of after / before in the examples; None where they are no numbers other than 0."""
    pairs = [(e.own.get(name), e.other.get(name)) for e in found.examples if e.own and e.other and name in e.columns]
    numbers = (int, float, Decimal)
    ratios = [float(b) / float(a) for a, b in pairs if isinstance(a, numbers) and isinstance(b, numbers) and a]
    return median(ratios) if ratios else None


@dataclass(frozen=True, slots=True)
class _Side:
    """Of each column: the sum, how many NULLs, and its values if they are few."""

    sums: Mapping[str, object]
    nulls: Mapping[str, int]
    values: Mapping[str, frozenset[str]]


def _measured(session: Session, relation: Relation, names: Iterable[str]) -> _Side:
    columns = [relation.by_name[name] for name in names if name in relation.by_name]
    wanted: list[exp.Expr] = []
    for column in columns:
        value = exp.column(column.name, quoted=True)
        wanted.append(exp.Sub(this=exp.Count(this=exp.Star()), expression=exp.Count(this=value.copy())))
        wanted.append(exp.Sum(this=value.copy()) if is_number(column) else exp.null())
    (row,) = session.rows(exp.select(*wanted).from_(relation.as_data)) if wanted else [()]
    nulls = {column.name: int(row[2 * at]) for at, column in enumerate(columns)}
    sums = {column.name: row[2 * at + 1] for at, column in enumerate(columns)}
    texts = [column.name for column in columns if "string" in column.logical and not column.document]
    return _Side(sums, nulls, {name: few for name in texts if (few := _few(session, relation, name)) is not None})


def _few(session: Session, relation: Relation, name: str) -> frozenset[str] | None:
    value = exp.column(name, quoted=True)
    query = exp.select(value).distinct().from_(relation.as_data).where(value.copy().is_(exp.null()).not_())
    rows = session.rows(query.limit(_FEW + 1))
    return frozenset(str(value) for (value,) in rows) if len(rows) <= _FEW else None


def _change(name: str, found: Reconciled, sides: list[_Side], hidden: frozenset[str], show: bool) -> ColumnChange:
    before, after = sides
    pattern = next((each.words for each in found.patterns if name in each.columns), "")
    sums = (before.sums.get(name), after.sums.get(name))
    old, new = before.values.get(name), after.values.get(name)
    lost, came = (old - new, new - old) if old is not None and new is not None else (frozenset(), frozenset())
    shown = show and name not in hidden
    return ColumnChange(
        name,
        found.columns[name],
        pattern,
        None if name in hidden else _ratio(name, found),
        None if sums == (None, None) or name in hidden else sums,  # type: ignore[arg-type]
        (before.nulls.get(name, 0), after.nulls.get(name, 0)),
        len(lost),
        len(came),
        {"lost": tuple(sorted(lost)), "new": tuple(sorted(came))} if shown and (lost or came) else {},
    )

"""headgate reconcile."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from headgate import alerts, history, lineage
from headgate.checks.reconciliation import MOST_SETTLED, RECONCILIATION, Pair, Reconciliation, Tolerance
from headgate.cli.options import (
    BREACH,
    UNKNOWN,
    code_of,
    dataset_of,
    examples_option,
    exits,
    format_option,
    pairs_of,
    references_option,
    server_option,
    show,
)
from headgate.compare.evaluator import bandwidth as usual_bandwidth
from headgate.compare.evaluator import over_a_line
from headgate.compare.reconcile import reconcile as compare
from headgate.compare.shown import example_rows, hidden_names
from headgate.contract import Dataset
from headgate.contract.service_levels import duration
from headgate.errors import CallError
from headgate.fitness.refresh import refresh
from headgate.gate import data_of, holds_back, is_own, policy_for
from headgate.gate import reconcile as reconcile_rules
from headgate.places import Place, place_of
from headgate.render.answers import ReconcileAnswer, ReconcileResult
from headgate.report.words import share_words

if TYPE_CHECKING:
    from headgate.report import CheckResult

_EXAMPLES = 5
# What a rule of a contract says itself: option, by its parameter.
_OF_RULES = {
    "keys": "--key", "left_out": "--except", "sums": "--sum", "by": "--by", "absolute": "--absolute",
    "relative": "--relative", "allow": "--allow", "settled": "--settled", "as_of": "--as-of", "where": "--where",
    "other_where": "--other-where",
}  # fmt: skip
_NAMES = re.compile(r"\s*([^\W\d]\w*)\s*=\s*([^\W\d]\w*)\s*")


@click.command(short_help="Compare two datasets that must agree.")
@click.argument("own", metavar="A")
@click.argument("other", metavar="[B]", required=False)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="COLUMN",
    help="Compare rows by this key; OWN=OTHER where they are called differently.",
)
@click.option("--except", "left_out", multiple=True, metavar="COLUMN", help="Do not compare this column.")
@click.option(
    "--sum",
    "sums",
    multiple=True,
    metavar="COLUMN",
    help="Compare the sum of this column or expression; OWN=OTHER, or 'EXPRESSION => EXPRESSION'.",
)
@click.option("--by", multiple=True, metavar="COLUMN", help="Sum up by this column or expression, as --sum.")
@click.option("--absolute", metavar="NUMBER", help="Numbers may be so far apart.")
@click.option("--relative", metavar="NUMBER", help="Numbers may be so far apart, as a share of the larger one.")
@click.option("--allow", type=click.IntRange(0), default=0, help="So many rows or groups may differ.")
@click.option("--settled", metavar="DURATION", help="Compare only periods that ended as long ago: P2D, PT6H.")
@click.option("--as-of", metavar="COLUMN", help="The time that --settled is about; OWN=OTHER.")
@click.option("--where", default="", metavar="CONDITION", help="Compare only these rows of A.")
@click.option("--other-where", default="", metavar="CONDITION", help="Compare only these rows of B.")
@click.option(
    "--bandwidth",
    type=float,
    metavar="MB",
    help="How many MB a second the line carries; by default 100, or HEADGATE_BANDWIDTH.",
)
@server_option
@references_option
@examples_option
@click.option("--explain", is_flag=True, help="Show the steps, and what each moved.")
@format_option(ReconcileAnswer)
@exits
def reconcile(
    own: str,
    other: str | None,
    keys: tuple[str, ...],
    left_out: tuple[str, ...],
    sums: tuple[str, ...],
    by: tuple[str, ...],
    absolute: str | None,
    relative: str | None,
    allow: int,
    settled: str | None,
    as_of: str | None,
    where: str,
    other_where: str,
    bandwidth: float | None,
    server: str | None,
    references: tuple[str, ...],
    show_examples: bool | None,
    explain: bool,
    form: str,
) -> int:
    """Compare A with B: rows by key, or sums by group.

    A and B are what `headgate check` takes as DATA, or CONTRACT#DATASET: the dataset's own table on its server. The
    key of a contract's dataset is its primary key.

    Without B, A is a CONTRACT[#DATASET], and what its rules say that it must agree with is compared.

    Two columns that are called differently are OWN=OTHER; expressions that differ, 'OWN => OTHER'. Any other text is
    one expression for both sides.

    Exit: 0 they agree; 1 they do not; 2 the contract or the call is wrong; 3 could not be compared.
    """
    if bandwidth is not None and not 0 < bandwidth < math.inf:
        raise CallError(f"--bandwidth {bandwidth:g}: expected MB a second, such as 5")
    if other is None:
        _refuse_of_rules()
        with over_a_line(bandwidth):
            return _of_contract(own, server, references, show_examples, explain, form)
    (place, dataset), (other_place, other_dataset) = _side(own, server), _side(other, None)
    rule = Reconciliation(
        by=_pairs(by, "--by"),
        sums=_pairs(sums, "--sum"),
        key=_pairs(keys, "--key") if keys else _primary_key(dataset, other_dataset) if not sums else (),
        leave_out=frozenset(left_out),
        tolerance=Tolerance(number_of(absolute, "--absolute"), number_of(relative, "--relative")),
        allowed=allow,
        settled=_settled(settled),
        as_of=_pair(as_of, "--as-of") if as_of else None,
        where=where,
        other_where=other_where,
    )
    if rule.of_rows == bool(rule.sums):
        raise CallError("give --key to compare rows, or --sum (and --by) to compare sums")
    found = compare(
        place,
        other_place,
        rule,
        now=datetime.now(UTC),
        own_dataset=dataset,
        other_dataset=other_dataset,
        bandwidth=bandwidth * 1e6 if bandwidth else usual_bandwidth(),
    )
    hidden = hidden_names(rule, found, _hidden(dataset), _hidden(other_dataset))
    details = found.to_dict(hidden if show_examples else found.families)
    by_words = ", ".join(map(str, rule.key or rule.by))
    what = "rows" if rule.of_rows else ", ".join(map(str, rule.sums))
    result = ReconcileResult(
        f"{what}{f' by {by_words}' if by_words else ''} of {found.own} agree with {found.other}",
        "not_executed" if found.lost else "passed" if found.agrees(allow) else "failed",
        details,
        share_words(found.differing, found.compared, found.unit.removesuffix("s")) if found.compared else "",
        found.lost or found.empty or found.alone,
        example_rows(found, _EXAMPLES, hidden) if show_examples else (),
    )
    verdict = "unknown" if found.lost else "pass" if found.agrees(allow) else "breach"
    show(ReconcileAnswer((result,), verdict, explain=explain), form)
    return {"unknown": UNKNOWN, "breach": BREACH}.get(verdict, 0)


def _refuse_of_rules() -> None:
    """Raise CallError for an option that says what the rules of a contract say."""
    context = click.get_current_context()
    for name, option in _OF_RULES.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise CallError(f"{option} does not go with a contract alone: its rule says it; give B to compare with")


def _of_contract(
    contract: str, server: str | None, references: tuple[str, ...], show_examples: bool | None, explain: bool, form: str
) -> int:
    dataset = dataset_of(contract)
    place, near = data_of(dataset, None, server)
    with lineage.emitted(f"{dataset.contract.id}.{dataset.name}.reconcile") as ran:
        report = reconcile_rules(
            dataset, place, near=near, references=pairs_of(references), show_examples=show_examples
        )
        policy = policy_for(dataset, report, None)
        ran.found = lambda: lineage.check_facets(report, place, dataset, policy=str(policy))
        ran.failed = holds_back(report, policy)
    results = tuple(_result(result) for result in report.results if result.reconciled or result.type == RECONCILIATION)
    show(ReconcileAnswer(results, str(report.verdict), report, explain=explain), form)
    around = history.Surroundings(RECONCILIATION, own=is_own(dataset, place), passes=not ran.failed)
    record = history.RunRecord.of_check(report, str(policy), part=True, around=around)
    history.told(record, at_once=bool(alerts.configured()))
    alerts.send_due(lineage=0)
    refresh(dataset, place)
    return code_of(report) if ran.failed else 0


def _result(result: CheckResult) -> ReconcileResult:
    return ReconcileResult(
        result.statement,
        str(result.status),
        result.reconciled,
        result.observed if not result.found else "",
        result.reason or result.found,
        result.examples,
    )


def _side(text: str, server: str | None) -> tuple[Place, Dataset | None]:
    path, _, _ = text.partition("#")
    if not path.lower().endswith((".yaml", ".yml")):
        return place_of(text), None
    dataset = dataset_of(text)
    return data_of(dataset, None, server)[0], dataset


def _primary_key(*datasets: Dataset | None) -> tuple[Pair, ...]:
    names = next((d.primary_key for d in datasets if d is not None and d.primary_key), ())
    return tuple(Pair(name, name) for name in names)


def _hidden(dataset: Dataset | None) -> set[str]:
    return {p.column.lower() for p in dataset.properties if p.hides} if dataset else set()


def _pairs(texts: Sequence[str], option: str) -> tuple[Pair, ...]:
    return tuple(_pair(text, option) for text in texts)


def _pair(text: str, option: str) -> Pair:
    """Return the two sides of `own=other`, two names, or of `own => other`; else the text is meant for both."""
    own, arrow, other = text.partition(" => ")
    if match := _NAMES.fullmatch(text):
        own, other = match.groups()
    elif not arrow:
        other = own
    if not own.strip() or not other.strip():
        raise CallError(f"{option} '{text}': expected a column or an expression")
    return Pair(own.strip(), other.strip())


def number_of(text: str | None, option: str) -> Decimal:
    """Return the number that an option gives, by default 0. Raises CallError."""
    try:
        number = Decimal(text or 0)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0:
        raise CallError(f"{option} {text}: expected a number that is not negative")
    return number


def _settled(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if text.strip().startswith("-"):
        raise CallError(f"--settled {text}: a duration must not be negative")
    try:
        found = duration(text)
    except ValueError as error:
        raise CallError(f"--settled: {error}") from None
    if found.months:
        raise CallError(f"--settled {text}: expected a duration of days or hours, such as P2D or PT6H")
    if found.days * 86400 + found.seconds > MOST_SETTLED.total_seconds():
        raise CallError(f"--settled {text}: expected at most {MOST_SETTLED.days} days")
    return timedelta(days=found.days, seconds=float(found.seconds))

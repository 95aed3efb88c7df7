"""headgate."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from ..kit import Answer, Number


class Headgate:
    name = "headgate"

    def __init__(self) -> None:
        import headgate

        self.version = headgate.__version__

    def __call__(self, contract: Path, data: str) -> Answer:
        from headgate import Contract, ContractError, check

        try:
            things = Contract.load(contract)["things"]
        except ContractError:
            return Answer(contract_wrong=True)
        report = check(things, data)
        rules = {r.key: (str(r.status), _number(r, report.rows)) for r in report.results}
        return Answer(rules, str(report.verdict))


def _number(result: object, rows: int) -> Number | None:
    """What was measured in the rule's unit: unexpected rows, their percentage, or a table-level number."""
    unexpected, expected, observed = (getattr(result, name) for name in ("unexpected", "expected", "observed"))
    if unexpected is not None:
        return Fraction(100 * unexpected, rows) if "%" in expected and rows else unexpected
    try:
        return int(observed.replace(",", ""))
    except ValueError:
        # Where a proof on the columns or the extremes decided, not one row is unexpected.
        return 0 if str(getattr(result, "status")) == "passed" and not observed else None  # noqa: B009


def connect() -> Headgate:
    return Headgate()

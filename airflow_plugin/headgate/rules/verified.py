"""The queries among the `verifiedStatements` of a contract's `context` (ODCS 3.2): admitted as `sql` rules are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from headgate.checks import Check, Comparison
from headgate.contract import Contract, Dataset
from headgate.contract.context import Context, VerifiedStatement
from headgate.contract.document import Path
from headgate.contract.schema_object import tables_of
from headgate.sql.admit import admit_statement
from headgate.sql.dialects import dialect_of

_QUERY = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
# It holds of any query that runs.
_RUNS = Comparison(">=", (0,))


@dataclass(frozen=True)
class VerifiedQuery:
    """A verified statement whose answer is a query, and where it is in the document. `dataset` has one rule, which
    counts the rows of the answer; None where the query is refused, with the `problem`."""

    statement: VerifiedStatement
    path: Path
    dataset: Dataset | None = None
    problem: str = ""


def verified_queries(contract: Contract) -> Iterator[VerifiedQuery]:
    """Yield the verified statements of a contract whose answer is a query; prose is left out."""
    yield from _of(contract, contract.context, ("context",), None)
    for index, dataset in enumerate(contract):
        yield from _of(contract, dataset.context, ("schema", index, "context"), dataset)


def _of(contract: Contract, context: Context, path: Path, about: Dataset | None) -> Iterator[VerifiedQuery]:
    dialect = dialect_of([server.type for server in contract.servers])
    tables = tables_of([(d.name, d.physical_name) for d in contract], [server.fields for server in contract.servers])
    for index, statement in enumerate(context.statements):
        if not _QUERY.match(statement.answer):
            continue
        where = (*path, "verifiedStatements", index, "answer")
        try:
            query = admit_statement(statement.answer, dialect, tables, about.name if about else "")
        except ValueError as error:
            yield VerifiedQuery(statement, where, problem=str(error))
            continue
        read = about or next((contract[name] for name in query.reads if name in contract.datasets), None)
        if read is None:
            yield VerifiedQuery(statement, where, problem="it reads no dataset of the contract")
            continue
        counting = exp.select(exp.Count(this=exp.Star())).from_(query.tree.subquery("answer"))
        args = {"query": counting, "reads": query.reads}
        # What it counts is nobody's to see here: only whether it runs.
        check = Check(f"context.{index}", "sql", args=args, expect=_RUNS, classified=True)
        yield VerifiedQuery(statement, where, replace(read, rules=(check,)))

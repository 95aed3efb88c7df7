"""A step of the plan: queries that may decide several checks at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

# So many answers share one query: one bad rule costs its chunk a second run, not the whole table.
CHUNK = 50


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT; its columns are the answers to `keys`, in that order."""

    keys: tuple[str, ...]
    select: exp.Query

    def alone(self) -> Iterator[Query]:
        """The same questions, one query each."""
        for key, column in zip(self.keys, self.select.expressions, strict=True):
            select = self.select.copy()
            select.set("expressions", [column.copy()])
            yield Query((key,), select)


@dataclass(frozen=True, slots=True)
class Step:
    """Where the answer to each of several checks is found: the number of unexpected rows, or a number to compare.

    `answers` make the expressions over `source`, which share queries; without a source each is a whole query of its
    own. Most are never asked for, and are then not made either.
    `exact`: this is the last word; else NULL, or a failure, only means that this evidence cannot tell. `untrusted`: a
    contract wrote the query, not we.
    """

    evidence: str
    answers: Mapping[str, Callable[[], exp.Expr]]
    source: exp.Expr | None = None
    exact: bool = False
    untrusted: bool = False

    def queries(self, keys: Collection[str]) -> list[Query]:
        """The queries that answer those of `keys` that this step knows of."""
        wanted = [key for key in self.answers if key in keys]
        if self.source is None:
            return [Query((key,), _whole(self.answers[key]())) for key in wanted]
        chunks = (wanted[i : i + CHUNK] for i in range(0, len(wanted), CHUNK))
        return [Query(tuple(chunk), self._fused(chunk)) for chunk in chunks]

    def _fused(self, keys: Collection[str]) -> exp.Select:
        assert self.source is not None
        answers = (exp.Alias(this=self.answers[key](), alias=exp.to_identifier(f"c{n}")) for n, key in enumerate(keys))
        return exp.Select(expressions=list(answers)).from_(self.source.copy(), copy=False)


def _whole(answer: exp.Expr) -> exp.Query:
    assert isinstance(answer, exp.Query)
    return answer

"""How values are spread among all rows that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from headgate.compare.joined import Joined
from headgate.compare.matched import Matched
from headgate.compare.tables import Tables

_MOST_VALUES = 200
_QUANTILES = 100
# Of more rows about so many are looked at, chosen by their keys.
_ENOUGH = 200_000


class RowsBehind:
    """All rows of one side, for patterns (`patterns.Background`): those of a side that is in the session that compares,
    else what was moved there."""

    def __init__(self, joined: Joined, tables: Tables) -> None:
        self._session = joined.session
        matched = [*joined.keys, *joined.columns]
        self._matched: dict[str, Matched] = {m.name: m for m in matched}
        self._source, self._sql = f"{joined.own} AS t", {m.name: m.alias for m in matched}
        for side in (tables.own, tables.other):
            if side.session is joined.session:
                values = tables.values(side, matched)
                self._source = side.source
                self._sql = {m.name: m.of(side, value) for m, value in zip(matched, values, strict=True)}
                break
        self._source += self._sample([self._sql[key.name] for key in joined.keys])
        self._shares: dict[str, Mapping[Any, float] | None] = {}
        self._quantiles: dict[str, Sequence[Any] | None] = {}

    def _sample(self, keys: Sequence[str]) -> str:
        ((rows,),) = self._session.rows(f"SELECT count(*) FROM {self._source}")
        one_in = int(rows) // _ENOUGH
        return f" WHERE hash({', '.join(keys)}) % {one_in} = 0" if keys and one_in > 1 else ""

    def shares(self, column: str) -> Mapping[Any, float] | None:
        if column not in self._shares:
            self._shares[column] = self._shares_of(column)
        return self._shares[column]

    def quantiles(self, column: str) -> Sequence[Any] | None:
        if column not in self._quantiles:
            self._quantiles[column] = self._quantiles_of(column)
        return self._quantiles[column]

    def _shares_of(self, column: str) -> Mapping[Any, float] | None:
        sql = self._sql[column]
        rows = self._session.rows(
            f"SELECT {sql}, count(*), sum(count(*)) OVER () FROM {self._source} GROUP BY 1 "
            f"ORDER BY 2 DESC LIMIT {_MOST_VALUES + 1}"
        )
        if len(rows) > _MOST_VALUES:
            return None
        matched = self._matched[column]
        return {matched.decoded(value): float(n) / float(total) for value, n, total in rows}

    def _quantiles_of(self, column: str) -> Sequence[Any] | None:
        matched = self._matched[column]
        if matched.how == "text" and matched.family != "text":  # canonical texts are in another order
            return None
        at = ", ".join(str(i / _QUANTILES) for i in range(_QUANTILES + 1))
        ((found,),) = self._session.rows(f"SELECT quantile_disc({self._sql[column]}, [{at}]) FROM {self._source}")
        return None if found is None else [matched.decoded(value) for value in found]

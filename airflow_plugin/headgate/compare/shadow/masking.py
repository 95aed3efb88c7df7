"""Masking: a value becomes a text that tells nothing without the secret, and that is equal where the value is."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp

from headgate.checks import Column
from headgate.errors import CallError, ConfigurationError

VARIABLE = "HEADGATE_SHADOW_SECRET"
_SHORTEST = 16
# SHA-256 of secret, value and secret, in small hex digits. NULL stays NULL.
_MASKED = {
    "duckdb": "SHA256({secret} || CAST({value} AS TEXT) || {secret})",
    "postgres": "ENCODE(SHA256(CONVERT_TO({secret} || CAST({value} AS TEXT) || {secret}, 'UTF8')), 'hex')",
}


@dataclass(frozen=True, slots=True)
class Masking:
    """How values are masked. Whoever knows the secret can guess values of which there are few."""

    secret: str = field(repr=False)

    @classmethod
    def from_environment(cls, salt: str) -> Masking:
        """Return the masking by the secret of HEADGATE_SHADOW_SECRET, by default a new one of this run alone.

        Raises:
            ConfigurationError: the secret is too short.
            CallError: it is the salt of the sample, which is no secret.
        """
        secret = os.environ.get(VARIABLE) or secrets.token_hex(32)
        if salt == secret:
            raise CallError(f"the salt of the sample is the secret of {VARIABLE}; give another salt, which is shown")
        if len(secret) < _SHORTEST:
            raise ConfigurationError(f"{VARIABLE} has fewer than {_SHORTEST} characters; give a longer secret")
        return cls(secret)

    def masked(self, column: str, dialect: str) -> exp.Expr:
        """Return the masked value of a column."""
        value = exp.column(column, quoted=True).sql(dialect)
        secret = exp.Literal.string(self.secret).sql(dialect)
        return sqlglot.parse_one(_MASKED[dialect].format(secret=secret, value=value), dialect=dialect)

    def columns(self, columns: Iterable[Column], hidden: frozenset[str], dialect: str) -> list[exp.Expr]:
        """Return what to select of a table, whose columns `hidden` are masked."""
        return [
            exp.alias_(self.masked(c.name, dialect), c.name, quoted=True)
            if c.name in hidden
            else exp.column(c.name, quoted=True)
            for c in columns
        ]

"""The checks that a contract implies: ODCS, translated into the algebra of `checks`."""

from headgate.rules.load import Contract

__all__ = ["Contract"]

"""The errors that headgate raises: each says which file and line, what was found, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProblemLevel = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a contract, at `file:line:column` (both from 1).

    `level` says what becomes of the contract: with an error it does not load, with a warning it loads and says
    less than was meant; a note is advice.
    """

    file: str
    line: int
    column: int
    rule: str
    message: str
    level: ProblemLevel = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message} [{self.rule}]"


class HeadgateError(Exception):
    """Base of every error that headgate raises on purpose."""


class CallError(HeadgateError):
    """The call is wrong: a file that is not there, a dataset that the contract does not have, an unknown option."""


class DataNotFoundError(CallError):
    """What the call names does not exist: a file, a table, a database, a contract file, a quarantined batch."""


class TargetRefusedError(CallError):
    """The target cannot take what is to be published: columns, types, constraints or newer data are in the way."""


class ConfigurationError(CallError):
    """The environment is not set up for the call: a variable, an Airflow connection or option, a dbt project."""


class ConditionError(CallError):
    """A `where` is no condition on the data; `unknown` is the column that the data does not have, if that is why."""

    def __init__(self, message: str, unknown: str | None = None) -> None:
        self.unknown = unknown
        super().__init__(message)


class ContractError(HeadgateError):
    """The contract is wrong; `problems` holds everything that was found, in the order of the file."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


class QueryError(HeadgateError):
    """A platform refused a query. The message holds no values of the data."""


class TransientError(HeadgateError):
    """The place could not be reached now (a lock, a lost connection, a timeout): the same call may succeed later."""


class ConflictError(TransientError):
    """Somebody else published into the target since it was read."""


class UnsupportedError(HeadgateError):
    """A check, an expectation or a query cannot be expressed where it is needed; the message says why.

    It never leaves headgate: whoever asked executes it in another way, or lists it as not executed with the reason.
    """


class AmbiguousError(HeadgateError, ValueError):
    """A value of a contract can be read in two ways, and tools will take the one or the other."""


class MissingExtraError(HeadgateError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is not installed; headgate's extra '{extra}' brings it: pip install '.[{extra}]' in its clone"
        )

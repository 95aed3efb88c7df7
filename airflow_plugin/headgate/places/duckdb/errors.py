"""DuckDB's errors as headgate's: told by their kind, without values of the data, which their texts quote."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator

import duckdb

from headgate.errors import CallError, QueryError, TargetRefusedError, TransientError
from headgate.places.duckdb.memory import VARIABLE
from headgate.places.place import STATEMENT_TIMEOUT_S

# What DuckDB says where the same call may succeed later; every other fault stays.
_TRANSIENT = ("Could not set lock", "onflicting lock", "already attached", "No space left", "temporarily unavailable",
              "Input/output error")  # fmt: skip
# The kinds of errors, those that are a kind of another first.
_KINDS: dict[type[duckdb.Error], str] = {
    duckdb.OutOfMemoryException: f"more memory is needed than allowed; set {VARIABLE}",
    duckdb.ConversionException: "a value cannot be converted to the type that is asked for",
    duckdb.OutOfRangeException: "a number is out of the range of its type",
    duckdb.TypeMismatchException: "a value is not of the type that is asked for",
    duckdb.InvalidTypeException: "DuckDB does not support a type of the data here",
    duckdb.NotImplementedException: "DuckDB does not support a type or an operation that is asked for",
    duckdb.SequenceException: "a sequence has no further value",
    duckdb.PermissionException: "DuckDB may not read what is asked for",
    duckdb.InvalidInputException: "DuckDB does not accept a value, or a part of a file is damaged",
    duckdb.IOException: "a file cannot be read or written",
}


@contextlib.contextmanager
def duckdb_errors(what: str, examine: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Turn DuckDB's errors into headgate's: a lock or a conflict is transient, everything else is an error of the
    query.

    `examine` looks at the files that are read, and raises an error that says more if one is damaged.
    """
    try:
        yield
    except (duckdb.ConstraintException, duckdb.TransactionException, duckdb.ConnectionException) as error:
        # Some are found at the end of a transaction only. The text quotes a key.
        if "onstraint" in str(error):
            raise TargetRefusedError(
                f"{what}: a constraint of the table, or of one that refers to it, refuses rows, or the loss of rows; "
                "let the contract promise the same, so that its policy decides about such rows, or change the table"
            ) from None
        raise TransientError(f"{what}: {error}") from error
    except duckdb.InterruptException:
        raise QueryError(f"{what}: the query took longer than {STATEMENT_TIMEOUT_S:.0f} s") from None
    except (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException) as error:
        raise QueryError(str(error).partition("\n\nLINE")[0]) from error
    except duckdb.Error as error:
        if any(sign in str(error) for sign in _TRANSIENT):
            raise TransientError(f"{what}: {error}") from error
        if "not a valid DuckDB database" in str(error):
            raise CallError(f"{what}: this file is not a DuckDB database") from None
        if json := re.search(r'Malformed JSON in file "(.*)", at byte \d+ in (?:line|record/value) (\d+)', str(error)):
            raise QueryError(f"{json[1]}, near line {json[2]}: this is not valid JSON") from None
        if not isinstance(error, (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.OutOfMemoryException)):
            examine()
        if isinstance(error, duckdb.IOException) and "file" in str(error):
            raise CallError(f"{what}: {error}") from None
        kind = next((said for kind, said in _KINDS.items() if isinstance(error, kind)), "DuckDB failed on the query")
        raise QueryError(f"{what}: {kind}") from None

"""Where data is: the registry of platforms, and one package per platform."""

import warnings
from typing import Any

from headgate.errors import ConflictError, QueryError
from headgate.places.place import (
    Constraint,
    DataLike,
    DistinctValues,
    Place,
    Proof,
    Relation,
    Session,
    Stored,
)
from headgate.places.platform import Platform
from headgate.places.records import (
    APPEND,
    MODES,
    UPSERT,
    Mode,
    Publication,
    QuarantinedBatch,
    Released,
    ReleaseRequest,
    ServedVersion,
    Staleness,
    WriteMode,
)
from headgate.places.registry import as_read, place_of, reaches, server_place, written_as
from headgate.places.statements import Staged, Statements, TableState, Target

__all__ = [
    "APPEND",
    "MODES",
    "UPSERT",
    "ConflictError",
    "Constraint",
    "DataLike",
    "DistinctValues",
    "Mode",
    "Place",
    "Platform",
    "Proof",
    "Publication",
    "QuarantinedBatch",
    "QueryError",
    "Relation",
    "ReleaseRequest",
    "Released",
    "ServedVersion",
    "Session",
    "Staged",
    "Staleness",
    "Statements",
    "Stored",
    "TableState",
    "Target",
    "WriteMode",
    "as_read",
    "place_of",
    "reaches",
    "server_place",
    "written_as",
]


def __getattr__(name: str) -> Any:
    if name != "MovedError":
        raise AttributeError(f"module 'headgate.places' has no attribute '{name}'")
    warnings.warn("MovedError is deprecated; use ConflictError", DeprecationWarning, stacklevel=2)
    return ConflictError

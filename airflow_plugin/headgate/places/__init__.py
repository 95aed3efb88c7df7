"""Where data is: the registry, and one sibling per platform."""

from headgate.places.place import (
    Constraint,
    MovedError,
    Place,
    Proof,
    QueryError,
    Relation,
    Session,
    Stored,
    Target,
    Values,
)
from headgate.places.platform import Platform
from headgate.places.records import APPEND, MODES, UPSERT, Aside, Mode, Record, Release, Served, Stale
from headgate.places.registry import as_read, place_of, reaches, server_place
from headgate.places.statements import Staged, Statements, TableState

__all__ = [
    "APPEND",
    "MODES",
    "UPSERT",
    "Aside",
    "Constraint",
    "Mode",
    "MovedError",
    "Place",
    "Platform",
    "Proof",
    "QueryError",
    "Record",
    "Relation",
    "Release",
    "Served",
    "Session",
    "Staged",
    "Stale",
    "Statements",
    "Stored",
    "TableState",
    "Target",
    "Values",
    "as_read",
    "place_of",
    "reaches",
    "server_place",
]

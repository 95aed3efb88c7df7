"""What a selection of a dbt project builds and reads: the nodes of its manifest beside those of production's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from headgate.errors import CallError

BUILT = ("model", "seed")
# What is selected and not run, with the reason.
_NOT_RUN = {
    "test": "",
    "unit_test": "",
    "snapshot": "a snapshot has a history of its own",
    "analysis": "",
    "operation": "",
}


@dataclass(frozen=True, slots=True)
class Built:
    """A node that the shadow builds. `own` is its entry in production's manifest, None if it is new there."""

    id: str
    raw: Mapping[str, Any]
    own: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        version = self.raw.get("version")
        return str(self.raw["name"]) if version is None else f"{self.raw['name']}.v{version}"

    @property
    def table(self) -> str:
        return table_of(self.raw)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that dbt knows to name a row: of a constraint or tests, else its `unique_key`."""
        known = self.raw.get("primary_key") or (self.raw.get("config") or {}).get("unique_key") or ()
        return (known,) if isinstance(known, str) else tuple(map(str, known))

    @property
    def materialized(self) -> str:
        return str((self.raw.get("config") or {}).get("materialized") or "")

    @property
    def remarks(self) -> tuple[str, ...]:
        if self.materialized == "incremental":
            return (f"{self.name} is incremental: the candidate was built as a full refresh, by another branch of it",)
        return ()


def table_of(raw: Mapping[str, Any]) -> str:
    """Return the name of a node's table in the database."""
    return str(raw.get("identifier") or raw.get("alias") or raw["name"])


def built_nodes(ids: Iterable[str], manifest: Any, state: Any) -> tuple[list[Built], tuple[str, ...]]:
    """Return the nodes that the shadow builds, and what of the selection it does not run, with the reason.

    Raises:
        CallError: nothing is to be built, or a model is no SQL, which has the rights of the user.
    """
    found, skipped, python = [], [], []
    for each in ids:
        raw = manifest["nodes"].get(each)
        kind = each.partition(".")[0]
        if raw is None or kind not in BUILT:
            if why := _NOT_RUN.get(kind, "it is not a model"):
                skipped.append(f"{each.rpartition('.')[2]}: {why}")
        elif raw.get("language") == "python":
            python.append(str(raw["original_file_path"]))
        elif (raw.get("config") or {}).get("materialized") == "ephemeral":
            skipped.append(f"{raw['name']}: it is ephemeral, a part of those that read it")
        else:
            found.append(Built(each, raw, state["nodes"].get(each)))
    if python:
        raise CallError(
            f"{', '.join(python)}: models in Python run with the rights of the user who runs dbt, which no shadow "
            "takes from them: leave them out with --exclude, or run them as a callable"
        )
    if not found:
        raise CallError("the selection has no model or seed to build; see dbt ls with the same --select and --state")
    return found, tuple(skipped)


def ensure_inside(built: Iterable[Built], inside: Callable[[Mapping[str, Any]], bool], shadow: str) -> None:
    """Raise CallError if dbt would build a node outside of the shadow."""
    outside = [each for each in built if not inside(each.raw)]
    if outside:
        named = "; ".join(
            f"{each.name} ({each.raw['original_file_path']}) would be {each.raw.get('relation_name') or each.table}"
            for each in outside[:5]
        )
        more = f"; and {len(outside) - 5} more" if len(outside) > 5 else ""
        raise CallError(
            f"refused: dbt would build outside of the shadow {shadow}: {named}{more}. Its schema or database "
            "ignores the target: let generate_schema_name begin with target.schema, as dbt's own does, and take out "
            "fixed databases"
        )


@dataclass(frozen=True, slots=True)
class Parent:
    """A table that the selection reads: its entry in the project's manifest, and in production's."""

    id: str
    raw: Mapping[str, Any]
    own: Mapping[str, Any]

    @property
    def is_source(self) -> bool:
        return self.id.startswith("source.")


def parents_of(built: Iterable[Built], manifest: Any, state: Any) -> list[Parent]:
    """Return what the nodes read and is not built, in production's form; of ephemeral ones, what these read."""
    own_ids = {each.id for each in built}
    found: dict[str, Parent] = {}
    waiting = [parent for each in built for parent in each.raw["depends_on"]["nodes"]]
    seen: set[str] = set()
    while waiting:
        each = waiting.pop(0)
        if each in seen or each in own_ids:
            continue
        seen.add(each)
        if each.startswith("source."):
            raw = manifest["sources"].get(each)
            if raw is not None:
                found[each] = Parent(each, raw, state["sources"].get(each) or raw)
            continue
        raw = manifest["nodes"].get(each)
        if raw is not None and (raw.get("config") or {}).get("materialized") == "ephemeral":
            waiting += raw["depends_on"]["nodes"]
        elif each in state["nodes"]:
            found[each] = Parent(each, raw or state["nodes"][each], state["nodes"][each])
    return list(found.values())

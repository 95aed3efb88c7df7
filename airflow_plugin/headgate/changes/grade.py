"""From the differences of two contracts to graded changes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from headgate.changes import people
from headgate.changes.change import ABSENT, Bump, Change, Diff, Level, ranked
from headgate.changes.delta import Delta, Node, deltas
from headgate.changes.judges import word
from headgate.changes.masking import masked
from headgate.changes.table import Row, row_for
from headgate.changes.version import wrong
from headgate.contract.document import Document, path_text


def compare(old: Document, new: Document, *, readers: people.Readers | None = None, moved: bool = False) -> Diff:
    """Every change from `old` to `new`, two readings of one contract (ODCS documents whose value is a mapping).

    Args:
        readers: "dataset.column" and who reads it, by lineage: what nobody reads is no break, but a risk.
        moved: whether to say that the file stands elsewhere.
    """
    changes = [_change(delta, old, new, readers) for delta in deltas(old.value, new.value)]
    if moved:
        changes.append(_file_change("moved", old, new))
    diff = Diff(
        contract=str(new.value.get("id")),
        old_file=old.file,
        new_file=new.file,
        old_version=str(old.value.get("version")),
        new_version=str(new.value.get("version")),
        changes=ranked(changes),
        version_line=new.line(("version",)),
        notes=tuple(_perhaps_renamed(changes)),
    )
    if old.value.get("id") != new.value.get("id"):
        return diff  # another contract: its versions begin anew
    return dataclasses.replace(diff, wrong=wrong(diff.old_version, diff.new_version, diff.bump))


def _perhaps_renamed(changes: list[Change]) -> Iterator[str]:
    """A column that went and one that came, without an id by which they could be told to be one."""
    for dataset in dict.fromkeys(change.dataset for change in changes):
        gone, come = (
            [change for change in changes if change.dataset == dataset and change.rule.startswith(rule)]
            for rule in ("property-removed", "property-added")
        )
        if len(gone) == len(come) == 1:
            one, other = (change[0].path.rpartition(".")[2] for change in (gone, come))
            yield f"{dataset}: if {other} is {one} renamed, give the property the same id in both versions"


def appeared(new: Document) -> Diff:
    """A contract that was not there before."""
    return _whole("added", Document(new.file, {}, {}), new)


def disappeared(old: Document) -> Diff:
    """A contract whose file was removed."""
    return _whole("removed", old, Document(old.file, {}, {}))


def _whole(event: str, old: Document, new: Document) -> Diff:
    there = old.value or new.value
    version = str(there.get("version"))
    return Diff(
        contract=str(there.get("id")),
        old_file=old.file if old.value else None,
        new_file=new.file if new.value else None,
        old_version=version if old.value else "",
        new_version=version,
        changes=(_file_change(event, old, new),),
        version_line=(new if new.value else old).line(("version",)),
    )


def _file_change(event: str, old: Document, new: Document) -> Change:
    before, after = ((Node("contract", document.value, ()),) for document in (old, new))
    sides = {"added": (ABSENT, new.file), "removed": (old.file, ABSENT), "moved": (old.file, new.file)}
    delta = Delta("file", event, *sides[event], (), (), before, after, str((old.value or new.value).get("id")))
    return _change(delta, old, new, None)


def _change(delta: Delta, old: Document, new: Document, readers: people.Readers | None) -> Change:
    said = word(delta)
    row = row_for(delta.where, said)
    consumers, producers, bump, reason = row.consumers, row.producers, row.bump, row.reason
    if _is_critical(delta) and said not in ("same", "moved"):
        consumers, producers, bump = _raised(consumers), _raised(producers), _raised_bump(consumers, bump)
        if (consumers, producers) != (row.consumers, row.producers):
            reason += " It is critical: graded one level higher."
    lineage = people.readers(delta, readers)
    if lineage == [] and consumers is Level.BREAK:
        consumers, bump = Level.RISK, min(bump, Bump.MINOR)
        reason += " No one reads it, by lineage."
    gone = delta.new_path is None or not new.value
    document, path = (old, delta.old_path) if gone else (new, delta.new_path)
    dataset = delta.after("object") or delta.before("object")
    was, now = masked(delta)
    return Change(
        rule=row.rule,
        path=delta.name,
        old=was,
        new=now,
        file=document.file,
        line=document.line(path or ()),
        consumers=consumers,
        producers=producers,
        bump=bump,
        reason=reason,
        todo=row.todo,
        concerned=people.concerned(delta, lineage),
        needs=people.needed(delta, consumers, producers, row.rule),
        dataset=str(dataset["name"]) if dataset.get("name") else None,
        measured_at=_measured_at(delta, row, new),
    )


def _is_critical(delta: Delta) -> bool:
    """A critical data element, or a service level for the regulator, before or after."""
    property_is = any(
        side.get("criticalDataElement") is True for side in (delta.before("property"), delta.after("property"))
    )
    regulated = any(
        str(side.get("driver") or "").lower() == "regulatory" for side in (delta.before("sla"), delta.after("sla"))
    )
    return (property_is and delta.where != "property.criticalDataElement") or regulated


def _raised(level: Level) -> Level:
    """One level up; documentation stays documentation, and whom it does not concern it still does not."""
    return Level(level + 1) if Level.SAFE <= level < Level.BREAK else level


def _raised_bump(consumers: Level, bump: Bump) -> Bump:
    return Bump.MAJOR if consumers is Level.RISK else bump


def _measured_at(delta: Delta, row: Row, new: Document) -> tuple[str, ...]:
    """The ODCS paths in the new contract whose checks measure the change."""
    if not row.measured or not new.value:
        return ()
    if delta.where == "object.primaryKey":
        here = delta.new_trail[-1]
        keys = [i for i, p in enumerate(here.value.get("properties") or []) if p.get("primaryKey") is True]
        return tuple(path_text((*here.path, "properties", i, "primaryKey")) for i in keys)
    if delta.where == "enum" or delta.where.startswith("enum."):
        return (path_text((*delta.new_trail[-1 if delta.where == "enum" else -2].path, "enum")),)
    if delta.where in ("property.name", "property.physicalName"):
        return (f"{path_text(delta.new_trail[-1].path)}$",)
    if delta.where.startswith(("rule.", "relationship.")):
        return (path_text(delta.new_trail[-1].path),)
    if delta.where.startswith("options.") and isinstance(delta.new, dict):
        return tuple(path_text((*delta.new_trail[-1].path, name)) for name in delta.new)
    if delta.new_path is None:
        return ()
    return (path_text(delta.new_path),)


def is_odcs(value: Any) -> bool:
    """Whether a YAML value can be compared at all: a mapping that has an id and says that it is a contract."""
    return (
        isinstance(value, dict)
        and value.get("kind") == "DataContract"
        and all(isinstance(value.get(name), str) for name in ("id", "version"))
        and str(value.get("apiVersion")).startswith("v3.")
    )

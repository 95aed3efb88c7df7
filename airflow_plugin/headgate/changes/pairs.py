"""Many contracts before and after: which file is which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

from headgate.contract.document import Document
from headgate.errors import CallError

Key = TypeVar("Key")


def refuse_twins(documents: Mapping[Key, Document]) -> None:
    """Raises CallError where two files are contracts with the same id: which one holds cannot be told."""
    files: dict[str, list[str]] = defaultdict(list)
    for document in documents.values():
        files[document.value["id"]].append(document.file)
    if twins := {identity: sorted(names) for identity, names in files.items() if len(names) > 1}:
        said = "; ".join(f"{identity}: {', '.join(names)}" for identity, names in sorted(twins.items()))
        raise CallError(f"contracts with the same id, of which only one can hold: {said}")


def paired(
    old: Mapping[Key, Document], new: Mapping[Key, Document]
) -> Iterator[tuple[Document | None, Document | None]]:
    """By place and id, then by id (moved), then by place (another id); what is left came or went."""
    before, after = dict(old), dict(new)
    for place in list(after):
        if place in before and before[place].value["id"] == after[place].value["id"]:
            yield before.pop(place), after.pop(place)
    for place in list(after):
        moved = [p for p, document in before.items() if document.value["id"] == after[place].value["id"]]
        if moved:
            yield before.pop(moved[0]), after.pop(place)
    for place in list(after):
        yield before.pop(place, None), after.pop(place)
    for document in before.values():
        yield document, None

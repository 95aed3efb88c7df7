"""Who has agreed to a breaking or risky change: a file of agreements, or trailers of commits.

An agreement is a record for the review, as its file or commit is reviewed; it is no signature.
"""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headgate.changes.change import Change, Diff, Level
from headgate.contract.document import Document
from headgate.errors import CallError

FILE = "headgate-agreed.yaml"
TRAILER = "Headgate-Agreed"
_FIELDS = ("contract", "version", "change", "by", "on", "reason")
_TRAILER = re.compile(r"(?P<contract>.+)@(?P<version>[^\s@]+)\s+(?P<change>.+)\s+by\s+(?P<by>\S.*)\Z")


@dataclass(frozen=True, slots=True)
class Agreement:
    """`by` agrees to `change` (a rule and a path, or `*` for all) of a contract's new version. `origin` is where that
    is said."""

    contract: str
    version: str
    change: str
    by: str
    origin: str

    def covers(self, change: Change) -> bool:
        """A removal has no version of its own: `*`, said of that version earlier, does not mean it."""
        everything = self.change == "*" and change.rule != "contract-removed"
        return everything or self.change == f"{change.rule} {change.path}"


def from_file(document: Document) -> list[Agreement]:
    """The entries of headgate-agreed.yaml: a list of {contract, version, change, by, on, reason}.

    Raises:
        CallError: an entry is not complete.
    """
    if document.value is None:
        return []
    if not isinstance(document.value, list):
        raise CallError(f"{document.file}:1: agreements are a list of {{{', '.join(_FIELDS)}}}")
    return [_entry(document, index, entry) for index, entry in enumerate(document.value)]


def _entry(document: Document, index: int, entry: object) -> Agreement:
    where = f"{document.file}:{document.line((index,))}"
    if not isinstance(entry, dict):
        raise CallError(f"{where}: an agreement is {{{', '.join(_FIELDS)}}}")
    if strange := [name for name in entry if name not in _FIELDS]:
        raise CallError(f"{where}: '{strange[0]}' is not a field of an agreement; expected one of {', '.join(_FIELDS)}")
    for name in _FIELDS:
        if not isinstance(entry.get(name), str) or not entry[name].strip():
            raise CallError(f"{where}: the agreement has no '{name}', or it is not a string; quote a number")
    try:
        datetime.date.fromisoformat(entry["on"])
    except ValueError:
        raise CallError(f"{where}: on: {entry['on']!r} is not a date; write it as 2026-01-31") from None
    change = " ".join(entry["change"].split())
    return Agreement(entry["contract"], entry["version"], change, entry["by"].strip(), where)


def from_trailer(text: str, commit: str) -> Agreement:
    """`<contract-id>@<new version> <change> by <name>`, as a commit says it.

    Raises:
        CallError: it is written otherwise.
    """
    match = _TRAILER.match(" ".join(text.split()))
    if match is None:
        form = f"{TRAILER}: <contract id>@<new version> <rule> <path> by <name>"
        raise CallError(f"commit {commit[:10]}: '{TRAILER}: {text.strip()}' is not understood; write it as '{form}'")
    return Agreement(match["contract"], match["version"], match["change"], match["by"], f"commit {commit[:10]}")


def agreed(diff: Diff, agreements: Iterable[Agreement]) -> Diff:
    """The diff with its agreed changes marked, and a note on every agreement to this version that does not count."""
    own = [a for a in agreements if (a.contract, a.version) == (diff.contract, diff.new_version)]
    changes = tuple(_marked(change, own) for change in diff.changes)
    return dataclasses.replace(diff, changes=changes, notes=(*diff.notes, *_unused(diff, own)))


def _marked(change: Change, agreements: list[Agreement]) -> Change:
    if change.level < Level.RISK:
        return change
    said = {_folded(a.by): a for a in agreements if a.covers(change)}
    given = [next((said[n] for n in map(_folded, person.names) if n in said), None) for person in change.needs]
    by = tuple(dict.fromkeys(a.by for a in given if a))
    return dataclasses.replace(change, agreed=by, is_agreed=bool(change.needs) and all(given))


def _unused(diff: Diff, agreements: list[Agreement]) -> Iterator[str]:
    for agreement in agreements:
        covered = [c for c in diff.changes if c.level >= Level.RISK and agreement.covers(c)]
        if not covered:
            yield f"{agreement.origin}: '{agreement.change}' is not a breaking or risky change of this version"
        elif not any(_folded(agreement.by) in map(_folded, p.names) for c in covered for p in c.needs):
            asked = (
                ", ".join(dict.fromkeys(p.names[0] for c in covered for p in c.needs)) or "nobody: no owner is named"
            )
            yield f"{agreement.origin}: the agreement of {agreement.by} does not count; asked is {asked}"


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

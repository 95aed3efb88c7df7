"""What changed in a contract between a publication and the one before, by the commits that their events name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from headgate.changes.change import Change, Level, shown
from headgate.changes.git import Repository
from headgate.changes.grade import compare
from headgate.changes.source import old_contract
from headgate.contract.document import Document
from headgate.errors import CallError
from headgate.lineage.graph import Publication
from headgate.lineage.trace import Served, Trace

_UNCOMMITTED = "+changes"
_MOST = 5


def with_contract_changes(found: Trace, folder: Path) -> Trace:
    """Return the trace with the graded changes of each dataset's contract among its differences.

    Args:
        folder: in a git working tree, whose history has the contracts.

    Raises:
        CallError: it is in no git working tree.
    """
    try:
        history = _History(Repository.around(folder.resolve()))
    except CallError:
        raise CallError(f"--contracts {folder}: not in a git working tree; give a folder of one") from None
    served = (replace(each, differences=(*each.differences, *_changes(each, history))) for each in found.served)
    return replace(found, served=tuple(served))


class _History:
    """The contracts of a repository at each commit, by their id; each commit is read once."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.at = cache(self._read)

    def _read(self, commit: str) -> dict[str, Document]:
        files = self.repository.at(commit, [self.repository.root])
        found = (old_contract(text, str(path), commit[:12]) for path, text in files.items())
        return {str(document.value["id"]): document for document in found}


def _changes(served: Served, history: _History) -> Iterator[str]:
    new, old = served.publication, served.before
    if not new or not old or not new.contract or new.contract != old.contract or new.commit == old.commit:
        return
    if not new.commit or not old.commit:
        yield "contract changes: unknown, an event does not name the commit"
        return
    try:
        before, after = (_contract(run, history) for run in (old, new))
    except CallError as error:
        yield f"contract changes: unknown, {error}"
        return
    changes = [change for change in compare(before, after).changes if change.level > Level.DOC]
    yield from (f"contract {change.level}: {_words(change)}" for change in changes[:_MOST])
    if len(changes) > _MOST:
        yield f"contract: {len(changes) - _MOST} more changes; headgate diff shows them"
    if _UNCOMMITTED in old.commit + new.commit:
        yield "contract changes: not all are known, its file had changes that were not committed"
    elif not changes:
        yield "contract: no change but words"


def _contract(run: Publication, history: _History) -> Document:
    commit = run.commit.removesuffix(_UNCOMMITTED)
    if not history.repository.knows(commit):
        raise CallError(f"git does not know the commit {commit[:12]}; give the contracts' repository, fully fetched")
    found = history.at(commit).get(run.contract)
    if found is None:
        raise CallError(f"no contract {run.contract} at {commit[:12]}")
    return found


def _words(change: Change) -> str:
    return f"{change.path}: {shown(change.old)} → {shown(change.new)} ({change.rule})"

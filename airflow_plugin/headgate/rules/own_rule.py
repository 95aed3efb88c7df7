"""A rule of the engine headgate, as each kind of them reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from headgate.checks import Check, Severity, Unchecked
from headgate.contract.document import Path
from headgate.contract.model import Property
from headgate.suggest import did_you_mean


class OwnRule(NamedTuple):
    """One rule.

    `said` is its `implementation`, which is below `path` in the document, `rule` all of it. `prop` is the property that
    it is of; None: it is one of the dataset. All of its checks are made with what is `common` to them.
    """

    said: Mapping[str, Any]
    rule: Mapping[str, Any]
    key: str
    path: Path
    prop: Property | None
    common: Mapping[str, Any]

    @property
    def where(self) -> Path:
        """Where in the document the implementation is."""
        return (*self.path, "implementation")

    def unknown(self, words: Collection[str], what: str) -> Iterator[tuple[str, str]]:
        """Yield the words of the implementation that are not among `words`, each with a message; `what` they are of."""
        for word in self.said:
            if word not in words:
                yield word, f"'{word}' is not a word of {what}{did_you_mean(str(word), words)}"


class OwnRules(Protocol):
    """One kind of rules. `severity` is theirs where a contract says none."""

    severity: Severity

    def rules(self, own: OwnRule) -> Iterator[Check | Unchecked]:
        """Yield the checks of a rule. Raises NotExecutableError: the rule is listed with the reason."""
        ...

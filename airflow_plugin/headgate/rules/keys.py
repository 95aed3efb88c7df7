"""The names of a dataset's rules: which ones are shared, and which rule a list of names refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from headgate.checks import Check, Unchecked
from headgate.checks.identity import with_unique_keys

Rule = Check | Unchecked


def shared_names(rules: Sequence[Rule]) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield each name that rules at several positions in the file share, with these rules and the keys they get."""
    groups: dict[str, list[Rule]] = {}
    for rule, new in zip(rules, with_unique_keys(rules), strict=True):
        groups.setdefault(rule.key, []).append(new)
    for name, group in groups.items():
        if len({rule.source.path for rule in group}) > 1:
            yield name, tuple(group)


def is_named(rule: Rule, names: Collection[str]) -> bool:
    """Return whether a list of keys, such as `allowNotExecuted`, names the rule: by its key, or by its `id` alone.

    A name that several rules share names none of them, because it is ambiguous.
    """
    return rule.key in names or rule.key.rpartition(".")[2] in names

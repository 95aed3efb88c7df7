"""The keys of a dataset's rules: each its own, and none that depends on where a rule is written."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from headgate.checks import Check, Unchecked

Rule = Check | Unchecked


def with_unique_keys(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return the rules, of which those that share a name are told apart by what they say: rowCount#3fa91c.

    Rules that say the very same, which no reader could tell apart either, are numbered in the order of the file.
    """
    shared = Counter(rule.key for rule in rules)
    taken = {key for key, count in shared.items() if count == 1}
    named: list[Rule] = []
    for rule in rules:
        if shared[rule.key] > 1:
            rule = replace(rule, key=_free(f"{rule.key}#{_suffix(rule)}", taken))
            taken.add(rule.key)
        named.append(rule)
    return tuple(named)


def shared_names(rules: Sequence[Rule]) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield each name that rules of several places in the file share, with these rules and the keys they get."""
    for name in dict.fromkeys(rule.key for rule in rules):
        group = tuple(new for rule, new in zip(rules, with_unique_keys(rules), strict=True) if rule.key == name)
        if len({rule.source.path for rule in group}) > 1:
            yield name, group


def is_named(rule: Rule, names: Collection[str]) -> bool:
    """Return whether a list of keys, such as `allowNotExecuted`, names the rule: by its key, or by its `id` alone.

    A name that several rules share names none of them: which one was meant cannot be told.
    """
    return rule.key in names or rule.key.rpartition(".")[2] in names


def _suffix(rule: Rule) -> str:
    policy = rule.policy if isinstance(rule, Check) else ()
    return hashlib.sha256(repr((rule.digest, rule.severity, policy)).encode()).hexdigest()[:6]


def _free(key: str, taken: Collection[str]) -> str:
    count, free = 1, key
    while free in taken:
        count += 1
        free = f"{key}-{count}"
    return free

"""Every difference of two contracts, before anything is said about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headgate.changes.change import ABSENT, label_of
from headgate.changes.kinds import KINDS, Kind, custom_name
from headgate.changes.match import matched, moved
from headgate.contract.document import Path

_EMPTY: tuple[Any, ...] = (ABSENT, None, [], {})
# A custom property has a name of its own in `where`; what else stands in its entry is called so.
_KINDS_AS_WRITTEN = {"custom": "custom-entry"}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a contract: what kind of thing, its values, its path in the file."""

    kind: str
    value: Mapping[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class Delta:
    """One difference. `where` is the kind of thing and the field (`property.required`), or the kind alone where a
    whole one came or went. `event` is added, removed, changed or moved. The trails lead from the contract to the thing
    that has the field; where it came or went, the trail of the other side ends above it."""

    where: str
    event: str
    old: Any
    new: Any
    old_path: Path | None
    new_path: Path | None
    old_trail: tuple[Node, ...]
    new_trail: tuple[Node, ...]
    name: str

    def before(self, kind: str) -> Mapping[str, Any]:
        """The innermost thing of that kind around the difference in the old contract; empty where there is none."""
        return _innermost(self.old_trail, kind)

    def after(self, kind: str) -> Mapping[str, Any]:
        return _innermost(self.new_trail, kind)

    @property
    def is_empty(self) -> bool:
        """Whether it makes no difference: nothing on either side, written in two ways."""
        return _empty(self.old) and _empty(self.new)


def _innermost(trail: tuple[Node, ...], kind: str) -> Mapping[str, Any]:
    return next((node.value for node in reversed(trail) if node.kind == kind), {})


def items_of(value: Any) -> list[dict[str, Any]]:
    """The things in a list; an old contract may have anything there."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _empty(value: Any) -> bool:
    return any(value is e or (type(value) is type(e) and value == e) for e in _EMPTY)


def same(old: Any, new: Any) -> bool:
    """Equal, and of the same type at every depth: `true` is not 1."""
    if type(old) is not type(new):
        return False
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(same(old[k], new[k]) for k in old)
    if isinstance(old, list):
        return len(old) == len(new) and all(map(same, old, new))
    return bool(old == new)


def deltas(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Delta]:
    """All differences of two ODCS documents; empty where they say the same with the same words."""
    before = (Node("contract", _with_team(old), ()),)
    after = (Node("contract", _with_team(new), ()),)
    if isinstance(old.get("team"), list) != isinstance(new.get("team"), list) and old.get("team") and new.get("team"):
        yield Delta("team.form", "changed", ABSENT, ABSENT, ("team",), ("team",), before, after, "team")
    yield from _node(before, after, "")


def _with_team(root: Mapping[str, Any]) -> dict[str, Any]:
    """ODCS v3.0 has a list of members where later versions have a team with members; both are read as a team."""
    team = root.get("team")
    return {**root, "team": {"members": team}} if isinstance(team, list) else dict(root)


def _node(before: tuple[Node, ...], after: tuple[Node, ...], name: str) -> Iterator[Delta]:
    old, new = before[-1], after[-1]
    kind = KINDS[new.kind]
    grouped = {field for fields in kind.groups.values() for field in fields}
    for group, fields in kind.groups.items():
        a, b = ({f: side.value[f] for f in fields if f in side.value} for side in (old, new))
        if not same(a, b):
            yield _leaf(before, after, group, a or ABSENT, b or ABSENT, name, next(f for f in (*b, *a)))
    for field in dict.fromkeys((*new.value, *old.value)):
        if field not in grouped and not (new.kind == "custom" and field == "value"):
            yield from _field(before, after, kind, field, name)
    if new.kind == "object":
        yield from _key(before, after, name)


def _field(before: tuple[Node, ...], after: tuple[Node, ...], kind: Kind, field: str, name: str) -> Iterator[Delta]:
    old, new = (side[-1].value.get(field, ABSENT) for side in (before, after))
    if same(old, new):
        return
    here = f"{name}.{field}" if name else field
    whole = field in kind.whole and (_empty(old) or _empty(new))
    if field in kind.lists and _listed(old) and _listed(new) and not whole:
        if _empty(old) and _empty(new):
            yield _leaf(before, after, field, old, new, name)
        yield from _list(before, after, kind.lists[field], field, here)
    elif field in kind.single and _mapped(old) and _mapped(new) and not whole:
        inner = kind.single[field]
        if _empty(old) and _empty(new):
            yield _leaf(before, after, field, old, new, name)
        yield from _node(
            (*before, Node(inner, old or {}, (*before[-1].path, field))),
            (*after, Node(inner, new or {}, (*after[-1].path, field))),
            here,
        )
    elif field == "primaryKey" and _is_column(after):
        # The key of an object is one thing, whichever of its columns says so.
        if (old is True) == (new is True):
            yield _leaf(before, after, field, old, new, name)
    else:
        yield from _plain(before, after, (field,), old, new, name)


def _is_column(trail: tuple[Node, ...]) -> bool:
    return trail[-1].kind == "property" and trail[-2].kind == "object"


def _plain(
    before: tuple[Node, ...], after: tuple[Node, ...], fields: tuple[str, ...], old: Any, new: Any, name: str
) -> Iterator[Delta]:
    """A field of no kind: mappings field by field, anything else as one value."""
    if (isinstance(old, dict) and _mapped(new)) or (isinstance(new, dict) and _mapped(old)):
        if not (old and new):
            yield _leaf(before, after, ".".join(fields), old, new, name, *fields)
            return
        for inner in dict.fromkeys((*new, *old)):
            a, b = old.get(inner, ABSENT), new.get(inner, ABSENT)
            if not same(a, b):
                yield from _plain(before, after, (*fields, inner), a, b, name)
    else:
        yield _leaf(before, after, ".".join(fields), old, new, name, *fields)


def _listed(value: Any) -> bool:
    return value is ABSENT or value is None or (isinstance(value, list) and all(isinstance(i, dict) for i in value))


def _mapped(value: Any) -> bool:
    return value is ABSENT or value is None or isinstance(value, dict)


def _leaf(
    before: tuple[Node, ...], after: tuple[Node, ...], what: str, old: Any, new: Any, name: str, *fields: str
) -> Delta:
    fields = fields or (what,)
    event = "added" if old is ABSENT else "removed" if new is ABSENT else "changed"
    return Delta(
        f"{_KINDS_AS_WRITTEN.get(after[-1].kind, after[-1].kind)}.{what}",
        event,
        old,
        new,
        (*before[-1].path, *fields),
        (*after[-1].path, *fields),
        before,
        after,
        f"{name}.{'.'.join(fields)}" if name else ".".join(fields),
    )


def _list(before: tuple[Node, ...], after: tuple[Node, ...], kind: str, field: str, here: str) -> Iterator[Delta]:
    olds, news = (side[-1].value.get(field) or [] for side in (before, after))
    old_at, new_at = (*before[-1].path, field), (*after[-1].path, field)
    pairs = matched(olds, news, KINDS[kind])
    called_before, called_now = _called(olds), _called(news)
    for o, n in pairs:
        was = Node(kind, olds[o], (*old_at, o)) if o is not None else None
        now = Node(kind, news[n], (*new_at, n)) if n is not None else None
        name = f"{here}.{called_now[n] if n is not None else called_before[o or 0]}"
        if was and now and kind == "custom" and custom_name(was.value) != custom_name(now.value):
            # Under another name it says something else, whatever its id.
            yield _item(before, after, kind, was, None, f"{here}.{called_before[o or 0]}")
            yield _item(before, after, kind, None, now, name)
        elif was and now:
            if kind == "custom":
                yield from _custom((*before, was), (*after, now), name)
            yield from _node((*before, was), (*after, now), name)
        else:
            yield _item(before, after, kind, was, now, name)
    if moved(pairs):
        where = f"{kind}.order" if KINDS[kind].ordered else "list.order"
        yield Delta(where, "moved", ABSENT, ABSENT, old_at, new_at, before, after, here)


def _called(items: list[dict[str, Any]]) -> list[str]:
    """The names of items; where several have one, with the id or the position as well."""
    labels = [label_of(item) for item in items]
    count = Counter(labels)
    return [
        str(index) if not label else label if count[label] == 1 else f"{label}[{item.get('id') or index}]"
        for index, (item, label) in enumerate(zip(items, labels, strict=True))
    ]


def _item(
    before: tuple[Node, ...], after: tuple[Node, ...], kind: str, was: Node | None, now: Node | None, name: str
) -> Delta:
    old, new = (was.value if was else ABSENT), (now.value if now else ABSENT)
    where = kind
    if kind == "custom":
        where = f"{after[-1].kind}.{custom_name(was.value if was else now.value if now else {})}"
        old, new = (item.get("value") if item is not ABSENT else ABSENT for item in (old, new))
    return Delta(
        where,
        "added" if was is None else "removed",
        old,
        new,
        was.path if was else None,
        now.path if now else None,
        (*before, was) if was else before,
        (*after, now) if now else after,
        name,
    )


def _custom(before: tuple[Node, ...], after: tuple[Node, ...], name: str) -> Iterator[Delta]:
    """A custom property's value says something about the thing that has it."""
    was, now = before[-1], after[-1]
    old, new = was.value.get("value", ABSENT), now.value.get("value", ABSENT)
    if not same(old, new):
        where = f"{after[-2].kind}.{custom_name(now.value)}"
        yield Delta(where, "changed", old, new, (*was.path, "value"), (*now.path, "value"), before, after, name)


def _key(before: tuple[Node, ...], after: tuple[Node, ...], name: str) -> Iterator[Delta]:
    """The primary key of an object, as one value: its columns, renamed ones under their old names."""
    olds, news = (side[-1].value.get("properties") or [] for side in (before, after))
    if not (_listed(olds) and _listed(news)):
        return
    pairs = matched(olds, news, KINDS["property"])
    was = {o for o, p in enumerate(olds) if p.get("primaryKey") is True}
    now = {n for n, p in enumerate(news) if p.get("primaryKey") is True}
    if {(o, n) for o, n in pairs if o in was} != {(o, n) for o, n in pairs if n in now}:
        old = [str(olds[o].get("name")) for o in sorted(was)]
        new = [str(news[n].get("name")) for n in sorted(now)]
        at = [(*side[-1].path, "properties", keys[0], "primaryKey") if keys else side[-1].path
              for side, keys in ((before, sorted(was)), (after, sorted(now)))]  # fmt: skip
        event = "changed" if old and new else "added" if new else "removed"
        yield Delta(
            "object.primaryKey", event, old or ABSENT, new or ABSENT, at[0], at[1], before, after, f"{name}.primaryKey"
        )

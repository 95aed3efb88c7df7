"""The fold: findings and what people did, in the order of the clock → the incidents of each promise of a dataset.

It is pure. Whatever the order in which findings arrive, folded in `order` they give the same incidents. Findings are
ordered by when they were measured, and compared by their data intervals: a run of an older interval never closes what a
newer one broke, and what it breaks where a newer one holds is over as soon as it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from headgate.incidents.finding import Act, Broken, Deed, Effect, Finding, Kind
from headgate.incidents.incident import Closing, Episode, Hold, Incident, Slot

# A promise that is broken again within this time after it held is the same incident, in its next episode: two days off
# and a night lie between.
REOPENS_WITHIN = timedelta(hours=60)

Lines = Mapping[str, tuple[Incident, ...]]


def fold(
    events: Iterable[Finding | Act],
    lines: Lines | None = None,
    *,
    published: bool = False,
    newer: Iterable[Finding] = (),
) -> Lines:
    """Return the incidents of each rule after some events, the oldest first.

    Args:
        events: in their `order`.
        lines: the incidents before; of closed ones the last of a rule suffices. All events must be later than those
            that led there; otherwise fold all of them again.
        published: whether readers got data from a publish before.
        newer: of the findings before, those about newer intervals than that of an event that breaks something.
    """
    state = _State({rule: list(line) for rule, line in (lines or {}).items()}, published, list(newer))
    for event in events:
        if isinstance(event, Act):
            state.act(event)
        else:
            state.find(event)
    return {rule: tuple(line) for rule, line in state.lines.items()}


@dataclass
class _State:
    lines: dict[str, list[Incident]]
    published: bool
    # The findings so far that have a data interval.
    about_intervals: list[Finding] = field(default_factory=list)

    def find(self, finding: Finding) -> None:
        for rule, broken in finding.broken.items():
            self._break(finding, rule, broken)
        for rule, line in self.lines.items():
            if line[-1].open and rule not in finding.broken and rule not in finding.unmeasured:
                self._hold(finding, line, rule)
        if finding.interval_end is not None:
            self.about_intervals.append(finding)
        self.published = self.published or finding.visible

    def _break(self, finding: Finding, rule: str, broken: Broken) -> None:
        line = self.lines.setdefault(rule, [])
        slot = self._slot(finding, broken)
        last = line[-1] if line else None
        told: dict[str, Any] = {
            "version": finding.version,
            "draft": finding.draft,
            "broken": broken,
            "last": finding.at,
        }
        if last is not None and last.open:
            same = [each for each in last.slots if (each.kind, each.part, each.effect) == slot.place]
            slot = replace(slot, since=min((each.since for each in same), default=slot.since))
            there = tuple(each for each in last.slots if not _replaces(finding, slot, each))
            worst = max(last.effect, slot.effect, key=lambda each: each.rank)
            episodes = (*last.episodes[:-1], replace(last.episodes[-1], effect=worst))
            line[-1] = replace(last, **told, slots=(*there, slot), episodes=episodes)
        else:
            begun = Episode(finding.at, finding.run_key, slot.effect)
            if last is not None and last.closed is not None and finding.at - last.closed <= REOPENS_WITHIN:
                line[-1] = replace(last, **told, slots=(slot,), episodes=(*last.episodes, begun), ack=None)
            else:
                line.append(Incident(rule=rule, slots=(slot,), episodes=(begun,), **told))
        if newer := self._superseding(rule, slot):
            self._clear(line, (slot,), finding.at, Closing.SUPERSEDED, newer)

    def _slot(self, finding: Finding, broken: Broken) -> Slot:
        about = finding.clock if broken.level else finding.interval_end
        kind = Kind.WATCH if broken.level else finding.kind
        part = "" if broken.level else finding.part
        effect = self._effect(finding, broken)
        return Slot(kind, part, effect, finding.at, finding.at, finding.run_key, about, broken.failed, broken.rows)

    def _effect(self, finding: Finding, broken: Broken) -> Effect:
        if broken.level:
            return Effect.LATE if broken.late else Effect.NONE
        if finding.kind is Kind.PUBLISH:
            if not finding.visible:
                return Effect.HELD_BACK
            return Effect.QUARANTINED if finding.partly else Effect.SERVED
        served = finding.own or self.published or finding.passes
        return Effect.SERVED if served else Effect.HELD_BACK

    def _hold(self, finding: Finding, line: list[Incident], rule: str) -> None:
        last = line[-1]
        if rule not in finding.promises and not last.broken.unlisted:
            # The contract does not make the promise any more; a part of the rows says nothing about that.
            if finding.kind in (Kind.CHECK, Kind.PUBLISH):
                self._clear(line, last.slots, finding.at, Closing.WITHDRAWN, finding.run_key)
            return
        closed = tuple(slot for slot in last.slots if _closes(finding, slot))
        if closed:
            self._clear(line, closed, finding.at, Closing.HELD, finding.run_key)

    def _clear(
        self, line: list[Incident], slots: tuple[Slot, ...], at: datetime, how: Closing, by: str, text: str = ""
    ) -> None:
        last = line[-1]
        left = tuple(slot for slot in last.slots if slot not in slots)
        if left:
            line[-1] = replace(last, slots=left)
            return
        ended = replace(last.episodes[-1], closed=at, how=how, by=by, text=text)
        line[-1] = replace(last, slots=(), episodes=(*last.episodes[:-1], ended))

    def _superseding(self, rule: str, slot: Slot) -> str | None:
        """Return the run of a newer interval than a slot's in which its rule held; None where there was none, or
        readers got what is older."""
        if slot.interval_end is None or slot.effect is not Effect.HELD_BACK:
            return None
        for each in self.about_intervals:
            newer = each.interval_end is not None and each.interval_end > slot.interval_end
            if newer and each.holds(rule) and _closes(each, slot):
                return each.run_key
        return None

    def act(self, act: Act) -> None:
        line = self.lines.get(act.rule)
        if not line:
            return
        last, said = line[-1], Hold(act.by, act.at, act.text, act.until)
        if act.deed is Deed.MUTE:
            line[-1] = replace(last, mute=said)
        elif act.deed is Deed.ACK and last.open:
            line[-1] = replace(last, ack=said)
        elif act.deed is Deed.RELEASE and last.open:
            decided = tuple(s for s in last.slots if s.effect is Effect.QUARANTINED and s.run_key == act.run_key)
            if decided:
                self._clear(line, decided, act.at, Closing.ACCEPTED, act.by, act.text)
        elif act.deed is Deed.ACCEPT and last.open:
            self._clear(line, last.slots, act.at, Closing.ACCEPTED, act.by, act.text)


def _replaces(finding: Finding, new: Slot, old: Slot) -> bool:
    """Return whether what a finding broke is in place of where its rule was broken before. What readers got is not
    replaced by what they did not get."""
    if finding.kind is Kind.PUBLISH and new.kind is Kind.PUBLISH:
        covers = finding.part in ("", old.part) and old.kind is not Kind.WATCH
        return covers if finding.visible else (old.kind, old.part, old.effect) == new.place
    return (old.kind, old.part) == (new.kind, new.part)


def _closes(finding: Finding, slot: Slot) -> bool:
    """Return whether what holds in a finding holds again in a slot: a service level by its clock, a rule where the
    finding covers the slot and is not about an older interval."""
    about = finding.clock if slot.kind is Kind.WATCH else finding.interval_end
    if about is not None and slot.interval_end is not None and about < slot.interval_end:
        return False
    if slot.kind is Kind.WATCH:
        return about is not None
    all_of_it = finding.part in ("", slot.part)
    match finding.kind:
        case Kind.PUBLISH if finding.visible:
            return all_of_it
        case Kind.PUBLISH:
            # What it would have published is good in this; readers have what they had.
            return all_of_it and slot.kind is Kind.PUBLISH and slot.effect is Effect.HELD_BACK
        case Kind.CHECK:
            return all_of_it and (slot.kind is not Kind.PUBLISH or slot.effect is Effect.SERVED)
        case Kind.PART:
            return slot.kind is Kind.PART and finding.part == slot.part
    return False

"""What a dataset is made from, and what of that is in trouble."""

from __future__ import annotations

from collections import defaultdict

from headgate.fitness.catalogue import full_name, names_of
from headgate.history import survey
from headgate.page.ask import Ask
from headgate.page.overview import Line, lines_of
from headgate.page.state import State
from headgate.plural import counted

_TROUBLE = (State.BROKEN, State.UNKNOWN, State.LATE)


def troubles(ask: Ask, line: Line) -> tuple[str, ...]:
    """Return the datasets upstream that are in trouble, directly or not, in words; of those that `ask` may not see only
    how many. Upstream is what runs read, and what contracts name as their consumers' datasets."""
    assert line.standing is not None
    above, own = _above(ask), line.standing.id
    found, waiting = set[int](), [own]
    while waiting:
        for other in above[waiting.pop()] - found - {own}:
            found.add(other)
            waiting.append(other)
    shown = [each for each in lines_of(ask, found) if each.standing]
    said = [
        f"{each.name}: {each.state}{f' ({each.why})' if each.why else ''}" for each in shown if each.state in _TROUBLE
    ]
    hidden = survey.broken_among(ask.store, found - {each.standing.id for each in shown if each.standing})
    return (*said, *([f"{counted(hidden, 'dataset')} that you may not see: broken"] if hidden else []))


def _above(ask: Ask) -> defaultdict[int, set[int]]:
    """Return the ids of the datasets that each is made from."""
    above = defaultdict[int, set[int]](set)
    for id_, others in survey.upstream(ask.store).items():
        above[id_] |= others
    if ask.catalogue is None:
        return above
    ids, called = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for id_, name in survey.full_names(ask.store).items():
        ids[name].add(id_)
    for each in ask.catalogue.datasets:
        for name in names_of(each):
            called[name] |= ids[full_name(each)]
    for each in ask.catalogue.datasets:
        for made in {consumer.dataset for consumer in each.consumers if consumer.dataset}:
            for mine in called[made]:
                above[mine] |= ids[full_name(each)]
    return above

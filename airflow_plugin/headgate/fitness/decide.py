"""Whether a dataset is fit for use: a pure function of what is known, the clock, and what the consumer needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from headgate.contract import Dataset
from headgate.contract.service_levels import Duration
from headgate.errors import CallError
from headgate.fitness.answer import Answer, Fitness, Reason
from headgate.fitness.evidence import Evidence
from headgate.fitness.verdicts import of_verdicts, replaced_at, time_of
from headgate.levels import Clock, LevelResult, levels_of
from headgate.levels import Status as LevelStatus
from headgate.levels.clock import after
from headgate.levels.reading import length_words
from headgate.places import Publication
from headgate.plural import counted
from headgate.suggest import did_you_mean

FRESHNESS = "freshness"
# The answers in the order in which they hold: the first that has a reason.
_ORDER = (Answer.UNKNOWN, Answer.NO, Answer.DEGRADED)
_NOT_KEPT = (LevelStatus.BROKEN, LevelStatus.UNKNOWN)


def fitness(dataset: Dataset, evidence: Evidence, clock: Clock, consumer: str = "") -> Fitness:
    """Return whether a dataset may be used now.

    The first that holds, in this order:

    - `unknown`: something could not be read, nothing is recorded, the last verdict is unknown, or a freshness could not
      be measured, or another service level that says onLate: halt;
    - `no`: the data is older than promised (than the consumer needs, if it says so) or than `maxStaleness`, or the
      served rows break an error-level rule or level;
    - `degraded`: newer data was held back, rows are in quarantine, a warning or another service level failed, a dataset
      upstream is in trouble, or the contract is a draft;
    - `yes`.

    Args:
        consumer: whose needs count besides the contract's promises; its own freshness stands in place of the promised.

    Raises:
        CallError: the contract lists no such consumer.
    """
    levels = levels_for(dataset, evidence.levels, consumer)
    served = _served(evidence)
    reasons = tuple(_reasons(dataset, evidence, levels, served, clock))
    answer = next((each for each in _ORDER if any(r.calls_for is each for r in reasons)), Answer.YES)
    fresh = [level for level in levels if level.name == FRESHNESS and level.status is not LevelStatus.NOT_EXECUTABLE]
    last = served[-1] if served else None
    return Fitness(
        dataset=dataset.name,
        contract_id=dataset.contract.id,
        contract_version=dataset.contract.version,
        owner=dataset.contract.owner,
        support=dataset.contract.support,
        answer=answer,
        reasons=tuple(sorted(reasons, key=lambda reason: _ORDER.index(reason.calls_for))),
        as_of=clock.now,
        valid_until=_valid_until(dataset, evidence, fresh, last) if answer in (Answer.YES, Answer.DEGRADED) else None,
        consumer=consumer,
        verdict=_verdict(evidence, last),
        age=_age(fresh, last, clock),
        promised=fresh[0].promised if fresh else None,
        publication=last,
        held_back=evidence.stale,
        rows_in_quarantine=sum(batch.rows for batch in evidence.quarantine),
        quarantined_since=min((batch.set_aside_at for batch in evidence.quarantine), default=None),
        levels=tuple(level for level in levels if level.status in _NOT_KEPT),
        upstream=evidence.upstream,
    )


def levels_for(dataset: Dataset, levels: tuple[LevelResult, ...], consumer: str) -> tuple[LevelResult, ...]:
    """Return the service levels that count for a consumer: the contract's and its own, of which a freshness stands in
    place of the contract's of the same column, or where one of the two names none.

    Raises:
        CallError: the contract lists no such consumer.
    """
    names = [each.name for each in dataset.consumers]
    if consumer and consumer not in names:
        listed = f"it lists {', '.join(names)}" if names else "it lists none"
        raise CallError(
            f"{dataset.contract.file}: '{consumer}' is not a consumer of {dataset.name}"
            f"{did_you_mean(consumer, names)}; {listed}"
        )
    elements = {result.key: set(spec.elements) for result, (spec, _) in zip(levels, levels_of(dataset), strict=False)}
    own = [level for level in levels if consumer and level.consumer == consumer]
    fresher = [elements.get(level.key, set()) for level in own if level.name == FRESHNESS]

    def is_replaced(level: LevelResult) -> bool:
        mine = elements.get(level.key, set())
        return level.name == FRESHNESS and any(not each or not mine or each & mine for each in fresher)

    return (*own, *(level for level in levels if not level.consumer and not is_replaced(level)))


def _served(evidence: Evidence) -> tuple[Publication, ...]:
    """Return the publications whose rows are served: the last that replaced the whole, the last of each part since, and
    what was added since."""
    found: list[Publication] = []
    for each in evidence.publications:
        if each.whole:
            found = []
        elif each.part is not None:
            found = [other for other in found if other.part != each.part]
        found.append(each)
    return tuple(found)


def _reasons(
    dataset: Dataset,
    evidence: Evidence,
    levels: tuple[LevelResult, ...],
    served: tuple[Publication, ...],
    clock: Clock,
) -> Iterator[Reason]:
    for each in evidence.unreadable:
        yield Reason("unreadable", each.what, Answer.UNKNOWN, detail=each.detail)
    if not served and evidence.check is None and not evidence.unreadable:
        yield _never(evidence)
    yield from of_verdicts(dataset, evidence, served)
    yield from _of_age(dataset, served, clock)
    for level in levels:
        yield from _of_level(level)
    if batches := evidence.quarantine:
        rows = counted(sum(batch.rows for batch in batches), "row")
        yield Reason(
            "quarantine", f"{rows} in quarantine", Answer.DEGRADED, min(batch.set_aside_at for batch in batches)
        )
    yield from _of_releases(evidence, served)
    for trouble in evidence.upstream:
        text = f"upstream, {trouble.dataset}: {trouble.what}"
        yield Reason("upstream", text, Answer.DEGRADED, trouble.since, trouble.detail)
    if count := evidence.unread_contracts:
        said = f"{counted(count, 'contract')} that may be upstream cannot be read: headgate lint says why"
        yield Reason("upstream", said, Answer.DEGRADED)
    if dataset.contract.is_draft:
        yield Reason("draft", f"the contract is a draft ({dataset.contract.status})", Answer.DEGRADED)


def _never(evidence: Evidence) -> Reason:
    attempt = evidence.attempt
    if attempt is None:
        return Reason(
            "never_recorded", "nothing is recorded: headgate has neither published nor checked it", Answer.UNKNOWN
        )
    if attempt.held_back:
        return Reason("never_recorded", f"nothing was published: {attempt.run_key} was held back", Answer.UNKNOWN)
    return Reason("unreadable", f"what {attempt.run_key} published is gone", Answer.UNKNOWN, attempt.at)


def _of_releases(evidence: Evidence, served: tuple[Publication, ...]) -> Iterator[Reason]:
    """Yield what persons released into what is served: into a whole that was replaced since, nothing."""
    began = replaced_at(served)
    for each in evidence.released:
        if began is None or each.at >= began:
            text = f"{counted(each.rows, 'row')} of {each.run_key} that broke {each.reasons} released by {each.by}"
            yield Reason("released", text, Answer.DEGRADED, each.at)


def _of_age(dataset: Dataset, served: tuple[Publication, ...], clock: Clock) -> Iterator[Reason]:
    limit = dataset.max_staleness
    if limit is not None and served and clock.now > after(limit, served[-1].run_at):
        text = f"what is served is of {served[-1].run_at:%Y-%m-%d %H:%M} UTC; maxStaleness is {length_words(limit)}"
        yield Reason("late", text, Answer.NO, after(limit, served[-1].run_at))


def _of_level(level: LevelResult) -> Iterator[Reason]:
    whose = f"{level.consumer} needs: " if level.consumer else ""
    said = f"{whose}{level.statement}; {level.reason}" if level.reason else f"{whose}{level.statement}"
    counts = level.name == FRESHNESS or level.halts
    if counts and (level.status is LevelStatus.UNKNOWN or level.faulty):
        yield Reason("not_measured", said, Answer.UNKNOWN)
    elif level.status is LevelStatus.BROKEN:
        kind = "late" if level.name == FRESHNESS else "level"
        yield Reason(kind, said, Answer.NO if counts else Answer.DEGRADED)


def _verdict(evidence: Evidence, last: Publication | None) -> str:
    check = evidence.check
    if check is not None and (last is None or check.at >= time_of(last)):
        return str(check.verdict)
    return str(last.verdict) if last is not None else ""


def _age(fresh: list[LevelResult], last: Publication | None, clock: Clock) -> timedelta | None:
    """Return the age of the newest data as a freshness measures it, None where that is not known or not told; of what
    was published last where no freshness is promised."""
    if fresh:
        ages = [level.observed.value for level in fresh if level.observed is not None]
        return next((age for age in ages if isinstance(age, timedelta)), None)
    return max(clock.now - (last.interval_end or last.run_at), timedelta()) if last is not None else None


def _valid_until(
    dataset: Dataset, evidence: Evidence, fresh: list[LevelResult], last: Publication | None
) -> datetime | None:
    keys = {level.key for level in fresh}
    ends = [end for key, end in evidence.fresh_until if key in keys]
    limit: Duration | None = dataset.max_staleness
    if limit is not None and last is not None:
        ends.append(after(limit, last.run_at))
    return min(ends, default=None)

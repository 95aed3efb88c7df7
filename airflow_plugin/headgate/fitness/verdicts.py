"""What the verdicts of checks and publishes say of the rows that are served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from headgate.contract import Dataset
from headgate.fitness.answer import Answer, Reason
from headgate.fitness.evidence import Evidence, Finding
from headgate.gate import Status
from headgate.places import Publication
from headgate.report import Verdict, shortened

# What of a version says that rules may have changed: the patch is for the words alone.
_RULES = re.compile(r"v?(\d+\.\d+)")


def time_of(publication: Publication) -> datetime:
    """Return when a publication was last written, by the clock: a rerun of its key writes it again."""
    return publication.written_at or publication.published_at or publication.run_at


def replaced_at(served: tuple[Publication, ...]) -> datetime | None:
    """Return since when no row is older: when the whole was replaced last; None if that is not known."""
    first = served[0] if served else None
    return time_of(first) if first and first.whole else None


def of_verdicts(dataset: Dataset, evidence: Evidence, served: tuple[Publication, ...]) -> Iterator[Reason]:
    """Yield what is known to be wrong with the served rows, and what was held back.

    What a check found holds until all rows were replaced, or a later check of all rows finds otherwise. What a publish
    found holds until then too; a check that found nothing proves nothing of what was published after it, nor by the
    rules of another version of the contract.
    """
    began = replaced_at(served)
    check = evidence.check if _is_about(evidence.check, began) else None
    part = evidence.part if _is_about(evidence.part, began) else None
    if part is not None and check is not None and part.at <= check.at:
        part = None
    for finding, what in ((check, "a check"), (part, "a check of some rows")):
        if finding is not None:
            yield from _of_finding(finding, what)
    proven = check.at if check is not None and _same_rules(check.version, dataset.contract.version) else None
    unproven = tuple(each for each in served if proven is None or time_of(each) > proven)
    yield from _of_served(unproven, evidence.attempt)
    yield from _of_versions(dataset, check, unproven)
    yield from _held_back(evidence, served)


def _is_about(finding: Finding | None, began: datetime | None) -> bool:
    """Return whether a finding is about rows that are served still."""
    return finding is not None and (began is None or finding.at >= began)


def _of_finding(finding: Finding, what: str) -> Iterator[Reason]:
    if finding.verdict is Verdict.UNKNOWN:
        yield Reason("not_measured", f"{what} could not measure everything", Answer.UNKNOWN, finding.at)
    if finding.broken or finding.verdict is Verdict.BREACH:
        keys = shortened(finding.broken) or "its contract"
        yield Reason("broken", f"{what} found that it breaks {keys}", Answer.NO, finding.at)
    if finding.warned:
        yield Reason("warning", f"{what} warns of {shortened(finding.warned)}", Answer.DEGRADED, finding.at)


def _of_served(served: tuple[Publication, ...], attempt: Finding | None) -> Iterator[Reason]:
    for each in served:
        # The ledger has the verdict alone; history has the rules of the last publish.
        known = attempt if attempt is not None and attempt.run_key == each.run_key else None
        named = shortened((known.broken or known.warned) if known else ())
        if each.verdict == Verdict.UNKNOWN:
            yield Reason("not_measured", f"{each.run_key} was published unmeasured", Answer.UNKNOWN, time_of(each))
        if each.verdict == Verdict.BREACH and each.outcome == Status.PUBLISHED:
            what = f"breaks {named}" if named else "breaks its contract"
            yield Reason("broken", f"{each.run_key} {what}, and was published", Answer.NO, time_of(each))
        if each.verdict == Verdict.WARN and (known is None or known.warned):
            what = f": {named}" if named else ""
            yield Reason(
                "warning", f"{each.run_key} was published with a warning{what}", Answer.DEGRADED, time_of(each)
            )


def _of_versions(dataset: Dataset, check: Finding | None, unproven: tuple[Publication, ...]) -> Iterator[Reason]:
    """Yield that nobody has held what is served against the contract as it is now."""
    now = dataset.contract.version
    by = [each.contract_version for each in unproven] or ([check.version] if check is not None else [])
    if other := sorted({version for version in by if version and not _same_rules(version, now)}):
        said = f"checked under version {', '.join(other)} of the contract, not under {now}"
        yield Reason("other_version", said, Answer.DEGRADED)


def _same_rules(one: str, other: str) -> bool:
    return _without_patch(one) == _without_patch(other)


def _without_patch(version: str) -> str:
    found = _RULES.match(version)
    return found[1] if found else version


def _held_back(evidence: Evidence, served: tuple[Publication, ...]) -> Iterator[Reason]:
    attempt = evidence.attempt
    if evidence.stale is not None:
        yield Reason("held_back", str(evidence.stale), Answer.DEGRADED, evidence.stale.since)
    if attempt is None or not served or not all(attempt.at > time_of(each) for each in served):
        return
    check = evidence.check
    if attempt.verdict is Verdict.UNKNOWN and (check is None or attempt.at > check.at):
        said = f"{attempt.run_key} could not be measured"
        yield Reason("not_measured", said, Answer.UNKNOWN, attempt.at)
    newer = attempt.moment is None or attempt.moment >= max(each.run_at for each in served)
    if evidence.stale is None and attempt.held_back and newer:
        why = f", it breaks {shortened(attempt.broken)}" if attempt.broken else ""
        yield Reason("held_back", f"{attempt.run_key} was held back{why}", Answer.DEGRADED, attempt.at)

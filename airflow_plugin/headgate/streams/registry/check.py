"""What a registry and headgate say to the schema of a contract as the next version of its subject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headgate.errors import CallError, HeadgateError, TransientError
from headgate.plural import counted
from headgate.streams.registry.canonical import differing_lines, same_text
from headgate.streams.registry.client import Answer, Registered, Registry, SchemaText
from headgate.streams.registry.finding import Pushed, SubjectDifference, SubjectFinding
from headgate.streams.registry.modes import Modes
from headgate.streams.registry.subject import TYPES, Subject
from headgate.streams.registry.transport import RefusedError
from headgate.streams.schemas import schema_of

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.streams.registry.comparison import Comparison
    from headgate.streams.registry.compatibility import Mode

# Compares what made a registered schema with the contract that exports another.
Compare = Callable[[Registered, SchemaText], "Comparison"]
_CONFLICT, _NO_SCHEMA = 409, 422


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dataset whose schema is to be the next version of a subject."""

    dataset: Dataset
    subject: Subject
    compare: Compare
    strict: bool = False


def check(registry: Registry, candidate: Candidate) -> SubjectFinding:
    """Return what the registry and headgate say; nothing is written.

    Raises:
        CallError: nobody says in which language the schema is to be, the contract cannot be said in it, or the registry
            does not take it for a schema.
        TransientError: the registry cannot be reached.
    """
    dataset, subject = candidate.dataset, candidate.subject
    latest = registry.version(subject.name)
    type_ = subject.type or (latest.schema.type if latest else None)
    if type_ is None:
        raise CallError(
            f"{dataset.contract.file}: in which language is the schema of '{subject.name}'? Give the Kafka server a "
            f"`format` ({', '.join(TYPES)}), or --type"
        )
    if latest is not None and latest.schema.type != type_:
        raise CallError(
            f"version {latest.version} of '{subject.name}' is in {latest.schema.type}, and the contract asks for "
            f"{type_}: a subject keeps its language; give --type, or another --subject"
        )
    exported = schema_of(dataset, type_)
    schema = SchemaText(type_, exported.text)
    mode = registry.mode(subject.name)
    known = registry.lookup(subject.name, schema) if latest else None
    return SubjectFinding(
        subject.name,
        dataset.name,
        dataset.contract.id,
        str(dataset.contract.file),
        dataset.source.line,
        schema,
        mode,
        latest,
        known.version if known else None,
        _answer(registry, subject.name, schema, latest, mode),
        candidate.compare(latest, schema) if latest else None,
        exported.lost,
        candidate.strict,
        tuple(_notes(subject, latest, known, mode)),
    )


def _answer(registry: Registry, subject: str, schema: SchemaText, latest: Registered | None, mode: Mode) -> Answer:
    """Return the registry's word. Under a transitive mode, every version is asked about."""
    if latest is None or mode == "NONE":
        return Answer(True)
    try:
        return registry.test(subject, schema, "all" if mode.endswith("TRANSITIVE") else "latest")
    except RefusedError as error:
        if error.status != _NO_SCHEMA:
            raise
        raise CallError(f"{error}; what headgate wrote is shown by `headgate registry diff`") from None


def _notes(subject: Subject, latest: Registered | None, known: Registered | None, mode: Mode) -> list[str]:
    found = []
    if subject.mode is not None and subject.mode != mode:
        found.append(f"the contract asks for the mode {subject.mode}, the registry has {mode}; a push sets it")
    elif mode == "NONE":
        found.append(
            "the mode is NONE: the registry takes any schema; give the contract a `compatibility`, or push with --mode"
        )
    if latest is not None and known is not None and known.version != latest.version:
        found.append(f"it is version {known.version} again; the newest is {latest.version}")
    return found


def push(registry: Registry, candidates: list[Candidate], mode: Mode | None, *, force: bool) -> list[Pushed]:
    """Set the modes that are asked for and read them back; check every candidate; register all, or none. Where a schema
    is not registered, its subject gets the mode back that it had.

    Args:
        mode: in place of the contract's.
        force: whether what headgate calls breaking is registered all the same; what the registry refuses is not.

    Raises:
        CallError: the registry kept another mode than was set; or as of `check`.
        TransientError: the registry cannot be reached. What was registered by then stays so; the same push again does
            the rest.
    """
    modes, left = Modes(registry), {candidate.subject.name for candidate in candidates}
    try:
        for candidate in candidates:
            if (wanted := mode or candidate.subject.mode) is not None:
                modes.set(candidate.subject.name, wanted)
        findings = [check(registry, _asking(candidate, mode)) for candidate in candidates]
        blocking = [f for f in findings if not f.answer.compatible or (f.failing and not force)]
        pushed = []
        for finding in findings:
            pushed.append(_left(finding, blocking) if blocking else _registered(registry, finding))
            if pushed[-1].id is not None:
                left.discard(finding.subject)
    except HeadgateError as error:
        said = [text for name in sorted(left) if (text := modes.set_back(name))]
        raise (_with(error, said) if said else error) from None
    return [replace(each, notes=(*each.notes, *_said(each, modes))) for each in pushed]


def _with(error: HeadgateError, said: list[str]) -> HeadgateError:
    """Return the error with what holds now of the modes."""
    kind = TransientError if isinstance(error, TransientError) else CallError
    return kind("; ".join((str(error), *said)))


def _said(pushed: Pushed, modes: Modes) -> tuple[str, ...]:
    """Return what became of a mode that was set: it stays where something was registered under it."""
    finding = pushed.finding
    if pushed.id is None:
        said = modes.set_back(finding.subject)
        return (f"it was asked about under {finding.mode}; {said}",) if said else ()
    return (f"its mode was set to {finding.mode}, and read back",) if finding.subject in modes.before else ()


def _asking(candidate: Candidate, mode: Mode | None) -> Candidate:
    return replace(candidate, subject=replace(candidate.subject, mode=mode or candidate.subject.mode))


def _left(finding: SubjectFinding, blocking: list[SubjectFinding]) -> Pushed:
    if not finding.answer.compatible:
        return Pushed(finding, why="the registry says that it is incompatible")
    if finding in blocking:
        return Pushed(finding, why="headgate calls it breaking; have it agreed, or register it with --force")
    others = ", ".join(f"'{each.subject}'" for each in blocking)
    return Pushed(finding, why=f"nothing is registered before {others} can be")


def _registered(registry: Registry, finding: SubjectFinding) -> Pushed:
    """Register the schema; read back what the subject has of it now."""
    try:
        id_ = registry.register(finding.subject, finding.schema)
    except RefusedError as error:
        if error.status != _CONFLICT:
            raise
        answer = Answer(False, (error.said,))
        return Pushed(replace(finding, answer=answer), why="the registry refused it as incompatible")
    found = registry.lookup(finding.subject, finding.schema)
    if found is None:
        raise CallError(f"the registry at {registry.url} gave '{finding.subject}' the id {id_}, and does not find it")
    version = registry.version(finding.subject, found.version)
    newest = registry.version(finding.subject)
    notes = []
    if version is not None and not same_text(version.schema, finding.schema):
        lines = counted(len(differing_lines(version.schema, finding.schema)), "line")
        notes.append(
            f"the registry reads it as version {found.version} and keeps the text of that: `headgate registry diff` "
            f"shows {lines}"
        )
    if newest is not None and newest.version != found.version:
        notes.append(f"the newest version is still {newest.version}: a registry does not register an old one again")
    return Pushed(replace(finding, notes=(*finding.notes, *notes)), found.version, id_, new=finding.known is None)


def difference(registry: Registry, candidate: Candidate) -> SubjectDifference:
    """Return how the contract's schema differs from the newest version of its subject; nothing is written."""
    finding = check(registry, candidate)
    old = finding.latest.schema if finding.latest else replace(finding.schema, text="")
    return SubjectDifference(finding, differing_lines(old, finding.schema))

"""headgate registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from headgate.changes.git import Repository
from headgate.changes.source import new_contract, old_contract
from headgate.cli.agreements import agreements_of
from headgate.cli.drafting import force_option, name_option, output_option, save
from headgate.cli.options import BREACH, exits, format_option, server_option, show
from headgate.contract.find import is_there
from headgate.contract.load import contract_bytes
from headgate.errors import CallError
from headgate.render.answers import DraftAnswer, RegistryCheckAnswer, RegistryDiffAnswer, RegistryPushAnswer
from headgate.rules import Contract
from headgate.streams.registry import Registry
from headgate.streams.registry import check as checking
from headgate.streams.registry.comparison import Comparison, compared, compared_schemas
from headgate.streams.registry.compatibility import mode_of
from headgate.streams.registry.subject import TYPES, subject_of
from headgate.streams.schemas.draft import draft_of_schema

if TYPE_CHECKING:
    from headgate.changes.agreement import Agreement
    from headgate.contract import Dataset
    from headgate.contract.document import Document
    from headgate.streams.registry import Registered, SchemaText

C = TypeVar("C", bound=Callable[..., Any])

_TYPE_HELP = "Of the schema; by default the `format` of the Kafka server, else as the subject has it."
_BASE_HELP = (
    "Grade the changes since the contract where the working tree left this commit or branch; by default since the "
    "registered schema."
)
_MODE_HELP = "Set the compatibility mode first: BACKWARD, FORWARD, FULL, ...; by default the contract's."
_registry_option = click.option(
    "--registry", "url", metavar="URL", help="Of the registry; by default HEADGATE_REGISTRY_URL."
)
_SHARED = (
    click.argument("contract", metavar="CONTRACT[#DATASET]"),
    _registry_option,
    click.option("--subject", help="In place of <topic>-value, or of what the contract says."),
    click.option("--type", "type_", type=click.Choice([*TYPES]), help=_TYPE_HELP),
    server_option,
    click.option("--base", metavar="GITREF", help=_BASE_HELP),
    click.option("--agreed", type=click.Path(path_type=Path), help="Agreements; by default headgate-agreed.yaml."),
)
strict_option = click.option("--strict", is_flag=True, help="Exit 1 for a RISK that is not agreed as well.")


def _shared(command: C) -> C:
    return reduce(lambda made, option: option(made), reversed(_SHARED), command)


@click.group()
def registry() -> None:
    """The schema of a contract in a registry: Confluent's, or one that answers as it does.

    User and password: in HEADGATE_REGISTRY_URL, or HEADGATE_REGISTRY_USER and HEADGATE_REGISTRY_PASSWORD; a token:
    HEADGATE_REGISTRY_TOKEN.
    """


@registry.command()
@_shared
@strict_option
@format_option(RegistryCheckAnswer)
@exits
def check(
    contract: str, url: str | None, subject: str | None, type_: str | None, server: str | None, base: str | None,
    agreed: Path | None, strict: bool, form: str,
) -> int:  # fmt: skip
    """Ask whether CONTRACT's schema may be the next version of its subject; nothing is written.

    Shows the registry's word under its compatibility mode beside headgate's grades: for producers (P, as BACKWARD) and
    for consumers (C, as FORWARD).

    Exit: 0 neither calls it breaking; 1 one does; 2 the contract or the call is wrong; 3 the registry was not reached.
    """
    found = Registry.of(url)
    candidates = _candidates(contract, subject, type_, server, base, agreed, strict)
    findings = tuple(checking.check(found, candidate) for candidate in candidates)
    show(RegistryCheckAnswer(findings), form)
    return BREACH if any(finding.fails for finding in findings) else 0


@registry.command()
@_shared
@click.option("--mode", metavar="MODE", help=_MODE_HELP)
@click.option("--force", is_flag=True, help="Register what headgate calls breaking; the registry may still refuse it.")
@strict_option
@format_option(RegistryPushAnswer)
@exits
def push(
    contract: str, url: str | None, subject: str | None, type_: str | None, server: str | None, base: str | None,
    agreed: Path | None, mode: str | None, force: bool, strict: bool, form: str,
) -> int:  # fmt: skip
    """Register CONTRACT's schema as the next version of its subject, and print its id.

    First the compatibility mode is set and read back, where the contract or --mode says one. Nothing is registered
    where the registry or headgate calls the schema of any dataset breaking. What is there already is left as it is.

    Exit: 0 the registry has it; 1 it was not registered; 2 the contract or the call is wrong; 3 the registry was not
    reached.
    """
    wanted = mode_of(mode, "--mode") if mode is not None else None
    found = Registry.of(url)
    candidates = _candidates(contract, subject, type_, server, base, agreed, strict)
    pushed = tuple(checking.push(found, candidates, wanted, force=force))
    show(RegistryPushAnswer(pushed), form)
    return BREACH if any(each.id is None for each in pushed) else 0


@registry.command()
@_shared
@click.option("--strict", is_flag=True, help="Exit 1 where the registered schema differs.")
@format_option(RegistryDiffAnswer)
@exits
def diff(
    contract: str, url: str | None, subject: str | None, type_: str | None, server: str | None, base: str | None,
    agreed: Path | None, strict: bool, form: str,
) -> int:  # fmt: skip
    """Show how CONTRACT's schema differs from the registered one; nothing is written."""
    found = Registry.of(url)
    candidates = _candidates(contract, subject, type_, server, base, agreed, strict=False)
    differences = tuple(checking.difference(found, candidate) for candidate in candidates)
    show(RegistryDiffAnswer(differences), form)
    return BREACH if strict and any(each.lines for each in differences) else 0


@registry.command()
@click.argument("subject")
@_registry_option
@click.option("--version", type=click.IntRange(min=1), help="Of the schema; by default the latest.")
@output_option
@name_option
@force_option
@format_option(DraftAnswer)
@exits
def draft(
    subject: str, url: str | None, version: int | None, output: str | None, name: str | None, force: bool, form: str
) -> int:
    """Draft a contract from the schema that SUBJECT has in the registry."""
    if not subject.strip():
        raise CallError("SUBJECT is empty; `<topic>-value` is the usual name")
    found = Registry.of(url).version(subject, version or "latest")
    if found is None:
        which = f"version {version} of the subject" if version else "the subject"
        raise CallError(f"the registry does not have {which} '{subject}'; `<topic>-value` is the usual name")
    if found.schema.references:
        names = ", ".join(each.name for each in found.schema.references)
        raise CallError(
            f"'{subject}' refers to other schemas ({names}); draft from files that have them: headgate init"
        )
    try:
        made = draft_of_schema(found.schema.text, found.schema.type, name=name)
    except RecursionError:
        raise CallError(f"the schema of '{subject}' is nested too deeply to be drafted") from None
    then = f"headgate registry diff FILE --subject {subject} --type {found.schema.type.lower()}"
    save(made, f"{subject}, version {found.version}", output, form, force=force, then=then)
    return 0


def _candidates(
    contract: str, subject: str | None, type_: str | None, server: str | None, base: str | None, agreed: Path | None,
    strict: bool,
) -> list[checking.Candidate]:  # fmt: skip
    path, _, name = ("", "", contract) if is_there(contract, folders=True) else contract.rpartition("#")
    file = Path(path or name)
    loaded = Contract.load(file, with_commit=False)
    datasets = [loaded.only(name)] if path else list(loaded)
    if subject is not None and not subject.strip():
        raise CallError("--subject is empty; leave it out for <topic>-value")
    if subject is not None and len(datasets) != 1:
        raise CallError(f"--subject is of one dataset; name it: {file}#{datasets[0].name if datasets else 'DATASET'}")
    new = new_contract(contract_bytes(file), str(file))
    agreements = agreements_of(agreed)
    if base is not None:
        old, said = _at(base, file)
        by = partial(_since, base, old, new, [*agreements, *said])
    else:
        by = partial(_since_registered, new, agreements)
    named = TYPES[type_] if type_ else None
    return [
        checking.Candidate(each, subject_of(each, server=server, subject=subject, type_=named), by(each), strict)
        for each in datasets
    ]


def _at(ref: str, file: Path) -> tuple[Document, list[Agreement]]:
    """Return the contract where the working tree left `ref`, and the agreements since."""
    place = file.resolve()
    repository = Repository.around(place.parent)
    commit = repository.base(ref)
    text = repository.at(commit, [place]).get(place) if commit else None
    if text is None:
        raise CallError(f"{file} was not there at {ref}; leave --base out to compare with the registered schema")
    return old_contract(text, str(file), ref), repository.agreements(commit)


def _since(
    ref: str, old: Document, new: Document, agreements: Sequence[Agreement], dataset: Dataset
) -> checking.Compare:
    def compare(_registered: Registered, _schema: SchemaText) -> Comparison:
        return compared(old, new, dataset.name, by=f"the contract at {ref}", agreements=agreements)

    return compare


def _since_registered(new: Document, agreements: Sequence[Agreement], dataset: Dataset) -> checking.Compare:
    def compare(registered: Registered, schema: SchemaText) -> Comparison:
        return compared_schemas(registered, schema, dataset, new, agreements)

    return compare

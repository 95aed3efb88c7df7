"""headgate diff."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from headgate.changes import evidence
from headgate.changes.agreement import agreed as with_agreements
from headgate.changes.git import Repository
from headgate.changes.grade import appeared, compare, disappeared
from headgate.changes.pairs import paired, refuse_twins
from headgate.changes.source import new_contract, old_contract
from headgate.cli.agreements import agreements_of
from headgate.cli.options import BREACH, exits, format_option, show
from headgate.cli.readers import readers_of
from headgate.contract.document import read
from headgate.contract.load import contract_bytes
from headgate.errors import CallError, ContractError, DataNotFoundError, Problem
from headgate.gate import check, data_of, home_of
from headgate.render.answers import DiffAnswer
from headgate.rules import Contract

if TYPE_CHECKING:
    from headgate.changes.agreement import Agreement
    from headgate.changes.change import Diff
    from headgate.contract.document import Document
    from headgate.report import Report

# Who reads what of a contract; None where nothing is known of that.
Known = Callable[["Document"], Mapping[str, list[str]] | None]
_UNVERSIONED = (
    "no contract here has ever raised its version, so that consumers cannot see a change coming: raise it with each "
    "change (1.1.0, and 2.0.0 for a break); until one does, version numbers are not judged"
)


@click.command(short_help="Grade every change of a contract.")
@click.argument("paths", nargs=-1, metavar="OLD NEW | [PATH]...", type=click.Path(path_type=Path))
@click.option("--base", metavar="GITREF", help="Compare the working tree with where it left this commit or branch.")
@click.option("--data", "data", multiple=True, metavar="[DATASET=]DATA", help="Data that the new contract is run on.")
@click.option(
    "--shadow", is_flag=True, help="Run the new contract on production: each dataset's own table on --server."
)
@click.option("--server", help="With --shadow: which of the contract's servers is production.")
@click.option("--readers", type=click.Path(path_type=Path), help='Who reads what: {"dataset.column": [reader]}.')
@click.option("--lineage", metavar="SOURCE", help="Who reads what, by OpenLineage events (a file or folder), dbt's "
              "target folder, or the URL of Marquez.")  # fmt: skip
@click.option("--agreed", type=click.Path(path_type=Path), help="Agreements; by default headgate-agreed.yaml.")
@click.option("--strict", is_flag=True, help="Exit 1 for a RISK that is not agreed as well.")
@format_option(DiffAnswer)
@exits
def diff(
    paths: tuple[Path, ...],
    base: str | None,
    data: tuple[str, ...],
    shadow: bool,
    server: str | None,
    readers: Path | None,
    lineage: str | None,
    agreed: Path | None,
    strict: bool,
    form: str,
) -> int:
    """Grade every change of a contract: BREAK, RISK, SAFE or DOC, for consumers (C) and producers (P).

    Compares the contracts OLD and NEW, or with --base those under PATH (a folder or a file, by default `.`) at a
    commit with the working tree.
    """
    if readers and lineage:
        raise CallError("--readers and --lineage both say who reads what; give one of them")
    given = _readers(readers) if readers else None

    def known(contract: Document) -> Mapping[str, list[str]] | None:
        return readers_of(contract, lineage) if lineage else given

    agreements = agreements_of(agreed)
    if base is not None:
        diffs, said = _against(base, paths or (Path(),), known)
        agreements += said
    elif len(paths) == 2:
        diffs = [_between(*paths, known)]
    else:
        raise CallError("give two contracts, OLD NEW, or --base GITREF")
    if data or shadow:
        reports = _in_production(diffs, server) if shadow else {}
        for contract, found in _reports(diffs, data).items():
            reports[contract] = reports.get(contract, {}) | found
        diffs = [evidence.weighed(d, reports.get(d.contract, {})) for d in diffs]
    diffs = [with_agreements(d, agreements) for d in diffs]
    show(DiffAnswer(tuple(diffs), strict), form)
    return BREACH if any(d.fails(strict) for d in diffs) else 0


def _between(old: Path, new: Path, readers: Known) -> Diff:
    before, after = old_contract(contract_bytes(old), str(old)), new_contract(contract_bytes(new), str(new))
    return compare(before, after, readers=readers(before))


def _against(ref: str, paths: tuple[Path, ...], readers: Known) -> tuple[list[Diff], list[Agreement]]:
    places = [path.resolve() for path in paths]
    repository = Repository.around(_folder(places[0]))
    commit = repository.base(ref)
    before = repository.at(commit, places) if commit else {}
    after = repository.now(places)
    for path, place in zip(paths, places, strict=True):
        if not place.exists() and not any(found.is_relative_to(place) for found in before):
            raise DataNotFoundError(f"{path}: file or folder not found, neither now nor at {ref}")
    touched = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    reading = partial(old_contract, ref=ref)
    old = _documents({p: t for p, t in before.items() if p in touched}, reading)
    new = _documents({p: t for p, t in after.items() if p in touched}, new_contract)
    refuse_twins(new | _untouched({p: t for p, t in after.items() if p not in touched}))
    diffs = []
    for first, second in paired(old, new):
        if first is None and second is not None:
            diffs.append(appeared(second))
        elif second is None and first is not None:
            diffs.append(disappeared(first))
        elif first is not None and second is not None:
            diffs.append(compare(first, second, readers=readers(first), moved=first.file != second.file))
    diffs = sorted((d for d in diffs if d.changes), key=lambda d: (-d.level, d.file))
    if commit and repository.never_raised(commit, list(before)):
        diffs = list(_unversioned(diffs))
    return diffs, repository.agreements(commit)


def _unversioned(diffs: list[Diff]) -> Iterator[Diff]:
    """Yield the changes of a repository whose contracts never raise their versions: that is said once, as a note."""
    said = [_UNVERSIONED]
    for diff in diffs:
        if diff.wrong and diff.old_version == diff.new_version:
            yield dataclasses.replace(diff, wrong="", notes=(*diff.notes, *said))
            said = []
        else:
            yield diff


def _folder(path: Path) -> Path:
    """Return the nearest folder that exists: a removed file still belongs to a repository."""
    return next(p for p in (path, *path.parents) if p.is_dir())


def _shown(path: Path) -> str:
    """Return the path relative to the working directory, which in CI is the root of the repository."""
    return os.path.relpath(path)


def _documents(texts: Mapping[Path, bytes], read: Callable[[bytes, str], Document]) -> dict[Path, Document]:
    """Return all documents that can be read; report the others at once."""
    found: dict[Path, Document] = {}
    wrong: list[str] = []
    problems: list[Problem] = []
    for path, text in sorted(texts.items()):
        try:
            found[path] = read(text, _shown(path))
        except CallError as error:
            wrong.append(str(error))
        except ContractError as error:
            problems += error.problems
    if wrong:
        raise CallError("\n".join([*wrong, *map(str, problems)]))
    if problems:
        raise ContractError(problems)
    return found


def _untouched(texts: Mapping[Path, bytes]) -> dict[Path, Document]:
    """Return the documents that did not change, of which only the id is read; headgate lint says whether they are
    right."""
    found: dict[Path, Document] = {}
    for path, text in texts.items():
        try:
            found[path] = old_contract(text, _shown(path), "")
        except CallError:
            continue
    return found


def _readers(path: Path) -> dict[str, list[str]]:
    form = 'write it as {"dataset.column": ["reader", ...]}'
    try:
        document = read(contract_bytes(path).decode("utf-8"), str(path))
    except UnicodeDecodeError:
        raise CallError(f"{path}: not UTF-8; save the file as UTF-8") from None
    if not isinstance(document.value, dict):
        raise CallError(f"{path}: readers are a mapping; {form}")
    for column, people in document.value.items():
        if "." not in column or not isinstance(people, list) or not all(isinstance(p, str) and p for p in people):
            raise CallError(f"{path}:{document.line((column,))}: '{column}': {form}")
    return document.value


def _in_production(diffs: list[Diff], server: str | None) -> dict[str, dict[str, Report]]:
    """Return, for each contract, the reports of its datasets: the new contract, run on production's rows."""
    reports: dict[str, dict[str, Report]] = {}
    for contract in (Contract.load(d.new_file) for d in diffs if d.new_file):
        for dataset in contract:
            try:
                place, near = data_of(dataset, None, server)
                reports.setdefault(contract.id, {})[dataset.name] = check(dataset, place, near=near)
            except CallError as error:
                # Some datasets are new, or have no server: what is not run has no evidence, and that is said.
                click.echo(f"--shadow: {dataset.name} was not run on production: {error}", err=True)
    return reports


def _reports(diffs: list[Diff], data: tuple[str, ...]) -> dict[str, dict[str, Report]]:
    """Return, for each contract, the reports of its datasets: the new contract, run on the data."""
    contracts = {d.contract: Contract.load(d.new_file) for d in diffs if d.new_file}
    datasets = [dataset for contract in contracts.values() for dataset in contract]
    reports: dict[str, dict[str, Report]] = {}
    for given in data if diffs else ():
        name, _, place = given.partition("=")
        found = [d for d in datasets if d.name == name] if place else []
        if not found:
            if len(datasets) != 1 or (place and not Path(given).exists()):
                known = ", ".join(d.name for d in datasets) or "none"
                if not place:
                    raise CallError(f"--data {given}: write it as DATASET=DATA; the changed contracts have {known}")
                # A list in a CI job is the same whatever a branch changes.
                click.echo(f"--data {given}: not used; the changed contracts have {known}", err=True)
                continue
            found, place = datasets, given
        if len(found) > 1:
            files = ", ".join(str(d.contract.file) for d in found)
            raise CallError(f"--data {given}: several contracts have a dataset '{name}': {files}; give one PATH")
        dataset = found[0]
        reports.setdefault(dataset.contract.id, {})[dataset.name] = check(dataset, place, near=home_of(dataset))
    return reports

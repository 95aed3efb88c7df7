"""headgate gx."""

from __future__ import annotations

import json
from pathlib import Path

import click

from headgate.cli.options import BREACH, Renamed, dataset_of, exits, format_option, show
from headgate.errors import CallError
from headgate.gx.exporting import export as exported_of
from headgate.gx.importing import import_suite
from headgate.gx.suite import suite_of
from headgate.render.answers import ExportAnswer, ImportAnswer
from headgate.render.escaping import plain

force_option = click.option("--force", is_flag=True, help="Overwrite the file if it exists.")


@click.group()
def gx() -> None:
    """Suites of Great Expectations, in and out."""


@gx.command("import")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--output", "-o", "output", metavar="FILE", type=click.Path(path_type=Path), cls=Renamed,
              old=("--contract",), help="The file to write; printed by default.")  # fmt: skip
@click.option("--dataset", help="What the dataset is called. By default as the suite.")
@force_option
@click.option("--strict", is_flag=True, help="Exit 1 where something is not carried over, or not executed by headgate.")
@format_option(ImportAnswer)
@exits
def import_(suite: Path, output: Path | None, dataset: str | None, force: bool, strict: bool, form: str) -> int:
    """A contract that promises what SUITE, a suite's JSON file, expects; a draft, to be finished by hand.

    What a contract cannot say, and what headgate does not execute of it, is named on stderr.
    """
    imported = import_suite(suite_of(suite), dataset=dataset)
    if output:
        _write(imported.text, output, force)
    show(ImportAnswer(imported, output), form)
    if form == "text":
        _tell("not carried over", imported.lost)
        _tell("carried over, not executed by headgate", imported.unexecuted)
    return BREACH if strict and (imported.lost or imported.unexecuted) else 0


@gx.command()
@click.argument("contract")
@click.option("--output", "-o", metavar="FILE", type=click.Path(path_type=Path),
              help="The file to write; printed by default.")  # fmt: skip
@force_option
@click.option("--strict", is_flag=True, help="Exit 1 where something is not carried over.")
@format_option(ExportAnswer)
@exits
def export(contract: str, output: Path | None, force: bool, strict: bool, form: str) -> int:
    """A suite, in GX's JSON form, of what CONTRACT[#DATASET] promises.

    What GX cannot say is named on stderr.
    """
    exported = exported_of(dataset_of(contract))
    if output:
        _write(json.dumps(exported.suite, ensure_ascii=False, indent=2) + "\n", output, force)
    show(ExportAnswer(exported, output), form)
    if form == "text":
        _tell("not carried over", exported.lost)
        _tell("note", exported.notes)
    return BREACH if strict and exported.lost else 0


def _write(text: str, path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise CallError(f"{path} already exists; name another file, or overwrite it with --force")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallError(f"{path}: it cannot be written: {error.strerror}") from None


def _tell(what: str, lines: tuple[str, ...]) -> None:
    for line in lines:
        click.echo(plain(f"{what}: {line}"), err=True)

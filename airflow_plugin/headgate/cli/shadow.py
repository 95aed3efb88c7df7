"""headgate shadow."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headgate.checks.reconciliation import Tolerance
from headgate.cli.options import BREACH, UNKNOWN, dataset_of, examples_option, exits, format_option, server_option, show
from headgate.cli.reconcile import number_of
from headgate.compare.shadow.function import run_function
from headgate.compare.shadow.inputs import Source, source_of
from headgate.compare.shadow.masking import Masking
from headgate.compare.shadow.next_contract import pairs_of, run_contract
from headgate.compare.shadow.query import Query, run_query
from headgate.compare.shadow.sample import Link, Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract.find import is_there
from headgate.dbt.shadow import DEFAULT_SELECT, LOGIN, Selection, run_selection
from headgate.errors import CallError, DataNotFoundError
from headgate.gate import data_of, home_of
from headgate.places import Place, place_of
from headgate.render.answers import ShadowAnswer
from headgate.report import Verdict
from headgate.rules import Contract

if TYPE_CHECKING:
    from headgate.compare.shadow.found import ShadowRun
    from headgate.contract import Dataset

_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@\s]+@")


@click.command(short_help="Compare a candidate with what production made.")
@click.argument("contract", metavar="CONTRACT[#DATASET]")
@click.option("--sql", type=click.Path(path_type=Path), help="The candidate: a file with one SELECT over the inputs.")
@click.option("--baseline", type=click.Path(path_type=Path), help="The SELECT of production, to be run beside --sql.")
@click.option("--callable", "function", metavar="MODULE:FUNCTION", help="The candidate: a function of Python.")
@click.option("--next", "next_", metavar="CONTRACT", help="The candidate: the next version of the contract.")
@click.option("--dbt", "project", type=click.Path(path_type=Path), help="The candidate: models of this dbt project; on "
              "PostgreSQL, as the role in HEADGATE_SHADOW_LOGIN, by default one that is made.")  # fmt: skip
@click.option("--select", multiple=True, help="With --dbt: what to build, in dbt's syntax: several in "
              "quotes, or repeated; by default state:modified+.")  # fmt: skip
@click.option("--exclude", multiple=True, help="With --dbt: what not to build.")
@click.option("--state", type=click.Path(path_type=Path), help="With --dbt: the folder of production's manifest.json.")
@click.option("--vars", "vars_", default="", help="With --dbt: dbt's variables, as YAML.")
@click.option("--env", "variables", multiple=True, metavar="NAME", help="A variable that dbt or the function may see.")
@click.option("--dbt-command", default="dbt", show_default=True, help="The command of dbt.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=DATA", help="What the candidate reads: DATA as of "
              "headgate check, or CONTRACT#DATASET.")  # fmt: skip
@click.option("--production", metavar="DATA", help="What production made; by default the dataset's own table.")
@click.option("--sample", metavar="PERCENT", help="Read only so many of the keys of --by: 1%.")
@click.option("--by", metavar="INPUT.COLUMN", help="The key of --sample, and the input that is its root.")
@click.option("--link", "links", multiple=True, metavar="A.X=B.Y", help="A.X refers to B.Y; beside the foreign keys.")
@click.option("--salt", default="1", show_default=True, help="Another salt is another sample.")
@click.option("--mask", "masks", multiple=True, metavar="INPUT.COLUMN", help="Mask this column too.")
@click.option("--except", "left_out", multiple=True, metavar="COLUMN", help="Do not compare this column.")
@click.option("--absolute", metavar="NUMBER", help="Numbers may be so far apart.")
@click.option("--relative", metavar="NUMBER", help="Numbers may be so far apart, as a share of the larger one.")
@click.option("--allow", type=click.IntRange(0), default=0, help="So many rows or groups may differ.")
@click.option("--role", help="The role of PostgreSQL as which --sql runs; by default one is made and dropped.")
@server_option
@examples_option
@format_option(ShadowAnswer)
@exits
def shadow(contract: str, form: str, **given: Any) -> int:
    """Run a candidate on production's inputs, in a place of its own, and compare its rows with what production made.

    The candidate is --sql, --dbt, --callable or --next. Whatever it makes is dropped in the end.

    Classified columns are masked with --sample, with --mask, and for --callable, by the secret in
    HEADGATE_SHADOW_SECRET.

    Exit: 0 equal within the tolerance; 1 it differs, or breaks a promise; 2 the call is wrong, or the candidate is
    refused; 3 could not be compared.
    """
    kinds = [name for name in ("sql", "project", "function", "next_") if given[name] is not None]
    if len(kinds) != 1:
        raise CallError("give one candidate: --sql FILE, --dbt PROJECT, --callable MODULE:FUNCTION or --next CONTRACT")
    with _ended_by_signals():
        run = _RUNS[kinds[0]](contract, given, _settings(contract, given))
    show(ShadowAnswer(run), form)
    return {Verdict.BREACH: BREACH, Verdict.UNKNOWN: UNKNOWN}.get(run.verdict, 0)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, so that the shadow is dropped."""

    def end(number: int, frame: object) -> None:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _settings(contract: str, given: dict[str, Any]) -> Settings:
    if bool(given["sample"]) != bool(given["by"]):
        raise CallError("--sample and --by go together: --sample 1% --by customers.customer_id")
    links = [Link.of(text) for text in given["links"]]
    sample = Sample.of(given["sample"], given["by"], given["salt"], links) if given["sample"] else None
    masked = bool(sample or given["masks"] or given["function"])
    return Settings(
        datetime.now(UTC),
        sample=sample,
        masking=Masking.from_environment(given["salt"]) if masked else None,
        hide=frozenset(given["masks"]),
        tolerance=Tolerance(number_of(given["absolute"], "--absolute"), number_of(given["relative"], "--relative")),
        allowed=given["allow"],
        leave_out=frozenset(given["left_out"]),
        role=given["role"],
        show=given["show_examples"],
        command=_command(contract, given),
    )


def _of_query(contract: str, given: dict[str, Any], settings: Settings) -> ShadowRun:
    dataset = dataset_of(contract)
    text, baseline = _read(given["sql"]), _read(given["baseline"]) if given["baseline"] else ""
    query = Query(text, baseline, f"SQL of {given['sql']}")
    sources = _sources(dataset, given, f"{text}\n{baseline}")
    return run_query(query, sources, _production(dataset, given), dataset, settings)


def _of_function(contract: str, given: dict[str, Any], settings: Settings) -> ShadowRun:
    dataset = dataset_of(contract)
    sources = _sources(dataset, given, "")
    production = _production(dataset, given)
    return run_function(given["function"], sources, production, dataset, settings, given["variables"])


def _of_project(contract: str, given: dict[str, Any], settings: Settings) -> ShadowRun:
    if given["state"] is None:
        raise CallError("--dbt needs --state: the folder of the manifest.json that production's last run left")
    loaded = Contract.load(contract.rpartition("#")[0] if not is_there(contract) and "#" in contract else contract)
    selection = Selection(
        given["project"],
        given["select"] or DEFAULT_SELECT,
        given["state"],
        given["exclude"],
        given["dbt_command"],
        given["vars_"],
        given["variables"],
        os.environ.get(LOGIN),
    )
    production = place_of(given["production"]) if given["production"] else _home(loaded, given["server"])
    return run_selection(selection, production, [loaded], settings)


def _of_contract(contract: str, given: dict[str, Any], settings: Settings) -> ShadowRun:
    new = Contract.load(given["next_"])
    old = Contract.load(contract) if is_there(contract) else dataset_of(contract).contract
    only = None if is_there(contract) else dataset_of(contract).name

    def place(dataset: Dataset) -> Place:
        return _production(dataset, given)

    pairs, skipped = pairs_of(new, old, place, only)
    return run_contract(new, pairs, settings, skipped)


_RUNS = {"sql": _of_query, "function": _of_function, "project": _of_project, "next_": _of_contract}


def _home(contract: Contract, server: str | None) -> Place:
    homes = (home_of(dataset, server) for dataset in contract)
    found = next((home for home in homes if home is not None), None)
    if found is None:
        raise CallError(f"{contract.file} does not say where production is; give --production DATA")
    return found


def _production(dataset: Dataset, given: dict[str, Any]) -> Place:
    return place_of(given["production"]) if given["production"] else data_of(dataset, None, given["server"])[0]


def _sources(dataset: Dataset, given: dict[str, Any], text: str) -> dict[str, Source]:
    """Return the inputs that are given, and the other datasets of the contract that the text names."""
    found = {}
    for each in given["inputs"]:
        name, equals, data = each.partition("=")
        if not (name and equals and data):
            raise CallError(f"--input {each}: write it as NAME=DATA")
        found[name] = _source(name, data, dataset, given["server"])
    for other in dataset.contract:
        if other.name not in found and re.search(rf"\b{re.escape(other.name)}\b", text, re.IGNORECASE):
            home = home_of(other, given["server"])
            if home is not None:
                found[other.name] = Source(home, other)
    if not found:
        raise CallError("the candidate has no inputs; give each as --input NAME=DATA")
    return found


def _source(name: str, data: str, dataset: Dataset, server: str | None) -> Source:
    if data.partition("#")[0].lower().endswith((".yaml", ".yml")):
        other = dataset_of(data)
        return Source(data_of(other, None, server)[0], other)
    return source_of(name, place_of(data, near=home_of(dataset, server)), dataset.contract)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip().removesuffix(";")
    except FileNotFoundError:
        raise DataNotFoundError(f"{file}: file not found") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"{file}: it cannot be read as UTF-8 text: {type(error).__name__}") from None


def _command(contract: str, given: dict[str, Any]) -> str:
    """Return the command that repeats the run, without the password of a URL."""
    options = {parameter.name: parameter for parameter in shadow.params if isinstance(parameter, click.Option)}
    said = ["headgate", "shadow", contract]
    for name, value in given.items():
        option = options[name]
        if value in (None, (), "", False) or value == option.default or name == "show_examples":
            continue
        for each in value if isinstance(value, tuple) else (value,):
            said += [option.opts[-1], _PASSWORD.sub(r"\1***@", str(each))]
    return shlex.join(said)

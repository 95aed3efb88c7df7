"""A candidate that is a function of Python: in a process that has copies of the inputs, and no credentials."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from headgate.compare.shadow import child
from headgate.compare.shadow.compared import Pairing, compare_output, run_of
from headgate.compare.shadow.found import Input, Output, ShadowRun
from headgate.compare.shadow.inputs import (
    Source,
    key_of_sample,
    masked_of_output,
    read_inputs,
    selected,
    selection,
    with_links,
)
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.errors import CallError, ConfigurationError
from headgate.places import Place, Relation
from headgate.places.duckdb.connection import opened
from headgate.places.duckdb.places import Table
from headgate.places.duckdb.session import DuckDB
from headgate.places.duckdb.shadow import shadow_folder
from headgate.sql.quote import ident

# Of the environment, what a program needs to run at all.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT")
_PRODUCTION = "production"


def environment_of(home: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the environment of the function: a list of what may be in it, and the variables `names`.

    Raises:
        ConfigurationError: one of them is not set.
    """
    if lost := [name for name in names if name not in os.environ]:
        raise ConfigurationError(f"the environment variable {', '.join(lost)} is not set")
    path = os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH"))))
    kept = {name: os.environ[name] for name in (*_KEPT, *names) if name in os.environ}
    return {**kept, "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": path}


def run_function(
    function: str,
    sources: dict[str, Source],
    production: Place,
    dataset: Dataset,
    settings: Settings,
    variables: Iterable[str] = (),
) -> ShadowRun:
    """Run `module:function` on copies of its inputs, compare its rows with production's, and drop all of it.

    The function is called with {name: relation of DuckDB} and returns a DataFrame, an Arrow table or a relation.

    Args:
        variables: names of variables of the environment that it may see besides.

    Raises:
        CallError: the call is wrong.
        TransientError: a place could not be reached now.
    """
    module, _, name = function.partition(":")
    if not (module and name):
        raise CallError(f"callable '{function}': write it as module:function")
    settings = with_links(settings, sources, [dataset])
    with shadow_folder(settings.now) as folder:
        (folder / "work").mkdir()
        environment = environment_of(folder / "work", variables)
        inputs, pairing = _copied(folder, sources, production, dataset, settings)
        if isinstance(pairing, Output):
            output = pairing
        elif why := _ran(folder / "work", module, name, environment):
            output = replace(_output(dataset, production), why=why)
        else:
            output = compare_output(pairing, settings)
    return run_of(function, output, inputs, dataset, settings)


def _copied(
    folder: Path, sources: dict[str, Source], production: Place, dataset: Dataset, settings: Settings
) -> tuple[tuple[Input, ...], Pairing | Output]:
    """Copy the inputs, and production's rows as they are compared with."""
    inputs: list[Input] = []
    relations: dict[str, Relation] = {}
    file = folder / "work" / child.INPUTS
    with opened(str(file), write=True) as connection:
        there = DuckDB(connection, str(file))
        for kind in dict.fromkeys(type(source.place) for source in sources.values()):
            near = {name: source for name, source in sources.items() if isinstance(source.place, kind)}
            with next(iter(near.values())).place.connect() as session:
                read = read_inputs(session, near)
                for found, query in selected(read, near, settings, session.dialect):
                    _receive(there, found.name, session.arrow(query))
                    inputs.append(found)
                relations |= read
    hidden = masked_of_output(dataset, settings)
    column = None
    own: Place = production
    with production.connect() as session:
        relation = session.read(production)
        if settings.sample:
            column = key_of_sample(settings.sample, dataset.name, relation, relations)
            if column is None:
                return tuple(inputs), replace(_output(dataset, production), why=_why_no_part(settings))
        if column or hidden:
            own = _kept(folder, session, relation, hidden, settings, column)
    made = Table(str(folder / "work" / child.OUTPUT), child.TABLE)
    key = dataset.primary_key
    return tuple(inputs), Pairing(dataset.name, str(production), own, made, dataset, key, hidden, near=production)


def _kept(
    folder: Path, session: object, relation: Relation, hidden: frozenset[str], settings: Settings, column: str | None
) -> Table:
    file = folder / "production.duckdb"
    dialect = session.dialect  # type: ignore[attr-defined]
    query = selection(relation, hidden & frozenset(relation.by_name), settings, dialect)
    if settings.sample and column:
        query = query.where(settings.sample.kept(column, dialect))
    with opened(str(file), write=True) as connection:
        _receive(DuckDB(connection, str(file)), _PRODUCTION, session.arrow(query))  # type: ignore[attr-defined]
    return Table(str(file), _PRODUCTION)


def _receive(there: DuckDB, name: str, rows: object) -> None:
    there.connection.register("__headgate_given", rows)
    there.rows(f"CREATE TABLE {ident(name)} AS SELECT * FROM __headgate_given")
    there.connection.unregister("__headgate_given")


def _output(dataset: Dataset, production: Place) -> Output:
    return Output(dataset.name, str(production), contract=f"{dataset.contract.id} {dataset.contract.version}")


def _ran(work: Path, module: str, name: str, environment: dict[str, str]) -> str:
    """Run the function; return what it failed with, by its class alone: a message may have values in it."""
    done = subprocess.run(  # noqa: S603 - the caller's own function
        [sys.executable, child.__file__, module, name],
        cwd=work,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return ""
    said = [line for line in done.stdout.splitlines() if line.startswith(child.FAILED)]
    return f"{module}:{name} failed: {said[-1].removeprefix(child.FAILED) if said else f'exit {done.returncode}'}"


def _why_no_part(settings: Settings) -> str:
    sample = settings.sample
    assert sample is not None
    return f"which column has the sample's key, {sample.root}.{sample.key}, is not known: name it by a link"

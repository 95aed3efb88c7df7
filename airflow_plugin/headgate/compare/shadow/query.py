"""A candidate that is a query: one SELECT over the inputs, admitted node by node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlglot import exp
from sqlglot.errors import SqlglotError

from headgate.compare.shadow.compared import Pairing, compare_output, run_of
from headgate.compare.shadow.found import Input, Output, ShadowRun
from headgate.compare.shadow.inputs import (
    Source,
    key_of_sample,
    masked_of_output,
    production_part,
    read_inputs,
    selected,
    with_links,
)
from headgate.compare.shadow.sample import Sample
from headgate.compare.shadow.settings import Settings
from headgate.contract import Dataset
from headgate.errors import CallError, HeadgateError, QueryError, TransientError
from headgate.places import Place
from headgate.places.shadow import ShadowSchema, shadow_beside
from headgate.sql.admit import admit_candidate, harmless
from headgate.sql.clock import at
from headgate.sql.names import REFERENCE

CANDIDATE, PRODUCTION = "candidate", "production"


@dataclass(frozen=True, slots=True)
class Query:
    """A candidate's SQL. `baseline` is the SQL that production runs: it is run on the same inputs and compared with, in
    place of what production's table has. `shown` is what messages call the candidate."""

    text: str
    baseline: str = ""
    shown: str = "a query"


def admitted(text: str, dialect: str, schema: ShadowSchema, names: Iterable[str], now: datetime) -> str:
    """Return the SELECT to run, in which each name is the table of the shadow that has its rows.

    Raises:
        CallError: it is not one SELECT over the inputs, or uses what is refused.
    """
    try:
        query = admit_candidate(text, dialect, {name: name for name in names})
        tree = at(query.tree, now)
        for table in list(tree.find_all(exp.Table)):
            if table.db == REFERENCE:
                there = schema.input(table.name)
                table.set("this", there.this)
                table.set("db", there.args.get("db"))
        said = tree.sql(dialect)
        inputs = {(there.db, there.name) for there in map(schema.input, query.reads)}
        harmless(said, dialect, lambda table: (table.db, table.name) in inputs, candidate=True)
    except (ValueError, SqlglotError, RecursionError) as error:
        raise CallError(f"the candidate is refused: {error}") from None
    return said


def run_query(
    query: Query, sources: dict[str, Source], production: Place, dataset: Dataset, settings: Settings
) -> ShadowRun:
    """Run a query on its inputs in a shadow beside `production`, compare its rows with production's, and drop them.

    Raises:
        CallError: the call is wrong, the query is refused, or the shadow's role could write something else.
        TransientError: the database could not be reached now.
    """
    settings = with_links(settings, sources, [dataset])
    with shadow_beside(production, settings.now, role=settings.role) as schema:
        inputs, pairing = _built(query, sources, production, dataset, settings, schema)
        schema.close()
        output = pairing if isinstance(pairing, Output) else compare_output(pairing, settings)
    return run_of(query.shown, output, inputs, dataset, settings)


def _built(
    query: Query,
    sources: dict[str, Source],
    production: Place,
    dataset: Dataset,
    settings: Settings,
    schema: ShadowSchema,
) -> tuple[tuple[Input, ...], Pairing | Output]:
    """Return what was read, and the output beside production's; or why there is none."""
    session, dialect = schema.session, schema.session.dialect
    relations = read_inputs(session, sources)
    inputs = []
    for found, select in selected(relations, sources, settings, dialect):
        schema.take(found.name, select, copy=bool(settings.sample))
        inputs.append(found)
    texts = {CANDIDATE: query.text} | ({PRODUCTION: query.baseline} if query.baseline else {})
    made = {name: admitted(text, dialect, schema, sources, settings.now) for name, text in texts.items()}
    output = Output(dataset.name, str(production), contract=f"{dataset.contract.id} {dataset.contract.version}")
    hidden = masked_of_output(dataset, settings)
    own: Place = production
    if PRODUCTION in made:
        own = schema.stored(PRODUCTION)
    elif settings.sample or hidden:
        column = None
        if settings.sample:
            column = key_of_sample(settings.sample, dataset.name, session.read(production), relations)
            if column is None:
                return tuple(inputs), replace(output, why=_why_no_part(settings.sample, dataset))
        production_part(schema, PRODUCTION, production, hidden, settings, column)
        own = schema.stored(PRODUCTION)
    for name, select_text in made.items():
        try:
            schema.build(name, select_text)
        except TransientError:
            raise
        except (QueryError, CallError) as error:
            return tuple(inputs), replace(output, why=f"the {name} failed: {_said(error, inputs)}")
    key = dataset.primary_key
    candidate = schema.stored(CANDIDATE)
    return tuple(inputs), Pairing(dataset.name, str(production), own, candidate, dataset, key, hidden, near=production)


def _why_no_part(sample: Sample, dataset: Dataset) -> str:
    key = f"{sample.root}.{sample.key}"
    return (
        f"which column of {dataset.name} has the sample's key, {key}, is not known: declare the foreign key in the "
        f"contract, name the link {dataset.name}.COLUMN={key}, give production's SQL as a baseline, or run without a "
        "sample"
    )


def _said(error: HeadgateError, inputs: Iterable[Input]) -> str:
    masked = ", ".join(f"{each.name}.{column}" for each in inputs for column in each.masked)
    return f"{error}{f' (masked, and texts therefore: {masked})' if masked else ''}"

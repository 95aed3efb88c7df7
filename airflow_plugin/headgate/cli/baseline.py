"""headgate baseline."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from headgate.checks.baseline import segment_name
from headgate.cli.options import dataset_of, exits, format_option, server_option, show
from headgate.contract import Dataset
from headgate.errors import CallError
from headgate.gate import data_of
from headgate.past.drift.pin import Pinning
from headgate.past.drift.pinned import added_to, alone, baseline_of, read, write
from headgate.render.answers import BaselineAnswer


@click.command(short_help="Pin what a dataset holds now, to see drift later.")
@click.argument("contract", metavar="CONTRACT[#DATASET]")
@click.argument("data", required=False)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    help="The file; by default DATASET.baseline.json beside the contract.",
)
@click.option(
    "--column", "columns", multiple=True, metavar="COLUMN", help="Pin this column; by default all that can be pinned."
)
@click.option(
    "--segment", metavar="COLUMN[=VALUE]", help="Pin each value of this column apart; =VALUE: all rows are of this one."
)
@click.option(
    "--distinct", multiple=True, metavar="COLUMN", help="Count every value, for kolmogorov_smirnov and wasserstein."
)
@click.option(
    "--where", default="", metavar="CONDITION", help="Pin only the rows for which this SQL condition is TRUE."
)
@click.option("--add", is_flag=True, help="Add the rows to the baseline, in the bins that it has.")
@click.option("--replace", "anew", is_flag=True, help="Replace a baseline that is there.")
@server_option
@format_option(BaselineAnswer)
@exits
def baseline(
    contract: str,
    data: str | None,
    output: Path | None,
    columns: tuple[str, ...],
    segment: str | None,
    distinct: tuple[str, ...],
    where: str,
    add: bool,
    anew: bool,
    server: str | None,
    form: str,
) -> int:
    """Write how the columns of a dataset are distributed to a file beside its contract, which is committed with it. A
    rule `drift`, `new_values` or `out_of_range` compares later data with it.

    The file holds deciles, extremes, and the values of columns that have few. Classified columns are left out, and so
    are keys, dates and timestamps.
    """
    dataset = dataset_of(contract)
    place, _ = data_of(dataset, data, server)
    file = output or dataset.contract.file.parent / f"{dataset.name}.baseline.json"
    by, sign, value = (segment or "").partition("=")
    as_segment, now = segment_name(value) if sign else "", datetime.now(UTC)
    with alone(dataset.contract.file):
        before = read(file)
        if add:
            if columns or distinct:
                raise CallError("--column and --distinct do not go with --add: the baseline has its columns")
            if before is None:
                raise CallError(f"{file}: file not found; leave out --add to write it")
            _ensure_segment(file, before.segment, by)
            found = added_to(before, dataset, place, now=now, where=where, as_segment=as_segment)
        else:
            if before is not None and not anew:
                raise CallError(f"{file} exists; --add adds to it, --replace pins it anew")
            wanted = Pinning(
                _columns(dataset, columns), _column(dataset, by), _columns(dataset, distinct) or (), as_segment
            )
            found = baseline_of(dataset, place, wanted, now=now, where=where)
            found = replace(found, version=before.version + 1) if before else found
        write(found, file)
    show(BaselineAnswer(found, file, dataset.contract.file), form)
    return 0


def _column(dataset: Dataset, name: str) -> str:
    """Return the column of a property, which may be named by either name."""
    return next((prop.column for prop in dataset.properties if prop.name == name), name)


def _columns(dataset: Dataset, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the columns of properties, which may be named by either name; None if none is named."""
    return tuple(_column(dataset, name) for name in names) or None


def _ensure_segment(file: Path, pinned: str, given: str) -> None:
    if given and given != pinned:
        has = f"its segments are those of '{pinned}'" if pinned else "it has no segments"
        raise CallError(f"{file}: {has}, not of '{given}'")

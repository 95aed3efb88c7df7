"""headgate quarantine: look at what was set aside, let it pass, or drop it."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from headgate.cli.options import (
    BREACH,
    dataset_of,
    examples_option,
    exits,
    format_option,
    pairs_of,
    references_option,
    server_option,
    show_json,
    show_table,
)
from headgate.errors import CallError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.places import Aside

run_key_option = click.option("--run-key", required=True, help="Whose rows: the key of the run that set them aside.")


@click.group(short_help="Look at what was set aside, release it, or drop it.")
def quarantine() -> None:
    """Rows that were set aside lie beside the data, in TARGET__quarantine, until a person decides.

    CONTRACT[#DATASET] and TARGET are as for `headgate publish`.
    """


@quarantine.command("list")
@click.argument("contract")
@click.argument("target", required=False)
@server_option
@format_option
@exits
def list_(contract: str, target: str | None, server: str | None, form: str) -> int:
    """Which runs set rows aside, and why."""
    from headgate.gate import quarantined
    from headgate.render.text import plain

    found = quarantined(dataset_of(contract), target, server=server)
    if form == "json":
        show_json([_told(aside) for aside in found])
        return 0
    if not found:
        click.echo("nothing is set aside")
        return 0
    for aside in found:  # a run key is long, and is copied
        reasons = ", ".join(f"{reason} ({rows:,})" for reason, rows in aside.reasons)
        click.echo(f"{plain(aside.run_key)}  accepted {aside.fingerprint}")
        about, at = (when.isoformat(timespec="seconds") for when in (aside.run_at, aside.set_aside_at))
        version = plain(aside.contract_version)
        click.echo(f"  {aside.rows:,} rows of {about}, set aside {at}, contract {version}: {plain(reasons)}")
    return 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@run_key_option
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many rows.")
@examples_option
@server_option
@format_option
@exits
def show(
    contract: str,
    target: str | None,
    run_key: str,
    limit: int,
    show_examples: bool | None,
    server: str | None,
    form: str,
) -> int:
    """Some of the rows that a run set aside. Values are masked unless they may be shown."""
    from headgate.gate import rows_aside

    dataset = dataset_of(contract)
    rows = rows_aside(dataset, target, run_key=run_key, limit=limit, server=server)
    shown = dataset.show_examples if show_examples is None else show_examples
    masked = [_masked(row, dataset, shown=shown) for row in rows]
    if form == "json":
        show_json(masked)
    else:
        raw = ["headgate_raw"] if any(row.get("headgate_raw") for row in masked) else []
        columns = ["headgate_reasons", *(name for name in masked[0] if not name.startswith("headgate_")), *raw]
        show_table(columns, [[_cell(row[name]) for name in columns] for row in masked])
        if not shown:
            click.echo("values are masked; --show-examples shows those of columns without a classification")
    return 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@run_key_option
@click.option("--accepted", required=True, metavar="CODE", help="Which rows you looked at, as `list` names them.")
@click.option("--why", required=True, help="The reason; it is kept.")
@click.option("--by", help="Who lets them pass; by default your user name.")
@click.option("--allow-older", is_flag=True, help="Release even where the target was replaced since.")
@references_option
@server_option
@format_option
@exits
def release(
    contract: str,
    target: str | None,
    run_key: str,
    accepted: str,
    why: str,
    by: str | None,
    allow_older: bool,
    references: tuple[str, ...],
    server: str | None,
    form: str,
) -> int:
    """Publish the rows that a run set aside, exactly once; they may break what they are there for, and nothing else."""
    from headgate.gate import release as release_rows

    done = release_rows(
        dataset_of(contract),
        target,
        run_key=run_key,
        accepted=accepted,
        by=by or getpass.getuser(),
        why=why,
        server=server,
        references=pairs_of(references),
        allow_older=allow_older,
        progress=lambda step: click.echo(f"… {step}", err=True) if form == "text" else None,
    )
    if form == "json":
        show_json(done.to_dict())
    else:
        click.echo(str(done))
    return BREACH if done.refused else 0


@quarantine.command()
@click.argument("contract")
@click.argument("target", required=False)
@click.option("--run-key", help="Whose rows: the key of the run that set them aside.")
@click.option("--older-than", metavar="TIME", help="All rows set aside longer ago than this, such as '30 d'.")
@server_option
@format_option
@exits
def drop(
    contract: str, target: str | None, run_key: str | None, older_than: str | None, server: str | None, form: str
) -> int:
    """Delete what was set aside. It is gone for good."""
    from headgate.contract.service_levels import duration
    from headgate.gate import drop as drop_rows

    try:
        before = duration(older_than).before(datetime.now(UTC)) if older_than else None
    except ValueError as error:
        raise CallError(f"--older-than: {error}") from None
    rows = drop_rows(dataset_of(contract), target, run_key=run_key, before=before, server=server)
    if form == "json":
        show_json({"rows": rows})
    else:
        click.echo(f"dropped {rows:,} rows")
    return 0


def _told(aside: Aside) -> dict[str, Any]:
    return {
        "run_key": aside.run_key,
        "rows": aside.rows,
        "reasons": dict(aside.reasons),
        "run_at": aside.run_at.isoformat(),
        "set_aside_at": aside.set_aside_at.isoformat(),
        "contract_version": aside.contract_version,
        "accepted": aside.fingerprint,
    }


def _masked(row: dict[str, Any], dataset: Dataset, *, shown: bool) -> dict[str, Any]:
    """Headgate's own columns, but for the raw text of cells, hold no values of the data."""
    from headgate.report import MASK

    hidden = {p.column for p in dataset.properties if p.hides}
    if hidden:
        hidden.add("headgate_raw")
    own = {name for name in row if name.startswith("headgate_")} - {"headgate_raw"}
    open_ = own | (row.keys() - hidden if shown else set())
    return {name: value if name in open_ or value is None else MASK for name, value in _jsonable(row).items()}


def _jsonable(row: dict[str, Any]) -> dict[str, Any]:
    kept = (str, int, float, bool, list, type(None))
    return {name: value if isinstance(value, kept) else str(value) for name, value in row.items()}


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)

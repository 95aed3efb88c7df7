"""headgate init."""

from __future__ import annotations

from pathlib import Path

import click

from headgate.cli.drafting import ensure_writable, force_option, name_option, output_option, save
from headgate.cli.options import exits, format_option, import_from_here
from headgate.draft import draft_contract
from headgate.render.answers import DraftAnswer
from headgate.streams.schemas.draft import SUFFIXES, draft_of_file


@click.command(short_help="Draft a contract from data.")
@click.argument("data")
@output_option
@name_option
@force_option
@format_option(DraftAnswer)
@exits
def init(data: str, output: str | None, name: str | None, force: bool, form: str) -> int:
    """Draft a contract from DATA: a .csv, .json or .parquet path or glob, FILE.duckdb#schema.table, or
    postgresql://USER@HOST/DATABASE#schema.table.

    Or from a schema: a JSON Schema (a .json file), an Avro schema (.avsc), a Protobuf file (.proto), or a pydantic
    model (module:Model). Of several messages or records in a file, --name chooses one.

    Contracts of other formats are not read: a Data Contract Specification becomes ODCS v3 with
    `datacontract export --format odcs`.

    The draft holds what the data shows, each proposal with a comment, and TODO lines for what only a person knows.
    """
    path = Path(output or ".")
    if output and output != "-":
        ensure_writable(path, force)
    import_from_here()
    if (suffix := Path(data).suffix.lower()) in SUFFIXES:
        draft = draft_of_file(Path(data), name)
    else:
        draft = draft_contract(data, name=name, folder=path.parent)
    then = f"headgate schema FILE --to {SUFFIXES[suffix].lower()}" if suffix in SUFFIXES else ""
    save(draft, data, output, form, force=force, then=then)
    return 0

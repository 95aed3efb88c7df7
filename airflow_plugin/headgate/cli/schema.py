"""headgate schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from headgate.cli.options import complain, dataset_of, exits, format_option, show
from headgate.plural import counted
from headgate.render.answers import SchemaAnswer
from headgate.streams.schemas import schema_of

if TYPE_CHECKING:
    from headgate.streams.schemas import SchemaType
    from headgate.streams.schemas.json_schema import Decimals

_TYPES: dict[str, SchemaType] = {"avro": "AVRO", "json": "JSON", "protobuf": "PROTOBUF"}


@click.command(short_help="Print a dataset as Avro, JSON Schema or Protobuf.")
@click.argument("contract", metavar="CONTRACT[#DATASET]")
@click.option("--to", "language", type=click.Choice(list(_TYPES)), required=True, help="The language of the schema.")
@click.option(
    "--decimals",
    type=click.Choice(["number", "string"]),
    default="number",
    show_default=True,
    help="How JSON has a DECIMAL(p,s): most readers make a double of a number.",
)
@format_option(SchemaAnswer)
@exits
def schema(contract: str, language: str, decimals: Decimals, form: str) -> int:
    """Print the schema of a dataset's events, and on stderr what it does not say of the contract.

    Protobuf needs the number of each field in the contract: the setting `fieldNumber` of a property.
    """
    dataset = dataset_of(contract)
    made = schema_of(dataset, _TYPES[language], decimals=decimals)
    show(SchemaAnswer(dataset.name, made), form)
    if form == "text" and made.lost:
        rules = counted(len(made.lost), "rule")
        complain("\n".join([f"not in the schema: {rules}", *(f"  {lost.key}: {lost.reason}" for lost in made.lost)]))
    return 0

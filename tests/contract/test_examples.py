"""The standard's own examples: each loads, and each of its rules is listed as executed or not, with the reason."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from headgate.cli import main

# file: (executed, declared). What is not executed: service levels, another engine, and a reference to a dataset that the
# example does not have.
COVERAGE = {
    "all-data-types": (58, 58),
    "all-schema-types": (32, 32),
    "azure-server": (0, 0),
    "basic-four-dpo": (0, 0),
    "column-accuracy": (5, 5),
    "column-completeness": (7, 7),
    "column-custom": (6, 8),
    "column-validity": (7, 7),
    "database-table-sla": (0, 0),
    "full-example": (34, 51),
    "kafka-schema": (13, 13),
    "kafka-schemaregistry": (0, 0),
    "kafka-server": (0, 0),
    "postgresql-adventureworks-contract": (1603, 1603),
    "service-and-operational-roles": (0, 0),
    "table-column-description": (4, 4),
    "table-column": (4, 4),
    "table-columns-with-partition": (16, 16),
}


def test_all_examples_load_and_list_their_rules(shared: Path) -> None:
    files = sorted((shared / "spec" / "odcs" / "examples").glob("*.yaml"))
    result = CliRunner().invoke(main, ["lint", *map(str, files), "--format", "json"])
    assert result.exit_code == 0, result.output
    answers = {Path(a["file"]).name.removesuffix(".odcs.yaml"): a for a in json.loads(result.output)}
    found = {name: (a["coverage"]["executed"], a["coverage"]["declared"]) for name, a in answers.items()}
    assert found == COVERAGE
    for answer in answers.values():
        assert [p for p in answer["problems"] if p["level"] == "error"] == []
        assert len(answer["rules"]) == answer["coverage"]["declared"]
        assert all(rule["executed"] or rule["reason"] for rule in answer["rules"])
    reasons = {rule["reason"] for a in answers.values() for rule in a["rules"] if not rule["executed"]}
    assert reasons == {
        "service level",
        "the engine 'soda' is not run by headgate",
        "'receiver_types.type_code' names no property in this contract, which has no dataset 'receiver_types'; one of "
        "another contract is written with its file: receiver_types.odcs.yaml#schema/<id>/properties/<id>",
    }

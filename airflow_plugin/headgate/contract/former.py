"""Contracts in formats that headgate does not read: what they are, and how they become ODCS v3."""

from __future__ import annotations

from typing import Any

from headgate.contract.document import Document
from headgate.errors import Problem

_CONVERT = "convert it with the datacontract CLI: `datacontract export --format odcs FILE --output NAME.odcs.yaml`"
_REWRITE = (
    "in v3 `dataset` is `schema`, `table` and `column` are `name`, `isPrimary` is `primaryKey`; rewrite it so, "
    "or draft a contract from the data with `headgate init DATA`"
)


def former_format(document: Document) -> Problem | None:
    """Return the one thing to say of a document in another format; None if it is, or is to be, ODCS v3."""
    root: dict[str, Any] = document.value
    if "dataContractSpecification" in root:
        said = f"a contract of the Data Contract Specification, which headgate does not read; {_CONVERT}"
        return document.problem(("dataContractSpecification",), "odcs-version", said)
    version = str(root.get("apiVersion"))
    if not version.startswith(("v2.", "2.", "v1.", "1.")) and not {"quantumName", "datasetDomain"} & root.keys():
        return None
    if "schema" in root and "dataset" not in root:
        said = f"apiVersion {version} is not read, and what the file says is ODCS v3: write `apiVersion: v3.1.0`"
    else:
        said = f"ODCS {version} is not read, v3.0.0 to v3.2.0 are: {_REWRITE}"
    return document.problem(("apiVersion",), "odcs-version", said)

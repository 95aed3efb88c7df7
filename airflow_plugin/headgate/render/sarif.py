"""SARIF 2.1.0: problems as code scanning shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from headgate.errors import Problem


def sarif(problems: Iterable[Problem], rules: Mapping[str, str], version: str) -> dict[str, Any]:
    """`rules` are {id: why it matters}; only those that were found are listed."""
    found = list(problems)
    ids = sorted({problem.rule for problem in found})
    driver = {
        "name": "headgate",
        "version": version,
        "rules": [{"id": name, "shortDescription": {"text": rules[name]}} for name in ids],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(problem, ids) for problem in found]}],
    }


def _result(problem: Problem, ids: list[str]) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column}
    place = {"artifactLocation": {"uri": quote(PurePath(problem.file).as_posix())}, "region": region}
    return {
        "ruleId": problem.rule,
        "ruleIndex": ids.index(problem.rule),
        "level": problem.level,
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }

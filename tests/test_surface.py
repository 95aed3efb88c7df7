"""What programs read stays: names, JSON and XCom keys, columns of headgate's own tables, flags of the commands.

`surface.json` is what headgate 0.1 had. Something new is added to it with the release that brings it; what goes has been
in DEPRECATED for two minor versions.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import duckdb
import headgate
import pytest
from headgate.cli import main
from headgate.gate import publish
from headgate.render.summary import summarise
from headgate.report import Run

from tests.support.contracts import dataset

SURFACE: dict[str, Any] = json.loads(Path(__file__).with_name("surface.json").read_text(encoding="utf-8"))
THINGS = dataset(
    {"name": "v", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
    settings={"onBreach": "quarantine", "maxQuarantinePercent": 100},
)


def put(folder: Path, **run: Any) -> Any:
    (folder / "t.csv").write_text("v\n1\n-1\n", encoding="utf-8")
    return publish(THINGS, folder / "t.csv", f"{folder}/w.duckdb#main.t", **run)


def test_the_names_of_the_package_are_there() -> None:
    assert set(SURFACE["all"]) <= set(headgate.__all__)
    assert [name for name in headgate.__all__ if getattr(headgate, name) is None] == []


def test_the_keys_of_answers_are_there(tmp_path: Path) -> None:
    outcome = put(tmp_path, run=Run("k"))
    report = outcome.report.to_dict()
    assert set(SURFACE["report"]) <= set(report)
    assert set(SURFACE["result"]) <= {key for result in report["results"] for key in result}
    assert set(SURFACE["outcome"]) <= set(outcome.to_dict())
    assert set(SURFACE["xcom"]) <= set(summarise(outcome.report))
    with duckdb.connect(str(tmp_path / "w.duckdb")) as connection:
        for table, columns in SURFACE["tables"].items():
            found = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
            assert set(columns) <= found, table


def flags(command: click.Command, name: str = "") -> Iterator[tuple[str, set[str]]]:
    context = click.Context(command)
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            assert inner is not None
            yield from flags(inner, f"{name} {each}".strip())
    else:
        yield name, {flag for p in command.params for flag in (*p.opts, *p.secondary_opts) if flag.startswith("-")}


def test_the_flags_of_the_commands_are_there() -> None:
    found = dict(flags(main))
    assert {
        name: set(given) - found[name] for name, given in SURFACE["flags"].items() if set(given) - found[name]
    } == {}


def old_error(folder: Path) -> Any:
    from headgate.errors import ConflictError
    from headgate.places import MovedError

    assert MovedError is ConflictError
    return None


# What goes with headgate 0.4, and a use of it that works until then.
DEPRECATED: list[tuple[str, Callable[[Path], Any]]] = [
    ("publish(run_key=…, now=…)", lambda folder: put(folder, run_key="k")),
    ("headgate.places.MovedError", old_error),
]


@pytest.mark.parametrize(("what", "use"), DEPRECATED, ids=[what for what, _ in DEPRECATED])
def test_what_is_deprecated_still_works(what: str, use: Callable[[Path], Any], tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        use(tmp_path)

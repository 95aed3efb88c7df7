"""dbt projects over the orders: with headgate's test, with a test a check, with a gate, with nothing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import yaml
from headgate import Contract
from headgate.dbt import sync

from benchmarks.checks.contract import write
from benchmarks.checks.data import Variant
from benchmarks.checks.dbt_tests import TESTS, profiles, tested
from benchmarks.checks.process import ROOT, Spent, run
from benchmarks.checks.server import Server
from benchmarks.checks.sources import Bench, Place

_DBT = Path(sys.executable).with_name("dbt")
_QUIET = {"DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
# Of a source: its contract's test, or a test a check. Of a table that a model makes of it: no test, a test a check, or
# the contract's test and a gate.
Kind = Literal["contract", "single", "plain", "tested", "gated"]
_MODELS: tuple[Kind, ...] = ("plain", "tested", "gated")
_OURS: tuple[Kind, ...] = ("contract", "gated")


@dataclass(frozen=True)
class Project:
    """A dbt project in `folder`; `server` serves its database, if a server does.

    Its model `empty` is built with everything else: a build of it alone costs what dbt itself costs. `options` leave
    out of a build what is not compared: the contract's other dataset.
    """

    folder: Path
    server: Server | None = None
    options: tuple[str, ...] = ()

    def dbt(self, *arguments: str, fails: bool = False) -> Spent:
        """Run dbt. Raises AssertionError where it does not end as said."""
        before = self.server.cpu() if self.server else 0.0
        done = run([_DBT, "--quiet", *arguments], _QUIET, self.folder)
        assert done.code == fails, f"{self.folder}: dbt {' '.join(arguments)}: {done.code}\n{done.output}{done.errors}"
        return replace(done, server=self.server.cpu() - before) if self.server else done

    def whole(self, command: str, fails: bool = False) -> float:
        """CPU seconds of a build."""
        return self.dbt(command, *self.options, fails=fails).cpu

    def beyond_empty(self, command: str, fails: bool = False) -> float:
        """CPU seconds of a build, less those of a build of the model `empty` alone just before."""
        empty = self.dbt("build", "--select", "empty").cpu
        return self.whole(command, fails=fails) - empty


def make(bench: Bench, place: Place, variant: Variant, kind: Kind) -> Project:
    """Write the project and its database, parsed and ready."""
    folder = bench.folder / "dbt" / f"{place}_{variant}_{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("models", "macros"):
        (folder / name).mkdir(parents=True)
    options = ("--exclude", "shop_customers__contract") if kind in _OURS else ()
    made = Project(folder, bench.server() if place == "PostgreSQL" else None, options)
    _write_project(made, bench, place, variant, kind)
    _write_models(folder, place, kind)
    if kind in _OURS:
        made.dbt("deps")
        nodes = {"orders": "orders" if kind == "gated" else "shop.orders", "customers": "shop.customers"}
        sync(Contract.load(write(folder / "orders.odcs.yaml")), folder, chosen=nodes, gate=kind == "gated")
    made.dbt("parse")
    return made


def _write_project(made: Project, bench: Bench, place: Place, variant: Variant, kind: Kind) -> None:
    bench.data.make(variant)
    if made.server:
        made.server.load(bench.data, variant)
        profile = profiles(kind, made.server.database(variant), made.server.folder)
    else:
        database = made.folder / "shop.duckdb"
        shutil.copy(bench.data.duckdb(variant), database)
        profile = profiles(kind, str(database))
    project: dict[str, Any] = {"name": "bench", "version": "1.0.0", "profile": "bench"}
    project["models"] = {"+materialized": "table"}
    _yaml(made.folder / "dbt_project.yml", project)
    _yaml(made.folder / "profiles.yml", profile)
    if kind in _OURS:
        _yaml(made.folder / "packages.yml", {"packages": [{"local": str(ROOT / "dbt_macros")}]})


def _write_models(folder: Path, place: Place, kind: Kind) -> None:
    orders = tested(place) if kind == "single" else {"name": "orders"}
    schema = "public" if place == "PostgreSQL" else "main"
    source = {"name": "shop", "schema": schema, "tables": [orders, {"name": "customers"}]}
    _yaml(folder / "models" / "sources.yml", {"sources": [source]})
    (folder / "models" / "empty.sql").write_text("select 1 as one\n")
    (folder / "macros" / "tests.sql").write_text(TESTS)
    if kind in _MODELS:
        (folder / "models" / "orders.sql").write_text("select * from {{ source('shop', 'orders') }}\n")
        model = tested(place) if kind == "tested" else {"name": "orders"}
        _yaml(folder / "models" / "orders.yml", {"models": [model]})


def _yaml(file: Path, content: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(content, sort_keys=False))

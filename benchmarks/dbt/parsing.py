"""CPU of `dbt parse` of a project of 200 models, with the package and without."""

from __future__ import annotations

import json
import shutil
import statistics
import tempfile
from pathlib import Path

from benchmarks.checks.dbt_tests import profiles
from benchmarks.checks.process import ROOT
from benchmarks.dbt.pairs import Ratio, alternating
from benchmarks.dbt.project import Project

MODELS = 200
LIMIT = 1.15


def measure(rounds: int) -> str:
    """What it costs, in words: whole processes, nothing parsed before."""
    with tempfile.TemporaryDirectory() as home:
        projects = [_make(Path(home) / kind, package=kind == "with") for kind in ("with", "without")]
        own, without = alternating([lambda p=project: _parse(p) for project in projects], rounds)
    ratio = Ratio.of([a / b for a, b in zip(own, without, strict=True)])
    spent = " and ".join(f"{statistics.median(figures):.2f} s" for figures in (own, without))
    return f"dbt parse of {MODELS} models with the package and without: {spent}, ratio {ratio} (at most {LIMIT})"


def _make(folder: Path, package: bool) -> Project:
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(json.dumps({"name": "bench", "version": "1.0.0", "profile": "bench"}))
    (folder / "profiles.yml").write_text(json.dumps(profiles("main", str(folder / "shop.duckdb"))))
    declared = []
    for number in range(MODELS):
        before = f"{{{{ ref('model_{number - 1}') }}}}" if number % 10 else "(select 1 as id, 2 as amount)"
        select = f"select id, amount + {number} as amount from {before} as before"
        (folder / "models" / f"model_{number}.sql").write_text(select)
        columns = [{"name": "id", "data_tests": ["not_null", "unique"]}, {"name": "amount"}]
        declared.append({"name": f"model_{number}", "columns": columns})
    (folder / "models" / "models.yml").write_text(json.dumps({"models": declared}))
    made = Project(folder)
    if package:
        (folder / "packages.yml").write_text(json.dumps({"packages": [{"local": str(ROOT / "dbt_macros")}]}))
        made.dbt("deps")
    return made


def _parse(project: Project) -> float:
    shutil.rmtree(project.folder / "target", ignore_errors=True)
    return project.dbt("parse", "--no-partial-parse").cpu

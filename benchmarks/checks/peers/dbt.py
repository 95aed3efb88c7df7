"""dbt: data tests of a source, one query a test, failing rows counted. Parsed once and kept, as dbt does from run to
run."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

from dbt.cli.main import dbtRunner

from benchmarks.checks.dbt_tests import TESTS, profiles, tested
from benchmarks.checks.peers.asked import Asked, asked, say, timed


def _write(ask: Asked) -> Path:
    """The project; files that are as they were are left, so that dbt need not parse them again."""
    orders = tested(ask.place, ask.checks)
    schema = "main" if ask.place == "table" else "public"
    source = {"name": "shop", "schema": schema, "tables": [orders, {"name": "customers"}]}
    files = {
        "dbt_project.yml": {
            "name": "bench",
            "version": "1.0.0",
            "profile": "bench",
            "flags": {"send_anonymous_usage_stats": False},
        },
        "profiles.yml": profiles(schema, ask.database, ask.host),
        "models/sources.yml": {"sources": [source]},
    }
    folder = Path(ask.folder)
    for name, content in {
        **{name: json.dumps(made) for name, made in files.items()},
        "macros/tests.sql": TESTS,
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text() != content:
            file.write_text(content)
    return folder


def main() -> None:
    ask = asked()
    folder = str(_write(ask))
    command = ["--quiet", "test", "--project-dir", folder, "--profiles-dir", folder]
    with contextlib.redirect_stdout(io.StringIO()):
        cpu, done = timed(lambda: dbtRunner().invoke(command))
    if done.exception:
        raise done.exception
    statuses = {one.node.name: one.status.value for one in done.result.results}
    answered = (name for name, status in statuses.items() if status in ("pass", "fail"))
    say(cpu, answered, (name for name, status in statuses.items() if status == "fail"))


if __name__ == "__main__":
    main()

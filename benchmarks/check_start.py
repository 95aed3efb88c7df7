"""CPU of a whole `headgate check` of a small CSV file, beside the least that anything on DuckDB must spend.

Both are whole processes, run in turn; what is compared is CPU seconds (user + system) of the process, since the wall
clock of a shared machine says little. `python benchmarks/check_start.py [FILE.csv CONTRACT]`; without arguments it
makes a file of 7,043 customers.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 15
PYTHON = sys.executable
HEADGATE = str(Path(sys.executable).with_name("headgate"))


def make(folder: Path) -> tuple[Path, Path]:
    """Customers of a telephone company, of whom eleven have a blank total; and their contract."""
    chance = random.Random(1)
    lines = ["customer_id,gender,senior,tenure,contract,monthly,total,churn"]
    for i in range(7043):
        tenure, monthly = chance.randrange(73), chance.randrange(1800, 12000) / 100
        total = " " if i % 640 == 5 else f"{tenure * monthly:.2f}"
        term = chance.choice(["Month-to-month", "One year", "Two year"])
        churn = chance.choice(["Yes", "No"])
        lines.append(f"C{i:06},{chance.choice(['Female', 'Male'])},{i % 2},{tenure},{term},{monthly},{total},{churn}")
    data = folder / "customers.csv"
    data.write_text("\n".join(lines) + "\n")

    def column(name: str, kind: str, **more: object) -> dict[str, object]:
        return {"name": name, "logicalType": kind, "required": True, **more}

    properties = [
        column("customer_id", "string", primaryKey=True, logicalTypeOptions={"pattern": "^C[0-9]{6}$"}),
        column("gender", "string", enum=[{"value": "Female"}, {"value": "Male"}]),
        column("senior", "integer", enum=[{"value": 0}, {"value": 1}]),
        column("tenure", "integer", logicalTypeOptions={"minimum": 0, "maximum": 72}),
        column("contract", "string", enum=[{"value": v} for v in ("Month-to-month", "One year", "Two year")]),
        column("monthly", "number", logicalTypeOptions={"minimum": 0}),
        column("total", "number"),
        column("churn", "string", enum=[{"value": "Yes"}, {"value": "No"}]),
    ]
    contract = folder / "customers.odcs.yaml"
    document = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "customers",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "customers", "properties": properties}],
    }
    contract.write_text(json.dumps(document))
    return data, contract


def cpu(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(*arguments: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data, contract = map(Path, arguments) if arguments else make(Path(folder))
        count = f"import duckdb; print(duckdb.sql(\"select count(*) from '{data}'\").fetchall())"
        commands = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "import duckdb, count(*)": [PYTHON, "-c", count],
            "headgate check": [HEADGATE, "check", str(contract), str(data)],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for round_number in range(ROUNDS + 1):
            for name, command in commands.items():
                spent = cpu(command)
                if round_number:  # the first warms the caches
                    seconds[name].append(spent)
    floor = statistics.median(seconds["import duckdb, count(*)"])
    print(f"{ROUNDS} rounds, CPU seconds of the whole process")
    print(f"{'':<26}{'min':>8}{'median':>8}{'ratio':>8}")
    for name, values in seconds.items():
        print(
            f"{name:<26}{min(values):>8.3f}{statistics.median(values):>8.3f}{statistics.median(values) / floor:>8.2f}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

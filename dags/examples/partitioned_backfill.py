"""Days are published each by a task of its own, and each replaces its own part of the table.

The day is the key: a run that is cleared replaces what it left, in whatever order the days come, and so does another
run over the same days. One bad day does not hold the others back: trigger it with `bad_day` to see that, and with other
`days` to backfill.
"""

from datetime import date, timedelta
from pathlib import Path

from airflow.sdk import DAG, Param, task
from headgate.airflow import ContractPublishOperator

FOLDER = Path(__file__).parent / "data" / "sales"
PARAMS = {
    "first_day": Param("2026-03-01", type="string", format="date"),
    "days": Param(3, type="integer", minimum=1, maximum=31),
    "bad_day": Param(None, type=["string", "null"], format="date"),
}

with DAG("partitioned_backfill", schedule=None, params=PARAMS):

    @task
    def export(params=None):
        """A file for each day, and the list of days; a bad day holds a row of the day before."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        first = date.fromisoformat(params["first_day"])
        days = [first + timedelta(days=number) for number in range(params["days"])]
        for day in days:
            sold_on = day - timedelta(days=1) if str(day) == params["bad_day"] else day
            (FOLDER / f"{day}.csv").write_text(f"shop,sold_on,amount_eur\nnorth,{day},812.40\nsouth,{sold_on},455.10\n")
        return [str(day) for day in days]

    def one_day(day):
        return {"source": f"data/sales/{day}.csv", "where": f"sold_on = DATE '{day}'", "partition": day}

    ContractPublishOperator.partial(
        task_id="publish",
        contract="contracts/sales.odcs.yaml",
        max_active_tis_per_dagrun=1,  # one process at a time writes a DuckDB file
        map_index_template="{{ task.partition }}",
    ).expand_kwargs(export().map(one_day))

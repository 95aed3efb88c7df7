"""When today's rates are bad, consumers go on with yesterday's, and are not started.

The publisher has an asset event only where it has published. `last_known_good_consumer` is scheduled by that event and
reads from it what it is about to use. Trigger the publisher with `bad_day` to see it succeed with the old rates kept:
the log and the XCom `headgate` say since when they are stale. After `maxStaleness` of the contract it fails instead.
"""

from pathlib import Path

from airflow.sdk import DAG, Asset, task
from headgate.airflow import ContractPublishOperator

RATES = Asset("exchange_rates")
FILE = Path(__file__).parent / "data" / "rates" / "rates.csv"

with DAG("last_known_good", schedule=None, params={"bad_day": False}):

    @task
    def fetch(params=None):
        """The day's rates; on a bad day the source has none for the dollar."""
        FILE.parent.mkdir(parents=True, exist_ok=True)
        dollar = "" if params["bad_day"] else "1.0842"
        FILE.write_text(f"currency,rate\nUSD,{dollar}\nGBP,0.8571\nCHF,0.9634\n")

    fetch() >> ContractPublishOperator(
        task_id="publish", contract="contracts/rates.odcs.yaml", source="data/rates/rates.csv", outlets=[RATES]
    )

with DAG("last_known_good_consumer", schedule=[RATES]):

    @task
    def use(triggering_asset_events=None):
        """What was published, by which run, under which version of the contract."""
        for event in triggering_asset_events[RATES]:
            told = event.extra
            print(
                f"{told['rows']} {told['dataset']} by {told['run_key']}, contract {told['contract']} {told['version']}"
            )
        return told

    use()

"""Delivers the lineage events that wait in the spool. What it is for: docs/lineage.md.

It runs where the spool is: on one worker, if that is a folder that all of them mount.
"""

from datetime import datetime

from airflow.sdk import DAG, task

with DAG("lineage_flush", schedule="*/15 * * * *", start_date=datetime(2026, 1, 1), catchup=False, max_active_runs=1):

    @task
    def deliver():
        """Fail where something still waits: the server does not answer, or not in time."""
        from airflow.providers.openlineage.conf import transport
        from headgate.lineage import flush

        for done in flush(transport=transport()):
            print(done)
            if done.waiting:
                raise RuntimeError(f"{done.waiting} lineage events wait: {done.error}")

    deliver()

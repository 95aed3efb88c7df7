"""Bad rows are quarantined, and published after all if a person approves.

Trigger it with `bad_rows`: the other orders are published, and the task `approve` waits for an answer. Approved, the
quarantined rows are published too; who approved it and why is kept beside the data. Rejected, they stay in the
quarantine until its retention ends. If nothing was quarantined, no one is asked. What it looks like: docs/approval.md.
"""

from pathlib import Path

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, AssetAlias, Param, task
from headgate.airflow import ContractPublishOperator, ContractReleaseOperator, ContractVerdictOperator

ORDERS = Path(__file__).parent / "data" / "orders" / "orders.csv"
CONTRACT = "contracts/orders.odcs.yaml"
FOUND = "{% set found = ti.xcom_pull('publish', key='headgate') %}"

with DAG(
    "quarantine_with_approval", schedule=None, params={"bad_rows": Param(0, type="integer", minimum=0, maximum=5)}
):

    @task
    def export(params=None):
        """A hundred orders; the bad ones are dearer than the contract allows."""
        ORDERS.parent.mkdir(parents=True, exist_ok=True)
        amounts = [2900.0 if number < params["bad_rows"] else 10.5 + number for number in range(100)]
        lines = [f"A-{number:03},{amount},paid\n" for number, amount in enumerate(amounts)]
        ORDERS.write_text("order_id,amount_eur,status\n" + "".join(lines))

    publish = ContractPublishOperator(
        task_id="publish", contract=CONTRACT, source="data/orders/orders.csv", outlets=[AssetAlias("orders")]
    )

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def set_aside(ti=None):
        """No one is asked if nothing was quarantined."""
        return ti.xcom_pull("publish", key="headgate")["rows_set_aside"] > 0

    approve = ApprovalOperator(
        task_id="approve",
        subject=FOUND
        + "Publish {{ found.rows_set_aside }} of {{ found.rows }} {{ found.dataset }} although they break "
        "{{ found.reasons | join(', ') }}?"
        "{% if found.affected %} Affected: {{ found.affected | join(', ') }}.{% endif %}",
        body=FOUND + "{% for each in found.broken %}- {{ each.statement }}: broken by {{ each.unexpected }} rows\n"
        "{% endfor %}\nThey are in `{{ found.quarantine }}`, run key `{{ found.run_key }}`. Owner: {{ found.owner }}.",
        params={"why": Param("", type="string", description="The reason; it is kept.")},
    )
    release = ContractReleaseOperator(
        task_id="release", of="publish", approval="approve", contract=CONTRACT, outlets=[AssetAlias("orders")]
    )
    verdict = ContractVerdictOperator(task_id="verdict")

    export() >> publish >> set_aside() >> approve >> release >> verdict

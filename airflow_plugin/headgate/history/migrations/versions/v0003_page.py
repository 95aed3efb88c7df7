"""Which DAGs a dataset has, and what its rules are about: what the page shows, and to whom.

A version that does not know of it may write here: what it writes is shown to those who may read everything.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    of_dataset = sa.Column("dataset_id", ID, sa.ForeignKey("headgate_dataset.id", ondelete="CASCADE"), primary_key=True)
    dags = op.create_table(
        "headgate_dataset_dag",
        of_dataset,
        sa.Column("dag_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    waits = sa.text("rows_quarantined > 0")
    op.create_index(
        "headgate_report_quarantined", "headgate_report", ["at"], sqlite_where=waits, postgresql_where=waits
    )
    op.add_column("headgate_rule", sa.Column("about", sa.Text, nullable=False, server_default="{}"))
    found = op.get_bind().execute(sa.text("SELECT DISTINCT dataset_id, run_key FROM headgate_report"))
    # As of history.dags.dag_of, as it was then: DAG/TASK/RUN, or DAG/TASK/RUN/PART.
    parts = ((dataset_id, run_key.split("/")) for dataset_id, run_key in found)
    named = {(dataset_id, each[0]) for dataset_id, each in parts if len(each) in (3, 4) and all(each)}
    if named:
        op.bulk_insert(dags, [{"dataset_id": dataset_id, "dag_id": dag_id} for dataset_id, dag_id in sorted(named)])

"""The tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True)


def _of(name: str, table: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, **options)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def upgrade() -> None:
    writers = op.create_table("headgate_writers", _text("oldest"))
    op.bulk_insert(writers, [{"oldest": "0001"}])
    op.create_table(
        "headgate_dataset",
        _id(),
        _text("contract"),
        _text("name"),
        _text("namespace"),
        _text("place"),
        sa.UniqueConstraint("contract", "name", "namespace", "place", name="headgate_dataset_named"),
    )
    op.create_index("headgate_dataset_place", "headgate_dataset", ["namespace", "place"])
    op.create_table(
        "headgate_rule",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _text("key"),
        _text("digest"),
        _text("label"),
        sa.UniqueConstraint("dataset_id", "key", "digest", name="headgate_rule_named"),
    )
    op.create_table(
        "headgate_report",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _text("kind"),
        _text("run_key"),
        sa.Column("moment", TIME, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("interval_start", TIME),
        sa.Column("interval_end", TIME),
        _text("version"),
        _text("commit", nullable=True),
        _text("owner"),
        sa.Column("draft", sa.Boolean, nullable=False),
        _text("verdict"),
        _text("outcome", nullable=True),
        _text("policy"),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("rows_published", sa.BigInteger),
        sa.Column("rows_quarantined", sa.BigInteger),
        sa.UniqueConstraint("dataset_id", "kind", "run_key", name="headgate_report_run"),
    )
    op.create_index("headgate_report_moment", "headgate_report", ["dataset_id", "moment", "at"])
    op.create_index("headgate_report_at", "headgate_report", ["at"])
    op.create_table(
        "headgate_result",
        _of("rule_id", "headgate_rule", primary_key=True),
        _of("report_id", "headgate_report", primary_key=True),
        _text("severity"),
        _text("status"),
        sa.Column("failed", sa.BigInteger),
        sa.Column("rows", sa.BigInteger),
        sa.Column("value", sa.Float),
        sqlite_with_rowid=False,
    )
    op.create_index("headgate_result_report", "headgate_result", ["report_id"])
    op.create_table(
        "headgate_level",
        _of("report_id", "headgate_report", primary_key=True),
        _text("key", primary_key=True),
        _text("status"),
        _text("result"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "headgate_dataset_standing",
        _of("dataset_id", "headgate_dataset", primary_key=True),
        _of("report_id", "headgate_report"),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("broken", sa.Integer, nullable=False),
        sa.Column("warned", sa.Integer, nullable=False),
        sa.Column("unmeasured", sa.Integer, nullable=False),
        sa.Column("since", TIME),
        _text("recent"),
    )
    op.create_index("headgate_dataset_standing_report", "headgate_dataset_standing", ["report_id"])
    op.create_table(
        "headgate_standing",
        _of("rule_id", "headgate_rule", primary_key=True),
        _of("dataset_id", "headgate_dataset"),
        _of("report_id", "headgate_report"),
        _text("severity"),
        _text("status"),
        sa.Column("since", TIME, nullable=False),
    )
    op.create_index("headgate_standing_dataset", "headgate_standing", ["dataset_id"])
    op.create_index("headgate_standing_report", "headgate_standing", ["report_id"])

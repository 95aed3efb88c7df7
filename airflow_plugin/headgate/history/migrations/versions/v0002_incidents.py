"""Incidents and the outbox. Who writes runs folds them: a version that does not must not write here."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TIME = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", ID, primary_key=True)


def _of(name: str, table: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, ID, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, **options)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable, primary_key=primary_key)


def _time(name: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[Any]:
    return sa.Column(name, TIME, nullable=nullable, primary_key=primary_key)


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def upgrade() -> None:
    op.execute(sa.text("update headgate_writers set oldest = '0002'"))
    op.create_table(
        "headgate_promises",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _text("digest"),
        _text("keys"),
        sa.UniqueConstraint("dataset_id", "digest", name="headgate_promises_named"),
    )
    op.create_table(
        "headgate_finding",
        _of("dataset_id", "headgate_dataset", primary_key=True),
        _time("at", primary_key=True),
        _text("kind", primary_key=True),
        _text("run_key", primary_key=True),
        _time("interval_end", nullable=True),
        _yes("visible"),
        _of("promises_id", "headgate_promises"),
        _text("body"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "headgate_concern",
        _of("dataset_id", "headgate_dataset", primary_key=True),
        _time("at"),
        _text("body"),
        _time("folded_from", nullable=True),
    )
    op.create_table(
        "headgate_upstream",
        _of("dataset_id", "headgate_dataset", primary_key=True),
        _text("namespace", primary_key=True),
        _text("place", primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "headgate_incident",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _text("rule"),
        _time("opened"),
        _time("closed", nullable=True),
        _yes("pages"),
        _yes("settled"),
        _text("body"),
        _text("marks"),
    )
    op.create_index("headgate_incident_rule", "headgate_incident", ["dataset_id", "rule"])
    op.create_index("headgate_incident_closed", "headgate_incident", ["closed"])
    op.create_table(
        "headgate_act",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _text("rule"),
        _time("at"),
        _text("deed"),
        _text("by"),
        _text("text"),
        _time("until", nullable=True),
        _text("run_key"),
    )
    op.create_index("headgate_act_rule", "headgate_act", ["dataset_id", "rule"])
    op.create_table(
        "headgate_message",
        _id(),
        _of("dataset_id", "headgate_dataset"),
        _time("at"),
        _text("told"),
        _text("recipient"),
        _text("body"),
        _yes("routed"),
        _yes("expired"),
    )
    op.create_index("headgate_message_routed", "headgate_message", ["routed"])
    op.create_index("headgate_message_at", "headgate_message", ["dataset_id", "at"])
    op.create_table(
        "headgate_message_incident",
        _of("message_id", "headgate_message", primary_key=True),
        _of("incident_id", "headgate_incident", primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("headgate_message_incident_incident", "headgate_message_incident", ["incident_id"])
    op.create_table(
        "headgate_delivery",
        _of("message_id", "headgate_message", primary_key=True),
        _text("channel", primary_key=True),
        _time("delivered_at", nullable=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        _text("error"),
        _yes("refused"),
        sa.Column("told_with", ID, sa.ForeignKey("headgate_message.id", ondelete="CASCADE")),
        sqlite_with_rowid=False,
    )
    op.create_index("headgate_delivery_waiting", "headgate_delivery", ["channel", "delivered_at"])
    op.create_index("headgate_delivery_told_with", "headgate_delivery", ["told_with"])
    op.create_table(
        "headgate_channel",
        _text("name", primary_key=True),
        _text("lease", nullable=True),
        _time("leased_until", nullable=True),
        sa.Column("failures", sa.Integer, nullable=False),
        _time("retry_at", nullable=True),
        _text("error"),
        sqlite_with_rowid=False,
    )

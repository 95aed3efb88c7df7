"""The tables of the store, as the newest migration leaves them. Texts are what the reports call things."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from headgate.naming import PlaceName

VERSION_TABLE = "headgate_version"


class Moment(sa.TypeDecorator[datetime]):
    """An aware time; it comes back in UTC. SQLite keeps it as text that sorts by time."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# An identity that grows, also where rows are deleted; SQLite has it for INTEGER alone.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
metadata = sa.MetaData()


def _id() -> sa.Column[int]:
    return sa.Column("id", Id, primary_key=True)


def _of(name: str, table: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, Id, sa.ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, **options)


# The lowest schema version whose code may write here.
writers = sa.Table("headgate_writers", metadata, sa.Column("oldest", sa.Text, nullable=False))

dataset = sa.Table(
    "headgate_dataset",
    metadata,
    _id(),
    sa.Column("contract", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # PlaceName: both empty of data that has no place of its own.
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.UniqueConstraint("contract", "name", "namespace", "place", name="headgate_dataset_named"),
    sa.Index("headgate_dataset_place", "namespace", "place"),
)

# The DAGs that ran a dataset: who may read one of them may see it.
dataset_dag = sa.Table(
    "headgate_dataset_dag",
    metadata,
    _of("dataset_id", "headgate_dataset", primary_key=True),
    sa.Column("dag_id", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

rule = sa.Table(
    "headgate_rule",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    # What the newest run calls it.
    sa.Column("label", sa.Text, nullable=False),
    # What it is about: history.RuleAbout, as JSON.
    sa.Column("about", sa.Text, nullable=False, server_default="{}"),
    sa.UniqueConstraint("dataset_id", "key", "digest", name="headgate_rule_named"),
)

report = sa.Table(
    "headgate_report",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("run_key", sa.Text, nullable=False),
    sa.Column("moment", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("interval_start", Moment),
    sa.Column("interval_end", Moment),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("commit", sa.Text),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("draft", sa.Boolean, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("rows_published", sa.BigInteger),
    sa.Column("rows_quarantined", sa.BigInteger),
    sa.UniqueConstraint("dataset_id", "kind", "run_key", name="headgate_report_run"),
    sa.Index("headgate_report_moment", "dataset_id", "moment", "at"),
    sa.Index("headgate_report_at", "at"),
)
_waits = report.c.rows_quarantined > 0
sa.Index("headgate_report_quarantined", report.c.at, sqlite_where=_waits, postgresql_where=_waits)

result = sa.Table(
    "headgate_result",
    metadata,
    _of("rule_id", "headgate_rule", primary_key=True),
    _of("report_id", "headgate_report", primary_key=True),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("failed", sa.BigInteger),
    sa.Column("rows", sa.BigInteger),
    sa.Column("value", sa.Float),
    sa.Index("headgate_result_report", "report_id"),
    sqlite_with_rowid=False,
)

level = sa.Table(
    "headgate_level",
    metadata,
    _of("report_id", "headgate_report", primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    # LevelResult.to_dict, as JSON.
    sa.Column("result", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# What incidents are folded from: what each run found, every attempt of it, and none is replaced by another.
promises = sa.Table(
    "headgate_promises",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("digest", sa.Text, nullable=False),
    # The keys of all rules and service levels, as a JSON list.
    sa.Column("keys", sa.Text, nullable=False),
    sa.UniqueConstraint("dataset_id", "digest", name="headgate_promises_named"),
)

finding = sa.Table(
    "headgate_finding",
    metadata,
    _of("dataset_id", "headgate_dataset", primary_key=True),
    sa.Column("at", Moment, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("run_key", sa.Text, primary_key=True),
    sa.Column("interval_end", Moment),
    sa.Column("visible", sa.Boolean, nullable=False),
    _of("promises_id", "headgate_promises"),
    # The rest of incidents.Finding, as JSON.
    sa.Column("body", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# Whom a dataset concerns: incidents.Concern, as its newest run says.
concern = sa.Table(
    "headgate_concern",
    metadata,
    _of("dataset_id", "headgate_dataset", primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    # Findings before this were deleted: what comes so late is not folded in.
    sa.Column("folded_from", Moment),
)

# From what places a dataset is made.
upstream = sa.Table(
    "headgate_upstream",
    metadata,
    _of("dataset_id", "headgate_dataset", primary_key=True),
    sa.Column("namespace", sa.Text, primary_key=True),
    sa.Column("place", sa.Text, primary_key=True),
    sqlite_with_rowid=False,
)

incident = sa.Table(
    "headgate_incident",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("opened", Moment, nullable=False),
    sa.Column("closed", Moment),
    sa.Column("pages", sa.Boolean, nullable=False),
    # It is closed, and nothing is left to be told of it.
    sa.Column("settled", sa.Boolean, nullable=False, default=False),
    # incidents.Incident, and incidents.Mark by recipient, as JSON.
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("marks", sa.Text, nullable=False),
    sa.Index("headgate_incident_rule", "dataset_id", "rule"),
    sa.Index("headgate_incident_closed", "closed"),
)

# What people did: incidents.Act.
act = sa.Table(
    "headgate_act",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("deed", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("until", Moment),
    sa.Column("run_key", sa.Text, nullable=False),
    sa.Index("headgate_act_rule", "dataset_id", "rule"),
)

# The outbox. A message is written in the transaction of the fold; who sends it routes it first, to the channels that
# are configured where it is sent: a delivery each.
message = sa.Table(
    "headgate_message",
    metadata,
    _id(),
    _of("dataset_id", "headgate_dataset"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    # incidents.Notice, as JSON.
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("routed", sa.Boolean, nullable=False),
    # It was routed to nobody, since it was over before it could be sent.
    sa.Column("expired", sa.Boolean, nullable=False, default=False),
    sa.Index("headgate_message_routed", "routed"),
    sa.Index("headgate_message_at", "dataset_id", "at"),
)

message_incident = sa.Table(
    "headgate_message_incident",
    metadata,
    _of("message_id", "headgate_message", primary_key=True),
    _of("incident_id", "headgate_incident", primary_key=True),
    sa.Index("headgate_message_incident_incident", "incident_id"),
    sqlite_with_rowid=False,
)

delivery = sa.Table(
    "headgate_delivery",
    metadata,
    _of("message_id", "headgate_message", primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("delivered_at", Moment),
    sa.Column("tries", sa.Integer, nullable=False),
    # How often in a row the receiver said that it does not take it.
    sa.Column("refusals", sa.Integer, nullable=False, default=0),
    # Why it was not delivered: of the last try, or, where `refused`, for good.
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False),
    # The message that tells of this one as well on this channel, to which it is not sent itself.
    sa.Column("told_with", Id, sa.ForeignKey("headgate_message.id", ondelete="CASCADE")),
    sa.Index("headgate_delivery_waiting", "channel", "delivered_at"),
    sa.Index("headgate_delivery_told_with", "told_with"),
    sqlite_with_rowid=False,
)

# One process at a time sends to a channel, while it has the lease.
channel = sa.Table(
    "headgate_channel",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("lease", sa.Text),
    sa.Column("leased_until", Moment),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("retry_at", Moment),
    sa.Column("error", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

# What the home page reads. The newest run of each dataset, by what the runs are about; how many of its rules have which
# status, and since when the first of the broken ones is broken; and the verdicts of the last runs: one letter each, the
# newest last.
dataset_standing = sa.Table(
    "headgate_dataset_standing",
    metadata,
    _of("dataset_id", "headgate_dataset", primary_key=True),
    _of("report_id", "headgate_report"),
    sa.Column("rules", sa.Integer, nullable=False),
    sa.Column("broken", sa.Integer, nullable=False),
    sa.Column("warned", sa.Integer, nullable=False),
    sa.Column("unmeasured", sa.Integer, nullable=False),
    sa.Column("since", Moment),
    sa.Column("recent", sa.Text, nullable=False),
    sa.Index("headgate_dataset_standing_report", "report_id"),
)

# The rules of that run.
standing = sa.Table(
    "headgate_standing",
    metadata,
    _of("rule_id", "headgate_rule", primary_key=True),
    _of("dataset_id", "headgate_dataset"),
    _of("report_id", "headgate_report"),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Index("headgate_standing_dataset", "dataset_id"),
    sa.Index("headgate_standing_report", "report_id"),
)


def is_at(place: PlaceName) -> Any:
    """Return the condition that a dataset is at a place, by any of its names."""
    names = [(each.namespace, each.name) for each in (place, *place.also)]
    return sa.or_(*(sa.and_(dataset.c.namespace == space, dataset.c.place == name) for space, name in names))

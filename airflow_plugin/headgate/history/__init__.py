"""What happened: the spool in which it waits, its delivery, and the store in which it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headgate.history.delivery import Delivery, RefusedError, ServerError, deliver
from headgate.history.location import default_folder, spool_folder
from headgate.history.spool import Entry, Spool
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.history.acts import act, released
    from headgate.history.address import configured, store_url
    from headgate.history.incident_read import incident_detail, list_incidents
    from headgate.history.listener import flush, told, waiting_records
    from headgate.history.notices import tell_all
    from headgate.history.opening import demand_store, open_store
    from headgate.history.outage import outages
    from headgate.history.parquet import export
    from headgate.history.past import known_past, past_of
    from headgate.history.read import at_place, bad_rows, bad_share, failed, find, home, latest, rules, run, runs, trend
    from headgate.history.record import Kind, ResultRecord, RunRecord
    from headgate.history.report_files import rebuild
    from headgate.history.retention import prune
    from headgate.history.surroundings import Surroundings

__all__ = [
    "Delivery",
    "Entry",
    "Kind",
    "RefusedError",
    "ResultRecord",
    "RunRecord",
    "ServerError",
    "Spool",
    "Surroundings",
    "act",
    "at_place",
    "bad_rows",
    "bad_share",
    "configured",
    "default_folder",
    "deliver",
    "demand_store",
    "export",
    "failed",
    "find",
    "flush",
    "home",
    "incident_detail",
    "known_past",
    "latest",
    "list_incidents",
    "open_store",
    "outages",
    "past_of",
    "prune",
    "rebuild",
    "released",
    "rules",
    "run",
    "runs",
    "spool_folder",
    "store_url",
    "tell_all",
    "told",
    "trend",
    "waiting_records",
]

# The spool serves lineage as well, which needs none of these.
_HOMES = {
    "Kind": "record",
    "ResultRecord": "record",
    "RunRecord": "record",
    "Surroundings": "surroundings",
    "act": "acts",
    "configured": "address",
    "demand_store": "opening",
    "export": "parquet",
    "flush": "listener",
    "incident_detail": "incident_read",
    "known_past": "past",
    "list_incidents": "incident_read",
    "open_store": "opening",
    "outages": "outage",
    "past_of": "past",
    "prune": "retention",
    "rebuild": "report_files",
    "released": "acts",
    "store_url": "address",
    "tell_all": "notices",
    "told": "listener",
    "waiting_records": "listener",
} | dict.fromkeys(
    ("at_place", "bad_rows", "bad_share", "failed", "find", "home", "latest", "rules", "run", "runs", "trend"), "read"
)

__getattr__ = lazily(__name__, {name: f"headgate.history.{module}:{name}" for name, module in _HOMES.items()})

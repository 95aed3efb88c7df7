"""The trigger of a deferred ContractSensor: pokes repeatedly, in a thread of the triggerer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from headgate.airflow import late
from headgate.airflow.freshness import Watch
from headgate.airflow.history import record_run
from headgate.airflow.reporting import summary_of, write_report
from headgate.errors import HeadgateError, TransientError


class ContractTrigger(BaseTrigger):
    """Its one event has the summary of the report and the file that it was written to, or says what is wrong.

    Args:
        watch: a Watch as a dict; it holds the names of connections, and no credentials.
        poke_interval: seconds between two looks.
    """

    def __init__(self, watch: dict[str, Any], poke_interval: float = 60.0) -> None:
        super().__init__()
        self.watch = watch
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return (
            "headgate.airflow.trigger.ContractTrigger",
            {"watch": self.watch, "poke_interval": self.poke_interval},
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        watch = Watch(**self.watch)
        while True:
            # The sensor has looked just now.
            await asyncio.sleep(self.poke_interval)
            # Not in the one thread that all such calls share: a look may take long.
            event, waits_for = await sync_to_async(_poked, thread_sensitive=False)(watch, self.log)
            if event is not None:
                yield TriggerEvent(event)
                return
            self.log.info("waiting: %s", waits_for)


def _poked(watch: Watch, log: Any) -> tuple[dict[str, Any] | None, str]:
    """Return the event, or what is still waited for."""
    try:
        poke = watch.poke()
    except TransientError as error:
        return None, str(error)
    except HeadgateError as error:
        return {"wrong": str(error)}, ""
    if poke.waits_for or poke.run is None:
        return None, poke.waits_for
    found = poke.run
    more: dict[str, Any] = {"policy": str(found.policy)}
    around = found.around(slot=watch.where or "", own=watch.data is None)
    make = partial(late.RunRecord.of_check, found.report, str(found.policy), part=bool(watch.where), around=around)
    record = record_run(make, log)
    file = write_report(found.report, str(found), log, more | (record.report_keys if record else {}))
    summary = summary_of(found.report, str(found), more)
    return {"summary": summary, "line": str(found), "report_file": str(file) if file else None}, ""

"""A notifier that says which promises are broken, who owns the data, and where to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from airflow.providers.common.compat.sdk import BaseNotifier

from headgate.airflow import late
from headgate.airflow.failure import ContractFailure
from headgate.airflow.reporting import XCOM_KEY
from headgate.airflow.timeout import call_with_timeout
from headgate.airflow.webhooks import post_to

# The webhook has five seconds, and the look-up of its connection as many.
BOUND_S = 10.0


class ContractNotifier(BaseNotifier):
    """Posts `{"text": …}` to a webhook (as those of Slack, Mattermost and Teams take it), and logs the same.

    For `on_failure_callback`, `on_retry_callback`, `on_success_callback`, and `on_warning` of headgate's operators. It
    names checks and who is affected, never values of the data; if the webhook is unreachable, that is logged, and the
    task continues.

    Args:
        conn_id: the Airflow connection of the webhook: host, port and, as its password, a token at the end of the URL;
            https, unless its schema or host says `http`; without a connection the text is only logged.
        text: precedes what was found; templated.
    """

    template_fields: Sequence[str] = ("conn_id", "text")

    def __init__(self, conn_id: str | None = None, text: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.text = text

    def notify(self, context: Any) -> None:
        message = self._message(context)
        if not self.conn_id:
            return
        fault = call_with_timeout(post_to, self.conn_id, {"text": message}, bound_s=BOUND_S)
        if fault:
            self.log.warning("the notification could not be sent: %s", fault)

    async def async_notify(self, context: Any) -> None:
        await late.sync_to_async(self.notify, thread_sensitive=False)(context)

    def _message(self, context: Any) -> str:
        message = "\n".join(filter(None, (self.text, message_of(context))))
        self.log.warning("%s", message)
        return message


def message_of(context: Any) -> str:
    """Return what a person must know: task, what happened, broken promises, owner, support, who is affected, where the
    log is; without values of the data.

    If no contract was checked (another error, a deadline), it is made from the context.
    """
    ti, dag_run = context.get("ti"), context.get("dag_run")
    where = (
        f"{ti.dag_id}.{ti.task_id} ({ti.run_id})"
        if ti is not None
        else f"{getattr(dag_run, 'dag_id', '?')} ({getattr(dag_run, 'run_id', '?')})"
    )
    log = getattr(ti, "log_url", None)
    return "\n".join((*_said(where, context), *([f"log: {log}"] if log else ())))


def _said(where: str, context: Any) -> Iterator[str]:
    summary = _summary(context)
    if not summary:
        yield f"{where}: {_fault(context.get('exception'))}"
        return
    if "broken" not in summary:  # a release, which tells of no promises
        yield f"{where}: {summary['summary']}"
        return
    yield f"{where}: {summary['dataset']} of {summary['contract']} {summary['version']}: {summary['summary']}"
    broken = summary["broken"]
    yield from (f"- {each['statement']}: {_found(each)}" for each in broken[:10])
    levels = [each for each in summary.get("levels", ()) if each["status"] == "broken"]
    yield from (f"- {each['statement']}: {each['reason'] or 'broken'}" for each in levels[:10])
    if summary["broken_in_all"] > 10:
        yield f"- and {summary['broken_in_all'] - 10} more"
    owner = [f"owner: {summary['owner']}"] if summary.get("owner") else []
    if owner or summary.get("support"):
        yield " · ".join((*owner, *summary.get("support", ())))
    if affected := [*summary.get("affected", ()), *summary.get("also_reads", ())]:
        yield f"affects: {', '.join(affected)}"


def _fault(error: Any) -> str:
    """Return the message of a ContractFailure; of other errors only the class, since their text may quote the data."""
    if error is None:
        return "no contract was checked"
    return str(error) if isinstance(error, ContractFailure) else type(error).__name__


def _found(each: dict[str, Any]) -> str:
    if rows := each.get("unexpected"):
        return f"{rows:,} row{'s' if rows > 1 else ''}"
    return each.get("observed") or str(each["status"]).replace("_", " ")


def _summary(context: Any) -> dict[str, Any] | None:
    """Return the summary of the breach that failed the task, of `on_warning`, or of the task's XCom."""
    summary = getattr(context.get("exception"), "summary", None)
    if isinstance(summary, dict):
        return summary
    if XCOM_KEY in context:
        return dict(context[XCOM_KEY])
    ti = context.get("ti")
    if ti is None or context.get("exception") is not None:
        return None
    found = ti.xcom_pull(task_ids=ti.task_id, key=XCOM_KEY, map_indexes=ti.map_index)
    return dict(found) if isinstance(found, dict) else None

"""The release of quarantined rows, after a person's approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowSkipException

from headgate.airflow import late
from headgate.airflow.assets import announce, announce_nothing
from headgate.airflow.base import ContractOperator
from headgate.airflow.failure import ContractFailure
from headgate.airflow.history import BUDGET_S, note_release
from headgate.airflow.reporting import XCOM_KEY
from headgate.airflow.timeout import call_with_timeout
from headgate.errors import HeadgateError

if TYPE_CHECKING:
    from headgate.contract import Dataset
    from headgate.gate import ReleaseResult
    from headgate.places import Target


class ContractReleaseOperator(ContractOperator):
    """Publish the rows that a ContractPublishOperator of this run quarantined: those that were there when it ended.

    The rows are checked again; they may break the rules that they were quarantined for, and no others. The task is
    skipped if nothing was quarantined. Its outlets have events like those of ContractPublishOperator, with the outcome
    `released`.

    Args:
        of: the publish's task id; where that is mapped, this task is mapped too, and each releases what its index left.
        contract, dataset, server, target, conn_id, references: as of that task.
        approval: the id of an ApprovalOperator before this task: who answered, and its parameter `why`.
        by: who lets the rows pass; by default who answered the approval.
        why: the reason, which is kept; by default the approval's parameter `why`.
        allow_older: release even where another run has replaced the target since.
    """

    operator_extra_links = ()
    released: ReleaseResult | None = None
    template_fields: Sequence[str] = (
        *ContractOperator.template_fields,
        "of",
        "target",
        "conn_id",
        "approval",
        "by",
        "why",
    )

    def __init__(
        self,
        *,
        of: str,
        contract: str,
        target: str | None = None,
        conn_id: str | None = None,
        approval: str | None = None,
        by: str | None = None,
        why: str | None = None,
        allow_older: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        if not approval and not (by and why):
            raise ValueError("a release needs approval=, or by= and why=")
        self.of = self._known(of)
        self.target = target
        self.conn_id = conn_id
        self.approval = approval
        self.by = by
        self.why = why
        self.allow_older = allow_older

    def _known(self, of: str) -> str:
        """Return `of`. Raises ValueError, while the DAG is parsed, for a task that its group calls otherwise."""
        group, dag = self.task_group, self.get_dag()
        full = f"{group.group_id}.{of}" if group is not None and group.group_id else of
        if dag is not None and of not in dag.task_dict and full in dag.task_dict:
            raise ValueError(f"of={of!r}: in the task group {group.group_id} that task is called {full!r}")
        return of

    def execute(self, context: Any) -> dict[str, Any]:
        ti = context["ti"]
        at = {"map_indexes": ti.map_index} if ti.map_index is not None and ti.map_index >= 0 else {}
        published = ti.xcom_pull(task_ids=self.of, key=XCOM_KEY, **at)
        if not isinstance(published, dict) or "run_key" not in published:
            raise ContractFailure(
                f"of: the task {self.of} has published nothing in this run; "
                f"where it is mapped, map {self.task_id} as well"
            )
        if not published.get("accepted"):
            raise AirflowSkipException(f"{self.of} has quarantined nothing")
        by, why = self._who(ti)
        with self._failing_at_once():
            self._run(context)
            dataset, target = self._released_into()
            released = late.release(
                dataset,
                target,
                run_key=published["run_key"],
                accepted=published["accepted"],
                by=by,
                why=why,
                references=self.references,
                allow_older=self.allow_older,
                progress=lambda step: self.log.info("%s: %s", target, step),
            )
        self.released = released
        summary = {"outcome": "refused" if released.refused else "released", **released.to_dict()}
        ti.xcom_push(key=XCOM_KEY, value=summary)
        self.log.info("%s", released)
        if released.refused:
            announce_nothing(self)
            raise ContractFailure(str(released))
        self._note(dataset, target, published["run_key"], by, why)
        told = {name: published[name] for name in ("contract", "version", "dataset", "verdict", "run_key")}
        announce(self, context, released.target, told | {"outcome": "released", "rows": released.rows})
        return summary

    def _note(self, dataset: Dataset, target: Target, run_key: str, by: str, why: str) -> None:
        """Let the incidents of the run know; what cannot be told them is in the log."""
        if fault := call_with_timeout(lambda: note_release(dataset, target, run_key, by, why), bound_s=BUDGET_S):
            self.log.warning("no incident knows of the release: %s", fault)

    def _released_into(self) -> tuple[Dataset, Target]:
        dataset = self._dataset()
        url = late.connection_url(dataset.contract, self.server, self.conn_id)
        return dataset, late.target_of(dataset, self.target, self.server, url)

    def _lineage(self, *, failed: bool = False) -> Any:
        try:
            dataset, target = self._released_into()
        except HeadgateError:  # the parameters do not tell it
            return late.OperatorLineage()
        run, link = self._current or late.Run(), self._address(dataset)
        return late.told(late.release_facets(dataset, run, target, self.released, link=link, failed=failed))

    def _who(self, ti: Any) -> tuple[str, str]:
        """Return who lets the rows pass, and why. Raises ContractFailure if the approval does not say it."""
        answer = ti.xcom_pull(task_ids=self.approval) if self.approval else None
        answer = answer if isinstance(answer, dict) else {}
        user, given = answer.get("responded_by_user") or {}, answer.get("params_input") or {}
        by, why = (
            str(self.by or user.get("name") or user.get("id") or ""),
            str(self.why or given.get("why") or "").strip(),
        )
        for name, value, asked in (("by", by, "who releases the rows"), ("why", why, "why the rows are released")):
            if not value:
                what = f"{self.approval} does not say {asked}, and that is kept"
                raise ContractFailure(f"{what}: clear {self.approval} to ask again, or set {name}=")
        return by, why

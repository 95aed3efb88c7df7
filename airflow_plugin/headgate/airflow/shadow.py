"""A shadow run in a task."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException

from headgate.airflow import late
from headgate.airflow.base import ContractOperator
from headgate.airflow.reporting import XCOM_KEY

if TYPE_CHECKING:
    from headgate.compare.shadow.found import ShadowRun


class ShadowBreach(AirflowFailException):
    """The candidate differs from production by more than it may, breaks a promise, or could not be compared: the task
    fails at once. The message is the summary for a pull request; `run` has all that was found."""

    def __init__(self, message: str, run: ShadowRun) -> None:
        super().__init__(message)
        self.run = run


class ShadowOperator(ContractOperator):
    """Run a candidate on production's inputs, in a place of its own that is dropped in the end, and compare what it
    made with what production has.

    The XCom `headgate` holds the verdict, and of each output how many rows differ.

    Args:
        contract: path of the ODCS file, beside the DAG file or in `[headgate] contracts_folder`; `#name` picks one of
            its datasets.
        project: the candidate: models of the dbt project in this folder, built beside production's parents.
        select, exclude: with `project`: what to build, by default `state:modified+`, and what not.
        state: with `project`: the folder of production's manifest.json.
        dbt_vars: with `project`: dbt's variables, as YAML.
        variables: names of variables of the environment that dbt or the function may see.
        dbt_command: the command of dbt.
        next_contract: the candidate: the path of the next version of the contract, checked on production's rows.
        sql: the candidate: one SELECT over `inputs`, or the path of a file `.sql` beside the DAG file.
        baseline: the SELECT of production, which is run on the same inputs and compared with.
        function: the candidate: `module:function` of Python.
        inputs: what the candidate reads, by the names that it has for them.
        production: what production made; by default the dataset's own table on `server`.
        conn_id: the Airflow connection of that database, as of ContractCheckOperator.
        sample, by: read only so many of the keys: `1%`, by `customers.customer_id`.
        links: foreign keys besides those of the contract: `orders.customer_id=customers.customer_id`.
        salt: another salt is another sample.
        relative: how far numbers may be apart, as a share of the larger one.
        allow: how many rows may differ.
        leave_out: columns that are not compared.
        role: the role of PostgreSQL as which `sql` runs; by default one is made.
    """

    operator_extra_links: tuple[Any, ...] = ()
    template_fields: Sequence[str] = (
        *ContractOperator.template_fields,
        "sql",
        "project",
        "select",
        "exclude",
        "state",
        "dbt_vars",
        "next_contract",
        "inputs",
        "production",
        "sample",
        "salt",
    )
    template_ext: Sequence[str] = ()

    def __init__(
        self,
        *,
        contract: str,
        sql: str | None = None,
        baseline: str = "",
        function: str | None = None,
        project: str | None = None,
        select: Sequence[str] = (),
        exclude: Sequence[str] = (),
        state: str | None = None,
        dbt_vars: str = "",
        variables: Sequence[str] = (),
        dbt_command: str = "dbt",
        next_contract: str | None = None,
        inputs: dict[str, Any] | None = None,
        production: str | None = None,
        conn_id: str | None = None,
        sample: str | None = None,
        by: str | None = None,
        links: Sequence[str] = (),
        salt: str = "1",
        relative: float = 0,
        allow: int = 0,
        leave_out: Sequence[str] = (),
        role: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(contract=contract, **kwargs)
        if sum(map(bool, (sql, function, project, next_contract))) != 1:
            raise ValueError("a shadow has one candidate: sql=, function=, project= or next_contract=")
        if bool(project) != bool(state):
            raise ValueError("project= and state= go together: the folder of production's manifest.json")
        if bool(sample) != bool(by):
            raise ValueError("sample= and by= go together: sample='1%', by='customers.customer_id'")
        self.sql = sql
        self.baseline = baseline
        self.function = function
        self.project = project
        self.select = select
        self.exclude = exclude
        self.state = state
        self.dbt_vars = dbt_vars
        self.variables = variables
        self.dbt_command = dbt_command
        self.next_contract = next_contract
        self.inputs = inputs or {}
        self.production = production
        self.conn_id = conn_id
        self.sample = sample
        self.by = by
        self.links = links
        self.salt = salt
        self.relative = relative
        self.allow = allow
        self.leave_out = leave_out
        self.role = role

    def execute(self, context: Any) -> dict[str, Any]:
        """Return the summary. Raises ShadowBreach."""
        with self._failing_at_once():
            self._run(context)
            run = late.run_shadow(self, Path(self.dag.folder))
        for line in late.text(run).splitlines():
            self.log.info("%s", line)
        summary: dict[str, Any] = late.summary_dict(run)
        context["ti"].xcom_push(key=XCOM_KEY, value=summary)
        if summary["verdict"] != "pass":
            raise ShadowBreach(late.markdown(run), run)
        return summary

    def _lineage(self, *, failed: bool = False) -> Any:
        """A shadow neither reads for a reader nor writes anything that stays."""
        return late.OperatorLineage()

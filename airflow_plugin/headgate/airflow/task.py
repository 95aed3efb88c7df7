"""`@task.contract`: a Python task whose arguments, or whose result, must meet a contract."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import DecoratedOperator, conf, task_decorator_factory
from airflow.providers.standard.operators.python import PythonOperator

from headgate.airflow import late
from headgate.airflow.base import ContractOperator
from headgate.airflow.checking import place_for, run_check
from headgate.airflow.contracts import dataset_of
from headgate.errors import CallError

if TYPE_CHECKING:
    from airflow.sdk.bases.decorator import TaskDecorator


class ContractTask(DecoratedOperator, PythonOperator, ContractOperator):
    """A Python function with contracts for what it takes and what it returns.

    Args:
        contract: of what the function returns, `FILE` or `FILE#dataset`: a DataFrame (pandas, polars, Arrow), or the
            path of a file, relative to the DAG file's folder.
        takes: the contract of each argument that has one, by the argument's name; checked before the function runs.
        server: which of the contract's servers foreign keys are looked up on, where there are several.
        on_breach, references, show_examples, on_warning: as of ContractCheckOperator.
    """

    custom_operator_name = "@task.contract"
    template_fields: Sequence[str] = (*PythonOperator.template_fields, *ContractOperator.template_fields, "takes")
    template_fields_renderers = PythonOperator.template_fields_renderers

    def __init__(
        self,
        *,
        python_callable: Callable[..., Any],
        op_args: Collection[Any] | None = None,
        op_kwargs: Mapping[str, Any] | None = None,
        contract: str | None = None,
        takes: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        given: dict[str, Any] = {"python_callable": python_callable, "op_args": op_args, "op_kwargs": op_kwargs}
        if not contract and not takes:
            raise ValueError("@task.contract needs contract= (of the result) or takes= (of the arguments)")
        unknown = set(takes or ()) - set(inspect.signature(python_callable).parameters)
        if unknown:
            raise ValueError(f"takes= of {python_callable.__name__}: argument {', '.join(sorted(unknown))} not found")
        if inspect.iscoroutinefunction(python_callable):
            raise ValueError("@task.contract takes no async function")
        super().__init__(kwargs_to_upstream={**given, "contract": contract}, **given, **kwargs)
        self.takes = takes or {}

    def execute(self, context: Any) -> Any:
        self._context = context
        return super().execute(context)

    def execute_callable(self) -> Any:
        """Check the arguments, run the function, check its result."""
        bound = inspect.signature(self.python_callable).bind_partial(*self.op_args, **self.op_kwargs)
        bound.apply_defaults()
        for name, contract in self.takes.items():
            self._check(contract, bound.arguments.get(name), name)
        value = super().execute_callable()
        if self.contract:
            self._check(self.contract, value)
            self.show_return_value_in_logs = False
        return self._passed_on(value)

    def _check(self, contract: str, value: Any, argument: str = "") -> None:
        """Raise ContractBreach if `value` violates its contract."""
        with self._failing_at_once():
            dataset = dataset_of(contract, self.dataset, self.dag.folder)
            self._concerned = late.concerned(dataset.contract)
            if value is None:
                raise CallError(f"{argument or 'the result'} is None; {dataset.name} is a DataFrame or a path")
            run = self._run(self._context)
            place, near = place_for(dataset, value, self.dag.folder, self.server)
            found = run_check(
                dataset,
                place,
                near=near,
                run=replace(run, key=f"{run.key}/{argument}") if argument else run,
                on_breach=self.on_breach,
                references=self.references,
                show_examples=self.show_examples,
            )
        self._report_check(found, self._context, about=argument or "result")

    def _passed_on(self, value: Any) -> Any:
        """Return the task's XCom: of DataFrames only those of pandas, which Airflow can serialise where pyarrow is
        installed. With a custom XCom backend, all.
        """
        library = type(value).__module__.partition(".")[0]
        own_backend = not conf.get("core", "xcom_backend", fallback="").endswith(".BaseXCom")
        lost = library in ("polars", "pyarrow") or (library == "pandas" and find_spec("pyarrow") is None)
        if own_backend or not lost:
            return value
        self.log.info("the %s %s is not passed on by XCom: return the path of a file", library, type(value).__name__)
        return None


def contract_task(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> TaskDecorator:
    """`@task.contract(contract="orders.odcs.yaml#orders", takes={"frame": "raw.odcs.yaml#orders"})`."""
    return task_decorator_factory(python_callable=python_callable, decorated_operator_class=ContractTask, **kwargs)

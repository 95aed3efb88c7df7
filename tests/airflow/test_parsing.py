"""What is wrong in a DAG is told while it is parsed."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import DAG, TaskGroup
from headgate.airflow import ContractPublishOperator, ContractReleaseOperator

CONTRACT: dict[str, Any] = {"contract": "things.odcs.yaml"}


def release(of: str, task_id: str = "release") -> ContractReleaseOperator:
    return ContractReleaseOperator(task_id=task_id, of=of, by="ann", why="ok", **CONTRACT)


def test_a_release_in_a_group_names_its_publish_in_full() -> None:
    with DAG("grouped"), TaskGroup("g"):
        ContractPublishOperator(task_id="publish", source="a.csv", **CONTRACT)
        with pytest.raises(ValueError, match="of='publish': in the task group g that task is called"):
            release("publish")
        assert release("g.publish", "release_again").of == "g.publish"


def test_a_task_outside_of_the_group_is_meant_by_its_name() -> None:
    with DAG("grouped"):
        ContractPublishOperator(task_id="publish", source="a.csv", **CONTRACT)
        with TaskGroup("g"):
            assert release("publish").of == "publish"

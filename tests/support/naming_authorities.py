"""What others call a place: dbt-ol, Airflow with its providers, and the OpenLineage client for Python."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import yaml
from headgate.dbt.naming import place_names
from headgate.naming import PlaceName, files
from openlineage.client.dataset import trimmers
from openlineage.client.naming import dataset as specification
from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor
from openlineage.common.provider.dbt.processor import ModelNode

Named = tuple[str, str]


class Project:
    """The artifacts of a dbt project with one model and one source, `m` and `y` (in the database `y_2`)."""

    def __init__(self, folder: Path, database: str, schema: str, **profile: Any) -> None:
        self.target = folder / "target"
        self.target.mkdir(exist_ok=True)
        (folder / "dbt_project.yml").write_text("name: p\nprofile: p\nversion: '1'\n")
        outputs = {"p": {"target": "t", "outputs": {"t": profile}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(outputs))
        within = {"database": database, "schema": schema}
        self.nodes = {
            "model": {"alias": "m", "name": "m", **within},
            "source": {"name": "y", "identifier": "y_2", **within},
        }
        artifact = "https://schemas.getdbt.com/dbt/{}.json"
        manifest = {
            "metadata": {"dbt_schema_version": artifact.format("manifest/v12")},
            "nodes": {"model": self.nodes["model"]},
            "sources": {"source": self.nodes["source"]},
        }
        results = {
            "metadata": {"dbt_schema_version": artifact.format("run-results/v6")},
            "args": {"profiles_dir": str(folder)},
            "results": [],
        }
        (self.target / "manifest.json").write_text(json.dumps(manifest))
        (self.target / "run_results.json").write_text(json.dumps(results))

    def ours(self, kind: str) -> PlaceName:
        return place_names(self.target)[kind]

    def theirs(self, kind: str) -> Named:
        """What dbt-ol calls the table in its events."""
        processor = DbtLocalArtifactProcessor(
            project_dir=str(self.target.parent), target_path=str(self.target), producer="", job_namespace="",
            logger=logging.getLogger(__name__),
        )  # fmt: skip
        _, _, profile, _ = processor.get_dbt_metadata()
        processor.extract_adapter_type(profile)
        processor.extract_dataset_namespace(profile)
        return processor.extract_dataset_data(ModelNode(kind, self.nodes[kind]), None)[:2]


def asset(path: str) -> Named:
    """What Airflow's provider calls the asset of a file, in the lineage of tasks that have it as inlet or outlet."""
    from airflow.providers.common.io.assets.file import convert_asset_to_openlineage
    from airflow.sdk import Asset

    found = convert_asset_to_openlineage(Asset(files(path).asset_uri), None)
    return found.namespace, found.name


def storage(url: str) -> Named:
    """What FileTransferOperator calls a file."""
    from airflow.sdk import ObjectStoragePath

    path = ObjectStoragePath(url)
    return path.namespace, path.key


def statement(table: str, **connection: Any) -> Named:
    """What SQL operators call a table that a statement writes, on a connection to PostgreSQL."""
    from airflow.providers.common.sql.hooks.sql import DbApiHook
    from airflow.providers.openlineage.sqlparser import DatabaseInfo, SQLParser
    from airflow.sdk import Connection

    there = Connection(conn_id="c", conn_type="postgres", login="u", schema="d", **connection)
    authority = DbApiHook.get_openlineage_authority_part(there, default_port=5432)
    (made,) = (
        SQLParser(dialect="postgres", default_schema="public")
        .generate_openlineage_metadata_from_sql(
            sql=f"INSERT INTO {table} SELECT 1",
            hook=DbApiHook,
            database_info=DatabaseInfo("postgres", authority, "d"),
            use_connection=False,
        )
        .outputs
    )
    return made.namespace, made.name


def spec(named: specification.DatasetNaming) -> Named:
    return named.get_namespace(), named.get_name()


def trimmed(name: str, *rules: type[trimmers.DatasetNameTrimmer]) -> Named:
    """What the client makes of a file's name where it trims names."""
    for rule in rules:
        name = rule().trim(name)
    return "file", name

"""What lineage calls the tables of a dbt project, by the code of dbt-ol.

Where dbt-ol spells a place as the profile does, or a source by its name in dbt, that is the other name of the place.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor

from headgate.dbt.artifacts import RESULTS
from headgate.naming import PlaceName

log = logging.getLogger(__name__)


def place_names(target: Path) -> Mapping[str, PlaceName]:
    """Return the name of each model, seed, snapshot and source table by its id in dbt.

    The server is that of the profile that the last run used, which may need its environment variables.

    Args:
        target: the target folder of the project, with the artifacts of a run.

    Raises:
        Exception: whatever dbt-ol raises where it cannot read the profile, or does not know the platform.
    """
    ran = json.loads((target / RESULTS).read_text(encoding="utf-8"))
    processor = DbtLocalArtifactProcessor(
        project_dir=str(target.resolve().parent),
        target=ran["args"].get("target"),
        target_path=str(target.resolve()),
        producer="",
        job_namespace="",
        logger=log,
    )
    manifest, _, profile, _ = processor.get_dbt_metadata()
    processor.extract_adapter_type(profile)
    spelled = namespace = processor.extract_namespace(profile)
    if profile["type"] == "duckdb" and not profile["path"].startswith((":memory:", "md:", "motherduck:")):
        namespace = f"duckdb://{Path(target.resolve().parent, profile['path']).resolve()}"
    found = {}
    for name, node in (manifest["nodes"] | manifest["sources"]).items():
        if table := node.get("alias") or node.get("identifier"):
            within = [part for part in (node["database"], node["schema"]) if part]
            own = PlaceName(namespace, ".".join((*within, table)))
            other = PlaceName(spelled, ".".join((*within, node.get("alias") or node["name"])))
            found[name] = own if other == own else replace(own, also=(other,))
    return found

"""dbt: a contract's checks as tests of the models and sources of a dbt project. dbt itself is not imported here."""

from typing import TYPE_CHECKING

from headgate.dbt.draft import draft_contract
from headgate.dbt.init import init
from headgate.dbt.results import DbtResult, read_results
from headgate.dbt.sync import Synced, sync
from headgate.lazy import lazily

if TYPE_CHECKING:
    from headgate.dbt.emission import emit_results
    from headgate.dbt.naming import place_names

__all__ = ["DbtResult", "Synced", "draft_contract", "emit_results", "init", "place_names", "read_results", "sync"]


# What imports dbt-ol, and what sends events.
__getattr__ = lazily(
    __name__,
    {"emit_results": f"{__name__}.emission:emit_results", "place_names": f"{__name__}.naming:place_names"},
)

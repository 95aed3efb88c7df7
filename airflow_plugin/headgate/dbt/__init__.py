"""dbt: a contract's checks as tests of the models and sources of a dbt project. dbt itself is not imported here."""

from headgate.dbt.draft import draft_contract
from headgate.dbt.init import init
from headgate.dbt.results import DbtResult, read_results
from headgate.dbt.sync import Synced, sync

__all__ = ["DbtResult", "Synced", "draft_contract", "init", "read_results", "sync"]

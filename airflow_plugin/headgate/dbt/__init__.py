"""dbt: a contract's checks as tests of the models and sources of a dbt project. dbt itself is not imported here."""

from headgate.dbt.sync import Synced, sync

__all__ = ["Synced", "sync"]

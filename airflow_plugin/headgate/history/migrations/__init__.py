"""The migrations of the store, for alembic. They only add: who has an older version of headgate still writes."""

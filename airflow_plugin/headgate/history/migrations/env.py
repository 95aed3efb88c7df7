"""What alembic runs: the migrations, on the connection that it is given, in its transaction."""

from alembic import context

# Alembic commits one migration at a time where the database can undo DDL; here all are in the caller's transaction.
context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()

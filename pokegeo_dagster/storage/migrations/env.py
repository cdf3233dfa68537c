"""Alembic's door: migrates over the connection that `StudioDb.migrate` holds, in its transaction."""

from alembic import context

from pokegeo_dagster.storage.schema import metadata


def run() -> None:
    """Run the revisions that are asked for. Commits nothing: the transaction is the caller's."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        # SQLite's DDL is transactional when BEGIN is said aloud, which this connection does.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which alembic runs this file; importing it does nothing
    run()

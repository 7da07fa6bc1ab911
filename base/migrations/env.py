"""What alembic runs: on the connection the migration lock is held by, one transaction per migration."""

from __future__ import annotations

from alembic import context

from vectoricons.common.migrate import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata(),
    transaction_per_migration=True,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()

"""A vendor's own word that something happened to a task: a reason to ask, and no more than that."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When there was news of a task."""
    op.add_column("tasks", sa.Column("news_at", Moment))

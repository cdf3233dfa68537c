"""A vendor's word that it is done with a task that nobody has come back for: it holds no place there."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """When a vendor said that it was over."""
    op.add_column("tasks", sa.Column("over_at", Moment))

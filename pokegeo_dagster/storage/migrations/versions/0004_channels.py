"""Channels keep credentials under lock; an alert is told once, and not too often."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment, RowId

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column for credentials, and lay the alerts out anew: nothing was ever written there."""
    op.add_column("channels", sa.Column("credentials_json", sa.Text()))
    op.drop_table("alerts")
    still_open = sa.text("settled_at IS NULL")
    op.create_table(
        "alerts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("kind", sa.String(63), nullable=False),
        sa.Column("level", sa.String(15), nullable=False),
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("episode", sa.String(63)),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details_json", sa.Text(), nullable=False),
        sa.Column("tried_at", Moment),
        sa.Column("told_at", Moment),
        sa.Column("settled_at", Moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"])
    op.create_index(op.f("ix_alerts_channel_level_tried_at"), "alerts", ["channel", "level", "tried_at"])
    op.create_index(
        "uq_alerts_open", "alerts", ["subject"], unique=True,
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip

"""The queue of a studio that runs itself, and who said yes to what."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment, RowId, Usd

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATES = ("queued", "claimed", "running", "done", "failed", "stopped")
CONSENTS = ("clips", "release")


def upgrade() -> None:
    """Two new tables, and how often a piece was tried."""
    op.add_column("failures", sa.Column("tries", sa.Integer, nullable=False, server_default=sa.text("1")))
    op.create_table(
        "orders",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(63), nullable=False),
        sa.Column("stage", sa.String(31), nullable=False),
        sa.Column("signature", sa.String(64), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("state", sa.String(15), nullable=False),
        sa.Column("asked_at", Moment, nullable=False),
        sa.Column("queued_at", Moment, nullable=False),
        sa.Column("not_before", Moment),
        sa.Column("attempt", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("fruitless", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("channel", sa.String(63), nullable=False),
        sa.Column("priority", sa.String(15), nullable=False),
        sa.Column("turn_level", sa.Integer),
        sa.Column("turn", RowId),
        sa.Column("process", sa.Text),
        sa.Column("claimed_at", Moment),
        sa.Column("beat_at", Moment),
        sa.Column("ended_at", Moment),
        sa.Column("outcome", sa.Text),
        sa.CheckConstraint(f"state IN ({_words(STATES)})", name=op.f("ck_orders_known_state")),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("episode", "stage", "signature", name="uq_orders_episode_stage_signature"),
        sqlite_autoincrement=True,
    )
    line = ["state", "priority", "channel", "asked_at", "id"]
    op.create_index("ix_orders_state_priority_channel_asked_at_id", "orders", line)
    op.create_index("ix_orders_turn_level_channel_turn", "orders", ["turn_level", "channel", "turn"])
    op.create_table(
        "greenlights",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(63), nullable=False),
        sa.Column("consent", sa.String(15), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("up_to_usd", Usd),
        sa.Column("by_whom", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.CheckConstraint(f"consent IN ({_words(CONSENTS)})", name=op.f("ck_greenlights_known_consent")),
        sa.PrimaryKeyConstraint("id", name="pk_greenlights"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_greenlights_episode_consent_version", "greenlights", ["episode", "consent", "version"]
    )


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(repr(word) for word in words)

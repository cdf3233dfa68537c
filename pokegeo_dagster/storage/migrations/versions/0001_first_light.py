"""First light: the catalogue, takes and what is approved of them, and the tables that money will need."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment, RowId, Units, Usd

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lay out every table."""
    op.create_table(
        "alerts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("kind", sa.String(length=63), nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("settled_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alerts_at"), "alerts", ["at"], unique=False)
    op.create_table(
        "briefs",
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("channel", sa.String(length=63), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("clip_count", sa.Integer(), nullable=False),
        sa.Column("seed", RowId, nullable=False),
        sa.Column("profile", sa.String(length=15), nullable=False),
        sa.Column("priority", sa.String(length=15), nullable=False),
        sa.Column("budget_usd", Usd, nullable=True),
        sa.Column("brief_json", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("deleted_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("episode", name=op.f("pk_briefs")),
    )
    op.create_index(op.f("ix_briefs_channel"), "briefs", ["channel"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", sa.String(length=63), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=True),
        sa.Column("timezone", sa.String(length=63), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings_json", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
    )
    op.create_table(
        "edits",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("asset", sa.String(length=63), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edits_episode_asset"), "edits", ["episode", "asset"], unique=False)
    op.create_table(
        "failures",
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("asset", sa.String(length=63), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error_type", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("episode", "asset", "key", name=op.f("pk_failures")),
    )
    op.create_table(
        "publications",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("channel", sa.String(length=63), nullable=False),
        sa.Column("platform", sa.String(length=31), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("details_json", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("scheduled_for", Moment, nullable=True),
        sa.Column("published_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "episode", "channel", "platform", name=op.f("uq_publications_episode_channel_platform")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "quotas",
        sa.Column("vendor", sa.String(length=63), nullable=False),
        sa.Column("bucket", sa.String(length=63), nullable=False),
        sa.Column("window_start", Moment, nullable=False),
        sa.Column("used", RowId, nullable=False),
        sa.Column("limit_", RowId, nullable=True),
        sa.Column("parked_until", Moment, nullable=True),
        sa.PrimaryKeyConstraint("vendor", "bucket", name=op.f("pk_quotas")),
    )
    op.create_table(
        "takes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("asset", sa.String(length=63), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("recipe", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("files_json", sa.Text(), nullable=False),
        sa.Column("slate_json", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("cost_usd", Usd, nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_takes_number_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takes")),
        sa.UniqueConstraint(
            "episode",
            "asset",
            "key",
            "recipe",
            "number",
            name=op.f("uq_takes_episode_asset_key_recipe_number"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tasks",
        sa.Column("id", RowId, nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("asset", sa.String(length=63), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("recipe", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=63), nullable=False),
        sa.Column("vendor", sa.String(length=63), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=True),
        sa.Column("request_json", sa.Text(), nullable=True),
        sa.Column("vendor_task_id", sa.Text(), nullable=True),
        sa.Column("quote_usd", Usd, nullable=True),
        sa.Column("reserved_usd", Usd, nullable=True),
        sa.Column("charged_usd", Usd, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", Moment, nullable=True),
        sa.Column("attempts_polled", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("result_json", sa.Text(), nullable=True),
        sa.Column("error_type", sa.Text(), nullable=True),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("submitted_at", Moment, nullable=True),
        sa.Column("settled_at", Moment, nullable=True),
        sa.CheckConstraint(
            "state IN ('quote', 'admitted', 'intent', 'submitted', 'running', 'delivered', "
            "'unknown', 'stored', 'refused', 'failed')",
            name=op.f("ck_tasks_known_state"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_tasks_number_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tasks_state_lease_until"), "tasks", ["state", "lease_until"], unique=False)
    op.create_index(op.f("ix_tasks_vendor_state"), "tasks", ["vendor", "state"], unique=False)
    op.create_index(
        "uq_tasks_live",
        "tasks",
        ["episode", "asset", "key", "recipe", "number"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('stored', 'refused', 'failed')"),
        postgresql_where=sa.text("state NOT IN ('stored', 'refused', 'failed')"),
    )
    op.create_table(
        "approved",
        sa.Column("episode", sa.String(length=63), nullable=False),
        sa.Column("asset", sa.String(length=63), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("take_id", RowId, nullable=False),
        sa.Column("data_version", sa.String(length=64), nullable=False),
        sa.Column("inputs_text", sa.Text(), nullable=False),
        sa.Column("approved_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["take_id"], ["takes.id"], name=op.f("fk_approved_take_id")),
        sa.PrimaryKeyConstraint("episode", "asset", "key", name=op.f("pk_approved")),
    )
    op.create_index(op.f("ix_approved_take_id"), "approved", ["take_id"], unique=False)
    op.create_table(
        "ledger",
        sa.Column("id", RowId, nullable=False),
        sa.Column("task_id", RowId, nullable=True),
        sa.Column("at", Moment, nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("vendor", sa.String(length=63), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("units", Units, nullable=True),
        sa.Column("unit", sa.String(length=31), nullable=True),
        sa.Column("amount_usd", Usd, nullable=False),
        sa.Column("episode", sa.String(length=63), nullable=True),
        sa.Column("channel", sa.String(length=63), nullable=True),
        sa.Column("clip", sa.String(length=63), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('reserve', 'release', 'charge', 'settle', 'refund')", name=op.f("ck_ledger_known_kind")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_ledger_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_ledger_at"), "ledger", ["at"], unique=False)
    op.create_index(op.f("ix_ledger_episode"), "ledger", ["episode"], unique=False)
    op.create_index(op.f("ix_ledger_task_id"), "ledger", ["task_id"], unique=False)


def downgrade() -> None:
    """Remove every table, and all that was ever made with them."""
    for table in (
        "ledger",
        "approved",
        "publications",
        "alerts",
        "quotas",
        "tasks",
        "failures",
        "edits",
        "takes",
        "briefs",
        "channels",
    ):
        op.drop_table(table)

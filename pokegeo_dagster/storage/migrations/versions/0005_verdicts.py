"""Verdicts: what every check found on every take, and what a person let pass."""

import sqlalchemy as sa
from alembic import op

from pokegeo_dagster.storage.columns import Moment, RowId

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables, empty: what is there already is judged when somebody next asks."""
    op.create_table(
        "verdicts",
        sa.Column("id", RowId, primary_key=True),
        sa.Column(
            "take_id", RowId, sa.ForeignKey("takes.id", name="fk_verdicts_take_id_takes"), nullable=False
        ),
        sa.Column("check_name", sa.String(63), nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("against", sa.String(64), nullable=False),
        sa.Column("passed", sa.Boolean, nullable=False),
        sa.Column("severity", sa.String(7), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("measured_json", sa.Text, nullable=False),
        sa.Column("judged_at", Moment, nullable=False),
        sa.UniqueConstraint(
            "take_id",
            "check_name",
            "edition",
            "against",
            name="uq_verdicts_take_id_check_name_edition_against",
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "waivers",
        sa.Column("id", RowId, primary_key=True),
        sa.Column(
            "take_id", RowId, sa.ForeignKey("takes.id", name="fk_waivers_take_id_takes"), nullable=False
        ),
        sa.Column("check_name", sa.String(63), nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_waivers_take_id_check_name", "waivers", ["take_id", "check_name"])

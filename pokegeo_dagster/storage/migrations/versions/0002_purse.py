"""The purse: a task is charged for once, and the ledger holds only money that moved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = ("admitted", "intent", "running", "delivered", "unknown", "stored", "failed", "refused")
KINDS = ("charge", "settle", "refund")


def upgrade() -> None:
    """Narrow both lists of words to those in use, and let the database refuse a second charge."""
    # SQLite lays a changed table out anew, and would forget that ids are never given twice.
    kept = {"sqlite_autoincrement": True}
    with op.batch_alter_table("tasks", table_kwargs=kept) as tasks:
        tasks.drop_constraint(op.f("ck_tasks_known_state"), type_="check")
        tasks.drop_column("reserved_usd")  # a live task's quote is what it holds
        tasks.create_check_constraint("known_state", f"state IN ({_words(STATES)})")
    with op.batch_alter_table("ledger", table_kwargs=kept) as ledger:
        ledger.drop_constraint(op.f("ck_ledger_known_kind"), type_="check")
        ledger.create_check_constraint("known_kind", f"kind IN ({_words(KINDS)})")
    one_charge = sa.text("kind = 'charge'")
    op.create_index(
        "uq_ledger_charge", "ledger", ["task_id"], unique=True,
        sqlite_where=one_charge, postgresql_where=one_charge,
    )  # fmt: skip


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(repr(word) for word in words)

"""The studio's database, table by table. How they came to be is in `migrations/`.

Nothing here is Dagster's: its instance may be wiped without losing a take or a cent.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from pokegeo_dagster.storage.columns import Moment, RowId, Units, Usd

# The newest revision in `migrations/versions`: a database that says so needs no migration.
HEAD = "0007"

# A task in one of these is over: nothing runs, nothing is owed an answer.
SETTLED = ("stored", "refused", "failed")
STATES = ("admitted", "intent", "running", "delivered", "unknown", "stored", "failed", "refused")
LEDGER_KINDS = ("charge", "settle", "refund")
# An order waits (queued), is given to a run that is to begin (claimed), is worked on (running), or is over.
ORDER_STATES = ("queued", "claimed", "running", "done", "failed", "stopped")
CONSENTS = ("clips", "release")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


OPEN = text("settled_at IS NULL")
CHARGED = text("kind = 'charge'")
LIVE = text(f"state NOT IN ({', '.join(repr(state) for state in SETTLED)})")

channels = Table(
    "channels",
    metadata,
    Column("id", String(63), primary_key=True),
    Column("name", Text, nullable=False),
    Column("voice", Text),
    Column("timezone", String(63), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("settings_json", Text, nullable=False),
    Column("credentials_json", Text),  # what it is -> a Fernet token; never a secret in the clear
)

briefs = Table(
    "briefs",
    metadata,
    Column("episode", String(63), primary_key=True),
    Column("channel", String(63), nullable=False, index=True),
    Column("species", Text, nullable=False),
    Column("clip_count", Integer, nullable=False),
    Column("seed", RowId, nullable=False),
    Column("profile", String(15), nullable=False),
    Column("priority", String(15), nullable=False),
    Column("budget_usd", Usd),
    Column("brief_json", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("deleted_at", Moment),  # the takes of a deleted brief stay, and so does what they cost
)

takes = Table(
    "takes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("asset", String(63), nullable=False),
    Column("key", String(63), nullable=False),
    Column("recipe", String(64), nullable=False),  # the digest of all it was made from
    Column("number", Integer, nullable=False),  # 1, 2, … of one recipe
    Column("data_version", String(64), nullable=False),
    Column("files_json", Text, nullable=False),  # part -> {key, size, sha256, content_type}
    Column("slate_json", Text, nullable=False),
    Column("member", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("cost_usd", Usd, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("author", Text),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("episode", "asset", "key", "recipe", "number"),
    CheckConstraint("number >= 1", name="number_from_one"),
    sqlite_autoincrement=True,
)

approved = Table(
    "approved",
    metadata,
    Column("episode", String(63)),
    Column("asset", String(63)),
    Column("key", String(63)),
    Column("take_id", RowId, ForeignKey("takes.id"), nullable=False, index=True),
    Column("data_version", String(64), nullable=False),
    Column("inputs_text", Text, nullable=False),  # "asset/key=version;…": what it was made from
    Column("approved_at", Moment, nullable=False),
    PrimaryKeyConstraint("episode", "asset", "key"),
)

failures = Table(
    "failures",
    metadata,
    Column("episode", String(63)),
    Column("asset", String(63)),
    Column("key", String(63)),
    Column("reason", Text, nullable=False),
    Column("error_type", Text, nullable=False),
    Column("run_id", Text),
    Column("at", Moment, nullable=False),
    Column("tries", Integer, nullable=False, server_default=text("1")),  # since it last succeeded
    PrimaryKeyConstraint("episode", "asset", "key"),
)

# What a human wrote in the place of what the crew would write. Rows are kept; the newest counts.
edits = Table(
    "edits",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("asset", String(63), nullable=False),
    Column("text", Text),  # none: the crew's own counts again
    Column("author", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "episode", "asset"),
    sqlite_autoincrement=True,
)

# What a check found on a take. A take never changes, so it is judged once by each edition of a check,
# and once more for each other thing the check holds it `against` (the line a clip plays under).
verdicts = Table(
    "verdicts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("take_id", RowId, ForeignKey("takes.id"), nullable=False),
    Column("check_name", String(63), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("against", String(64), nullable=False),  # a digest; empty where the take is all there is
    Column("passed", Boolean, nullable=False),
    Column("severity", String(7), nullable=False),
    Column("why", Text, nullable=False),
    Column("measured_json", Text, nullable=False),
    Column("judged_at", Moment, nullable=False),
    UniqueConstraint("take_id", "check_name", "edition", "against"),
    sqlite_autoincrement=True,
)

# A person's word that a take is good enough, whatever a check says of it. Rows are kept.
waivers = Table(
    "waivers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("take_id", RowId, ForeignKey("takes.id"), nullable=False),
    Column("check_name", String(63), nullable=False),
    Column("because", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "take_id", "check_name"),
    sqlite_autoincrement=True,
)

tasks = Table(
    "tasks",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("asset", String(63), nullable=False),
    Column("key", String(63), nullable=False),
    Column("recipe", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", String(63), nullable=False),
    Column("vendor", String(63), nullable=False),
    Column("model", Text, nullable=False),
    Column("state", String(15), nullable=False),
    Column("request_digest", String(64)),
    Column("request_json", Text),
    Column("vendor_task_id", Text),
    Column("quote_usd", Usd),
    Column("charged_usd", Usd),
    Column("lease_owner", Text),
    Column("lease_until", Moment),
    Column("attempts_polled", Integer, nullable=False, server_default=text("0")),
    Column("result_json", Text),
    Column("error_type", Text),
    Column("error_text", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Column("settled_at", Moment),
    Column("news_at", Moment),  # when the vendor last said by itself that something happened
    Column("over_at", Moment),  # when a vendor said, of a task nobody came back for, that it was over
    CheckConstraint(_one_of("state", STATES), name="known_state"),
    CheckConstraint("number >= 1", name="number_from_one"),
    # One live task for one take, whoever asks: the second buyer is stopped by the database itself.
    Index(
        "uq_tasks_live",
        "episode",
        "asset",
        "key",
        "recipe",
        "number",
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    ),
    Index(None, "vendor", "state"),
    Index(None, "state", "lease_until"),
    sqlite_autoincrement=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("task_id", RowId, ForeignKey("tasks.id"), index=True),
    Column("at", Moment, nullable=False, index=True),
    Column("kind", String(15), nullable=False),
    Column("vendor", String(63), nullable=False),
    Column("model", Text),
    Column("units", Units),
    Column("unit", String(31)),
    Column("amount_usd", Usd, nullable=False),
    Column("episode", String(63), index=True),
    Column("channel", String(63)),
    Column("clip", String(63)),
    Column("note", Text),
    CheckConstraint(_one_of("kind", LEDGER_KINDS), name="known_kind"),
    # A task is charged for once, whoever books it and however often it is resumed.
    Index("uq_ledger_charge", "task_id", unique=True, sqlite_where=CHARGED, postgresql_where=CHARGED),
    sqlite_autoincrement=True,
)

quotas = Table(
    "quotas",
    metadata,
    Column("vendor", String(63)),
    Column("bucket", String(63)),
    Column("window_start", Moment, nullable=False),
    Column("used", RowId, nullable=False),
    Column("limit_", RowId),
    Column("parked_until", Moment),
    PrimaryKeyConstraint("vendor", "bucket"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("kind", String(63), nullable=False),
    Column("level", String(15), nullable=False),
    Column("channel", String(63), nullable=False),
    Column("subject", Text, nullable=False),  # what it is about: told once while it lasts
    Column("episode", String(63)),
    Column("message", Text, nullable=False),
    Column("details_json", Text, nullable=False),
    Column("tried_at", Moment),  # when the channel's webhook was last asked to tell it
    Column("told_at", Moment),  # when it was told; none: it waits for its turn
    Column("settled_at", Moment),  # when it was over
    # Whoever looks, and however many look at once: one open alert for one subject.
    Index("uq_alerts_open", "subject", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    Index(None, "channel", "level", "tried_at"),
    sqlite_autoincrement=True,
)

publications = Table(
    "publications",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("channel", String(63), nullable=False),
    Column("platform", String(31), nullable=False),
    Column("state", String(15), nullable=False),
    Column("remote_id", Text),
    Column("url", Text),
    Column("details_json", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("scheduled_for", Moment),
    Column("published_at", Moment),
    UniqueConstraint("episode", "channel", "platform"),  # a film goes out once
    sqlite_autoincrement=True,
)

# What the studio is to do: one stage of one episode, wanted for one reason (its signature), once.
orders = Table(
    "orders",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("stage", String(31), nullable=False),
    Column("signature", String(64), nullable=False),
    Column("why", Text, nullable=False),
    Column("state", String(15), nullable=False),
    Column("asked_at", Moment, nullable=False),  # when the episode was ordered
    Column("queued_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("attempt", Integer, nullable=False, server_default=text("0")),  # how often it was taken back
    Column("fruitless", Integer, nullable=False, server_default=text("0")),  # since anything was made
    # Of its brief, kept in step with it while the order is queued: ten thousand are looked through
    # whenever a place is free.
    Column("channel", String(63), nullable=False),
    Column("priority", String(15), nullable=False),
    Column("turn_level", Integer),
    Column("turn", RowId),  # 1, 2, … over the whole life of the studio
    Column("process", Text),  # who works on it
    Column("claimed_at", Moment),
    Column("beat_at", Moment),
    Column("ended_at", Moment),
    Column("outcome", Text),
    CheckConstraint(_one_of("state", ORDER_STATES), name="known_state"),
    UniqueConstraint("episode", "stage", "signature"),
    Index(None, "state", "priority", "channel", "asked_at", "id"),
    Index(None, "turn_level", "channel", "turn"),
    sqlite_autoincrement=True,
)

# Who said yes to which screenplay, for how much. Rows are kept; the newest of a screenplay counts.
greenlights = Table(
    "greenlights",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("episode", String(63), nullable=False),
    Column("consent", String(15), nullable=False),
    Column("version", String(64), nullable=False),  # of the screenplay, or of the film for a release
    Column("up_to_usd", Usd),  # none: as far as the caps go
    Column("by_whom", Text, nullable=False),
    Column("at", Moment, nullable=False),
    CheckConstraint(_one_of("consent", CONSENTS), name="known_consent"),
    Index(None, "episode", "consent", "version"),
    sqlite_autoincrement=True,
)

"""Calendars and reminders

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "reminder_choice",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "rhythm",
            sa.Enum(
                "each", "daily", "weekly", "none",
                name="rhythm", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        _key("reminder_choice", "account_id", "account.id"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "calendar",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(secret_hash) = 32", name=op.f("ck_calendar_secret_size")),
        sa.CheckConstraint(
            "revoked_on IS NULL OR revoked_on >= made_on", name=op.f("ck_calendar_revoked_after_made")
        ),
        _key("calendar", "account_id", "account.id"),
        _key("calendar", "consultation_id", "consultation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_secret_hash")),
    )
    for column in ("account_id", "consultation_id"):
        op.create_index(op.f(f"ix_calendar_{column}"), "calendar", [column])
    op.create_table(
        "reminder",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ahead", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ahead >= 0", name=op.f("ck_reminder_ahead_not_negative")),
        _key("reminder", "account_id", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "account_id", "what", "due_on", "ahead", name=op.f("uq_reminder_account_id_what_due_on_ahead")
        ),
    )


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_table("calendar")
    op.drop_table("reminder_choice")

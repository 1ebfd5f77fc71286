"""The state of the procedure, and keys of the interface

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FROZEN = Freeze("early_milestone", "1 = 1", "a reason that was given never changes")
LEVELS = "level IN ('public', 'employees')"


def _text():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def _run(made):
    for statement in made:
        op.execute(statement)


def upgrade() -> None:
    op.create_table(
        "early_milestone",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("earliest_end", sa.Date(), nullable=True),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("early_milestone", "notice_id", "notice.id"),
        _key("early_milestone", "given_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_milestone")),
    )
    op.create_index(op.f("ix_early_milestone_notice_id"), "early_milestone", ["notice_id"])
    _run(statements(FROZEN, op.get_bind().dialect.name))
    op.create_table(
        "api_key",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(LEVELS, name=op.f("ck_api_key_keylevel")),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_api_key_digest_length")),
        _key("api_key", "made_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )


def downgrade() -> None:
    op.drop_table("api_key")
    _run(undo(FROZEN, op.get_bind().dialect.name))
    op.drop_table("early_milestone")

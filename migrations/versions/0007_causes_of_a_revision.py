"""What led to a revision: references to themes, questions, points and answers

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FIXED = (
    "id", "notice_id", "number", "answers", "follow_on", "authority", "starter", "review", "edited_by",
    "asked_by", "approved_by", "published_on", "published_by",
)  # fmt: skip


def _frozen(*columns):
    """What a redaction leaves alone in a published revision."""
    return Freeze(
        "revision",
        "ROW.published_on IS NOT NULL AND (NEW.redactions DIFFERS OLD.redactions + 1"
        f" OR NEW.redacted_on IS NULL OR {changed(*columns)})",
        "a published revision never changes",
        ("UPDATE",),
    )


def _all(make, frozen):
    for statement in make(frozen, op.get_bind().dialect.name):
        op.execute(statement)


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    _all(undo, _frozen(*FIXED))
    op.add_column("revision", sa.Column("causes", json, nullable=False, server_default="[]"))
    _all(statements, _frozen(*FIXED, "causes"))


def downgrade() -> None:
    _all(undo, _frozen(*FIXED, "causes"))
    op.execute("ALTER TABLE revision DROP COLUMN causes")
    _all(statements, _frozen(*FIXED))

"""Files and attachments

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from consult.core.triggers import Freeze, statements, undo

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FROZEN = (Freeze("stored_file", "1 = 1", "a stored file never changes", ("UPDATE",)),)


def upgrade() -> None:
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256_length")),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_size_positive")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    dialect = op.get_bind().dialect.name
    for frozen in FROZEN:
        for statement in statements(frozen, dialect):
            op.execute(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for frozen in FROZEN:
        for statement in undo(frozen, dialect):
            op.execute(statement)
    op.drop_table("stored_file")

"""Copies: the day each one ends

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backup_copy",
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("expires_on", name=op.f("pk_backup_copy")),
    )


def downgrade() -> None:
    op.drop_table("backup_copy")

"""What led to a revision: references to themes, questions, points and answers

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("revision", sa.Column("causes", json, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.execute("ALTER TABLE revision DROP COLUMN causes")

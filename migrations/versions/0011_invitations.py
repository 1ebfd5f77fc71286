"""Invitations: claims and the keys that sign

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("blinded_hash", sa.LargeBinary(length=32), nullable=True),
        sa.CheckConstraint("length(code_hash) = 32", name=op.f("ck_claim_code_length")),
        sa.CheckConstraint(
            "blinded_hash IS NULL OR length(blinded_hash) = 32", name=op.f("ck_claim_blinded_length")
        ),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_claim_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_claim_letterbox_id"), "claim", ["letterbox_id"])
    op.create_table(
        "signing_key",
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_signing_key_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("letterbox_id", "lane", name=op.f("pk_signing_key")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("signing_key")
    op.drop_table("claim")

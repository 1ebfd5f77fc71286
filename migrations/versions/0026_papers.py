"""Texts of the body and of human resources

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column(
            "side",
            sa.Enum("body", "employer", name="paperside", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("text_key", sa.String(60), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "side = 'body' OR consultation_id IS NOT NULL", name=op.f("ck_paper_employer_of_a_consultation")
        ),
        _key("paper", "body_id", "body.id"),
        _key("paper", "consultation_id", "consultation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_of_consultation", "paper", ["consultation_id", "side", "started_on", "id"])
    op.create_index("ix_paper_of_body", "paper", ["body_id", "side", "started_on", "id"])
    op.create_table(
        "paper_version",
        sa.Column("paper_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_paper_version_number_from_one")),
        _key("paper_version", "paper_id", "paper.id"),
        _key("paper_version", "saved_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_version")),
        sa.UniqueConstraint("paper_id", "number", name=op.f("uq_paper_version_paper_id_number")),
    )


def downgrade() -> None:
    op.drop_table("paper_version")
    op.drop_table("paper")

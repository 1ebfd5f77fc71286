"""Documents handed over beside questions, answers and meetings

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEPT = (
    Freeze(
        "enclosure",
        "OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR "
        + changed(
            "about", "body_id", "notice_id", "digest", "name", "label", "readers", "mandate_ids", "reason",
            "until", "added_on", "added_by",
        ),
        "a document handed over never changes: it is taken back",
        ("UPDATE",),
    ),
    Freeze("enclosure", "1 = 1", "a document handed over never disappears", ("DELETE",)),
)  # fmt: skip


def _key(column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_enclosure_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "enclosure",
        sa.Column("about", sa.String(100), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column(
            "readers",
            sa.Enum(
                "employees", "body", "confidential", name="filereaders", native_enum=False,
                create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "mandate_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "readers IN ('body', 'confidential')", name=op.f("ck_enclosure_never_wider_than_the_body")
        ),
        sa.CheckConstraint(
            "readers <> 'confidential' OR until IS NOT NULL", name=op.f("ck_enclosure_confidential_has_end")
        ),
        _key("body_id", "body.id"),
        _key("notice_id", "notice.id"),
        _key("digest", "stored_file.sha256"),
        _key("added_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enclosure")),
    )
    op.create_index(op.f("ix_enclosure_about"), "enclosure", ["about"])
    for kept in KEPT:
        for statement in statements(kept, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for kept in KEPT:
        for statement in undo(kept, op.get_bind().dialect.name):
            op.execute(statement)
    op.drop_table("enclosure")

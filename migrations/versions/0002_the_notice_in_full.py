"""The notice in full: more tables of a revision, closed answers, what follows, which text counts

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PUBLISHED = "EXISTS (SELECT 1 FROM revision WHERE id = ROW.revision_id AND published_on IS NOT NULL)"
TABLES = ("attachment", "charter_rule", "learning_step", "unknown", "work_change")
FROZEN = tuple(
    Freeze(table, PUBLISHED, "a published revision never changes", ("INSERT", "UPDATE", "DELETE"))
    for table in TABLES
)
NO_TEXT = '{"texts": {}, "source": "fr", "made_from": {}}'


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column(
            "readers",
            sa.Enum(
                "employees",
                "body",
                "confidential",
                name="filereaders",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("mandate_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_authoritative", sa.Boolean(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "readers <> 'confidential' OR until IS NOT NULL", name=op.f("ck_attachment_confidential_has_end")
        ),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_attachment_digest_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_attachment_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_digest"), ["digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "charter_rule",
        sa.Column(
            "kind",
            sa.Enum(
                "allowed",
                "declared",
                "forbidden",
                "refusable",
                name="rulekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "breach",
            sa.Enum(
                "recommendation",
                "sanctioned",
                name="breach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_charter_rule_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_rule")),
    )
    with op.batch_alter_table("charter_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_charter_rule_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "learning_step",
        sa.Column(
            "kind",
            sa.Enum(
                "training",
                "ritual",
                name="learningkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("who", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_learning_step_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_step")),
    )
    with op.batch_alter_table("learning_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_learning_step_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "unknown",
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "delay",
            sa.Enum(
                "P15D",
                "P30D",
                "P60D",
                "P90D",
                "P30D/go_live",
                "P60D/go_live",
                "P90D/go_live",
                name="delay",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_unknown_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unknown")),
    )
    with op.batch_alter_table("unknown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unknown_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "work_change",
        sa.Column("about", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_work_change_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_change")),
    )
    with op.batch_alter_table("work_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_change_revision_id"), ["revision_id"], unique=False)

    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("affected_group", sa.Column("support", json, nullable=False, server_default=NO_TEXT))
    op.add_column("revision", sa.Column("answers", json, nullable=False, server_default="{}"))
    op.add_column("revision", sa.Column("follow_on", sa.Date(), nullable=True))
    op.add_column("revision", sa.Column("starter", json, nullable=False, server_default="{}"))
    # In one statement, CHECK included: SQLite takes it so without copying the table and losing its triggers.
    op.execute(
        "ALTER TABLE revision ADD COLUMN authority VARCHAR(40) DEFAULT 'source' NOT NULL "
        "CONSTRAINT ck_revision_authority CHECK (authority IN ('source', 'both', 'attachment'))"
    )
    for frozen in FROZEN:
        for statement in statements(frozen, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for frozen in FROZEN:
        for statement in undo(frozen, op.get_bind().dialect.name):
            op.execute(statement)
    for column in ("authority", "starter", "follow_on", "answers"):
        op.execute(f"ALTER TABLE revision DROP COLUMN {column}")
    op.execute("ALTER TABLE affected_group DROP COLUMN support")
    for table in TABLES:
        op.drop_table(table)

"""Files opened by representatives

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

SENT = "OLD.sent_on IS NOT NULL AND ("
FROZEN = (
    Freeze(
        "dossier",
        SENT + changed("body_id", "name", "place", "since", "seen", "known", "sent_on") + ")",
        "a file that was sent keeps what was sent",
        ("UPDATE",),
    ),
    Freeze("dossier", "ROW.sent_on IS NOT NULL", "a file that was sent stays", ("DELETE",)),
    Freeze(
        "dossier_letter",
        f"OLD.answered_on IS NOT NULL OR {changed('dossier_id', 'number', 'text', 'sent_on', 'due_on')}",
        "a letter never changes, nor does its answer once given",
        ("UPDATE",),
    ),
    Freeze("dossier_letter", "1 = 1", "a letter that was sent stays", ("DELETE",)),
)
UNANSWERED = sa.text("answered_on IS NULL")
NEVER_OPENED = "NOT is_file OR (visibility = 'body' AND held_until IS NULL)"


def _json():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("is_file", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("is_file", existing_type=sa.Boolean(), existing_nullable=False, server_default=None)
        batch.create_check_constraint(op.f("ck_notice_file_is_never_opened"), NEVER_OPENED)
    op.create_table(
        "dossier",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("since", sa.String(100), nullable=False),
        sa.Column("seen", _enum("seen", "in_use", "announced"), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column(
            "state", _enum("filestate", "draft", "sent", "answered", "linked", "closed"), nullable=False
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("linked_on", sa.Date(), nullable=True),
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_why", sa.String(500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'answered') OR sent_on IS NOT NULL", name=op.f("ck_dossier_sent_has_day")
        ),
        sa.CheckConstraint(
            "state <> 'draft' OR sent_on IS NULL", name=op.f("ck_dossier_draft_is_not_sent")
        ),
        sa.CheckConstraint(
            "(notice_id IS NULL) = (linked_on IS NULL)", name=op.f("ck_dossier_linked_has_day")
        ),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_dossier_closed_has_day")
        ),
        sa.CheckConstraint(
            "consultation_id IS NULL OR sent_on IS NOT NULL", name=op.f("ck_dossier_asked_once_sent")
        ),
        _key("dossier", "body_id", "body.id"),
        _key("dossier", "opened_by", "account.id"),
        _key("dossier", "notice_id", "notice.id"),
        _key("dossier", "consultation_id", "consultation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_dossier_consultation_id")),
    )
    op.create_index(op.f("ix_dossier_notice_id"), "dossier", ["notice_id"])
    op.create_index("ix_dossier_body_opened", "dossier", ["body_id", "opened_on", "id"])
    op.create_index("ix_dossier_sent", "dossier", ["sent_on", "id"])
    op.create_table(
        "dossier_letter",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", _json(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", _json(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_dossier_letter_number_from_one")),
        sa.CheckConstraint("due_on >= sent_on", name=op.f("ck_dossier_letter_due_after_sent")),
        sa.CheckConstraint(
            "(answered_on IS NULL) = (answered_by IS NULL)",
            name=op.f("ck_dossier_letter_answered_by_somebody"),
        ),
        _key("dossier_letter", "dossier_id", "dossier.id"),
        _key("dossier_letter", "resolution_id", "resolution.id"),
        _key("dossier_letter", "answered_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_letter")),
        sa.UniqueConstraint("dossier_id", "number", name=op.f("uq_dossier_letter_dossier_id_number")),
    )
    op.create_index(op.f("ix_dossier_letter_dossier_id"), "dossier_letter", ["dossier_id"])
    op.create_index(
        "ix_dossier_letter_unanswered", "dossier_letter", ["due_on", "id"], sqlite_where=UNANSWERED,
        postgresql_where=UNANSWERED,
    )  # fmt: skip
    op.create_table(
        "dossier_support",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("dossier_support", "dossier_id", "dossier.id"),
        _key("dossier_support", "mandate_id", "mandate.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_support")),
        sa.UniqueConstraint(
            "dossier_id", "mandate_id", name=op.f("uq_dossier_support_dossier_id_mandate_id")
        ),
    )
    op.create_index(op.f("ix_dossier_support_dossier_id"), "dossier_support", ["dossier_id"])
    op.create_table(
        "dossier_source",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("keyholder_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(sealed) = 8240", name=op.f("ck_dossier_source_sealed_length")),
        _key("dossier_source", "dossier_id", "dossier.id"),
        _key("dossier_source", "keyholder_id", "keyholder.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_source")),
        sa.UniqueConstraint(
            "dossier_id", "keyholder_id", name=op.f("uq_dossier_source_dossier_id_keyholder_id")
        ),
    )
    op.create_index(op.f("ix_dossier_source_dossier_id"), "dossier_source", ["dossier_id"])
    for one in FROZEN:
        for statement in statements(one, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for one in FROZEN:
        for statement in undo(one, op.get_bind().dialect.name):
            op.execute(statement)
    for table in ("dossier_source", "dossier_support", "dossier_letter", "dossier"):
        op.drop_table(table)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint(op.f("ck_notice_file_is_never_opened"), type_="check")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("is_file")

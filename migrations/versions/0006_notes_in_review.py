"""Review of each revision with notes, and the redaction of a person's data

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REASON = "a published revision never changes"
FIXED = {
    "affected_group": ("headcount",),
    "work_change": (),
    "learning_step": ("day", "kind"),
    "charter_rule": ("breach", "kind"),
    "unknown": ("answered_on", "delay", "due_on"),
    "milestone": ("day", "kind"),
    "attachment": (
        "digest", "is_authoritative", "language", "mandate_ids", "media_type", "name", "readers", "size", "until",
    ),
}  # fmt: skip
"""What a redaction leaves alone in each table of a revision, beside the keys of every table."""
PUBLISHED = "EXISTS (SELECT 1 FROM revision WHERE id IN ({}) AND published_on IS NOT NULL)"
OLD = (
    Freeze("revision", "ROW.published_on IS NOT NULL", REASON),
    *(
        Freeze(
            table,
            "EXISTS (SELECT 1 FROM revision WHERE id = ROW.revision_id AND published_on IS NOT NULL)",
            REASON,
            ("INSERT", "UPDATE", "DELETE"),
        )
        for table in FIXED
    ),
)
NEW = (
    Freeze("revision", "ROW.published_on IS NOT NULL", REASON, ("DELETE",)),
    Freeze(
        "revision",
        "ROW.published_on IS NOT NULL AND (NEW.redactions DIFFERS OLD.redactions + 1"
        " OR NEW.redacted_on IS NULL OR "
        + changed(
            "id", "notice_id", "number", "answers", "follow_on", "authority", "starter", "review", "edited_by",
            "asked_by", "approved_by", "published_on", "published_by",
        )
        + ")",
        REASON,
        ("UPDATE",),
    ),
    *(Freeze(table, PUBLISHED.format("ROW.revision_id"), REASON, ("INSERT", "DELETE")) for table in FIXED),
    *(
        Freeze(
            table,
            PUBLISHED.format("OLD.revision_id, NEW.revision_id")
            + " AND (NEW.redactions DIFFERS OLD.redactions + 1 OR "
            + changed(*sorted((*columns, "id", "position", "revision_id")))
            + ")",
            REASON,
            ("UPDATE",),
        )
        for table, columns in FIXED.items()
    ),
)  # fmt: skip
PEOPLE = ("edited_by", "asked_by", "approved_by")
STATES = ("draft", "in_review", "approved", "published", "withdrawn")


def _all(make, frozen):
    for one in frozen:
        for statement in make(one, op.get_bind().dialect.name):
            op.execute(statement)


def _states(*kinds):
    listed = ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint(op.f("ck_notice_noticestate"), type_="check")
        batch.create_check_constraint(op.f("ck_notice_noticestate"), f"state IN ({listed})")


def upgrade() -> None:
    _all(undo, OLD)  # first: SQLite builds tables anew, and triggers that name them would be in the way
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("review", sa.String(40), nullable=False, server_default="draft"))
        batch.create_check_constraint(
            op.f("ck_revision_review"), "review IN ('draft', 'in_review', 'approved')"
        )
        for column in PEOPLE:
            batch.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_revision_{column}_account"), "account", [column], ["id"])
        batch.add_column(sa.Column("redacted_on", sa.Date(), nullable=True))
    for table in ("revision", *FIXED):
        op.add_column(table, sa.Column("redactions", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE revision SET review = (SELECT state FROM notice WHERE notice.id = revision.notice_id) "
        "WHERE published_on IS NULL AND EXISTS (SELECT 1 FROM notice WHERE notice.id = revision.notice_id "
        "AND notice.state IN ('in_review', 'approved'))"
    )
    op.execute("UPDATE notice SET state = 'draft' WHERE state IN ('in_review', 'approved')")
    _states("draft", "published", "withdrawn")
    op.create_table(
        "review_note",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(resolved_on IS NULL) = (resolved_by IS NULL)", name=op.f("ck_review_note_resolved_by_somebody")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_review_note_author_id_account")),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["account.id"], name=op.f("fk_review_note_resolved_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_review_note_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    op.create_index(op.f("ix_review_note_revision_id"), "review_note", ["revision_id"], unique=False)
    _all(statements, NEW)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    _all(undo, NEW)
    op.drop_index(op.f("ix_review_note_revision_id"), table_name="review_note")
    op.drop_table("review_note")
    _states(*STATES)
    op.execute(
        "UPDATE notice SET state = (SELECT review FROM revision WHERE revision.notice_id = notice.id) "
        "WHERE state = 'draft'"
    )
    for table in FIXED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN redactions")
    with op.batch_alter_table("revision") as batch:
        batch.drop_constraint(op.f("ck_revision_review"), type_="check")
        for column in PEOPLE:
            batch.drop_constraint(op.f(f"fk_revision_{column}_account"), type_="foreignkey")
        for column in ("review", *PEOPLE, "redacted_on", "redactions"):
            batch.drop_column(column)
        if is_sqlite:
            batch.drop_constraint(op.f("ck_revision_authority"), type_="check")
            batch.alter_column("authority", new_column_name="was")
    if is_sqlite:  # the column with its CHECK in one statement again, as 0002 made it and takes it away
        op.execute(
            "ALTER TABLE revision ADD COLUMN authority VARCHAR(40) DEFAULT 'source' NOT NULL "
            "CONSTRAINT ck_revision_authority CHECK (authority IN ('source', 'both', 'attachment'))"
        )
        op.execute("UPDATE revision SET authority = was")
        op.execute("ALTER TABLE revision DROP COLUMN was")
    _all(statements, OLD)

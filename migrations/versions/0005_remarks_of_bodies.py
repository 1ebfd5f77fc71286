"""Remarks of bodies on a notice

Revision ID: 0005
Revises: 0004
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TAGS = ("remark.published", "remark.withdrawn", "notice.redacted")
LEAF = Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE"))
REASON = "a comment never changes: it is withdrawn, or another follows it"
FROZEN = (
    Freeze(
        "remark",
        "OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR OLD.id <> NEW.id"
        " OR OLD.notice_id <> NEW.notice_id OR OLD.body_id <> NEW.body_id OR OLD.number <> NEW.number"
        " OR OLD.about_revision <> NEW.about_revision OR OLD.text <> NEW.text"
        " OR OLD.written_on <> NEW.written_on OR OLD.recorded_by <> NEW.recorded_by"
        " OR OLD.resolution_id <> NEW.resolution_id",
        REASON,
        ("UPDATE",),
    ),
    Freeze("remark", "1 = 1", REASON, ("DELETE",)),
)


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def _known(table):
    """The kinds of acts the record takes now, in their order."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    found = next(one["sqltext"] for one in checks if one["name"] == f"ck_{table}_tag")
    return re.findall(r"'([a-z_.]+)'", found)


def _take(kinds_of):
    """Says which kinds of acts the record takes. SQLite builds the tables anew, which loses triggers."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _run(undo(LEAF, dialect))
    for table in ("leaf", "entry"):
        kinds = ", ".join(f"'{one}'" for one in kinds_of(_known(table)))
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_tag"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_tag"), f"tag IN ({kinds})")
    if dialect == "sqlite":
        _run(statements(LEAF, dialect))


def upgrade() -> None:
    _take(lambda known: [*known, *(one for one in TAGS if one not in known)])
    op.create_table(
        "remark",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about_revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawal_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_remark_number_from_one")),
        sa.CheckConstraint(
            "(withdrawn_on IS NULL) = (withdrawal_id IS NULL)", name=op.f("ck_remark_withdrawn_by_the_body")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_remark_notice_id_notice")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_remark_body_id_body")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_remark_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_remark_resolution_id_resolution")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["resolution.id"], name=op.f("fk_remark_withdrawal_id_resolution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("notice_id", "body_id", "number", name=op.f("uq_remark_notice_id_body_id_number")),
    )
    for frozen in FROZEN:
        _run(statements(frozen, op.get_bind().dialect.name))


def downgrade() -> None:
    for frozen in FROZEN:
        _run(undo(frozen, op.get_bind().dialect.name))
    op.drop_table("remark")
    _take(lambda known: [one for one in known if one not in TAGS])

"""Invitations: claims, the keys that sign, and what is on record

Revision ID: 0011
Revises: 0010
"""

import re

import sqlalchemy as sa
from alembic import op

from consult.core.triggers import Freeze, statements, undo

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TAGS = ("invitations.sent", "invitations.revoked")
LEAF = Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE"))


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def _known(table):
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    found = next(one["sqltext"] for one in checks if one["name"] == f"ck_{table}_tag")
    return re.findall(r"'([a-z_.]+)'", found)


def _take(kinds_of):
    """Says which kinds of acts the record takes. SQLite builds the tables anew, which loses triggers."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _run(undo(LEAF, dialect))
    for table in ("leaf", "entry"):
        allowed = ", ".join(f"'{one}'" for one in kinds_of(_known(table)))
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_tag"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_tag"), f"tag IN ({allowed})")
    if dialect == "sqlite":
        _run(statements(LEAF, dialect))


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
    _take(lambda known: [*known, *(one for one in TAGS if one not in known)])


def downgrade() -> None:
    _take(lambda known: [one for one in known if one not in TAGS])
    op.drop_table("signing_key")
    op.drop_table("claim")

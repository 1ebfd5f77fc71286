"""Threads and grave messages at the desk

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from nacl.public import PublicKey, SealedBox

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NOTHING = (b"{}\x80").ljust(2048, b"\x00")
_CHECKS = {
    "grave_length": "sealed_grave IS NULL OR length(sealed_grave) = 2096",
    "write_back_counts_nowhere": (
        "NOT is_write_back OR (theme_id IS NULL AND NOT is_held AND proposed_by IS NULL)"
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("concern") as batch:
        batch.add_column(sa.Column("is_write_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("sealed_grave", sa.LargeBinary(), nullable=True))
    _seal()
    with op.batch_alter_table("concern") as batch:
        batch.alter_column(
            "is_write_back", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )
        for name, condition in _CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_concern_{name}"), condition)
    op.create_table(
        "desk_reply",
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(sealed) = 8240", name=op.f("ck_desk_reply_sealed_length")),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_desk_reply_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_reply")),
    )
    op.create_index(op.f("ix_desk_reply_letterbox_id"), "desk_reply", ["letterbox_id"])


def _seal() -> None:
    """Messages touched before carry a note too, which says that they are not grave."""
    connection = op.get_bind()
    concern = sa.table(
        "concern", sa.column("id", sa.Uuid()), sa.column("letterbox_id", sa.LargeBinary()),
        sa.column("voice_id", sa.LargeBinary()), sa.column("sealed_grave", sa.LargeBinary()),
    )  # fmt: skip
    box = sa.table("letterbox", sa.column("id", sa.LargeBinary()), sa.column("public_key", sa.LargeBinary()))
    query = (
        sa.select(concern.c.id, box.c.public_key)
        .join(box, box.c.id == concern.c.letterbox_id)
        .where(concern.c.voice_id.is_not(None))
    )
    for ident, public_key in connection.execute(query).all():
        note = bytes(SealedBox(PublicKey(bytes(public_key))).encrypt(_NOTHING))
        connection.execute(concern.update().where(concern.c.id == ident).values(sealed_grave=note))


def downgrade() -> None:
    op.drop_table("desk_reply")
    with op.batch_alter_table("concern") as batch:
        for name in _CHECKS:
            batch.drop_constraint(op.f(f"ck_concern_{name}"), type_="check")
        batch.drop_column("sealed_grave")
        batch.drop_column("is_write_back")

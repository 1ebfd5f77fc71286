"""The voice in full: channels, rights, ballots, replies, published counts

Revision ID: 0009
Revises: 0008
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BOX = sa.LargeBinary(length=16)
_HASH = sa.LargeBinary(length=32)
_KINDS = ("pulse", "support")


def upgrade() -> None:
    _letterbox()
    op.drop_table("spent")  # only letterboxes in open mode existed: nothing was ever spent
    for name in ("spent", "slip_right"):
        op.create_table(
            name,
            sa.Column("hash", _HASH, nullable=False),
            sa.Column("letterbox_id", _BOX, nullable=False),
            sa.CheckConstraint("length(hash) = 32", name=op.f(f"ck_{name}_hash_length")),
            _of_letterbox(name),
            sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{name}")),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "right_key",
        sa.Column("letterbox_id", _BOX, nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        _of_letterbox("right_key"),
        sa.PrimaryKeyConstraint("letterbox_id", "lane", name=op.f("pk_right_key")),
        sqlite_with_rowid=False,
    )
    _ballots()
    _counts()


def _of_letterbox(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["letterbox_id"], ["letterbox.id"], name=op.f(f"fk_{table}_letterbox_id_letterbox")
    )


def _letterbox() -> None:
    channels = sa.Enum(
        "open", "slips", "invitations", "both",
        name="channels", native_enum=False, create_constraint=False, length=40,
    )  # fmt: skip
    with op.batch_alter_table("letterbox") as batch:
        batch.drop_constraint(op.f("ck_letterbox_channel"), type_="check")
        batch.alter_column(
            "channel", new_column_name="channels", existing_type=sa.String(length=40), type_=channels,
            existing_nullable=False,
        )  # fmt: skip
        batch.add_column(sa.Column("fingerprint", _HASH, nullable=True))
        batch.add_column(sa.Column("quota", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("count_min", sa.Integer(), nullable=False, server_default="5"))
        batch.add_column(sa.Column("claims_open_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("is_counted", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("counted_batches", sa.Integer(), nullable=False, server_default="0"))
    connection = op.get_bind()
    box = sa.table(
        "letterbox", sa.column("id", _BOX), sa.column("public_key", _HASH), sa.column("fingerprint", _HASH)
    )
    for row in connection.execute(sa.select(box.c.id, box.c.public_key)).all():
        digest = sha256(b"consult/fingerprint\x00" + len(row.public_key).to_bytes(4, "big") + row.public_key)
        connection.execute(box.update().where(box.c.id == row.id).values(fingerprint=digest.digest()))
    with op.batch_alter_table("letterbox") as batch:
        batch.alter_column("fingerprint", existing_type=_HASH, nullable=False)
        for name, kind in (("quota", sa.Integer()), ("count_min", sa.Integer()), ("is_counted", sa.Boolean()),
                           ("counted_batches", sa.Integer())):  # fmt: skip
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        for name, condition in (
            ("channels", "channels IN ('open', 'slips', 'invitations', 'both')"),
            ("fingerprint_length", "length(fingerprint) = 32"),
            ("quota_known", "(channels = 'open') = (quota = 0) AND quota BETWEEN 0 AND 5"),
            ("count_min_least", "count_min >= 5"),
            ("claims_first", "claims_open_on IS NULL OR claims_open_on < opens_on"),
        ):
            batch.create_check_constraint(op.f(f"ck_letterbox_{name}"), condition)


def _ballots() -> None:
    op.create_table(
        "ballot",
        sa.Column("id", _BOX, nullable=False),
        sa.Column("letterbox_id", _BOX, nullable=False),
        sa.Column("kind", _kind("ballot"), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=304), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_ballot_id_length")),
        sa.CheckConstraint("length(sealed) = 304", name=op.f("ck_ballot_sealed_length")),
        _of_letterbox("ballot"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reply",
        sa.Column("id", _BOX, nullable=False),
        sa.Column("letterbox_id", _BOX, nullable=False),
        sa.Column("lookup", _HASH, nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=4144), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_reply_id_length")),
        sa.CheckConstraint("length(lookup) = 32", name=op.f("ck_reply_lookup_length")),
        sa.CheckConstraint("length(sealed) = 4144", name=op.f("ck_reply_sealed_length")),
        _of_letterbox("reply"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reply_lookup"), "reply", ["lookup"])


def _kind(table: str) -> sa.Enum:
    return sa.Enum(
        *_KINDS, name=op.f(f"ck_{table}_ballotkind"), native_enum=False, create_constraint=True, length=40
    )


def _counts() -> None:
    op.create_table(
        "votable",
        sa.Column("concern_id", sa.Uuid(), nullable=False),
        sa.Column("letterbox_id", _BOX, nullable=False),
        sa.Column("wording", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        _of_letterbox("votable"),
        sa.PrimaryKeyConstraint("concern_id", name=op.f("pk_votable")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_votable_letterbox_id"), "votable", ["letterbox_id"])
    op.create_table(
        "published_count",
        sa.Column("id", _BOX, nullable=False),
        sa.Column("letterbox_id", _BOX, nullable=False),
        sa.Column("kind", _kind("published_count"), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("group_name", sa.String(length=40), nullable=False),
        sa.Column("option_name", sa.String(length=40), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_published_count_id_length")),
        sa.CheckConstraint(
            "floor IS NULL OR (floor >= 5 AND floor % 5 = 0)", name=op.f("ck_published_count_floored")
        ),
        _of_letterbox("published_count"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_count")),
        sa.UniqueConstraint(
            "letterbox_id", "kind", "what", "group_name", "option_name",
            name=op.f("uq_published_count_one_each"),
        ),  # fmt: skip
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_published_count_letterbox_id"), "published_count", ["letterbox_id"])


def downgrade() -> None:
    for table in ("published_count", "votable", "reply", "ballot", "right_key", "slip_right", "spent"):
        op.drop_table(table)
    op.create_table(
        "spent",
        sa.Column("hash", _HASH, nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_spent_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spent")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("letterbox") as batch:
        for name in ("channels", "fingerprint_length", "quota_known", "count_min_least", "claims_first"):
            batch.drop_constraint(op.f(f"ck_letterbox_{name}"), type_="check")
        for name in ("fingerprint", "quota", "count_min", "claims_open_on", "is_counted", "counted_batches"):
            batch.drop_column(name)
        batch.alter_column("channels", new_column_name="channel", existing_type=sa.String(length=40))
        batch.create_check_constraint(op.f("ck_letterbox_channel"), "channel IN ('open', 'slips')")

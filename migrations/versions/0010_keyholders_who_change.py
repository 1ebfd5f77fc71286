"""Keyholders who change: handover, rehearsal, outside keyholders

Revision ID: 0010
Revises: 0009
"""

import json
import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TAGS = ("keyholders.changed", "keys.destroyed")
LEAF = Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE"))
OUTSIDE = "outside_keyholder"


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def _known(table, column):
    """The values a column takes now, in their order."""
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    found = next(one["sqltext"] for one in checks if one["name"] == f"ck_{table}_{column}")
    return re.findall(r"'([a-z_.]+)'", found)


def _allow(batch, table, column, values):
    allowed = ", ".join(f"'{one}'" for one in values)
    batch.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({allowed})")


def _take(kinds_of):
    """Says which kinds of acts the record takes. SQLite builds the tables anew, which loses triggers."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _run(undo(LEAF, dialect))
    for table in ("leaf", "entry"):
        kinds = kinds_of(_known(table, "tag"))
        with op.batch_alter_table(table) as batch:
            _allow(batch, table, "tag", kinds)
    if dialect == "sqlite":
        _run(statements(LEAF, dialect))


def _tell_bodies():
    """Each letterbox is told which body it belongs to."""
    told = sa.table("letterbox", sa.column("id", sa.LargeBinary), sa.column("told", sa.JSON))
    asked = sa.table("consultation", sa.column("letterbox_id", sa.LargeBinary), sa.column("body_id", sa.Uuid))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(told.c.id, told.c.told, asked.c.body_id).join(asked, asked.c.letterbox_id == told.c.id)
    ).all()
    for ident, said, body_id in rows:
        said = json.loads(said) if isinstance(said, str) else said
        connection.execute(
            told.update().where(told.c.id == ident).values(told={**said, "body_id": str(body_id)})
        )


def upgrade() -> None:
    json_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    _take(lambda known: [*known, *(one for one in TAGS if one not in known)])
    roles = _known("account", "role")
    with op.batch_alter_table("account") as batch:
        batch.add_column(sa.Column("outside_body_id", sa.Uuid(), nullable=True))
        _allow(batch, "account", "role", [*roles, OUTSIDE])
        batch.create_foreign_key(op.f("fk_account_outside_body_id_body"), "body", ["outside_body_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_account_outside_of_a_body"), f"(role = '{OUTSIDE}') = (outside_body_id IS NOT NULL)"
        )
    with op.batch_alter_table("keyholder") as batch:
        batch.drop_constraint(op.f("uq_keyholder_account_id"), type_="unique")
        batch.add_column(sa.Column("is_current", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("rehearsed_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("reminded_on", sa.Date(), nullable=True))
    with op.batch_alter_table("keyholder") as batch:
        batch.alter_column("is_current", server_default=None)
    op.create_index(op.f("ix_keyholder_account_id"), "keyholder", ["account_id"])
    where = sa.text("is_current")
    op.create_index(
        "uq_keyholder_current", "keyholder", ["account_id"], unique=True,
        sqlite_where=where, postgresql_where=where,
    )  # fmt: skip
    op.add_column("wrapped_key", sa.Column("confirmed_on", sa.Date(), nullable=True))
    op.create_table(
        "naming",
        sa.Column("letterbox_id", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", json_type, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_naming_letterbox_id_letterbox")
        ),
        sa.ForeignKeyConstraint(["position"], ["leaf.position"], name=op.f("fk_naming_position_leaf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_naming")),
        sa.UniqueConstraint("position", name=op.f("uq_naming_position")),
    )
    op.create_index(op.f("ix_naming_letterbox_id"), "naming", ["letterbox_id"])
    _make_handovers()
    _tell_bodies()


def _make_handovers():
    references = (
        ("body_id", "body"), ("predecessor_id", "keyholder"), ("successor_id", "keyholder"),
        ("resolution_id", "resolution"), ("recorded_by", "account"),
    )  # fmt: skip
    op.create_table(
        "handover",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("predecessor_id", sa.Uuid(), nullable=True),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "resolution_id IS NOT NULL OR predecessor_id IS NOT NULL", name=op.f("ck_handover_has_a_reason")
        ),
        sa.CheckConstraint(
            "predecessor_id IS NULL OR predecessor_id <> successor_id", name=op.f("ck_handover_two_keys")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_handover_{column}_{table}"))
            for column, table in references
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index(op.f("ix_handover_body_id"), "handover", ["body_id"])
    op.create_table(
        "handover_step",
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("letterbox_id", sa.LargeBinary(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_step_handover_id_handover")
        ),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_handover_step_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_step")),
        sa.UniqueConstraint(
            "handover_id", "letterbox_id", name=op.f("uq_handover_step_handover_id_letterbox_id")
        ),
    )
    for column in ("handover_id", "letterbox_id"):
        op.create_index(op.f(f"ix_handover_step_{column}"), "handover_step", [column])


def downgrade() -> None:
    for table in ("handover_step", "handover", "naming"):
        op.drop_table(table)
    op.execute("ALTER TABLE wrapped_key DROP COLUMN confirmed_on")
    op.drop_index("uq_keyholder_current", "keyholder")
    op.drop_index(op.f("ix_keyholder_account_id"), "keyholder")
    with op.batch_alter_table("keyholder") as batch:
        for column in ("is_current", "rehearsed_on", "reminded_on"):
            batch.drop_column(column)
        batch.create_unique_constraint(op.f("uq_keyholder_account_id"), ["account_id"])
    roles = [one for one in _known("account", "role") if one != OUTSIDE]
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(op.f("ck_account_outside_of_a_body"), type_="check")
        batch.drop_constraint(op.f("fk_account_outside_body_id_body"), type_="foreignkey")
        batch.drop_column("outside_body_id")
        _allow(batch, "account", "role", roles)
    _take(lambda known: [one for one in known if one not in TAGS])

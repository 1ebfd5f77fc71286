"""Bodies, mandates and delegations

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = ("cse", "central_cse", "cssct", "ewc", "works_council", "union", "lmcc", "custom")
WITH_NEW = (
    "cse", "central_cse", "cssct", "ewc", "belgian_council", "cppt", "betriebsrat", "works_council", "union",
    "lmcc", "custom",
)  # fmt: skip
REASON = "a delegation never changes: the body takes it back, or gives another"
FROZEN = (
    Freeze(
        "delegation",
        "OLD.revoked_on IS NOT NULL OR "
        + changed(
            "id", "body_id", "mandate_id", "acts", "starts_on", "ends_on", "resolution_id", "recorded_by"
        ),
        REASON,
        ("UPDATE",),
    ),
    Freeze("delegation", "1 = 1", REASON, ("DELETE",)),
    Freeze("delegated_use", "1 = 1", "what was done under a delegation stays"),
)


def _kinds(kinds):
    listed = ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table("body") as batch:
        batch.drop_constraint(op.f("ck_body_bodykind"), type_="check")
        batch.create_check_constraint(op.f("ck_body_bodykind"), f"kind IN ({listed})")


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.add_column("establishment", sa.Column("archived_on", sa.Date(), nullable=True))
    _kinds(WITH_NEW)
    with op.batch_alter_table("body") as batch:
        batch.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_body_parent_id_body"), "body", ["parent_id"], ["id"])
        batch.create_check_constraint(
            op.f("ck_body_not_its_own_parent"), "parent_id IS NULL OR parent_id <> id"
        )
        batch.create_index(op.f("ix_body_parent_id"), ["parent_id"])
    with op.batch_alter_table("mandate") as batch:
        batch.add_column(sa.Column("has_vote", sa.Boolean(), nullable=True))
        batch.create_check_constraint(
            op.f("ck_mandate_vote_of_a_member"), "has_vote IS NULL OR role NOT IN ('chair', 'expert_guest')"
        )
    op.create_table(
        "body_establishment",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("establishment_id", sa.Uuid(), nullable=False),
        _key("body_establishment", "body_id", "body.id"),
        _key("body_establishment", "establishment_id", "establishment.id"),
        sa.PrimaryKeyConstraint("body_id", "establishment_id", name=op.f("pk_body_establishment")),
    )
    op.create_index(
        op.f("ix_body_establishment_establishment_id"), "body_establishment", ["establishment_id"]
    )
    _replacement()
    _delegation()
    dialect = op.get_bind().dialect.name
    for one in FROZEN:
        for statement in statements(one, dialect):
            op.execute(statement)


def _replacement():
    op.create_table(
        "replacement",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("mandate_id <> replaced_id", name=op.f("ck_replacement_of_somebody_else")),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_replacement_ends_after_start")
        ),
        _key("replacement", "mandate_id", "mandate.id"),
        _key("replacement", "replaced_id", "mandate.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")),
    )
    for column in ("mandate_id", "replaced_id"):
        op.create_index(op.f(f"ix_replacement_{column}"), "replacement", [column])


def _delegation():
    op.create_table(
        "delegation",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("acts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_delegation_ends_after_start")
        ),
        sa.CheckConstraint(
            "(revoked_on IS NULL) = (revoked_by IS NULL)", name=op.f("ck_delegation_revoked_by_somebody")
        ),
        _key("delegation", "body_id", "body.id"),
        _key("delegation", "mandate_id", "mandate.id"),
        _key("delegation", "resolution_id", "resolution.id"),
        _key("delegation", "recorded_by", "account.id"),
        _key("delegation", "revoked_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_delegation_resolution_id")),
    )
    for column in ("body_id", "mandate_id"):
        op.create_index(op.f(f"ix_delegation_{column}"), "delegation", [column])
    op.create_table(
        "delegated_use",
        sa.Column("delegation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "unanswered", "contest_day", "remark",
                name="delegatedact", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("delegated_use", "delegation_id", "delegation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegated_use")),
    )  # fmt: skip
    op.create_index(op.f("ix_delegated_use_delegation_id"), "delegated_use", ["delegation_id"])


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for one in FROZEN:
        for statement in undo(one, dialect):
            op.execute(statement)
    for table in ("delegated_use", "delegation", "replacement", "body_establishment"):
        op.drop_table(table)
    with op.batch_alter_table("mandate") as batch:
        batch.drop_constraint(op.f("ck_mandate_vote_of_a_member"), type_="check")
        batch.drop_column("has_vote")
    op.execute("UPDATE body SET kind = 'works_council' WHERE kind IN ('belgian_council', 'betriebsrat')")
    op.execute("UPDATE body SET kind = 'custom' WHERE kind = 'cppt'")
    with op.batch_alter_table("body") as batch:
        batch.drop_constraint(op.f("ck_body_not_its_own_parent"), type_="check")
        batch.drop_index(op.f("ix_body_parent_id"))
        batch.drop_constraint(op.f("fk_body_parent_id_body"), type_="foreignkey")
        batch.drop_column("parent_id")
    _kinds(KINDS)
    with op.batch_alter_table("establishment") as batch:
        batch.drop_column("archived_on")

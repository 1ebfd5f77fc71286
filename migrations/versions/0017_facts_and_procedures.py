"""Facts, procedures and what was agreed instead

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = (
    "sent", "received", "opened_to_employees", "letterbox_opened", "letterbox_closed", "opinion_given",
    "response_given", "commitment_agreed", "expert_appointed", "withdrawn", "closed",
)  # fmt: skip
ONE_COURSE = "(consultation_id IS NULL) <> (side_procedure_id IS NULL)"


def _kinds(kinds):
    listed = ", ".join(f"'{one}'" for one in kinds)
    with op.batch_alter_table("fact") as batch:
        batch.drop_constraint(op.f("ck_fact_factkind"), type_="check")
        batch.create_check_constraint(op.f("ck_fact_factkind"), f"kind IN ({listed})")


def upgrade() -> None:
    with op.batch_alter_table("consultation") as batch:
        batch.add_column(sa.Column("variant", sa.String(60), nullable=False, server_default=""))
    with op.batch_alter_table("consultation") as batch:
        batch.alter_column("variant", server_default=None)
    op.create_table(
        "side_procedure",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(60), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("because", sa.String(500), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["account.id"], name=op.f("fk_side_procedure_added_by_account")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_side_procedure_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_side_procedure")),
        sa.UniqueConstraint("notice_id", "template", name=op.f("uq_side_procedure_notice_id_template")),
    )
    op.create_index(op.f("ix_side_procedure_notice_id"), "side_procedure", ["notice_id"])
    _widen_fact()
    _kinds((*KINDS, "told"))
    op.create_table(
        "procedure_override",
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column("side_procedure_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("value", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(ONE_COURSE, name=op.f("ck_procedure_override_of_one_course")),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_procedure_override_consultation_id_consultation"),
        ),
        sa.ForeignKeyConstraint(
            ["side_procedure_id"],
            ["side_procedure.id"],
            name=op.f("fk_procedure_override_side_procedure_id_side_procedure"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_procedure_override_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_override")),
    )
    for column in ("consultation_id", "side_procedure_id"):
        op.create_index(op.f(f"ix_procedure_override_{column}"), "procedure_override", [column])


def _widen_fact():
    empty = {"nullable": False, "server_default": ""}
    with op.batch_alter_table("fact") as batch:
        batch.alter_column("consultation_id", existing_type=sa.Uuid(), nullable=True)
        batch.add_column(sa.Column("side_procedure_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("key", sa.String(60), **empty))
        batch.add_column(sa.Column("source", sa.String(120), **empty))
        batch.add_column(sa.Column("is_contested", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("contested_day", sa.Date(), nullable=True))
        batch.add_column(sa.Column("contested_why", sa.String(500), **empty))
        batch.add_column(sa.Column("resolution_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("struck_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("struck_why", sa.String(500), **empty))
        batch.create_foreign_key(
            op.f("fk_fact_side_procedure_id_side_procedure"), "side_procedure", ["side_procedure_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_fact_resolution_id_resolution"), "resolution", ["resolution_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_fact_of_one_course"), ONE_COURSE)
        batch.create_index(op.f("ix_fact_side_procedure_id"), ["side_procedure_id"])
    with op.batch_alter_table("fact") as batch:
        for column in ("key", "source", "is_contested", "contested_why", "struck_why"):
            batch.alter_column(column, server_default=None)
    contested = sa.text("resolution_id IS NOT NULL")
    op.create_index(
        "ix_fact_contested", "fact", ["day", "id"], sqlite_where=contested, postgresql_where=contested
    )


def downgrade() -> None:
    op.drop_index("ix_fact_contested", "fact")
    op.drop_table("procedure_override")
    op.execute("DELETE FROM fact WHERE consultation_id IS NULL OR kind = 'told' OR struck_on IS NOT NULL")
    _kinds(KINDS)
    with op.batch_alter_table("fact") as batch:
        batch.drop_index(op.f("ix_fact_side_procedure_id"))
        batch.drop_constraint(op.f("ck_fact_of_one_course"), type_="check")
        batch.drop_constraint(op.f("fk_fact_resolution_id_resolution"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_fact_side_procedure_id_side_procedure"), type_="foreignkey")
        for column in (
            "side_procedure_id", "key", "source", "is_contested", "contested_day", "contested_why",
            "resolution_id", "struck_on", "struck_why",
        ):  # fmt: skip
            batch.drop_column(column)
        batch.alter_column("consultation_id", existing_type=sa.Uuid(), nullable=False)
    op.drop_table("side_procedure")
    with op.batch_alter_table("consultation") as batch:
        batch.drop_column("variant")

"""Missions of experts, and what they asked

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def _text():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "expert_mission",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("firm", sa.String(200), nullable=False),
        sa.Column("subject", _text(), nullable=False),
        sa.Column("appointed_on", sa.Date(), nullable=False),
        sa.Column("room_until", sa.Date(), nullable=False),
        sa.Column("challenged_on", sa.Date(), nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("report", sa.String(64), nullable=True),
        sa.Column("report_name", sa.String(200), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "room_until >= appointed_on", name=op.f("ck_expert_mission_room_after_appointment")
        ),
        _key("expert_mission", "consultation_id", "consultation.id"),
        _key("expert_mission", "resolution_id", "resolution.id"),
        _key("expert_mission", "account_id", "account.id"),
        _key("expert_mission", "mandate_id", "mandate.id"),
        _key("expert_mission", "report", "stored_file.sha256"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_mission")),
    )
    for column in ("consultation_id", "account_id"):
        op.create_index(op.f(f"ix_expert_mission_{column}"), "expert_mission", [column])
    op.create_index(
        "ix_expert_mission_running", "expert_mission", ["consultation_id"], unique=True,
        sqlite_where=sa.text("ended_on IS NULL"), postgresql_where=sa.text("ended_on IS NULL"),
    )  # fmt: skip
    op.create_table(
        "expert_request",
        sa.Column("mission_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", _text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", _text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_expert_request_number_from_one")),
        _key("expert_request", "mission_id", "expert_mission.id"),
        _key("expert_request", "answered_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_request")),
        sa.UniqueConstraint("mission_id", "number", name=op.f("uq_expert_request_mission_id_number")),
    )
    op.create_index(op.f("ix_expert_request_mission_id"), "expert_request", ["mission_id"])
    op.create_index(
        "ix_expert_request_unanswered", "expert_request", ["due_on", "id"],
        sqlite_where=sa.text("answered_on IS NULL"), postgresql_where=sa.text("answered_on IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("expert_request")
    op.drop_table("expert_mission")

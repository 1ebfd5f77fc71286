"""Meetings of a body, and requests for an extraordinary one

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, changed, statements, undo

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MINUTES = Freeze(
    "meeting",
    f"OLD.minutes_state = 'adopted' AND ({changed('minutes', 'minutes_state', 'minutes_on')})",
    "adopted minutes never change",
    ("UPDATE",),
)


def _json():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_extraordinary", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(5), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("state", _enum("meetingstate", "convened", "held", "cancelled"), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("called_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_by_chair", sa.Boolean(), nullable=False),
        sa.Column("agreed_by_secretary", sa.Boolean(), nullable=False),
        sa.Column("agenda_set_on", sa.Date(), nullable=True),
        sa.Column("agenda_why", sa.String(500), nullable=False),
        sa.Column("cancelled_why", sa.String(500), nullable=False),
        sa.Column("minutes", _json(), nullable=False),
        sa.Column(
            "minutes_state", _enum("minutesstate", "draft", "sent", "adopted", "refused"), nullable=False
        ),
        sa.Column("minutes_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_meeting_number_from_one")),
        _key("meeting", "body_id", "body.id"),
        _key("meeting", "called_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("body_id", "number", name=op.f("uq_meeting_body_id_number")),
    )
    op.create_index("ix_meeting_body_day", "meeting", ["body_id", "day", "id"])
    op.create_index("ix_meeting_day", "meeting", ["day", "id"])
    op.create_table(
        "agenda_item",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("itemkind", "information", "consultation", "other"), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("consultation_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("agenda_item", "meeting_id", "meeting.id"),
        _key("agenda_item", "consultation_id", "consultation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    for column in ("meeting_id", "consultation_id"):
        op.create_index(op.f(f"ix_agenda_item_{column}"), "agenda_item", [column])
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("presence", _enum("presence", "present", "replaced", "excused"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("attendance", "meeting_id", "meeting.id"),
        _key("attendance", "mandate_id", "mandate.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("meeting_id", "mandate_id", name=op.f("uq_attendance_meeting_id_mandate_id")),
    )
    op.create_index(op.f("ix_attendance_meeting_id"), "attendance", ["meeting_id"])
    op.create_table(
        "meeting_request",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("ground", _enum("ground", "any", "health"), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("question_ids", _json(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("meeting_request", "body_id", "body.id"),
        _key("meeting_request", "asked_by", "account.id"),
        _key("meeting_request", "meeting_id", "meeting.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_request")),
    )
    waiting = sa.text("meeting_id IS NULL")
    op.create_index(
        "ix_meeting_request_of_body", "meeting_request", ["body_id", "asked_on", "id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    op.create_index(
        "ix_meeting_request_waiting", "meeting_request", ["sent_on", "id"],
        sqlite_where=waiting, postgresql_where=waiting,
    )  # fmt: skip
    op.create_table(
        "meeting_support",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("meeting_support", "request_id", "meeting_request.id"),
        _key("meeting_support", "mandate_id", "mandate.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_support")),
        sa.UniqueConstraint(
            "request_id", "mandate_id", name=op.f("uq_meeting_support_request_id_mandate_id")
        ),
    )
    op.create_index(op.f("ix_meeting_support_request_id"), "meeting_support", ["request_id"])
    for statement in statements(MINUTES, op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in undo(MINUTES, op.get_bind().dialect.name):
        op.execute(statement)
    for table in ("meeting_support", "meeting_request", "attendance", "agenda_item", "meeting"):
        op.drop_table(table)

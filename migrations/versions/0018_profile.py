"""The organisation’s profile

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REGIMES = (
    "fr_private", "fr_other", "ca_federal", "ca_regulated", "ca_provincial", "be", "de", "other",
)  # fmt: skip
REACHES = ("everybody", "some_without", "most_without")
QUESTIONS = (
    "regime", "sites", "bodies", "languages", "reach", "alert", "keyholders", "readers", "words", "kinds",
    "procedures",
)  # fmt: skip
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _among(values):
    return ", ".join(f"'{one}'" for one in values)


def upgrade() -> None:
    # Each in one statement, CHECK included: SQLite takes it so without copying the table.
    op.execute(
        "ALTER TABLE organisation ADD COLUMN regime VARCHAR(40) DEFAULT 'fr_private' NOT NULL "
        f"CONSTRAINT ck_organisation_regime CHECK (regime IN ({_among(REGIMES)}))"
    )
    op.execute(
        "ALTER TABLE organisation ADD COLUMN reach VARCHAR(40) DEFAULT 'some_without' NOT NULL "
        f"CONSTRAINT ck_organisation_reach CHECK (reach IN ({_among(REACHES)}))"
    )
    op.execute(
        "ALTER TABLE organisation ADD COLUMN keyholders_wanted INTEGER DEFAULT 3 NOT NULL "
        "CONSTRAINT ck_organisation_keyholders_two_at_least CHECK (keyholders_wanted >= 2)"
    )
    op.execute(
        "UPDATE organisation SET regime = CASE country WHEN 'fr' THEN 'fr_private' "
        "WHEN 'ca' THEN 'ca_provincial' WHEN 'be' THEN 'be' WHEN 'de' THEN 'de' ELSE 'other' END"
    )
    op.create_table(
        "rule_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "question",
            sa.Enum(*QUESTIONS, name="question", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("value", JSON, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name="fk_rule_answer_answered_by_account"),
        sa.PrimaryKeyConstraint("id", name="pk_rule_answer"),
        sa.UniqueConstraint("position", name="uq_rule_answer_position"),
    )
    op.create_index("ix_rule_answer_question_position", "rule_answer", ["question", "position"])


def downgrade() -> None:
    op.drop_table("rule_answer")
    for column in ("keyholders_wanted", "reach", "regime"):
        op.execute(f"ALTER TABLE organisation DROP COLUMN {column}")

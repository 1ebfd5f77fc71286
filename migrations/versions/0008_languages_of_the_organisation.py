"""Languages of the organisation; unknowns found by the day of their answer

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In one statement, CHECK included: SQLite takes it so without copying the table.
    op.execute(
        "ALTER TABLE organisation ADD COLUMN languages VARCHAR(40) DEFAULT 'both' NOT NULL "
        "CONSTRAINT ck_organisation_languages CHECK (languages IN ('fr', 'en', 'both'))"
    )
    op.create_index(op.f("ix_unknown_due_on"), "unknown", ["due_on"])


def downgrade() -> None:
    op.drop_index(op.f("ix_unknown_due_on"), table_name="unknown")
    op.execute("ALTER TABLE organisation DROP COLUMN languages")

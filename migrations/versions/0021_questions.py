"""Questions: requests for information, the field they are about, and those declared unanswered

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from consult.core.triggers import Freeze, statements, undo

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

REASON = "a question and its answers never change once given"
QUESTION = Freeze("question", "1 = 1", REASON, ("UPDATE", "DELETE"))
UNANSWERED = Freeze("unanswered", "1 = 1", REASON, ("UPDATE", "DELETE"))
KINDS = "kind IN ('question', 'information')"


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _run(undo(QUESTION, dialect))
    with op.batch_alter_table("question") as batch:
        batch.add_column(sa.Column("kind", sa.String(40), nullable=False, server_default="question"))
        batch.add_column(sa.Column("field", sa.String(60), nullable=False, server_default=""))
        batch.create_check_constraint(op.f("ck_question_questionkind"), KINDS)
    with op.batch_alter_table("question") as batch:
        batch.alter_column("kind", server_default=None)
        batch.alter_column("field", server_default=None)
    _run(statements(QUESTION, dialect))
    op.create_table(
        "unanswered",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["declared_by"], ["account.id"], name=op.f("fk_unanswered_declared_by_account")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_unanswered_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unanswered")),
        sa.UniqueConstraint("question_id", name=op.f("uq_unanswered_question_id")),
    )
    _run(statements(UNANSWERED, dialect))


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    _run(undo(UNANSWERED, dialect))
    op.drop_table("unanswered")
    _run(undo(QUESTION, dialect))
    with op.batch_alter_table("question") as batch:
        batch.drop_constraint(op.f("ck_question_questionkind"), type_="check")
        batch.drop_column("field")
        batch.drop_column("kind")
    _run(statements(QUESTION, dialect))

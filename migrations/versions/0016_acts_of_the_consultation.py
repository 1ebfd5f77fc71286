"""The consultation in full: its acts are on record

Revision ID: 0016
Revises: 0015
"""

import re

import sqlalchemy as sa
from alembic import op

from consult.core.triggers import Freeze, statements, undo

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TAGS = (
    "procedure.chosen",
    "procedure.overridden",
    "fact.recorded",
    "fact.contested",
    "fact.struck",
    "file.opened",
    "file.sent",
    "file.linked",
    "question.unanswered",
    "expert.appointed",
    "expert.challenged",
    "expert.reported",
    "meeting.called",
    "meeting.requested",
    "minutes.adopted",
    "charter.voted",
    "date.explained",
    "rules.changed",
    "delegation.given",
)
LEAF = Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE"))


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def _known(table):
    checks = sa.inspect(op.get_bind()).get_check_constraints(table)
    found = next(one["sqltext"] for one in checks if one["name"] == f"ck_{table}_tag")
    return re.findall(r"'([a-z_.]+)'", found)


def _take(kinds_of):
    """Says which kinds of acts the record takes. SQLite builds the tables anew, which loses triggers."""
    dialect = op.get_bind().dialect.name
    if dialect == "sqlite":
        _run(undo(LEAF, dialect))
    for table in ("leaf", "entry"):
        allowed = ", ".join(f"'{one}'" for one in kinds_of(_known(table)))
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_tag"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_tag"), f"tag IN ({allowed})")
    if dialect == "sqlite":
        _run(statements(LEAF, dialect))


def upgrade() -> None:
    _take(lambda known: [*known, *(one for one in TAGS if one not in known)])


def downgrade() -> None:
    _take(lambda known: [one for one in known if one not in TAGS])

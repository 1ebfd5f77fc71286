"""The charter by vote, the response point by point

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SAID = "an opinion and its response never change once given"
VOTED = "a position of the body never changes: another follows it"
BOTH = ("UPDATE", "DELETE")
ANSWERED = Freeze("response_point", "1 = 1", SAID, BOTH)
NEW = (
    Freeze("response_follow_up", "1 = 1", SAID, BOTH),
    Freeze("response_file", "OLD.response_id IS NOT NULL", SAID, BOTH),
    Freeze("charter_vote", "1 = 1", VOTED, BOTH),
    Freeze("charter_position", "1 = 1", VOTED, BOTH),
)
STANCES = ("accepted", "partly", "refused", "studying")
NAMED = "stance <> 'negotiating' OR (since_on IS NOT NULL AND with_whom IS NOT NULL)"
WAITING = "SELECT 'opinion-point', point.id, opinion.given_on FROM opinion_point AS point"
STILL_STUDIED = (
    f"INSERT INTO awaiting (kind, subject_id, since) {WAITING} "
    "JOIN opinion ON opinion.id = point.opinion_id "
    "JOIN response_point ON response_point.point_id = point.id "
    "WHERE response_point.stance = 'studying'"
)


def _run(statements_):
    for statement in statements_:
        op.execute(statement)


def _json():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


def _stances(values):
    return "stance IN ({})".format(", ".join(f"'{one}'" for one in values))


def _widen(dialect) -> None:
    """What is under study when this runs waits for a last word from now on."""
    _run(undo(ANSWERED, dialect))
    with op.batch_alter_table("response_point") as batch:
        batch.add_column(sa.Column("until_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("with_whom", _json(), nullable=True))
        batch.add_column(sa.Column("since_on", sa.Date(), nullable=True))
        batch.drop_constraint(op.f("ck_response_point_stance"), type_="check")
        batch.create_check_constraint(
            op.f("ck_response_point_stance"), _stances((*STANCES, "negotiating"))
        )
        batch.create_check_constraint(op.f("ck_response_point_negotiation_named"), NAMED)
    _run(statements(ANSWERED, dialect))
    op.execute(STILL_STUDIED)


def _follow_ups() -> None:
    op.create_table(
        "response_follow_up",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stance", _enum("stance", *STANCES, "negotiating"), nullable=False),
        sa.Column("text", _json(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("with_whom", _json(), nullable=True),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_response_follow_up_number_from_one")),
        sa.CheckConstraint(NAMED, name=op.f("ck_response_follow_up_negotiation_named")),
        sa.CheckConstraint(
            "stance <> 'studying' OR until_on IS NOT NULL",
            name=op.f("ck_response_follow_up_study_has_end"),
        ),
        _key("response_follow_up", "response_id", "response.id"),
        _key("response_follow_up", "point_id", "opinion_point.id"),
        _key("response_follow_up", "given_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_follow_up")),
        sa.UniqueConstraint("point_id", "number", name=op.f("uq_response_follow_up_point_id_number")),
    )
    op.create_index(op.f("ix_response_follow_up_response_id"), "response_follow_up", ["response_id"])


def _drafts() -> None:
    op.create_table(
        "response_draft",
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("content", _json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        _key("response_draft", "opinion_id", "opinion.id"),
        _key("response_draft", "saved_by", "account.id"),
        sa.PrimaryKeyConstraint("opinion_id", name=op.f("pk_response_draft")),
    )
    op.create_table(
        "response_file",
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("response_file", "opinion_id", "opinion.id"),
        _key("response_file", "response_id", "response.id"),
        _key("response_file", "digest", "stored_file.sha256"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_file")),
        sa.UniqueConstraint("opinion_id", "digest", name=op.f("uq_response_file_opinion_id_digest")),
    )
    op.create_index(op.f("ix_response_file_opinion_id"), "response_file", ["opinion_id"])


def _charter() -> None:
    op.create_table(
        "charter_vote",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about_revision", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("voted_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_charter_vote_number_from_one")),
        _key("charter_vote", "notice_id", "notice.id"),
        _key("charter_vote", "body_id", "body.id"),
        _key("charter_vote", "resolution_id", "resolution.id"),
        _key("charter_vote", "recorded_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_vote")),
        sa.UniqueConstraint(
            "notice_id", "body_id", "number", name=op.f("uq_charter_vote_notice_id_body_id_number")
        ),
    )
    op.create_table(
        "charter_position",
        sa.Column("vote_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column(
            "position",
            _enum("ruleposition", "agrees", "agrees_if", "disagrees", "no_position"),
            nullable=False,
        ),
        sa.Column("reason", _json(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("charter_position", "vote_id", "charter_vote.id"),
        _key("charter_position", "rule_id", "charter_rule.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charter_position")),
        sa.UniqueConstraint("vote_id", "rule_id", name=op.f("uq_charter_position_vote_id_rule_id")),
    )
    op.create_index(op.f("ix_charter_position_rule_id"), "charter_position", ["rule_id"])


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    _widen(dialect)
    _follow_ups()
    _drafts()
    _charter()
    for one in NEW:
        _run(statements(one, dialect))


def downgrade() -> None:
    """What goes to negotiation cannot be said before: it is told as being studied, which it was not settled
    either."""
    dialect = op.get_bind().dialect.name
    for one in NEW:
        _run(undo(one, dialect))
    for table in ("charter_position", "charter_vote", "response_file", "response_draft", "response_follow_up"):
        op.drop_table(table)
    op.execute("DELETE FROM awaiting WHERE kind = 'opinion-point'")
    _run(undo(ANSWERED, dialect))
    op.execute("UPDATE response_point SET stance = 'studying' WHERE stance = 'negotiating'")
    with op.batch_alter_table("response_point") as batch:
        batch.drop_constraint(op.f("ck_response_point_negotiation_named"), type_="check")
        batch.drop_constraint(op.f("ck_response_point_stance"), type_="check")
        batch.create_check_constraint(op.f("ck_response_point_stance"), _stances(STANCES))
        for column in ("since_on", "with_whom", "until_on"):
            batch.drop_column(column)
    _run(statements(ANSWERED, dialect))

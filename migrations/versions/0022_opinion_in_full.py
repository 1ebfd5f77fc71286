"""The opinion in full: the draft and its versions, what was put to the vote, declarations, statements that are no
opinion, the courtesy translation

Revision ID: 0022
Revises: 0021
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TAGS = ("opinion.stated", "opinion.translated")
LEAF = Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE"))
VOTED = "what a body voted, said and translated never changes"
FROZEN = (
    Freeze(
        "opinion_draft_version", "1 = 1", "a version of a draft never changes: the next save makes the next one"
    ),
    Freeze(
        "opinion_declaration",
        "OLD.opinion_id IS NOT NULL",
        "what is annexed to an adopted opinion never changes",
    ),
    Freeze("proposition", "1 = 1", VOTED),
    Freeze("proposition_vote", "1 = 1", VOTED),
    Freeze("opinion_statement", "1 = 1", VOTED),
    Freeze("opinion_translation", "1 = 1", VOTED),
)


def _json():
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _enum(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _key(table, column, target):
    return sa.ForeignKeyConstraint(
        [column], [target], name=op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    )


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
    op.create_table(
        "opinion_draft",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("opinion_draft", "begun_by", "account.id"),
        _key("opinion_draft", "consultation_id", "consultation.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_draft")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_opinion_draft_consultation_id")),
    )
    op.create_table(
        "opinion_draft_version",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", _enum("outcome", "none", "favourable", "with_reservations", "unfavourable", "takes_note", "insufficient_information", "refusal"), nullable=False),
        sa.Column("text", _json(), nullable=False),
        sa.Column("kept_points", _json(), nullable=False),
        sa.Column("saved_on", sa.Date(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_opinion_draft_version_number_from_one")),
        _key("opinion_draft_version", "draft_id", "opinion_draft.id"),
        _key("opinion_draft_version", "saved_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_draft_version")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_opinion_draft_version_draft_id_number")),
    )
    op.create_index(op.f("ix_opinion_draft_version_draft_id"), "opinion_draft_version", ["draft_id"])
    op.create_table(
        "opinion_draft_seen",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("opinion_draft_seen", "account_id", "account.id"),
        _key("opinion_draft_seen", "version_id", "opinion_draft_version.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_draft_seen")),
        sa.UniqueConstraint("version_id", "account_id", name=op.f("uq_opinion_draft_seen_version_id_account_id")),
    )
    op.create_index(op.f("ix_opinion_draft_seen_version_id"), "opinion_draft_seen", ["version_id"])
    op.create_table(
        "opinion_draft_comment",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about_version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("opinion_draft_comment", "draft_id", "opinion_draft.id"),
        _key("opinion_draft_comment", "written_by", "account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_draft_comment")),
        sa.UniqueConstraint("draft_id", "number", name=op.f("uq_opinion_draft_comment_draft_id_number")),
    )
    op.create_index(op.f("ix_opinion_draft_comment_draft_id"), "opinion_draft_comment", ["draft_id"])
    op.create_table(
        "opinion_declaration",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("opinion_id", sa.Uuid(), nullable=True),
        sa.Column("kind", _enum("declared", "member", "union", "minority"), nullable=False),
        sa.Column("signed", sa.String(200), nullable=False),
        sa.Column("text", _json(), nullable=False),
        sa.Column("file", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("opinion_declaration", "added_by", "account.id"),
        _key("opinion_declaration", "consultation_id", "consultation.id"),
        _key("opinion_declaration", "file", "stored_file.sha256"),
        _key("opinion_declaration", "opinion_id", "opinion.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_declaration")),
    )
    op.create_index(op.f("ix_opinion_declaration_consultation_id"), "opinion_declaration", ["consultation_id"])
    op.create_index(op.f("ix_opinion_declaration_opinion_id"), "opinion_declaration", ["opinion_id"])
    op.create_table(
        "proposition",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", _enum("outcome", "none", "favourable", "with_reservations", "unfavourable", "takes_note", "insufficient_information", "refusal"), nullable=False),
        sa.Column("method", _enum("method", "heads", "names"), nullable=False),
        sa.Column("majority", _enum("majority", "members_present", "votes_cast", "no_vote"), nullable=False),
        sa.Column("reference", sa.String(100), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstentions", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("has_quorum", sa.Boolean(), nullable=False),
        sa.Column("is_carried", sa.Boolean(), nullable=False),
        sa.Column("voted_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("is_carried = (resolution_id IS NOT NULL)", name=op.f("ck_proposition_carried_is_resolved")),
        sa.CheckConstraint("votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0 AND blank >= 0", name=op.f("ck_proposition_votes_not_negative")),
        _key("proposition", "consultation_id", "consultation.id"),
        _key("proposition", "recorded_by", "account.id"),
        _key("proposition", "resolution_id", "resolution.id"),
        _key("proposition", "version_id", "opinion_draft_version.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition")),
        sa.UniqueConstraint("consultation_id", "number", name=op.f("uq_proposition_consultation_id_number")),
        sa.UniqueConstraint("resolution_id", name=op.f("uq_proposition_resolution_id")),
    )
    op.create_index(op.f("ix_proposition_consultation_id"), "proposition", ["consultation_id"])
    op.create_table(
        "proposition_vote",
        sa.Column("proposition_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("choice", _enum("choice", "for", "against", "abstention", "blank"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("proposition_vote", "by_id", "mandate.id"),
        _key("proposition_vote", "mandate_id", "mandate.id"),
        _key("proposition_vote", "proposition_id", "proposition.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposition_vote")),
        sa.UniqueConstraint("proposition_id", "by_id", name=op.f("uq_proposition_vote_proposition_id_by_id")),
        sa.UniqueConstraint("proposition_id", "mandate_id", name=op.f("uq_proposition_vote_proposition_id_mandate_id")),
    )
    op.create_index(op.f("ix_proposition_vote_proposition_id"), "proposition_vote", ["proposition_id"])
    op.create_table(
        "opinion_statement",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", _enum("outcome", "none", "favourable", "with_reservations", "unfavourable", "takes_note", "insufficient_information", "refusal"), nullable=False),
        sa.Column("text", _json(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('takes_note', 'insufficient_information', 'refusal')", name=op.f("ck_opinion_statement_no_opinion")),
        _key("opinion_statement", "consultation_id", "consultation.id"),
        _key("opinion_statement", "recorded_by", "account.id"),
        _key("opinion_statement", "resolution_id", "resolution.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_statement")),
    )
    op.create_index(op.f("ix_opinion_statement_consultation_id"), "opinion_statement", ["consultation_id"])
    op.create_table(
        "opinion_translation",
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("points", _json(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_opinion_translation_language_known")),
        _key("opinion_translation", "made_by", "account.id"),
        _key("opinion_translation", "opinion_id", "opinion.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_translation")),
        sa.UniqueConstraint("opinion_id", name=op.f("uq_opinion_translation_opinion_id")),
    )
    for frozen in FROZEN:
        _run(statements(frozen, op.get_bind().dialect.name))


def downgrade() -> None:
    for frozen in FROZEN:
        _run(undo(frozen, op.get_bind().dialect.name))
    for table in (
        "opinion_translation", "opinion_statement", "proposition_vote", "proposition", "opinion_declaration",
        "opinion_draft_comment", "opinion_draft_seen", "opinion_draft_version", "opinion_draft",
    ):  # fmt: skip
        op.drop_table(table)
    _take(lambda known: [one for one in known if one not in TAGS])

"""Search, what waits for an answer, and indexes of the lists

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TOKENS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
ASCII = sa.String(300).with_variant(sa.String(300, collation="C"), "postgresql")
ADD = (
    "INSERT INTO search_index (rowid, tokens) VALUES (NEW.position, NEW.words || ' ' || NEW.facets);"
)
TAKE = (
    "INSERT INTO search_index (search_index, rowid, tokens)"
    " VALUES ('delete', OLD.position, OLD.words || ' ' || OLD.facets);"
)
SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5"
    "(tokens, content='', columnsize=0, detail=none, tokenize='ascii')",
    f"CREATE TRIGGER search_document_insert AFTER INSERT ON search_document BEGIN {ADD} END",
    f"CREATE TRIGGER search_document_update AFTER UPDATE ON search_document BEGIN {TAKE} {ADD} END",
    f"CREATE TRIGGER search_document_delete AFTER DELETE ON search_document BEGIN {TAKE} END",
)
UNANSWERED = (
    ("question", "SELECT id, asked_on FROM question q"
     " WHERE NOT EXISTS (SELECT 1 FROM answer a WHERE a.question_id = q.id)"),
    ("theme", "SELECT id, published_on FROM theme t WHERE published_on IS NOT NULL"
     " AND NOT EXISTS (SELECT 1 FROM theme_answer a WHERE a.theme_id = t.id)"),
    ("opinion", "SELECT id, given_on FROM opinion o"
     " WHERE NOT EXISTS (SELECT 1 FROM response r WHERE r.opinion_id = o.id)"),
)  # fmt: skip
INDEXES = (
    ("ix_notice_state", "notice", ["state", "number"]),
    ("ix_consultation_opened", "consultation", ["opened_on", "id"]),
    ("ix_consultation_body_opened", "consultation", ["body_id", "opened_on", "id"]),
    ("ix_consultation_due", "consultation", ["next_due_on", "id"]),
    ("ix_consultation_body_due", "consultation", ["body_id", "next_due_on", "id"]),
    ("ix_receipt_unopened", "receipt", ["mandate_id", "opened_at"]),
    ("ix_commitment_state", "commitment", ["state", "due_on", "id"]),
)
HELD = sa.text("visibility = 'body'")
UNPUBLISHED = sa.text("published_on IS NULL")


def _unanswered(connection):
    for kind, query in UNANSWERED:
        waiting = sa.text(query).columns(sa.column("id", sa.Uuid()), sa.column("since", sa.Date()))
        for one in connection.execute(waiting):
            yield {"kind": kind, "subject_id": one[0], "since": one[1]}


def _unknown(connection):
    """Of each notice in force, what it says is not known yet."""
    query = sa.text(
        "SELECT u.id, u.due_on, u.answer FROM unknown u JOIN revision r ON r.id = u.revision_id"
        " JOIN notice n ON n.id = r.notice_id WHERE n.state = 'published' AND u.due_on IS NOT NULL"
        " AND r.number = (SELECT max(o.number) FROM revision o"
        " WHERE o.notice_id = n.id AND o.published_on IS NOT NULL)"
    )
    answer = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    known = query.columns(
        sa.column("id", sa.Uuid()), sa.column("since", sa.Date()), sa.column("answer", answer)
    )
    for ident, since, given in connection.execute(known):
        if not any(text.strip() for text in (given or {}).get("texts", {}).values()):
            yield {"kind": "unknown", "subject_id": ident, "since": since}


def upgrade() -> None:
    """What there is already becomes findable by `consult init`, which runs the words through the product."""
    op.create_table(
        "search_document",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "shelf",
            sa.Enum(
                "notice", "work", "entry",
                name="shelf", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("words", TOKENS, nullable=False),
        sa.Column("facets", TOKENS, nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_search_document")),
        sa.UniqueConstraint("shelf", "subject_id", name=op.f("uq_search_document_shelf_subject_id")),
    )  # fmt: skip
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        op.create_index(
            "ix_search_document_tokens", "search_document", ["words", "facets"], postgresql_using="gin"
        )
    op.create_table(
        "search_word",
        sa.Column("word", ASCII, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    awaiting = op.create_table(
        "awaiting",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_awaiting")),
    )
    op.create_index("ix_awaiting_since", "awaiting", ["kind", "since"])
    rows = [*_unanswered(op.get_bind()), *_unknown(op.get_bind())]
    if rows:
        op.bulk_insert(awaiting, rows)
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_revision_unpublished", "revision", ["notice_id"],
        sqlite_where=UNPUBLISHED, postgresql_where=UNPUBLISHED,
    )  # fmt: skip
    op.create_index(
        "ix_notice_held", "notice", ["held_until", "number"], sqlite_where=HELD, postgresql_where=HELD
    )


def downgrade() -> None:
    op.drop_index("ix_notice_held", table_name="notice")
    op.drop_index("ix_revision_unpublished", table_name="revision")
    for name, table, _columns in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.drop_table("awaiting")
    op.drop_table("search_word")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_index")  # its triggers go with the documents
    op.drop_table("search_document")

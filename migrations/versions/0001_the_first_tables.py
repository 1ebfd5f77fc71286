"""The first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from consult.core.triggers import Freeze, statements, undo

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FROZEN = (
    Freeze(
        "revision", "ROW.published_on IS NOT NULL", "a published revision never changes", ("UPDATE", "DELETE")
    ),
    Freeze(
        "affected_group",
        "EXISTS (SELECT 1 FROM revision WHERE id = ROW.revision_id AND published_on IS NOT NULL)",
        "a published revision never changes",
        ("INSERT", "UPDATE", "DELETE"),
    ),
    Freeze(
        "milestone",
        "EXISTS (SELECT 1 FROM revision WHERE id = ROW.revision_id AND published_on IS NOT NULL)",
        "a published revision never changes",
        ("INSERT", "UPDATE", "DELETE"),
    ),
    Freeze(
        "commitment",
        "OLD.notice_id <> NEW.notice_id OR OLD.body_id <> NEW.body_id OR OLD.number <> NEW.number"
        " OR OLD.title <> NEW.title OR OLD.detail <> NEW.detail OR OLD.nature <> NEW.nature"
        " OR OLD.for_whom <> NEW.for_whom OR OLD.owner <> NEW.owner OR OLD.due_on <> NEW.due_on"
        " OR OLD.agreed_on <> NEW.agreed_on",
        "what was promised never changes",
        ("UPDATE",),
    ),
    Freeze("commitment", "1 = 1", "what was promised never changes", ("DELETE",)),
    Freeze("commitment_update", "1 = 1", "what was said of a commitment never changes", ("UPDATE", "DELETE")),
    Freeze("verdict", "1 = 1", "a verdict never changes", ("UPDATE", "DELETE")),
    Freeze("opinion", "1 = 1", "an opinion and its response never change once given", ("UPDATE", "DELETE")),
    Freeze(
        "opinion_point", "1 = 1", "an opinion and its response never change once given", ("UPDATE", "DELETE")
    ),
    Freeze("response", "1 = 1", "an opinion and its response never change once given", ("UPDATE", "DELETE")),
    Freeze(
        "response_point", "1 = 1", "an opinion and its response never change once given", ("UPDATE", "DELETE")
    ),
    Freeze("question", "1 = 1", "a question and its answers never change once given", ("UPDATE", "DELETE")),
    Freeze("answer", "1 = 1", "a question and its answers never change once given", ("UPDATE", "DELETE")),
    Freeze("theme_answer", "1 = 1", "an answer to a theme never changes once given", ("UPDATE", "DELETE")),
    Freeze("leaf", "1 = 1", "the record is append-only", ("UPDATE", "DELETE")),
)


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "hr_publisher",
                "representative",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("locale IN ('fr', 'en')", name=op.f("ck_account_locale_known")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "body",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cse",
                "central_cse",
                "cssct",
                "ewc",
                "works_council",
                "union",
                "lmcc",
                "custom",
                name="bodykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sa.UniqueConstraint("name", name=op.f("uq_body_name")),
    )
    op.create_table(
        "content_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_content_version_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_version")),
    )
    op.create_table(
        "signin_unknown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_signin_unknown_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_unknown")),
    )
    op.create_table(
        "establishment",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_establishment_headcount_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_establishment")),
        sa.UniqueConstraint("name", name=op.f("uq_establishment_name")),
    )
    op.create_table(
        "leaf",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "tag",
            sa.Enum(
                "notice.published",
                "notice.sent",
                "notice.opened",
                "notice.withdrawn",
                "letterbox.opened",
                "letterbox.closed",
                "batch.released",
                "theme.published",
                "wording.published",
                "wording.retracted",
                "theme.answered",
                "question.asked",
                "question.answered",
                "opinion.given",
                "response.given",
                "commitment.agreed",
                "commitment.updated",
                "commitment.claimed_done",
                "commitment.confirmed",
                "commitment.contested",
                name="tag",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_leaf_digest_length")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_leaf_position_from_one")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_leaf")),
    )
    op.create_table(
        "letter",
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "accepted",
                "failed",
                name="letterstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
    )
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_letter_state"), ["state"], unique=False)

    op.create_table(
        "letterbox",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("told", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("open", "slips", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("closes_on > opens_on", name=op.f("ck_letterbox_closes_after_opening")),
        sa.CheckConstraint("interval_days IN (1, 7)", name=op.f("ck_letterbox_interval_known")),
        sa.CheckConstraint("k IN (5, 10)", name=op.f("ck_letterbox_k_agreed")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_letterbox_id_length")),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_letterbox_key_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link",
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("effect", sa.String(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("cause <> effect", name=op.f("ck_link_not_itself")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("cause", "effect", name=op.f("uq_link_cause_effect")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_cause"), ["cause"], unique=False)
        batch_op.create_index(batch_op.f("ix_link_effect"), ["effect"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("access_word", sa.String(length=100), nullable=False),
        sa.Column("previous_word", sa.String(length=100), nullable=False),
        sa.Column("previous_word_until", sa.Date(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("alert_channel", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organisation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "spent",
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_spent_hash_length")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_spent")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "batch",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("at_least", sa.Integer(), nullable=False),
        sa.Column("is_small", sa.Boolean(), nullable=False),
        sa.CheckConstraint("at_least % 5 = 0 AND at_least >= 0", name=op.f("ck_batch_floored")),
        sa.CheckConstraint("is_small OR at_least >= 5", name=op.f("ck_batch_mixed_enough")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_batch_id_length")),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_batch_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_batch_letterbox_id"), ["letterbox_id"], unique=False)

    op.create_table(
        "entry",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "tag",
            sa.Enum(
                "notice.published",
                "notice.sent",
                "notice.opened",
                "notice.withdrawn",
                "letterbox.opened",
                "letterbox.closed",
                "batch.released",
                "theme.published",
                "wording.published",
                "wording.retracted",
                "theme.answered",
                "question.asked",
                "question.answered",
                "opinion.given",
                "response.given",
                "commitment.agreed",
                "commitment.updated",
                "commitment.claimed_done",
                "commitment.confirmed",
                "commitment.contested",
                name="tag",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "employees",
                "body",
                "confidential",
                "draft",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "author",
            sa.Enum(
                "employer",
                "staff",
                "neither",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["leaf.position"], name=op.f("fk_entry_position_leaf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("position", name=op.f("uq_entry_position")),
    )
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.create_index("ix_entry_notice", ["notice_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_entry_ref"), ["ref"], unique=False)

    op.create_table(
        "leaf_salt",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("length(salt) = 32", name=op.f("ck_leaf_salt_salt_length")),
        sa.ForeignKeyConstraint(["position"], ["leaf.position"], name=op.f("fk_leaf_salt_position_leaf")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_leaf_salt")),
    )
    op.create_table(
        "mandate",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "full_member",
                "alternate",
                "secretary",
                "treasurer",
                "chair",
                "union_representative",
                "expert_guest",
                name="mandaterole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_mandate_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id_account")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_mandate_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
        sa.UniqueConstraint("id", "role", name=op.f("uq_mandate_id_role")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_body_id"), ["body_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "approved",
                "published",
                "withdrawn",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "visibility",
            sa.Enum(
                "public",
                "employees",
                "body",
                "confidential",
                "draft",
                name="visibility",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("body_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("readable_on", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column(
            "withdrawn_reason", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(readable_on IS NULL) = (visibility IN ('draft', 'body'))",
            name=op.f("ck_notice_readable_has_day"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name=op.f("ck_notice_withdrawn_has_day")
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'withdrawn')) = (visibility <> 'draft')",
            name=op.f("ck_notice_draft_until_published"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_notice_author_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_notice_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_notice_slug")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_readable", ["readable_on", "id"], unique=False)

    op.create_table(
        "resolution",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("votes_for", sa.Integer(), nullable=False),
        sa.Column("votes_against", sa.Integer(), nullable=False),
        sa.Column("abstentions", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "votes_for >= 0 AND votes_against >= 0 AND abstentions >= 0",
            name=op.f("ck_resolution_votes_not_negative"),
        ),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_resolution_body_id_body")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_resolution_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
    )
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resolution_body_id"), ["body_id"], unique=False)

    op.create_table(
        "signin_failures",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signin_failures_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_signin_failures")),
    )
    op.create_table(
        "signin_token",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "invitation",
                "reset",
                name="tokenpurpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_signin_token_digest_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signin_token_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin_token")),
        sa.UniqueConstraint("digest", name=op.f("uq_signin_token_digest")),
    )
    with op.batch_alter_table("signin_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signin_token_account_id"), ["account_id"], unique=False)

    op.create_table(
        "unlocked",
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("idle_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_unlocked_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unlocked")),
    )
    op.create_table(
        "waiting",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=4144), nullable=False),
        sa.CheckConstraint("lane BETWEEN 0 AND 9", name=op.f("ck_waiting_lane_known")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_waiting_id_length")),
        sa.CheckConstraint("length(sealed) = 4144", name=op.f("ck_waiting_sealed_length")),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_waiting_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "commitment",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("detail", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "nature",
            sa.Enum(
                "measure",
                "objective",
                "undertaking",
                "agreement",
                name="nature",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("for_whom", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "in_progress",
                "claimed_done",
                "confirmed",
                "contested",
                name="commitmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_commitment_number_from_one")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_commitment_body_id_body")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_commitment_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_commitment_notice_id_number")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index("ix_commitment_due", ["due_on", "id"], unique=False)

    op.create_table(
        "consultation",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column(
            "stage",
            sa.Enum(
                "with_body",
                "listening",
                "awaiting_opinion",
                "opinion_given",
                "answered",
                "in_follow_up",
                "closed",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_consultation_body_id_body")),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_consultation_letterbox_id_letterbox")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_consultation_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("notice_id", "body_id", name=op.f("uq_consultation_notice_id_body_id")),
    )
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consultation_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consultation_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "keyholder",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        sa.Column(
            "mandate_role",
            sa.Enum(
                "full_member",
                "alternate",
                "secretary",
                "treasurer",
                "chair",
                "union_representative",
                "expert_guest",
                name="mandaterole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("under_passphrase", sa.LargeBinary(), nullable=False),
        sa.Column("under_recovery", sa.LargeBinary(), nullable=False),
        sa.Column("set_up_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "mandate_role IS NULL OR mandate_role <> 'chair'", name=op.f("ck_keyholder_never_the_chair")
        ),
        sa.CheckConstraint(
            "(mandate_id IS NULL) = (mandate_role IS NULL)", name=op.f("ck_keyholder_mandate_with_role")
        ),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_keyholder_key_length")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_keyholder_account_id_account")),
        sa.ForeignKeyConstraint(
            ["mandate_id", "mandate_role"],
            ["mandate.id", "mandate.role"],
            name=op.f("fk_keyholder_mandate_id_mandate_role_mandate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keyholder")),
        sa.UniqueConstraint("account_id", name=op.f("uq_keyholder_account_id")),
    )
    op.create_table(
        "question",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "expected_on IS NULL OR expected_on >= asked_on", name=op.f("ck_question_expected_after_asked")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_question_number_from_one")),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_question_asked_by_account")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_question_body_id_body")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_question_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_question_notice_id_number")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "revision",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("changelog", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("imported", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_on IS NULL) = (published_by IS NULL)", name=op.f("ck_revision_published_by_somebody")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_revision_notice_id_notice")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_revision_published_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_revision_notice_id_number")),
    )
    op.create_table(
        "theme",
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_draft", sa.LargeBinary(), nullable=True),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("synthesis", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("at_least", sa.Integer(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(published_on IS NULL) = (title IS NULL) AND (published_on IS NULL) = (synthesis IS NULL)",
            name=op.f("ck_theme_nothing_before_publication"),
        ),
        sa.CheckConstraint(
            "at_least IS NULL OR (at_least >= 5 AND at_least % 5 = 0)", name=op.f("ck_theme_floored")
        ),
        sa.CheckConstraint(
            "sealed_draft IS NULL OR length(sealed_draft) = 8240", name=op.f("ck_theme_draft_length")
        ),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_theme_letterbox_id_letterbox")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_theme_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
    )
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_letterbox_id"), ["letterbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_theme_notice_id"), ["notice_id"], unique=False)

    op.create_table(
        "voice",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("batch_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=4192), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_voice_id_length")),
        sa.CheckConstraint("length(sealed) = 4192", name=op.f("ck_voice_sealed_length")),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_voice_batch_id_batch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("voice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voice_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "affected_group",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sites", sa.String(length=300), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("change", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("measures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "headcount IS NULL OR headcount >= 0", name=op.f("ck_affected_group_headcount_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_affected_group_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affected_group")),
    )
    with op.batch_alter_table("affected_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_affected_group_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_answer_number_from_one")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_answer_answered_by_account")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_answer_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_answer_question_id_number")),
    )

    op.create_table(
        "commitment_update",
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "agreed",
                "in_progress",
                "claimed_done",
                "confirmed",
                "contested",
                name="commitmentstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_commitment_update_author_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_update_commitment_id_commitment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_update")),
        sa.UniqueConstraint(
            "commitment_id", "position", name=op.f("uq_commitment_update_commitment_id_position")
        ),
    )

    op.create_table(
        "concern",
        sa.Column("voice_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("sealed_working", sa.LargeBinary(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("wording", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("retracted_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "retracted_on IS NULL OR wording IS NULL", name=op.f("ck_concern_retracted_is_gone")
        ),
        sa.CheckConstraint(
            "sealed_working IS NULL OR length(sealed_working) = 8240", name=op.f("ck_concern_working_length")
        ),
        sa.CheckConstraint(
            "wording IS NULL OR published_on IS NOT NULL", name=op.f("ck_concern_nothing_before_publication")
        ),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_concern_letterbox_id_letterbox")
        ),
        sa.CheckConstraint(
            "(published_on IS NULL) = (published_by IS NULL) AND (published_by IS NULL OR"
            " (proposed_by IS NOT NULL AND proposed_by <> published_by))",
            name=op.f("ck_concern_second_reader"),
        ),
        sa.CheckConstraint(
            "NOT is_held OR (theme_id IS NULL AND published_on IS NULL)",
            name=op.f("ck_concern_held_counts_nowhere"),
        ),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_concern_proposed_by_account")),
        sa.ForeignKeyConstraint(
            ["published_by"], ["account.id"], name=op.f("fk_concern_published_by_account")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_concern_theme_id_theme")),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_concern_voice_id_voice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
        sa.UniqueConstraint("voice_id", name=op.f("uq_concern_voice_id")),
    )
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_concern_letterbox_id"), ["letterbox_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_concern_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "fact",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sent",
                "received",
                "opened_to_employees",
                "letterbox_opened",
                "letterbox_closed",
                "opinion_given",
                "response_given",
                "commitment_agreed",
                "expert_appointed",
                "withdrawn",
                "closed",
                name="factkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_fact_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_fact_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "design",
                "pilot",
                "roll_out",
                "review",
                name="milestonekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_milestone_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "opinion",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column(
            "position",
            sa.Enum(
                "favourable",
                "with_reservations",
                "unfavourable",
                "none",
                name="position",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_opinion_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_opinion_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_opinion_resolution_id_resolution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_opinion_consultation_id")),
    )
    op.create_table(
        "sending",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("leaf_position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultation.id"], name=op.f("fk_sending_consultation_id_consultation")
        ),
        sa.ForeignKeyConstraint(
            ["leaf_position"], ["leaf.position"], name=op.f("fk_sending_leaf_position_leaf")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_sending_revision_id_revision")
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["account.id"], name=op.f("fk_sending_sent_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sending_consultation_id"), ["consultation_id"], unique=False)

    op.create_table(
        "theme_answer",
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "accepted",
                "partly",
                "refused",
                "studying",
                "no_answer_needed",
                name="stance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_theme_answer_author_id_account")
        ),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_answer_theme_id_theme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_answer")),
    )
    with op.batch_alter_table("theme_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_theme_answer_theme_id"), ["theme_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_verdict_commitment_id_commitment")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_verdict_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["resolution_id"], ["resolution.id"], name=op.f("fk_verdict_resolution_id_resolution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint("commitment_id", "position", name=op.f("uq_verdict_commitment_id_position")),
    )

    op.create_table(
        "wrapped_key",
        sa.Column("letterbox_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("keyholder_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=80), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(sealed) = 80", name=op.f("ck_wrapped_key_sealed_length")),
        sa.ForeignKeyConstraint(
            ["keyholder_id"], ["keyholder.id"], name=op.f("fk_wrapped_key_keyholder_id_keyholder")
        ),
        sa.ForeignKeyConstraint(
            ["letterbox_id"], ["letterbox.id"], name=op.f("fk_wrapped_key_letterbox_id_letterbox")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrapped_key")),
        sa.UniqueConstraint(
            "letterbox_id", "keyholder_id", name=op.f("uq_wrapped_key_letterbox_id_keyholder_id")
        ),
    )
    with op.batch_alter_table("wrapped_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wrapped_key_letterbox_id"), ["letterbox_id"], unique=False)

    op.create_table(
        "opinion_point",
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "reservation", "wish", name="pointkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_opinion_point_number_from_one")),
        sa.ForeignKeyConstraint(
            ["opinion_id"], ["opinion.id"], name=op.f("fk_opinion_point_opinion_id_opinion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion_point")),
        sa.UniqueConstraint(
            "opinion_id", "kind", "number", name=op.f("uq_opinion_point_opinion_id_kind_number")
        ),
    )
    with op.batch_alter_table("opinion_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_opinion_point_opinion_id"), ["opinion_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("sending_id", sa.Uuid(), nullable=False),
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_receipt_letter_id_letter")),
        sa.ForeignKeyConstraint(["mandate_id"], ["mandate.id"], name=op.f("fk_receipt_mandate_id_mandate")),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_receipt_sending_id_sending")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("sending_id", "mandate_id", name=op.f("uq_receipt_sending_id_mandate_id")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_sending_id"), ["sending_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("opinion_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["account.id"], name=op.f("fk_response_given_by_account")),
        sa.ForeignKeyConstraint(["opinion_id"], ["opinion.id"], name=op.f("fk_response_opinion_id_opinion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("opinion_id", name=op.f("uq_response_opinion_id")),
    )
    op.create_table(
        "response_point",
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("point_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "accepted",
                "partly",
                "refused",
                "studying",
                name="stance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["point_id"], ["opinion_point.id"], name=op.f("fk_response_point_point_id_opinion_point")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_response_point_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_point")),
        sa.UniqueConstraint("point_id", name=op.f("uq_response_point_point_id")),
    )
    with op.batch_alter_table("response_point", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_point_response_id"), ["response_id"], unique=False)

    for frozen in FROZEN:
        for statement in statements(frozen, op.get_bind().dialect.name):
            op.execute(statement)


def downgrade() -> None:
    for frozen in FROZEN:
        for statement in undo(frozen, op.get_bind().dialect.name):
            op.execute(statement)
    with op.batch_alter_table("response_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_point_response_id"))

    op.drop_table("response_point")
    op.drop_table("response")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_sending_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("opinion_point", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opinion_point_opinion_id"))

    op.drop_table("opinion_point")
    with op.batch_alter_table("wrapped_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wrapped_key_letterbox_id"))

    op.drop_table("wrapped_key")
    op.drop_table("verdict")
    with op.batch_alter_table("theme_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_answer_theme_id"))

    op.drop_table("theme_answer")
    with op.batch_alter_table("sending", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sending_consultation_id"))

    op.drop_table("sending")
    op.drop_table("opinion")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_revision_id"))

    op.drop_table("milestone")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_consultation_id"))

    op.drop_table("fact")
    with op.batch_alter_table("concern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_concern_theme_id"))
        batch_op.drop_index(batch_op.f("ix_concern_letterbox_id"))

    op.drop_table("concern")
    op.drop_table("commitment_update")
    op.drop_table("answer")
    with op.batch_alter_table("affected_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_affected_group_revision_id"))

    op.drop_table("affected_group")
    with op.batch_alter_table("voice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voice_batch_id"))

    op.drop_table("voice")
    with op.batch_alter_table("theme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_theme_notice_id"))
        batch_op.drop_index(batch_op.f("ix_theme_letterbox_id"))

    op.drop_table("theme")
    op.drop_table("revision")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_notice_id"))

    op.drop_table("question")
    op.drop_table("keyholder")
    with op.batch_alter_table("consultation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultation_notice_id"))
        batch_op.drop_index(batch_op.f("ix_consultation_body_id"))

    op.drop_table("consultation")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_commitment_due")

    op.drop_table("commitment")
    op.drop_table("waiting")
    op.drop_table("unlocked")
    with op.batch_alter_table("signin_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signin_token_account_id"))

    op.drop_table("signin_token")
    op.drop_table("signin_failures")
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resolution_body_id"))

    op.drop_table("resolution")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_readable")

    op.drop_table("notice")
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandate_body_id"))
        batch_op.drop_index(batch_op.f("ix_mandate_account_id"))

    op.drop_table("mandate")
    op.drop_table("leaf_salt")
    with op.batch_alter_table("entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_ref"))
        batch_op.drop_index("ix_entry_notice")

    op.drop_table("entry")
    with op.batch_alter_table("batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_batch_letterbox_id"))

    op.drop_table("batch")
    op.drop_table("spent")
    op.drop_table("organisation")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_effect"))
        batch_op.drop_index(batch_op.f("ix_link_cause"))

    op.drop_table("link")
    op.drop_table("letterbox")
    with op.batch_alter_table("letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_state"))
        batch_op.drop_index(batch_op.f("ix_letter_about"))

    op.drop_table("letter")
    op.drop_table("leaf")
    op.drop_table("establishment")
    op.drop_table("signin_unknown")
    op.drop_table("content_version")
    op.drop_table("body")
    op.drop_table("account")

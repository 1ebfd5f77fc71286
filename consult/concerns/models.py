"""Themes and concerns. Until it is published, everything made from what was said is sealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.concerns.rules import Stance
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.notices.models import Notice
from consult.people.models import Account
from consult.web.readers import Audience, Side, Visibility

DRAFT_BYTES = 8192
DRAFT_SIZE = DRAFT_BYTES + 48
"""A sealed working column: 8,192 padded bytes and a sealed box's 48."""
GRAVE_BYTES = 2048
GRAVE_SIZE = GRAVE_BYTES + 48
"""What is noted of a grave message, or of one that is not: the same size."""


class Theme(WithId):
    """A group of messages with a synthesis. ``sealed_draft`` holds title and synthesis until published."""

    __tablename__ = "theme"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notice.id"), index=True)
    sealed_draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    title: Mapped[Localized | None] = mapped_column(LocalizedType)
    synthesis: Mapped[Localized | None] = mapped_column(LocalizedType)
    at_least: Mapped[int | None]
    """Messages under it once the letterbox is closed, as `rules.shown` shows them; None: not shown."""
    published_on: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    notice: Mapped[Notice] = relationship()
    answers: Mapped[list[ThemeAnswer]] = relationship(order_by="ThemeAnswer.day")
    concerns: Mapped[list[Concern]] = relationship(back_populates="theme", order_by="Concern.id")
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint(
            "(published_on IS NULL) = (title IS NULL) AND (published_on IS NULL) = (synthesis IS NULL)",
            name="nothing_before_publication",
        ),
        CheckConstraint("at_least IS NULL OR (at_least >= 5 AND at_least % 5 = 0)", name="floored"),
        CheckConstraint(f"sealed_draft IS NULL OR length(sealed_draft) = {DRAFT_SIZE}", name="draft_length"),
    )

    @property
    def audience(self) -> Audience:
        """Published: whoever reads the notice. Before: the body's own draft."""
        level = self.notice.audience
        if self.published_on is not None:
            return level
        return Audience(Visibility.DRAFT, Side.STAFF, level.body_ids)

    @property
    def scope(self) -> frozenset[UUID]:
        return self.notice.audience.body_ids


class ThemeAnswer(WithId):
    """What the employer answers to a theme."""

    __tablename__ = "theme_answer"
    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id"), index=True)
    stance: Mapped[Stance] = mapped_column(enum_type(Stance))
    text: Mapped[Localized] = mapped_column(LocalizedType)
    day: Mapped[date]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class Concern(WithId):
    """A message touched at the desk: where it was put, and a wording that betrays nobody.
    ``sealed_working`` holds the draft wording and notes, under the letterbox key; ``sealed_grave`` what was
    done about a grave message, or that it is none: every concern has it until the key is destroyed.

    ``is_write_back``: the author of an earlier message wrote back in their thread. Of which message is
    sealed inside, and nowhere else: two voices of one author, tied on the disk, would leave one chance in
    few who visited on both occasions."""

    __tablename__ = "concern"
    voice_id: Mapped[bytes | None] = mapped_column(ForeignKey("voice.id"), unique=True)
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    is_held: Mapped[bool] = mapped_column(default=False)
    is_write_back: Mapped[bool] = mapped_column(default=False)
    sealed_working: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_grave: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """The second reader, never the one who proposed it."""
    wording: Mapped[Localized | None] = mapped_column(LocalizedType)
    published_on: Mapped[date | None]
    retracted_on: Mapped[date | None]
    theme: Mapped[Theme | None] = relationship(back_populates="concerns")
    proposer: Mapped[Account | None] = relationship(foreign_keys=[proposed_by])
    __table_args__ = (
        CheckConstraint("wording IS NULL OR published_on IS NOT NULL", name="nothing_before_publication"),
        CheckConstraint("retracted_on IS NULL OR wording IS NULL", name="retracted_is_gone"),
        CheckConstraint(
            "(published_on IS NULL) = (published_by IS NULL) AND (published_by IS NULL OR"
            " (proposed_by IS NOT NULL AND proposed_by <> published_by))",
            name="second_reader",
        ),
        CheckConstraint(
            "NOT is_held OR (theme_id IS NULL AND published_on IS NULL)", name="held_counts_nowhere"
        ),
        CheckConstraint(
            f"sealed_working IS NULL OR length(sealed_working) = {DRAFT_SIZE}", name="working_length"
        ),
        CheckConstraint(f"sealed_grave IS NULL OR length(sealed_grave) = {GRAVE_SIZE}", name="grave_length"),
        CheckConstraint(
            "NOT is_write_back OR (theme_id IS NULL AND NOT is_held AND proposed_by IS NULL)",
            name="write_back_counts_nowhere",
        ),
    )


class DeskReply(WithId):
    """The desk's copy of an answer in a thread, sealed to the letterbox key: its text, its day, who wrote
    it, the message it answers and the reply it is a copy of. In the clear it says which letterbox only: a
    lookup id beside a message would tie its author's visits together."""

    __tablename__ = "desk_reply"
    letterbox_id: Mapped[bytes] = mapped_column(ForeignKey("letterbox.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (CheckConstraint(f"length(sealed) = {DRAFT_SIZE}", name="sealed_length"),)


freeze("theme_answer", reason="an answer to a theme never changes once given")

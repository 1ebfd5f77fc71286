"""A file, its letters to the employer, who supports it, and its source, sealed."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.consultations.models import Consultation
from consult.core.db import LocalizedType, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import changed, freeze
from consult.dossiers.rules import SOURCE_SIZE, FileState, Seen
from consult.keyholders.models import Keyholder
from consult.notices.models import Notice
from consult.people.models import Body, Mandate, Resolution
from consult.register.rules import Ref
from consult.web.readers import Audience, Side, Visibility


class Dossier(WithId):
    """An AI in use or announced without a notice, as the body knows it. The employer knows of it from
    ``sent_on`` only. ``notice_id``: the notice that came later; ``consultation_id``: what its letterbox
    hangs from, where the body opened one."""

    __tablename__ = "dossier"
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(300))
    since: Mapped[str] = mapped_column(String(100), default="")
    """In the body's words: nobody knows the day."""
    seen: Mapped[Seen] = mapped_column(enum_type(Seen))
    known: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[FileState] = mapped_column(enum_type(FileState), default=FileState.DRAFT)
    opened_on: Mapped[date]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sent_on: Mapped[date | None]
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"), index=True)
    linked_on: Mapped[date | None]
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"), unique=True)
    closed_on: Mapped[date | None]
    closed_why: Mapped[str] = mapped_column(String(500), default="")
    body: Mapped[Body] = relationship()
    notice: Mapped[Notice | None] = relationship()
    consultation: Mapped[Consultation | None] = relationship()
    letters: Mapped[list[DossierLetter]] = relationship(
        back_populates="dossier", order_by="DossierLetter.number"
    )
    supports: Mapped[list[DossierSupport]] = relationship(cascade="all, delete-orphan")
    sources: Mapped[list[DossierSource]] = relationship(cascade="all, delete-orphan")
    __table_args__ = (
        CheckConstraint("state NOT IN ('sent', 'answered') OR sent_on IS NOT NULL", name="sent_has_day"),
        CheckConstraint("state <> 'draft' OR sent_on IS NULL", name="draft_is_not_sent"),
        CheckConstraint("(notice_id IS NULL) = (linked_on IS NULL)", name="linked_has_day"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_has_day"),
        CheckConstraint("consultation_id IS NULL OR sent_on IS NOT NULL", name="asked_once_sent"),
        Index("ix_dossier_body_opened", "body_id", "opened_on", "id"),
        Index("ix_dossier_sent", "sent_on", "id"),
    )

    @property
    def ref(self) -> Ref:
        return Ref("dossier", str(self.id))

    @property
    def audience(self) -> Audience:
        """The body's alone until it is sent; then both sides'."""
        if self.sent_on is None:
            return Audience(Visibility.DRAFT, Side.STAFF, body_ids=self.scope)
        return Audience(Visibility.BODY, Side.EMPLOYER, body_ids=self.scope)

    @property
    def scope(self) -> frozenset[UUID]:
        return frozenset({self.body_id})


UNANSWERED = text("answered_on IS NULL")
"""Few at a time."""


class DossierLetter(WithId):
    """A dated letter to the employer, on a resolution, and its answer, given once."""

    __tablename__ = "dossier_letter"
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    number: Mapped[int]
    text: Mapped[Localized] = mapped_column(LocalizedType)
    resolution_id: Mapped[UUID] = mapped_column(ForeignKey("resolution.id"))
    sent_on: Mapped[date]
    due_on: Mapped[date]
    answer: Mapped[Localized] = mapped_column(LocalizedType, default=Localized({}))
    answered_on: Mapped[date | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    dossier: Mapped[Dossier] = relationship(back_populates="letters")
    resolution: Mapped[Resolution] = relationship()
    __table_args__ = (
        UniqueConstraint("dossier_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("due_on >= sent_on", name="due_after_sent"),
        CheckConstraint("(answered_on IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
        Index(
            "ix_dossier_letter_unanswered",
            "due_on",
            "id",
            sqlite_where=UNANSWERED,
            postgresql_where=UNANSWERED,
        ),
    )

    @property
    def audience(self) -> Audience:
        return self.dossier.audience

    @property
    def scope(self) -> frozenset[UUID]:
        return self.dossier.scope


class DossierSupport(WithId):
    """One member of the body supports the file. The employer never reads it."""

    __tablename__ = "dossier_support"
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandate.id"))
    mandate: Mapped[Mandate] = relationship()
    __table_args__ = (UniqueConstraint("dossier_id", "mandate_id"),)


class DossierSource(WithId):
    """Where the body has it from, sealed to the own key of one keyholder among its members: no passphrase,
    no source. All rows have one size, whatever was written."""

    __tablename__ = "dossier_source"
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossier.id"), index=True)
    keyholder_id: Mapped[UUID] = mapped_column(ForeignKey("keyholder.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    keyholder: Mapped[Keyholder] = relationship()
    __table_args__ = (
        UniqueConstraint("dossier_id", "keyholder_id"),
        CheckConstraint(f"length(sealed) = {SOURCE_SIZE}", name="sealed_length"),
    )


freeze(
    "dossier",
    when="OLD.sent_on IS NOT NULL AND ("
    + changed("body_id", "name", "place", "since", "seen", "known", "sent_on")
    + ")",
    reason="a file that was sent keeps what was sent",
    operations=("UPDATE",),
)
freeze("dossier", when="ROW.sent_on IS NOT NULL", reason="a file that was sent stays", operations=("DELETE",))
freeze(
    "dossier_letter",
    when=f"OLD.answered_on IS NOT NULL OR {changed('dossier_id', 'number', 'text', 'sent_on', 'due_on')}",
    reason="a letter never changes, nor does its answer once given",
    operations=("UPDATE",),
)
freeze("dossier_letter", reason="a letter that was sent stays", operations=("DELETE",))

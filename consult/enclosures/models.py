"""Documents handed over. Once handed over, none changes; it can be taken back, and then says so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from consult.core.db import PortableJSON, WithId, enum_type
from consult.core.triggers import changed, freeze
from consult.files.models import StoredFile
from consult.notices.models import Notice
from consult.notices.rules import FileReaders
from consult.people.models import Account, Body
from consult.web.readers import Audience, Side, Visibility


class Enclosure(WithId):
    """Read by the representatives of the body, or by the mandates named until a day; always by the employer.
    ``about``: the reference of what it lies beside."""

    __tablename__ = "enclosure"
    about: Mapped[str] = mapped_column(String(100), index=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("body.id"))
    notice_id: Mapped[UUID | None] = mapped_column(ForeignKey("notice.id"))
    """The notice it goes with: nobody opens it who may not read that."""
    digest: Mapped[str] = mapped_column(String(64), ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(300))
    readers: Mapped[FileReaders] = mapped_column(enum_type(FileReaders))
    mandate_ids: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    reason: Mapped[str] = mapped_column(String(500), default="")
    until: Mapped[date | None]
    added_on: Mapped[date]
    added_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    withdrawn_on: Mapped[date | None]
    file: Mapped[StoredFile] = relationship(lazy="joined")
    body: Mapped[Body] = relationship()
    notice: Mapped[Notice | None] = relationship()
    author: Mapped[Account] = relationship(lazy="joined")
    __table_args__ = (
        CheckConstraint("readers IN ('body', 'confidential')", name="never_wider_than_the_body"),
        CheckConstraint("readers <> 'confidential' OR until IS NOT NULL", name="confidential_has_end"),
    )

    @property
    def audience(self) -> Audience:
        """Confidential, it opens to the whole body the day after its last one, never further."""
        mandates: Collection[str] = self.mandate_ids
        return Audience(
            Visibility.CONFIDENTIAL if self.readers is FileReaders.CONFIDENTIAL else Visibility.BODY,
            Side.EMPLOYER,
            body_ids=frozenset({self.body_id}),
            mandate_ids=frozenset(UUID(one) for one in mandates),
        )

    @property
    def after(self) -> Audience:
        """Who may open it once it is no longer confidential."""
        return Audience(Visibility.BODY, Side.EMPLOYER, body_ids=frozenset({self.body_id}))


freeze(
    "enclosure",
    when="OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_on IS NULL OR "
    + changed(
        "about",
        "body_id",
        "notice_id",
        "digest",
        "name",
        "label",
        "readers",
        "mandate_ids",
        "reason",
        "until",
        "added_on",
        "added_by",
    ),
    reason="a document handed over never changes: it is taken back",
    operations=("UPDATE",),
)
freeze("enclosure", reason="a document handed over never disappears", operations=("DELETE",))

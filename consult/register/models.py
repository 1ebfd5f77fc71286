"""Leaves that never change, their deletable salts, entries people read, links, the content version."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.core.db import Base, LocalizedType, PortableJSON, WithId, enum_type
from consult.core.localized import Localized
from consult.core.triggers import freeze
from consult.register.rules import Shelf, Tag
from consult.register.search import Ascii, Tokens
from consult.web.readers import Side, Visibility


class Leaf(Base):
    """One act of record: what, on which thing, on which day, and a salted digest of its content."""

    __tablename__ = "leaf"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tag: Mapped[Tag] = mapped_column(enum_type(Tag))
    ref: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (
        CheckConstraint("length(digest) = 32", name="digest_length"),
        CheckConstraint("position >= 1", name="position_from_one"),
    )


freeze("leaf", reason="the record is append-only")


class LeafSalt(Base):
    """The salt of a leaf: the one part that can be destroyed, so that a person's data can be erased."""

    __tablename__ = "leaf_salt"
    position: Mapped[int] = mapped_column(ForeignKey("leaf.position"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    __table_args__ = (CheckConstraint("length(salt) = 32", name="salt_length"),)


class Entry(WithId):
    """What people read of an act: its title, who may read it, on which notice."""

    __tablename__ = "entry"
    position: Mapped[int] = mapped_column(ForeignKey("leaf.position"), unique=True)
    tag: Mapped[Tag] = mapped_column(enum_type(Tag))
    ref: Mapped[str] = mapped_column(String(80), index=True)
    notice_id: Mapped[UUID | None]
    title: Mapped[Localized] = mapped_column(LocalizedType)
    day: Mapped[date]
    visibility: Mapped[Visibility] = mapped_column(enum_type(Visibility))
    author: Mapped[Side] = mapped_column(enum_type(Side))
    body_ids: Mapped[list[str]] = mapped_column(PortableJSON, default=list)
    __table_args__ = (Index("ix_entry_notice", "notice_id", "position"),)


class Link(WithId):
    """What led to what, both ends named by reference."""

    __tablename__ = "link"
    cause: Mapped[str] = mapped_column(String(80), index=True)
    effect: Mapped[str] = mapped_column(String(80), index=True)
    __table_args__ = (
        UniqueConstraint("cause", "effect"),
        CheckConstraint("cause <> effect", name="not_itself"),
    )


class Awaiting(Base):
    """What the employer owes an answer: question, published theme, opinion, and what a notice says is not
    known yet (``since``: the day of its answer). So that what waits is found without looking through all that
    was ever answered."""

    __tablename__ = "awaiting"
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[date]
    __table_args__ = (Index("ix_awaiting_since", "kind", "since"),)


class Document(Base):
    """What search finds a thing by: never its text, only the tokens made of it (see `words` and `search`).
    Who may read the thing is not written here, and is asked of the thing itself."""

    __tablename__ = "search_document"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The order in which what is found is shown, the highest first."""
    shelf: Mapped[Shelf] = mapped_column(enum_type(Shelf))
    subject_id: Mapped[UUID]
    words: Mapped[frozenset[str]] = mapped_column(Tokens)
    facets: Mapped[frozenset[str]] = mapped_column(Tokens)
    """What lists are filtered by, as tokens too: one look-up then answers words and filters together."""
    __table_args__ = (
        UniqueConstraint("shelf", "subject_id"),
        Index("ix_search_document_tokens", "words", "facets", postgresql_using="gin").ddl_if(
            dialect="postgresql"
        ),
    )


class Word(Base):
    """A word of some document, once: what the beginning of a word is looked up in. FTS5 and `tsvector` can
    look for beginnings too, but read every document that has one before they give the first."""

    __tablename__ = "search_word"
    word: Mapped[str] = mapped_column(Ascii, primary_key=True)


class ContentVersion(Base):
    """One number, raised by every act of record: cached pages of another number are stale."""

    __tablename__ = "content_version"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    value: Mapped[int] = mapped_column(default=0)
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

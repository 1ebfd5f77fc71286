"""Notices, their revisions and the parts of a revision; a published revision and its parts never change."""

from __future__ import annotations

from consult.notices.models.notes import Note
from consult.notices.models.notice import HELD, Notice, Revision
from consult.notices.models.parts import (
    PARTS,
    AffectedGroup,
    Attachment,
    CharterRule,
    LearningStep,
    Milestone,
    Unknown,
    WorkChange,
)

__all__ = [
    "HELD",
    "PARTS",
    "AffectedGroup",
    "Attachment",
    "CharterRule",
    "LearningStep",
    "Milestone",
    "Note",
    "Notice",
    "Revision",
    "Unknown",
    "WorkChange",
]

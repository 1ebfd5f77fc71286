"""Notices, their revisions and the parts of a revision; a published revision and its parts never change."""

from __future__ import annotations

from consult.notices.models.notice import Notice, Revision
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
    "PARTS",
    "AffectedGroup",
    "Attachment",
    "CharterRule",
    "LearningStep",
    "Milestone",
    "Notice",
    "Revision",
    "Unknown",
    "WorkChange",
]

"""Attachments for tests: a real file that is stored, and the row of a notice that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from consult.core import clock
from consult.core.localized import Localized
from consult.files import services as files
from consult.notices.content import Attachment
from tests import samples

Work = Callable[..., Any]


def attached(
    work: Work, raw: bytes | None = None, *, name: str = "analyse.pdf", **changes: Any
) -> Attachment:
    """Stores a file; ``changes`` say who may open it, and so on."""
    with work() as session:
        kept = files.keep(session, raw or samples.pdf(), name=name, on=clock.today())
        file = kept.file
        label = Localized.of(fr="Analyse d’impact", en="Impact assessment")
        return Attachment(file.sha256, kept.name, file.media_type, file.size, **{"label": label, **changes})

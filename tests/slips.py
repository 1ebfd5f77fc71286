"""A letterbox that takes slips, and what tests read of a printed sheet."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader

from consult.voices.rules import Channels
from tests import sending
from tests.letterboxes import Box

CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{5}")


def letterbox(work: Callable[..., Any], people: Any, **changes: Any) -> Box:
    """Opened by the body on a notice of its own; ``changes``: what was agreed otherwise."""
    with work() as session:
        notice = sending.sent(session, people)
        consultation = sending.consultations.queries.of_notice(session, notice.id)[0]
        for account in (people.rep1, people.rep2):
            if sending.keyholders.queries.of_account(session, account.id) is None:
                sending.with_key(session, account)
        options = {"channels": Channels.SLIPS} | changes
        found = sending.opened(session, people, consultation.id, **options)
        return Box(work, found.id, None)  # type: ignore[arg-type]


def codes_in(printed: bytes) -> list[str]:
    """Every code a sheet shows, in the order of its pages."""
    return CODE.findall(text_of(printed))


def text_of(printed: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)

"""What the desk calls things: kinds and topics of messages as the writing page names them, what the check
found, and how far the employer went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from babel.lists import format_list

from consult.anonymity.asking import Asked, Asks
from consult.anonymity.identification import Kind as Hint
from consult.anonymity.identification import Span
from consult.anonymity.message import Kind, Topic
from consult.concerns.rules import Stance
from consult.core.i18n import _, _l, locale, ngettext
from consult.voices.rules import Told

KINDS: Final[dict[Kind, Any]] = {
    Kind.WORRY: _l("What worries me"),
    Kind.QUESTION: _l("My question"),
    Kind.PROPOSAL: _l("My proposal"),
    Kind.WORKS: _l("What works"),
}
TOPICS: Final[dict[Topic, Any]] = {
    Topic.FAIRNESS: _l("Fairness of the results"),
    Topic.TRANSPARENCY: _l("Transparency of the system"),
    Topic.BARRIERS: _l("Barriers to access"),
    Topic.SURVEILLANCE: _l("Surveillance"),
    Topic.PERSONAL_INFORMATION: _l("Protection of personal data"),
    Topic.HUMAN_RIGHTS: _l("Human rights"),
    Topic.ACCESSIBILITY: _l("Accessibility"),
    Topic.ACCURACY: _l("Accuracy"),
    Topic.EMPLOYMENT: _l("Employment"),
    Topic.WORKLOAD: _l("Workload"),
    Topic.SKILLS: _l("Skills"),
    Topic.AUTONOMY: _l("Autonomy"),
    Topic.HEALTH: _l("Health"),
    Topic.PAY_EVALUATION: _l("Pay and evaluation"),
    Topic.OTHER: _l("Other"),
}
HINTS: Final[dict[Hint, Any]] = {
    Hint.UNIQUE: _l("being the only one"),
    Hint.NAME: _l("a name"),
    Hint.CONTACT: _l("an address or a telephone number"),
    Hint.NUMBER: _l("a number to look up"),
    Hint.PERSONAL: _l("a personal detail"),
    Hint.TITLE: _l("a rare job"),
    Hint.DATE: _l("a date"),
    Hint.GROUP: _l("a small group"),
    Hint.PLACE: _l("a place"),
}
STANCES: Final[dict[Stance, Any]] = {
    Stance.ACCEPTED: _l("Accepted"),
    Stance.PARTLY: _l("Accepted in part"),
    Stance.REFUSED: _l("Refused"),
    Stance.STUDYING: _l("Under study"),
    Stance.NO_ANSWER_NEEDED: _l("Noted"),
}
STANCE_TONES: Final[dict[Stance, tuple[str, str]]] = {
    Stance.ACCEPTED: ("ok", "done"),
    Stance.PARTLY: ("accent", "done"),
    Stance.REFUSED: ("bad", "ban"),
    Stance.STUDYING: ("accent", "clock"),
    Stance.NO_ANSWER_NEEDED: ("quiet", "check"),
}
"""Tone and icon of each, as `components/tag` draws them."""


ASKS: Final[dict[Asks, Any]] = {
    Asks.NAME: _l("who the person is"),
    Asks.TEAM: _l("their team, place or job"),
    Asks.DATE: _l("a date"),
    Asks.CONTACT: _l("a way to reach them, or to be reached"),
    Asks.MEETING: _l("a meeting"),
    Asks.RECEIPT: _l("their code, slip or six words"),
}


def pieces(text: str, found: Sequence[Span] | Sequence[Asked]) -> list[tuple[str, bool]]:
    """The text cut at the passages found: ``(piece, whether it may point to somebody)``."""
    cut: list[tuple[str, bool]] = []
    at = 0
    for span in found:
        cut += [(text[at : span.start], False), (text[span.start : span.end], True)]
        at = span.end
    return [piece for piece in [*cut, (text[at:], False)] if piece[0]]


def asks(found: Sequence[Asked]) -> str:
    """One sentence on what a reply asks for; empty when it asks for nothing that gives somebody away."""
    if not found:
        return ""
    kinds = list(dict.fromkeys(one.kind for one in found))
    what = format_list([str(ASKS[kind]) for kind in kinds], locale=locale())
    return str(_("This seems to ask for what would give the author away: %(what)s.", what=what))


def channels(told: Told) -> str:
    """Whom to reach, for an answer to a grave message: emergency numbers and the alert channel, in the
    language being written."""
    language = locale()
    lines = [f"{label.shown(language)[0]}: {number}" for label, number in told.emergency]
    if language == "fr":
        lines = [line.replace(": ", "\u00a0: ", 1) for line in lines]
    if any(told.alert_channel.texts.values()):
        lines.append(str(told.alert_channel.shown(language)[0]))
    opening = _(
        "What you write is serious, and it does not end here. These are the people who can act at once and"
        " who protect you:"
    )
    return "\n".join([str(opening), *lines])


def flagged(found: Sequence[Span]) -> str:
    """One sentence on what was found; empty when nothing was."""
    if not found:
        return ""
    kinds = list(dict.fromkeys(span.kind for span in found))
    sentence: str = ngettext(
        "One passage may point to somebody: %(what)s.",
        "%(num)s passages may point to somebody: %(what)s.",
        len(found),
        what=format_list([str(HINTS[kind]) for kind in kinds], locale=locale()),
    )
    return sentence

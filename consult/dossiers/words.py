"""What pages call the states of a file, and the texts a letter begins from."""

from __future__ import annotations

from datetime import date

from consult.core.i18n import LOCALES, _l, day
from consult.dossiers.rules import FileState, Seen
from consult.people.rules import opening_with_article

SEEN = {
    Seen.IN_USE: _l("In use already"),
    Seen.ANNOUNCED: _l("Announced, or in preparation"),
}
STATES = {
    FileState.DRAFT: ("quiet", "lock", _l("Read by the body alone")),
    FileState.SENT: ("warn", "clock", _l("Answer awaited")),
    FileState.ANSWERED: ("ok", "reply", _l("Answered")),
    FileState.LINKED: ("ok", "doc", _l("Tied to a notice")),
    FileState.CLOSED: ("quiet", "done", _l("Closed")),
}
"""Tone, icon and words of each."""

_LETTERS = {
    "fr": (
        "Madame, Monsieur,\n\n"
        "{body} a connaissance d’un système d’intelligence artificielle dont aucune information ne lui a été "
        "donnée\u00a0: «\u00a0{name}\u00a0» ({place}{since}).\n\n"
        "{body} vous demande, au plus tard le {due}\u00a0:\n\n"
        "- si ce système est utilisé, à l’essai ou prévu, depuis quand et par qui\u00a0;\n"
        "- à quoi il sert, sur quelles données, et quelles personnes il touche\u00a0;\n"
        "- ce qu’il change dans leur travail, et ce qui est prévu pour elles\u00a0;\n"
        "- quand une notice lui sera transmise, et si une consultation est prévue "
        "(art. L. 2312-8 et L. 2312-38 du code du travail).\n\n"
        "Veuillez agréer, Madame, Monsieur, l’expression de notre considération."
    ),
    "en": (
        "Dear Sir or Madam,\n\n"
        "{body} has learned of an artificial intelligence system of which it was told nothing: “{name}” "
        "({place}{since}).\n\n"
        "{body} asks you, by {due}:\n\n"
        "- whether this system is used, on trial or planned, since when and by whom;\n"
        "- what it is for, on which data, and whom it touches;\n"
        "- what it changes in their work, and what is planned for them;\n"
        "- when a notice will be sent to {body}, and whether a consultation is planned "
        "(L2312-8 and L2312-38 of the French labour code).\n\n"
        "Yours faithfully,"
    ),
}
_PLAIN = {
    "fr": " (art. L. 2312-8 et L. 2312-38 du code du travail)",
    "en": " (L2312-8 and L2312-38 of the French labour code)",
}
_RESOLUTIONS = {
    "fr": "{body} décide de demander à l’employeur, par lettre, des informations sur "
    "«\u00a0{name}\u00a0», et mandate son secrétaire pour transmettre cette demande.",
    "en": "{body} decides to ask the employer, by letter, for information about “{name}”, and mandates its "
    "secretary to send this request.",
}


def letter(*, body: str, name: str, place: str, since: str, due_on: date, country: str) -> dict[str, str]:
    """A letter to start from, to be reviewed by counsel, by language. French articles stand in it only where
    French law applies."""
    found = {}
    for lang in LOCALES:
        about = {"fr": f", depuis {since}", "en": f", since {since}"}[lang] if since else ""
        text = _LETTERS[lang] if country == "fr" else _LETTERS[lang].replace(_PLAIN[lang], "")
        who = _named(body, lang)
        found[lang] = text.format(body=who, name=name, place=place, since=about, due=day(due_on, lang))
    return found


def resolution(*, body: str, name: str) -> dict[str, str]:
    """A resolution to start from, by language."""
    return {lang: _RESOLUTIONS[lang].format(body=_named(body, lang), name=name) for lang in LOCALES}


def _named(body: str, lang: str) -> str:
    """The body at the head of a sentence."""
    return opening_with_article(body) if lang == "fr" else body

"""How people read the questions of the set-up, their answers, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from consult.core.i18n import _, _l, locale, ngettext, number
from consult.people.regimes import Question, Reach, Regime, Wording
from consult.people.rules import BodyKind, Languages
from consult.people.words import BODIES
from consult.procedures.loading import templates

REGIMES = {
    Regime.FR_PRIVATE: _l("France, private employer"),
    Regime.FR_OTHER: _l("France, civil service and other employers without a CSE"),
    Regime.CA_FEDERAL: _l("Canada, federal public service"),
    Regime.CA_REGULATED: _l("Canada, federally regulated private employer"),
    Regime.CA_PROVINCIAL: _l("Quebec, or another province of Canada"),
    Regime.BE: _l("Belgium"),
    Regime.DE: _l("Germany"),
    Regime.OTHER: _l("Another country"),
}
REGIMES_EXPLAINED = {
    Regime.FR_PRIVATE: _l("Companies and associations under the Labour Code, with a CSE or without."),
    Regime.FR_OTHER: _l("No procedure of law is built in: a generic one is proposed."),
    Regime.CA_FEDERAL: _l("Departments and separate agencies under the FPSLRA."),
    Regime.CA_REGULATED: _l("Banks, transport, telecommunications: the Canada Labour Code."),
    Regime.CA_PROVINCIAL: _l("No procedure of law is built in: a generic one is proposed."),
    Regime.BE: _l("CLA no. 39, works council or its substitutes."),
    Regime.DE: _l("Works Constitution Act (BetrVG)."),
    Regime.OTHER: _l("A generic procedure, and the EU AI Act where it applies."),
}
REACHES = {
    Reach.EVERYBODY: _l("Everybody has one"),
    Reach.SOME_WITHOUT: _l("Some have none"),
    Reach.MOST_WITHOUT: _l("Most have none"),
}
REACHES_EXPLAINED = {
    Reach.EVERYBODY: _l("Invitations by e-mail can reach everybody. Paper slips stay possible."),
    Reach.SOME_WITHOUT: _l("Paper slips are proposed first: they reach everybody alike."),
    Reach.MOST_WITHOUT: _l("Paper slips and posters: invitations by e-mail would leave most people out."),
}
LANGUAGES = {
    Languages.BOTH: _l("French and English"),
    Languages.FRENCH: _l("French"),
    Languages.ENGLISH: _l("English"),
}
WORDINGS = {
    Wording.FRANCE: _l("Those of France"),
    Wording.CANADA_FEDERAL: _l("Those of the federal public service of Canada"),
    Wording.CANADA: _l("Those of Canada"),
    Wording.BELGIUM: _l("Those of Belgium"),
    Wording.UNION: _l("Those of France, with unions for bodies"),
}
TITLES = {
    Question.REGIME: _l("Where are you, and what kind of employer?"),
    Question.SITES: _l("Which sites are there, and how many people work there?"),
    Question.BODIES: _l("Which bodies represent staff?"),
    Question.LANGUAGES: _l("In which languages do you work?"),
    Question.REACH: _l("Who has no e-mail at work?"),
    Question.ALERT: _l("Whom does one call, and where does one report?"),
    Question.KEYHOLDERS: _l("How many keyholders does a body name?"),
    Question.READERS: _l("Who may read notices and what follows?"),
    Question.WORDS: _l("Whose words do the pages use?"),
    Question.KINDS: _l("Which kinds of bodies are offered?"),
    Question.PROCEDURES: _l("Which procedures are offered?"),
}
SHORT = {
    Question.REGIME: _l("Country and regime"),
    Question.SITES: _l("Sites and headcount"),
    Question.BODIES: _l("Representative bodies"),
    Question.LANGUAGES: _l("Languages"),
    Question.REACH: _l("Staff without e-mail"),
    Question.ALERT: _l("Alert channel and emergency numbers"),
    Question.KEYHOLDERS: _l("Keyholders"),
    Question.READERS: _l("Who reads"),
    Question.WORDS: _l("Words used"),
    Question.KINDS: _l("Kinds of bodies offered"),
    Question.PROCEDURES: _l("Procedures offered"),
}
WHY = {
    Question.REGIME: _l("It decides which procedures and kinds of bodies are offered, and which words the "
                        "pages use. References to the law are help, never advice."),
    Question.SITES: _l("Headcount decides which thresholds apply. Roughly is enough, and can be corrected."),
    Question.BODIES: _l("Every body is called by its own name. Mandates are given on the page of people."),
    Question.LANGUAGES: _l("Where there is one language, nothing of the other is shown."),
    Question.REACH: _l(
        "Paper slips reach everybody; invitations by e-mail only those who have an address."
    ),
    Question.ALERT: _l("Shown beside every form where somebody writes without a name: messages are not read "
                       "urgently."),
    Question.KEYHOLDERS: _l("They alone can open what staff wrote; the body chooses them. Fewer than two is "
                            "never possible."),
    Question.READERS: _l("Undecided projects and people’s worries do not belong on the open web."),
    Question.WORDS: _l("They follow from the regime. Pages about one body use the words of that body."),
    Question.KINDS: _l("They follow from the regime and the headcount. Bodies that exist always stay."),
    Question.PROCEDURES: _l("They follow from the regime and the headcount. Those running are not touched."),
}  # fmt: skip
NUMBERS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "fr": (("15", "Urgence médicale", "Medical emergency"),
           ("112", "Danger, partout en Europe", "Danger, anywhere in Europe"),
           ("3114", "Souffrance, idées suicidaires, jour et nuit",
            "Distress, suicidal thoughts, day and night")),
    "ca": (("911", "Urgence, danger", "Emergency, danger"),
           ("988", "Souffrance, idées suicidaires, jour et nuit",
            "Distress, suicidal thoughts, day and night")),
    "": (("112", "Danger, partout en Europe", "Danger, anywhere in Europe"),),
}  # fmt: skip
"""Numbers to start from, by country; to be checked by whoever sets up."""


def countries() -> list[tuple[str, str]]:
    """Every country by its two letters, in the order of their names."""
    names = Locale(locale()).territories
    found = [(code.lower(), name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return sorted((one for one in found if one[0] != "zz"), key=lambda one: one[1])


def country_name(code: str) -> str:
    return str(Locale(locale()).territories.get(code.upper(), "")) if code != "zz" else ""


def people_count(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count, count=number(count))


def shown(question: Question, value: Any) -> str:
    """An answer as people read it; of what follows, null says that it follows."""
    if value is None:
        return _("What follows from the answers")
    if question is Question.REGIME:
        regime = Regime(value["regime"])
        country = country_name(value["country"]) if regime is Regime.OTHER else ""
        return ", ".join(filter(None, (str(REGIMES[regime]), country)))
    if question is Question.SITES:
        return "; ".join(f"{name} ({people_count(count)})" for name, count in value) or _("None")
    if question is Question.BODIES:
        return ", ".join(value) or _("None")
    if question is Question.ALERT:
        texts = value["channel"]
        numbers = ", ".join(str(one["number"]) for one in value["numbers"])
        return " – ".join(filter(None, (texts.get(locale()) or next(iter(texts.values()), ""), numbers)))
    if question is Question.KINDS:
        return ", ".join(str(BODIES[BodyKind(one)]) for one in value)
    if question is Question.PROCEDURES:
        return "; ".join(templates()[one].label.shown(locale()) for one in value if one in templates())
    if question is Question.KEYHOLDERS:
        return str(value)
    return str(_OF[question][value])


READERS = {
    "employees": _l("Everybody who works here, with the access word"),
    "public": _l("Everyone, on the open web"),
}
_OF: Mapping[Question, Mapping[Any, Any]] = {
    Question.LANGUAGES: LANGUAGES,
    Question.REACH: REACHES,
    Question.READERS: READERS,
    Question.WORDS: WORDINGS,
}

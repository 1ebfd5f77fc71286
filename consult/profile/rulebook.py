"""The organisation's rules as a document: sections of lines, drawn from the profile, the settings and what
the product never lets go below. The page and the PDF show the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from consult.anonymity.thresholds import K_DEFAULT, K_SMALL_SITE, MIN_SHOWN, SMALL_SITE_BELOW
from consult.consultations import queries as consultations
from consult.consultations.rules import KEPT_MONTHS, KEYHOLDERS_LEAST
from consult.core.copies import LONGEST
from consult.core.i18n import _, locale, ngettext, number
from consult.notices.duties.procedures import PROCEDURES
from consult.people import queries as people
from consult.people.models import Body, Organisation
from consult.people.regimes import Profile, Question
from consult.people.rules import MandateRole
from consult.people.services import OLD_WORD_DAYS
from consult.people.words import BODIES
from consult.procedures.loading import templates
from consult.profile import words


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """``questions``: where an administrator changes what stands here."""

    key: str
    title: str
    lines: tuple[Line, ...]
    questions: tuple[Question, ...] = ()


def sections(session: Session, *, on: date) -> list[Section]:
    """In the language being written. A constant number of queries, but one for each body."""
    found = people.organisation(session)
    assert found is not None, "an account needs an organisation"
    told = people.profile(session)
    asked = Question
    return [
        Section("organisation", _("The organisation"), tuple(_organisation(session, found, told)),
                (asked.REGIME, asked.SITES, asked.LANGUAGES, asked.WORDS)),
        Section("bodies", _("Who represents staff"), tuple(_bodies(session, on)),
                (asked.BODIES, asked.KINDS)),
        Section("procedures", _("Procedures that apply"), tuple(_procedures(session)),
                (asked.PROCEDURES,)),
        Section("reading", _("Who reads what"), tuple(_reading(found)), (asked.READERS,)),
        Section("word", _("The access word"), tuple(_word())),
        Section("said", _("What staff say without a name"), tuple(_said(found)),
                (asked.KEYHOLDERS, asked.REACH)),
        Section("alert", _("Danger, alert: whom to reach"), tuple(_alert(found)), (asked.ALERT,)),
    ]  # fmt: skip


def _organisation(session: Session, found: Organisation, told: Profile) -> Iterator[Line]:
    regime = {"regime": found.regime.value, "country": found.country}
    yield Line(_("Country and regime"), words.shown(Question.REGIME, regime))
    for site in people.establishments(session):
        yield Line(_("Site"), site.name, words.people_count(site.headcount))
    yield Line(_("Languages"), str(words.LANGUAGES[found.languages]))
    yield Line(_("Words used"), str(words.WORDINGS[told.wording]))


def _bodies(session: Session, on: date) -> Iterator[Line]:
    there = people.bodies(session)
    if not there:
        yield Line(_("Bodies"), _("No body of representatives is recorded."))
    for body in there:
        yield Line(body.name, str(BODIES[body.kind]), _of_body(session, body, on))


def _of_body(session: Session, body: Body, on: date) -> str:
    members = people.members(session, body.id, on=on)
    named = [one.account.name for one in members if one.role is MandateRole.SECRETARY]
    stands_for = ngettext(
        "Stands for %(count)s employee.", "Stands for %(count)s employees.", body.headcount,
        count=number(body.headcount),
    )  # fmt: skip
    secretary = _("Secretary: %(names)s.", names=", ".join(named)) if named else ""
    return " ".join(filter(None, (stands_for, secretary)))


def procedure_names(session: Session) -> list[str]:
    """Those that may concern the organisation, as people read them."""
    return [templates()[key].label.shown(locale()) for key in consultations.offered_procedures(session)]


def _procedures(session: Session) -> Iterator[Line]:
    described = {one.key: one for one in PROCEDURES}
    for key in consultations.offered_procedures(session):
        name, more = templates()[key].label.shown(locale()), described.get(key)
        reference = str(more.reference) if more is not None else ""
        yield Line(name, str(more.look_at) if more is not None else "", reference)
    yield Line(
        _("Reading this"),
        _("References are help, not advice. An agreement may say otherwise: it is entered with its reason."),
    )


def _reading(found: Organisation) -> Iterator[Line]:
    everybody = str(words.READERS["public" if found.is_public else "employees"])
    yield Line(
        _("Notices, questions and answers, opinion, response, commitments"), everybody,
        _("The representatives receive a notice first."),
    )  # fmt: skip
    yield Line(_("What representatives publish of messages"), everybody, _("Never wider than the notice."))
    yield Line(_("The messages themselves"), _("The keyholders named by the body, and nobody else"))
    yield Line(
        _("A notice before it is sent; a text of the body before it is adopted"),
        _("The side that writes it"),
    )
    yield Line(_("What is marked confidential"), _("The mandates named, with a reason and a last day"))


def _word() -> Iterator[Line]:
    yield Line(
        _("What it is"),
        _("One word for everyone, on posters, slips and mails, typed once. It says of nobody who they are."),
    )
    yield Line(
        _("Who changes it"), _("Human resources, or the secretary of a body"),
        ngettext("The old word works for %(num)s more day.", "The old word works for %(num)s more days.",
                 OLD_WORD_DAYS),
    )  # fmt: skip
    yield Line(
        _("What it protects, and no more"),
        _("It keeps out search engines and strangers. It does not stop someone determined to leak a text."),
    )


def _said(found: Organisation) -> Iterator[Line]:
    yield Line(
        _("Keyholders"), _("%(count)s for each letterbox", count=found.keyholders_wanted),
        _("Never fewer than %(count)s, named by the body. The employer holds no key.",
          count=KEYHOLDERS_LEAST),
    )  # fmt: skip
    yield Line(
        _("People mixed in one release"), _("%(count)s at least", count=K_DEFAULT),
        _("%(count)s where the body agreed so and stands for fewer than %(below)s.",
          count=K_SMALL_SITE, below=SMALL_SITE_BELOW),
    )  # fmt: skip
    yield Line(_("Smallest number ever shown"), str(MIN_SHOWN))
    yield Line(
        _("How long messages are kept"),
        ngettext(
            "%(num)s month after the last day, unless the body decides otherwise",
            "%(num)s months after the last day, unless the body decides otherwise", KEPT_MONTHS,
        ),
        ngettext("A backup exists for %(num)s day at most.", "A backup exists for %(num)s days at most.",
                 LONGEST),
    )  # fmt: skip
    yield Line(
        _("E-mail at work"), str(words.REACHES[found.reach]), str(words.REACHES_EXPLAINED[found.reach])
    )


def _alert(found: Organisation) -> Iterator[Line]:
    for one in found.emergency:
        label = one.get("label", {})
        yield Line(str(one.get("number", "")), str(label.get(locale()) or label.get("fr") or ""))
    channel = found.alert_channel.shown(locale())[0] if found.alert_channel else ""
    yield Line(_("Alert channel"), channel or _("Not recorded yet"))

"""Answering the questions of the set-up, and changing a rule later. Verbs: they get the session, never the
request, and never commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consult.core.db import next_number
from consult.core.errors import Refused
from consult.core.localized import Localized
from consult.people import queries, services
from consult.people.models import Account, Organisation, RuleAnswer
from consult.people.regimes import ASKED, Question, Reach, Regime, country_of
from consult.people.rules import BodyKind, Languages
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices import services as voices
from consult.web.readers import Audience, Side, Visibility

NAMES: Mapping[Question, tuple[str, str]] = {
    Question.REGIME: ("pays et régime", "country and regime"),
    Question.SITES: ("sites et effectifs", "sites and headcount"),
    Question.BODIES: ("instances représentatives", "representative bodies"),
    Question.LANGUAGES: ("langues", "languages"),
    Question.REACH: ("personnel sans e-mail", "staff without e-mail"),
    Question.ALERT: ("dispositif d’alerte et numéros d’urgence", "alert channel and emergency numbers"),
    Question.KEYHOLDERS: ("dépositaires de clé", "keyholders"),
    Question.READERS: ("qui lit", "who reads"),
    Question.WORDS: ("mots employés", "words used"),
    Question.KINDS: ("types d’instance proposés", "kinds of bodies offered"),
    Question.PROCEDURES: ("procédures proposées", "procedures offered"),
}
"""How the record names a question, in both languages."""


class ReasonNeeded(Refused):
    """An answer given once changes only with a reason."""


def answer(
    session: Session,
    question: Question,
    value: Any,
    *,
    on: date,
    actor: Account | None,
    reason: str = "",
) -> RuleAnswer | None:
    """What the answer says from now on; None where it says what was said before. During the first round an
    answer may be corrected freely; once every question was answered, it takes a ``reason`` and the change is
    on record. Raises `ReasonNeeded`."""
    register.touch(session)  # one at a time; pages that everybody shares show what follows
    said = queries.answers(session)
    answered = {one.question for one in said}
    former = next((one for one in reversed(said) if one.question is question), None)
    if former is not None and former.value == value:
        return None
    is_change = answered.issuperset(ASKED)
    if is_change and not reason.strip():
        raise ReasonNeeded("say why: once the set-up is complete, a rule changes with a reason.")
    made = RuleAnswer(
        question=question, value=value, reason=reason.strip(), answered_on=on, account=actor,
        position=next_number(session, RuleAnswer.position),
    )  # fmt: skip
    session.add(made)
    session.flush()
    if is_change:
        _record(session, made, former.value if former is not None else None)
    return made


def _record(session: Session, made: RuleAnswer, former: Any) -> None:
    fr, en = NAMES[made.question]
    register.record(
        session,
        Tag.RULES_CHANGED,
        Ref("rule", str(made.id)),
        title=Localized.of(fr=f"Règle modifiée\u00a0: {fr}", en=f"Rule changed: {en}"),
        day=made.answered_on,
        content={
            "question": made.question, "value": made.value, "before": former, "reason": made.reason,
            "by": str(made.answered_by) if made.answered_by is not None else "",
        },
        audience=Audience(Visibility.EMPLOYEES, Side.EMPLOYER),
    )  # fmt: skip


def _organisation(session: Session) -> Organisation:
    found = queries.organisation(session)
    assert found is not None, "consult init comes first"
    return found


# ── one verb for each question: the answer, and what it sets ───────────────────


def set_regime(session: Session, regime: Regime, *, elsewhere: str = "", **told: Any) -> None:
    """``elsewhere``: the country of an organisation under none of the regimes told apart, two letters."""
    country = country_of(regime, elsewhere or _organisation(session).country)
    answer(session, Question.REGIME, {"regime": regime.value, "country": country}, **told)
    organisation = _organisation(session)
    organisation.regime, organisation.country = regime, country
    session.flush()


def set_sites(session: Session, sites: Sequence[tuple[str, int]], **told: Any) -> None:
    """Names and headcounts. A site that was there and is named again gets its new headcount; the others
    stay: notices may name them."""
    answer(session, Question.SITES, [[name, count] for name, count in sites], **told)
    there = {one.name: one for one in queries.establishments(session)}
    for name, count in sites:
        if name in there:
            there[name].headcount = count
        else:
            services.add_establishment(session, name=name, headcount=count)
    session.flush()


def set_bodies(session: Session, added: Iterable[tuple[BodyKind, str, int]], **told: Any) -> None:
    """Bodies there are from now on, by kind, name and employees they stand for. None at all is an answer."""
    added = list(added)
    names = [one.name for one in queries.bodies(session)]
    names += [name for _kind, name, _count in added if name not in names]
    answer(session, Question.BODIES, sorted(names), **told)
    there = {one.name for one in queries.bodies(session)}
    for kind, name, count in added:
        if name not in there:
            services.add_body(session, name=name, kind=kind, headcount=count)


def set_languages(session: Session, languages: Languages, **told: Any) -> None:
    answer(session, Question.LANGUAGES, languages.value, **told)
    services.set_languages(session, languages)


def set_reach(session: Session, reach: Reach, **told: Any) -> None:
    answer(session, Question.REACH, reach.value, **told)
    _organisation(session).reach = reach
    session.flush()


def set_alert(
    session: Session, channel: Localized, numbers: Sequence[Mapping[str, Any]], **told: Any
) -> None:
    """``numbers``: as `Organisation.emergency` keeps them, shown on every anonymous page, those of
    letterboxes open already included."""
    kept = [dict(one) for one in numbers]
    answer(session, Question.ALERT, {"channel": dict(channel.texts), "numbers": kept}, **told)
    organisation = _organisation(session)
    organisation.alert_channel, organisation.emergency = channel, kept
    session.flush()
    voices.tell_exits(session, kept, channel.texts)  # whoever writes now must not read an old number


def set_keyholders(session: Session, wanted: int, **told: Any) -> None:
    """How many the body is advised to name; two at least, anywhere."""
    answer(session, Question.KEYHOLDERS, wanted, **told)
    _organisation(session).keyholders_wanted = wanted
    session.flush()


def set_readers(session: Session, *, is_public: bool, **told: Any) -> None:
    answer(session, Question.READERS, "public" if is_public else "employees", **told)
    _organisation(session).is_public = is_public
    session.flush()


def set_instead(session: Session, question: Question, value: Any, **told: Any) -> None:
    """Words, kinds of bodies or procedures other than those that follow; None: those that follow again."""
    answer(session, question, value, **told)

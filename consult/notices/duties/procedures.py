"""Procedures one may look at, by what is known of the organisation and of the notice. Never one to follow:
each carries the condition under which it is for you, as a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consult.core.i18n import _l
from consult.notices.content import Content
from consult.notices.duties.kinds import (
    BELGIUM,
    CANADA,
    DECIDES,
    EUROPE,
    FRANCE,
    GERMANY,
    HIGH_RISK,
    WATCHES,
    Always,
    Certainty,
    Reason,
    Trigger,
)
from consult.notices.fields import Words


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of the organisation. ``headcount`` 0: not known; ``has_body``: a body of
    representatives is recorded; ``sector``: as the templates name it, ``""`` where nobody said."""

    country: str
    headcount: int = 0
    has_body: bool = True
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Procedure:
    """``countries`` None: wherever no procedure of a country is named. ``least`` and ``most``: employees.
    ``without_body``: for those who have no body, whatever the headcount."""

    key: str
    name: Words
    question: Words
    reference: Words
    certainty: Certainty
    look_at: Words
    countries: frozenset[str] | None = None
    least: int = 0
    most: int = 0
    without_body: bool = False
    triggers: tuple[Trigger, ...] = (Always(),)


@dataclass(frozen=True, slots=True)
class SuggestedProcedure:
    key: str
    name: Words
    question: Words
    because: tuple[Reason, ...]
    reference: Words
    certainty: Certainty
    look_at: Words


PROCEDURES: tuple[Procedure, ...] = (
    Procedure(
        "fr-cse", _l("France: information and consultation of the CSE (new technology)"),
        _l("Have there been fifty employees or more for twelve months in a row?"),
        _l("L2312-2, L2312-8; R2312-5, R2312-6"), Certainty.VERIFIED,
        _l("One month from the information, two with an expert; three with experts at two levels. An "
           "agreement may say otherwise. Past it the opinion is deemed negative."),
        FRANCE, least=50,
    ),
    Procedure(
        "fr-cse-11-49", _l("France: CSE of 11 to 49 employees (written note, reasoned answer, register)"),
        _l("Is there a CSE that has not reached fifty employees yet?"),
        _l("L2312-5, L2315-21, L2315-22"), Certainty.VERIFIED,
        _l("A note two working days before the meeting, an answer within six after it. No opinion, no vote."),
        FRANCE, least=11, most=49,
    ),
    Procedure(
        "fr-no-cse", _l("France: no CSE (information of staff)"),
        _l("Are there fewer than eleven employees, or a record of elections that found no candidate?"),
        _l("L2314-9; no period in the law"), Certainty.DEFAULT,
        _l("Where elections were due and not held, this does not stand in for them."),
        FRANCE, most=10, without_body=True,
    ),
    Procedure(
        "be-cct39", _l("Belgium: CLA no. 39, new technologies"),
        _l("Were there fifty workers on average last year, and are half of a professional category, ten at "
           "least, touched by important effects?"),
        _l("CLA no. 39, Articles 1 and 2"), Certainty.VERIFIED,
        _l("Written information and concertation, three months before it starts."), BELGIUM, least=50,
    ),
    Procedure(
        "de-betrvg90", _l("Germany: § 90 BetrVG (planning, AI included)"),
        _l("Is there a works council, which five eligible voters can elect?"),
        _l("BetrVG, §§ 1, 90, 91"), Certainty.VERIFIED, _l("In good time: the law gives no number of days."),
        GERMANY, least=5,
    ),
    Procedure(
        "ca-labour-code-technological-change",
        _l("Canada: technological change (Canada Labour Code, sections 51 to 55)"),
        _l("Are you federally regulated and bound by a collective agreement, with new equipment, a change in "
           "how business is carried on, a significant number of employees, and no exclusion of section "
           "51(2)?"),
        _l("Canada Labour Code, sections 51 to 55"), Certainty.VERIFIED,
        _l("Notice 120 days before the change; the agent has thirty days to apply for leave to bargain."),
        CANADA,
    ),
    Procedure(
        "ca-fps-tech-change",
        _l("Canada: federal public service, technological change (collective agreement)"),
        _l("Are you a department or a separate agency, under an agreement with an article on technological "
           "change?"),
        _l("Agreement in force; FPSLRA, section 8"), Certainty.GENERAL,
        _l("The days written in the agreement in force. The 180 days of an older copy are not verified: no "
           "date is computed from them."),
        CANADA,
    ),
    Procedure(
        "eu-ai-act-26-7", _l("European Union: informing representatives and workers"),
        _l("Is it a high-risk system, used at the workplace?"),
        _l("AI Act, Article 26(7); from 2 December 2027 (Annex I: 2 August 2028)"), Certainty.VERIFIED,
        _l("It runs beside the others: information, before it is put into service or used."),
        EUROPE, triggers=(HIGH_RISK, DECIDES, WATCHES),
    ),
    Procedure(
        "generic", _l("Generic consultation on the deployment of AI"),
        _l("Does no procedure of law or agreement fit?"),
        _l("No legal source: our proposal, after Directive 2002/14/EC, Article 4"), Certainty.DEFAULT,
        _l("Thirty days, questions, what staff say, an opinion, a reasoned response. Silence is shown as "
           "silence."),
    ),
)  # fmt: skip


def suggested_procedures(content: Content, profile: Profile) -> list[SuggestedProcedure]:
    """In the order of the list; what is not known of the organisation keeps a procedure in it."""
    found = []
    for one in PROCEDURES:
        because = tuple(_because(one, content, profile))
        if because:
            found.append(
                SuggestedProcedure(
                    one.key, one.name, one.question, because, one.reference, one.certainty, one.look_at
                )
            )
    return found


_OF_SECTOR = {
    "fr-cse": "private", "fr-cse-11-49": "private", "fr-no-cse": "private",
    "ca-labour-code-technological-change": "federally_regulated",
    "ca-fps-tech-change": "federal_public_service",
}  # fmt: skip
"""Procedures of one kind of employer."""


def _because(one: Procedure, content: Content, profile: Profile) -> Iterator[Reason]:
    if profile.sector and _OF_SECTOR.get(one.key, profile.sector) != profile.sector:
        return
    country, people = profile.country.lower(), profile.headcount
    if one.countries is None:
        if country not in FRANCE or profile.sector == "other":  # else three share all headcounts
            yield Reason(_l("Shown wherever no procedure of the country is sure."))
        return
    if country not in one.countries:
        return
    if one.without_body and not profile.has_body:
        yield Reason(_l("No body of representatives is recorded."))
    elif not people and (one.least or one.most):
        yield Reason(_l("The headcount is not recorded."))
    elif one.least <= people and (not one.most or people <= one.most):
        if one.least or one.most:
            yield Reason(_l("Headcount recorded: %(count)s.", count=people))
        else:
            yield from (found for found in (t.reason(content) for t in one.triggers) if found is not None)

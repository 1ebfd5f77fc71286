"""Roles, kinds of bodies and mandates, permissions: facts and pure rules."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

from consult.core.errors import Refused


class Role(StrEnum):
    """What an account is for. What a representative may do follows from mandates on the day."""

    HR_PUBLISHER = "hr_publisher"
    REPRESENTATIVE = "representative"
    ADMINISTRATOR = "administrator"
    OUTSIDE_KEYHOLDER = "outside_keyholder"
    """Whom a body invites to hold a key without sitting on it: an expert, a lawyer, a union federation."""


class Languages(StrEnum):
    """What an organisation works in."""

    FRENCH = "fr"
    ENGLISH = "en"
    BOTH = "both"

    @property
    def only(self) -> str:
        """The one language; ``""`` where there are two."""
        return "" if self is Languages.BOTH else self.value

    @property
    def codes(self) -> tuple[str, ...]:
        """``("fr", "en")``, or the one."""
        return ("fr", "en") if self is Languages.BOTH else (self.value,)


class KeyLevel(StrEnum):
    """What a program with a key may read: never more than every employee may."""

    PUBLIC = "public"
    EMPLOYEES = "employees"


class Rhythm(StrEnum):
    """How somebody wants to be reminded of what is due. Letters about an act come in any case."""

    EACH = "each"
    DAILY = "daily"
    WEEKLY = "weekly"
    NONE = "none"


def usual_rhythm(role: Role) -> Rhythm:
    """Of whoever has chosen none: one letter a day for representatives, who sit beside their work."""
    return Rhythm.DAILY if role is Role.REPRESENTATIVE else Rhythm.EACH


class BodyKind(StrEnum):
    CSE = "cse"
    CENTRAL_CSE = "central_cse"
    CSSCT = "cssct"
    EWC = "ewc"
    BELGIAN_COUNCIL = "belgian_council"
    CPPT = "cppt"
    """Committee for prevention and protection at work, in Belgium."""
    BETRIEBSRAT = "betriebsrat"
    WORKS_COUNCIL = "works_council"
    UNION = "union"
    LMCC = "lmcc"
    CUSTOM = "custom"


PREPARES: Final = frozenset({BodyKind.CSSCT})
"""Bodies that prepare for another: they neither give the opinion nor appoint an expert (L2315-38)."""
_PARENTS: Final = {
    BodyKind.CSE: frozenset({BodyKind.CENTRAL_CSE}),
    BodyKind.CSSCT: frozenset({BodyKind.CSE, BodyKind.CENTRAL_CSE}),
}


def may_stand_under(kind: BodyKind, parent: BodyKind) -> bool:
    """Whether a body of that kind can belong to one of the other: an establishment CSE to a central CSE, a
    CSSCT to its CSE; of other kinds, practice decides."""
    return parent in _PARENTS.get(kind, frozenset(BodyKind))


class PreparesOnly(Refused):
    """This body prepares for another: it neither gives the opinion nor appoints an expert (L2315-38)."""


def must_decide(kind: BodyKind) -> None:
    """Raises `PreparesOnly`."""
    if kind in PREPARES:
        raise PreparesOnly


class MandateRole(StrEnum):
    """The capacity in which somebody sits. The chair is the employer (L2315-32)."""

    FULL_MEMBER = "full_member"
    ALTERNATE = "alternate"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    CHAIR = "chair"
    UNION_REPRESENTATIVE = "union_representative"
    EXPERT_GUEST = "expert_guest"


VOTING = frozenset({MandateRole.FULL_MEMBER, MandateRole.SECRETARY, MandateRole.TREASURER})
"""An alternate votes only when replacing (L2315-32): `people.seats` counts that."""

ACTING = VOTING | {MandateRole.ALTERNATE, MandateRole.UNION_REPRESENTATIVE}
"""Mandates of the staff side that may write for the body; guests read."""


class Permission(StrEnum):
    """Everything a signed-in person may be allowed to do. One member, one sentence, one guard."""

    WORKSPACE_USE = "workspace:use"
    """Sign in and see what waits for oneself."""
    PEOPLE_MANAGE = "people:manage"
    """Invite, deactivate, set bodies and mandates (administrator)."""
    ACCESS_WORD_ROTATE = "access-word:rotate"
    """Change the access word (HR, or the secretary of a body)."""
    OUTBOX_READ = "outbox:read"
    """See outgoing mail in demo mode and run the waiting jobs."""
    NOTICE_WRITE = "notice:write"
    """Write, import and preview notices (HR)."""
    NOTICE_SEND = "notice:send"
    """Send a notice to a body and to employees; withdraw it (HR)."""
    NOTICE_FOLLOW = "notice:follow"
    """Read in the workspace what one's side may read."""
    LETTERBOX_OPEN = "letterbox:open"
    """Open and close a letterbox on a resolution of the body (staff side)."""
    KEY_HOLD = "key:hold"
    """Set up one's key, unlock, sort what was said (keyholders)."""
    RIGHTS_GIVE = "rights:give"
    """Give out the right to speak: slips, invitations (staff side)."""
    QUESTION_ASK = "question:ask"
    """Put a question to the employer (staff side)."""
    QUESTION_ANSWER = "question:answer"
    """Answer questions and themes (HR)."""
    OPINION_GIVE = "opinion:give"
    """Record what the body says: its opinion, its comment beside a notice (staff side)."""
    RESPONSE_GIVE = "response:give"
    """Give the reasoned response (HR)."""
    COMMITMENT_KEEP = "commitment:keep"
    """Promise, move forward and claim done (HR)."""
    COMMITMENT_JUDGE = "commitment:judge"
    """Confirm or contest, for the body (staff side)."""
    FACT_ENTER = "fact:enter"
    """Enter a dated fact of a procedure, strike one's own (HR, and the staff side)."""
    FACT_CONTEST = "fact:contest"
    """Contest for the body a day the employer entered (staff side)."""
    PROCEDURE_SET = "procedure:set"
    """Choose a procedure, or put what an agreement says in the place of what a template says
    (administrator)."""
    RULES_SET = "rules:set"
    """Answer the questions of the set-up, change the organisation's rules with a reason (administrator)."""
    RULES_READ = "rules:read"
    """Read and print the organisation's rules (everyone who signs in)."""
    API_KEY_MAKE = "api-key:make"
    """Make and revoke keys of the programming interface (administrator)."""
    FILE_OPEN = "file:open"
    """Open a file on an AI nobody has told the body about (staff side)."""
    EXPERT_APPOINT = "expert:appoint"
    """Appoint an expert for the body, end the mission (staff side)."""
    EXPERT_ROOM = "expert:room"
    """Read what the body laid out for its expert, ask for information, hand in the report (expert)."""
    EXPERT_ANSWER = "expert:answer"
    """Answer an expert, challenge the mission (HR)."""
    MEETING_CALL = "meeting:call"
    """Call a meeting and draw up its agenda (HR as chair, and the secretary)."""
    MEETING_REQUEST = "meeting:request"
    """Ask for an extraordinary meeting, or support such a request (staff side)."""
    MEETING_FOLLOW = "meeting:follow"
    """Read convocations, agendas, papers and adopted minutes (both sides)."""
    MINUTES_WRITE = "minutes:write"
    """Write the minutes of a meeting (its secretary alone)."""
    CHARTER_VOTE = "charter:vote"
    """Record the body's position on a rule of use (staff side)."""
    PAPER_WRITE = "paper:write"
    """Fill in, edit and download model texts of one's own side (HR, and the staff side)."""
    BODY_SECRETARY = "body:secretary"
    """Act as the secretary of a body: record delegations (secretary)."""


_EVERYONE = {Permission.WORKSPACE_USE, Permission.OUTBOX_READ, Permission.RULES_READ}
_EMPLOYER = {
    Permission.ACCESS_WORD_ROTATE, Permission.NOTICE_WRITE, Permission.NOTICE_SEND, Permission.NOTICE_FOLLOW,
    Permission.QUESTION_ANSWER, Permission.RESPONSE_GIVE, Permission.COMMITMENT_KEEP, Permission.FACT_ENTER,
    Permission.EXPERT_ANSWER, Permission.MEETING_CALL, Permission.MEETING_FOLLOW, Permission.PAPER_WRITE,
}  # fmt: skip
_STAFF = {
    Permission.LETTERBOX_OPEN,
    Permission.QUESTION_ASK,
    Permission.OPINION_GIVE,
    Permission.COMMITMENT_JUDGE,
    Permission.NOTICE_FOLLOW,
    Permission.KEY_HOLD,
    Permission.RIGHTS_GIVE,
    Permission.FACT_ENTER,
    Permission.FACT_CONTEST,
    Permission.FILE_OPEN,
    Permission.EXPERT_APPOINT,
    Permission.MEETING_REQUEST,
    Permission.MEETING_FOLLOW,
    Permission.CHARTER_VOTE,
    Permission.PAPER_WRITE,
}
_SECRETARY = {
    Permission.ACCESS_WORD_ROTATE,
    Permission.MEETING_CALL,
    Permission.MINUTES_WRITE,
    Permission.BODY_SECRETARY,
}
_ADMINISTRATOR = {
    Permission.PEOPLE_MANAGE, Permission.PROCEDURE_SET, Permission.RULES_SET, Permission.API_KEY_MAKE,
}  # fmt: skip


def permissions_of(role: Role, mandates: frozenset[MandateRole]) -> frozenset[Permission]:
    """What an account may do in general; on a given thing, the thing's bodies decide too.
    The chair is the employer: no mandate as chair opens anything of the staff side."""
    found = set(_EVERYONE)
    if role is Role.ADMINISTRATOR:
        found |= _ADMINISTRATOR
    if role is Role.HR_PUBLISHER:
        found |= _EMPLOYER
    if role is Role.REPRESENTATIVE and mandates & ACTING:
        found |= _STAFF
        if MandateRole.SECRETARY in mandates:
            found |= _SECRETARY
    elif role is Role.OUTSIDE_KEYHOLDER:
        found.add(Permission.KEY_HOLD)
    elif role is Role.REPRESENTATIVE and mandates & {MandateRole.EXPERT_GUEST, MandateRole.CHAIR}:
        found |= {Permission.NOTICE_FOLLOW, Permission.MEETING_FOLLOW}
        if MandateRole.EXPERT_GUEST in mandates:
            found.add(Permission.EXPERT_ROOM)
        if MandateRole.CHAIR in mandates:
            found.add(Permission.MEETING_CALL)
    return frozenset(found)


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_address(text: str) -> bool:
    """Whether that can be an e-mail address; whether it is one, the first letter will tell."""
    return len(text.strip()) <= 254 and _ADDRESS.fullmatch(text.strip()) is not None


def is_running(starts_on: date, ends_on: date | None, on: date) -> bool:
    """A mandate counts on its first and on its last day."""
    return starts_on <= on and (ends_on is None or on <= ends_on)


def majority(present: int) -> int:
    """How many votes carry a motion: more than half of the members present (L2315-32)."""
    return present // 2 + 1


def is_adopted(votes_for: int, votes_against: int, abstentions: int) -> bool:
    """Majority of the members present: abstaining counts against, a tie fails (L2315-32)."""
    return votes_for >= majority(votes_for + votes_against + abstentions)


class NotAdopted(Refused):
    """The motion has no majority of the members present: it is not a decision of the body."""


class Unseatable(StrEnum):
    """Why a person cannot sit in that capacity."""

    EMPLOYER = "employer"
    """Human resources speak for the employer: they may only chair."""
    ADMINISTRATOR = "administrator"
    """An administrator sees nothing of what was said, so sits nowhere."""
    OUTSIDE = "outside"
    """An outside keyholder sits on no body: that is what outside means."""
    TWICE = "twice"
    """There is a mandate on that body at that time already."""
    BOTH_SIDES = "both_sides"
    """Nobody chairs for the employer and represents staff at the same time."""


class CannotSit(Refused):
    """The mandate is refused; ``why`` says it."""

    def __init__(self, why: Unseatable) -> None:
        super().__init__(str(why))
        self.why = why


def overlap(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """Whether two periods, last days included, share a day. None: without end."""
    return (end is None or other_start <= end) and (other_end is None or start <= other_end)


_MASCULINE: Final = ("CSE", "Comité", "Conseil", "CEE", "CPPT", "CCPS", "Betriebsrat")
_FEMININE: Final = ("CSSCT", "Commission", "Délégation")


def with_article(name: str) -> str:
    """The name of a body inside a French sentence: *le CSE d’Orvalie*; as it is where nobody can tell."""
    first = name.split(" ")[0]
    article = "le " if first in _MASCULINE else "la " if first in _FEMININE else ""
    return article + name


def opening_with_article(name: str) -> str:
    """The same at the head of a sentence: *Le CSE d’Orvalie*."""
    said = with_article(name)
    return said[:1].upper() + said[1:]


class AlreadyThere(Refused):
    """An account with that address exists."""


class LastAdministrator(Refused):
    """Deactivating the only administrator would lock everybody out."""


class ChairHoldsNoKey(Refused):
    """The chair is the employer: never a keyholder."""

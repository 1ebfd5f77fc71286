"""Forms of this room. Rows are added by the server: everything works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import Field, FieldList, Form, FormField, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, StopValidation

from consult.core.i18n import _l, ngettext
from consult.core.localized import Localized
from consult.opinions.motions import Majority, Rule, rule_named
from consult.opinions.rules import REMARK_WORDS, PointKind, Position, too_long
from consult.opinions.words import MAJORITIES
from consult.people.carried import CarriedForm, carried_field
from consult.web.fields import (
    MOST_VOTES,
    CountField,
    OnceForm,
    PairForm,
    VotesForm,
    in_source,
    options,
    source_first,
    tidy,
    votes_field,
)

MOST_POINTS = 40
ROWS = {PointKind.RESERVATION: "reservations", PointKind.WISH: "wishes"}
POSITIONS = (
    (Position.NONE.value, _l("No position: the text speaks for itself")),
    (Position.FAVOURABLE.value, _l("Favourable")),
    (Position.WITH_RESERVATIONS.value, _l("Favourable, with reservations")),
    (Position.UNFAVOURABLE.value, _l("Unfavourable")),
)
_LONG = Length(max=50_000, message=_l("This is too long: 50,000 characters at most."))
_POINT = Length(max=5_000, message=_l("This is too long: 5,000 characters at most."))
_REASONED = in_source(_l("Write the text that the body adopted."))
_COMMENTED = in_source(_l("Write the comment that the body adopted."))


class PointForm(PairForm):
    """One reservation or wish; a row left empty is no point."""

    text_fr = TextAreaField(_l("In French"), [source_first(), _POINT])
    text_en = TextAreaField(_l("In English"), [source_first(), _POINT])


def blank_field() -> CountField:
    """Blank and void ballots: most votes have none."""
    return CountField(
        _l("Blank and void ballots"),
        [
            InputRequired(_l("Write how many, 0 if none.")),
            NumberRange(0, MOST_VOTES, _l("Write a number between 0 and 999.")),
        ],
        default=0,
        render_kw={"inputmode": "numeric", "min": "0", "max": str(MOST_VOTES), "autocomplete": "off"},
    )


def rule_field() -> RadioField:
    return RadioField(_l("Rule of the vote"), default=Majority.MEMBERS_PRESENT.value)


class RuledVotes(VotesForm):
    """A vote by the rule of the procedure: only what the rule needs is asked. The form places the fields."""

    rule: Any
    blank: Any
    rules: tuple[Rule, ...] = ()

    def under(self, rules: Sequence[Rule]) -> Self:
        """Says which rules there are to choose from."""
        self.rules = tuple(rules)
        if len(self.rules) == 1:
            del self.rule
        else:
            self.rule.choices = options((one.majority.value, MAJORITIES[one.majority]) for one in self.rules)
        if all(one.majority is Majority.NO_VOTE for one in self.rules):
            for name in ("votes_for", "votes_against", "abstentions", "blank"):
                if name in self:
                    del self[name]
        return self

    @property
    def chosen(self) -> Rule:
        """The rule chosen, or the only one."""
        return (rule_named(self.rules, self.rule.data or "") if self.rule else None) or self.rules[0]

    @property
    def tally(self) -> dict[str, int]:
        names = {
            "for": "votes_for",
            "against": "votes_against",
            "abstentions": "abstentions",
            "blank": "blank",
        }
        return {key: (self[name].data or 0) if name in self else 0 for key, name in names.items()}


class OpinionForm(PairForm, OnceForm, RuledVotes):
    """The reasoned text first; a position if the body takes one; points; the vote on paper."""

    text_fr = TextAreaField(_l("The opinion, in French"), [_REASONED, _LONG])
    text_en = TextAreaField(_l("The opinion, in English"), [_REASONED, _LONG])
    position = RadioField(_l("Position of the body"), choices=options(POSITIONS), default=Position.NONE.value)
    reservations = FieldList(FormField(PointForm), _l("Reservations"), min_entries=1, max_entries=MOST_POINTS)
    wishes = FieldList(FormField(PointForm), _l("Wishes"), min_entries=1, max_entries=MOST_POINTS)
    rule = rule_field()
    votes_for = votes_field(_l("For"), _l("Say how many voted for, 0 if nobody did."))
    votes_against = votes_field(_l("Against"), _l("Say how many voted against, 0 if nobody did."))
    abstentions = votes_field(_l("Abstentions"), _l("Say how many abstained, 0 if nobody did."))
    blank = blank_field()

    def add_row(self, kind: PointKind) -> None:
        """One more empty row, up to `MOST_POINTS`."""
        rows = self[ROWS[kind]]
        if len(rows.entries) < MOST_POINTS:
            rows.append_entry()

    @property
    def points(self) -> list[tuple[PointKind, Localized]]:
        """Rows that hold something, in order."""
        texts = [(kind, row.form.localized("text")) for kind, name in ROWS.items() for row in self[name]]
        return [(kind, text) for kind, text in texts if text]


# ── the comment beside the two-minute page ─────────────────────────────────────


def _short(_form: Form, field: Field) -> None:
    language = field.short_name[-2:]
    words = too_long(Localized({language: tidy(field.data)}, language)).get(language, 0)
    if words:
        over = ngettext(
            "This comment has %(words)s words, %(num)s too many: %(most)s at most.",
            "This comment has %(words)s words, %(num)s too many: %(most)s at most.",
            words - REMARK_WORDS,
            words=words,
            most=REMARK_WORDS,
        )
        raise StopValidation(str(over))


class _DecidedForm(CarriedForm):
    carried_by = carried_field()
    votes_for = votes_field(_l("For"), _l("Say how many voted for, 0 if nobody did."))
    votes_against = votes_field(_l("Against"), _l("Say how many voted against, 0 if nobody did."))
    abstentions = votes_field(_l("Abstentions"), _l("Say how many abstained, 0 if nobody did."))


class CommentForm(PairForm, OnceForm, _DecidedForm):
    """A short text and the vote that adopted it, or the delegation it is written under. ``base``: the number
    of the one it takes the place of."""

    text_fr = TextAreaField(_l("The comment, in French"), [_COMMENTED, source_first(), _short])
    text_en = TextAreaField(_l("The comment, in English"), [_COMMENTED, source_first(), _short])
    base = HiddenField(default="0")

    @property
    def follows(self) -> int:
        return int(self.base.data) if (self.base.data or "").isdecimal() else 0


class WithdrawForm(_DecidedForm):
    """What takes a comment back: a vote, or a delegation."""

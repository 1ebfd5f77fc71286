"""Forms of this room."""

from __future__ import annotations

from wtforms import Field, Form, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, StopValidation

from consult.commitments.rules import CommitmentState, Nature
from consult.core.i18n import _, _l
from consult.core.localized import LOCALES
from consult.web.fields import (
    DayField,
    OnceForm,
    PairForm,
    VotesForm,
    boxes,
    in_source,
    options,
    source_first,
    tidy,
    votes_field,
)
from consult.web.forms import not_blank

NATURES = (
    (Nature.MEASURE.value, _l("Measure")),
    (Nature.OBJECTIVE.value, _l("Objective of means")),
    (Nature.UNDERTAKING.value, _l("Unilateral undertaking")),
    (Nature.AGREEMENT.value, _l("Clause of an agreement")),
)
WEIGHT = {
    Nature.MEASURE.value: _l("An action with a date. The body will check that it was carried out."),
    Nature.OBJECTIVE.value: _l(
        "The company undertakes to use the means, without guaranteeing the result. This may bind the company."
    ),
    Nature.UNDERTAKING.value: _l(
        "A clear promise that employees may claim. This may bind the company: have it checked before."
    ),
    Nature.AGREEMENT.value: _l(
        "Written in an agreement signed with the unions, which alone negotiate it. This may bind the company "
        "in the terms of the agreement."
    ),
}
"""What each nature may entail: help, never advice."""

KEPT, CONTESTED = "kept", "contested"
_SHORT = Length(max=300, message=_l("This is too long: 300 characters at most."))
_LONG = Length(max=20_000, message=_l("This is too long: 20,000 characters at most."))
_TITLE = in_source(_l("Say what is promised, in one sentence."))
_SAID = in_source(_l("Say where it stands, in a few words."))
_DECIDED = in_source(_l("Write the resolution that the body adopted."))


class _Versioned(OnceForm):
    version = HiddenField()

    @property
    def version_seen(self) -> int:
        """The version of the commitment on the page; -1, never a version, where it was lost."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else -1


class PromiseForm(PairForm, OnceForm):
    """``body`` is asked only when the notice went to several. ``groups``: of the notice, or ``all``."""

    body = RadioField(_l("To which body?"), choices=())
    title_fr = StringField(_l("What is promised, in French"), [_TITLE, _SHORT])
    title_en = StringField(_l("What is promised, in English"), [_TITLE, _SHORT])
    detail_fr = TextAreaField(_l("Detail, in French"), [source_first(), _LONG])
    detail_en = TextAreaField(_l("Detail, in English"), [source_first(), _LONG])
    nature = RadioField(
        _l("Nature of the commitment"), [InputRequired(_l("Choose the nature of the commitment."))],
        choices=options(NATURES),
    )  # fmt: skip
    groups = boxes(_l("For whom"))
    others_fr = StringField(_l("For others, in French"), [source_first(), _SHORT])
    others_en = StringField(_l("For others, in English"), [source_first(), _SHORT])
    owner = StringField(
        _l("Who carries it"),
        [
            not_blank(_l("Say which function carries the commitment.")),
            Length(max=200, message=_l("This is too long: 200 characters at most.")),
        ],
    )
    due_on = DayField(_l("For when"), [InputRequired(_l("Say for when."))])
    because = boxes(_l("What it answers"))

    def validate_groups(self, field: Field) -> None:
        if not field.data and not any(tidy(self[f"others_{one}"].data) for one in LOCALES):
            raise StopValidation(_("Say whom the commitment is for."))


class MoveForm(PairForm, _Versioned):
    """Where the employer says it stands; ``to`` gets its choices from the state."""

    to = RadioField(
        _l("Where it stands"),
        [AnyOf(tuple(CommitmentState), _l("Say where it stands."))],
        choices=(),
        validate_choice=False,  # an answer that came too late is not a wrong answer: the service says which
    )
    text_fr = TextAreaField(_l("What was done, in French"), [_SAID, _LONG])
    text_en = TextAreaField(_l("What was done, in English"), [_SAID, _LONG])


def _reason_given(form: Form, field: Field) -> None:
    """Needed to contest; to confirm, a translation alone is still refused."""
    if form.verdict.data == CONTESTED and field.short_name[-2:] == form.source and not tidy(field.data):
        raise StopValidation(_("Say why the body contests."))


class VerdictForm(PairForm, _Versioned, VotesForm):
    """What the body says, on a resolution of its own."""

    verdict = RadioField(
        _l("What the body says"),
        [InputRequired(_l("Say whether the body confirms or contests."))],
        choices=options(
            ((KEPT, _l("It was kept: we confirm")), (CONTESTED, _l("It was not kept: we contest")))
        ),
    )
    reason_fr = TextAreaField(_l("Reason, in French"), [_reason_given, source_first(), _LONG])
    reason_en = TextAreaField(_l("Reason, in English"), [_reason_given, source_first(), _LONG])
    resolution_fr = TextAreaField(_l("Resolution, in French"), [_DECIDED, _LONG])
    resolution_en = TextAreaField(_l("Resolution, in English"), [_DECIDED, _LONG])
    votes_for = votes_field(_l("For"), _l("Say how many voted for, 0 if nobody did."))
    votes_against = votes_field(_l("Against"), _l("Say how many voted against, 0 if nobody did."))
    abstentions = votes_field(_l("Abstentions"), _l("Say how many abstained, 0 if nobody did."))

"""Forms of this room."""

from __future__ import annotations

from wtforms import HiddenField, RadioField

from consult.core.i18n import _l
from consult.people.rules import Rhythm
from consult.web.fields import OnceForm, options
from consult.web.forms import BaseForm

RHYTHMS = (
    (Rhythm.EACH.value, _l("One letter for each reminder")),
    (Rhythm.DAILY.value, _l("One letter a day, when there is something")),
    (Rhythm.WEEKLY.value, _l("One letter a week")),
    (Rhythm.NONE.value, _l("No reminder")),
)


class MakeForm(OnceForm):
    """``about``: the consultation, or nothing for all one follows."""

    about = HiddenField()


class RhythmForm(BaseForm):
    rhythm = RadioField(_l("How reminders reach you"), choices=options(RHYTHMS))

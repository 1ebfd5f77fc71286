"""What is asked to make slips, to take back those that were not used, and to send invitations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, StopValidation

from consult.core.i18n import _, _l, ngettext, number
from consult.files.rules import FileRefused, Reason
from consult.files.words import refusal_words
from consult.passes import roster
from consult.passes.roster import Fault, Roster, RosterRefused
from consult.passes.rules import SLIPS_MOST
from consult.web.fields import CountField
from consult.web.forms import BaseForm


class SlipsForm(BaseForm):
    """How many. ``after``: how many acts stood on the page, so that a print sent twice is made once."""

    number = CountField(_l("How many slips"))
    after = HiddenField()

    def validate_number(self, field: Any) -> None:
        if field.data is None or not 1 <= field.data <= SLIPS_MOST:
            field.errors = []
            raise StopValidation(_("Give a number from 1 to %(most)s.", most=number(SLIPS_MOST)))

    @property
    def seen(self) -> int:
        """How many acts stood on the page; -1 where nobody can say."""
        return int(self.after.data) if (self.after.data or "").isdecimal() else -1


class RevokeForm(BaseForm):
    """Yes, all of them."""

    confirmed = BooleanField(
        _l("Take them all back: no slip that was given out can be used any more."),
        [InputRequired(_l("Tick the box to take them back."))],
    )


INVITE, REMIND = "invite", "remind"
SENDINGS = (
    SelectChoice(INVITE, _l("Invitations, each with a code of its own")),
    SelectChoice(REMIND, _l("A reminder, without a code")),
)
MOST_SHOWN = 8
"""Lines that cannot be used, shown one by one."""
FAULTS = {
    Fault.NONE: _l("no address stands in it"),
    Fault.BAD: _l("this is not an e-mail address, or it has an accent or a space in it"),
    Fault.SEVERAL: _l("two addresses in one row: keep one for each person"),
    Fault.FORMULA: _l("a formula stands in it: paste its result instead"),
}
_ROSTER_FILES = {Reason.NOT_TAKEN, Reason.OLD_OFFICE, Reason.ARCHIVE, Reason.MARKUP}


class RosterForm(BaseForm):
    """Who is written to: pasted lines or a file, never both; and who hands out slips instead."""

    kind = RadioField(_l("What to send"), choices=SENDINGS, default=INVITE)
    lines = TextAreaField(_l("Addresses"))
    file = FileField(_l("Or a file"))
    slips_from = StringField(_l("Where one can draw a paper slip instead"))

    def validate_slips_from(self, field: Any) -> None:
        field.data = " ".join((field.data or "").split())
        if len(field.data) > 200:
            raise StopValidation(_("Keep it within 200 characters."))

    def roster(self) -> Roster | None:
        """What was pasted or chosen, read; None with the errors said at the field."""
        chosen: FileStorage | None = self.file.data if isinstance(self.file.data, FileStorage) else None
        raw = chosen.read() if chosen is not None and chosen.filename else b""
        has_file = chosen is not None and bool(chosen.filename)
        place = self.file if has_file else self.lines
        if has_file and (self.lines.data or "").strip():
            place.errors = [_("Paste the addresses or choose a file, not both.")]
            return None
        try:
            found = roster.of_file(raw) if has_file else roster.of_text(self.lines.data or "")
        except FileRefused as error:
            place.errors = [_refused(error)]
            return None
        except RosterRefused as error:
            place.errors = [_unfit(error)]
            return None
        if found.mistakes:
            place.errors = _mistaken(found.mistakes)
            return None
        return found


class SendForm(BaseForm):
    """What the page with the numbers carried over. ``after``: how many acts stood on it."""

    kind = HiddenField()
    roster = HiddenField()
    slips_from = HiddenField()
    after = HiddenField()

    @property
    def seen(self) -> int:
        """How many acts stood on the page; -1 where nobody can say."""
        return int(self.after.data) if (self.after.data or "").isdecimal() else -1

    @property
    def is_reminder(self) -> bool:
        return bool(self.kind.data == REMIND)

    def people(self) -> Roster:
        """Raises `RosterRefused` on anything our page did not carry."""
        return roster.carried_over(self.roster.data or "")


def _refused(error: FileRefused) -> str:
    if error.reason in _ROSTER_FILES:
        return str(_("Save the list as text, CSV or Excel (.xlsx) and choose it again."))
    return refusal_words(error)


def _unfit(error: RosterRefused) -> str:
    if error.is_empty:
        return str(_("Give at least one address, one person on each line."))
    return str(_("At most %(most)s people at a time: send the rest afterwards.", most=number(roster.MOST)))


def _mistaken(mistakes: Sequence[roster.Mistake]) -> list[str]:
    shown = [_("Line %(line)s: %(fault)s.", line=one.line, fault=FAULTS[one.fault]) for one in mistakes]
    more = len(shown) - MOST_SHOWN
    if more > 0:
        left = ngettext("%(num)s more line like these.", "%(num)s more lines like these.", more)
        return [*shown[:MOST_SHOWN], left]
    return shown

"""What is asked to make slips, and to take back those that were not used."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.validators import InputRequired, StopValidation

from consult.core.i18n import _, _l, number
from consult.passes.rules import SLIPS_MOST
from consult.web.forms import BaseForm


class SlipsForm(BaseForm):
    """How many. ``after``: how many acts stood on the page, so that a print sent twice is made once."""

    number = IntegerField(_l("How many slips"))
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

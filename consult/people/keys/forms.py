"""What is asked to make a key of the programming interface."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from consult.core.i18n import _, _l
from consult.people.rules import KeyLevel
from consult.web.fields import options
from consult.web.forms import BaseForm, not_blank

LEVELS = {
    KeyLevel.EMPLOYEES: _l("What employees read"),
    KeyLevel.PUBLIC: _l("Only what the organisation made public"),
}


def _new() -> str:
    return str(uuid4())


class KeyForm(BaseForm):
    """``once``: what the key will be called inside, so that a second click makes no second key."""

    name = StringField(
        _l("Name"),
        [
            not_blank(_l("Write what the key is for.")),
            Length(max=100, message=_l("This is too long: 100 characters at most.")),
        ],
        description=_l("The program that will use it, and whom to ask about it."),
    )
    level = RadioField(
        _l("What it may read"),
        [InputRequired(_l("Say what the key may read."))],
        choices=options(LEVELS.items()),
        default=KeyLevel.EMPLOYEES.value,
    )
    once = HiddenField(default=_new)

    def validate_once(self, field: Any) -> None:
        try:
            UUID(str(field.data))
        except ValueError:
            field.data = _new()
            raise ValidationError(_("Send the form once more.")) from None

    @property
    def key_id(self) -> UUID:
        return UUID(str(self.once.data))

"""The form that hands a document over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from wtforms import FileField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from consult.core import clock
from consult.core.i18n import _, _l
from consult.notices.rules import FileReaders
from consult.people.models import Mandate
from consult.web.fields import DayField, OnceForm, boxes, options, tidy
from consult.web.forms import not_blank

READERS = (
    (FileReaders.BODY.value, _l("The representatives")),
    (FileReaders.CONFIDENTIAL.value, _l("People named: confidential")),
)


class EnclosureForm(OnceForm):
    """A browser keeps no file: one that is refused is chosen again, the rest stays."""

    file = FileField(_l("The document"))
    label = StringField(
        _l("What this document is"),
        [not_blank(_l("Say in a few words what the document is.")), Length(max=300)],
    )
    readers = RadioField(_l("Who may open it"), choices=options(READERS), default=FileReaders.BODY.value)
    mandates = boxes(_l("Who is named"))
    reason = TextAreaField(_l("Why it is confidential"), [Length(max=500)])
    until = DayField(_l("Last day it is confidential"), [Optional()])

    def offering(self, mandates: Sequence[Mandate]) -> EnclosureForm:
        self.mandates.choices = options(
            (str(one.id), f"{one.account.name}, {one.body.name}") for one in mandates
        )
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if self.readers.data != FileReaders.CONFIDENTIAL:
            return good
        lacking = []
        if not self.mandates.data:
            lacking.append((self.mandates, _("Name at least one person.")))
        if not tidy(self.reason.data):
            lacking.append((self.reason, _("Say why it is confidential.")))
        if self.until.data is None:
            lacking.append((self.until, _("Give the last day it is confidential.")))
        elif self.until.data < clock.today() + timedelta(days=1):
            lacking.append((self.until, _("Give a day to come.")))
        for control, message in lacking:
            if not control.errors:
                control.errors, good = [message], False
        return good

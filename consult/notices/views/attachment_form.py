"""Forms of the pages of attachments: choosing a file, and saying what it is and who may open it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from babel import Locale
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from consult.core import clock
from consult.core.i18n import _, _l, locale
from consult.core.localized import LOCALES, Localized, digest
from consult.notices.content import NOTHING, Attachment, Content, as_json
from consult.notices.rules import FileReaders, tidied, typed
from consult.people.models import Mandate
from consult.web.fields import DayField, boxes, options
from consult.web.forms import BaseForm

MOST = 50
"""Attachments of one notice."""
READERS = {
    FileReaders.EMPLOYEES: _l("Whoever may read the notice"),
    FileReaders.BODY: _l("The representatives"),
    FileReaders.CONFIDENTIAL: _l("People named: confidential"),
}
EXPLAINED = {
    FileReaders.EMPLOYEES.value: _l("Employees, as soon as they may read the notice."),
    FileReaders.BODY.value: _l(
        "The elected members of the bodies that receive the notice. Employees see its name, not its content."
    ),
    FileReaders.CONFIDENTIAL.value: _l(
        "Only those ticked below. Others do not see that it exists. "
        "It takes a reason and an end; after that day, employees may open it."
    ),
}
_LINE = Length(max=300, message=_l("This line is too long: %(max)d characters at most."))
_TEXT = Length(max=2_000, message=_l("This text is too long: %(max)d characters at most."))
_SHORT_CODE = 2


class ChooseForm(BaseForm):
    """One file at a time: a browser keeps none, and each is looked at."""

    file = FileField(_l("A file"))


class VersionForm(BaseForm):
    """The version of the revision a page was made from, and a digest of its attachments: two people may
    write different parts at once."""

    version = HiddenField()
    base = HiddenField()

    @property
    def read_version(self) -> int:
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0

    def now_at(self, version: int, stored: Content) -> None:
        """What the page is made from from now on."""
        self.version.data, self.base.data = str(version), base_of(stored)


def base_of(content: Content) -> str:
    """A digest of the attachments alone."""
    return digest(json.dumps(as_json(Content(NOTHING, attachments=content.attachments)), sort_keys=True))


class AttachmentForm(VersionForm):
    """``source``: the language the notice is written in first; ``label`` and ``reason`` are pairs."""

    source: str = "fr"
    label_fr = StringField(_l("What this document is"), [_LINE])
    label_en = StringField(_l("What this document is"), [_LINE])
    label_same = BooleanField(_l("What this document is"))
    language = SelectField(_l("Language of the document"))
    is_authoritative = BooleanField(_l("This is the authoritative text of the notice"))
    readers = RadioField(
        _l("Who may open it"), choices=[SelectChoice(one.value, words) for one, words in READERS.items()]
    )
    mandates = boxes(_l("Who is named"))
    reason_fr = TextAreaField(_l("Why it is confidential"), [_TEXT])
    reason_en = TextAreaField(_l("Why it is confidential"), [_TEXT])
    reason_same = BooleanField(_l("Why it is confidential"))
    until = DayField(_l("Last day it is confidential"), [Optional()])

    def offer(self, source: str, mandates: Sequence[Mandate]) -> None:
        """Sets what can be chosen."""
        self.source = source
        self.language.choices = language_choices(locale())
        self.mandates.choices = options(
            (str(one.id), f"{one.account.name}, {one.body.name}") for one in mandates
        )

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        for control, message in self._lacking():
            if not control.errors:
                control.errors, good = [message], False
        return bool(good)

    def _lacking(self) -> list[tuple[Any, str]]:
        found: list[tuple[Any, str]] = []
        if not tidied(self[f"label_{self.source}"].data or ""):
            found.append((self[f"label_{self.source}"], _("Say in a few words what the document is.")))
        if self.is_authoritative.data and self.language.data in LOCALES:
            only = _("Only a text in another language. French and English are written in the editor.")
            found.append((self.is_authoritative, only))
        if self.readers.data != FileReaders.CONFIDENTIAL:
            return found
        if not self.named:
            found.append((self.mandates, _("Name at least one person.")))
        if not tidied(self[f"reason_{self.source}"].data or ""):
            found.append((self[f"reason_{self.source}"], _("Say why it is confidential.")))
        if self.until.data is None:
            found.append((self.until, _("Give the last day it is confidential.")))
        elif self.until.data < clock.today() + timedelta(days=1):
            found.append((self.until, _("Give a day to come.")))
        return found

    @property
    def named(self) -> tuple[str, ...]:
        """The mandates ticked, of those offered."""
        offered = [choice[0] for choice in self.mandates.iter_choices()]
        return tuple(one for one in offered if one in set(self.mandates.data or ()))

    def apply(self, file: Attachment) -> Attachment:
        """The attachment as the form says it; ``file`` is what it was, or the bare upload."""
        is_confidential = self.readers.data == FileReaders.CONFIDENTIAL
        return Attachment(
            digest=file.digest,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            label=self._pair("label", file.label),
            language=self.language.data,
            readers=FileReaders(self.readers.data),
            reason=self._pair("reason", file.reason) if is_confidential else NOTHING,
            until=self.until.data if is_confidential else None,
            mandate_ids=self.named if is_confidential else (),
            is_authoritative=bool(self.is_authoritative.data),
        )

    def _pair(self, key: str, before: Localized) -> Localized:
        texts = {lang: " ".join((self[f"{key}_{lang}"].data or "").split()) for lang in LOCALES}
        target = "en" if self.source == "fr" else "fr"
        confirmed = (target,) if self[f"{key}_same"].data else ()
        before = before if before else Localized({}, self.source)
        return typed(before, texts, source=self.source, confirmed=confirmed)


def form_of(file: Attachment) -> AttachmentForm:
    """The form of an attachment as it stands."""
    data: dict[str, Any] = {
        "language": file.language, "readers": file.readers.value, "until": file.until,
        "mandates": list(file.mandate_ids), "is_authoritative": file.is_authoritative,
    }  # fmt: skip
    for lang in LOCALES:
        data[f"label_{lang}"] = file.label.texts.get(lang, "")
        data[f"reason_{lang}"] = file.reason.texts.get(lang, "")
    return AttachmentForm(data=data)


@cache
def language_choices(language: str) -> list[SelectChoice]:
    """French and English, then every other language by its name in the reader's."""
    names = {
        code: name for code, name in Locale.parse(language).languages.items() if len(code) == _SHORT_CODE
    }
    others = sorted((name, code) for code, name in names.items() if code not in LOCALES)
    return [
        *(SelectChoice(code, names[code]) for code in LOCALES),
        *(SelectChoice(code, name) for name, code in others),
    ]

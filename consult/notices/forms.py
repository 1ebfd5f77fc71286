"""Shape of what is typed in the editor: one form per section, made from the declarations of `fields`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from consult.core.i18n import _, _l
from consult.core.localized import LOCALES, Localized, digest
from consult.notices import fields
from consult.notices.fields import Section
from consult.notices.rules import CHANGELOG, TITLE, MilestoneKind, rebased, tidied, typed
from consult.notices.services import NOTHING, Content, GroupText, MilestoneText, as_json
from consult.web.fields import CountField, DayField, OnceForm
from consult.web.forms import BaseForm

LONGEST, LONGEST_LINE, MOST = 20_000, 300, 2_000_000
LANGUAGES = {"fr": "Français", "en": "English"}
_CHOICES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
_TOO_LONG = Length(max=LONGEST, message=_l("This text is too long: %(max)d characters at most."))
_LONG_LINE = Length(max=LONGEST_LINE, message=_l("This line is too long: %(max)d characters at most."))


def _pair(key: str, label: Any, *, line: bool = False) -> dict[str, Any]:
    """``<key>_fr``, ``<key>_en`` and ``<key>_same``: both say the same now."""
    kind, check = (StringField, _LONG_LINE) if line else (TextAreaField, _TOO_LONG)
    return {
        f"{key}_fr": kind(label, [check]),
        f"{key}_en": kind(label, [check]),
        f"{key}_same": BooleanField(label),
    }


class _PairForm(BaseForm):
    def texts(self, key: str) -> dict[str, str]:
        return {language: self[f"{key}_{language}"].data or "" for language in LOCALES}

    def value(self, key: str, before: Localized, source: str) -> Localized:
        """What the text becomes; see `rules.typed`."""
        target = "en" if source == "fr" else "fr"
        confirmed = (target,) if self[f"{key}_same"].data else ()
        return typed(before, self.texts(key), source=source, confirmed=confirmed)


class _RowForm(_PairForm):
    """A row of a table. ``at``: the place of the stored row it was made from."""

    at = HiddenField()
    drop = BooleanField()

    @property
    def is_kept(self) -> bool:
        return not self.drop.data and not self.is_empty

    @property
    def is_empty(self) -> bool:
        plain = (f for f in self if f.short_name not in {"at", "drop"} and not isinstance(f, BooleanField))
        return not any(str(one).strip() for field in plain for one in field.raw_data or [field.data or ""])

    def stored(self, rows: Sequence[Any]) -> Any | None:
        try:
            place = int(self.at.data or "")
        except ValueError:
            return None
        return rows[place] if 0 <= place < len(rows) else None


class GroupForm(_RowForm):
    sites = StringField(_l("Sites"), [_LONG_LINE])
    headcount = CountField(
        _l("Number of people"),
        [Optional(), NumberRange(0, MOST, _l("Write a number of people, 0 or more."))],
        render_kw={"inputmode": "numeric", "min": "0"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.is_kept:
            return True
        good = super().validate(extra_validators)
        if not any(tidied(text) for text in self.texts("name").values()):
            self["name_fr"].errors = [_("Give this group a name, or remove the row.")]
            return False
        return bool(good)


class MilestoneForm(_RowForm):
    kind = SelectField(
        _l("Kind of date"),
        choices=[
            SelectChoice("", _l("Choose")),
            *(SelectChoice(one.value, words) for one, words in fields.MILESTONE_KINDS.items()),
        ],
    )
    day = DayField(_l("Day"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.is_kept:
            return True
        good = super().validate(extra_validators)
        if not self.kind.errors and not self.kind.data:
            self.kind.errors, good = [_("Choose what kind of date it is.")], False
        if not self.day.errors and self.day.data is None:
            self.day.errors, good = [_("Give the day, or remove the row.")], False
        return bool(good)


for _row, _keys in ((GroupForm, ("name", "change", "measures")), (MilestoneForm, ("label",))):
    for _key in _keys:
        for _name, _unbound in _pair(_key, _l("Name"), line=_key in {"name", "label"}).items():
            setattr(_row, _name, _unbound)


class NewForm(OnceForm):
    """A title in one language: the authoritative one."""

    title = StringField(
        _l("Title"), [Length(max=LONGEST_LINE, message=_LONG_LINE.message)],
        description=_l("The name of the system, then what it does, as you would tell a colleague."),
    )  # fmt: skip
    source = RadioField(_l("Authoritative language"), choices=_CHOICES)

    def validate_title(self, field: StringField) -> None:
        field.data = " ".join(tidied(field.data or "").split())
        if not field.data:
            raise ValidationError(_("Give the notice a title."))

    @property
    def localized(self) -> Localized:
        return Localized({self.source.data: self.title.data}, self.source.data)


class ReviseForm(_PairForm):
    """What changed since the published revision, and because of what was said."""


for _name, _unbound in _pair(CHANGELOG, fields.label_of(CHANGELOG)).items():
    setattr(ReviseForm, _name, _unbound)


class SectionForm(_PairForm):
    """One section of the editor. ``base`` is the digest of the section's text the page was made from, so
    that two people may write different sections at once."""

    section: Section
    source: str = "fr"
    version = HiddenField()
    base = HiddenField()

    @property
    def read_version(self) -> int:
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0

    def pair_keys(self) -> Iterator[str]:
        """Keys of the pairs of this form, rows aside."""
        names = [field.short_name for field in self]
        return (name[:-5] for name in names if name.endswith("_same"))

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.section is Section.ESSENTIALS:
            source = self["source_language"].data if self["source_language"].data in LOCALES else self.source
            if not tidied(self[f"{TITLE}_{source}"].data or ""):
                self[f"{TITLE}_{source}"].errors = [
                    _("Give the notice a title in its authoritative language.")
                ]
                return False
        return bool(good)

    def apply(self, stored: Content) -> Content:
        """The whole text of the notice with this section's part replaced."""
        source = stored.title.source
        if self.section is Section.ESSENTIALS:
            source = self["source_language"].data or source
            stored = _rebased(stored, source)
        changes: dict[str, Any] = {"summary": dict(stored.summary), "fields": dict(stored.fields)}
        for key in self.pair_keys():
            if key == TITLE:
                one_line = {lang: " ".join(tidied(text).split()) for lang, text in self.texts(TITLE).items()}
                confirmed = [lang for lang in LOCALES if self["title_same"].data and lang != source]
                changes[TITLE] = typed(stored.title, one_line, source=source, confirmed=confirmed)
            elif key == CHANGELOG:
                changes[CHANGELOG] = self.value(key, stored.changelog, source)
            else:
                part = changes["summary" if key in fields.SENTENCES else "fields"]
                part[key] = self.value(key, part.get(key, Localized({}, source)), source)
        if self.section is Section.PEOPLE:
            changes["groups"] = tuple(
                _group(row.form, stored.groups, source) for row in _kept(self["groups"])
            )
        if self.section is Section.TIMETABLE:
            rows = _kept(self["milestones"])
            changes["milestones"] = tuple(_milestone(row.form, stored.milestones, source) for row in rows)
        return replace(stored, **changes).normal()


def _kept(rows: FieldList) -> list[Any]:
    return [row for row in rows.entries if row.form.is_kept]


def _group(row: GroupForm, stored: Sequence[GroupText], source: str) -> GroupText:
    before = row.stored(stored) or GroupText(Localized({}, source))
    return GroupText(
        name=row.value("name", before.name, source),
        sites=tidied(row.sites.data or ""),
        headcount=row.headcount.data,
        change=row.value("change", before.change, source),
        measures=row.value("measures", before.measures, source),
    )


def _milestone(row: MilestoneForm, stored: Sequence[MilestoneText], source: str) -> MilestoneText:
    before = row.stored(stored)
    label = before.label if before is not None else Localized({}, source)
    return MilestoneText(MilestoneKind(row.kind.data), row.day.data, row.value("label", label, source))


def _rebased(content: Content, source: str) -> Content:
    if content.title.source == source:
        return content
    return Content(
        title=rebased(content.title, source),
        summary={key: rebased(text, source) for key, text in content.summary.items()},
        fields={key: rebased(text, source) for key, text in content.fields.items()},
        groups=tuple(
            replace(one, name=rebased(one.name, source), change=rebased(one.change, source),
                    measures=rebased(one.measures, source))
            for one in content.groups
        ),
        milestones=tuple(replace(one, label=rebased(one.label, source)) for one in content.milestones),
        changelog=rebased(content.changelog, source),
    )  # fmt: skip


def _class_of(section: Section) -> type[SectionForm]:
    members: dict[str, Any] = {"section": section}
    if section is Section.ESSENTIALS:
        members |= _pair(TITLE, fields.label_of(TITLE), line=True)
        members["source_language"] = RadioField(_l("Authoritative language"), choices=_CHOICES)
        members |= _pair(CHANGELOG, fields.label_of(CHANGELOG))
        for sentence in fields.SUMMARY:
            members |= _pair(sentence.key, sentence.label)
    for one in fields.of_section(section):
        members |= _pair(one.key, one.label)
    if section is Section.PEOPLE:
        members["groups"] = FieldList(FormField(GroupForm))
    if section is Section.TIMETABLE:
        members["milestones"] = FieldList(FormField(MilestoneForm))
    return type(f"{section.name.title()}Form", (SectionForm,), members)


FORMS: Mapping[Section, type[SectionForm]] = {section: _class_of(section) for section in Section}


def form_of(section: Section, content: Content, *, version: int, is_first: bool) -> SectionForm:
    """The form of a section as it stands, with a few empty rows where there is a table."""
    data: dict[str, Any] = {"version": str(version), "base": base_of(section, content)}
    source = content.title.source
    known = {TITLE: content.title, CHANGELOG: content.changelog, **content.summary, **content.fields}
    for key, text in known.items():
        data |= _flat(key, text)
    data["source_language"] = source
    data["groups"] = [
        {"at": str(at), "sites": one.sites, "headcount": one.headcount, **_flat("name", one.name),
         **_flat("change", one.change), **_flat("measures", one.measures)}
        for at, one in enumerate(content.groups)
    ]  # fmt: skip
    data["milestones"] = [
        {"at": str(at), "kind": one.kind.value, "day": one.day, **_flat("label", one.label)}
        for at, one in enumerate(content.milestones)
    ]
    form = FORMS[section](data=data)
    _settle(form, source, is_first=is_first)
    for rows in _tables(form):
        add_rows(rows, 2 - bool(rows.entries))
    return form


def submitted(section: Section, *, source: str, is_first: bool) -> SectionForm:
    """What was posted."""
    form = FORMS[section].submitted()
    _settle(form, source, is_first=is_first)
    return form


def add_rows(rows: FieldList, count: int = 1) -> None:
    """More empty rows at the end."""
    for _each in range(count):
        rows.append_entry()


def _tables(form: SectionForm) -> list[FieldList]:
    return [field for field in form if isinstance(field, FieldList)]


def _settle(form: SectionForm, source: str, *, is_first: bool) -> None:
    form.source = source
    if is_first and f"{CHANGELOG}_fr" in form:
        for name in [f"{CHANGELOG}_fr", f"{CHANGELOG}_en", f"{CHANGELOG}_same"]:
            del form[name]


def _flat(key: str, text: Localized) -> dict[str, str]:
    return {f"{key}_{language}": text.texts.get(language, "") for language in LOCALES}


def base_of(section: Section, content: Content) -> str:
    """A digest of what a section says; another digest means that somebody changed it."""
    essentials = section is Section.ESSENTIALS
    part = Content(
        title=content.title if essentials else NOTHING,
        summary=content.summary if essentials else {},
        changelog=content.changelog if essentials else NOTHING,
        fields={
            one.key: content.fields[one.key]
            for one in fields.of_section(section)
            if one.key in content.fields
        },
        groups=content.groups if section is Section.PEOPLE else (),
        milestones=content.milestones if section is Section.TIMETABLE else (),
    )
    return digest(json.dumps(as_json(part), sort_keys=True))

"""Shape of what is typed in the editor: one form per section, made from the declarations of `fields`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

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
from consult.notices.content import NOTHING, Content, as_json
from consult.notices.fields import Cell, Column, Section, Table
from consult.notices.rules import CHANGELOG, TITLE, Authority, rebased, tidied, typed
from consult.web.fields import CountField, DayField, OnceForm, boxes, options
from consult.web.forms import BaseForm

LONGEST, LONGEST_LINE, MOST = 20_000, 300, 2_000_000
LANGUAGES = {"fr": "Français", "en": "English"}
_CHOICES = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
_TOO_LONG = Length(max=LONGEST, message=_l("This text is too long: %(max)d characters at most."))
_LONG_LINE = Length(max=LONGEST_LINE, message=_l("This line is too long: %(max)d characters at most."))
CAUSES_LABEL = _l("What led to this revision")
CAUSES = "causes"
ANSWER = "answer_"
"""Before the key of a field, the name of its closed answer."""


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
        """What the text becomes; see `rules.typed`. A language the page did not show stays as it was."""
        target = "en" if source == "fr" else "fr"
        confirmed = (target,) if self[f"{key}_same"].data else ()
        texts = {
            language: text if self[f"{key}_{language}"].raw_data else before.texts.get(language, "")
            for language, text in self.texts(key).items()
        }
        return typed(before, texts, source=source, confirmed=confirmed)


class _CausesForm(_PairForm):
    """May hold boxes of what led to a revision; a form of a first one has none."""

    def offer(self, offered: Iterable[tuple[str, Any]]) -> None:
        """What may be cited, by reference."""
        if CAUSES in self:
            self[CAUSES].choices = options(offered)

    def chosen(self, before: Sequence[str]) -> tuple[str, ...]:
        """What was ticked of what was offered, in that order; what could not be offered stays."""
        offered = [one.value for one in self[CAUSES].choices or ()]
        ticked = set(self[CAUSES].data or ())
        return (
            *(one for one in offered if one in ticked), *(one for one in before if one not in offered)
        )  # fmt: skip


class RowForm(_PairForm):
    """A row of a table. ``at``: the place of the stored row it was made from."""

    table: ClassVar[Table]
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

    def validate(self, extra_validators: Any = None) -> bool:
        if not self.is_kept:
            return True
        good = super().validate(extra_validators)
        for column in self.table.columns:
            control = self[f"{column.key}_fr" if column.cell.is_text else column.key]
            if column.needed and not control.errors and not self._says(column):
                control.errors, good = [str(column.needed)], False
        return bool(good)

    def _says(self, column: Column) -> bool:
        if column.cell.is_text:
            return any(tidied(text) for text in self.texts(column.key).values())
        return self[column.key].data not in (None, "")

    def row(self, stored: Sequence[Any], source: str) -> Any:
        """The row it says, its texts following those of the stored row it was made from."""
        before = self.stored(stored)
        values = {column.key: self._cell(column, before, source) for column in self.table.columns}
        return self.table.row(**values)

    def _cell(self, column: Column, before: Any, source: str) -> Any:
        if column.cell.is_text:
            known = getattr(before, column.key) if before is not None else Localized({}, source)
            return self.value(column.key, known, source)
        data = self[column.key].data
        if column.cell is Cell.CHOICE:
            return next((one for one in column.choices or () if one == data), None)
        return tidied(data or "") if column.cell is Cell.NAME else data


def _cell_fields(column: Column) -> dict[str, Any]:
    if column.cell.is_text:
        return _pair(column.key, column.label, line=column.cell is Cell.LINE)
    if column.cell is Cell.COUNT:
        check = [Optional(), NumberRange(0, MOST, _l("Write a number of people, 0 or more."))]
        return {column.key: CountField(column.label, check, render_kw={"inputmode": "numeric", "min": "0"})}
    if column.cell is Cell.DAY:
        return {column.key: DayField(column.label, [Optional()])}
    if column.cell is Cell.CHOICE:
        known = [SelectChoice(one.value, words) for one, words in (column.choices or {}).items()]
        empty = SelectChoice("", _l("Choose") if column.needed else _l("Not said"))
        return {column.key: SelectField(column.label, choices=[empty, *known])}
    return {column.key: StringField(column.label, [_LONG_LINE])}


def _row_class(table: Table) -> type[RowForm]:
    members: dict[str, Any] = {"table": table}
    for column in table.columns:
        members |= _cell_fields(column)
    return type(f"{table.key.title()}RowForm", (RowForm,), members)


ROW_FORMS: Mapping[str, type[RowForm]] = {table.key: _row_class(table) for table in fields.TABLES}


EMPTY, COPY = "empty", "copy"


class NewForm(OnceForm):
    """How to start (empty, from a starter by its key, from another notice), and a title in one language: the
    authoritative one. With something to start from, the title may be left to it."""

    start = RadioField(_l("How to start"), default=EMPTY)
    copied = SelectField(_l("The notice to copy"))
    title = StringField(
        _l("Title"), [Length(max=LONGEST_LINE, message=_LONG_LINE.message)],
        description=_l("The name of the system, then what it does, as you would tell a colleague."),
    )  # fmt: skip
    source = RadioField(_l("Authoritative language"), choices=_CHOICES)

    def offering(self, starters: Mapping[str, str], notices: Mapping[str, str]) -> Self:
        """Says what there is to start from: titles by key, and by address."""
        rows = [SelectChoice(EMPTY, _l("An empty notice"))]
        rows += [SelectChoice(key, title) for key, title in starters.items()]
        rows += [SelectChoice(COPY, _l("A copy of another notice"))] if notices else []
        self.start.choices = rows
        known = [SelectChoice(slug, title) for slug, title in notices.items()]
        self.copied.choices = [SelectChoice("", _l("Choose")), *known]
        return self

    def validate_copied(self, field: SelectField) -> None:
        if self.start.data == COPY and not field.data:
            raise ValidationError(_("Choose the notice to copy."))

    def validate_title(self, field: StringField) -> None:
        field.data = " ".join(tidied(field.data or "").split())
        if not field.data and self.start.data == EMPTY:
            raise ValidationError(_("Give the notice a title."))

    @property
    def localized(self) -> Localized:
        return Localized({self.source.data: self.title.data}, self.source.data)


class ReviseForm(_CausesForm):
    """What changed since the published revision, and because of what was said."""

    causes = boxes(CAUSES_LABEL)


for _name, _unbound in _pair(CHANGELOG, fields.label_of(CHANGELOG)).items():
    setattr(ReviseForm, _name, _unbound)


class SectionForm(_CausesForm):
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

    def answers(self) -> dict[str, str]:
        """The closed answers; ``""`` where one was left open."""
        keys = [one.key for one in fields.of_section(self.section) if one.choices]
        return {key: self[ANSWER + key].data or "" for key in keys}

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
        changes["answers"] = {**stored.answers, **self.answers()}
        if self.section is Section.ESSENTIALS:
            changes |= {"authority": Authority(self["authority"].data), "follow_on": self["follow_on"].data}
        if CAUSES in self:
            changes[CAUSES] = self.chosen(stored.causes)
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
        for table in fields.tables_of(self.section):
            kept = (row.form for row in self[table.key].entries if row.form.is_kept)
            changes[table.key] = tuple(row.row(getattr(stored, table.key), source) for row in kept)
        return replace(stored, **changes).normal()


def _rebased(content: Content, source: str) -> Content:
    """The whole text with another language as its source."""
    if content.title.source == source:
        return content

    def row(one: Any, table: Table) -> Any:
        return replace(
            one, **{column.key: rebased(getattr(one, column.key), source) for column in table.texts}
        )

    parts: dict[str, Any] = {
        table.key: tuple(row(one, table) for one in getattr(content, table.key)) for table in fields.TABLES
    }
    return replace(
        content,
        title=rebased(content.title, source),
        summary={key: rebased(text, source) for key, text in content.summary.items()},
        fields={key: rebased(text, source) for key, text in content.fields.items()},
        changelog=rebased(content.changelog, source),
        **parts,
    )


def _class_of(section: Section) -> type[SectionForm]:
    members: dict[str, Any] = {"section": section}
    if section is Section.ESSENTIALS:
        members |= _pair(TITLE, fields.label_of(TITLE), line=True)
        members["source_language"] = RadioField(_l("Written first in"), choices=_CHOICES)
        members["authority"] = RadioField(
            _l("Which text counts"),
            choices=[SelectChoice(one.value, words) for one, words in fields.AUTHORITIES.items()],
        )
        members["follow_on"] = DayField(_l("What is not written yet follows by"), [Optional()])
        members |= _pair(CHANGELOG, fields.label_of(CHANGELOG))
        members[CAUSES] = boxes(CAUSES_LABEL)
        for sentence in fields.SUMMARY:
            members |= _pair(sentence.key, sentence.label)
    for one in fields.of_section(section):
        if one.choices:
            choices = [SelectChoice(choice.value, choice.label) for choice in one.choices]
            members[ANSWER + one.key] = RadioField(one.label, [Optional()], choices=choices)
        members |= _pair(one.key, one.label)
    for table in fields.tables_of(section):
        members[table.key] = FieldList(FormField(ROW_FORMS[table.key]))
    return type(f"{section.name.title()}Form", (SectionForm,), members)


FORMS: Mapping[Section, type[SectionForm]] = {section: _class_of(section) for section in Section}


def form_of(section: Section, content: Content, *, version: int, is_first: bool) -> SectionForm:
    """The form of a section as it stands, with a few empty rows where there is a table."""
    data: dict[str, Any] = {"version": str(version), "base": base_of(section, content)}
    source = content.title.source
    known = {TITLE: content.title, CHANGELOG: content.changelog, **content.summary, **content.fields}
    for key, text in known.items():
        data |= _flat(key, text)
    data |= {
        "source_language": source, "authority": content.authority.value, "follow_on": content.follow_on,
        CAUSES: list(content.causes),
    }  # fmt: skip
    data |= {ANSWER + key: value for key, value in content.answers.items()}
    for table in fields.TABLES:
        rows = getattr(content, table.key)
        data[table.key] = [_row_data(table, at, row) for at, row in enumerate(rows)]
    form = FORMS[section](data=data)
    _settle(form, source, is_first=is_first)
    for rows in _tables(form):
        add_rows(rows)
    return form


def _row_data(table: Table, at: int, row: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"at": str(at)}
    for column in table.columns:
        value = getattr(row, column.key)
        data |= _flat(column.key, value) if column.cell.is_text else {column.key: value}
    return data


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
        for name in [f"{CHANGELOG}_fr", f"{CHANGELOG}_en", f"{CHANGELOG}_same", CAUSES]:
            del form[name]


def _flat(key: str, text: Localized) -> dict[str, str]:
    return {f"{key}_{language}": text.texts.get(language, "") for language in LOCALES}


def base_of(section: Section, content: Content) -> str:
    """A digest of what a section says; another digest means that somebody changed it."""
    essentials = section is Section.ESSENTIALS
    keys = {one.key for one in fields.of_section(section)}
    rows: dict[str, Any] = {table.key: getattr(content, table.key) for table in fields.tables_of(section)}
    part = Content(
        title=content.title if essentials else NOTHING,
        summary=content.summary if essentials else {},
        changelog=content.changelog if essentials else NOTHING,
        causes=content.causes if essentials else (),
        follow_on=content.follow_on if essentials else None,
        authority=content.authority if essentials else Authority.SOURCE,
        fields={key: text for key, text in content.fields.items() if key in keys},
        answers={key: value for key, value in content.answers.items() if key in keys},
        **rows,
    )
    return digest(json.dumps(as_json(part), sort_keys=True))

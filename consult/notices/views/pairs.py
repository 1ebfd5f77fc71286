"""Texts in both languages and the rows of tables, as the pages that write them show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consult.core.i18n import _, _l
from consult.core.localized import LOCALES, Localized, TranslationState, digest
from consult.notices import fields
from consult.notices.differences import Segment, segments
from consult.notices.fields import Section
from consult.notices.forms import ANSWER, SectionForm
from consult.notices.models import Notice, Revision
from consult.notices.plainness import Finding
from consult.notices.readiness import source_of, texts_of
from consult.notices.rules import CHANGELOG, REQUIRED_FIELDS, REQUIRED_TABLES, TITLE

CHANGELOG_HINT = _l(
    "What is different in this revision, and which message, question or opinion led to it. "
    "Readers see it at the head of the notice."
)
TITLE_HINT = _l("The name of the system, then what it does, as you would tell a colleague.")


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in both languages, as the macro ``pair`` takes it. ``answer``: the closed answer it explains.
    ``since``: what changed in the source since the translation was made, where that is known. ``advice``:
    how it would read better."""

    key: str
    title: Any
    source: Any
    target: Any
    source_code: str
    target_code: str
    state: str
    hint: str
    confirm: Any
    rows: int = 5
    answer: Any = None
    since: tuple[Segment, ...] = ()
    advice: tuple[Finding, ...] = ()


def other_than(source: str) -> str:
    return next(one for one in LOCALES if one != source)


def pair_of(
    form: Any, key: str, title: Any, source: str, *,
    hint: Any = "", state: str, rows: int = 5, required: bool = False, answer: Any = None,
    since: tuple[Segment, ...] = (),
) -> Pair:  # fmt: skip
    target = other_than(source)
    hints = [str(hint)] if hint else []
    hints += [_("Needed before sending.")] if required else []
    return Pair(
        key, title, form[f"{key}_{source}"], form[f"{key}_{target}"], source, target, state, " ".join(hints),
        form[f"{key}_same"], rows, answer, since,
    )  # fmt: skip


def state_of(text: Localized | None, source: str) -> str:
    """The other language's state; empty while there is nothing to translate."""
    if text is None or not text.texts.get(source, "").strip():
        return ""
    return str(text.state(other_than(source)))


def known_sources(notice: Notice) -> dict[str, str]:
    """Every source text that was published, by its digest: what a translation may have been made from."""
    published = (one for one in notice.revisions if one.published_on is not None)
    texts = (text.texts.get(text.source, "") for one in published for _key, text in texts_of(one))
    return {digest(text): text for text in texts if text}


def _since(text: Localized | None, source: str, known: Mapping[str, str]) -> tuple[Segment, ...]:
    """What changed in the source since a stale translation was made; empty where nobody knows any more."""
    if text is None or text.state(other_than(source)) is not TranslationState.STALE:
        return ()
    before = known.get(text.made_from.get(other_than(source), ""))
    return segments(before, text.texts[source]) if before is not None else ()


def _hint(field: fields.Field) -> str:
    parts = [str(field.help)] if field.help else []
    if field.law:
        parts.append(_("Named in the labour code (%(articles)s).", articles=", ".join(field.law)))
    return " ".join(parts)


def pairs(
    revision: Revision, form: SectionForm, known: Mapping[str, str], advice: Sequence[Finding]
) -> Iterator[Pair]:
    source = source_of(revision)

    def one(key: str, title: Any, text: Localized | None, **more: Any) -> Pair:
        state, since = state_of(text, source), _since(text, source, known)
        return pair_of(form, key, title, source, state=state, since=since, **more)

    if form.section is Section.ESSENTIALS:
        yield one(TITLE, fields.label_of(TITLE), revision.title, hint=TITLE_HINT, required=True)
        if f"{CHANGELOG}_fr" in form:
            label = fields.label_of(CHANGELOG)
            yield one(CHANGELOG, label, revision.changelog, hint=CHANGELOG_HINT, required=True)
        for each in fields.SUMMARY:
            text = revision.summary.get(each.key)
            told = tuple(finding for finding in advice if finding.key == each.key)
            pair = one(each.key, each.label, text, hint=each.help, rows=2, required=True)
            yield replace(pair, advice=told)
    for field in fields.of_section(form.section):
        yield one(
            field.key, field.label, revision.fields.get(field.key), hint=_hint(field),
            rows=2 if field.kind is fields.Kind.LINE else 5, required=field.key in REQUIRED_FIELDS,
            answer=form[ANSWER + field.key] if field.choices else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its form, and its cells in order (a `Pair`, or a control without a language)."""

    form: Any
    cells: list[Pair | Any]
    title: Any
    is_stored: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of the section being written."""

    table: fields.Table
    rows: list[Row]
    is_required: bool


def grids(revision: Revision, form: SectionForm, known: Mapping[str, str]) -> Iterator[Grid]:
    for table in fields.tables_of(form.section):
        stored = list(getattr(revision, table.key))
        rows = [
            _row(table, entry.form, entry.form.stored(stored), source_of(revision), number, known)
            for number, entry in enumerate(form[table.key].entries, start=1)
        ]
        yield Grid(table, rows, table.key in REQUIRED_TABLES)


def _row(
    table: fields.Table, form: Any, before: Any, source: str, number: int, known: Mapping[str, str]
) -> Row:
    cells: list[Pair | Any] = []
    for column in table.columns:
        if not column.cell.is_text:
            cells.append({"control": form[column.key], "hint": column.help, "needed": bool(column.needed)})
            continue
        text = getattr(before, column.key) if before is not None else None
        state, since = state_of(text, source), _since(text, source, known)
        cells.append(
            pair_of(
                form, column.key, column.label, source, hint=column.help, rows=2, state=state, since=since
            )
        )
    title = str(table.one) % {"number": number}
    return Row(form, cells, title, before is not None)

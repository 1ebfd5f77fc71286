"""A notice as a file to print: the same declarations as its page, in the same order, as data for the
template ``notice``. What was said and done about it is read on the page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, get_template_attribute, url_for
from sqlalchemy.orm import Session

from consult.core.i18n import _, day, day_short, locale, ngettext, number
from consult.core.localized import Localized, TranslationState
from consult.documents import pdf
from consult.documents.prose import tree
from consult.notices.blanks import Unchanged
from consult.notices.fields import SUMMARY, Cell, Column, Section, Table, tables_of
from consult.notices.rules import GROUPS, RULES, UNKNOWNS, Authority, Breach
from consult.people import queries as people
from consult.reading import labels, procedure
from consult.reading.dates import timetable
from consult.reading.files import File
from consult.reading.page import NoticePage
from consult.reading.parts import Part, Said, written_parts
from consult.web.filters import plain_of, typeset
from consult.web.readers import Visibility

Data = dict[str, Any]


def notice_pdf(session: Session, page: NoticePage) -> bytes:
    """The document, in the language of the request. Raises `documents.pdf.CannotRender`."""
    organisation = people.organisation(session)
    name = organisation.name if organisation is not None else ""
    return pdf.render("notice", contents(page, address=_address(page), organisation=name), on=page.on)


def _address(page: NoticePage) -> str:
    """Where readers find it: without the access word, since a sheet may be passed on."""
    path = url_for("reading.notice", slug=page.notice.slug)
    if not page.shows_thread:
        path = url_for("reading.revision", slug=page.notice.slug, number=page.revision.number)
    return f"{current_app.config['CONSULT_ADDRESS']}{path}"


def contents(page: NoticePage, *, address: str, organisation: str) -> Data:
    """All that the template needs, in the language of the request."""
    revision = page.revision
    return {
        "lang": locale(),
        "title": plain_of(revision.title).strip() or page.notice.slug,
        "title_lang": revision.title.shown(locale())[1],
        "title_note": note_of(revision.title),
        "organisation": organisation,
        "folio": _folio(page),
        "address": address,
        "address_text": _typed(address),
        "made": _("Printed from Consult on %(day)s. The page may have changed since.", day=day(page.on)),
        "page_of": _("Page {n} of {all}"),
        "banners": list(_banners(page)),
        "essentials_title": _("The essentials, in two minutes"),
        "essentials": list(_essentials(page)),
        "remarks_title": _("The representatives’ comment"),
        "remarks": [_remark(written, revision.number) for written in page.thread.remarks],
        "sections": [
            {"title": part.title, "blocks": list(_blocks(page, part))} for part in written_parts(page)
        ] + list(procedure.section(page.procedure)) + list(_changes(page)),
    }  # fmt: skip


def _folio(page: NoticePage) -> str:
    notice, revision = page.notice, page.revision
    which = _("Impact notice no. %(number)s.", number=notice.number)
    if revision.published_on is None:
        return f"{which} {_('Revision %(number)s, not published.', number=revision.number)}"
    on = day(revision.published_on)
    return f"{which} {_('Revision %(number)s, published on %(day)s.', number=revision.number, day=on)}"


def _typed(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}"


# ── texts ──────────────────────────────────────────────────────────────────────


def note_of(text: Localized) -> str:
    """How far the document's language of a text may be trusted; empty when it may."""
    state = text.state(locale()) if text else TranslationState.CURRENT
    if state is TranslationState.MISSING:
        is_english = text.shown(locale())[1] == "en"
        return str(_("Only in English so far") if is_english else _("Only in French so far"))
    if state is TranslationState.STALE:
        if text.source == "fr":
            return str(_("In French, the authoritative text: the English is behind it"))
        return str(_("In English, the authoritative text: the French is behind it"))
    return ""


def _notes(page: NoticePage, text: Localized) -> str:
    """The same, and whether a blank is left in it or it is what a starter wrote: as on the page."""
    follow_on = page.revision.follow_on
    found = [note_of(text)]
    if page.has_blank(text) and follow_on is not None:
        found.append(_("To follow by %(day)s", day=day(follow_on)))
    how = page.unchanged(text) if text else ""
    if how == Unchanged.WHOLE:
        found.append(_("Starter text, unchanged"))
    elif how == Unchanged.PART:
        found.append(_("Partly starter text, unchanged"))
    return ". ".join(filter(None, found))


def _line(text: Localized) -> Data:
    shown, lang = text.shown(locale())
    return {"text": typeset(shown, lang), "lang": lang}


def _prose(text: Localized) -> Data:
    shown, lang = text.shown(locale())
    return {"nodes": tree(typeset(shown, lang)), "lang": lang, "note": note_of(text)}


# ── the first page ─────────────────────────────────────────────────────────────


def _banner(tone: str, title: str, *, text: str = "", nodes: Data | None = None) -> Data:
    return {"tone": tone, "title": title, "text": text, "prose": nodes}


def _banners(page: NoticePage) -> Iterator[Data]:
    """What somebody who holds the sheet has to know before reading it; as on the page."""
    notice, revision = page.notice, page.revision
    if page.is_withdrawn and notice.withdrawn_on is not None:
        reason = _prose(notice.withdrawn_reason) if notice.withdrawn_reason else None
        yield _banner("bad", _("Withdrawn on %(day)s", day=day(notice.withdrawn_on)), nodes=reason)
    latest = page.latest
    if page.is_preview:
        yield _banner("accent", _("Preview: this is a draft. Only human resources can read it."))
    elif not page.is_current and latest is not None:
        yield _banner("warn", _(
            "You are reading revision %(number)s. Revision %(latest)s came out on %(day)s.",
            number=revision.number, latest=latest.number, day=day(latest.published_on),
        ))  # fmt: skip
    if notice.visibility is Visibility.BODY and not page.is_preview and not page.is_withdrawn:
        yield _banner("accent", _embargo(notice.held_until))
    if late := page.unknowns_late:
        one, many = (
            "%(num)s answer the employer promised is late",
            "%(num)s answers the employer promised are late",
        )
        yield _banner("warn", ngettext(one, many, late))
    yield from _languages(page)


def _embargo(until: date | None) -> str:
    if until is None:
        return str(_("Under embargo: employees cannot read this notice yet."))
    return str(_("Under embargo: employees will read this notice from %(day)s.", day=day(until)))


def _languages(page: NoticePage) -> Iterator[Data]:
    if page.revision.authority is Authority.ATTACHMENT:
        yield _banner("accent", _(
            "The text that counts is attached, in another language. French and English are courtesy versions."
        ))  # fmt: skip
    elif page.revision.authority is Authority.BOTH:
        yield _banner("accent", _("French and English are equally authoritative."))
    missing, stale = page.behind["missing"], page.behind["stale"]
    if not missing and not stale:
        return
    is_english = locale() == "en"
    title = (
        _("English is incomplete in this notice") if is_english else _("French is incomplete in this notice")
    )
    yield _banner("warn", title, text=" ".join(_behind(missing, stale)))


def _behind(missing: int, stale: int) -> Iterator[str]:
    if missing:
        yield ngettext(
            "%(num)s text is shown in the other language.",
            "%(num)s texts are shown in the other language.",
            missing,
        )
    if stale:
        yield ngettext(
            "%(num)s translation is behind the authoritative text; it says so.",
            "%(num)s translations are behind the authoritative text; each says so.",
            stale,
        )


def _one_line(text: str) -> str:
    return " ".join(line.strip(" ") for line in text.split("\n") if line.strip())


def _essentials(page: NoticePage) -> Iterator[Data]:
    """The two-minute page; its eighth sentence comes from the letterbox, in the words of the page."""
    for sentence in SUMMARY:
        text = page.revision.summary.get(sentence.key)
        if text:
            shown = _line(page.without_blanks(text))
            yield {"label": str(sentence.label), **shown, "note": _notes(page, text)}
    if page.shows_thread and not page.is_withdrawn:
        said = html.unescape(str(get_template_attribute("reading/speaking.html", "eighth")(page)))
        label = _("To speak, and until when")
        yield {"label": label, "text": _one_line(said), "lang": locale(), "note": ""}


def _remark(written: Any, number: int) -> Data:
    """The last comment of a body, as beside the two-minute page; the ones before are read there."""
    last, before = written[0], written[1] if len(written) > 1 else None
    body = last.body.name
    if last.withdrawn_on is not None:
        words = _("%(body)s withdrew its comment on %(day)s.", body=body, day=day(last.withdrawn_on))
        return {"prose": None, "signed": words, "note": ""}
    notes = []
    if before is not None and before.withdrawn_on is None:
        notes.append(_("It takes the place of that of %(day)s.", day=day(before.written_on)))
    if number > last.about_revision:
        notes.append(_("Written about revision %(number)s.", number=last.about_revision))
    signed = f"{body}, {day(last.written_on)}"
    return {"prose": _prose(last.text), "signed": signed, "note": " ".join(notes)}


# ── sections ───────────────────────────────────────────────────────────────────


def _blocks(page: NoticePage, part: Part) -> Iterator[Data]:
    """Tables, fields, and what is to follow."""
    if part.section is Section.TIMETABLE:
        yield {"kind": "dates", "rows": [_dated(line) for line in timetable(page)]}
        note = _("Limits are computed from the facts recorded. This says nothing about other formalities.")
        yield {"kind": "muted", "text": note}
    elif part.section is not None:
        for table in tables_of(part.section):
            if rows := getattr(page.revision, table.key):
                yield _table(
                    page, table, rows, title="" if str(table.label) == part.title else str(table.label)
                )
            elif table.key == GROUPS:
                yield {"kind": "muted", "text": _("The notice does not name the groups concerned.")}
    yield from (_field(page, one) for one in part.fields if one.text or one.answer is not None)
    if part.follow and page.revision.follow_on is not None:
        on = page.revision.follow_on
        words = (
            _("Expected by %(day)s", day=day(on)) if on < page.on else _("To follow by %(day)s", day=day(on))
        )
        yield {"kind": "follow", "tag": words, "text": ", ".join(str(one) for one in part.follow)}
    if part.template == "attachments" and page.files:
        yield {"kind": "files", "rows": [_file(one) for one in page.files]}
    if part.others:
        rows = [{"label": _line(one.question), **_line(one.answer)} for one in part.others]
        yield {"kind": "pairs", "rows": rows}


def _field(page: NoticePage, said: Said) -> Data:
    answer = str(said.answer) if said.answer is not None else ""
    return {
        "kind": "field",
        "title": str(said.label),
        "answer": answer,
        **_prose(said.text),
        "note": _notes(page, said.text),
    }


def _file(one: File) -> Data:
    """An attached file by its name: a sheet carries none."""
    attached = one.attachment
    title = _line(attached.label) if attached.label else {"text": attached.name, "lang": locale()}
    notes = [f"{one.kind}, {one.size}, {one.language}."]
    if attached.is_authoritative:
        notes.insert(0, f"{_('Authoritative text')}.")
    if one.until is not None:
        notes.append(_("Confidential until %(day)s, for the people named.", day=day(one.until)))
    elif one.for_the_body:
        notes.append(_("For the representatives."))
    return {**title, "note": " ".join(notes)}


def _dated(line: Any) -> Data:
    label = _line(line.label) if line.label else {"text": "", "lang": locale()}
    is_said = bool(line.label) and line.text.lower() in label["text"].lower()
    return {
        "day": day_short(line.day), "text": "" if is_said else line.text, "label": label,
        "note": " ".join(filter(None, [line.note, procedure.early_words(line.early)])), "past": line.is_past,
    }  # fmt: skip


def _table(page: NoticePage, table: Table, rows: Any, *, title: str) -> Data:
    """First what a row is about, with its short facts under it; then its longer texts, side by side."""
    first = table.texts[0]
    wide = [
        one for one in table.columns
        if one is not first and one.cell is Cell.PROSE and any(getattr(row, one.key) for row in rows)
    ]  # fmt: skip
    short = [one for one in table.columns if one is not first and one.cell is not Cell.PROSE]
    return {
        "kind": "table",
        "title": title,
        "columns": [str(one.label) for one in (first, *wide)],
        "rows": [
            {
                "cells": [_cell(page, row, one) for one in (first, *wide)],
                "facts": [fact for one in short for fact in _facts(page, row, one)]
                + (list(_positions(page, row)) if table.key == RULES else []),
                "flag": _flag(page, table, row),
            }
            for row in rows
        ],
    }


def _cell(page: NoticePage, row: Any, column: Column) -> Data:
    text: Localized = getattr(row, column.key)
    if not text:
        return {"nodes": [], "lang": locale(), "note": ""}
    shown = page.without_blanks(text)
    if column.cell is Cell.PROSE:
        return {**_prose(shown), "note": _notes(page, text)}
    line = _line(shown)
    nodes = [{"t": "p", "c": [{"t": "text", "v": line["text"]}]}]
    return {"nodes": nodes, "lang": line["lang"], "note": note_of(text)}


def _facts(page: NoticePage, row: Any, column: Column) -> Iterator[Data]:
    """A short fact of a row, with its name; a choice needs none, and a delay is nothing once it has a day."""
    value = getattr(row, column.key)
    if value is None or value == "" or (column.key == "delay" and getattr(row, "due_on", None) is not None):
        return
    label = f"{column.label}"
    if column.cell is Cell.LINE:
        if value:
            yield {"label": label, **_line(page.without_blanks(value))}
        return
    if column.choices is not None:
        is_kind = column.key == "kind"
        text = str(_breach(value) if isinstance(value, Breach) else column.choices[value])
        yield {"label": "" if is_kind or isinstance(value, Breach) else label, "text": text, "lang": locale()}
    else:
        yield {"label": label, "text": _short(value), "lang": locale()}


def _positions(page: NoticePage, rule: Any) -> Iterator[Data]:
    """What each body says of a rule of use, and on which wording."""
    for one in page.replies.on_rule(rule):
        words = f"{labels.RULE_POSITIONS[one.position]} ({day_short(one.voted_on)})"
        if not one.is_current:
            earlier = _("Taken on the earlier wording: revision %(number)s", number=one.about_revision)
            words = f"{words}. {earlier}"
        yield {"label": one.body, "text": words, "lang": locale()}
        if one.reason:
            yield {"label": str(_("Reason or condition")), **_line(one.reason)}


def _short(value: Any) -> str:
    if isinstance(value, date):
        return day_short(value)
    return number(value) if isinstance(value, int) else str(value)


def _breach(value: Breach) -> str:
    if value is Breach.SANCTIONED:
        return str(_("A breach may be sanctioned: such a rule adds to the works rules (L1321-5)."))
    return str(_("A recommendation: no sanction."))


def _flag(page: NoticePage, table: Table, row: Any) -> str:
    if table.key == GROUPS and not row.measures:
        return str(_("No measure for this group"))
    if table.key == UNKNOWNS and (late := page.unknown_late(row)):
        return str(ngettext("Answer late by %(num)s day", "Answer late by %(num)s days", late))
    return ""


def _changes(page: NoticePage) -> Iterator[Data]:
    """What each revision changed, the newest first."""
    if not page.changes:
        return
    blocks = [
        {
            "kind": "field", "answer": "", **_prose(one.changelog),
            "title": _("Revision %(number)s, of %(day)s", number=one.number, day=day(one.published_on))
            if one.published_on is not None else _("Revision %(number)s", number=one.number),
        }
        for one in page.changes
    ]  # fmt: skip
    yield {"title": _("What changed because of you"), "blocks": blocks}

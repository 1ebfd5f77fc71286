"""What the pages of the editor show, worked out before the template."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from consult.core.i18n import _, _l, locale, ngettext
from consult.core.localized import Localized
from consult.notices import fields, filling, queries, services, starting
from consult.notices.content import NOTHING, Content
from consult.notices.fields import Section
from consult.notices.forms import LANGUAGES, SectionForm
from consult.notices.models import Note, Notice, Revision
from consult.notices.plainness import Finding, findings
from consult.notices.readiness import blanks_left, missing, parity, source_of, words_in
from consult.notices.rules import (
    AUTHORITY,
    CHANGELOG,
    EMOTION,
    GROUPS,
    MILESTONES,
    SUMMARY_WORDS,
    TITLE,
    TOO_LONG,
    UNKNOWNS,
    NoticeState,
    Review,
)
from consult.notices.views.pairs import grids, known_sources, other_than, pairs
from consult.people.models import Account

ATTACHED, NOTES, ELSEWHERE = "attachments", "notes", "elsewhere"
"""Where a button of the editor leads that is no section: the attached files, the notes between colleagues,
and the downloads."""
_MOVED = {
    Review.IN_REVIEW: _l("Put to be reread. Everybody else who writes notices got a mail."),
    Review.APPROVED: _l("Approved. It can be sent."),
    Review.DRAFT: _l("It is a draft again."),
}
_THEN = {
    TITLE: _l("Give it one."),
    TOO_LONG: _l("Shorten it: 180 words at most, all sentences together."),
    CHANGELOG: _l("Say what changes, and because of what was said."),
    GROUPS: _l("Name at least one."),
    MILESTONES: _l("Give the day of the pilot or of the roll-out."),
    UNKNOWNS: _l("Name at least one, with the date of your answer."),
    AUTHORITY: _l("Attach it, or choose another language."),
}


def moved(state: Review) -> str:
    return str(_MOVED[state])


def reread_by(revision: Revision) -> str:
    """Who approved it, and whether that was somebody else; empty while nobody did."""
    if revision.review is not Review.APPROVED or revision.approver is None:
        return ""
    name = revision.approver.name
    if revision.approved_by == revision.edited_by:
        return str(_("Approved by %(name)s, who also changed it last: nobody else reread it.", name=name))
    if revision.approved_by == revision.asked_by:
        return str(_("Approved by %(name)s, who had asked for it to be reread.", name=name))
    return str(_("Approved by %(name)s.", name=name))


def _sections(
    revision: Revision, current: Section | None, notes: Sequence[Note] = ()
) -> list[dict[str, Any]]:
    """Each section with how many of its texts are written in the authoritative language, and how many
    notes on it are open."""
    source = source_of(revision)

    def written(texts: list[Localized | None]) -> int:
        return sum(1 for one in texts if one is not None and one.texts.get(source, "").strip())

    found = []
    for section, label in fields.EDITED.items():
        texts = [revision.fields.get(one.key) for one in fields.of_section(section)]
        if section is Section.ESSENTIALS:
            texts = [revision.title, *(revision.summary.get(one.key) for one in fields.SUMMARY)]
            texts += [revision.changelog] if revision.number > 1 else []
        done, total = written(texts), len(texts)
        for table in fields.tables_of(section):
            done += bool(getattr(revision, table.key))
            total += 1
        open_ = sum(1 for one in notes if one.key and fields.section_of(one.key) is section)
        found.append(
            {"label": label, "go": f"section:{section.value}", "current": section is current, "done": done,
             "total": total, "notes": open_}
        )  # fmt: skip
    return [*found, {"label": _("Attached files"), "go": ATTACHED, "current": current is None}]


def links_of(notice: Notice, revision: Revision) -> list[dict[str, Any]]:
    """The same list as links, on the page of the attached files, which has nothing to save first."""

    def address(entry: dict[str, Any]) -> str:
        section = entry["go"].partition(":")[2]
        if not section:
            return url_for("notices.attachments", slug=notice.slug)
        return url_for("notices.edit", slug=notice.slug, section=section)

    return [{**one, "href": address(one)} for one in _sections(revision, None)]


def _blockers(revision: Revision) -> list[dict[str, str]]:
    """What prevents sending: words, the button's value that leads to the field, and what to do."""
    found, blank, left = [], set(), blanks_left(revision)
    for key, language in missing(revision, is_first=revision.number == 1):
        if (key, language) in left:
            blank.add(key)
            continue
        section, anchor = fields.section_of(key), f"{key}_{language}"
        if key == TOO_LONG:
            count = words_in(revision.summary, language)
            text = _("The two-minute page has %(count)s words.", count=count)
        else:
            text = str(_BLOCKS.get(key) or _l("“%(field)s” is empty.", field=fields.label_of(key)))
        found.append(
            {
                "go": f"section:{section.value}:{anchor}",
                "text": text,
                "then": str(_THEN.get(key, "")),
            }
        )  # fmt: skip
    if blank:
        text = ngettext(
            "%(num)s text that has to be whole has a blank to fill.",
            "%(num)s texts that have to be whole have blanks to fill.",
            len(blank),
        )
        found.append({"go": "blanks", "text": text, "then": ""})
    return found


_BLOCKS = {
    TITLE: _l("The notice has no title."),
    CHANGELOG: _l("This revision does not say what changed."),
    GROUPS: _l("No group is named."),
    MILESTONES: _l("The project has no start."),
    UNKNOWNS: _l("Nothing is said of what is not known yet."),
    AUTHORITY: _l("The authoritative text is not attached."),
    EMOTION: next(one.blocks for one in fields.BY_KEY[EMOTION].choices if one.blocks),
}


def _starter(revision: Revision) -> dict[str, Any] | None:
    """What the starter it began from says to expect and to check, in the page's language."""
    key = str(revision.starter.get("key", ""))
    questions, duties = starting.questions_for(key), starting.duties_for(key)
    if not questions:
        return None
    return {
        "questions": [one[locale()] for one in questions],
        "duties": [one[locale()] for one in duties],
    }


def _advice(found: Sequence[Finding]) -> list[dict[str, str]]:
    """What would read better, each with the button’s value that leads to the sentence."""
    return [
        {
            "go": f"section:{Section.ESSENTIALS.value}:{one.key}_{one.language}",
            "text": f"{fields.label_of(one.key)} ({LANGUAGES[one.language]})",
            "then": str(one.advice),
        }
        for one in found
    ]


def _parity(revision: Revision) -> list[dict[str, Any]]:
    source, counts = source_of(revision), parity(revision)
    names = {"fr": _("French"), "en": _("English")}
    return [
        {
            "code": code, "label": names[code], "official": code == source, "total": counts[code].total,
            "current": counts[code].current, "stale": counts[code].stale, "missing": counts[code].missing,
        }
        for code in (source, other_than(source))
    ]  # fmt: skip


def editor(
    notice: Notice, revision: Revision, form: SectionForm, *, notes: Sequence[Note], by: Account, alone: bool
) -> dict[str, Any]:
    """Everything `edit.html` shows. ``notes``: the open ones; ``alone``: nobody but ``by`` writes notices."""
    published, source = queries.published(notice), source_of(revision)
    known = known_sources(notice)
    names = [revision.title, revision.fields.get("system_name", NOTHING)]
    advice = findings(revision.summary, names=names)
    written, tables = list(pairs(revision, form, known, advice)), list(grids(revision, form, known))
    here = {one.key for one in written} | {one.table.key for one in tables}
    return {
        "notice": notice,
        "revision": revision,
        "published": published,
        "form": form,
        "section": form.section.value,
        "section_label": fields.EDITED[form.section],
        "sections": _sections(revision, form.section, notes),
        "is_last": form.section is list(fields.EDITED)[-1],
        "pairs": written,
        "grids": tables,
        "blockers": _blockers(revision),
        "parity_bars": _parity(revision),
        "blanks": len(filling.asked(services.content_of(revision))),
        "starter": _starter(revision) if form.section is Section.ESSENTIALS else None,
        "words": [(code, words_in(revision.summary, code)) for code in (source, other_than(source))],
        "most_words": SUMMARY_WORDS,
        "sentences": list(fields.SENTENCES),
        "advice": _advice(advice),
        "state": fields.REVIEWS[revision.review],
        "reread_by": reread_by(revision),
        "alone": alone,
        "is_mine": revision.edited_by == by.id,
        "notes": notes,
        "notes_here": [(note, fields.label_of(note.key)) for note in notes if note.key in here],
        "target": other_than(source),
    }


def conflicts(stored: Content, mine: Content) -> list[dict[str, str]]:
    """Texts two people wrote differently, as the page of such a conflict shows them."""
    return [
        {
            "label": f"{fields.label_of(one.key)} ({LANGUAGES[one.lang]})",
            "lang": one.lang, "mine": one.mine, "theirs": one.theirs,
        }
        for one in services.conflicts(stored, mine)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One notice in HR's list."""

    notice: Notice
    title: str
    lang: str
    summary: str
    url: str
    tags: list[tuple[str, str, Any]]
    draft: Revision | None
    published: Revision | None
    parity: tuple[str, Any] | None


def _tags(notice: Notice, draft: Revision | None) -> Iterator[tuple[str, str, Any]]:
    """The notice's state, and how far the rereading of what is being written came."""
    if draft is None or notice.state is not NoticeState.DRAFT:
        yield fields.STATES[notice.state]
    is_told = draft is not None and (notice.state is NoticeState.DRAFT or draft.review is not Review.DRAFT)
    if draft is not None and is_told and notice.state is not NoticeState.WITHDRAWN:
        yield fields.REVIEWS[draft.review]


def row(notice: Notice) -> Listed:
    """A notice as the list shows it: the draft where there is one, else what readers see."""
    draft, published = queries.draft(notice), queries.published(notice)
    newest = draft or published
    assert newest is not None, "a notice has a revision"
    title, language = newest.title.shown(locale())
    what = newest.summary.get("what")
    is_draft = draft is not None and notice.state is NoticeState.DRAFT
    page = "notices.edit" if is_draft else "reading.notice_signed"
    target = other_than(source_of(newest))
    return Listed(
        notice=notice,
        title=title,
        lang=language if language != locale() else "",
        summary=what.shown(locale())[0] if what else "",
        url=url_for(page, slug=notice.slug),
        tags=list(_tags(notice, draft)),
        draft=draft,
        published=published,
        parity=(target, parity(newest)[target]) if notice.state is not NoticeState.WITHDRAWN else None,
    )

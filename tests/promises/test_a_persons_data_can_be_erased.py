"""Promise 6, its other half: what identifies a person and was published by mistake can be erased.

The adversary reads every table, page, export, letter and byte of the database's files after the redaction,
and tries to check guesses against what the record kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.exc import DatabaseError

from consult.core import clock
from consult.core.localized import Localized, digest
from consult.mail.models import Letter
from consult.notices import exports, queries, redacting, services
from consult.notices.content import LearningStep
from consult.notices.imports.draft import OtherAnswer
from consult.notices.models import Note, Revision
from consult.notices.redacting import NotThere
from consult.notices.rules import LearningKind
from consult.people.models import Account
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag, content_digest
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import Instance, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
NAME = "Zéphyrine Quatrebarbes"
MARK = "Quatrebarbes"
TITLE = story.both(f"Plume, l’outil de {NAME}", f"Plume, the tool of {NAME}")
ASIDE = story.both(f"Voyez {NAME}, poste 12.", f"See {NAME}, extension 12.")


@dataclass
class Told:
    slug: str
    number: int


@pytest.fixture
def told(work: Work, people: People) -> Told:
    """Two revisions published with the name in nine places, a third being written, mail, a letterbox."""
    fields = story.content().fields | {"monitoring": ASIDE}
    rows = story.content().groups
    text_ = {
        "title": TITLE,
        "fields": fields,
        "groups": [*rows[:1], type(rows[0])(ASIDE, f"Nantes, chez {NAME}", 3)],
        "learning_plan": [LearningStep(LearningKind.RITUAL, ASIDE, date(2027, 1, 14), ASIDE)],
    }
    story.send(work, people, **text_)
    box = story.letterbox(work, title={"fr": TITLE.texts["fr"], "en": TITLE.texts["en"]})
    assert box.id
    with work() as session:
        notice = story.by_slug(session, "plume")
        hr = session.get(Account, people.hr.id)
        stale = Localized(
            {"fr": "Autre chose.", "en": "Something stale."}, "fr", {"en": digest(ASIDE.texts["fr"])}
        )
        draft = services.revise(session, notice, actor=hr)
        again = story.content(
            **{**text_, "fields": fields | {"retention": stale}},
            changelog=story.both("Un détail.", "A detail."),
        )
        services.save(session, draft, again)
        asked = OtherAnswer("q", story.both("Qui ?", "Who?"), ASIDE)
        draft.imported = {"source": "aia", "facts": {"contact": NAME}, "other": [asked.as_json()]}
        session.flush()
        services.publish(session, notice, actor=hr, on=story.TODAY)
        services.revise(session, notice, actor=hr)
        session.add(
            Note(revision_id=notice.revisions[-1].id, key="", text=f"Ôter {NAME}.", author_id=hr.id,
                 written_at=clock.now())
        )  # fmt: skip
    return Told("plume", 1)


def redact(
    work: Work, people: People, *, number: int = 1, part: str = "monitoring", what: str = NAME
) -> None:
    with work() as session:
        notice = queries.by_slug(session, "plume")
        redacting.redact(
            session, notice, number=number, part=part, language="fr", text=what,
            actor=session.get(Account, people.hr.id), on=story.TODAY,
        )  # fmt: skip


def dump(work: Work) -> str:
    """Every row of every table, as the driver gives it."""
    found = []
    with work() as session:
        tables = MetaData()
        tables.reflect(session.get_bind())
        for table in tables.sorted_tables:
            if table.name == "search_index":
                continue  # its shadow tables say what it holds
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                found.append(f"{table.name}: {tuple(row)!r}")
    return "\n".join(found)


# ── nothing is left ────────────────────────────────────────────────────────────


@BOTH
def test_the_name_is_in_no_table_page_export_letter_or_file(
    told: Told, work: Work, people: People, as_: As, employee: PageClient, instance: Instance
) -> None:
    assert dump(work).count(MARK) > 12, "the adversary’s measure finds it before"
    hr = as_(people.hr)
    page = hr.get("/workspace/en/notices/plume/redact")
    typed = {"number": "1", "part": "monitoring", "language": "fr", "text": NAME}
    shown = hr.submit(page, typed, button="act=show", status=200)
    assert "12" in shown.text, "each place stands there as it is"
    hr.submit(shown, {"confirmed": "y"}, button="act=confirm")
    left = dump(work)
    assert MARK not in left and "uatrebarbe" not in left
    removed = "[texte retiré le" if "retiré" in left else "[text removed on"
    assert removed in left
    paths = ["/en/notices", "/en/notices/plume", "/en/notices/plume/managers"]
    paths += [f"/en/notices/plume/revisions/{number}" for number in (1, 2)]
    for path in paths + [one.replace("/en/", "/fr/") for one in paths]:
        assert MARK not in employee.get(path).text, path
    for client, path in ((employee, "/en/notices"), (hr, "/workspace/en/notices")):
        assert not [one for one in client.get(f"{path}?q=Quatrebarbes").links() if "plume" in one]
        assert [one for one in client.get(f"{path}?q=Plume").links() if "plume" in one]
    for path in ("plume/edit", "plume/preview", "plume/notes", "plume", ""):
        assert MARK not in hr.http.get(f"/workspace/fr/notices/{path}".rstrip("/")).get_data(as_text=True)
    with work() as session:
        document = exports.document(queries.by_slug(session, "plume"), organisation="Orvalie")
        assert MARK not in document
        assert "removed on" in document or "retiré le" in document
    if instance.server is None:
        for file in instance.folder.glob("consult.sqlite3*"):
            assert MARK.encode() not in file.read_bytes(), file.name
            assert b"quatrebarb" not in file.read_bytes(), file.name


@BOTH
def test_no_guess_can_be_checked(told: Told, work: Work, people: People) -> None:
    """Neither against the leaf (its salt is gone) nor against the digest beside a translation."""
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[0]
        bound = {"slug": "plume", "number": 1, **services.as_json(services.content_of(revision))}
        first = session.scalars(select(Leaf).where(Leaf.tag == Tag.NOTICE_PUBLISHED)).first()
        salt = session.get_one(LeafSalt, first.position).salt
        assert content_digest(bound, salt) == first.digest, "before, it can"
        position = first.position
    assert digest(ASIDE.texts["fr"]) in dump(work)
    redact(work, people)
    left = dump(work)
    for value in (ASIDE, TITLE):
        for said in value.texts.values():
            assert digest(said) not in left
    with work() as session:
        assert session.get(LeafSalt, position) is None
        assert session.get_one(Leaf, position).digest == first.digest, "the leaf itself stays"
        leaves = session.scalars(select(Leaf.position)).all()
        salts = session.scalars(select(LeafSalt.position)).all()
        assert set(leaves) - set(salts) == set(
            session.scalars(select(Leaf.position).where(Leaf.tag == Tag.NOTICE_PUBLISHED))
        ), "and no other act lost its salt"
        texts = queries.by_slug(session, "plume").revisions[1].fields
        assert texts["monitoring"].state("en") == "current"
        assert texts["retention"].state("en") == "stale"


@BOTH
def test_the_rest_stays_as_it_was(told: Told, work: Work, people: People) -> None:
    with work() as session:
        before = services.as_json(services.content_of(queries.by_slug(session, "plume").revisions[0]))
    redact(work, people)
    with work() as session:
        notice = queries.by_slug(session, "plume")
        after = services.as_json(services.content_of(notice.revisions[0]))
        assert [(one.redactions, one.redacted_on) for one in notice.revisions] == [
            (1, story.TODAY), (1, story.TODAY), (0, None),
        ]  # fmt: skip
        assert notice.revisions[0].groups[1].redactions == 1
        assert notice.revisions[0].groups[0].redactions == 0
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.NOTICE_REDACTED)).one()
        assert MARK not in str(entry.title)
        letters = session.scalars(select(Letter).where(Letter.subject.contains("text"))).all()
        told_ = {one.to_address for one in letters}
        tomb = redacting.tombstones(story.TODAY)
    for language in ("fr", "en"):
        said = before["fields"]["monitoring"]["texts"][language].replace(NAME, tomb[language])
        assert after["fields"]["monitoring"]["texts"][language] == said
    assert after["summary"] == before["summary"]
    assert after["groups"][0] == before["groups"][0]
    assert people.chair.email not in told_


# ── the one change the database lets through ───────────────────────────────────

COUNTED = "UPDATE revision SET redactions = redactions + 1, redacted_on = '2026-11-24'"
ROW = "UPDATE affected_group SET redactions = redactions + 1"
DRAFT = "(SELECT id FROM revision WHERE published_on IS NULL)"
ATTEMPTS = (
    "UPDATE revision SET title = '{}' WHERE number = 1",
    "UPDATE revision SET redactions = redactions + 1 WHERE number = 1",
    "UPDATE revision SET redactions = redactions + 2, redacted_on = '2026-11-24' WHERE number = 1",
    f"{COUNTED}, number = 9 WHERE number = 1",
    f"{COUNTED}, published_on = NULL, published_by = NULL WHERE number = 1",
    f"{COUNTED}, published_on = '2020-01-01' WHERE number = 1",
    f"{COUNTED}, answers = '[]' WHERE number = 1",
    f"{COUNTED}, causes = '[1]' WHERE number = 1",
    f"{COUNTED}, approved_by = published_by WHERE number = 1",
    "DELETE FROM revision WHERE number = 1",
    "UPDATE affected_group SET name = '{}' WHERE position = 1",
    f"{ROW}, headcount = 900",
    f"{ROW}, headcount = NULL",
    f"{ROW}, position = 7",
    f"{ROW}, revision_id = {DRAFT}",
    f"UPDATE affected_group SET revision_id = (SELECT id FROM revision WHERE number = 1) "
    f"WHERE revision_id = {DRAFT}",
    "UPDATE learning_step SET redactions = redactions + 1, day = '2020-01-01'",
    "UPDATE milestone SET redactions = redactions + 1, day = '2020-01-01'",
    "DELETE FROM affected_group",
)


@BOTH
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_everything_else_is_still_refused(told: Told, work: Work, attempt: str) -> None:
    before = dump(work)
    with pytest.raises(DatabaseError, match="never changes"), work() as session:
        session.execute(text(attempt))
    with work() as session:
        session.rollback()
    assert dump(work) == before


@BOTH
def test_a_redaction_without_the_act_is_at_least_counted(told: Told, work: Work) -> None:
    """What the trigger lets through leaves its trace in the row."""
    with work() as session:
        session.execute(
            text("UPDATE revision SET redactions = redactions + 1, redacted_on = '2026-11-24', "
                 "changelog = title WHERE number = 1")
        )  # fmt: skip
    with work() as session:
        assert session.scalars(select(Revision.redactions).where(Revision.number == 1)).one() == 1


# ── where it stands, and where not ─────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("retention", NAME),
        ("monitoring", "Zephyrine Quatrebarbes"),
        ("monitoring", "Quatrebarb"),
        ("monitoring", "e"),
    ],
)
def test_what_is_not_there_is_not_removed(
    told: Told, work: Work, people: People, part: str, what: str
) -> None:
    before = dump(work)
    with pytest.raises(NotThere):
        redact(work, people, part=part, what=what)
    with work() as session:
        session.rollback()
    assert dump(work) == before


def test_spaces_do_not_hide_it_and_a_longer_word_is_left() -> None:
    erase = redacting.Eraser("Jean Roux", {"fr": "[x]", "en": "[y]"}, "fr")
    assert erase.plain("Jean\u00a0Roux, Jean\nRoux. Jean Rouxel, DeJean Roux", "fr") == (
        "[x], [x]. Jean Rouxel, DeJean Roux"
    )
    assert redacting.Eraser("(a+b)", {"fr": "[x]", "en": "[y]"}, "en").plain("(a+b) \\1") == "[y] \\1"


def test_twice_counts_twice(told: Told, work: Work, people: People) -> None:
    redact(work, people, what="Zéphyrine")
    redact(work, people, what=MARK)
    with work() as session:
        assert queries.by_slug(session, "plume").revisions[0].redactions == 2
    assert MARK not in dump(work)


def test_a_withdrawn_notice_is_no_hiding_place(told: Told, work: Work, people: People) -> None:
    with work() as session:
        notice = queries.by_slug(session, "plume")
        services.withdraw(
            session, notice, reason=ASIDE, actor=session.get(Account, people.hr.id),
            on=story.TODAY + timedelta(days=1),
        )  # fmt: skip
    redact(work, people, number=0, part=redacting.REASON)
    assert MARK not in dump(work)

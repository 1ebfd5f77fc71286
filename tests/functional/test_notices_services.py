"""The verbs of notices on both databases: what is frozen stays frozen, who saves second is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.notices import queries, reviewing, services
from consult.notices.content import Group
from consult.notices.imports.draft import ImportedDraft, OtherAnswer
from consult.notices.models import AffectedGroup, Milestone, Notice, Revision
from consult.notices.rules import NoticeState, NotReady, Review
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from consult.register.models import ContentVersion, Entry, Leaf
from consult.register.rules import Tag, content_digest
from consult.web.readers import EMPLOYEE, Reader, Side, Visibility, may_read
from tests.conftest import People
from tests.notices import whole

pytestmark = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
TODAY = date(2026, 11, 24)
FROZEN = "a published revision never changes"


@pytest.fixture
def hr(people: People, session: Session) -> Account:
    found = session.get(Account, people.hr.id)
    assert found is not None
    return found


def write(session: Session, hr: Account, title: str = "Plume", **changes: Any) -> Notice:
    actor = session.get(Account, hr.id)
    assert actor is not None
    notice = services.create(session, title=Localized.of(fr=title, en=title), actor=actor, on=TODAY)
    services.save(session, notice.revisions[0], whole(notice.revisions[0].title, **changes))
    return notice


def send(session: Session, notice: Notice, hr: Account, people: People, *, opened: bool = False) -> Revision:
    revision = services.publish(session, notice, actor=hr, on=TODAY)
    services.sent_to(session, notice, people.body.id, held_until=TODAY)
    if opened:
        services.open_to_employees(session, notice, on=TODAY)
    return revision


# ── creating ───────────────────────────────────────────────────────────────────


def test_numbers_follow_and_addresses_are_unique(session: Session, hr: Account) -> None:
    made = [write(session, hr, title) for title in ("Plume, un", "Plume, deux", "Plume", "New", "Plume 2")]
    assert [one.number for one in made] == [1, 2, 3, 4, 5]
    assert [one.slug for one in made] == ["plume", "plume-2", "plume-3", "new-2", "plume-2-2"]
    assert queries.slugs(session) == [one.slug for one in made]
    wished = services.create(session, title=Localized.of(fr="X"), actor=hr, on=TODAY, slug="Écho 2026")
    assert wished.slug == "echo-2026"


def test_created_twice_with_one_identifier_it_is_one(session: Session, hr: Account, people: People) -> None:
    once = uuid4()
    first = services.create(session, title=Localized.of(fr="A"), actor=hr, on=TODAY, once=once)
    assert services.create(session, title=Localized.of(fr="B"), actor=hr, on=TODAY, once=once) is first
    other = session.get(Account, people.admin.id)
    assert other is not None
    theirs = services.create(session, title=Localized.of(fr="C"), actor=other, on=TODAY, once=once)
    assert theirs is not first and theirs.id != once


def test_a_draft_is_read_by_the_employer_alone(session: Session, hr: Account, people: People) -> None:
    notice = write(session, hr)
    staff = Reader(side=Side.STAFF, body_ids=frozenset({people.body.id}), is_signed_in=True)
    assert may_read(notice.audience, Reader(side=Side.EMPLOYER, is_signed_in=True), on=TODAY)
    assert not may_read(notice.audience, staff, on=TODAY)
    assert not may_read(notice.audience, EMPLOYEE, on=TODAY)


def test_an_import_keeps_what_has_no_field(session: Session, hr: Account) -> None:
    other = OtherAnswer("q1", Localized.of(fr="Pourquoi\u202f?"), Localized.of(en="Because", source="en"))
    draft = ImportedDraft(
        source="aia", reference="aia-7", title=Localized.of(en="Triage\n of files", fr="Tri", source="en"),
        fields={"nature": Localized.of(en="A model", source="en")}, other=(other,), facts={"level": 2},
    )  # fmt: skip
    notice = services.create_imported(session, draft, actor=hr, on=TODAY)
    session.expire_all()
    (revision,) = notice.revisions
    assert notice.slug == "triage-of-files"
    assert revision.title.texts["en"] == "Triage of files" and revision.title.source == "en"
    assert revision.fields == {"nature": Localized.of(en="A model", source="en")}
    assert revision.imported == draft.as_json()
    assert queries.imported_from(session, "aia") == {"aia-7": notice.slug}
    nameless = services.create_imported(session, replace(draft, title=Localized({})), actor=hr, on=TODAY)
    assert nameless.revisions[0].title.shown("fr")[0] == "aia-7"


# ── saving ─────────────────────────────────────────────────────────────────────


def test_every_part_comes_back_as_it_was_saved(session: Session, hr: Account) -> None:
    wanted = whole(changelog=Localized.of(fr="Rien."))
    notice = services.create(session, title=wanted.title, actor=hr, on=TODAY)
    services.save(session, notice.revisions[0], wanted)
    session.expire_all()
    assert services.content_of(notice.revisions[0]) == wanted


def test_every_change_raises_the_version_and_the_same_text_does_not(session: Session, hr: Account) -> None:
    revision = write(session, hr).revisions[0]
    stored = services.content_of(revision)
    group = Group(Localized.of(fr="Soir"))
    changes: list[dict[str, Any]] = [
        {"title": Localized.of(fr="Autre")}, {"summary": {}}, {"fields": {}}, {"groups": (group,)},
        {"milestones": ()}, {"changelog": Localized.of(fr="Journal")},
    ]  # fmt: skip
    for change in changes:
        before = revision.version
        services.save(session, revision, replace(stored, **change), version=before)
        assert revision.version == before + 1, change
        services.save(session, revision, replace(stored, **change), version=1)
        assert revision.version == before + 1, "the same again changes nothing, whatever the version"
        stored = services.content_of(revision)


def test_who_saves_second_is_told(session: Session, hr: Account) -> None:
    revision = write(session, hr).revisions[0]
    seen, stored = revision.version, services.content_of(revision)
    services.save(session, revision, replace(stored, title=Localized.of(fr="Leur titre")), version=seen)
    with pytest.raises(EditedMeanwhile):
        services.save(session, revision, replace(stored, title=Localized.of(fr="Mon titre")), version=seen)
    assert revision.title.texts["fr"] == "Leur titre"


def test_the_database_sees_the_race(session: Session, hr: Account) -> None:
    revision = write(session, hr).revisions[0]
    session.execute(text("UPDATE revision SET version = version + 1"))
    with pytest.raises(StaleDataError):
        services.save(session, revision, whole(Localized.of(fr="Trop tard")), version=revision.version)


# ── review ─────────────────────────────────────────────────────────────────────


def test_a_notice_is_put_to_be_reread_and_comes_back(session: Session, hr: Account) -> None:
    second = people_services.add_account(session, email="lea@x.example", name="Léa", role=Role.HR_PUBLISHER)
    gone = people_services.add_account(session, email="old@x.example", name="Old", role=Role.HR_PUBLISHER)
    people_services.deactivate(session, gone)
    notice = write(session, hr)
    reviewing.move(session, notice, Review.IN_REVIEW, actor=hr)
    assert [one.to_address for one in session.query(Letter)] == [second.email]
    reviewing.move(session, notice, Review.DRAFT, actor=second)
    reviewing.move(session, notice, Review.APPROVED, actor=second)
    services.save(session, notice.revisions[0], whole(Localized.of(fr="Autre")))
    assert notice.revisions[0].review is Review.DRAFT, "what was approved was another text"
    assert session.query(Letter).count() == 1


def test_a_draft_is_not_sent_back_to_draft(session: Session, hr: Account) -> None:
    with pytest.raises(WrongState):
        reviewing.move(session, write(session, hr), Review.DRAFT, actor=hr)


def test_what_is_being_reread_is_not_published(session: Session, hr: Account) -> None:
    notice = write(session, hr)
    reviewing.move(session, notice, Review.IN_REVIEW, actor=hr)
    with pytest.raises(WrongState):
        services.publish(session, notice, actor=hr, on=TODAY)


# ── publishing ─────────────────────────────────────────────────────────────────


def test_what_is_not_ready_is_not_published(session: Session, hr: Account) -> None:
    notice = services.create(session, title=Localized.of(fr="Vide"), actor=hr, on=TODAY)
    with pytest.raises(NotReady) as refused:
        services.publish(session, notice, actor=hr, on=TODAY)
    assert ("monitoring", "fr") in refused.value.missing
    assert notice.state is NoticeState.DRAFT and session.query(Leaf).count() == 0


def test_publishing_sending_opening(session: Session, hr: Account, people: People) -> None:
    notice = write(session, hr)
    staff = Reader(side=Side.STAFF, body_ids=frozenset({people.body.id}), is_signed_in=True)
    revision = services.publish(session, notice, actor=hr, on=TODAY)
    assert (revision.published_on, revision.published_by) == (TODAY, hr.id)
    assert not may_read(notice.audience, staff, on=TODAY), "published, and sent to nobody yet"
    services.sent_to(session, notice, people.body.id, held_until=TODAY + timedelta(days=3))
    assert may_read(notice.audience, staff, on=TODAY) and not may_read(notice.audience, EMPLOYEE, on=TODAY)
    assert queries.to_open(session, TODAY) == []
    assert queries.to_open(session, TODAY + timedelta(days=3)) == [notice]
    entry = session.query(Entry).one()
    assert (entry.tag, entry.visibility, entry.body_ids) == (
        Tag.NOTICE_PUBLISHED, Visibility.BODY, [str(people.body.id)],
    )  # fmt: skip
    services.open_to_employees(session, notice, on=TODAY + timedelta(days=3))
    services.open_to_employees(session, notice, on=TODAY + timedelta(days=9))
    session.expire_all()
    assert notice.readable_on == TODAY + timedelta(days=3)
    assert may_read(notice.audience, EMPLOYEE, on=TODAY)
    entries = session.query(Entry).order_by(Entry.position).all()
    assert [one.tag for one in entries] == [Tag.NOTICE_PUBLISHED, Tag.NOTICE_OPENED]
    assert {one.visibility for one in entries} == {Visibility.EMPLOYEES}
    assert queries.to_open(session, TODAY + timedelta(days=30)) == []


def test_a_second_body_reads_what_the_first_got(session: Session, hr: Account, people: People) -> None:
    notice = write(session, hr)
    send(session, notice, hr, people)
    other = uuid4()
    services.sent_to(session, notice, other, held_until=TODAY)
    services.sent_to(session, notice, other, held_until=TODAY)
    session.expire_all()
    both = sorted([str(people.body.id), str(other)])
    assert notice.body_ids == both and session.query(Entry).one().body_ids == both


def test_the_leaf_binds_every_word(session: Session, hr: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    salt = b"0" * 32
    monkeypatch.setattr("consult.register.services.secrets.token_bytes", lambda _n: salt)
    notice = write(session, hr)
    services.publish(session, notice, actor=hr, on=TODAY)
    content = services.as_json(services.content_of(notice.revisions[0]))
    said = {"slug": "plume", "number": 1, **content}
    leaf = session.query(Leaf).one()
    assert leaf.digest == content_digest(said, salt)
    content["groups"][0]["measures"]["texts"]["en"] += "."
    assert leaf.digest != content_digest({**said, **content}, salt)


@pytest.mark.parametrize("verb", ["sent_to", "open_to_employees", "withdraw", "revise"])
def test_a_draft_is_neither_sent_nor_opened_nor_withdrawn(session: Session, hr: Account, verb: str) -> None:
    notice = write(session, hr)
    acts: dict[str, Callable[[], object]] = {
        "sent_to": lambda: services.sent_to(session, notice, uuid4(), held_until=TODAY),
        "open_to_employees": lambda: services.open_to_employees(session, notice, on=TODAY),
        "withdraw": lambda: services.withdraw(
            session, notice, reason=Localized.of(fr="R"), actor=hr, on=TODAY
        ),
        "revise": lambda: services.revise(session, notice, actor=hr),
    }
    with pytest.raises(WrongState):
        acts[verb]()


def test_published_before_any_body_has_it_employees_wait(session: Session, hr: Account) -> None:
    notice = write(session, hr)
    services.publish(session, notice, actor=hr, on=TODAY)
    with pytest.raises(WrongState):
        services.open_to_employees(session, notice, on=TODAY)


def test_published_twice_is_refused(session: Session, hr: Account) -> None:
    notice = write(session, hr)
    services.publish(session, notice, actor=hr, on=TODAY)
    with pytest.raises(WrongState):
        services.publish(session, notice, actor=hr, on=TODAY)


def test_withdrawn_a_tombstone_stays(session: Session, hr: Account, people: People) -> None:
    notice = write(session, hr)
    send(session, notice, hr, people, opened=True)
    reason = Localized.of(fr="Le projet est abandonné.")
    services.withdraw(session, notice, reason=reason, actor=hr, on=TODAY)
    session.expire_all()
    assert (notice.state, notice.withdrawn_on, notice.withdrawn_reason) == (
        NoticeState.WITHDRAWN,
        TODAY,
        reason,
    )
    assert may_read(notice.audience, EMPLOYEE, on=TODAY)
    assert session.query(Entry).order_by(Entry.position.desc()).first().tag is Tag.NOTICE_WITHDRAWN  # type: ignore[union-attr]
    with pytest.raises(WrongState):
        services.withdraw(session, notice, reason=reason, actor=hr, on=TODAY)
    with pytest.raises(WrongState):
        services.revise(session, notice, actor=hr)


# ── frozen ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revision SET title = title",
        "UPDATE revision SET published_on = NULL, published_by = NULL",
        "UPDATE revision SET version = version + 1",
        "DELETE FROM revision",
        "UPDATE affected_group SET sites = 'Lyon'",
        "DELETE FROM affected_group",
        "UPDATE milestone SET position = 7",
        "DELETE FROM milestone",
    ],
)
def test_the_database_refuses_to_change_what_is_published(
    session: Session, hr: Account, people: People, statement: str
) -> None:
    send(session, write(session, hr), hr, people)
    with pytest.raises(DBAPIError, match=FROZEN):
        session.execute(text(statement))


@pytest.mark.parametrize("table", [AffectedGroup, Milestone])
def test_the_database_takes_no_new_row_into_what_is_published(
    session: Session, hr: Account, people: People, table: Any
) -> None:
    revision = send(session, write(session, hr), hr, people)
    values: dict[str, Any] = {"id": uuid4(), "revision_id": revision.id, "position": 9}
    if table is AffectedGroup:
        nothing = Localized({})
        values |= {"name": Localized.of(fr="Caché"), "sites": "", "change": nothing, "measures": nothing}
    else:
        values |= {"kind": "pilot", "day": TODAY, "label": Localized({})}
    with pytest.raises(DBAPIError, match=FROZEN):
        session.execute(insert(table).values(**values))


def test_no_verb_changes_what_is_published(session: Session, hr: Account, people: People) -> None:
    revision = send(session, write(session, hr), hr, people)
    with pytest.raises(WrongState):
        services.save(session, revision, whole(Localized.of(fr="Autre")))
    revision.title = Localized.of(fr="Autre")
    with pytest.raises(DBAPIError, match=FROZEN):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notice SET visibility = 'employees'",
        "UPDATE notice SET state = 'draft'",
        "UPDATE notice SET readable_on = '2026-01-01'",
        "UPDATE notice SET withdrawn_on = '2026-01-01'",
    ],
)
def test_states_that_contradict_each_other_cannot_be_stored(
    session: Session, hr: Account, people: People, statement: str
) -> None:
    send(session, write(session, hr), hr, people)
    with pytest.raises(IntegrityError):
        session.execute(text(statement))


# ── revisions ──────────────────────────────────────────────────────────────────


def test_the_next_revision_is_a_copy_that_lives_its_own_life(
    session: Session, hr: Account, people: People
) -> None:
    notice = write(session, hr)
    first = send(session, notice, hr, people, opened=True)
    second = services.revise(session, notice, actor=hr)
    assert services.revise(session, notice, actor=hr) is second
    assert (second.number, second.published_on, bool(second.changelog)) == (2, None, False)
    content = services.content_of(second)
    assert content == replace(services.content_of(first), changelog=content.changelog)
    changed = replace(content, groups=(Group(Localized.of(fr="Soir")),), changelog=Localized.of(fr="Soir."))
    services.save(session, second, changed)
    assert queries.published(notice) is first and queries.draft(notice) is second
    assert notice.state is NoticeState.PUBLISHED
    services.publish(session, notice, actor=hr, on=TODAY + timedelta(days=1))
    session.expire_all()
    assert queries.published(notice) is second and queries.draft(notice) is None
    assert [one.name.texts["fr"] for one in first.groups] == ["Conseillers"]
    assert notice.visibility is Visibility.EMPLOYEES
    entry = session.query(Entry).order_by(Entry.position.desc()).first()
    assert entry is not None and (entry.tag, entry.visibility) == (Tag.NOTICE_PUBLISHED, Visibility.EMPLOYEES)


# ── queries ────────────────────────────────────────────────────────────────────


class Counted:
    """How many statements a block sends."""

    def __init__(self, session: Session) -> None:
        self.engine, self.count = session.get_bind(), 0

    def _one(self, *_arguments: object) -> None:
        self.count += 1

    def __enter__(self) -> Counted:
        event.listen(self.engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_arguments: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._one)


def test_a_notice_comes_in_a_constant_number_of_queries(
    session: Session, hr: Account, people: People
) -> None:
    counts = []
    for rounds in (1, 4):
        notice = write(session, hr, f"N{rounds}")
        for number in range(rounds):
            send(session, notice, hr, people)
            draft = services.revise(session, notice, actor=hr)
            told = replace(services.content_of(draft), changelog=Localized.of(fr=f"Tour {number}"))
            services.save(session, draft, told)
        session.flush()
        session.expunge_all()
        with Counted(session) as counted:
            found = queries.by_slug(session, notice.slug)
            assert found is not None and found.author.name
            for revision in found.revisions:
                assert [*revision.groups, *revision.milestones] and revision.fields
        counts.append(counted.count)
    assert counts[0] == counts[1] <= 9
    assert queries.by_slug(session, "nothing") is None


def test_lists_come_in_a_constant_number_of_queries(session: Session, hr: Account, people: People) -> None:
    counts: dict[int, tuple[int, int]] = {}
    for size in range(1, 13):
        send(session, write(session, hr, f"Outil {size}"), hr, people, opened=True)
        if size not in (2, 12):
            continue
        session.expunge_all()
        with Counted(session) as one:
            page = queries.readable(session, levels=[Visibility.EMPLOYEES, Visibility.PUBLIC])
            assert all(queries.published(n).title and queries.published(n).summary for n in page.rows)  # type: ignore[union-attr]
        session.expunge_all()
        with Counted(session) as other:
            rows = queries.all_of_hr(session).rows
            assert all(n.author.name and n.revisions[-1].groups and n.revisions[-1].fields for n in rows)
        counts[size] = one.count, other.count
    assert counts[2] == counts[12]
    assert counts[12][0] <= 2 and counts[12][1] <= 10


def test_readable_notices_go_newest_first_page_by_page(session: Session, hr: Account, people: People) -> None:
    for number in range(45):
        notice = write(session, hr, f"Outil {number}")
        services.publish(session, notice, actor=hr, on=TODAY)
        services.sent_to(session, notice, people.body.id, held_until=TODAY)
        if number % 10 != 9:  # the others are still with the body
            services.open_to_employees(session, notice, on=TODAY + timedelta(days=number // 3))
    write(session, hr, "Un brouillon")
    for levels, count in (([Visibility.EMPLOYEES], 41), ([Visibility.EMPLOYEES, Visibility.BODY], 45)):
        seen: list[Notice] = []
        after = None
        while True:
            page = queries.readable(session, levels=levels, after=after)
            seen += page.rows
            after = page.older
            if after is None:
                break
        assert len(seen) == len({one.id for one in seen}) == count
        days = [one.readable_on or date.max for one in seen]
        assert days == sorted(days, reverse=True)
    assert queries.readable(session, levels=[Visibility.EMPLOYEES], after="nonsense").rows[0] is not None


def test_cursors_people_make_up_are_no_error(session: Session, hr: Account) -> None:
    write(session, hr)
    for after in ("x", "W10", "WyJhIl0", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ", "WyItNSJd"):
        assert len(queries.all_of_hr(session, after=after).rows) == 1
        assert queries.readable(session, levels=[Visibility.EMPLOYEES], after=after).rows == []


def test_acts_make_cached_pages_stale(session: Session, hr: Account, people: People) -> None:
    notice = write(session, hr)

    def version() -> int:
        return db.session.query(ContentVersion.value).scalar() or 0

    def grown(act: Callable[[], object]) -> bool:
        before = version()
        act()
        return version() > before

    assert grown(lambda: services.publish(session, notice, actor=hr, on=TODAY))
    assert grown(lambda: services.sent_to(session, notice, people.body.id, held_until=TODAY))
    assert grown(lambda: services.open_to_employees(session, notice, on=TODAY))
    draft = services.revise(session, notice, actor=hr)
    content = services.content_of(draft)
    before = version()
    services.save(session, draft, replace(content, changelog=Localized.of(fr="Journal")))
    assert version() == before, "writing a draft changes nothing for readers"
    reason = Localized.of(fr="R")
    assert grown(lambda: services.withdraw(session, notice, reason=reason, actor=hr, on=TODAY))

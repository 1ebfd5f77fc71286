"""Sending, withdrawing and opening the letterbox, as people meet them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from consult.consultations import queries
from consult.consultations.models import Consultation, Sending
from consult.core import clock
from consult.mail.models import Letter
from consult.notices import services as notice_services
from consult.notices.models import Notice
from consult.notices.rules import NoticeState, Review
from consult.people import services as people_services
from consult.people.models import Account, Body, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.voices.models import Letterbox
from tests import sending
from tests.client import Page, PageClient
from tests.conftest import People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]


@pytest.fixture
def slug(work: Work, people: People) -> str:
    with work() as session:
        return str(sending.written(session, people.hr).slug)


@pytest.fixture
def consultation_id(work: Work, people: People) -> UUID:
    with work() as session:
        notice = sending.sent(session, people)
        return queries.of_notice(session, notice.id)[0].id


@pytest.fixture
def with_keys(work: Work, people: People, consultation_id: UUID) -> UUID:
    with work() as session:
        for account in (people.rep1, people.rep2):
            sending.with_key(session, account)
    return consultation_id


def _count(work: Work, table: type) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def _send_url(slug: str, language: str = "fr") -> str:
    return f"/workspace/{language}/notices/{slug}/send"


def _box_url(consultation_id: UUID, language: str = "fr") -> str:
    return f"/workspace/{language}/consultations/{consultation_id}/letterbox"


# ── sending ────────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_hr_sends_once(work: Work, people: People, as_: As, slug: str, language: str) -> None:
    hr = as_(people.hr)
    page = hr.get(_send_url(slug, language))
    assert "Plume" in page.text and "CSE d’Orvalie" in page.text
    sent = hr.submit(page, {"confirmed": "y"}, action=_send_url(slug, language))
    assert f"/workspace/{language}/consultations/" in sent.response.headers["Location"]
    again = hr.submit(page, {"confirmed": "y"}, action=_send_url(slug, language))
    assert again.response.headers["Location"] == sent.response.headers["Location"]
    assert (_count(work, Sending), _count(work, Consultation), _count(work, Letter)) == (1, 1, 3)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.state is NoticeState.PUBLISHED and notice.held_until == clock.today()
    done = hr.get(_send_url(slug, language))
    assert not done.doc.xpath("//input[@name='confirmed']"), "nothing is left to send"


def test_a_later_day_for_employees(work: Work, people: People, as_: As, slug: str) -> None:
    hr, later = as_(people.hr), clock.today() + timedelta(days=4)
    hr.submit(
        hr.get(_send_url(slug)), {"readable_on": later.isoformat(), "confirmed": "y"}, action=_send_url(slug)
    )
    with work() as session:
        assert session.scalars(select(Notice)).one().held_until == later


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"confirmed": []}, "confirmed"),
        ({"readable_on": "31/02/2027", "confirmed": "y"}, "readable_on"),
        ({"readable_on": "2001-01-01", "confirmed": "y"}, "readable_on"),
        ({"readable_on": "", "confirmed": "y"}, "readable_on"),
        ({"body": [], "confirmed": "y"}, "body-0"),
        ({"body": "00000000-0000-0000-0000-000000000000", "confirmed": "y"}, "body-0"),
        ({"body": "x'--", "confirmed": "y"}, "body-0"),
    ],
)
def test_refused_with_what_was_typed(
    work: Work, people: People, as_: As, slug: str, values: dict[str, Any], fault: str
) -> None:
    hr = as_(people.hr)
    page = hr.submit(hr.get(_send_url(slug)), values, action=_send_url(slug), status=400)
    assert page.doc.xpath("//div[@class='errors']//a/@href") == [f"#{fault}"]
    assert page.doc.xpath(f"//*[@id='{fault}']")
    assert page.doc.findtext(".//title").startswith(("Error", "Erreur"))
    if isinstance(values.get("readable_on"), str):
        assert page.doc.xpath("//input[@name='readable_on']/@value") == [values["readable_on"]]
    assert _count(work, Sending) == 0


def test_what_is_missing_leads_to_the_editor(work: Work, people: People, as_: As, slug: str) -> None:
    hr = as_(people.hr)
    ready = hr.get(_send_url(slug))
    with work() as session:
        draft = session.scalars(select(Notice)).one().revisions[0]
        notice_services.save(session, draft, sending.content(fields={}, milestones=[]))
    page = hr.get(_send_url(slug))
    links = page.doc.xpath("//ul[@class='blocks']//a/@href")
    assert len(links) == 12 and all(f"/notices/{slug}/edit" in one for one in links)
    assert not page.doc.xpath("//input[@name='confirmed']"), "it cannot be sent, so it is not offered"
    later = (clock.today() + timedelta(days=3)).isoformat()
    values = {"confirmed": "y", "readable_on": later}
    refused = hr.submit(ready, values, action=_send_url(slug), status=400)
    assert refused.doc.xpath("//ul[@class='blocks']//a/@href") == links
    assert refused.doc.xpath("//input[@name='readable_on']/@value") == [later]
    assert refused.doc.findtext(".//title").startswith(("Error", "Erreur"))
    assert _count(work, Sending) == 0
    with work() as session:
        assert session.scalars(select(Notice)).one().state is NoticeState.DRAFT


def test_a_body_without_members_is_said(work: Work, people: People, as_: As, slug: str) -> None:
    with work() as session:
        empty = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=9)
    hr = as_(people.hr)
    page = hr.get(_send_url(slug))
    assert not page.doc.xpath("//input[@name='body'][@checked]"), "two bodies: none is chosen for you"
    refused = hr.submit(page, {"body": str(empty.id), "confirmed": "y"}, action=_send_url(slug), status=400)
    assert refused.doc.xpath("//div[@class='errors']//a/@href") == ["#body-0"]
    assert refused.doc.xpath("//input[@name='body'][@checked]/@value") == [str(empty.id)]
    assert _count(work, Sending) == 0 and _count(work, Letter) == 0


def test_being_reread_it_waits(work: Work, people: People, as_: As, slug: str) -> None:
    hr = as_(people.hr)
    before = hr.get(_send_url(slug))
    with work() as session:
        session.scalars(select(Notice)).one().revisions[0].review = Review.IN_REVIEW
    assert not hr.get(_send_url(slug)).doc.xpath("//input[@name='confirmed']")
    hr.submit(before, {"confirmed": "y"}, action=_send_url(slug), status=409)
    assert _count(work, Sending) == 0


def test_who_may_send(people: People, as_: As, client: PageClient, slug: str) -> None:
    for account in (people.rep1, people.rep2, people.chair, people.admin):
        as_(account).get(_send_url(slug), status=403)
        as_(account).get(f"/workspace/fr/notices/{slug}/withdraw", status=403)
    as_(people.hr).get("/workspace/fr/notices/nobody/send", status=404)
    stranger = client.get(_send_url(slug), status=302)
    assert "sign-in" in stranger.response.headers["Location"]


# ── withdrawing ────────────────────────────────────────────────────────────────


def test_hr_withdraws_with_a_reason(work: Work, people: People, as_: As, consultation_id: UUID) -> None:
    with work() as session:
        slug = session.scalars(select(Notice)).one().slug
    hr, url = as_(people.hr), f"/workspace/fr/notices/{slug}/withdraw"
    page = hr.get(url)
    assert "CSE d’Orvalie" in page.text
    text = {"reason_fr": "", "reason_en": "Given up after the trial.", "confirmed": "y"}
    refused = hr.submit(page, text, action=url, status=400)
    assert refused.doc.xpath("//div[@class='errors']//a/@href") == ["#reason_fr"]
    assert "Given up after the trial." in refused.doc.xpath("//textarea[@name='reason_en']")[0].text
    hr.submit(refused, {"reason_fr": "Abandonné après l’essai.", "confirmed": []}, action=url, status=400)
    hr.submit(refused, {"reason_fr": "Abandonné après l’essai."}, action=url)
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.state is NoticeState.WITHDRAWN
        assert notice.withdrawn_reason.texts["fr"] == "Abandonné après l’essai."
    hr.get(url, status=409)
    hr.get(_send_url(slug), status=409)


def test_a_draft_is_not_withdrawn(people: People, as_: As, slug: str) -> None:
    as_(people.hr).get(f"/workspace/fr/notices/{slug}/withdraw", status=409)


# ── the letterbox ──────────────────────────────────────────────────────────────


def _answers(page: Page, **changes: Any) -> dict[str, Any]:
    return {"votes_for": "8", "votes_against": "1", "abstentions": "0"} | changes


@BOTH
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_secretary_opens_the_letterbox(
    work: Work, people: People, as_: As, with_keys: UUID, language: str
) -> None:
    rep, url = as_(people.rep1), _box_url(with_keys, language)
    page = rep.get(url)
    text = page.doc.xpath("//textarea[@name='resolution_fr']")[0].text
    assert "Maxime Adjovi et Paule Roussel" in text and "Le CSE d’Orvalie décide" in text
    assert "Maxime Adjovi and Paule Roussel" in page.doc.xpath("//textarea[@name='resolution_en']")[0].text
    assert len(page.doc.xpath("//input[@name='holders'][@checked]")) == 2
    assert page.doc.xpath("//input[@name='k']/@value") == ["10"], "430 people: five is not offered"
    sent = rep.submit(page, _answers(page), action=url)
    assert sent.response.headers["Location"].endswith(f"/consultations/{with_keys}")
    again = rep.submit(page, _answers(page), action=url)
    assert again.response.headers["Location"] == sent.response.headers["Location"]
    rep.get(url, status=409)
    with work() as session:
        box = session.scalars(select(Letterbox)).one()
        assert (box.k, box.interval_days) == (10, 7)
        assert session.scalars(select(Resolution)).one().votes_for == 8


def test_the_text_follows_the_choices_when_asked(people: People, as_: As, with_keys: UUID) -> None:
    rep, url = as_(people.rep1), _box_url(with_keys)
    opens = clock.today() + timedelta(days=2)
    closes = opens + timedelta(days=9)
    values = {"opens_on": opens.isoformat(), "closes_on": closes.isoformat(), "votes_for": "8"}
    page = rep.submit(rep.get(url), values, action=url, button="rewrite", status=200)
    from consult.core.i18n import day

    text = page.doc.xpath("//textarea[@name='resolution_fr']")[0].text
    assert day(opens, "fr") in text and day(closes, "fr") in text
    assert page.doc.xpath("//input[@name='votes_for']/@value") == ["8"], "nothing else is lost"
    buttons = page.doc.xpath("//form[contains(@action, 'letterbox')]//button/@name")
    assert buttons[:1] == ["rewrite"] and len(page.doc.xpath("//form//button[not(@name)]")) >= 1
    first = page.doc.xpath("(//form[contains(@action, 'letterbox')]//button)[1]/@name")
    assert first == [], "the Enter key opens, it does not rewrite"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"holders": []}, "holders-0"),
        ({"votes_for": ""}, "votes_for"),
        ({"votes_for": "4", "abstentions": "4"}, "votes_for"),
        ({"votes_against": "-1"}, "votes_against"),
        ({"opens_on": "2001-01-01"}, "opens_on"),
        ({"closes_on": "2001-01-01"}, "closes_on"),
        ({"destroy_on": "2001-01-01"}, "destroy_on"),
        ({"opens_on": "32/13/2027"}, "opens_on"),
        ({"decided_on": "2099-01-01"}, "decided_on"),
        ({"resolution_fr": ""}, "resolution_fr"),
        ({"resolution_fr": "Le CSE ouvre. Maxime Adjovi."}, "resolution_fr"),
        ({"k": "5"}, "k-0"),
        ({"k": "1"}, "k-0"),
        ({"interval_days": "3"}, "interval_days-0"),
    ],
)
def test_a_letterbox_is_refused_with_what_was_typed(
    work: Work, people: People, as_: As, with_keys: UUID, values: dict[str, Any], fault: str
) -> None:
    rep, url = as_(people.rep1), _box_url(with_keys)
    page = rep.get(url)
    refused = rep.submit(page, _answers(page) | values, action=url, status=400)
    assert f"#{fault}" in refused.doc.xpath("//div[@class='errors']//a/@href")
    assert refused.doc.xpath(f"//*[@id='{fault}']")
    assert "Paule Roussel" in refused.doc.xpath("//textarea[@name='resolution_en']")[0].text
    assert _count(work, Letterbox) == 0 and _count(work, Resolution) == 0


def test_a_holder_nobody_offered_is_not_taken(work: Work, people: People, as_: As, with_keys: UUID) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=9)
        guest = people_services.add_account(
            session, email="autre@orvalie.example", name="Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, guest, other, role=MandateRole.FULL_MEMBER, starts_on=clock.today()
        )
        session.refresh(guest)
        stranger = sending.with_key(session, guest)
        mine = sending.keyholders.queries.of_account(session, people.rep1.id)
    rep, url = as_(people.rep1), _box_url(with_keys)
    page = rep.get(url)
    values = _answers(page, holders=[str(mine.id), str(stranger.id), "x"])
    refused = rep.submit(page, values, action=url, status=400)
    assert "#holders-0" in refused.doc.xpath("//div[@class='errors']//a/@href")
    assert _count(work, Letterbox) == 0


def test_five_is_offered_to_a_small_site(work: Work, people: People, as_: As, with_keys: UUID) -> None:
    with work() as session:
        session.get_one(Body, people.body.id).headcount = 30
    rep, url = as_(people.rep1), _box_url(with_keys)
    page = rep.get(url)
    assert page.doc.xpath("//input[@name='k']/@value") == ["10", "5"]
    assert page.doc.xpath("//input[@name='k'][@checked]/@value") == ["10"]
    rep.submit(page, _answers(page, k="5"), action=url)
    with work() as session:
        assert session.scalars(select(Letterbox)).one().k == 5


def test_with_one_keyholder_it_says_what_to_do(
    work: Work, people: People, as_: As, consultation_id: UUID
) -> None:
    with work() as session:
        sending.with_key(session, people.rep1)
    one, other = (
        as_(people.rep1).get(_box_url(consultation_id)),
        as_(people.rep2).get(_box_url(consultation_id)),
    )
    for page in (one, other):
        assert not page.doc.xpath("//textarea")
        assert "Maxime Adjovi" in page.text and "Paule Roussel" in page.text
    assert not one.doc.xpath("//main//a[contains(@href, '/key')]")
    assert other.doc.xpath("//main//a[contains(@href, '/key')]")


def test_who_may_open_it(work: Work, people: People, as_: As, with_keys: UUID) -> None:
    for account in (people.hr, people.chair, people.admin):
        as_(account).get(_box_url(with_keys), status=403)
    with work() as session:
        other = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=9)
        guest = people_services.add_account(
            session, email="autre@orvalie.example", name="Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, guest, other, role=MandateRole.FULL_MEMBER, starts_on=clock.today()
        )
        session.refresh(guest)
    as_(guest).get(_box_url(with_keys), status=404)
    as_(people.rep1).get(_box_url(UUID(int=1)), status=404)


def test_the_law_is_help_and_never_advice(people: People, as_: As, with_keys: UUID, slug: str) -> None:
    for page in (as_(people.hr).get(_send_url(slug, "en")), as_(people.rep1).get(_box_url(with_keys, "en"))):
        text = page.text.lower()
        assert "r2312-6" in text and "not as advice" in text
        assert not any(word in text for word in ("you must", "authorised", "cleared", "tacit agreement"))


def test_no_page_changes_anything_by_being_looked_at(
    work: Work, people: People, as_: As, with_keys: UUID, slug: str
) -> None:
    def picture() -> list[int]:
        return [_count(work, table) for table in (Letter, Consultation, Sending, Letterbox, Resolution)]

    before = picture()
    as_(people.hr).get(_send_url(slug))
    as_(people.rep1).get(_box_url(with_keys))
    assert picture() == before

"""The employer promises and says where it stands; the body confirms or contests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.commitments import queries
from consult.commitments.models import Commitment, Update, Verdict
from consult.commitments.rules import CommitmentState, Nature
from consult.core import clock
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account, Body, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from consult.register.rules import Tag
from tests.client import Page, PageClient
from tests.conftest import People
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
PROMISE = {
    "title_fr": "Un référent dans chaque équipe", "nature": "measure", "groups": ["all"],
    "owner": "Direction des ressources humaines",
}  # fmt: skip
VOTES = {"votes_for": "8", "votes_against": "3", "abstentions": "1"}
VERDICT = {
    "verdict": "contested", "reason_fr": "Absente des plannings de Lille.",
    "resolution_fr": "Le CSE conteste que l’engagement est tenu.", **VOTES,
}  # fmt: skip


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def new_url(sent: Sent, lang: str = "fr") -> str:
    return f"/workspace/{lang}/notices/{sent.slug}/commitments/new"


def count(work: Work, model: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def state(work: Work) -> CommitmentState:
    with work() as session:
        found: CommitmentState = session.scalars(select(Commitment.state)).one()
        return found


def promised(hr: PageClient, sent: Sent, *, days: int = 30, **values: Any) -> str:
    """Makes a commitment; its address."""
    due = (clock.today() + timedelta(days=days)).isoformat()
    done = hr.submit(hr.get(new_url(sent)), {**PROMISE, "due_on": due, **values})
    return str(done.response.headers["Location"])


def claimed(hr: PageClient, url: str) -> None:
    hr.submit(hr.get(url), {"to": "claimed_done", "text_fr": "Douze équipes sur douze."}, action="/move")


@BOTH
def test_the_life_of_a_commitment(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    url = promised(hr, sent, detail_fr="Formé avant le pilote.", title_en="A referent in each team")
    with work() as session:
        one = session.scalars(select(Commitment)).one()
        assert (one.number, one.nature, one.agreed_on) == (1, Nature.MEASURE, clock.today())
        assert dict(one.for_whom.texts) == {"fr": "Tous les groupes concernés", "en": "All groups concerned"}
        to = session.scalars(select(Letter.to_address).where(Letter.about == f"commitment:{one.id}")).all()
        assert sorted(to) == sorted([people.rep1.email, people.rep2.email]), "the chair is the employer"
    page = rep.get(url)
    assert "Un référent dans chaque équipe" in page.h1
    assert not page.doc.xpath("//main//form"), "nothing to judge yet"
    hr.submit(hr.get(url), {"to": "in_progress", "text_fr": "Sept équipes sur douze."}, action="/move")
    claimed(hr, url)
    page = rep.get(url)
    rep.submit(page, VERDICT, action="/verdict")
    assert state(work) is CommitmentState.CONTESTED
    page = hr.get(url)
    for said in ("Sept équipes sur douze.", "Douze équipes sur douze.", "Absente des plannings de Lille."):
        assert said in page.text
    claimed(hr, url)
    rep.submit(
        rep.get(url), {**VERDICT, "verdict": "kept", "reason_fr": "", "votes_for": "12"}, action="/verdict"
    )
    assert state(work) is CommitmentState.CONFIRMED
    for reader in (hr, rep):
        assert not reader.get(url).doc.xpath("//main//form"), "confirmed, nothing moves it"
    with work() as session:
        one = session.scalars(select(Commitment)).one()
        assert [act.position for act in one.history] == [1, 2, 3, 4, 5]
        assert [isinstance(act, Verdict) for act in one.history] == [False, False, True, False, True]
        tags = session.scalars(select(Entry.tag).where(Entry.ref == str(one.ref)).order_by(Entry.position))
        assert list(tags) == [
            Tag.COMMITMENT_AGREED, Tag.COMMITMENT_UPDATED, Tag.COMMITMENT_CLAIMED, Tag.COMMITMENT_CONTESTED,
            Tag.COMMITMENT_CLAIMED, Tag.COMMITMENT_CONFIRMED,
        ]  # fmt: skip
        assert count_votes(session) == [(8, 3, 1), (12, 3, 1)]


def count_votes(session: Any) -> list[tuple[int, int, int]]:
    rows = session.scalars(select(Resolution).order_by(Resolution.votes_for)).all()
    return [(one.votes_for, one.votes_against, one.abstentions) for one in rows]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_fr": ""}, "title_fr"),
        ({"title_fr": "x" * 301}, "title_fr"),
        ({"nature": None}, "nature-0"),
        ({"groups": []}, "groups-0"),
        ({"owner": "  "}, "owner"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "31/02/2027"}, "due_on"),
        ({"due_on": "0001-01-01"}, "due_on"),
        ({"detail_en": "Only in English."}, "detail_fr"),
        ({"others_en": "Night staff"}, "others_fr"),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_the_rest_is_kept(
    work: Work, people: People, sent: Sent, as_: SignIn, wrong: dict[str, Any], field: str
) -> None:
    hr = as_(people.hr)
    due = (clock.today() + timedelta(days=30)).isoformat()
    values = {**PROMISE, "title_en": "A referent", "due_on": due, **wrong}
    values = {name: value for name, value in values.items() if value is not None}
    page = hr.submit(hr.get(new_url(sent)), values, status=400)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#{field}"]
    assert page.doc.xpath(f"//*[@id='{field}']")
    assert page.doc.xpath("//input[@name='title_en']/@value") == ["A referent"]
    if isinstance(wrong.get("due_on"), str):
        assert page.doc.xpath("//input[@name='due_on']/@value") == [wrong["due_on"]]
    assert count(work, Commitment) == 0


def test_for_some_groups_and_others(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    page = hr.get(new_url(sent))
    boxes = page.doc.xpath("//input[@name='groups']/@value")
    due = clock.today().strftime("%d/%m/%Y")
    values = {**PROMISE, "groups": [boxes[2], "forged"], "others_fr": "L’équipe de nuit", "due_on": due}
    hr.submit(page, values)
    with work() as session:
        one = session.scalars(select(Commitment)).one()
        assert dict(one.for_whom.texts) == {"fr": "Renforts du soir, L’équipe de nuit"}
        assert one.due_on == clock.today()


def test_late_is_computed(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    url = promised(hr, sent, days=-9)
    assert "9" in hr.get(url).doc.xpath("string(//*[contains(@class,'tone-warn')])")
    claimed(hr, url)
    assert not hr.get(url).doc.xpath("//p[contains(@class,'row')]//*[contains(@class,'tone-warn')]")
    rep = as_(people.rep1)
    rep.submit(rep.get(url), VERDICT, action="/verdict")
    assert "9" in rep.get(url).doc.xpath(
        "string(//p[contains(@class,'row')]//*[contains(@class,'tone-warn')])"
    )


@BOTH
def test_double_clicks_count_once(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    page = hr.get(new_url(sent))
    due = (clock.today() + timedelta(days=3)).isoformat()
    urls = {hr.submit(page, {**PROMISE, "due_on": due}).response.headers["Location"] for _ in range(2)}
    assert len(urls) == count(work, Commitment) == 1
    url = urls.pop()
    page = hr.get(url)
    for _ in range(2):
        hr.submit(page, {"to": "claimed_done", "text_fr": "Fait."}, action="/move")
    page = rep.get(url)
    for _ in range(2):
        rep.submit(page, VERDICT, action="/verdict")
    assert (count(work, Update), count(work, Verdict), count(work, Resolution)) == (1, 1, 1)


@BOTH
def test_somebody_was_faster(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    """The employer takes its claim back while the body votes: the verdict is not about that any more."""
    hr, rep = as_(people.hr), as_(people.rep1)
    url = promised(hr, sent)
    claimed(hr, url)
    stale_hr, stale_rep = hr.get(url), rep.get(url)
    hr.submit(hr.get(url), {"to": "in_progress", "text_fr": "Pas tout à fait."}, action="/move")
    late = rep.submit(stale_rep, VERDICT, action="/verdict", status=409)
    kept = [one.text.strip() for one in late.doc.xpath("//textarea[@readonly]")]
    assert kept == [VERDICT["reason_fr"], VERDICT["resolution_fr"]]
    assert "Pas tout à fait." in late.text
    late = hr.submit(stale_hr, {"to": "in_progress", "text_fr": "Moi aussi."}, action="/move", status=409)
    assert late.doc.xpath("//textarea[@name='text_fr']")[0].text.strip() == "Moi aussi."
    hr.submit(late, {"to": "claimed_done"}, action="/move")
    assert (count(work, Verdict), count(work, Resolution)) == (0, 0)
    # Claimed again meanwhile, the version still tells that it is another claim.
    rep.submit(stale_rep, VERDICT, action="/verdict", status=409)
    assert (count(work, Verdict), count(work, Resolution)) == (0, 0)


def test_a_note_moves_nothing_and_is_no_new_claim(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr = as_(people.hr)
    url = promised(hr, sent)
    claimed(hr, url)
    before = count(work, Letter)
    hr.submit(hr.get(url), {"to": "claimed_done", "text_fr": "La preuve est jointe."}, action="/move")
    assert state(work) is CommitmentState.CLAIMED_DONE
    assert count(work, Letter) == before
    with work() as session:
        last = session.scalars(select(Entry.tag).order_by(Entry.position.desc())).first()
        assert last is Tag.COMMITMENT_UPDATED


def test_moves_without_words_or_out_of_order(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    url = promised(hr, sent)
    page = hr.submit(hr.get(url), {"to": "in_progress", "text_en": "Half way."}, action="/move", status=400)
    assert page.doc.xpath("//textarea[@name='text_en']")[0].text.strip() == "Half way."
    assert page.doc.xpath("//input[@name='to'][@value='in_progress']/@checked")
    with work() as session:
        version = str(session.scalars(select(Commitment.version)).one())
    said = {"version": version, "text_fr": "Mon texte."}
    for forbidden in ("confirmed", "contested"):
        late = attack(hr, f"{url}/move", {**said, "to": forbidden}, status=409)
        assert "Mon texte." in [one.text.strip() for one in late.doc.xpath("//textarea") if one.text]
    attack(hr, f"{url}/move", {**said, "to": "kept"}, status=400)
    attack(hr, f"{url}/move", {"to": "in_progress", "text_fr": "Sans version."}, status=409)
    early = attack(rep, f"{url}/verdict", {**VERDICT, "version": version}, status=409)
    assert VERDICT["reason_fr"] in [one.text.strip() for one in early.doc.xpath("//textarea[@readonly]")]
    assert state(work) is CommitmentState.AGREED
    assert (count(work, Update), count(work, Verdict), count(work, Resolution)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "field", "status"),
    [
        ({"reason_fr": ""}, "reason_fr", 400),
        ({"resolution_fr": ""}, "resolution_fr", 400),
        ({"votes_for": ""}, "votes_for", 400),
        ({"votes_for": "6", "abstentions": "3"}, "votes_for", 409),
        ({"verdict": "kept", "reason_fr": "", "reason_en": "Yes."}, "reason_fr", 400),
    ],
)
def test_a_verdict_needs_its_reason_and_a_resolution_that_carried(
    work: Work, people: People, sent: Sent, as_: SignIn, wrong: dict[str, str], field: str, status: int
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    url = promised(hr, sent)
    claimed(hr, url)
    page = rep.submit(rep.get(url), {**VERDICT, **wrong}, action="/verdict", status=status)
    assert page.doc.xpath("//*[contains(@class,'errors')]//a/@href") == [f"#{field}"]
    for name in ("reason_fr", "resolution_fr"):
        expected = {**VERDICT, **wrong}[name]
        assert (page.doc.xpath("//textarea[@name=$n]", n=name)[0].text or "").strip() == expected
    assert state(work) is CommitmentState.CLAIMED_DONE
    assert (count(work, Verdict), count(work, Resolution)) == (0, 0)
    rep.submit(page, VERDICT, action="/verdict")
    assert state(work) is CommitmentState.CONTESTED


def test_the_body_is_told_who_reads_its_reason(work: Work, people: People, as_: SignIn) -> None:
    held = sent_with(work, people, slug="held", held_until=clock.today() + timedelta(days=9))
    hr, rep = as_(people.hr), as_(people.rep1)
    url = promised(hr, held)
    claimed(hr, url)
    rep.submit(rep.get(url), VERDICT, action="/verdict")
    with rep.http.session_transaction("/workspace/fr/") as session:
        said = session["_flashes"][-1][1]
    assert "salariés" not in said, "under embargo no employee reads it"


def test_who_may_not(work: Work, people: People, sent: Sent, as_: SignIn, client: PageClient) -> None:
    for account in (people.rep1, people.chair, people.admin):
        as_(account).get(new_url(sent), status=403)
        attack(as_(account), new_url(sent), PROMISE, status=403)
    hr = as_(people.hr)
    url = promised(hr, sent)
    claimed(hr, url)
    for account, may_read in ((people.hr, 200), (people.rep1, 200), (people.chair, 200), (people.admin, 403)):
        as_(account).get(url, status=may_read)
    assert not as_(people.chair).get(url).doc.xpath("//main//form"), "the chair judges nothing"
    for account in (people.hr, people.chair, people.admin):
        attack(as_(account), f"{url}/verdict", VERDICT, status=403)
    for account in (people.rep1, people.chair, people.admin):
        attack(as_(account), f"{url}/move", {"to": "in_progress", "text_fr": "Non."}, status=403)
    client.get(url, status=302)
    unknown = "/workspace/fr/commitments/6f1cf0de-9d4c-4d52-8a7e-000000000000"
    hr.get(unknown, status=404)
    assert (count(work, Update), count(work, Verdict)) == (1, 0)


def test_another_body_judges_nothing_and_under_embargo_knows_nothing(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    with work() as session:
        other = people_services.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
        stranger = people_services.add_account(
            session, email="s@orvalie.example", name="Sacha Autre", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, stranger, other, role=MandateRole.SECRETARY, starts_on=clock.today()
        )
        session.flush()
        session.refresh(stranger)
    held = sent_with(work, people, slug="held", held_until=clock.today() + timedelta(days=9))
    hr, them = as_(people.hr), as_(stranger)
    for one, readable in ((sent, 200), (held, 404)):
        url = promised(hr, one)
        claimed(hr, url)
        page = them.get(url, status=readable)
        assert not page.doc.xpath("//main//form")
        attack(them, f"{url}/verdict", VERDICT, status=404)
    assert count(work, Verdict) == 0


def test_to_which_body_when_there_are_several(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    hr = as_(people.hr)
    assert not hr.get(new_url(sent)).doc.xpath("//input[@name='body']")
    with work() as session:
        second = people_services.add_body(session, name="CSSCT", kind=BodyKind.CSSCT, headcount=430)
        people_services.add_body(session, name="Another", kind=BodyKind.CSE, headcount=43)
        notice = session.get_one(queries.Notice, sent.notice_id)
        notice.body_ids = [*notice.body_ids, str(second.id)]
    page = hr.get(new_url(sent))
    assert len(page.doc.xpath("//input[@name='body']")) == 2
    values = {**PROMISE, "due_on": clock.today().isoformat()}
    page = hr.submit(page, values, status=400)
    hr.submit(page, {"body": str(second.id)})
    with work() as session:
        assert session.scalars(select(Commitment)).one().body_id == second.id


def test_drafts_and_withdrawn_notices_take_no_commitment(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr = as_(people.hr)
    page = hr.get(new_url(sent))
    withdraw(work, people, sent.slug)
    values = {**PROMISE, "due_on": clock.today().isoformat()}
    late = hr.submit(page, values, status=409)
    assert late.doc.xpath("//input[@name='title_fr']/@value") == [PROMISE["title_fr"]]
    hr.get(new_url(sent), status=409)
    assert count(work, Commitment) == 0


def test_prefilled_from_elsewhere_only_with_what_fits(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr = as_(people.hr)
    page = hr.get(f"{new_url(sent)}?title_fr=<b>Effacer</b>&detail_fr={'x' * 601}&because=theme:none")
    assert page.doc.xpath("//input[@name='title_fr']/@value") == ["<b>Effacer</b>"]
    assert not (page.doc.xpath("//textarea[@name='detail_fr']")[0].text or "").strip()
    assert not page.doc.xpath("//input[@name='because'][@checked]")


def test_in_english_the_french_is_marked(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    url = promised(as_(people.hr), sent).replace("/fr/", "/en/")
    page = as_(people.rep1).get(url)
    assert page.doc.xpath("//h1/span[@lang='fr']")
    assert "Only in French so far" in page.text
    assert body_named(page) == people.body.name


def body_named(page: Page) -> str:
    return "CSE d’Orvalie" if "CSE d’Orvalie" in page.text else ""


def test_every_number_of_the_tally_is_the_length_of_its_list(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    hr, rep = as_(people.hr), as_(people.rep1)
    for days in (-3, -2, 5):
        promised(hr, sent, days=days)
    late_and_contested = promised(hr, sent, days=-1)
    claimed(hr, late_and_contested)
    rep.submit(rep.get(late_and_contested), VERDICT, action="/verdict")
    claimed(hr, promised(hr, sent, days=-1))
    with work() as session:
        levels = [queries.Visibility.EMPLOYEES, queries.Visibility.PUBLIC]
        tally = queries.tally(session, levels=levels, on=clock.today())
        assert tally == {"late": 2, "agreed": 1, "contested": 1, "claimed_done": 1}
        for key, number in tally.items():
            rows = queries.tracker(session, levels=levels, on=clock.today(), state=key).rows
            assert len(rows) == number, key
        assert len(queries.tracker(session, levels=levels, on=clock.today()).rows) == 5
        assert not queries.tracker(session, levels=[], on=clock.today()).rows
        assert len(queries.to_judge(session, [people.body.id])) == 1
        assert not queries.to_judge(session, [])
        assert session.get_one(Body, people.body.id).name == people.body.name

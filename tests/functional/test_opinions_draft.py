"""The draft of an opinion: written together, read by the body alone, and nobody's typing lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from consult.concerns import queries as concerns
from consult.consultations.models import Consultation
from consult.core import clock
from consult.mail.models import Letter
from consult.opinions import queries
from consult.opinions.draft_models import Declaration, Draft, DraftComment, DraftSeen, DraftVersion
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_questions_pages import asked
from tests.loop import Sent, attack, sent_with, withdraw

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
SECRET = "Phrase-Perroquet"


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


def at(sent: Sent, what: str = "draft", lang: str = "fr") -> str:
    return f"/workspace/{lang}/consultations/{sent.consultation_id}/opinion/{what}"


def begun(rep: PageClient, sent: Sent, start: str = "none", lang: str = "fr") -> Page:
    """A draft begun by that member: the page to write on."""
    return rep.follow(rep.submit(rep.get(at(sent, lang=lang)), {"start": start}))


def write(rep: PageClient, sent: Sent, *, page: Page | None = None, status: int = 303, **values: str) -> Page:
    page = page or rep.get(at(sent, "draft/edit"))
    return rep.submit(page, values, button="act=save", status=status)


def draft(work: Work, sent: Sent) -> Draft:
    with work() as session:
        found = queries.draft(session, sent.consultation_id)
        assert found is not None
        _ = [one.author.name for one in found.versions]
        session.expunge_all()
        return found


def member(work: Work, body: Body | None, role: MandateRole, name: str = "Olga Other") -> Account:
    """Somebody who sits on that body (None: on another one)."""
    with work() as session:
        if body is None:
            sits = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        else:
            sits = session.get_one(Body, body.id)
        made: Account = people_services.add_account(
            session, email=f"{name.split()[-1].lower()}@orvalie.example", name=name, role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(session, made, sits, role=role, starts_on=clock.today())
        session.flush()
        session.refresh(made)
    return made


def values_of(page: Page, name: str) -> str:
    return str(page.doc.xpath("//textarea[@name=$name]", name=name)[0].text or "").strip()


@BOTH
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_draft_is_begun_written_reordered_and_seen(
    work: Work, people: People, sent: Sent, as_: SignIn, lang: str
) -> None:
    rep, other = as_(people.rep1), as_(people.rep2)
    page = begun(rep, sent, lang=lang)
    assert "## 1. Ce que l’instance a reçu" in values_of(page, "text_fr")
    assert values_of(page, "text_en") == "", "a text nobody wrote would be adopted with the other"
    page = rep.submit(page, {"wishes-0-text_fr": "Premier"}, button="act=add-wishes", status=200)
    page = rep.submit(page, {"wishes-1-text_fr": "Second"}, button="act=add-wishes", status=200)
    page = rep.submit(page, {"wishes-2-text_fr": "Trop"}, button="act=up-wishes-1", status=200)
    assert [values_of(page, f"wishes-{n}-text_fr") for n in range(3)] == ["Second", "Premier", "Trop"]
    page = rep.submit(page, button="act=drop-wishes-2", status=200)
    page = rep.submit(page, button="act=down-wishes-0", status=200)
    page = rep.submit(page, button="act=up-wishes-1", status=200)
    done = rep.submit(
        page, {"text_fr": SECRET, "text_en": "", "outcome": "with_reservations"}, button="act=save"
    )
    page = rep.follow(done)
    found = draft(work, sent)
    assert [one.number for one in found.versions] == [2, 1]
    assert [text.texts["fr"] for _kind, text in found.newest.points] == ["Second", "Premier"]
    assert SECRET in page.text
    assert people.rep2.name in page.text, "who has not seen it yet"
    read = other.get(at(sent, lang=lang))
    assert people.rep2.name in read.text
    with work() as session:
        seen = session.scalars(
            select(DraftSeen.account_id).join(DraftVersion, DraftVersion.id == DraftSeen.version_id)
            .where(DraftVersion.number == 2)
        ).all()  # fmt: skip
        assert set(seen) == {people.rep1.id, people.rep2.id}
        letters = session.scalars(select(Letter).where(Letter.about == f"draft:{found.id}")).all()
        assert [one.to_address for one in letters] == [people.rep2.email], "nobody outside the body"
        assert not session.scalars(select(Entry).where(Entry.ref.contains("draft"))).all()
        assert all(SECRET.lower() not in one.text.lower() for one in session.scalars(select(Letter)))
    assert SECRET not in other.get(at(sent, "draft/versions/1", lang)).text
    assert SECRET in other.get(at(sent, "draft/versions/2", lang)).text
    other.get(at(sent, "draft/versions/9", lang), status=404)


@BOTH
def test_two_who_write_at_once_lose_nothing(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    mine, theirs = as_(people.rep1), as_(people.rep2)
    page = begun(mine, sent)
    late = theirs.get(at(sent, "draft/edit"))
    write(mine, sent, page=page, text_fr="Le texte de Maxime.")
    clash = write(
        theirs, sent, page=late, status=409, text_fr="Le texte de Paule.", **{"wishes-0-text_fr": "Un vœu."}
    )
    assert "Le texte de Maxime." in clash.text
    assert values_of(clash, "text_fr") == "Le texte de Paule."
    assert values_of(clash, "wishes-0-text_fr") == "Un vœu."
    assert [one.number for one in draft(work, sent).versions] == [2, 1]
    write(theirs, sent, page=clash, text_fr="Les deux ensemble.")
    assert draft(work, sent).newest.text.texts["fr"] == "Les deux ensemble."
    assert [one.number for one in draft(work, sent).versions] == [3, 2, 1]


@BOTH
def test_sent_twice_it_is_kept_once(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    start = rep.get(at(sent))
    for _ in range(2):
        rep.submit(start, {"start": "none"})
    page = rep.get(at(sent, "draft/edit"))
    for _ in range(2):
        write(rep, sent, page=page, text_fr="Une fois.")
    desk = rep.get(at(sent))
    for _ in range(2):
        rep.submit(desk, {"text": "Bien."}, action="/draft/comments")
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1
        assert session.scalar(select(func.count()).select_from(DraftVersion)) == 2
        assert session.scalar(select(func.count()).select_from(DraftComment)) == 1


def test_a_draft_in_one_language_is_enough(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = begun(rep, sent)
    empty = write(
        rep, sent, page=page, status=400, text_fr=" ", text_en="", **{"wishes-0-text_en": "A wish."}
    )
    assert values_of(empty, "wishes-0-text_en") == "A wish."
    write(rep, sent, page=empty, text_en="In English only.")
    newest = draft(work, sent).newest
    assert (newest.text.source, dict(newest.text.texts)) == ("en", {"en": "In English only."})


@BOTH
def test_nobody_but_the_body_knows_of_a_draft(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    write(rep, sent, page=begun(rep, sent), text_fr=SECRET)
    page = rep.get(at(sent))
    rep.submit(page, {"text": SECRET}, action="/draft/comments")
    declare(rep, sent, text_fr=SECRET)
    with work() as session:
        declared = session.scalars(select(Declaration)).one()
    strangers = {
        "hr": people.hr,
        "chair": people.chair,
        "admin": people.admin,
        "other": member(work, None, MandateRole.SECRETARY),
        "guest": member(work, people.body, MandateRole.EXPERT_GUEST, "Gus Guest"),
    }
    base = f"/workspace/fr/consultations/{sent.consultation_id}/opinion"
    pages = [
        "draft",
        "draft/edit",
        "draft/versions/1",
        "draft/versions/2",
        "vote",
        "declarations",
        "translation",
    ]
    posts = ["draft", "draft/edit", "draft/comments", "vote", "gather", "declarations", "translation"]
    for name, account in strangers.items():
        who = as_(account)
        for one in pages:
            who.get(f"{base}/{one}", status=404)
        for one in posts:
            attack(who, f"{base}/{one}", {"text": "x", "act": "save"}, status=404)
        who.get(f"/workspace/fr/declarations/{declared.id}/file", status=404)
        attack(who, f"/workspace/fr/declarations/{declared.id}/drop", {}, status=404)
        if name in {"hr", "chair", "guest"}:
            for where in (f"consultations/{sent.consultation_id}", f"notices/{sent.slug}"):
                assert SECRET not in who.get(f"/workspace/fr/{where}").text
                assert "opinion/draft" not in who.get(f"/workspace/fr/{where}").text
    with work() as session:
        words = [str(row) for row in session.execute(text("SELECT * FROM search_word"))]
        assert words
        assert not [one for one in words if "perroquet" in one], "search does not find it"
    assert draft(work, sent).newest.number == 2


def test_employees_never_read_a_draft(people: People, sent: Sent, as_: SignIn, employee: PageClient) -> None:
    rep = as_(people.rep1)
    write(rep, sent, page=begun(rep, sent), text_fr=SECRET)
    declare(rep, sent, text_fr=SECRET)
    for lang in ("fr", "en"):
        assert SECRET not in employee.get(f"/{lang}/notices/{sent.slug}").text


def test_a_mandate_that_ended_opens_nothing(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    begun(as_(people.rep1), sent)
    with work() as session:
        account = session.get_one(Account, people.rep2.id)
        people_services.end_mandate(session, account.mandates[0], on=clock.today().replace(year=2000))
    as_(people.rep2).get(at(sent), status=404)


def test_templates_without_an_opinion_show_none_of_it(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    rep = as_(people.rep1)
    for template in ("fr-cse-11-49", ""):
        with work() as session:
            session.get_one(Consultation, sent.consultation_id).template = template
        for what in ("draft", "draft/edit", "vote", "declarations"):
            rep.get(at(sent, what), status=404)
        rep.get(f"/workspace/fr/consultations/{sent.consultation_id}/opinion", status=404)
        hub = rep.get(f"/workspace/fr/consultations/{sent.consultation_id}")
        assert not [one for one in hub.links() if "/opinion" in one]


@BOTH
def test_unanswered_questions_are_brought_in_once(
    work: Work, people: People, sent: Sent, as_: SignIn
) -> None:
    asked(work, people, sent)
    rep = as_(people.rep1)
    write(rep, sent, page=begun(rep, sent), text_en="What we think.")
    rep.submit(rep.get(at(sent)), action="/opinion/gather")
    text = draft(work, sent).newest.text
    assert "## Questions restées sans réponse" in text.texts["fr"]
    assert "- Question n°\u00a01\u00a0: " in text.texts["fr"]
    assert "- Question no. 1: " in text.texts["en"]
    rep.submit(rep.get(at(sent)), action="/opinion/gather")
    assert draft(work, sent).newest.number == 3, "nothing stands twice"


def test_published_themes_are_brought_in(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    box = story.letterbox(work, sent.slug)
    story.speak_and_publish(work, people, box, themes=1)
    rep = as_(people.rep1)
    begun(rep, sent)
    before = draft(work, sent).newest.text.texts["fr"]
    rep.submit(rep.get(at(sent)), action="/opinion/gather")
    added = draft(work, sent).newest.text.texts["fr"].removeprefix(before)
    with work() as session:
        (title,) = [one.title for one in concerns.published(session, sent.notice_id)]
    assert added == f"\n\n## Ce que disent les salariés\n\n- {title.texts['fr']}"
    attack(rep, at(sent, "gather"), {}, status=303)
    assert draft(work, sent).newest.number == 2


@BOTH
def test_nothing_is_drafted_once_it_is_over(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = begun(rep, sent)
    withdraw(work, people, sent.slug)
    kept = write(rep, sent, page=page, status=409, text_fr="Ne se perd pas.")
    assert values_of(kept, "text_fr") == "Ne se perd pas."
    assert not rep.get(at(sent)).doc.xpath("//main//form")
    assert draft(work, sent).newest.number == 1


@BOTH
def test_a_version_never_changes(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    begun(as_(people.rep1), sent)
    with pytest.raises(IntegrityError), work() as session:
        session.scalars(select(DraftVersion)).one().number = 7
    with pytest.raises(IntegrityError), work() as session:
        session.delete(session.scalars(select(DraftVersion)).one())


# ── declarations ───────────────────────────────────────────────────────────────


def declare(rep: PageClient, sent: Sent, *, status: int = 303, **values: Any) -> Page:
    page = rep.get(at(sent, "declarations"))
    return rep.submit(
        page, {"signed": "CFDT", "kind": "union", **values}, action="/declarations", status=status
    )


@BOTH
def test_a_declaration_is_kept_and_taken_back(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    kept = declare(rep, sent, signed=" ", text_fr="Nos réserves.", status=400)
    assert values_of(kept, "text_fr") == "Nos réserves."
    declare(rep, sent, text_fr="Nos réserves.")
    page = rep.get(at(sent, "declarations"))
    assert "Nos réserves." in page.text
    rep.submit(page, action="/drop")
    assert "Nos réserves." not in rep.get(at(sent, "declarations")).text
    with work() as session:
        assert session.scalars(select(Declaration)).first() is None


def test_a_file_is_checked_by_its_content(work: Work, people: People, sent: Sent, as_: SignIn) -> None:
    rep = as_(people.rep1)
    bad = (io.BytesIO(b"MZ\x90\x00 not a document"), "x.pdf")
    kept = declare(rep, sent, text_fr="Voir le fichier.", file=bad, status=400)
    assert values_of(kept, "text_fr") == "Voir le fichier."
    with work() as session:
        assert session.scalars(select(Declaration)).first() is None

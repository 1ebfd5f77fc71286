"""The editor: both languages, one section a page, nothing lost whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consult.core import clock
from consult.core.localized import Localized
from consult.mail.models import Letter
from consult.notices import queries, services
from consult.notices.fields import FIELDS, Section
from consult.notices.models import Notice, Revision
from consult.notices.readiness import missing
from consult.notices.rules import Review
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from tests.client import Page, PageClient
from tests.conftest import People
from tests.notices import whole

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]


@pytest.fixture
def slug(work: Work, people: People) -> str:
    """A draft with everything that sending asks for."""
    with work() as session:
        actor = session.get(Account, people.hr.id)
        title = Localized.of(fr="Plume, l’assistant", en="Plume, the assistant")
        notice = services.create(session, title=title, actor=actor, on=clock.today())
        services.save(session, notice.revisions[0], whole(title))
        return str(notice.slug)


@pytest.fixture
def hr(as_: As, people: People) -> PageClient:
    return as_(people.hr)


def at(slug: str, section: str = "essentials", language: str = "fr") -> str:
    return f"/workspace/{language}/notices/{slug}/edit?section={section}"


def revision_of(work: Work, slug: str) -> Revision:
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        session.expunge_all()
        return notice.revisions[-1]


def state_of(work: Work, slug: str) -> Review:
    """How far the rereading of the newest revision came."""
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        return notice.revisions[-1].review


# ── the list and a new notice ──────────────────────────────────────────────────


@BOTH
def test_a_notice_begins_with_a_title_in_one_language(hr: PageClient, work: Work) -> None:
    page = hr.get("/workspace/en/notices/new")
    done = hr.submit(page, {"title": "  Éclair,  the sorting of mail ", "source": "en"})
    assert done.response.location == "/workspace/en/notices/eclair/edit"
    editor = hr.follow(done)
    assert editor.doc.xpath("//input[@id='title_en']/@value") == ["Éclair, the sorting of mail"]
    assert "What prevents sending" in editor.text
    assert revision_of(work, "eclair").title == Localized({"en": "Éclair, the sorting of mail"}, "en")


def test_pressed_twice_it_begins_once(hr: PageClient, work: Work) -> None:
    page = hr.get("/workspace/fr/notices/new")
    first = hr.submit(page, {"title": "Plume"})
    second = hr.submit(page, {"title": "Plume"})
    assert first.response.location == second.response.location
    with work() as session:
        assert queries.slugs(session) == ["plume"]


def test_a_notice_without_title_is_refused_and_nothing_is_lost(hr: PageClient, work: Work) -> None:
    page = hr.submit(hr.get("/workspace/fr/notices/new"), {"title": "   ", "source": "en"}, status=400)
    assert page.doc.findtext(".//title").strip().startswith(("Error:", "Erreur"))
    assert page.doc.xpath("//div[@class='errors']//a/@href") == ["#title"]
    assert page.doc.xpath("//input[@value='en']/@checked")
    with work() as session:
        assert queries.slugs(session) == []


def test_the_list_says_where_each_stands(hr: PageClient, slug: str, work: Work, people: People) -> None:
    assert "No notice yet" not in hr.get("/workspace/en/notices").text
    with work() as session:
        notice = queries.by_slug(session, slug)
        services.publish(session, notice, actor=notice.author, on=clock.today())
        services.sent_to(session, notice, people.body.id, held_until=clock.today())
        services.create(session, title=Localized.of(fr="Boussole"), actor=notice.author, on=clock.today())
    page = hr.get("/workspace/en/notices")
    titles = [one.text_content() for one in page.doc.xpath("//ol[contains(@class,'rows')]//h2")]
    assert titles == ["Boussole", "Plume, the assistant"]
    assert "With the representatives; employees read it from" in page.text
    assert "Start the next revision" in page.text
    assert "Draft" in page.text and "Published" in page.text


def test_an_empty_list_says_what_to_do(hr: PageClient) -> None:
    page = hr.get("/workspace/en/notices")
    assert "No notice yet" in page.text
    assert "/workspace/en/notices/new" in page.links()


def test_a_long_list_goes_on_by_key(hr: PageClient, work: Work, people: People) -> None:
    with work() as session:
        actor = session.get(Account, people.hr.id)
        for number in range(23):
            title = Localized.of(fr=f"Outil {number}")
            services.create(session, title=title, actor=actor, on=clock.today())
    first = hr.get("/workspace/fr/notices")
    (older,) = first.doc.xpath("//a[@rel='next']/@href")
    second = hr.get(str(older))
    names = [
        h.text_content() for page in (first, second) for h in page.doc.xpath("//ol[@class='rows mt5']//h2")
    ]
    assert names == [f"Outil {number}" for number in reversed(range(23))]
    assert not second.doc.xpath("//a[@rel='next']")
    assert "Outil 22" in hr.get("/workspace/fr/notices?after=nonsense").text


@pytest.mark.parametrize("name", ["rep1", "chair", "admin"])
def test_only_who_writes_notices_gets_in(as_: As, people: People, slug: str, name: str) -> None:
    browser = as_(getattr(people, name))
    for path in ("/workspace/fr/notices", "/workspace/fr/notices/new", at(slug)):
        browser.get(path, status=403)


def test_strangers_are_asked_to_sign_in(client: PageClient, slug: str) -> None:
    assert "/sign-in" in client.get(at(slug), status=302).response.location


# ── writing ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("section", list(Section))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_section_opens_in_both_languages(
    hr: PageClient, slug: str, section: Section, language: str
) -> None:
    page = hr.get(at(slug, section, language))
    keys = {str(one) for one in page.doc.xpath("//form[@id='editor']//textarea/@name")}
    wanted = {f"{one.key}_{lang}" for one in FIELDS if one.section is section for lang in ("fr", "en")}
    assert wanted <= keys


def test_every_section_sent_back_as_it_came_changes_nothing(hr: PageClient, slug: str, work: Work) -> None:
    before = revision_of(work, slug)
    for section in Section:
        hr.submit(hr.get(at(slug, section)), button="go=stay", action="/edit")
    after = revision_of(work, slug)
    assert after.version == before.version
    assert services.content_of(after) == services.content_of(before)


@BOTH
def test_a_source_that_moves_on_leaves_its_translation_stale(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug, "work", "en"))
    hr.submit(page, {"monitoring_fr": "Oui, depuis hier.\r\nPar équipe."}, action="/edit")
    text = revision_of(work, slug).fields["monitoring"]
    assert text.texts["fr"] == "Oui, depuis hier.\nPar équipe."
    assert text.state("en") == "stale"
    page = hr.get(at(slug, "work", "en"))
    assert "English to update" in page.text
    assert len(page.doc.xpath("//input[@name='monitoring_same']")) == 1
    hr.submit(page, {"monitoring_same": "y"}, action="/edit")
    assert revision_of(work, slug).fields["monitoring"].state("en") == "current"


def test_writing_the_translation_makes_it_current(hr: PageClient, slug: str, work: Work) -> None:
    hr.submit(hr.get(at(slug, "work")), {"monitoring_fr": "Non."}, action="/edit")
    hr.submit(hr.get(at(slug, "work")), {"monitoring_en": "No."}, action="/edit")
    assert revision_of(work, slug).fields["monitoring"].state("en") == "current"


def test_the_authoritative_language_can_change(hr: PageClient, slug: str, work: Work) -> None:
    hr.submit(hr.get(at(slug)), {"source_language": "en"}, action="/edit")
    revision = revision_of(work, slug)
    assert revision.title.source == "en"
    assert {text.source for text in revision.fields.values()} == {"en"}
    assert revision.title.state("fr") == "current"
    page = hr.get(at(slug, "work", "en"))
    first, second = page.doc.xpath("//textarea[starts-with(@name,'monitoring_')]/@name")
    assert (first, second) == ("monitoring_en", "monitoring_fr")


def test_moving_to_another_section_saves_this_one(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug, "system"))
    done = hr.submit(page, {"nature_fr": "Un modèle de langue."}, button="go=section:data", action="/edit")
    assert done.response.location.endswith("section=data")
    assert revision_of(work, slug).fields["nature"].texts["fr"] == "Un modèle de langue."


@pytest.mark.parametrize(
    ("button", "end"),
    [
        ("go=next", "section=reasons"), ("go=stay", "section=system"), ("go=preview", "/preview"),
        ("go=send", "/send"), ("go=section:people:groups_fr", "section=people#groups_fr"),
        ("go=section:nowhere", "section=system"), ("go=", "section=system"),
    ],
)  # fmt: skip
def test_every_way_on_saves_first(hr: PageClient, slug: str, work: Work, button: str, end: str) -> None:
    done = hr.submit(hr.get(at(slug, "system")), {"nature_fr": "Oui."}, button=button, action="/edit")
    assert done.response.location.endswith(end)
    assert revision_of(work, slug).fields["nature"].texts["fr"] == "Oui."


def test_every_button_of_the_page_belongs_to_the_form(hr: PageClient, slug: str) -> None:
    page = hr.get(at(slug, "work"))
    form = page.form("/edit")
    for button in page.doc.xpath("//main//button"):
        assert button.get("form") == "editor" or form in list(button.iterancestors()), button.text_content()
    links = [one for one in page.doc.xpath("//main//a/@href") if not str(one).startswith("#")]
    assert links == [], "a link that leads away would lose what is typed"
    assert page.doc.xpath("(//main//button)[1]/@value") == ["stay"], "Enter in a line saves and stays"


def test_unknown_sections_are_not_there(hr: PageClient, slug: str) -> None:
    hr.get(at(slug, "nowhere"), status=404)
    hr.get("/workspace/fr/notices/nothing/edit", status=404)


# ── rows ───────────────────────────────────────────────────────────────────────


@BOTH
def test_groups_are_added_changed_and_removed(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug, "people"))
    rows = len(page.doc.xpath("//input[contains(@name,'-headcount')]"))
    more = hr.submit(page, {"groups-1-name_fr": "Soir"}, button="add=groups", action="/edit", status=200)
    assert len(more.doc.xpath("//input[contains(@name,'-headcount')]")) == rows + 1
    assert more.doc.xpath("//input[@name='groups-1-name_fr']/@value") == ["Soir"]
    assert len(revision_of(work, slug).groups) == 1, "adding a row stores nothing"
    hr.submit(more, {"groups-1-headcount": "20", f"groups-{rows}-name_en": "Night"}, action="/edit")
    groups = revision_of(work, slug).groups
    assert [one.name.shown("fr")[0] for one in groups] == ["Conseillers", "Soir", "Night"]
    assert groups[1].headcount == 20
    hr.submit(hr.get(at(slug, "people")), {"groups-0-drop": "y"}, action="/edit")
    assert [one.name.shown("fr")[0] for one in revision_of(work, slug).groups] == ["Soir", "Night"]


def test_a_group_whose_source_moves_on_is_stale(hr: PageClient, slug: str, work: Work) -> None:
    hr.submit(hr.get(at(slug, "people")), {"groups-0-measures_fr": "Six semaines."}, action="/edit")
    assert revision_of(work, slug).groups[0].measures.state("en") == "stale"


def test_a_group_without_name_and_a_date_without_day_are_refused(
    hr: PageClient, slug: str, work: Work
) -> None:
    values = {"groups-1-sites": "Lille", "groups-2-headcount": "beaucoup"}
    more = hr.submit(hr.get(at(slug, "people")), button="add=groups", action="/edit", status=200)
    page = hr.submit(more, values, action="/edit", status=400)
    assert page.doc.xpath("//input[@name='groups-1-sites']/@value") == ["Lille"]
    assert page.doc.xpath("//input[@name='groups-2-headcount']/@value") == ["beaucoup"]
    links = page.doc.xpath("//div[@class='errors']//a/@href")
    assert "#groups-1-name_fr" in links and "#groups-2-headcount" in links
    values = {
        "milestones-1-label_fr": "Un jour",
        "milestones-2-day": "2027-02-31",
        "milestones-2-kind": "pilot",
    }
    more = hr.submit(hr.get(at(slug, "timetable")), button="add=milestones", action="/edit", status=200)
    page = hr.submit(more, values, action="/edit", status=400)
    assert page.doc.xpath("//input[@name='milestones-1-label_fr']/@value") == ["Un jour"]
    assert page.doc.xpath("//input[@name='milestones-2-day']/@value") == ["2027-02-31"]
    assert {"#milestones-1-day", "#milestones-1-kind", "#milestones-2-day"} <= set(
        page.doc.xpath("//div[@class='errors']//a/@href")
    )
    assert len(revision_of(work, slug).groups) == len(revision_of(work, slug).milestones) == 1


def test_the_form_says_that_a_pilot_counts(hr: PageClient, slug: str) -> None:
    page = hr.get(at(slug, "timetable", "en"))
    assert "A pilot that employees use counts as implementation." in page.text


# ── nothing is lost ────────────────────────────────────────────────────────────


def given_back(page: Page) -> list[str]:
    return [str(one.text_content()).strip() for one in page.doc.xpath("//main//textarea")]


def test_a_missing_title_keeps_what_was_typed(hr: PageClient, slug: str, work: Work) -> None:
    values = {"title_fr": " ", "what_fr": "Une phrase écrite ce matin."}
    page = hr.submit(hr.get(at(slug)), values, action="/edit", status=400)
    assert "Une phrase écrite ce matin." in given_back(page)
    assert page.doc.xpath("//div[@class='errors']//a/@href") == ["#title_fr"]
    assert revision_of(work, slug).title.texts["fr"] == "Plume, l’assistant"


def test_a_text_that_is_too_long_is_kept_on_the_page(hr: PageClient, slug: str) -> None:
    page = hr.submit(hr.get(at(slug, "work")), {"monitoring_fr": "a" * 20_001}, action="/edit", status=400)
    assert "a" * 20_001 in given_back(page)
    assert "20000" in page.text


@BOTH
def test_two_people_on_one_section_see_both_texts(
    hr: PageClient, as_: As, slug: str, work: Work, people: People
) -> None:
    other = as_(colleague(work))
    mine, theirs = hr.get(at(slug, "work", "en")), other.get(at(slug, "work", "en"))
    other.submit(theirs, {"monitoring_fr": "Leur texte."}, action="/edit")
    page = hr.submit(
        mine, {"monitoring_fr": "Mon texte.", "environment_en": "Mine."}, action="/edit", status=409
    )
    assert {"Mon texte.", "Leur texte.", "Mine."} <= set(given_back(page))
    assert at(slug, "work", "en") in page.links()
    stored = revision_of(work, slug)
    assert stored.fields["monitoring"].texts["fr"] == "Leur texte."
    assert "environment" not in stored.fields


@BOTH
def test_the_race_ends_on_the_same_page(
    hr: PageClient, slug: str, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves between our look at the version and our write: the database notices."""
    page = hr.get(at(slug, "work"))
    real = services.save

    def raced(session: Any, revision: Revision, content: Any, **options: Any) -> Revision:
        monkeypatch.setattr(services, "save", real)
        table = Revision.__table__
        session.connection().execute(
            table.update().where(table.c.id == revision.id).values(version=revision.version + 1)
        )
        return real(session, revision, content, **options)

    monkeypatch.setattr(services, "save", raced)
    page = hr.submit(page, {"monitoring_fr": "Mon texte."}, action="/edit", status=409)
    assert "Mon texte." in given_back(page)
    assert revision_of(work, slug).fields["monitoring"].texts["fr"] != "Mon texte."


def test_two_people_on_two_sections_do_not_meet(hr: PageClient, as_: As, slug: str, work: Work) -> None:
    other = as_(colleague(work))
    mine, theirs = hr.get(at(slug, "work")), other.get(at(slug, "data"))
    other.submit(theirs, {"retention_fr": "Trente jours."}, action="/edit")
    hr.submit(mine, {"monitoring_fr": "Mon texte."}, action="/edit")
    stored = revision_of(work, slug).fields
    assert (stored["retention"].texts["fr"], stored["monitoring"].texts["fr"]) == (
        "Trente jours.",
        "Mon texte.",
    )


@pytest.mark.parametrize("section", ["essentials", "people", "timetable"])
def test_saved_twice_it_is_saved_once(hr: PageClient, slug: str, work: Work, section: str) -> None:
    values = {
        "essentials": {"title_fr": "Plume, une fois", "what_en": "Once."},
        "people": {"groups-1-name_fr": "Soir", "groups-0-change_fr": "Tout."},
        "timetable": {"milestones-1-kind": "review", "milestones-1-day": "2030-01-15"},
    }[section]
    page = hr.get(at(slug, section))
    hr.submit(page, values, action="/edit")
    once = revision_of(work, slug)
    hr.submit(page, values, action="/edit")
    twice = revision_of(work, slug)
    assert (once.version, services.content_of(once)) == (twice.version, services.content_of(twice))


def test_an_expired_session_gives_back_what_was_typed(hr: PageClient, client: PageClient, slug: str) -> None:
    page = hr.get(at(slug, "work", "en"))
    hr.http.delete_cookie("consult_session", path="/workspace")
    lost = hr.submit(page, {"monitoring_fr": "Écrit pendant une heure."}, action="/edit", status=400)
    assert "Écrit pendant une heure." in given_back(lost)
    assert "Your session expired" in lost.text
    assert any("/workspace/en/sign-in" in one for one in lost.links())
    assert not any("csrf" in text for text in given_back(lost))


def test_published_meanwhile_gives_back_what_was_typed(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug, "work"))
    with work() as session:
        notice = queries.by_slug(session, slug)
        services.publish(session, notice, actor=notice.author, on=clock.today())
    lost = hr.submit(page, {"monitoring_fr": "Trop tard."}, action="/edit", status=409)
    assert "Trop tard." in given_back(lost)
    assert revision_of(work, slug).fields["monitoring"].texts["fr"] != "Trop tard."


# ── what prevents sending, parity ──────────────────────────────────────────────


def test_what_prevents_sending_leads_to_the_field(hr: PageClient, work: Work, people: People) -> None:
    with work() as session:
        actor = session.get(Account, people.hr.id)
        notice = services.create(session, title=Localized.of(fr="Vide"), actor=actor, on=clock.today())
        lacking = missing(notice.revisions[0], is_first=True)
    page = hr.get(at("vide", "essentials", "en"))
    buttons = page.doc.xpath("//ul[@class='blocks']//button")
    assert len(buttons) == len(lacking) == 21
    for button, (key, language) in zip(buttons, lacking, strict=True):
        value = str(button.get("value"))
        target = hr.follow(hr.submit(page, button=f"go={value}", action="/edit"))
        assert value.endswith(f":{key}_{language}")
        assert target.doc.xpath("//*[@id=$id]", id=f"{key}_{language}"), value
    assert "Save and send" not in page.text


def test_a_whole_notice_offers_sending(hr: PageClient, slug: str) -> None:
    page = hr.get(at(slug, "work", "en"))
    assert "Nothing prevents sending" in page.text and "Save and send" in page.text


def test_a_two_minute_page_of_ten_minutes_prevents_sending(hr: PageClient, slug: str) -> None:
    hr.submit(hr.get(at(slug)), {"what_fr": "mot " * 200}, action="/edit")
    page = hr.get(at(slug, "essentials", "en"))
    assert "The two-minute page has" in page.text and "words." in page.text


# ── review ─────────────────────────────────────────────────────────────────────


def colleague(work: Work) -> Account:
    with work() as session:
        return people_services.add_account(
            session, email="lea@orvalie.example", name="Léa Morel", role=Role.HR_PUBLISHER, locale="en"
        )


@BOTH
def test_asking_for_a_second_pair_of_eyes_writes_to_the_others(
    hr: PageClient, as_: As, slug: str, work: Work, people: People
) -> None:
    other = as_(colleague(work))
    page = hr.get(at(slug, "work", "en"))
    hr.submit(page, {"monitoring_fr": "Relu."}, button="go=to:in_review", action="/edit")
    assert state_of(work, slug) is Review.IN_REVIEW
    assert revision_of(work, slug).fields["monitoring"].texts["fr"] == "Relu."
    with work() as session:
        (letter,) = session.query(Letter).all()
        assert (letter.to_address, letter.locale) == ("lea@orvalie.example", "en")
        assert "Plume, the assistant" in letter.subject
        assert f"/workspace/en/notices/{slug}/edit" in letter.text and f"/notices/{slug}/edit" in letter.html
        assert "Relu." not in letter.text
    other.submit(other.get(at(slug)), button="go=to:approved", action="/edit")
    assert state_of(work, slug) is Review.APPROVED
    page = hr.get(at(slug, "work", "en"))
    after = hr.follow(hr.submit(page, {"monitoring_fr": "Encore."}, action="/edit"))
    assert state_of(work, slug) is Review.DRAFT
    assert "A second pair of eyes" in after.text


def test_review_by_its_own_address(hr: PageClient, slug: str, work: Work) -> None:
    token = hr.get(at(slug)).doc.xpath("//input[@name='csrf_token']/@value")[0]
    path = f"/workspace/fr/notices/{slug}/review"
    hr.post(path, {"csrf_token": token, "to": "approved"})
    assert state_of(work, slug) is Review.APPROVED
    hr.post(path, {"csrf_token": token, "to": "in_review"}, status=409)
    hr.post(path, {"csrf_token": token, "to": "published"}, status=404)
    hr.post(path, {"csrf_token": token, "to": "nonsense"}, status=404)
    hr.post(path, {"to": "draft"}, status=400)
    assert state_of(work, slug) is Review.APPROVED


# ── the next revision ──────────────────────────────────────────────────────────


@pytest.fixture
def sent(slug: str, work: Work, people: People) -> str:
    with work() as session:
        notice = queries.by_slug(session, slug)
        services.publish(session, notice, actor=notice.author, on=clock.today())
        services.sent_to(session, notice, people.body.id, held_until=clock.today())
    return slug


@BOTH
def test_the_next_revision_says_first_what_changed(hr: PageClient, sent: str, work: Work) -> None:
    page = hr.get(at(sent, "essentials", "en"))
    assert "A published revision never changes." in page.text
    refused = hr.submit(page, {"changelog_en": "Only here."}, action="/revise", status=400)
    assert "Only here." in given_back(refused)
    done = hr.submit(page, {"changelog_fr": "Un référent jusqu’à 20 h."}, action="/revise")
    editor = hr.follow(done)
    assert "Revision 2, draft." in editor.text
    assert "Un référent jusqu’à 20 h." in given_back(editor)
    again = hr.submit(page, {"changelog_fr": "Un référent jusqu’à 20 h."}, action="/revise")
    assert again.response.location == done.response.location
    other = hr.submit(page, {"changelog_fr": "Autre chose."}, action="/revise", status=409)
    assert {"Autre chose.", "Un référent jusqu’à 20 h."} <= set(given_back(other))
    with work() as session:
        notice: Notice | None = queries.by_slug(session, sent)
        assert notice is not None
        first, second = notice.revisions
        assert first.published_on is not None and second.published_on is None
        assert second.fields == first.fields and len(second.groups) == len(first.groups)
        assert second.changelog.texts == {"fr": "Un référent jusqu’à 20 h."}


def test_a_first_revision_has_no_changelog(hr: PageClient, slug: str) -> None:
    assert not hr.get(at(slug)).doc.xpath("//textarea[@name='changelog_fr']")


def test_a_withdrawn_notice_is_not_written_any_more(hr: PageClient, sent: str, work: Work) -> None:
    with work() as session:
        notice = queries.by_slug(session, sent)
        reason = Localized.of(fr="Abandonné.")
        services.withdraw(session, notice, reason=reason, actor=notice.author, on=clock.today())
    page = hr.get(at(sent, "essentials", "en"))
    assert "was withdrawn on" in page.text
    assert not page.doc.xpath("//main//form")
    token = hr.get("/workspace/en/notices/new").doc.xpath("//input[@name='csrf_token']/@value")[0]
    hr.post(f"/workspace/fr/notices/{sent}/revise", {"csrf_token": token, "changelog_fr": "Non."}, status=409)

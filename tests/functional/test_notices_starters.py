"""A notice begun from a starter: chosen, filled on one page, sent, and read for what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from consult.core import clock
from consult.core.localized import LOCALES, Localized
from consult.notices import blanks, filling, queries, services, starting
from consult.notices.content import Content
from consult.notices.models import Notice, Revision
from consult.notices.readiness import missing
from consult.notices.rules import NotReady, Review
from consult.people.models import Account
from tests.client import Page, PageClient
from tests.conftest import People
from tests.reading_story import send
from tests.unit.test_notices_filling import every_answer, from_starter

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
NEW = "/workspace/fr/notices/new"


@pytest.fixture
def hr(as_: As, people: People) -> PageClient:
    return as_(people.hr)


@pytest.fixture
def slug(work: Work, people: People) -> str:
    """A draft as the starter gives it."""
    with work() as session:
        actor, text = session.get(Account, people.hr.id), from_starter()
        notice = services.create(session, title=text.title, actor=actor, on=clock.today(), text=text)
        return str(notice.slug)


def at(slug: str, language: str = "fr") -> str:
    return f"/workspace/{language}/notices/{slug}/blanks"


def content_of(work: Work, slug: str) -> Content:
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        return services.content_of(notice.revisions[-1])


def stored(work: Work, slug: str, change: Callable[[Any, Notice, Revision], None]) -> None:
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        change(session, notice, notice.revisions[-1])


# ── how to start ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LOCALES)
def test_one_chooses_how_to_start(hr: PageClient, language: str) -> None:
    page = hr.get(f"/workspace/{language}/notices/new")
    offered = page.doc.xpath("//input[@name='start']/@value")
    assert set(offered) == {"empty", *starting.load()} and offered[0] == "empty"
    assert page.doc.xpath("//input[@name='start'][@checked]/@value") == ["empty"]
    for one in starting.load().values():
        assert one.title[language] in page.text and one.when[language] in page.doc.text_content()
    assert not page.doc.xpath("//select[@name='copied']")


@BOTH
@pytest.mark.parametrize("key", ["writing-assistant", "cv-screening"])
@pytest.mark.parametrize("source", LOCALES)
def test_a_starter_gives_the_whole_text_and_its_title(
    hr: PageClient, work: Work, key: str, source: str
) -> None:
    done = hr.submit(hr.get(NEW), {"start": key, "source": source, "title": ""})
    slug = done.response.location.split("/")[-2]
    assert content_of(work, slug) == from_starter(key, source).normal()
    assert starting.load()[key].title[source] in hr.follow(done).doc.xpath("//input/@value")


def test_a_title_of_ones_own_takes_its_place(hr: PageClient, work: Work) -> None:
    done = hr.submit(hr.get(NEW), {"start": "translation", "source": "en", "title": "  Babel,  at work "})
    assert done.response.location == "/workspace/fr/notices/babel/edit"
    text = content_of(work, "babel")
    assert text.title == Localized({"en": "Babel, at work"}, "en") and text.starter["key"] == "translation"


def test_pressed_twice_it_begins_once_and_later_writing_stays(hr: PageClient, work: Work) -> None:
    page = hr.get(NEW)
    first = hr.submit(page, {"start": "scheduling"})
    slug = first.response.location.split("/")[-2]
    written = replace(content_of(work, slug), fields={"sites": Localized.of(fr="Lille")})
    stored(work, slug, lambda session, _notice, revision: services.save(session, revision, written))
    assert hr.submit(page, {"start": "scheduling"}).response.location == first.response.location
    assert content_of(work, slug) == written.normal()


@pytest.mark.parametrize(
    ("values", "anchor"),
    [({"start": "empty", "title": " "}, "#title"), ({"start": "copy", "title": ""}, "#copied")],
)
def test_what_is_missing_is_said(
    hr: PageClient, slug: str, work: Work, values: dict[str, str], anchor: str
) -> None:
    page = hr.submit(hr.get(NEW), values, status=400)
    assert page.doc.xpath("//div[@class='errors']//a/@href") == [anchor]
    assert page.doc.xpath("//input[@name='start'][@checked]/@value") == [values["start"]]
    with work() as session:
        assert queries.slugs(session) == [slug]


@pytest.mark.parametrize("start", ["nothing", "common", "../common", ""])
def test_what_was_not_offered_is_refused(hr: PageClient, start: str) -> None:
    data = {"csrf_token": _token(hr), "start": start, "source": "fr", "title": "T", "copied": ""}
    hr.post(NEW, data, status=400)
    hr.post(NEW, data | {"start": "copy", "copied": "nothing"}, status=400)


def _token(hr: PageClient) -> str:
    return str(hr.get(NEW).doc.xpath("//main//input[@name='csrf_token']/@value")[0])


@BOTH
def test_another_notice_is_copied_without_what_followed(hr: PageClient, work: Work, people: People) -> None:
    send(work, people, "plume")
    link = hr.get("/workspace/fr/notices/plume/edit").doc.xpath("//a[contains(@href,'copied=')]/@href")
    page = hr.get(link[0])
    assert page.doc.xpath("//input[@name='start'][@checked]/@value") == ["copy"]
    assert page.doc.xpath("//select[@name='copied']/option[@selected]/@value") == ["plume"]
    done = hr.submit(page, {"title": "Plume deux"})
    assert done.response.location == "/workspace/fr/notices/plume-deux/edit"
    older, copied = content_of(work, "plume"), content_of(work, "plume-deux")
    assert copied.title == Localized({"fr": "Plume deux"}, "fr")
    assert not copied.milestones and not copied.changelog and copied.unknowns[0].due_on is None
    assert copied.fields == older.fields and copied.groups == older.groups
    same = hr.submit(page, {"title": ""})
    assert same.response.location == done.response.location, "the same page sent twice"


def test_an_older_notice_than_those_offered_can_still_be_copied(
    hr: PageClient, work: Work, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consult.notices.views.listing.MOST", 1)
    with work() as session:
        actor = session.get(Account, people.hr.id)
        for name in ("Ancienne", "Neuve"):
            services.create(session, title=Localized.of(fr=name), actor=actor, on=clock.today())
    options = "//select[@name='copied']/option/@value"
    assert hr.get(NEW).doc.xpath(options) == ["", "neuve"]
    page = hr.get(f"{NEW}?copied=ancienne")
    assert page.doc.xpath(options) == ["", "neuve", "ancienne"]
    assert content_of(work, hr.submit(page).response.location.split("/")[-2]).title.texts["fr"] == "Ancienne"
    assert hr.get(f"{NEW}?copied=nothing").doc.xpath("//input[@name='start'][@checked]/@value") == ["empty"]


# ── the blanks on one page ─────────────────────────────────────────────────────


def values_for(page: Page) -> dict[str, str]:
    """An answer to every control of the page."""
    found = {}
    for control in page.form("/blanks").xpath(".//*[starts-with(@name,'a-')]"):
        kind = control.get("type")
        name = str(control.get("name"))
        found[name] = {"date": "01/03/2027", "number": "12"}.get(kind or "", f"Dit {name}.")
    return found


@BOTH
@pytest.mark.parametrize("language", LOCALES)
def test_every_blank_is_asked_once_with_the_words_around_it(
    hr: PageClient, slug: str, work: Work, language: str
) -> None:
    page, found = hr.get(at(slug, language)), filling.asked(content_of(work, slug))
    names = page.doc.xpath("//form[contains(@action,'/blanks')]//@name[starts-with(.,'a-')]")
    expected = set()
    for one in found:
        expected |= {f"a-{one.key}"} if one.kind.is_shared else {f"a-{one.key}-{code}" for code in LOCALES}
        assert one.questions[language] in page.doc.text_content()
    assert set(names) == expected and len(names) == len(expected)
    assert "[[" not in page.doc.text_content()
    heads = [" ".join(one.text_content().split()) for one in page.doc.xpath("//main//section/h2")]
    assert heads[0] == ("L’essentiel" if language == "fr" else "The essentials") and len(heads) > 4
    around = page.doc.xpath("//p[@id='a-n_total-hint']/span/@lang")
    assert around == ["fr", "en"]


@BOTH
def test_answered_it_is_filled_everywhere_and_nothing_is_left(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug))
    done = hr.submit(page, values_for(page))
    assert done.response.location.endswith(f"/{slug}/edit")
    editor = hr.follow(done)
    assert "blanks" not in editor.doc.xpath("//button[@name='go']/@value")
    text = content_of(work, slug)
    assert filling.asked(text) == [] and missing(text, is_first=True) == ()
    assert text.groups[0].headcount == 12 and text.milestones[0].day == date(2027, 3, 1)
    assert "1\u00a0March\u00a02027" in text.summary["when"].texts["en"]
    again = hr.submit(page, values_for(page))
    assert again.response.location == done.response.location and content_of(work, slug) == text


def test_what_is_left_waits_and_a_translation_is_not_stale_for_it(
    hr: PageClient, slug: str, work: Work
) -> None:
    before = len(filling.asked(content_of(work, slug)))
    page = hr.get(at(slug))
    done = hr.submit(page, {"a-system": "Plume", "a-services-fr": "Les achats"})
    assert done.response.location.endswith("/blanks")
    next_page = hr.follow(done)
    assert f"{before - 1}" in next_page.text
    text = content_of(work, slug)
    assert text.fields["system_name"] == Localized.of(fr="Plume", en="Plume")
    assert "Les achats" in text.fields["intended_purpose"].texts["fr"]
    assert text.fields["intended_purpose"].state("en") == "current"
    names = next_page.doc.xpath("//@name[starts-with(.,'a-services')]")
    assert names == ["a-services-en"]
    assert next_page.doc.xpath("//h3[@lang='en'][contains(.,'Which departments')]")


def test_a_wrong_answer_is_said_and_nothing_is_lost(hr: PageClient, slug: str, work: Work) -> None:
    before = content_of(work, slug)
    values = {"a-n_total": "beaucoup", "a-start_on": "demain", "a-system": "Plume", "a-change-fr": "x" * 1001}
    page = hr.submit(hr.get(at(slug)), values, status=400)
    links = page.doc.xpath("//div[@class='errors']//a/@href")
    assert set(links) == {"#a-n_total", "#a-start_on", "#a-change-fr"}
    assert page.doc.xpath("//input[@name='a-system']/@value") == ["Plume"]
    assert content_of(work, slug) == before


def test_an_answer_is_text(hr: PageClient, slug: str, work: Work) -> None:
    answer = "<script>alert(1)</script> [[n_total|Piège ?]]\x00\n\nsuite"
    hr.submit(hr.get(at(slug)), {"a-change-fr": answer, "a-change-en": answer})
    text = content_of(work, slug).summary["change"].texts["fr"]
    assert text == "<script>alert(1)</script> ((n_total|Piège ?)) suite."
    page = hr.get(f"/workspace/fr/notices/{slug}/preview")
    assert not page.doc.xpath("//main//script")


@BOTH
def test_two_people_on_different_blanks_do_not_disturb_each_other(
    as_: As, people: People, work: Work, hr: PageClient, slug: str
) -> None:
    page = hr.get(at(slug))
    stored(work, slug, _fills({("system", one): "Plume" for one in LOCALES}))
    # Another blank, but the page was made from an older text and would write over the newer one.
    conflict = hr.submit(page, {"a-n_total": "214"}, status=409)
    assert "214" in conflict.doc.text_content()
    assert content_of(work, slug).fields["system_name"].texts["fr"] == "Plume"
    hr.submit(hr.get(at(slug)), {"a-n_total": "214"})
    text = content_of(work, slug)
    assert "214" in text.summary["who"].texts["fr"] and text.fields["system_name"].texts["fr"] == "Plume"


def _fills(answers: dict[tuple[str, str], Any]) -> Callable[[Any, Notice, Revision], None]:
    def change(session: Any, _notice: Notice, revision: Revision) -> None:
        services.save(session, revision, filling.filled(services.content_of(revision), answers))

    return change


def test_writing_elsewhere_meanwhile_is_no_conflict(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(at(slug))

    def change(session: Any, _notice: Notice, revision: Revision) -> None:
        text = services.content_of(revision)
        fields = {**text.fields, "supplier": Localized.of(fr="Un fournisseur")}
        services.save(session, revision, replace(text, fields=fields))

    stored(work, slug, change)
    hr.submit(page, {"a-n_total": "214"})
    text = content_of(work, slug)
    assert (
        "214" in text.summary["who"].texts["en"] and text.fields["supplier"].texts["fr"] == "Un fournisseur"
    )


def test_a_blank_somebody_else_filled_shows_both_and_stores_nothing(
    hr: PageClient, slug: str, work: Work
) -> None:
    page = hr.get(at(slug))
    stored(work, slug, _fills({("system", one): "Plume" for one in LOCALES}))
    before = content_of(work, slug)
    conflict = hr.submit(page, {"a-system": "Stylo", "a-n_total": "214"}, status=409)
    mine = [one.text_content() for one in conflict.doc.xpath("//textarea[starts-with(@id,'mine')]")]
    theirs = [one.text_content() for one in conflict.doc.xpath("//textarea[starts-with(@id,'theirs')]")]
    assert any("Stylo" in one for one in mine) and any("Plume" in one for one in theirs)
    assert any("214" in one for one in mine), "nothing typed is lost"
    assert content_of(work, slug) == before
    assert hr.submit(page, {"a-system": "Plume"}).status == 303, "the same answer is no conflict"


@pytest.mark.parametrize(
    "was", ["", "[", "null", "[[1,2]]", "[" * 5000, json.dumps([["x", "a", "fr", "[[a|b]]"]])]
)
def test_a_page_that_says_nonsense_of_what_it_asked(hr: PageClient, slug: str, work: Work, was: str) -> None:
    page = hr.get(at(slug))
    form = page.form("/blanks")
    values = dict(form.form_values())
    hr.post(at(slug), values | {"was": was, "a-n_total": "3"})
    assert "3" in content_of(work, slug).summary["who"].texts["fr"]


def test_an_approved_notice_that_is_filled_is_a_draft_again(hr: PageClient, slug: str, work: Work) -> None:
    def approve(_session: Any, _notice: Notice, revision: Revision) -> None:
        revision.review = Review.APPROVED

    stored(work, slug, approve)
    page = hr.follow(hr.submit(hr.get(at(slug)), {"a-n_total": "3"}))
    assert "redevient un brouillon" in page.text
    stored(work, slug, lambda _session, _notice, revision: _is_draft(revision))


def _is_draft(revision: Revision) -> None:
    assert revision.review is Review.DRAFT


def test_a_notice_without_blank_says_so(hr: PageClient, work: Work, people: People) -> None:
    with work() as session:
        actor = session.get(Account, people.hr.id)
        services.create(session, title=Localized.of(fr="Vide"), actor=actor, on=clock.today())
    page = hr.get(at("vide", "en"))
    assert "No blank is left" in page.text and not page.doc.xpath("//main//form")
    assert not hr.get("/workspace/en/notices/vide/edit").doc.xpath("//button[@value='blanks']")


def test_once_published_there_is_nothing_to_fill(hr: PageClient, work: Work, people: People) -> None:
    send(work, people, "plume")
    assert hr.get(at("plume"), status=302).response.location.endswith("/plume/edit")
    hr.post(at("plume"), {"csrf_token": _token(hr), "a-n_total": "3"}, status=409)


@pytest.mark.parametrize("name", ["rep1", "chair", "admin"])
def test_only_who_writes_notices_fills_them(as_: As, people: People, slug: str, name: str) -> None:
    as_(getattr(people, name)).get(at(slug), status=403)


# ── in the editor ──────────────────────────────────────────────────────────────


def test_the_editor_leads_to_the_blanks_and_saves_on_the_way(hr: PageClient, slug: str, work: Work) -> None:
    page = hr.get(f"/workspace/en/notices/{slug}/edit")
    count = len(filling.asked(content_of(work, slug)))
    assert f"{count} blanks to fill" in page.text
    assert "texts that have to be whole have blanks to fill" in page.text
    assert len(page.doc.xpath("//ul[@class='blocks']/li")) <= 3
    done = hr.submit(page, {"title_en": "Another title"}, action="/edit", button="go=blanks")
    assert done.response.location == at(slug, "en")
    assert content_of(work, slug).title.texts["en"] == "Another title"


def test_the_editor_says_what_will_be_asked(hr: PageClient, slug: str) -> None:
    page = hr.get(f"/workspace/en/notices/{slug}/edit")
    assert "Questions the representatives will ask" in page.text
    assert "What becomes of the time gained?" in page.text and "L1222-4" in page.text
    french = hr.get(f"/workspace/fr/notices/{slug}/edit")
    assert "Que devient le temps gagné" in french.text
    assert "What becomes" not in hr.get(f"/workspace/en/notices/{slug}/edit?section=people").text


def test_a_notice_with_a_blank_is_not_sent(work: Work, slug: str, people: People) -> None:
    text = content_of(work, slug)
    almost = filling.filled(text, {k: v for k, v in every_answer(text).items() if k != ("decides", "en")})
    stored(work, slug, lambda session, _notice, revision: services.save(session, revision, almost))
    assert missing(almost, is_first=True) == (("decides", "en"),)
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        with pytest.raises(NotReady):
            services.publish(session, notice, actor=notice.author, on=clock.today())


# ── what readers see ───────────────────────────────────────────────────────────


@pytest.fixture
def read(work: Work, people: People, employee: PageClient) -> Callable[[Content], Page]:
    def reading(text: Content, language: str = "en") -> Page:
        parts = {name: getattr(text, name) for name in
                 ("summary", "fields", "groups", "changes", "learning_plan", "rules", "unknowns",
                  "milestones", "starter")}  # fmt: skip
        send(work, people, "begun", **parts)
        return employee.get(f"/{language}/notices/begun")

    return reading


def near(page: Page, words: str) -> str:
    """The text that follows a heading, up to the next."""
    text = page.text
    return text[text.index(words) : text.index(words) + 400]


def test_readers_are_told_of_what_the_starter_wrote(read: Any, work: Work) -> None:
    text = from_starter()
    text = filling.filled(text, every_answer(text))
    mine = dict(text.fields)
    mine["equality_groups"] = Localized.of(fr="Écrit par nous.", en="Written by us.")
    mine["role_paths"] = Localized.of(
        fr=mine["role_paths"].texts["fr"] + "\n- Et ceci.",
        en=mine["role_paths"].texts["en"] + "\n- And this.",
    )
    page = read(replace(text, fields=mine))
    assert "Starter text, unchanged" in near(page, "Writing a sanction unaided.")
    assert "Partly starter text, unchanged" in near(page, "And this.")
    assert "tarter text" not in near(page, "Written by us.")[:60]
    assert "Starter text, unchanged" in near(page, "It will not write an appraisal")
    assert "Starter text, unchanged" in near(page, "Making a draft, an outline or a rephrasing.")
    assert "[[" not in page.doc.text_content()


def test_a_notice_of_ones_own_has_no_such_mark(work: Work, people: People, employee: PageClient) -> None:
    send(work, people, "plume")
    assert "tarter text" not in employee.get("/en/notices/plume").text


@pytest.mark.parametrize("language", LOCALES)
def test_a_blank_left_where_it_may_be_follows(read: Any, language: str) -> None:
    text = from_starter()
    answers = every_answer(text)
    kept = {"now_answers", "approved_tool", "assist_until"}
    text = filling.filled(text, {at: one for at, one in answers.items() if at[0] not in kept})
    groups = tuple(replace(one, measures=Localized.of(fr="A", en="A")) for one in text.groups)
    text = replace(text, groups=groups)
    assert missing(text, is_first=True) == ()
    page = read(text, language)
    body = page.doc.text_content()
    assert "[[" not in body and "|" not in page.text
    assert ("To follow by" if language == "en" else "Suivra au plus tard le") in page.text
    assert "Effect on headcount and roles" in page.text or language == "fr"


def test_a_blank_in_the_other_language_alone_hides_only_that_one(read: Any) -> None:
    text = from_starter()
    text = filling.filled(text, every_answer(text))
    fields = {**text.fields, "sites": Localized.of(fr="Nantes.", en="In [[places|Where?]].")}
    page = read(replace(text, fields=fields))
    assert "[[" not in page.doc.text_content()
    text_fr = page.text
    assert "Establishments and departments" in text_fr


def test_a_preview_shows_three_dots(hr: PageClient, slug: str) -> None:
    page = hr.get(f"/workspace/en/notices/{slug}/preview")
    assert "[[" not in page.doc.text_content()
    assert not blanks.has_blank(page.doc.text_content())

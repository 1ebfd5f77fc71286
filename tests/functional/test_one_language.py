"""An organisation that works in one language sees no column of the other, and loses nothing by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consult.core import clock
from consult.core.localized import Localized
from consult.notices import queries, services
from consult.notices.content import Content
from consult.notices.fields import Section
from consult.notices.forms import FORMS
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Languages
from tests.client import PageClient
from tests.conftest import People
from tests.notices import whole

Work = Callable[..., Any]
As = Callable[[Account], PageClient]


def french_only(work: Work, people: People, text: Localized) -> str:
    with work() as session:
        people_services.set_languages(session, Languages.FRENCH)
        actor = session.get(Account, people.hr.id)
        notice = services.create(session, title=Localized.of(fr="Plume"), actor=actor, on=clock.today())
        content = whole(Localized.of(fr="Plume"), fields={"intended_purpose": text})
        services.save(session, notice.revisions[0], content)
        return str(notice.slug)


def purpose(work: Work, slug: str) -> Localized:
    with work() as session:
        notice = queries.by_slug(session, slug)
        assert notice is not None
        text: Localized = notice.revisions[-1].fields["intended_purpose"]
        return text


def test_no_column_and_no_bar_of_a_language_it_does_not_work_in(work: Work, people: People, as_: As) -> None:
    slug = french_only(work, people, Localized.of(fr="Aider."))
    page = as_(people.hr).get(f"/workspace/fr/notices/{slug}/edit?section=reasons")
    assert page.doc.xpath("//textarea[@name='intended_purpose_fr']")
    assert not page.doc.xpath("//*[@name='intended_purpose_en']")
    assert "Anglais manquant" not in page.text and "manquants" not in page.text
    essentials = as_(people.hr).get(f"/workspace/fr/notices/{slug}/edit")
    assert not essentials.doc.xpath("//input[@name='source_language' and @type='radio']")


@pytest.mark.parametrize("english", ["", "To help."])
def test_what_is_written_in_the_other_language_stays(
    work: Work, people: People, as_: As, english: str
) -> None:
    slug = french_only(work, people, Localized.of(fr="Aider.", en=english))
    hr = as_(people.hr)
    page = hr.get(f"/workspace/fr/notices/{slug}/edit?section=reasons")
    assert bool(page.doc.xpath("//textarea[@name='intended_purpose_en']")) == bool(english)
    hr.submit(
        page, {"intended_purpose_fr": "Aider à répondre."}, action=f"/notices/{slug}/edit", button="go=stay"
    )
    assert purpose(work, slug).texts.get("fr") == "Aider à répondre."
    assert purpose(work, slug).texts.get("en", "") == english


def test_a_language_the_page_did_not_show_is_not_erased() -> None:
    text = Localized.of(fr="Aider.", en="Help.")
    stored = Content(Localized.of(fr="Plume"), fields={"intended_purpose": text})
    form = FORMS[Section.REASONS](formdata=None, data={})
    form.source = "fr"
    assert form.apply(stored).fields["intended_purpose"].texts.get("en") == "Help."


def test_init_says_in_which_language(work: Work, people: People) -> None:
    with work() as session:
        assert people_services.set_languages(session, Languages.ENGLISH).languages.only == "en"
        assert people_services.set_languages(session, Languages.BOTH).languages.only == ""

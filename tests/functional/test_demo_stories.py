"""The two smaller stories: a Canadian department, and a firm of thirty that works in French alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from consult.concerns.models import Theme
from consult.consultations.models import Consultation
from consult.core import config
from consult.demo import content, services
from consult.opinions.models import Opinion
from consult.people.models import Account
from consult.signin.rules import DEMO_PASSWORD
from tests.client import PageClient
from tests.conftest import Instance

Work = Callable[..., Any]
As = Callable[[Account], PageClient]


@pytest.fixture
def marked(instance: Instance) -> Iterator[Instance]:
    config.make_demo(instance.folder)
    yield instance
    (instance.folder / config.DEMO_MARKER).unlink()


@pytest.fixture(params=["ca", "small"])
def name(request: pytest.FixtureRequest, marked: Instance, work: Work) -> str:
    story: str = request.param
    with work("en") as session:
        services.load(session, story)
    return story


def test_what_was_said_was_heard_and_no_opinion_is_asked_for(name: str, work: Work, as_: As) -> None:
    with work("en") as session:
        consultation = session.scalars(select(Consultation)).one()
        assert consultation.template == {"ca": "ca-fps-tech-change", "small": "fr-cse-11-49"}[name]
        assert session.scalars(select(Opinion)).all() == []
        themes = session.scalars(select(Theme)).all()
        assert themes and all(one.published_on is not None for one in themes)
        spec = next(one for one in content.load(name).organisation.people if one.holds_key)
        member = session.scalars(select(Account).where(Account.email == spec.email)).one()
        ident = consultation.id
    page = as_(member).get(f"/workspace/fr/consultations/{ident}")
    for box in ("/opinion", "/expert", "/vote"):
        assert not page.doc.xpath(f"//main//a[contains(@href, '{box}')]"), box


def test_its_readers_find_the_notice_and_the_guide(name: str, marked: Instance, work: Work) -> None:
    story = content.load(name)
    reader = PageClient(marked.app).with_word(story.organisation.access_word)
    for language in story.organisation.languages:
        reader.get(f"/{language}/")
        page = reader.get(f"/{language}/notices/{story.notices[0].slug}")
        assert story.notices[0].letterbox is not None
        for theme in story.notices[0].letterbox.themes:
            assert getattr(theme.title, language) in page.text
        for one in (page, reader.get(f"/{language}/")):
            assert not re.search("avis attendu|Opinion of .* expected", one.text)
        steps = page.doc.xpath("//*[contains(@class, 'stages')]")[0].text_content()
        assert "Réponse motivée" not in steps and "Reasoned response" not in steps
    with work("en") as session:
        text = services.guide(session, marked.settings, name)
    assert DEMO_PASSWORD in text and f"#word={story.organisation.access_word}" in text

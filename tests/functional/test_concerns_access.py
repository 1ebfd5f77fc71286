"""Who is kept out of the desk, and what happens when the key locks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from consult.concerns import sealed
from consult.concerns.models import Theme
from consult.core import clock
from consult.keyholders.rules import COOKIE
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from tests.client import PageClient
from tests.desk import Story, on_day, open_box, published, theme_with, token_of

As = Callable[[Account], PageClient]
TITLES = {"title_fr": "Charge de travail", "title_en": "Workload"}
ALONE = "Je suis la seule à faire cela, et Monique le sait."


@pytest.fixture
def story(work: Callable[..., Any], people: Any) -> Story:
    told = open_box(work, people)
    told.write([f"Le message « {one} » parle de la charge." for one in range(23)] + [ALONE])
    return told


@pytest.fixture
def opened(story: Story) -> Any:
    """The same on the day after everything was opened: 24 messages, the letterbox closed."""
    with on_day(story.closes_on + timedelta(days=1)):
        assert story.release() == 1
        yield story


# ── who is kept out ────────────────────────────────────────────────────────────


def _addresses(story: Story) -> list[str]:
    theme, message = published(story), next(iter(story.voices().values())).hex()
    return [
        story.address(rest)
        for rest in (
            "desk", "held", "quotations", "themes/new", f"themes/{theme}", f"messages/{message}/hold",
            f"messages/{message}/wording", f"desk?message={message}",
        )
    ]  # fmt: skip


def test_nobody_but_keyholders_with_an_open_sitting(opened: Story, as_: As, people: Any, work: Any) -> None:
    addresses = _addresses(opened)
    with work() as session:
        other = people_services.add_body(
            session, name="CSE central", kind=BodyKind.CENTRAL_CSE, headcount=900
        )
        stranger = people_services.add_account(
            session, email="autre@orvalie.example", name="Autre Élu", role=Role.REPRESENTATIVE
        )
        colleague = people_services.add_account(
            session, email="sans@orvalie.example", name="Sans Clé", role=Role.REPRESENTATIVE
        )
        day = clock.today() - timedelta(days=40)
        people_services.give_mandate(session, stranger, other, role=MandateRole.SECRETARY, starts_on=day)
        body = session.get(type(people.body), people.body.id)
        people_services.give_mandate(session, colleague, body, role=MandateRole.FULL_MEMBER, starts_on=day)
        session.flush()
        for one in (stranger, colleague):
            session.refresh(one)
    sitting = opened.cookie("rep1")
    for address in addresses:
        for account, status in ((people.hr, 403), (people.chair, 403), (people.admin, 403), (stranger, 404)):
            client = as_(account)
            client.http.set_cookie(COOKIE, sitting, path="/workspace")
            client.get(address, status=status)
        client = as_(colleague)
        client.http.set_cookie(COOKIE, sitting, path="/workspace")
        asked = client.get(address, status=303)
        assert "/unlock" in asked.response.headers["Location"]
    for address in addresses:
        if not address.endswith("/quotations"):
            asked = as_(people.rep1).get(address, status=303)
            assert "/unlock?next=" in asked.response.headers["Location"]


@pytest.mark.parametrize("rest", ["desk", "themes/new", "held", "quotations"])
@pytest.mark.parametrize("box", ["0" * 32, "zz", "0" * 31])
def test_addresses_that_lead_nowhere(opened: Story, as_: As, rest: str, box: str) -> None:
    opened.at_desk(as_).get(f"/workspace/fr/letterboxes/{box}/{rest}", status=404)


def test_parts_of_another_desk_lead_nowhere(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    for rest in (
        f"themes/{uuid4()}", f"quotations/{uuid4()}", f"messages/{'0' * 32}/hold", "messages/x/hold",
        "desk?message=zz", f"desk?message={'0' * 32}", f"themes/new?message={'0' * 32}",
    ):  # fmt: skip
        client.get(opened.address(rest), status=404)
    token = token_of(client, opened)
    message = next(iter(opened.voices().values())).hex()
    for data in ({"message": message, "theme": "x"}, {"message": "x", "theme": str(uuid4())}, {}):
        client.post(opened.address(), {**token, **data}, status=404)


def test_what_was_typed_when_the_key_locked_is_given_back(opened: Story, as_: As) -> None:
    theme = theme_with(opened, 6)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{theme}"))
    with time_machine.travel(clock.now() + timedelta(minutes=20), tick=True):
        locked = client.submit(
            page,
            {**TITLES, "synthesis_fr": "Un long travail."},
            button="act=save",
            action=f"/{theme}",
            status=400,
        )
        assert locked.doc.xpath("//textarea[@name='synthesis_fr']")[0].text.strip() == "Un long travail."
        assert locked.doc.xpath("//input[@name='act']/@value") == ["save"]
        assert any("/unlock" in link for link in locked.links())
        client.http.set_cookie(COOKIE, opened.cookie("rep1"), path="/workspace")
        client.submit(locked, action=f"/{theme}")
    with opened.work() as session:
        draft = sealed.read(opened.key, session.scalars(select(Theme)).one().sealed_draft)
        assert draft["synthesis-fr"] == "Un long travail."


def test_a_reader_in_english_reads_english(opened: Story, as_: As) -> None:
    theme = published(opened, 24)
    client = opened.at_desk(as_)
    for rest in ("desk", f"themes/{theme}", "held", "quotations", "themes/new"):
        page = client.get(opened.address(rest, "en"))
        assert page.doc.get("lang") == "en"

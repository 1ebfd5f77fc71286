"""The desk's pages: sorting, writing, two readers, and who is kept out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from consult.concerns import queries, sealed, services
from consult.concerns.models import Concern, Theme
from consult.core import clock
from consult.keyholders.rules import COOKIE
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from tests.client import Page, PageClient
from tests.desk import Story, both, on_day, open_box

BOTH = ["sqlite", "postgresql"]
As = Callable[[Account], PageClient]
TITLES = {"title_fr": "Charge de travail", "title_en": "Workload"}
SYNTHESIS = {"synthesis_fr": "Relire prend du temps.", "synthesis_en": "Rereading takes time."}
WORDING = {"wording_fr": "On relit plus qu’on n’écrit.", "wording_en": "We reread more than we write."}
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


def theme_with(story: Story, number: int, **draft: str) -> str:
    """A theme with so many messages under it; its id."""
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        theme = services.new_theme(
            session, desk.letterbox, desk.consultation.notice, draft=draft or {"title-fr": "Charge"}
        )
        for voice in list(story.voices().values())[:number]:
            services.sort(session, desk.letterbox, voice, theme)
        return str(theme.id)


def published(story: Story, number: int = 6) -> str:
    draft = {"title-fr": "Charge", "title-en": "Load", "synthesis-fr": "Relire.", "synthesis-en": "Reread."}
    ident = theme_with(story, number, **draft)
    with story.work() as session:
        desk, theme = queries.desk(session, story.box), session.scalars(select(Theme)).first()
        services.publish_theme(session, theme, desk.letterbox, private_key=story.key, on=clock.today())
    return ident


def message_of(page: Page) -> str:
    """The address of the message on the card."""
    found = [re.search(r"/messages/([0-9a-f]{32})/hold", link) for link in page.links()]
    return next(one.group(1) for one in found if one)


def original_of(page: Page) -> str:
    return str(page.doc.xpath("string(//*[contains(@class,'desk-orig')])"))


# ── sorting ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_one_press_sorts_and_goes_on(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    page = client.get(opened.address())
    assert "24" in page.text
    first, text = message_of(page), original_of(page)
    assert text in opened.texts
    page = client.follow(
        client.post(opened.address(f"themes/new?message={first}"), {**_token(client, opened), **TITLES})
    )
    assert message_of(page) != first
    theme = page.doc.xpath("//button[@name='theme']/@value")[0]
    page = client.follow(client.submit(page, button=f"theme={theme}", action="/desk"))
    with opened.work() as session:
        assert queries.progress(session, opened.letterbox_id) == (2, 24)
        voice = bytes.fromhex(first)
        concern = queries.of_voice(session, voice)
        assert concern is not None
        assert str(concern.theme_id) == theme


def _token(client: PageClient, story: Story) -> dict[str, str]:
    page = client.get(story.address())
    return {"csrf_token": str(page.doc.xpath("//input[@name='csrf_token']/@value")[0])}


def test_the_original_never_lies_in_a_field(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    ident = next(voice for text, voice in opened.voices().items() if text == ALONE).hex()
    for path in ("desk?message=" + ident, f"messages/{ident}/hold", f"themes/new?message={ident}"):
        page = client.get(opened.address(path))
        assert ALONE in original_of(page)
        for control in page.doc.xpath("//textarea|//input"):
            assert "Monique" not in (control.get("value") or "") + (control.text or "")
        marked = page.doc.xpath("//mark/text()")
        assert any("Monique" in one for one in marked)
        assert page.response.headers["Cache-Control"] == "no-store"


def test_no_time_of_day_stands_at_the_desk(opened: Story, as_: As) -> None:
    theme = published(opened)
    client = opened.at_desk(as_)
    for path in ("desk", f"themes/{theme}", "quotations", "held"):
        page = client.get(opened.address(path))
        assert not page.doc.xpath("//time")
        assert not any(sign in page.text for sign in ("11:0", "11 h", "12:0"))


def test_a_double_press_sorts_once_and_somebody_elses_work_is_not_undone(opened: Story, as_: As) -> None:
    one, other = theme_with(opened, 0), theme_with(opened, 0)
    client = opened.at_desk(as_)
    page = client.get(opened.address())
    message = message_of(page)
    client.submit(page, button=f"theme={one}", action="/desk")
    again = client.submit(page, button=f"theme={one}", action="/desk")
    assert "message=" not in again.response.headers["Location"]
    refused = client.submit(page, button=f"theme={other}", action="/desk")
    assert f"message={message}" in refused.response.headers["Location"]
    with opened.work() as session:
        concern = queries.of_voice(session, bytes.fromhex(message))
        assert str(concern.theme_id) == one  # type: ignore[union-attr]
    page = client.follow(refused)
    client.submit(page, button=f"theme={other}", action="/desk")
    with opened.work() as session:
        assert str(queries.of_voice(session, bytes.fromhex(message)).theme_id) == other  # type: ignore[union-attr]


def test_two_keyholders_are_dealt_different_messages(opened: Story, as_: As) -> None:
    pages = [opened.at_desk(as_, who).get(opened.address()) for who in ("rep1", "rep2")]
    assert message_of(pages[0]) != message_of(pages[1])


def test_skipping_goes_round_once(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    page, seen = client.get(opened.address()), []
    for _turn in range(24):
        seen.append(message_of(page))
        page = client.get(next(link for link in page.links() if f"after={message_of(page)}" in link))
    assert len(set(seen)) == 24
    assert message_of(page) == seen[0]


def test_holding_asks_for_a_reason_and_keeps_it_sealed(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    ident = message_of(client.get(opened.address()))
    path = opened.address(f"messages/{ident}/hold")
    page = client.submit(client.get(path), {"reason": "  "}, action="/hold", status=400)
    assert page.doc.xpath("//*[@role='alert']")
    client.submit(page, {"reason": "Le dossier nomme quelqu’un."}, action="/hold")
    page = client.get(opened.address("held"))
    assert "Le dossier nomme quelqu’un." in page.text
    with opened.work() as session:
        concern = session.scalars(select(Concern)).one()
        assert concern.is_held
        assert b"dossier" not in concern.sealed_working
    link = next(one for one in page.links() if f"message={ident}" in one)
    theme = theme_with(opened, 0)
    client.submit(client.get(link), button=f"theme={theme}", action="/desk")
    assert "Le dossier" not in client.get(opened.address("held")).text


# ── states of the desk ─────────────────────────────────────────────────────────


def test_states_of_an_empty_and_of_an_idle_desk(story: Story, as_: As) -> None:
    client = story.at_desk(as_)
    page = client.get(story.address())
    assert page.doc.xpath("//*[@class='empty']")
    assert not page.doc.xpath("//*[contains(@class,'desk-orig')]")
    with on_day(story.opens_on + timedelta(days=1)):
        story.release()
        client = story.at_desk(as_)
        theme_with(story, 14)
        page = client.get(story.address())
        assert page.doc.xpath("//*[@class='empty']")
        assert not page.doc.xpath("//button[@name='theme']")
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        client = story.at_desk(as_)
        assert message_of(client.get(story.address()))


def test_a_desk_nobody_wrote_to(work: Callable[..., Any], people: Any, as_: As) -> None:
    told = open_box(work, people)
    with on_day(told.closes_on + timedelta(days=1)):
        told.release()
        assert told.at_desk(as_).get(told.address()).doc.xpath("//*[@class='empty']")


def test_few_messages_are_taken_up_orally(work: Callable[..., Any], people: Any, as_: As) -> None:
    told = open_box(work, people)
    told.write(["Un.", "Deux.", "Trois."])
    with on_day(told.closes_on + timedelta(days=1)):
        told.release()
        client = told.at_desk(as_)
        page = client.get(told.address())
        assert page.doc.xpath("//*[contains(@class,'banner')]")
        theme = theme_with(told, 3)
        page = client.get(told.address(f"themes/{theme}"))
        assert not page.doc.xpath("//button[@value='publish']")
        data = {**_values(page), **TITLES, **SYNTHESIS, "act": "publish"}
        refused = client.post(told.address(f"themes/{theme}"), data, status=409)
        assert (
            refused.doc.xpath("//textarea[@name='synthesis_fr']")[0].text.strip() == "Relire prend du temps."
        )
        message = next(iter(told.voices().values())).hex()
        assert not client.get(told.address(f"messages/{message}/wording")).doc.xpath("//textarea")
        client.post(told.address(f"messages/{message}/wording"), {**_values(page), **WORDING}, status=409)


def _values(page: Page) -> dict[str, str]:
    return {"csrf_token": str(page.doc.xpath("//input[@name='csrf_token']/@value")[0])}


# ── writing and publishing ─────────────────────────────────────────────────────


def test_a_theme_is_written_saved_sealed_and_published(opened: Story, as_: As) -> None:
    theme = theme_with(opened, 6)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{theme}"))
    page = client.follow(client.submit(page, {**TITLES}, button="act=save", action=f"/{theme}"))
    refused = client.submit(
        page, {"synthesis_fr": "Relire."}, button="act=publish", action=f"/{theme}", status=400
    )
    assert refused.doc.xpath("//textarea[@name='synthesis_fr']")[0].text.strip() == "Relire."
    assert refused.doc.xpath("//*[@id='synthesis_en' and @aria-invalid='true']")
    client.submit(refused, SYNTHESIS, button="act=publish", action=f"/{theme}")
    with opened.work() as session:
        found = session.scalars(select(Theme)).one()
        assert found.synthesis == both(*SYNTHESIS.values())
        assert found.at_least == 5
    page = client.get(opened.address(f"themes/{theme}"))
    client.submit(page, button="act=publish", action=f"/{theme}", status=409)  # nothing changed


def test_enter_saves_and_never_publishes(opened: Story, as_: As) -> None:
    page = opened.at_desk(as_).get(opened.address(f"themes/{theme_with(opened, 6)}"))
    form = page.doc.xpath("//form[.//textarea[@name='synthesis_fr']]")[0]
    assert form.xpath(".//button/@value")[0] == "save"


def test_what_points_to_somebody_is_reworded_or_confirmed(opened: Story, as_: As) -> None:
    """The confirmation holds for the text it was asked about, and for no other."""
    theme = theme_with(opened, 6)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{theme}"))
    named = {**TITLES, **SYNTHESIS, "synthesis_fr": "Monique relit tout."}
    page = client.submit(page, named, button="act=publish", action=f"/{theme}", status=400)
    assert "Monique" in page.doc.xpath("//mark/text()")
    other = {"synthesis_fr": "Bertrand relit tout.", "confirm": "y"}
    page = client.submit(page, other, button="act=publish", action=f"/{theme}", status=400)
    page = client.submit(page, {"confirm": "y"}, button="act=publish", action=f"/{theme}")
    with opened.work() as session:
        assert session.scalars(select(Theme)).one().published_on is not None


def test_two_who_write_one_theme_see_both_texts(opened: Story, as_: As) -> None:
    theme = theme_with(opened, 6)
    first, second = opened.at_desk(as_), opened.at_desk(as_, "rep2")
    pages = [one.get(opened.address(f"themes/{theme}")) for one in (first, second)]
    first.submit(pages[0], {**SYNTHESIS, **TITLES}, button="act=save", action=f"/{theme}")
    late = second.submit(
        pages[1], {**TITLES, "synthesis_fr": "La mienne."}, button="act=save", action=f"/{theme}", status=409
    )
    both_texts = [(one.text or "").strip() for one in late.doc.xpath("//textarea")]
    assert "La mienne." in both_texts
    assert "Relire prend du temps." in both_texts


def test_a_text_too_long_to_seal_comes_back(opened: Story, as_: As) -> None:
    theme = theme_with(opened, 6)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{theme}"))
    long = {"synthesis_fr": "🙂" * 1400, "synthesis_en": "🙂" * 1400}
    page = client.submit(page, long, button="act=save", action=f"/{theme}", status=400)
    assert page.doc.xpath("//textarea[@name='synthesis_en']")[0].text.strip() == "🙂" * 1400
    page = client.submit(
        page, {"synthesis_fr": "a" * 1501}, button="act=save", action=f"/{theme}", status=400
    )
    assert "1501" not in page.text


def test_themes_merge_and_messages_move(opened: Story, as_: As) -> None:
    one, other = theme_with(opened, 3), theme_with(opened, 0)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{one}"))
    link = next(address for address in page.links() if f"back={one}" in address)
    page = client.follow(client.submit(client.get(link), button=f"theme={other}", action="/desk"))
    assert page.path.endswith(f"themes/{one}")
    client.submit(page, {"into": ""}, action="/merge", status=400)
    page = client.follow(client.submit(page, {"into": other}, action="/merge"))
    with opened.work() as session:
        assert queries.theme_counts(session, opened.letterbox_id) == {
            session.scalars(select(Theme.id)).one(): 3
        }


# ── quotations ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_quotation_goes_through_two_hands_and_comes_back_in_one_act(opened: Story, as_: As) -> None:
    published(opened, 24)
    ident = opened.voices()[ALONE].hex()
    first, second = opened.at_desk(as_), opened.at_desk(as_, "rep2")
    page = first.get(opened.address(f"messages/{ident}/wording"))
    assert ALONE in original_of(page)
    page = first.submit(page, {"wording_fr": "Je suis la seule."}, action="/wording", status=400)
    assert page.doc.xpath("//textarea[@name='wording_fr']")[0].text.strip() == "Je suis la seule."
    page = first.follow(first.submit(page, WORDING, action="/wording"))
    address = page.path
    assert not page.doc.xpath("//button[@value='publish']")
    values = {
        **_values(page),
        "seen": str(page.doc.xpath("//input[@name='seen']/@value")[0]),
        "act": "publish",
    }
    first.post(address, values, status=409)
    page = second.get(address)
    assert ALONE in page.text
    stale = second.post(address, {**_values(page), "seen": "0" * 32, "act": "publish"}, status=409)
    assert WORDING["wording_fr"] in stale.text
    page = second.follow(second.submit(page, button="act=publish", action="/quotations/"))
    page = first.get(opened.address("quotations"))
    page = first.get(next(link for link in page.links() if link.endswith("/retract")))
    assert WORDING["wording_en"] in page.text
    page = first.follow(first.submit(page, action="/retract"))
    assert WORDING["wording_fr"] not in page.text
    with opened.work() as session:
        concern = session.scalars(select(Concern).where(Concern.proposed_by.is_not(None))).one()
        assert (concern.wording, concern.retracted_on) == (None, clock.today())
    first.get(address)
    first.get(address + "/retract")


def test_retracting_does_not_wait_for_a_passphrase(opened: Story, as_: As, people: Any) -> None:
    published(opened)
    with opened.work() as session:
        desk = queries.desk(session, opened.box)
        voice = session.scalars(select(Concern.voice_id)).first()
        rep1, rep2 = (session.get(Account, one.id) for one in (people.rep1, people.rep2))
        draft = {key.replace("_", "-"): text for key, text in WORDING.items()}
        concern = services.propose(session, desk.letterbox, voice, draft=draft, actor=rep1)
        services.publish_wording(session, concern, private_key=opened.key, actor=rep2, on=clock.today())
        ident = concern.id
    client = as_(people.rep1)
    page = client.get(opened.address(f"quotations/{ident}/retract"))
    client.submit(page, action="/retract")
    client.submit(page, action="/retract", status=409)


def test_a_proposal_is_changed_or_taken_back(opened: Story, as_: As) -> None:
    theme = published(opened, 24)
    ident = opened.voices()[ALONE].hex()
    client = opened.at_desk(as_)
    page = client.follow(
        client.submit(client.get(opened.address(f"messages/{ident}/wording")), WORDING, action="/wording")
    )
    edit = client.get(opened.address(f"messages/{ident}/wording"))
    assert edit.doc.xpath("//textarea[@name='wording_fr']")[0].text.strip() == WORDING["wording_fr"]
    desk = client.get(opened.address())
    assert any("/quotations/" in link for link in desk.links())
    page = client.follow(client.submit(page, button="act=drop", action="/quotations/"))
    assert page.path.endswith(theme)


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
    token = _token(client, opened)
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

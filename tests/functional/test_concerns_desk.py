"""The desk's pages: sorting, writing, two readers, and who is kept out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from consult.concerns import queries, services
from consult.concerns.models import Concern, Theme
from consult.core import clock
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Languages
from tests.client import Page, PageClient
from tests.desk import Story, both, message_of, on_day, open_box, original_of, published, theme_with, token_of

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


# ── sorting ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_one_press_sorts_and_goes_on(opened: Story, as_: As) -> None:
    client = opened.at_desk(as_)
    page = client.get(opened.address())
    assert "24" in page.text
    first, text = message_of(page), original_of(page)
    assert text in opened.texts
    page = client.follow(
        client.post(opened.address(f"themes/new?message={first}"), {**token_of(client, opened), **TITLES})
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


def test_the_second_reader_sees_what_the_first_one_confirmed(opened: Story, as_: As) -> None:
    published(opened, 24)
    first = opened.at_desk(as_)
    named = {"wording_fr": "Monique m’a dit de relire.", "wording_en": "Monique told me to reread."}
    page = first.get(opened.address(f"messages/{opened.voices()[ALONE].hex()}/wording"))
    page = first.submit(page, named, action="/wording", status=400)
    page = first.follow(first.submit(page, {"confirm": "y"}, action="/wording"))
    read = opened.at_desk(as_, "rep2").get(page.path)
    assert read.doc.xpath("//*[@id='proposed']/..//mark/text()") == ["Monique", "Monique"]


def test_where_one_works_in_french_alone_no_english_is_asked_for(opened: Story, as_: As) -> None:
    with opened.work() as session:
        people_services.set_languages(session, Languages.FRENCH)
    theme = theme_with(opened, 12)
    client = opened.at_desk(as_)
    page = client.get(opened.address(f"themes/{theme}"))
    assert page.doc.xpath("//*[@name='title_fr']") and not page.doc.xpath("//*[@name='title_en']")
    text = {"title_fr": "Charge de travail", "synthesis_fr": "Relire prend du temps."}
    page = client.submit(
        page, {**text, "synthesis_fr": ""}, button="act=publish", action=f"/{theme}", status=400
    )
    client.submit(page, text, button="act=publish", action=f"/{theme}")
    with opened.work() as session:
        kept = session.get(Theme, UUID(theme))
        assert kept is not None and kept.published_on is not None and set(kept.title.texts) == {"fr"}

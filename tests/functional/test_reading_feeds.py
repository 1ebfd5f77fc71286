"""Feed and calendar at their secret addresses: what is in them, and who gets them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import icalendar
import pytest
import time_machine
from flask import Flask

from consult.core.config import Settings
from consult.people import queries as people_queries
from consult.people import services as people_services
from consult.register import services as register
from consult.web import readers
from consult.web.readers import Visibility
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import SECRET, WORD, People
from tests.functional.test_reading_notice import statements

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def addresses(reader: PageClient, lang: str = "en") -> tuple[str, str]:
    """Paths of feed and calendar, as the page shows them."""
    links = [urlsplit(one) for one in reader.get(f"/{lang}/feeds").links()]
    (atom,) = [one.path for one in links if one.path.endswith(".atom")]
    (ics,) = [one.path for one in links if one.path.endswith(".ics")]
    return atom, ics


def entries(client: PageClient, path: str) -> list[Any]:
    answer = client.http.get(path)
    assert answer.status_code == 200 and answer.mimetype == "application/atom+xml"
    return ElementTree.fromstring(answer.data).findall("a:entry", ATOM)


def titles(client: PageClient, path: str) -> list[str]:
    return [one.findtext("a:title", "", ATOM) for one in entries(client, path)]


def events(client: PageClient, path: str) -> list[Any]:
    answer = client.http.get(path)
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")


def rotate(work: Any, word: str, *, public: bool = False, empty: bool = False) -> None:
    with work() as session:
        people_services.rotate_access_word(session, word, on=story.TODAY)
        organisation = people_queries.organisation(session)
        organisation.is_public = public
        if empty:
            organisation.access_word = organisation.previous_word = ""
        register.touch(session)


# ── what is in them ────────────────────────────────────────────────────────────


@BOTH
def test_the_feed_tells_what_was_published(
    work: Any, people: People, employee: PageClient, client: PageClient
) -> None:
    story.send(work, people)
    changed = story.both("Le **pilote** est repoussé.\n\n- d’un mois", "The **pilot** is put off.")
    story.revise(work, people, "plume", on=date(2026, 11, 20), changelog=changed)
    story.send(work, people, "timbre", title=story.both("Timbre", "Timbre"))
    story.withdraw(work, people, "timbre")
    atom, _ics = addresses(employee)
    found = {one.findtext("a:title", "", ATOM): one for one in entries(client, atom)}
    assert list(found) == [
        "Timbre: notice withdrawn", "Plume, the reply assistant: revision 2", *sorted(
            ["Plume, the reply assistant", "Timbre"], key=list(found).index
        ),
    ]  # fmt: skip
    notice = found["Plume, the reply assistant"]
    assert notice.findtext("a:published", "", ATOM).startswith("2026-10-20")
    assert notice.findtext("a:summary", "", ATOM) == "Plume suggests a draft reply."
    assert urlsplit(notice.find("a:link", ATOM).get("href")).path == "/en/notices/plume"
    revision = found["Plume, the reply assistant: revision 2"]
    assert revision.findtext("a:updated", "", ATOM).startswith("2026-11-20")
    assert revision.findtext("a:summary", "", ATOM) == "The pilot is put off."
    assert urlsplit(revision.find("a:link", ATOM).get("href")).path == "/en/notices/plume/revisions/2"
    assert found["Timbre: notice withdrawn"].findtext("a:summary", "", ATOM) == "No real human oversight."
    identifiers = [one.findtext("a:id", "", ATOM) for one in found.values()]
    assert len(set(identifiers)) == 4 and all(one.startswith("urn:uuid:") for one in identifiers)


@BOTH
def test_the_calendar_tells_milestones_and_the_days_to_speak(
    work: Any, people: People, employee: PageClient, client: PageClient
) -> None:
    story.send(work, people)
    box = story.letterbox(work)
    story.send(work, people, "timbre", title=story.both("Timbre", "Timbre"))
    story.withdraw(work, people, "timbre")
    _atom, ics = addresses(employee)
    found = {str(one["SUMMARY"]).partition(": ")[2]: one for one in events(client, ics)}
    assert set(found) == {
        "Pilot",
        "Review",
        "First day to say what you think",
        "Last day to say what you think",
    }
    pilot = found["Pilot"]
    assert pilot["DTSTART"].dt == date(2027, 1, 4)
    assert str(pilot["DESCRIPTION"]).startswith("Two teams.\nA pilot that employees use")
    assert urlsplit(pilot["URL"]).path == "/en/notices/plume"
    assert box.address in found["Last day to say what you think"]["UID"]


def test_a_date_that_moves_stays_the_same_event(
    work: Any, people: People, employee: PageClient, client: PageClient
) -> None:
    story.send(work, people)
    _atom, ics = addresses(employee)
    before = {str(one["UID"]): one["DTSTART"].dt for one in events(client, ics)}
    later = (
        story.Milestone(story.MilestoneKind.PILOT, date(2027, 2, 1)),
        story.Milestone(story.MilestoneKind.REVIEW, date(2027, 6, 7)),
    )
    story.revise(work, people, "plume", on=story.TODAY, changelog=story.both("a", "b"), milestones=later)
    after = {str(one["UID"]): one["DTSTART"].dt for one in events(client, ics)}
    assert set(before) == set(after) and sorted(after.values()) == [date(2027, 2, 1), date(2027, 6, 7)]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nothing_under_embargo_or_being_written_is_in_them(
    work: Any, people: People, employee: PageClient, client: PageClient, lang: str
) -> None:
    """And the text of a revision that is being written is not in the one that is read."""
    story.draft(work, people, "draft", title=story.both("Brouillon", "Brouillon"))
    story.send(work, people, "held", held_until=date(2026, 12, 15), title=story.both("Tenue", "Tenue"))
    story.send(work, people)
    with work() as session:
        notice = story.by_slug(session, "plume")
        again = story.notices.revise(session, notice, actor=session.get(type(people.hr), people.hr.id))
        story.notices.save(
            session,
            again,
            story.content(title=story.both("Prochaine", "Prochaine"), changelog=story.both("c", "c")),
        )
    atom, ics = addresses(employee, lang)
    whole = client.http.get(atom).get_data(as_text=True) + client.http.get(ics).get_data(as_text=True)
    assert "Plume" in whole
    for title in ("Brouillon", "Tenue", "Prochaine"):
        assert title not in whole
    assert f'xml:lang="{lang}"' in whole and f"/{lang}/notices/plume" in whole


def test_a_revision_made_under_embargo_is_no_news(
    work: Any, people: People, employee: PageClient, client: PageClient
) -> None:
    """Employees read the second text first."""
    story.send(work, people, held_until=date(2026, 11, 10))
    story.revise(work, people, "plume", on=date(2026, 10, 25), changelog=story.both("a", "b"))
    with work() as session:
        story.consultations.open_to_employees(session, story.by_slug(session, "plume"), on=date(2026, 11, 10))
    (one,) = entries(client, addresses(employee)[0])
    assert one.findtext("a:published", "", ATOM).startswith("2026-11-10")


def test_an_empty_house_has_an_empty_feed(people: People, employee: PageClient, client: PageClient) -> None:
    atom, ics = addresses(employee)
    assert not entries(client, atom) and not events(client, ics)


def test_a_feed_goes_back_fifty_entries_at_a_cost_that_does_not_grow(
    work: Any, people: People, employee: PageClient, client: PageClient, app: Flask
) -> None:
    for at in range(3):
        story.send(work, people, f"n{at}", title=story.both(f"Notice {at}", f"Notice {at}"))
        story.letterbox(work, f"n{at}")
    paths = addresses(employee)
    few = [len(statements(app, client, path)) for path in paths]
    for at in range(3, 54):
        story.send(work, people, f"n{at}", title=story.both(f"Notice {at}", f"Notice {at}"))
    many = [statements(app, client, path) for path in paths]
    assert [len(one) for one in many] == few, many
    assert max(few) <= 8, many
    assert len(entries(client, paths[0])) == 50
    assert len({str(one["URL"]) for one in events(client, paths[1])}) == 50


# ── who gets them ──────────────────────────────────────────────────────────────


@BOTH
def test_the_address_is_secret_and_the_same_for_every_reader_of_a_word(
    work: Any, people: People, app: Flask, client: PageClient
) -> None:
    story.send(work, people)
    one, other = (addresses(PageClient(app).with_word(WORD)) for _ in range(2))
    assert one == other and WORD not in one[0]
    assert one[0] == f"/en/feeds/{readers.feed_token(SECRET, WORD)}/notices.atom"
    assert readers.feed_token(SECRET, "Tilleul  BLEU") == readers.feed_token(SECRET, WORD)
    assert readers.feed_token(SECRET, WORD) not in readers.cookie_value(SECRET, WORD)
    assert titles(client, one[0]) and events(client, one[1])
    for path in (*one, one[0].replace("/en/", "/fr/")):
        assert client.http.get(path).status_code == 200


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "0" * 40,
        readers.feed_token(SECRET, ""),
        readers.feed_token("another" * 9, WORD),
        "é",
        "%00",
        WORD,
    ],
)
def test_a_wrong_address_is_no_address(
    work: Any, people: People, employee: PageClient, client: PageClient, token: str
) -> None:
    story.send(work, people)
    for name in ("notices.atom", "dates.ics"):
        for reader in (client, employee):
            reader.get(f"/fr/feeds/{token}/{name}", status=404)


def test_addresses_live_as_long_as_their_word(
    work: Any, people: People, app: Flask, employee: PageClient, client: PageClient
) -> None:
    story.send(work, people)
    old = addresses(employee)
    assert client.http.get(old[0]).status_code == 200
    rotate(work, "un autre mot")
    new = addresses(PageClient(app).with_word("un autre mot"))
    assert set(old).isdisjoint(new)
    for path in (*old, *new):
        assert client.http.get(path).status_code == 200
    with time_machine.travel(datetime(2027, 1, 10, 10, tzinfo=UTC), tick=False):
        for path in old:
            client.get(path, status=404)
        for path in new:
            assert client.http.get(path).status_code == 200
    rotate(work, "un troisième")
    for path in old:
        client.get(path, status=404)


def test_who_knows_the_old_word_alone_is_not_given_the_new_addresses(
    work: Any, people: People, app: Flask, employee: PageClient
) -> None:
    """Or thirty days of grace would become a way in for good. No cache may mix the two up either."""
    before = addresses(employee)
    rotate(work, "un autre mot")
    newer = PageClient(app).with_word("un autre mot")
    for _ in range(2):
        assert addresses(newer) != before
        assert addresses(employee) == before
    answer = employee.http.get("/en/feeds")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_public_organisation_has_addresses_without_a_word(
    work: Any, people: People, client: PageClient
) -> None:
    story.send(work, people)
    rotate(work, "un mot ouvert", public=True, empty=True)
    atom, ics = addresses(client)
    assert titles(client, atom) and events(client, ics)
    client.get(f"/fr/feeds/{readers.feed_token(SECRET, WORD)}/notices.atom", status=404)


def test_no_organisation_has_none(app: Flask, client: PageClient) -> None:
    client.get(f"/fr/feeds/{readers.feed_token(SECRET, '')}/notices.atom", status=404)


@BOTH
def test_they_are_cached_like_pages_and_new_with_every_act(
    work: Any, people: People, employee: PageClient, client: PageClient, app: Flask
) -> None:
    story.send(work, people)
    atom, _ics = addresses(employee)
    first = client.http.get(atom)
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.http.get(atom, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    story.send(work, people, "ariane", title=story.both("Ariane", "Ariane"))
    assert "Ariane" in titles(client, atom)
    with work() as session:
        story.by_slug(session, "ariane").visibility = Visibility.PUBLIC
        register.touch(session)
    assert "Ariane" in titles(client, atom)


def test_pages_lead_to_them(work: Any, people: People, employee: PageClient, client: PageClient) -> None:
    story.send(work, people, "public")
    with work() as session:
        story.by_slug(session, "public").visibility = Visibility.PUBLIC
        register.touch(session)
    for path in ("/fr/notices", "/fr/notices/public"):
        assert "/fr/feeds" in employee.get(path).links()
    assert "/fr/feeds" not in client.get("/fr/notices/public").links()
    client.get("/fr/feeds", status=403)


def test_settings_give_the_address(people: People, employee: PageClient, app: Flask) -> None:
    settings: Settings = app.extensions["consult.settings"]
    page = employee.get("/fr/feeds")
    assert [one for one in page.links() if one.startswith(f"{settings.address}/fr/feeds/")]

"""Home, the list of notices and the tracker: what is shown, in which order, at which cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from consult.web.pagination import PAGE_SIZE, cursor
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.functional.test_reading_notice import statements, words

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def titles(page: Page) -> list[str]:
    return [words(one) for one in page.doc.xpath("//*[contains(@class, 'rows-title')]")]


# ── home ───────────────────────────────────────────────────────────────────────


def test_an_empty_house_says_what_to_expect(people: People, employee: PageClient) -> None:
    page = employee.get("/en/")
    assert "No notice has been published yet" in page.text
    assert "No consultation" in page.text and "None is open today." in page.text
    for path in ("/fr/", "/fr/notices", "/fr/commitments", "/en/notices", "/en/commitments"):
        employee.get(path)


@BOTH
def test_four_figures_lead_to_their_lists(work: Any, people: People, employee: PageClient) -> None:
    said = story.tell_everything(work, people)
    story.send(work, people, "ariane")
    box = story.letterbox(work, "ariane")
    page = employee.get("/en/")
    facts = {words(one.xpath("./dt")[0]): one for one in page.doc.xpath("//dl[@class='facts']/div")}
    open_ = facts["You can say what you think"]
    assert "1 consultation" in words(open_) and "9 December 2026" in words(open_)
    assert open_.xpath(".//a/@href") == ["/en/notices/ariane"]
    assert "at least 20" in words(facts["Messages published"])
    assert "1 of 3" in words(facts["Commitments kept"]) and "1 late, 1 contested" in words(
        facts["Commitments kept"]
    )
    assert facts["Commitments kept"].xpath(".//a/@href") == ["/en/commitments?state=late"]
    left = facts["Left without an answer"]
    assert "1 theme" in words(left) and "18 days" in words(left)
    assert left.xpath(".//a/@href") == [f"/en/notices/plume#theme-{said.themes[1]}"]
    assert f"/speak/en/{box.address}/" in page.links()


def test_what_nobody_may_read_counts_nowhere(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people, held_until=date(2026, 12, 1), on=story.TODAY)
    box = story.letterbox(work)
    story.speak_and_publish(work, people, box)
    story.promise(work, people)
    for path in ("/en/", "/en/notices", "/en/commitments"):
        page = employee.get(path)
        assert "Plume" not in page.text and "référent" not in page.text
        assert "at least" not in page.text
        assert not [link for link in page.links() if "plume" in link or box.address in link]
    assert "Nothing has been promised yet" in employee.get("/en/commitments").text


# ── notices ────────────────────────────────────────────────────────────────────


@BOTH
def test_notices_come_newest_first_and_by_key(work: Any, people: People, employee: PageClient) -> None:
    for at in range(PAGE_SIZE + 3):
        day = date(2026, 10, 1) + timedelta(days=at // 2)
        story.send(work, people, f"n{at}", on=day, title=story.both(f"Notice {at:02}", f"Notice {at:02}"))
    first = employee.get("/en/notices")
    found = titles(first)
    assert len(found) == PAGE_SIZE
    (older,) = first.doc.xpath("//a[@rel='next']/@href")
    found += titles(employee.get(older))
    assert sorted(found) == sorted(f"Notice {at:02}" for at in range(PAGE_SIZE + 3)), "each once"
    assert [int(one[-2:]) // 2 for one in found] == sorted(
        (int(one[-2:]) // 2 for one in found), reverse=True
    )
    assert not employee.get(older).doc.xpath("//a[@rel='next']")


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=" + cursor("x", "y"),
        "after=" + cursor("2026-13-01", "z"),
        "stage=nothing",
        "stage=",
        "after=%00",
        "stage=withdrawn&after=W10",
        "utm=1",
    ],
)
def test_any_query_people_can_type_gets_a_page(people: People, employee: PageClient, query: str) -> None:
    employee.get(f"/fr/notices?{query}")
    employee.get(f"/fr/commitments?{query.replace('stage', 'state')}")


@BOTH
def test_the_stage_filter(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people, "plume", title=story.both("Plume", "Plume"))
    story.give_opinion(work, people, "plume", answered=False)
    story.send(work, people, "ariane", title=story.both("Ariane", "Ariane"))
    story.send(work, people, "timbre", title=story.both("Timbre", "Timbre"))
    story.withdraw(work, people, "timbre")
    assert titles(employee.get("/en/notices?stage=opinion_given")) == ["Plume"]
    assert titles(employee.get("/en/notices?stage=with_body")) == ["Ariane"]
    assert titles(employee.get("/en/notices?stage=withdrawn")) == ["Timbre"]
    assert sorted(titles(employee.get("/en/notices"))) == ["Ariane", "Plume", "Timbre"]
    empty = employee.get("/en/notices?stage=listening")
    assert "No notice is at this stage: Consultation under way" in empty.text
    assert empty.doc.xpath("//select[@name='stage']/option[@selected]/@value") == ["listening"]
    waiting = employee.get("/en/notices?stage=opinion_given").text
    assert "The employer has not answered, 12 days later." in waiting
    assert "favourable, with reservations" in waiting


def test_a_title_in_another_language_says_so(work: Any, people: People, employee: PageClient) -> None:
    from consult.core.localized import Localized

    story.send(work, people, title=Localized.of(fr="Plume"))
    page = employee.get("/en/notices")
    assert page.doc.xpath("//*[contains(@class,'rows-title')]//span[@lang='fr']")
    assert "French (authoritative)" in page.text and "English, too" not in page.text


# ── commitments ────────────────────────────────────────────────────────────────


@BOTH
def test_each_figure_of_the_tracker_is_its_list(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people, title="En retard")
    story.promise(work, people, title="Plus tard", due_on=date(2027, 3, 1))
    story.promise(work, people, title="Aujourd’hui", due_on=story.TODAY)
    story.promise(work, people, title="Tenu", verdict=True)
    story.promise(work, people, title="Contesté", verdict=False)
    page = employee.get("/fr/commitments")
    legend = {link.get("href"): words(link) for link in page.doc.xpath("//ul[@class='legend']//a")}
    assert set(legend) == {
        f"/fr/commitments?state={one}" for one in ("late", "agreed", "confirmed", "contested")
    }
    for href, label in legend.items():
        listed = employee.get(href).doc.xpath("//tbody/tr")
        assert int(label.split()[0]) == len(listed), label
    late = employee.get("/fr/commitments?state=late")
    assert (
        "En retard" in late.text
        and "Plus tard" not in late.text
        and "Contesté" not in late.doc.xpath("string(//tbody)")
    )


def test_a_day_is_late_only_once_it_has_passed(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people, due_on=story.TODAY)
    assert "Late by" not in employee.get("/en/commitments").text
    with time_machine.travel(datetime(2026, 11, 25, 10, tzinfo=UTC), tick=False):
        assert "Late by 1 day" in employee.get("/en/commitments").text


def test_a_kept_promise_is_never_late(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people, due_on=date(2026, 11, 3), verdict=True)
    page = employee.get("/en/commitments")
    assert "Late" not in page.doc.xpath("string(//tbody)")
    assert "Checked in Lille." in page.text
    assert "No commitment is late" in employee.get("/en/commitments?state=late").text


@BOTH
def test_the_tracker_goes_on_by_key(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    for at in range(PAGE_SIZE + 2):
        story.promise(
            work, people, title=f"Promesse {at:02}", due_on=date(2027, 1, 1) + timedelta(days=at // 3)
        )
    first = employee.get("/fr/commitments")
    (older,) = first.doc.xpath("//a[@rel='next']/@href")
    rows = first.doc.xpath("//tbody/tr/th/a") + employee.get(older).doc.xpath("//tbody/tr/th/a")
    assert sorted(words(one) for one in rows) == [f"Promesse {at:02}" for at in range(PAGE_SIZE + 2)]


def test_the_most_pressing_stand_first(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people, title="Tenu", verdict=True, due_on=date(2026, 11, 3))
    story.promise(work, people, title="Plus tard", due_on=date(2027, 3, 1))
    story.promise(work, people, title="En retard")
    story.promise(work, people, title="Contesté", verdict=False, due_on=date(2026, 11, 20))
    rows = employee.get("/fr/commitments").doc.xpath("//tbody/tr/th/a")
    assert [words(one) for one in rows] == ["Contesté", "En retard", "Plus tard", "Tenu"]


def test_rows_lead_to_the_promise_on_its_notice(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people)
    (href,) = employee.get("/fr/commitments").doc.xpath("//tbody/tr/th/a/@href")
    path, _, anchor = href.partition("#")
    assert employee.get(path).doc.xpath("//*[@id=$anchor]", anchor=anchor)


# ── cost ───────────────────────────────────────────────────────────────────────


def test_lists_ask_no_more_for_twenty_than_for_one(
    work: Any, people: People, employee: PageClient, app: Flask
) -> None:
    def fill(slug: str) -> None:
        story.send(work, people, slug)
        said = story.speak_and_publish(work, people, story.letterbox(work, slug))
        assert said.themes
        story.give_opinion(work, people, slug)
        story.promise(work, people, slug, verdict=True)

    paths = ("/en/", "/en/notices", "/en/commitments", "/en/notices?stage=in_follow_up")
    fill("first")
    few = {path: statements(app, employee, path) for path in paths}
    for at in range(8):
        fill(f"more{at}")
    for path in paths:
        many = statements(app, employee, path)
        assert len(many) == len(few[path]), f"{path}: {many}"
        assert len(many) <= 16, f"{path}: {len(many)}"

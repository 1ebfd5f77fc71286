"""Who may read what, by somebody who tries: strangers at every door, employees under embargo, the other
body, the chair, headers, methods and caches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from consult.web.readers import DECIDED
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import WORD, People

SECRETS = (
    "Embargo-Escarpin",
    "Charge et rythme",
    "On relit plus",
    "Qui aidera",
    "Un référent",
    "Le CSE est réservé",
)
PATHS = ("/fr/notices/held", "/fr/notices/held/revisions/1", "/fr/notices", "/fr/commitments", "/fr/")


@pytest.fixture(autouse=True)
def held(work: Any, people: People) -> Iterator[None]:
    """A notice under embargo with everything already said about it by the body."""
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        title = story.both("Embargo-Escarpin", "Embargo-Escarpin")
        story.send(work, people, "held", on=story.TODAY, held_until=date(2026, 12, 15), title=title)
        box = story.letterbox(work, "held")
        story.speak_and_publish(work, people, box)
        story.ask(work, people, "held")
        story.give_opinion(work, people, "held")
        story.promise(work, people, "held")
        yield


def told(client: PageClient, path: str, **options: Any) -> list[str]:
    with client.http.open(path, **options) as response:
        body = response.get_data(as_text=True) + str(response.headers)
    return [secret for secret in SECRETS if secret in body]


def test_no_method_opens_what_is_held(app: Flask) -> None:
    for client in (PageClient(app), PageClient(app).with_word(WORD)):
        for path in PATHS:
            for method in ("GET", "HEAD", "POST", "OPTIONS", "PROPFIND", "TRACE"):
                assert told(client, path, method=method) == [], f"{method} {path}"


HEADERS: list[dict[str, str]] = [
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Original-URL": "/fr/notices/held"},
    {"X-Rewrite-URL": "/workspace/fr/"},
    {"Consult-Level": "employees"},
    {DECIDED: "employees"},
    {"X-HTTP-Method-Override": "GET"},
    {"If-None-Match": "*"},
    {"Range": "bytes=0-"},
    {"Authorization": "Basic eDp5"},
    {"Host": "127.0.0.1"},
]


def test_no_header_opens_what_is_held(app: Flask) -> None:
    for headers in HEADERS:
        for path in PATHS:
            assert told(PageClient(app), path, headers=headers) == [], f"{headers} {path}"
        with PageClient(app).http.get("/fr/notices", headers=headers) as response:
            assert response.status_code in {400, 403}, headers


SPELLINGS = [
    "/fr/notices/held/",
    "/fr//notices/held",
    "/FR/notices/held",
    "/fr/notices/HELD",
    "/fr/notices/held%00",
    "/fr/notices/held?after=x",
    "/fr/./notices/held",
    "/fr/notices/../notices/held",
    "/fr/notices/held;x",
    "/speak/fr/held/",
    "/static/../consult/app.py",
    "/static/%2e%2e/consult/app.py",
    "/workspace/fr/notices/held",
    "/workspace/en/notices/held/preview",
    "/language?to=fr&back=/fr/notices/held",
]


def test_no_spelling_opens_what_is_held(app: Flask) -> None:
    for client in (PageClient(app), PageClient(app).with_word(WORD)):
        for path in SPELLINGS:
            assert told(client, path) == [], path


def test_no_door_of_the_workspace_opens_without_signing_in(app: Flask) -> None:
    """Whatever it is asked, and with the access word too."""
    employee = PageClient(app).with_word(WORD)
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/workspace") or rule.endpoint.startswith("signin."):
            continue
        values = {name: _value(converter) for name, converter in rule._converters.items()}
        path = app.url_map.bind("localhost").build(
            rule.endpoint, values, method=sorted(rule.methods or ())[0]
        )
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            with employee.http.open(path, method=method) as response:
                location = response.headers.get("Location", "")
                assert response.status_code in {302, 400}, f"{method} {path}: {response.status_code}"
                assert response.status_code == 400 or "/sign-in" in location


def _value(converter: Any) -> Any:
    name = type(converter).__name__
    if name == "AnyConverter":
        return "fr" if "fr" in converter.items else sorted(converter.items)[0]
    return "00000000-0000-4000-8000-000000000000" if name == "UUIDConverter" else "1"


def test_the_embargo_ends_on_its_day_by_the_job_and_not_by_the_clock(work: Any, app: Flask) -> None:
    """A page shows what the record says: a job opens the notice, files it and makes pages stale."""
    from consult import jobs
    from consult.core import clock

    employee = PageClient(app).with_word(WORD)
    with time_machine.travel(datetime(2026, 12, 15, 9, tzinfo=UTC), tick=False):
        with work() as session:
            jobs.run_due(session, now=clock.now())
        assert "Embargo-Escarpin" in employee.get("/fr/notices/held").text
        assert told(PageClient(app), "/fr/notices/held") == []


def test_who_is_signed_in_reads_no_more_on_the_reading_side(people: People, as_: Any) -> None:
    for account in (people.hr, people.rep1, people.chair, people.admin):
        client = as_(account)
        cookie = client.http.get_cookie("consult_session", path="/workspace")
        headers = {"Cookie": f"consult_session={cookie.value}"}
        for path in PATHS:
            assert told(client, path, headers=headers) == []


def test_the_chair_reads_what_the_employer_may_and_no_page_of_the_body(
    people: People, as_: Any, app: Flask
) -> None:
    chair = as_(people.chair)
    assert "Embargo-Escarpin" in chair.get("/workspace/fr/notices/held").text
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint.startswith("concerns.")
            and rule.endpoint != "concerns.answer"
            and "GET" in (rule.methods or ())
        ):
            values = {name: _value(converter) for name, converter in rule._converters.items()}
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
            chair.get(path, status=403)


def test_a_mandate_that_ended_reads_nothing_more(work: Any, people: People, as_: Any) -> None:
    from consult.people import services
    from consult.people.models import Account

    member = as_(people.rep2)
    member.get("/workspace/fr/notices/held")
    with work() as session:
        for mandate in session.get(Account, people.rep2.id).mandates:
            services.end_mandate(session, mandate, on=date(2026, 11, 23))
    assert told(member, "/workspace/fr/notices/held") == []


def test_no_page_of_the_reading_side_is_meant_for_machines(app: Flask) -> None:
    """No feed, no preview, no index: what is on the open web stays there."""
    employee = PageClient(app).with_word(WORD)
    for path in ("/fr/", "/en/notices", "/fr/commitments", "/fr/stored"):
        with employee.http.get(path) as response:
            assert "noindex" in response.headers["X-Robots-Tag"]
            assert re.match("private|no-store", response.headers["Cache-Control"])
            body = response.get_data(as_text=True)
        for sign in (
            "og:",
            "twitter:",
            "application/rss",
            "application/atom",
            "application/ld+json",
            "manifest",
        ):
            assert sign not in body

"""The page cache in its place: what readers of the real application get from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consult.register.models import ContentVersion
from consult.register.queries import VersionReader
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import WORD, Instance, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield


def version(work: Any) -> int:
    with work() as session:
        return session.scalar(select(ContentVersion.value)) or 0


@pytest.fixture
def rendered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that reached the application behind the cache."""
    paths: list[str] = []
    cache = app.extensions["consult.page_cache"]
    inner = cache.app

    def note(environ: dict[str, Any], start_response: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(cache, "app", note)
    return paths


@BOTH
def test_every_reader_of_a_level_gets_the_same_bytes(
    work: Any, people: People, app: Flask, rendered: list[str]
) -> None:
    story.tell_everything(work, people)
    pages = []
    for agent in ("Mozilla/5.0 One", "Other/2"):
        reader = PageClient(app).with_word(WORD)
        pages.append(
            reader.http.get("/fr/notices/plume", headers={"User-Agent": agent, "Accept-Language": "en"})
        )
    assert pages[0].data == pages[1].data
    assert pages[0].headers["ETag"] == pages[1].headers["ETag"]
    assert rendered == ["/fr/notices/plume"]
    assert "Set-Cookie" not in pages[0].headers
    assert pages[0].headers["Vary"] == "Accept-Encoding, Cookie"
    assert "Content-Security-Policy" in pages[0].headers


@BOTH
def test_an_act_shows_on_the_next_request(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    assert "Question 1" not in employee.get("/en/notices/plume").text
    story.ask(work, people)
    assert "Question 1" in employee.get("/en/notices/plume").text
    story.promise(work, people)
    assert "Un référent par équipe (en)" in employee.get("/en/commitments").text
    story.send(work, people, "ariane", title=story.both("Ariane", "Ariane"))
    assert "Ariane" in employee.get("/en/").text


@BOTH
def test_what_is_written_anonymously_makes_no_page_stale(
    work: Any, people: People, employee: PageClient, rendered: list[str]
) -> None:
    """Or the moment of each message could be read from the cache, and each would empty it."""
    story.send(work, people)
    box = story.letterbox(work)
    before = version(work)
    employee.get("/fr/notices/plume")
    box.speak(*(f"Message {at}" for at in range(5)))
    assert version(work) == before
    employee.get("/fr/notices/plume")
    assert rendered.count("/fr/notices/plume") == 1


def test_nothing_undone_raises_the_version(work: Any, people: People, employee: PageClient) -> None:
    before = version(work)
    for path in ("/fr/", "/fr/notices", "/en/commitments", "/fr/stored"):
        employee.get(path)
    employee.post("/fr/access", {"word": "wrong"}, status=400)
    assert version(work) == before


def test_late_begins_at_midnight_without_any_act(work: Any, people: People, employee: PageClient) -> None:
    story.send(work, people)
    story.promise(work, people, due_on=date(2026, 11, 24))
    with time_machine.travel(datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC), tick=False):
        assert "Late by" not in employee.get("/en/commitments").text
    with time_machine.travel(datetime(2026, 11, 24, 23, 0, 1, tzinfo=UTC), tick=False):  # midnight in Paris
        assert "Late by 1 day" in employee.get("/en/commitments").text


def test_a_refusal_is_never_kept(
    work: Any, people: People, app: Flask, client: PageClient, rendered: list[str]
) -> None:
    story.send(work, people)
    for _ in range(2):
        client.get("/fr/notices/plume", status=403)
    assert rendered.count("/fr/notices/plume") == 2
    assert not app.extensions["consult.page_cache"].entries
    PageClient(app).with_word(WORD).get("/fr/notices/plume")
    client.get("/fr/notices/plume", status=403)


def test_a_stranger_never_gets_what_an_employee_left_there(
    work: Any, people: People, app: Flask, client: PageClient, employee: PageClient
) -> None:
    story.send(work, people)
    etags = {}
    for path in ("/fr/", "/fr/notices/plume", "/fr/commitments"):
        etags[path] = employee.http.get(path).headers["ETag"]
    for path, tag in etags.items():
        response = client.http.get(path, headers={"If-None-Match": tag})
        assert response.status_code in {200, 403}, "a tag of another level is no proof"
        assert "Plume" not in response.get_data(as_text=True)


def test_nothing_is_kept_of_a_post(people: People, app: Flask, client: PageClient) -> None:
    client.post("/fr/access", {"word": "wrong"}, status=400)
    client.post("/fr/access", {"word": WORD})
    assert not app.extensions["consult.page_cache"].entries


def test_signed_in_pages_are_never_kept(work: Any, people: People, app: Flask, as_: Any) -> None:
    story.send(work, people)
    response = as_(people.hr).http.get("/workspace/fr/notices/plume")
    assert response.status_code == 200
    assert "ETag" not in response.headers
    assert not app.extensions["consult.page_cache"].entries


def test_the_version_is_read_by_each_process_for_itself(
    work: Any, people: People, instance: Instance
) -> None:
    """Two readers, as two processes would have them, agree at once."""
    readers = [VersionReader(instance.settings.url) for _ in range(2)]
    before = {reader() for reader in readers}
    story.send(work, people)
    after = {reader() for reader in readers}
    assert len(before) == len(after) == 1
    assert after.pop() > before.pop()
    for reader in readers:
        reader.close()


def test_a_version_that_cannot_be_read_bypasses_the_cache(tmp_path: Any) -> None:
    assert VersionReader(f"sqlite:///{tmp_path}/nothing.sqlite3")() is None


def test_a_fresh_instance_has_version_nought(instance: Instance) -> None:
    reader = VersionReader(instance.settings.url)
    assert reader() == 0
    reader.close()

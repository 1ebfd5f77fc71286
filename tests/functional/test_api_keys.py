"""Keys of programs: made by an administrator, shown once, read at their level, gone when revoked; and what a
program reads of a procedure."""

from __future__ import annotations

import json
import logging
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from consult.consultations import services as consultations
from consult.consultations.before import Course
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind
from consult.core import backup, clock
from consult.core.db import Base
from consult.core.localized import Localized
from consult.notices.content import Milestone
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.people.models import Account, ApiKey, Body
from consult.reading.api import Limits
from consult.register import services as register
from consult.web.readers import COOKIE, Visibility
from tests import sending
from tests.client import PageClient
from tests.conftest import WORD, Instance, People
from tests.loop import attack

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
KEYS = "/workspace/fr/api-keys"
SHOWN = re.compile(r"consult_[0-9a-f]{32}_[A-Za-z0-9_-]{43}")


@pytest.fixture(autouse=True)
def fresh(app: Flask) -> Iterator[None]:
    """Buckets of their own: the application is shared by many tests."""
    app.extensions["consult.api_limits"] = Limits()
    yield
    app.extensions["consult.api_limits"] = Limits()


@pytest.fixture
def slug(work: Work, people: People) -> str:
    with work() as session:
        return str(sending.sent(session, people).slug)


def made(client: PageClient, name: str = "Chaîne de déploiement", level: str = "employees") -> str:
    page = client.submit(client.get(KEYS), {"name": name, "level": level}, action="api-keys", status=200)
    found = SHOWN.findall(page.text)
    assert len(found) == 1
    return str(found[0])


def call(app: Flask, slug: str, key: str = "", lang: str = "fr", **options: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    query = options.pop("query", "")
    client = app.test_client()
    client.set_cookie(COOKIE, options.pop("cookie", ""))
    return client.get(f"/api/v1/{lang}/notices/{slug}/procedure-state{query}", headers=headers, **options)


def keys(work: Work) -> list[ApiKey]:
    with work() as session:
        return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


@BOTH
def test_a_key_reads_what_employees_read(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    key = made(as_(people.admin))
    answer = call(app, slug, key)
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    said = answer.get_json()
    assert said["notice"]["slug"] == slug and said["as_of"] == clock.today().isoformat()
    assert said["still_running"] is True and said["contested_earliest_end"] is None
    (one,) = said["procedures"]
    assert (one["template"], one["state"], one["body"]) == ("fr-cse", "running", people.body.name)
    assert one["earliest_end"] == said["earliest_end"] > said["as_of"]
    assert one["basis"] == "law" and "L2312-14" in one["reference"]
    opinion = next(step for step in one["open_steps"] if step["key"] == "opinion")
    assert opinion["due_on"] and opinion["reference"]
    assert said["early_milestones"] == []
    assert "d’après les faits saisis" in said["sentence"].lower()
    assert "ne dit rien des autres formalités" in said["sentence"]
    english = call(app, slug, key, lang="en").get_json()
    assert english["language"] == "en" and "according to the facts entered" in english["sentence"].lower()


@BOTH
def test_an_early_date_comes_with_its_reason(app: Flask, work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        day = clock.today() + timedelta(days=5)
        notice = sending.written(
            session, people.hr, milestones=[Milestone(MilestoneKind.PILOT, day, sending.both("Essai"))]
        )
        consultations.send(
            session, notice, body=session.get_one(Body, people.body.id),
            actor=session.get_one(Account, people.hr.id), on=clock.today(),
            reasons={"pilot": Localized.of(fr="Fenêtre technique", en="Technical window")},
        )  # fmt: skip
        session.flush()
        consultations.open_to_employees(session, notice, on=clock.today())
        slug = notice.slug
    (one,) = call(app, slug, made(as_(people.admin))).get_json()["early_milestones"]
    assert (one["kind"], one["day"], one["reason"]) == ("pilot", day.isoformat(), "Fenêtre technique")
    assert one["is_explained"] and one["earliest_end_then"] > one["day"]


def test_without_a_key_only_what_is_public(app: Flask, work: Work, people: People, slug: str) -> None:
    assert call(app, slug).status_code == 404
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        notice.visibility = Visibility.PUBLIC
        register.touch(session)
    answer = call(app, slug)
    assert answer.status_code == 200 and answer.get_json()["still_running"] is True


def test_a_key_of_the_public_level_reads_no_more(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    public = made(as_(people.admin), "Portail", "public")
    assert call(app, slug, public).status_code == 404
    with work() as session:
        session.scalars(select(Notice)).one().visibility = Visibility.PUBLIC
        register.touch(session)
    assert call(app, slug, public).status_code == 200


def test_no_key_reads_what_employees_may_not_read_yet(
    app: Flask, work: Work, people: People, as_: SignIn
) -> None:
    key = made(as_(people.admin))
    with work() as session:
        held, draft = sending.sent(session, people, opened=False), sending.written(session, people.hr)
        slugs = [held.slug, draft.slug, "nothing"]
    answers = [call(app, one, key) for one in slugs]
    assert {one.status_code for one in answers} == {404}
    assert len({one.get_data() for one in answers}) == 1


def test_cookies_are_nobodys_here(app: Flask, work: Work, people: People, as_: SignIn, slug: str) -> None:
    reader = PageClient(app).with_word(WORD)
    cookie = reader.http.get_cookie(COOKIE)
    assert cookie is not None
    assert call(app, slug, cookie=cookie.value).status_code == 404
    rep = as_(people.rep1)
    assert rep.http.get(f"/api/v1/fr/notices/{slug}/procedure-state").status_code == 404


@BOTH
def test_wrong_unknown_and_revoked_keys_answer_the_same(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    admin = as_(people.admin)
    key, other = made(admin), made(admin, "Autre")
    with work() as session:
        ident = session.scalars(select(ApiKey).where(ApiKey.name == "Autre")).one().id
    page = admin.get(f"{KEYS}/{ident}/revocation")
    admin.submit(page)
    assert "Révoquée" in admin.get(KEYS).text
    wrong = [
        other, key[:-1] + ("A" if key[-1] != "A" else "B"), "consult_" + "0" * 32 + "_" + "A" * 43, "x",
        key.upper(), key + "x",
    ]  # fmt: skip
    answers = [call(app, slug, one) for one in wrong]
    assert {one.status_code for one in answers} == {401}
    assert len({one.get_data() for one in answers}) == 1
    assert answers[0].mimetype == "application/problem+json"
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer")
    assert answers[0].get_json()["status"] == 401
    assert call(app, slug, key).status_code == 200
    basic = app.test_client().get(
        f"/api/v1/fr/notices/{slug}/procedure-state", headers={"Authorization": f"Basic {key}"}
    )
    assert basic.status_code == 401


def test_a_wrong_key_reads_not_even_what_is_public(app: Flask, work: Work, people: People, slug: str) -> None:
    with work() as session:
        session.scalars(select(Notice)).one().visibility = Visibility.PUBLIC
        register.touch(session)
    assert call(app, slug, "consult_wrong").status_code == 401


def test_a_key_in_the_address_is_refused(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    key = made(as_(people.admin))
    for query in (f"?key={key}", f"?access_token={key}", f"?{key}", "?x=1"):
        answer = call(app, slug, query=query)
        assert answer.status_code == 400 and "Authorization" in answer.get_json()["detail"]
        assert call(app, slug, key, query=query).status_code == 400
        assert key not in answer.get_data(as_text=True)
    assert keys(work)[0].used_on is None


@BOTH
def test_only_the_day_of_its_use_is_kept(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    admin = as_(people.admin)
    key = made(admin)
    assert "Jamais utilisée" in admin.get(KEYS).text
    call(app, slug, key)
    call(app, slug, key)
    (one,) = keys(work)
    assert one.used_on == clock.today() and type(one.used_on) is date
    assert {column.name for column in ApiKey.__table__.columns} == {
        "id", "name", "digest", "level", "made_by", "made_on", "used_on", "revoked_on",
    }  # fmt: skip
    with time_machine.travel(clock.now() + timedelta(days=2), tick=False):
        call(app, slug, key)
        assert keys(work)[0].used_on == clock.today()


def test_the_secret_lies_nowhere_in_clear(
    instance: Instance, app: Flask, work: Work, people: People, as_: SignIn, slug: str,
    caplog: pytest.LogCaptureFixture, tmp_path: Path,
) -> None:  # fmt: skip
    """Not in a table, a log line, a file of the database, a copy, nor on a later page."""
    admin = as_(people.admin)
    with caplog.at_level(logging.DEBUG):
        key = made(admin)
        call(app, slug, key)
        call(app, slug, key[:-2] + "zz")
    secret = key.split("_", 2)[2]
    assert secret not in caplog.text and secret[:20] not in caplog.text
    assert secret not in admin.get(KEYS).response.get_data(as_text=True)
    with work() as session:
        rows = [row for table in Base.metadata.tables.values() for row in session.execute(select(table))]
    dumped = "\n".join(map(repr, rows))
    assert len(rows) > 20 and secret not in dumped and secret[:20] not in dumped
    for path in instance.folder.rglob("consult.sqlite3*"):
        assert secret.encode() not in path.read_bytes()
    with tarfile.open(backup.make(instance.settings, tmp_path, on=clock.today()).path) as archive:
        copied = [archive.extractfile(one) for one in archive.getmembers() if one.isfile()]
        assert copied and not any(one is None or secret.encode() in one.read() for one in copied)


def test_a_double_click_makes_one_key(work: Work, people: People, as_: SignIn) -> None:
    admin = as_(people.admin)
    page = admin.get(KEYS)
    admin.submit(page, {"name": "Une"}, action="api-keys", status=200)
    second = admin.follow(admin.submit(page, {"name": "Une"}, action="api-keys"))
    assert "déjà été créée" in second.text and len(keys(work)) == 1
    assert not SHOWN.search(second.text)


def test_nothing_typed_is_lost_and_every_field_is_asked(work: Work, people: People, as_: SignIn) -> None:
    admin = as_(people.admin)
    page = admin.submit(admin.get(KEYS), {"name": "  "}, action="api-keys", status=400)
    assert "Écrivez à quoi sert la clé" in page.text
    admin.submit(admin.get(KEYS), {"name": "x" * 101}, action="api-keys", status=400)
    data = {"name": "Bonne", "level": "draft", "once": "not-a-uuid"}
    page = attack(admin, KEYS, data, status=400)
    assert page.doc.xpath("//input[@name='name']/@value") == ["Bonne"] and keys(work) == []


def test_revoking_is_asked_once_more_and_done_once(work: Work, people: People, as_: SignIn) -> None:
    admin = as_(people.admin)
    made(admin)
    (one,) = keys(work)
    page = admin.get(f"{KEYS}/{one.id}/revocation")
    assert keys(work)[0].revoked_on is None
    admin.submit(page)
    first = keys(work)[0].revoked_on
    assert first == clock.today()
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        admin = as_(people.admin)
        admin.get(f"{KEYS}/{one.id}/revocation", status=303)
        attack(admin, f"{KEYS}/{one.id}/revocation", {}, status=303)
    assert keys(work)[0].revoked_on == first


@pytest.mark.parametrize("who", ["hr", "rep1", "chair"])
def test_only_administrators_make_keys(work: Work, people: People, as_: SignIn, who: str) -> None:
    client = as_(getattr(people, who))
    client.get(KEYS, status=403)
    attack(client, KEYS, {"name": "x", "level": "employees", "once": "0" * 32}, status=403)
    assert keys(work) == []


def test_keys_are_listed_by_pages(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        for number in range(23):
            session.add(
                ApiKey(
                    name=f"Clé {number:02}", digest=bytes(32), level="employees", made_by=people.admin.id,
                    made_on=clock.today() - timedelta(days=number),
                )
            )  # fmt: skip
    admin = as_(people.admin)
    first = admin.get(KEYS)
    assert "Clé 00" in first.text and "Clé 22" not in first.text
    (older,) = [one for one in first.links() if "after=" in one]
    assert "Clé 22" in admin.get(older).text
    admin.get(f"{KEYS}?after=rubbish")


def test_too_many_are_told_when_to_come_back(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    """Strangers fill their own bucket, never that of somebody with a key."""
    key = made(as_(people.admin))
    with time_machine.travel(clock.now(), tick=False):
        statuses = [call(app, slug, "consult_wrong").status_code for _each in range(200)]
        assert statuses.count(429) > 100
        late = call(app, slug, "consult_wrong")
        assert late.mimetype == "application/problem+json" and late.headers["Retry-After"] == "60"
        assert call(app, slug, key).status_code == 200
        assert call(app, slug).status_code == 404


def test_errors_are_problems_as_data(app: Flask, work: Work, people: People, slug: str) -> None:
    client = app.test_client()
    answers = {
        405: client.post(f"/api/v1/en/notices/{slug}/procedure-state"),
        404: client.get("/api/v1/en/nothing"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status and answer.mimetype == "application/problem+json"
        assert json.loads(answer.get_data())["status"] == status
        assert "Set-Cookie" not in answer.headers
    assert client.get("/api/v1/de/x").mimetype == "application/problem+json"


def test_the_day_an_opinion_is_given_nothing_runs(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    key = made(as_(people.admin))
    with work() as session:
        consultation = session.scalars(select(Consultation)).one()
        consultations.once(session, consultation, FactKind.OPINION_GIVEN, on=clock.today())
    said = call(app, slug, key).get_json()
    assert said["still_running"] is False and said["procedures"][0]["state"] == "ended"


def _shape(value: Any) -> Any:
    """The names of an answer, whatever it holds."""
    if isinstance(value, dict):
        return {name: _shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return None


def test_the_document_says_what_the_answer_says(
    app: Flask, work: Work, people: People, as_: SignIn, slug: str
) -> None:
    text = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
    written = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    said = call(app, slug, made(as_(people.admin)), lang="en").get_json()
    written_early, said_early = written.pop("early_milestones"), said.pop("early_milestones")
    assert _shape(written) == _shape(said) and said_early == []
    assert set(written_early[0]) == {
        "kind", "day", "label", "is_explained", "reason", "reason_given_on", "earliest_end_then",
    }  # fmt: skip
    for one in Course:
        assert f"| `{one}` |" in text

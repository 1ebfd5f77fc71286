"""Claims: once, by POST, for one set of blinded requests; and the page that makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from consult.anonymity import blind
from consult.core import clock
from consult.passes import inviting, jobs
from consult.passes.models import Claim, SigningKey
from consult.voices.models import Letterbox, RightKey
from consult.voices.rules import Channels, lanes
from tests.client import PageClient
from tests.conftest import People
from tests.inviting import Browser, encoded, letterbox, post, quick_keys
from tests.letterboxes import Box

both = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


@pytest.fixture
def box(work: Work, people: People, monkeypatch: pytest.MonkeyPatch) -> Box:
    with quick_keys(monkeypatch):
        return letterbox(work, people)


def invited(work: Work, box: Box, number: int = 1) -> list[str]:
    codes = inviting.new_codes(number)
    with work() as session:
        found = session.get_one(Letterbox, box.id)
        seen = len(inviting.queries.invitation_acts(session, found))
        inviting.invite(session, found, codes, seen=seen, on=clock.today())
    return codes


def rows(work: Work) -> list[tuple[bytes, bytes | None]]:
    with work() as session:
        return [tuple(one) for one in session.execute(select(Claim.code_hash, Claim.blinded_hash))]


def later(days: int) -> Any:
    return time_machine.travel(clock.now() + timedelta(days=days), tick=False)


# ── once, and the same again ───────────────────────────────────────────────────


@both
def test_the_same_requests_are_signed_again_and_no_others(app: Flask, box: Box, work: Work) -> None:
    (code,) = invited(work, box)
    browser = Browser(app, box.address, code)
    first = browser.press()
    assert first.status_code == 200 and set(first.json["signatures"]) == set(lanes(3))
    assert browser.press().get_data() == first.get_data()
    other = Browser(app, box.address, code)
    refused = other.press()
    assert (refused.status_code, refused.json) == (409, {"refused": "refused"})
    swapped = browser.fields | {"speak-1": browser.fields["speak-2"], "speak-2": browser.fields["speak-1"]}
    assert post(app, swapped).status_code == 409
    assert browser.press().get_data() == first.get_data()
    ((_hash, kept),) = rows(work)
    assert kept is not None and len(kept) == 32


@both
def test_what_was_signed_lets_one_speak_once_in_its_lane(app: Flask, box: Box, work: Work) -> None:
    (code,) = invited(work, box)
    browser = Browser(app, box.address, code)
    tokens = browser.tokens(browser.press())
    opens = clock.today() + timedelta(days=3)
    for lane in ("speak-1", "speak-2", "speak-3"):
        box.speak("Un texte.", right=tokens[lane], on=opens)
    for lane in ("speak-1", "pulse"):
        with pytest.raises(Exception, match=r"right is (used|unknown)"):
            box.speak("Un texte.", right=tokens[lane], on=opens)


def test_an_unknown_code_and_a_used_one_are_refused_alike(app: Flask, box: Box, work: Work) -> None:
    (code,) = invited(work, box)
    Browser(app, box.address, code).press()
    used = Browser(app, box.address, code).press()
    for wrong in ("A" * 22, code[:-1] + ("A" if code[-1] != "A" else "B"), "short", "", "é" * 22, code + " "):
        unknown = Browser(app, box.address, wrong).press()
        assert (unknown.status_code, unknown.get_data()) == (used.status_code, used.get_data()), wrong
        assert dict(unknown.headers) == dict(used.headers)


def test_a_code_is_worth_nothing_elsewhere(
    app: Flask, box: Box, work: Work, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_keys(monkeypatch):
        other = letterbox(work, people)
    (code,) = invited(work, box)
    assert Browser(app, other.address, code).press().json == {"refused": "refused"}
    assert rows(work)[0][1] is None


@pytest.mark.parametrize(
    "spoil", ["missing", "short", "long", "padded", "extra bits", "above n", "zero lanes"]
)
def test_requests_that_are_none_claim_nothing(app: Flask, box: Box, work: Work, spoil: str) -> None:
    (code,) = invited(work, box)
    browser = Browser(app, box.address, code)
    browser.draw(browser.keys())
    fields = browser.fields
    fine = fields["speak-2"]
    if spoil == "missing":
        del fields["speak-2"]
    elif spoil == "zero lanes":
        fields = {"box": box.address, "code": code}
    else:
        fields["speak-2"] = {
            "short": fine[:-2], "long": fine + "AA", "padded": fine + "==", "extra bits": fine[:-1] + "_",
            "above n": encoded(b"\xff" * 256),
        }[spoil]  # fmt: skip
    answer = post(app, fields)
    assert (answer.status_code, answer.json) == (400, {"refused": "misread"})
    assert rows(work)[0][1] is None


def test_two_who_press_at_once_do_not_both_get_an_answer(
    app: Flask, box: Box, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked the code up while it was unused: the lock decides."""
    (code,) = invited(work, box)
    slow, quick = Browser(app, box.address, code), Browser(app, box.address, code)
    real, answers = blind.sign, []

    def meanwhile(private: bytes, request: bytes) -> bytes:
        if not answers:
            answers.append(None)
            answers[0] = quick.press()
        return real(private, request)

    monkeypatch.setattr(blind, "sign", meanwhile)
    late = slow.press()
    assert answers[0].status_code == 200 and late.json == {"refused": "refused"}


# ── by nobody else ─────────────────────────────────────────────────────────────


def test_looking_never_claims(app: Flask, box: Box, work: Work) -> None:
    """What a scanner or a browser that fetches ahead does; adversary 15."""
    (code,) = invited(work, box)
    browser = Browser(app, box.address, code)
    browser.draw(browser.keys())
    http = app.test_client()
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in ("/speak/fr/claim", f"/speak/fr/claim/{box.address}"):
            for headers in ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"}):
                answer = http.open(path, method=method, query_string=browser.fields, headers=headers)
                assert answer.status_code in {200, 405}
                assert b"signatures" not in answer.data
    for method in ("PUT", "PATCH", "DELETE"):
        assert http.open("/speak/fr/claim", method=method, data=browser.fields).status_code == 405
    assert rows(work)[0][1] is None


def test_only_a_page_of_ours_claims(app: Flask, box: Box, work: Work) -> None:
    (code,) = invited(work, box)
    browser = Browser(app, box.address, code)
    browser.draw(browser.keys())
    for headers in (
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": None},
    ):  # fmt: skip
        given = {name: value for name, value in headers.items() if value is not None}
        answer = app.test_client().post("/speak/fr/claim", data=browser.fields, headers=given)
        assert answer.status_code == 400 and answer.json == {"refused": "misread"}
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        assert post(app, "{}", content_type=kind).status_code == 400
    assert post(app, {"box": "x" * 9000}).status_code == 413
    assert rows(work)[0][1] is None


def test_the_page_is_the_same_for_everybody(
    app: Flask, box: Box, people: People, as_: Any, employee: PageClient
) -> None:
    pages = {
        client.get("/speak/fr/claim").response.data
        for client in (PageClient(app), employee, as_(people.rep1), as_(people.hr))
    }
    assert len(pages) == 1
    answer = employee.http.get("/speak/fr/claim")
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert box.address not in answer.get_data(as_text=True)
    english = PageClient(app).get("/speak/en/claim")
    assert "An invitation needs scripts" in english.doc.xpath("//noscript")[0].text_content()
    assert english.doc.xpath("//noscript")[0].text_content().count("paper slip")
    assert not english.doc.xpath("//main//form"), "nothing that could be sent without the script"


def test_what_the_script_is_told_names_nobody(app: Flask, box: Box, work: Work) -> None:
    told = app.test_client().get(f"/speak/en/claim/{box.address}").json
    assert set(told) == {
        "lanes", "fingerprint", "quota", "usable_from", "usable_from_day", "closes_on", "closes_on_day",
        "waits", "is_late",
    }  # fmt: skip
    assert len(told["fingerprint"]) == 6 and set(told["lanes"]) == set(lanes(3))
    assert told["usable_from"] == (clock.today() + timedelta(days=3)).isoformat() and not told["waits"]
    for wrong in ("0" * 32, "x", "%00"):
        answer = app.test_client().get(f"/speak/en/claim/{wrong}")
        assert answer.status_code == 404 and answer.json == {"refused": "unknown"}


# ── when ───────────────────────────────────────────────────────────────────────


def test_too_early_late_and_on_the_last_day(app: Flask, box: Box, work: Work) -> None:
    codes = invited(work, box, 4)
    with later(-1):
        assert app.test_client().get(f"/speak/fr/claim/{box.address}").json == {"refused": "not_yet"}
        assert post(app, {"box": box.address, "code": codes[0]}).status_code == 400
    with later(5):  # writing has begun: not on the day of the claim
        browser = Browser(app, box.address, codes[1])
        told = app.test_client().get(f"/speak/fr/claim/{box.address}").json
        assert told["usable_from"] == (clock.today() + timedelta(days=1)).isoformat() and told["waits"]
        assert browser.press().status_code == 200
    with later(14):
        assert app.test_client().get(f"/speak/fr/claim/{box.address}").json["is_late"]
    spoilt = Browser(app, box.address, codes[2])
    spoilt.draw(spoilt.keys())
    with later(15):
        assert app.test_client().get(f"/speak/fr/claim/{box.address}").json == {"refused": "closed"}
        assert post(app, spoilt.fields).json == {"refused": "closed"}


@both
def test_after_the_last_day_codes_and_private_keys_go(
    app: Flask, box: Box, work: Work, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quick_keys(monkeypatch):
        running = letterbox(work, people, closes_on=clock.today() + timedelta(days=60))
    invited(work, box, 3)
    invited(work, running)
    forgotten: list[bool] = []
    monkeypatch.setattr(blind, "forget", lambda: forgotten.append(True))

    def counted() -> tuple[int, int, int]:
        with work() as session:
            return tuple(  # type: ignore[return-value]
                session.scalar(select(func.count()).select_from(one)) for one in (Claim, SigningKey, RightKey)
            )

    assert counted() == (4, 10, 10)
    for days, expected in ((14, (4, 10, 10)), (15, (1, 5, 10)), (16, (1, 5, 10))):
        with later(days), work() as session:
            jobs.end_claims(session, now=clock.now())
        assert counted() == expected
    assert forgotten == [True]
    with work() as session:
        session.execute(update(Letterbox).where(Letterbox.id == running.id).values(is_closed=True))
    with work() as session:
        jobs.end_claims(session, now=clock.now())
    assert counted() == (0, 0, 10)


def test_a_letterbox_without_invitations_signs_nothing(app: Flask, work: Work, people: People) -> None:
    slips = letterbox(work, people, channels=Channels.SLIPS)
    assert app.test_client().get(f"/speak/fr/claim/{slips.address}").status_code == 404
    answer = post(app, {"box": slips.address, "code": "A" * 22})
    assert (answer.status_code, answer.json) == (404, {"refused": "unknown"})

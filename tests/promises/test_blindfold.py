"""Promise 1: the anonymous side receives nothing that tells one person from another, and gives nothing
that would. Tried with everything a browser, a proxy and a signed-in session can send along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ, run_wsgi_app

from consult.voices.views import room as views
from consult.web import blindfold, readers
from tests.client import PageClient, without_receipt
from tests.conftest import SECRET, WORD, People
from tests.letterboxes import OPENS, Box, open_box

ADDRESS = "203.0.113.77"
TELLING = {
    "User-Agent": "TellTale/1.0 (asset 4711)", "Referer": "https://mail.example/alice",
    "Authorization": "Basic YWxpY2U=",
    "Forwarded": f"for={ADDRESS}", "X-Forwarded-For": ADDRESS, "X-Real-IP": ADDRESS, "Via": "1.1 desk-42",
    "Accept-Language": "fr-FR-alice", "Accept": "text/html;alice", "Accept-Encoding": "gzip;alice",
    "From": "alice@example.org",
    "X-Request-Id": "alice-1", "Traceparent": "00-alice", "Sec-CH-UA": "alice", "Sec-CH-UA-Model": "alice",
    "DNT": "1",
    "If-None-Match": '"alice"', "X-Employee": "alice", "Cf-Connecting-Ip": ADDRESS, "Priority": "alice",
}  # fmt: skip


@pytest.fixture
def box(people: People, work: Callable[..., Any]) -> Iterator[Box]:
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        yield open_box(work)


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What Flask gets of each request to the anonymous side."""
    seen: list[dict[str, Any]] = []
    real = views.queries.by_address

    def spy(session: Any, address: str) -> Any:
        seen.append({name: value for name, value in request.environ.items() if isinstance(value, str)})
        return real(session, address)

    monkeypatch.setattr(views.queries, "by_address", spy)
    return seen


def word_cookie() -> str:
    return f"access={readers.cookie_value(SECRET, WORD)}"


def test_nothing_that_tells_people_apart_arrives(
    box: Box, app: Flask, received: list[dict[str, Any]]
) -> None:
    http = app.test_client(use_cookies=False)
    cookies = f"{word_cookie()}; lang=fr; consult_session=alice.signed; remember_token=alice; tracking=alice"
    headers = TELLING | {"Cookie": cookies}
    path = f"/speak/fr/{box.address}"
    typed = {"kind": "worry", "language": "fr", "text": "Un texte."}
    more = {
        "environ_overrides": {
            "REMOTE_ADDR": ADDRESS,
            "REMOTE_PORT": "50123",
            "REMOTE_USER": "alice",
            "SSL_CLIENT_S_DN": "alice",
        }
    }
    answers = [
        http.get(f"{path}/?from=alice", headers=headers, **more),
        http.post(f"{path}/review", data=typed, headers=headers, **more),
        http.post(f"{path}/send", data=typed, headers=headers, **more),
        http.get(f"{path}/sent", headers=headers, **more),
    ]
    assert [one.status_code for one in answers] == [200, 200, 303, 200]
    assert len(received) == 4
    for environ in received:
        said = repr(environ)
        assert "alice" not in said
        assert ADDRESS not in said
        assert "TellTale" not in said
        assert environ["HTTP_COOKIE"] == f"{word_cookie()}; lang=fr"
        assert environ["REMOTE_ADDR"] == "0.0.0.0"
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert "Vary" not in answer.headers
        assert answer.headers.getlist("Cache-Control") == ["no-store"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "ETag" not in answer.headers


def test_what_a_proxy_layer_noted_is_taken_too() -> None:
    """It keeps the address it replaced, under a name of its own."""
    seen: list[dict[str, Any]] = []

    def inner(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [])
        return [b""]

    noted: list[dict[str, Any]] = []

    def between(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        noted.append(environ)
        return blindfold.Blindfold(inner)(environ, start_response)

    environ = create_environ("/speak/fr/x/", "http://consult.example", headers={"X-Forwarded-Proto": "https"})
    environ["REMOTE_ADDR"] = ADDRESS
    run_wsgi_app(ProxyFix(between, x_for=0, x_proto=1, x_host=0), environ)
    assert ADDRESS in repr(noted[0]["werkzeug.proxy_fix.orig"]), (
        "the layer notes nothing any more: this test is idle"
    )
    assert ADDRESS not in repr(seen[0])
    assert seen[0]["wsgi.url_scheme"] == "https"


@pytest.mark.parametrize("role", ["hr", "rep1", "admin"])
def test_who_signed_in_is_not_recognised(
    box: Box, app: Flask, people: People, as_: Callable[..., PageClient], employee: PageClient, role: str
) -> None:
    """Same bytes as for an employee, even when the session's cookie is forced on the request."""
    signed = as_(getattr(people, role))
    session = signed.http.get_cookie("consult_session", path="/workspace")
    assert session is not None, "no session to begin with"
    http = app.test_client(use_cookies=False)
    for page in ("", "/sent"):
        path = f"/speak/fr/{box.address}{page or '/'}"
        known = http.get(path, headers={"Cookie": f"{word_cookie()}; consult_session={session.value}"})
        assert without_receipt(known.get_data(as_text=True)) == without_receipt(
            employee.http.get(path).get_data(as_text=True)
        )
        assert "Set-Cookie" not in known.headers
        assert people.hr.name not in known.get_data(as_text=True)
    without = http.get(f"/speak/fr/{box.address}/", headers={"Cookie": f"consult_session={session.value}"})
    assert without.status_code == 403, "a session is no access word here"


def test_pages_are_the_same_for_everyone_and_whatever_has_arrived(
    box: Box, app: Flask, employee: PageClient
) -> None:
    """Before closing no page holds a number from which participation follows."""
    paths = [f"/speak/{lang}/{box.address}/{page}" for lang in ("fr", "en") for page in ("", "sent")]
    empty = [without_receipt(employee.http.get(path).get_data(as_text=True)) for path in paths]
    box.speak(*(f"Texte {n}" for n in range(37)))
    assert [without_receipt(employee.http.get(path).get_data(as_text=True)) for path in paths] == empty
    box.release(OPENS + timedelta(days=1))
    other = PageClient(app).with_word(WORD)
    assert [without_receipt(other.http.get(path).get_data(as_text=True)) for path in paths] == empty


def test_errors_are_as_quiet(box: Box, app: Flask) -> None:
    http = app.test_client(use_cookies=False)
    for path, status in (
        ("/speak/fr/nowhere", 308),
        ("/speak", 404),
        ("/speak/de/x/", 404),
        (f"/speak/fr/{box.address}/", 403),
    ):
        answer = http.get(path, headers=TELLING | {"Cookie": "session=alice"})
        assert answer.status_code == status, path
        assert "Set-Cookie" not in answer.headers
        assert answer.headers.getlist("Cache-Control") == ["no-store"]
        assert "alice" not in answer.get_data(as_text=True)


@given(st.text(max_size=60), st.text(alphabet="speak/%.SPEAK", max_size=20))
def test_only_two_values_pass_as_cookies(junk: str, name: str) -> None:
    good = "access=1." + "0123456789" * 4
    assert blindfold._kept(f"{name}={junk}; {good}; lang=en; access=alice; lang=de") in (
        f"{good}; lang=en", f"lang=en; {good}"
    )  # fmt: skip
    assert blindfold._kept(junk) in ("", junk.strip())
    for value in ("1." + "0" * 39 + "g", "1." + "0" * 41, '"1.' + "0" * 40 + '"', "alice", ""):
        assert blindfold._kept(f"access={value}; lang={value}") == ""


def test_the_other_spaces_keep_their_cookies() -> None:
    seen: list[dict[str, Any]] = []

    def inner(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ)
        start_response("200 OK", [("Set-Cookie", "session=x")])
        return [b""]

    for path in ("/workspace/fr/", "/fr/", "/speaker"):
        environ = create_environ(path, headers={"Cookie": "session=alice"})
        _, _, headers = run_wsgi_app(blindfold.Blindfold(inner), environ)
        assert headers["Set-Cookie"] == "session=x"
    assert all(one["HTTP_COOKIE"] == "session=alice" for one in seen)

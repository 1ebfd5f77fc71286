"""Delivery: through a real SMTP server, through none, and when it fails."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from consult.core import clock
from consult.core.i18n import _l
from consult.mail import jobs, services
from consult.mail.models import Letter, LetterState
from tests.conftest import People


class Received:
    """Keeps what the server was given."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def server() -> Iterator[tuple[Received, int]]:
    handler = Received()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def deliver(app: Flask, work: Callable[..., Any], url: str, monkeypatch: pytest.MonkeyPatch) -> int:
    settings = app.extensions["consult.settings"].model_copy(update={"mail_url": url})
    monkeypatch.setitem(app.extensions, "consult.settings", settings)
    with work() as session:
        return jobs.deliver(session, now=clock.now())


@pytest.fixture
def letter(work: Callable[..., Any], people: People) -> None:
    with work() as session:
        services.queue(
            session, to="lou@orvalie.example", locale="fr", subject=_l("Your account on Consult"),
            template="signin/invited", name="Lou", organisation_name="Orvalie", days=14, link="https://x.example/abc",
        )  # fmt: skip


def only(work: Callable[..., Any]) -> Letter:
    with work() as session:
        found = session.scalars(select(Letter)).one()
        session.expunge(found)
    return found


def test_a_mail_goes_out_in_the_readers_language(
    app: Flask,
    work: Callable[..., Any],
    letter: None,
    server: tuple[Received, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handler, port = server
    assert deliver(app, work, f"smtp://127.0.0.1:{port}", monkeypatch) == 1
    ((to, content),) = handler.messages
    assert to == ["lou@orvalie.example"]
    assert b"Content-Language: fr" in content and b"https://x.example/abc" in content
    kept = only(work)
    assert kept.state is LetterState.ACCEPTED
    assert "abc" not in kept.text + kept.html, "a link that still works is not kept once the mail has it"
    assert deliver(app, work, f"smtp://127.0.0.1:{port}", monkeypatch) == 0, "it goes out once"


def test_nowhere_to_send_to_is_no_delivery(
    app: Flask, work: Callable[..., Any], letter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deliver(app, work, "", monkeypatch) == 0
    assert only(work).state is LetterState.WAITING


def test_a_failure_waits_longer_each_time_and_is_given_up(
    app: Flask, work: Callable[..., Any], letter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        assert deliver(app, work, "smtp://127.0.0.1:1", monkeypatch) == 0
        kept = only(work)
        assert kept.attempts == attempt and "refused" in kept.last_error.lower()
        assert deliver(app, work, "smtp://127.0.0.1:1", monkeypatch) == 0 and only(work).attempts == attempt
        now += timedelta(minutes=2**attempt, seconds=1)
    assert only(work).state is LetterState.FAILED


def test_the_outbox_keeps_it(
    app: Flask, work: Callable[..., Any], letter: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert deliver(app, work, "outbox:", monkeypatch) == 1
    assert "abc" in only(work).text


def test_a_message_has_both_forms(work: Callable[..., Any], letter: None) -> None:
    made: Message = jobs.message_of(only(work), "consult@orvalie.example")
    assert [part.get_content_type() for part in made.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip

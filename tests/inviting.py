"""A letterbox that takes invitations, a mail server that keeps or refuses, and a browser that claims."""

from __future__ import annotations

import email
import re
import secrets
import socket
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from flask import Flask

from consult.anonymity import blind, rights
from consult.core import clock
from consult.voices.rules import Channels
from tests import sending
from tests.letterboxes import Box, lane_keys_of_tests

LINK = re.compile(r"/speak/(fr|en)/claim#([0-9a-f]{32})\.([A-Za-z0-9_-]{22})\.(\S+)")
OPENS_IN = 3


def letterbox(work: Callable[..., Any], people: Any, **changes: Any) -> Box:
    """Opened by the body today, to be written to from the third day on; its lanes have the tests' keys."""
    with work() as session:
        notice = sending.sent(session, people)
        consultation = sending.consultations.queries.of_notice(session, notice.id)[0]
        for account in (people.rep1, people.rep2):
            if sending.keyholders.queries.of_account(session, account.id) is None:
                sending.with_key(session, account)
        options = {"channels": Channels.INVITATIONS, "opens_on": clock.today() + timedelta(days=OPENS_IN)}
        found = sending.opened(session, people, consultation.id, **(options | changes))
        return Box(work, found.id, None)  # type: ignore[arg-type]


@contextmanager
def quick_keys(monkeypatch: Any) -> Iterator[None]:
    """RSA keys take their time: every letterbox of the tests shares some."""
    from consult.passes import services

    monkeypatch.setattr(services, "new_keys", lambda quota: dict(lane_keys_of_tests()))
    yield


@dataclass
class PostOffice:
    """Takes mails until ``gives_up_after``; refuses addresses that begin with ``nobody``."""

    gives_up_after: int = 10_000
    raw: list[tuple[str, bytes]] = field(default_factory=list)
    sessions: int = 0

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any
    ) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if len(self.raw) >= self.gives_up_after:
            return "421 closing"
        (to,) = envelope.rcpt_tos
        self.raw.append((to, envelope.content))
        return "250 OK"

    @property
    def mails(self) -> dict[str, EmailMessage]:
        return {to: email.message_from_bytes(content, policy=policy.default) for to, content in self.raw}  # type: ignore[misc]

    def links(self, address: str) -> list[tuple[str, str, str, str]]:
        """``(language, letterbox, code, word)`` of each link of a mail."""
        return LINK.findall(self.mails[address].get_content())


@contextmanager
def post_office(app: Flask, monkeypatch: Any, **options: Any) -> Iterator[PostOffice]:
    """A mail server the application sends to."""
    handler = PostOffice(**options)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    url = f"smtp://127.0.0.1:{port}"
    settings = app.extensions["consult.settings"].model_copy(
        update={"mail_url": url, "mail_from": "Consult <consult@orvalie.example>"}
    )
    monkeypatch.setitem(app.extensions, "consult.settings", settings)
    try:
        yield handler
    finally:
        controller.stop()


@dataclass
class Browser:
    """What the page's script does, over plain requests."""

    app: Flask
    box: str
    code: str
    drawn: dict[str, tuple[bytes, blind.Blinded]] = field(default_factory=dict, repr=False)

    def draw(self, keys: dict[str, bytes]) -> None:
        for lane, key in keys.items():
            prepared = blind.prepare(secrets.token_bytes(rights.MESSAGE_SIZE))
            self.drawn[lane] = (prepared, blind.blind(key, prepared))

    @property
    def fields(self) -> dict[str, str]:
        asked = {lane: encoded(one.request) for lane, (_prepared, one) in self.drawn.items()}
        return {"box": self.box, "code": self.code, **asked}

    def keys(self) -> dict[str, bytes]:
        answer = self.app.test_client().get(f"/speak/fr/claim/{self.box}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return {lane: b64decode(key) for lane, key in answer.json["lanes"].items()}

    def press(self, **changes: Any) -> Any:
        """Blinds once, and posts; the same again when pressed again."""
        if not self.drawn:
            self.draw(self.keys())
        return post(self.app, self.fields | changes)

    def tokens(self, answer: Any) -> dict[str, str]:
        keys, found = self.keys(), {}
        for lane, (prepared, blinded) in self.drawn.items():
            signed = b64decode(answer.json["signatures"][lane])
            signature = blind.finalize(keys[lane], prepared, signed, blinded.inverse)
            found[lane] = rights.Pass(lane, prepared, signature).token
        return found


def post(app: Flask, fields: Any, **options: Any) -> Any:
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"} | options.pop("headers", {})
    return app.test_client().post("/speak/fr/claim", data=fields, headers=headers, **options)


def encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()

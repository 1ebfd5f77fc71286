"""A thread from the six words to writing back: on a phone in French, with and without scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from consult.anonymity import sealing
from consult.anonymity.message import Kind, Message
from consult.app import create_app
from consult.core import clock
from consult.core.config import Settings
from consult.core.db import db, reading
from consult.demo.listening import SetAside
from consult.voices import services, threads
from consult.voices.models import Letterbox, Voice, Waiting
from consult.voices.rules import WRITE_BACK, Channels
from consult.web import readers
from tests.browser.conftest import CHROMIUM, MISSING, ROOT, Served, fits, free_port, wait_for
from tests.letterboxes import TOLD

SECRET = "only-for-browsers-0123456789-abcdefg"
WORD = "tilleul-bleu"
TEXT = "Le rythme monte depuis les essais, et personne ne répond le soir."
REPLY = "Merci. Nous avons posé la question à la direction."
BACK = "Le temps surtout, moins les outils."
PHONE: dict[str, Any] = {"width": 390, "height": 800}
Browse = Callable[..., Page]


@dataclass(frozen=True)
class Instance:
    """A served instance with one open letterbox, and the key to it."""

    address: str
    box: bytes
    private: bytes
    settings: Settings

    @property
    def write(self) -> str:
        return f"{self.address}/speak/fr/{self.box.hex()}/"

    def do(self, act: Callable[[Letterbox], Any]) -> Any:
        return apart(self.settings, lambda: act(db.session.get_one(Letterbox, self.box)))


def apart(settings: Settings, act: Callable[[], Any]) -> Any:
    """Does something on the instance's database and commits; in a thread of its own, since the browser's
    event loop runs in this one."""

    def run() -> Any:
        app = create_app(settings)
        with app.app_context():
            reading.set(False)
            found = act()
            db.session.commit()
            db.engine.dispose()
        return found

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


def opened(public_key: bytes) -> bytes:
    letterbox = services.open_letterbox(
        db.session, told=TOLD, channels=Channels.OPEN, public_key=public_key, k=5, interval_days=1,
        opens_on=clock.today() - timedelta(days=1), closes_on=clock.today() + timedelta(days=20),
        headcount=40,
    )  # fmt: skip
    return letterbox.id


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    folder, port = tmp_path_factory.mktemp("threads"), free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environ = clean | {
        "CONSULT_DATA_DIR": str(folder), "CONSULT_BIND": f"127.0.0.1:{port}", "CONSULT_SECRET_KEY": SECRET,
        "CONSULT_MAIL_URL": "outbox:", "CONSULT_JOBS": "false",
    }  # fmt: skip
    consult = [sys.executable, "-m", "consult"]
    subprocess.run(
        [*consult, "init", "--access-word", WORD], env=environ, cwd=ROOT, check=True, capture_output=True
    )
    settings = Settings(data_dir=folder, secret_key=SECRET, bind=f"127.0.0.1:{port}", mail_url="outbox:")
    keys = sealing.new_key_pair()
    box = apart(settings, lambda: opened(keys.public))
    server = subprocess.Popen([*consult, "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Instance(f"http://127.0.0.1:{port}", box, keys.private, settings)
    finally:
        server.terminate()
        server.wait(timeout=20)


def release_and_answer(letterbox: Letterbox, private: bytes, on: date) -> None:
    """Others write too, a batch leaves, and a keyholder answers whoever asked."""
    before = set(db.session.scalars(select(Waiting.id)))
    for number in range(12):
        other = Message(Kind.WORRY, (), "fr", f"Message {number}.")
        services.speak(db.session, letterbox, other, on=clock.today())
    others = set(db.session.scalars(select(Waiting.id))) - before
    services.release(db.session, letterbox, on=on, rng=SetAside(others))
    for sealed in db.session.scalars(select(Voice.sealed)):
        message = Message.decode(sealing.open_twice(private, sealed))
        if message.text == TEXT and message.thread is not None:
            threads.answer(db.session, letterbox, message.thread, REPLY, on=clock.today(), number=1)


def waiting_texts(letterbox: Letterbox, private: bytes) -> list[tuple[int, str]]:
    rows = db.session.scalars(select(Waiting).where(Waiting.letterbox_id == letterbox.id))
    return [(row.lane, Message.decode(sealing.open_sealed(private, row.sealed)).text) for row in rows]


def phone(browse: Browse, instance: Instance, *, scripts: bool) -> Page:
    page = browse("fr", **PHONE, scripts=scripts)
    word = readers.cookie_value(SECRET, WORD)
    page.context.add_cookies([{"name": readers.COOKIE, "value": word, "url": instance.address}])
    return page


def submit(page: Page, button: str = "main form .actions button") -> None:
    """Presses; with scripts the page is put in place of the one there, without it is a new one."""
    page.locator(button).first.click()


@pytest.fixture
def served(instance: Instance) -> Any:
    """The pages of this file are those of the instance above."""
    return Served(instance.address, instance.settings.data_dir, {})


@pytest.mark.parametrize("scripts", [True, False])
def test_from_six_words_to_writing_back(
    browse: Browse, instance: Instance, axe: Callable[[Page], None], scripts: bool
) -> None:
    page = phone(browse, instance, scripts=scripts)
    page.goto(instance.write)
    words = page.locator(".sixwords-list:not(.is-small)")
    assert words.is_hidden(), "who wants no thread sees no words"
    page.locator("#kind-0").check()
    page.fill("#text", TEXT)
    before = page.locator("#text-count").inner_text()
    page.locator("#thread-1").check()
    assert words.is_visible()
    assert (page.locator("#text-count").inner_text() != before) is scripts, "the counter takes the thread in"
    six = " ".join(words.locator("li").all_inner_texts())
    assert len(six.split()) == 6
    assert fits(page)
    if scripts:
        axe(page)
    submit(page)
    page.wait_for_selector("button:has(use[href*='#lock'])")
    assert six.split()[0] not in page.locator("main").inner_text()
    submit(page)
    page.wait_for_url("**/sent")
    assert six not in page.content()
    day = clock.today() + timedelta(days=1 if scripts else 2)
    instance.do(lambda box: release_and_answer(box, instance.private, day))

    page.goto(f"{instance.write}thread")
    if scripts:
        axe(page)
    assert fits(page)
    page.fill("#words", "abricot retraite agape antique tenaille prendre")
    submit(page)
    page.wait_for_selector(".banner")
    assert page.input_value("#words") == ""
    page.fill("#words", six.upper())
    submit(page)
    page.wait_for_selector("ol.thread")
    assert REPLY in page.locator("ol.thread").inner_text()
    assert fits(page)
    if scripts:
        axe(page)
    page.fill("#text", BACK)
    submit(page)
    page.wait_for_selector("button[name=edit]")
    assert BACK in page.locator("main").inner_text()
    submit(page)
    page.wait_for_url("**/thread/sent")
    assert fits(page)
    assert six.split()[0] not in page.url
    waiting = instance.do(lambda box: waiting_texts(box, instance.private))
    assert (WRITE_BACK, BACK) in waiting


def test_practice_on_a_phone(browse: Browse, instance: Instance, axe: Callable[[Page], None]) -> None:
    page = phone(browse, instance, scripts=True)
    page.goto(f"{instance.address}/speak/fr/practice/")
    axe(page)
    assert fits(page)
    page.locator("#kind-0").check()
    page.fill("#text", TEXT)
    page.locator("#thread-1").check()
    six = " ".join(page.locator(".sixwords-list:not(.is-small) li").all_inner_texts())
    submit(page)
    page.wait_for_selector("button[name=edit]")
    submit(page)
    page.wait_for_url("**/practice/sent")
    page.goto(f"{instance.address}/speak/fr/practice/thread")
    page.fill("#words", six)
    submit(page)
    page.wait_for_selector("ol.thread")
    assert page.locator("aside .banner").first.is_visible()
    axe(page)
    assert fits(page)

"""What a browser keeps of a message: a real Chromium with its profile on the disk, searched afterwards.

Sent by the page's script, or without scripts and without reviewing, nothing of the text stays. Reviewed
without scripts it may, and the page says so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import select

from consult.anonymity import sealing
from consult.anonymity.message import Kind, Message, Topic
from consult.app import create_app
from consult.core import clock
from consult.core.config import Settings
from consult.core.db import db, reading
from consult.voices import services
from consult.voices.models import Waiting
from consult.voices.rules import Channels
from consult.web import readers
from tests.browser.conftest import CHROMIUM, FLAGS, MISSING, ROOT, free_port, wait_for
from tests.letterboxes import TOLD

SECRET = "only-for-browsers-0123456789-abcdefg"
WORD = "tilleul-bleu"
MARK = "zebre quartz sept-mille"
TEXT = f"Le rythme monte et je suis la seule. {MARK} \u00ab \u00e0 peine \u00bb"


@dataclass(frozen=True)
class Instance:
    """A served instance with one open letterbox, and the key to it."""

    address: str
    box: str
    private: bytes
    settings: Settings

    @property
    def write(self) -> str:
        return f"{self.address}/speak/fr/{self.box}/"

    def messages(self) -> list[Message]:
        app = create_app(self.settings)
        with app.app_context():
            found = [
                sealing.open_sealed(self.private, one) for one in db.session.scalars(select(Waiting.sealed))
            ]
            db.session.rollback()
            db.engine.dispose()
        return [Message.decode(one) for one in found]


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    folder, port = tmp_path_factory.mktemp("speaking"), free_port()
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
    app = create_app(settings)
    with app.app_context():
        reading.set(False)
        opened = services.open_letterbox(
            db.session, told=TOLD, channels=Channels.OPEN, public_key=keys.public, k=10, interval_days=7,
            opens_on=clock.today() - timedelta(days=1), closes_on=clock.today() + timedelta(days=20),
            headcount=430,
        )  # fmt: skip
        box = opened.id.hex()
        db.session.commit()
        db.engine.dispose()
    server = subprocess.Popen([*consult, "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Instance(f"http://127.0.0.1:{port}", box, keys.private, settings)
    finally:
        server.terminate()
        server.wait(timeout=20)


Profile = Callable[..., Any]


@pytest.fixture
def profile(instance: Instance, tmp_path: Path) -> Profile:
    """``with profile(scripts=…) as page:``; closed at the end, so that the browser writes what it keeps."""

    @contextmanager
    def opened(*, scripts: bool) -> Iterator[Page]:
        with sync_playwright() as playwright:
            context: BrowserContext = playwright.chromium.launch_persistent_context(
                tmp_path / "profile",
                executable_path=CHROMIUM,
                args=FLAGS,
                java_script_enabled=scripts,
                locale="fr-FR",
            )
            word = readers.cookie_value(SECRET, WORD)
            context.add_cookies([{"name": readers.COOKIE, "value": word, "url": instance.address}])
            page = context.new_page()
            page.goto(instance.write)
            page.locator("#kind-0").check()
            page.locator("#text").press_sequentially(TEXT, delay=1)
            yield page
            page.goto(f"{instance.address}/healthz")
            context.close()

    return opened


def kept(folder: Path) -> set[str]:
    """The files of a profile that hold the mark, as UTF-8 or UTF-16, or as a form would encode it."""
    wanted = [MARK.encode(), MARK.encode("utf-16-le"), MARK.replace(" ", "+").encode(), b"quartz"]
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and any(one in file.read_bytes() for one in wanted)
    }


def test_sent_by_script_nothing_stays(instance: Instance, profile: Profile, tmp_path: Path) -> None:
    before = len(instance.messages())
    with profile(scripts=True) as page:
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("heading", name="Relire avant d’envoyer").wait_for()
        assert page.url == instance.write, "the review is no page of the history"
        assert page.locator("mark").count() == 1
        page.get_by_role("button", name="Modifier mon texte").click()
        page.get_by_role("heading", name="Dire ce que j’en pense").wait_for()
        assert page.locator("#text").input_value() == TEXT
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("button", name="Sceller et envoyer", exact=True).click()
        page.wait_for_url(re.compile("/sent$"))
    assert len(instance.messages()) == before + 1
    assert instance.messages()[-1].text == TEXT or TEXT in [one.text for one in instance.messages()]
    assert kept(tmp_path / "profile") == set()


def test_sent_without_scripts_and_review_nothing_stays(
    instance: Instance, profile: Profile, tmp_path: Path
) -> None:
    before = len(instance.messages())
    with profile(scripts=False) as page:
        page.get_by_role("button", name="Sceller et envoyer sans relire").click()
        page.wait_for_url(re.compile("/sent$"))
    assert len(instance.messages()) == before + 1
    assert kept(tmp_path / "profile") == set()


def test_reviewed_without_scripts_a_trace_may_stay_and_the_page_says_so(
    instance: Instance, profile: Profile, tmp_path: Path
) -> None:
    with profile(scripts=False) as page:
        assert "votre navigateur peut garder une copie" in page.locator("main").inner_text()
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("heading", name="Relire avant d’envoyer").wait_for()
        page.get_by_role("button", name="Sceller et envoyer", exact=True).click()
        page.wait_for_url(re.compile("/sent$"))
    assert kept(tmp_path / "profile"), (
        "the browser keeps nothing any more: the page need not warn, nor this test search"
    )


def test_the_way_out_leaves_no_step_back(instance: Instance, profile: Profile, tmp_path: Path) -> None:
    with profile(scripts=True) as page:
        page.route(
            "https://*.wikipedia.org/**",
            lambda route: route.fulfill(body="Neutre", content_type="text/plain"),
        )
        page.get_by_role("link", name="Quitter vite").click()
        page.wait_for_url(re.compile("wikipedia"))
        page.go_back()
        assert "/speak/" not in page.url
        assert page.context.cookies(instance.address) == []
    assert kept(tmp_path / "profile") == set()


def test_the_page_counts_as_the_server_does(instance: Instance, profile: Profile) -> None:
    """The very byte: what it says fits is accepted, one more is not."""
    with profile(scripts=True) as page:
        page.locator("#topics-2").check()
        count = page.locator("[data-counter]")
        for text in ('a\nb"c\\d', "éàœ🙂ж", "\t\u2028"):
            page.locator("#text").fill(text)
            topic = page.locator("#topics-2").get_attribute("value")
            packed = Message(Kind.WORRY, (Topic(topic),), "fr", text).encode()
            said = int(re.sub(r"\D", "", count.inner_text()))
            assert said == 4095 - len(packed), text
        page.locator("#text").fill("a" * 4200)
        assert "Trop long" in count.inner_text()
        assert "is-over" in (count.get_attribute("class") or "")


@pytest.mark.parametrize("length", [4300, 20_000])
def test_too_long_a_text_is_never_lost(instance: Instance, profile: Profile, length: int) -> None:
    """Refused by the server with the text, or, far too long to be read, kept by the page."""
    with profile(scripts=True) as page:
        page.locator("#text").fill("a" * length)
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("alert").first.wait_for()
        assert len(page.locator("#text").input_value()) == length


def test_a_network_failure_keeps_the_text(instance: Instance, profile: Profile) -> None:
    with profile(scripts=True) as page:
        page.context.set_offline(True)
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("alert").wait_for()
        assert page.locator("#text").input_value() == TEXT
        page.context.set_offline(False)
        page.get_by_role("button", name="Relire avant d’envoyer").click()
        page.get_by_role("heading", name="Relire avant d’envoyer").wait_for()

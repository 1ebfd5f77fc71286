"""The poll on a phone of 360 px, in French, with a slip: with scripts and without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import func, select

from consult.anonymity import sealing, slips
from consult.app import create_app
from consult.consultations import poll as polls
from consult.core import clock
from consult.core.config import Settings
from consult.core.db import db, reading
from consult.voices import services
from consult.voices.models import Ballot, SlipRight
from consult.voices.rules import QUOTA, Channels, lanes
from consult.web import readers
from tests.browser.conftest import CHROMIUM, FLAGS, MISSING, ROOT, fits, free_port, wait_for
from tests.letterboxes import TOLD

SECRET = "only-for-browsers-0123456789-abcdefg"
WORD = "tilleul-bleu"


@dataclass(frozen=True)
class Served:
    address: str
    box: str
    slips: tuple[str, ...]
    settings: Settings

    def ballots(self) -> int:
        app = create_app(self.settings)
        with app.app_context():
            found = db.session.scalar(select(func.count()).select_from(Ballot)) or 0
            db.session.rollback()
            db.engine.dispose()
        return found


def _open_box(number: int) -> tuple[str, tuple[str, ...]]:
    poll = polls.decided(polls.BY_ID, [], [], counted="together", offered={}, headcount=430)
    assert poll is not None
    opened = services.open_letterbox(
        db.session, told=TOLD | {"poll": poll.as_told()}, channels=Channels.SLIPS,
        public_key=sealing.new_key_pair().public, k=10, interval_days=7, quota=QUOTA,
        opens_on=clock.today() - timedelta(days=1), closes_on=clock.today() + timedelta(days=20),
        headcount=430,
    )  # fmt: skip
    codes = [slips.new() for _ in range(number)]
    for code in codes:
        for one in slips.hashes(opened.id, code, lanes(QUOTA)).values():
            db.session.add(SlipRight(hash=one, letterbox_id=opened.id))
    return opened.id.hex(), tuple(map(slips.printed, codes))


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    folder, port = tmp_path_factory.mktemp("poll"), free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environ = clean | {
        "CONSULT_DATA_DIR": str(folder), "CONSULT_BIND": f"127.0.0.1:{port}", "CONSULT_SECRET_KEY": SECRET,
        "CONSULT_MAIL_URL": "outbox:", "CONSULT_JOBS": "false",
    }  # fmt: skip
    consult = [sys.executable, "-m", "consult"]
    subprocess.run(
        [*consult, "init", "--access-word", WORD], env=environ, cwd=ROOT, check=True, capture_output=True
    )
    settings = Settings(
        data_dir=Path(folder), secret_key=SECRET, bind=f"127.0.0.1:{port}", mail_url="outbox:"
    )
    app = create_app(settings)
    with app.app_context():
        reading.set(False)
        box, codes = _open_box(3)
        db.session.commit()
        db.engine.dispose()
    server = subprocess.Popen([*consult, "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Served(f"http://127.0.0.1:{port}", box, codes, settings)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_poll_on_a_phone(instance: Served, axe: Callable[[Page], None], scripts: bool) -> None:
    before = instance.ballots()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = chromium.new_context(
            base_url=instance.address, locale="fr-FR", viewport={"width": 360, "height": 740},
            java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        word = readers.cookie_value(SECRET, WORD)
        context.add_cookies([{"name": readers.COOKIE, "value": word, "url": instance.address}])
        page = context.new_page()
        _answer(page, instance, axe if scripts else None, instance.slips[scripts])
        assert len(context.cookies(instance.address)) == 1, "nothing was set"
        chromium.close()
    assert instance.ballots() == before + len(polls.STANDARD)


def _answer(page: Page, instance: Served, axe: Callable[[Page], None] | None, slip: str) -> None:
    """From the page where one writes to the thanks, with a slip of the pen on the way."""

    def check() -> None:
        assert fits(page)
        if axe is not None:
            axe(page)

    page.goto(f"/speak/fr/{instance.box}/")
    page.click(f"a[href$='/speak/fr/{instance.box}/poll']")
    page.wait_for_url("**/poll")
    check()
    page.check("input[name=q-use][value='1']")
    page.check("input[name=q-help][value='0']")
    page.fill("input[name=right]", slip[:-1])
    page.click("main form button[type=submit]")
    page.wait_for_selector("[role=alert]")
    assert page.is_checked("input[name=q-use][value='1']")
    check()
    page.fill("input[name=right]", slip.lower().replace("-", " "))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/poll/sent")
    check()

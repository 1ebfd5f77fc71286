"""A served letterbox that takes slips and passes, invitations to it, and what one does in its pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import func, insert, select

from consult.anonymity import sealing
from consult.app import create_app
from consult.core import clock
from consult.core.config import Settings
from consult.core.db import db, reading
from consult.passes import inviting, mailing
from consult.passes import services as passes
from consult.passes.models import Claim
from consult.voices import services
from consult.voices.models import Letterbox
from consult.voices.rules import Channels
from consult.web import readers
from tests.browser.conftest import ROOT, free_port, wait_for
from tests.inviting import LINK
from tests.letterboxes import TOLD, lane_keys_of_tests

SECRET = "only-for-browsers-0123456789-abcdefg"
WORD = "tilleul-bleu"


@dataclass(frozen=True)
class Instance:
    """A served instance with a letterbox that takes slips and passes, open since yesterday."""

    address: str
    box: str
    settings: Settings

    def do(self, what: Callable[[Any], Any]) -> Any:
        """In a thread of its own: a browser's event loop runs in this one."""
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(self._done, what).result()

    def _done(self, what: Callable[[Any], Any]) -> Any:
        app = create_app(self.settings)
        with app.test_request_context("/workspace/fr/"):
            reading.set(False)
            done = what(db.session)
            db.session.commit()
            db.session.close()
            db.engine.dispose()
        return done

    def link(self, lang: str) -> str:
        """As it stands in a mail somebody just got."""
        (code,) = inviting.new_codes(1)

        def invite(session: Any) -> str:
            box = session.get_one(Letterbox, bytes.fromhex(self.box))
            row = {
                "code_hash": inviting.code_hash(box.id, code),
                "letterbox_id": box.id,
                "blinded_hash": None,
            }
            session.execute(insert(Claim), [row])
            text = mailing.wording(session, box, address=self.address, slips_from="", is_reminder=False)
            found = re.search(rf"\S+{LINK.pattern}", text.text(lang, code)[1])
            assert found is not None
            return found[0]

        return str(self.do(invite))

    def count(self, column: Any, *where: Any) -> int:
        return int(self.do(lambda session: session.scalar(select(func.count(column)).where(*where))))

    @property
    def claimed(self) -> int:
        return self.count(Claim.code_hash, Claim.blinded_hash.is_not(None))


@contextmanager
def served(folder: Path) -> Iterator[Instance]:
    port = free_port()
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
    keys, today = lane_keys_of_tests(), clock.today()

    def opened(session: Any) -> str:
        box = services.open_letterbox(
            session, told=TOLD, channels=Channels.BOTH, public_key=sealing.new_key_pair().public, k=10,
            interval_days=7, claims_open_on=today - timedelta(days=5), opens_on=today - timedelta(days=1),
            closes_on=today + timedelta(days=20), headcount=430, quota=3,
            lane_keys={lane: pair.public for lane, pair in keys.items()},
        )  # fmt: skip
        passes.keep_keys(session, box, keys)
        return box.id.hex()

    box = str(Instance("", "", settings).do(opened))
    server = subprocess.Popen([*consult, "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Instance(f"http://127.0.0.1:{port}", box, settings)
    finally:
        server.terminate()
        server.wait(timeout=20)


_STORED = """async (box) => {
  const name = `consult.pass.${box}`;
  try {
    const file = await (await navigator.storage.getDirectory()).getFileHandle(name);
    return await (await file.getFile()).text();
  } catch {
    return localStorage.getItem(name);
  }
}"""
_STORE = """async ([box, text]) => {
  const file = await (await navigator.storage.getDirectory()).getFileHandle(`consult.pass.${box}`);
  const writing = await file.createWritable();
  await writing.write(text);
  await writing.close();
}"""


def kept(page: Page, box: str) -> dict[str, Any] | None:
    """The pass this browser keeps."""
    found = page.evaluate(_STORED, box)
    return json.loads(found) if found else None


def names(page: Page) -> list[str]:
    """Of everything it keeps for this site."""
    code = "async () => { const all = Object.keys(localStorage); for await (const one of (await navigator.storage.getDirectory()).keys()) all.push(one); return all; }"  # noqa: E501
    return list(page.evaluate(code))


def a_day_later(page: Page, box: str) -> None:
    """The next morning, as far as the browser can tell."""
    found = kept(page, box)
    assert found is not None
    page.evaluate(_STORE, [box, json.dumps(found | {"from": clock.today().isoformat()})])


def claim(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("[data-words] li").nth(5).wait_for()
    page.locator("[data-press]").click()
    page.locator("[data-step=done]").wait_for()


def write(page: Page, instance: Instance, lang: str, text: str) -> None:
    page.goto(f"/speak/{lang}/{instance.box}/")
    page.locator("#kind-0").check()
    page.locator("#text").fill(text)


def send_off(page: Page) -> None:
    page.locator("main form .actions button").first.click()
    page.locator("form[action$='/send']").wait_for()
    page.locator("form[action$='/send'] .actions button").click()
    page.wait_for_url(re.compile("/sent$"))


def with_word(page: Page, instance: Instance) -> None:
    """As somebody who typed the access word."""
    word = readers.cookie_value(SECRET, WORD)
    page.context.add_cookies([{"name": readers.COOKIE, "value": word, "url": instance.address}])

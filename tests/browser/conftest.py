"""A served demo and one Chromium per worker. The tests do what a person does, in a real browser."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import told
from tests.browser.looking import violations

MISSING = "No Chromium found: install one (Debian: apt install chromium) to run these."
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here is a browser test. `tests.running` keeps files together, for one browser each."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer")


@dataclass(frozen=True)
class Served:
    """A demo being served: its address, its data folder and its environment."""

    address: str
    folder: Path
    environ: dict[str, str]

    def consult(self, *arguments: str) -> str:
        """Runs a command on the same instance."""
        command = [sys.executable, "-m", "consult", *arguments]
        done = subprocess.run(command, env=self.environ, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    folder, port = tmp_path_factory.mktemp("served") / "data", free_port()
    shutil.copytree(told.demonstration(tmp_path_factory), folder)
    environ = told.environ(folder) | {"CONSULT_BIND": f"127.0.0.1:{port}", "CONSULT_JOBS": "false"}
    found = Served(f"http://127.0.0.1:{port}", folder, environ)
    server = subprocess.Popen([sys.executable, "-m", "consult", "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"{found.address}/healthz")
        yield found
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One for each file, not for each worker: while it runs, its event loop keeps applications from being
    used in the same process."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """``browse(language="fr", width=390)`` opens a new person's browser. It fails the test on a script
    error, a blocked resource, or a request to anywhere else."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_one(language: str = "fr", width: int = 1280, height: int = 900, scripts: bool = True) -> Page:
        context = chromium.new_context(
            base_url=served.address, locale=f"{language}-{language.upper()}" if language == "fr" else "en-GB",
            viewport={"width": width, "height": height}, java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: (
                troubles.append(f"console: {said.text}")
                if said.type == "error" and "status of 4" not in said.text
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith(served.address) else troubles.append(f"elsewhere: {asked.url}")
            ),
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not troubles, troubles


@pytest.fixture(scope="session")
def passed_looks() -> set[str]:
    """Looks of text whose contrast axe found good, on whatever page of this worker."""
    return set()


@pytest.fixture
def axe(passed_looks: set[str]) -> Callable[[Page], None]:
    """Fails on any violation of WCAG 2.0 to 2.2 A and AA, or of axe's best practices."""

    def check(page: Page) -> None:
        told = violations(page, passed_looks)
        assert not told, f"{page.url}: {told}"

    return check


def fits(page: Page) -> bool:
    """No horizontal scroll."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def enter_word(page: Page, language: str, word: str = "tournesol") -> None:
    """Types the access word as somebody with the poster in front of them would."""
    page.goto(f"/{language}/")
    page.fill("#word", word)
    page.click("main form button[type=submit]")
    page.wait_for_load_state()

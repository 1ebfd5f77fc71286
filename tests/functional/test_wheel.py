"""The wheel carries everything it needs, and runs outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("consult-*.whl")
    return found


def test_templates_static_translations_and_migrations_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("templates", "static", "migrations"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"consult/_shipped/{path.relative_to(ROOT).as_posix()}" in names
    assert "consult/_shipped/translations/fr/LC_MESSAGES/messages.mo" in names
    assert any(name.startswith("consult/demo/story/fr/") for name in names)
    assert any(name.startswith("consult/anonymity/data/") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "bench/", "docs/"))]


def test_it_starts_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")} | {
        "PYTHONPATH": str(target), "CONSULT_DATA_DIR": str(elsewhere / "data"),
        "CONSULT_SECRET_KEY": "a-secret-for-this-test-0123456789-abcdef",
    }  # fmt: skip

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=elsewhere, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert str(target) in run("-c", "import consult; print(consult.__file__)")
    assert "tilleul-bleu" in run(
        "-m", "consult", "init", "--name", "Orvalie", "--access-word", "tilleul-bleu"
    )
    code = (
        "from consult.app import create_app\n"
        "client = create_app().test_client()\n"
        "for path, said in (('/fr/', 'Mot d’accès'), ('/en/', 'Access word'),"
        " ('/static/consult.css', '@layer')):\n"
        "    answer = client.get(path)\n"
        "    assert answer.status_code == 200 and said in answer.get_data(as_text=True), path\n"
        "print('served')"
    )
    assert "served" in run("-c", code)

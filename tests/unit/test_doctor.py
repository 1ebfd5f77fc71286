"""What doctor names and what keeps the server from starting, on machines made for it."""

from __future__ import annotations

import logging
import re
import stat
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consult.core import clock, copies, doctor, logged, machine
from consult.core.config import Settings
from tests.conftest import settings_for

SECRET_DSN = "https://key@reports.example/1"
NGINX = """
server {
    location / { proxy_pass http://127.0.0.1:8000; }
    location /speak/ { proxy_pass http://127.0.0.1:8000; %s }
}
"""
QUIET = "\n        access_log off;\n        proxy_request_buffering off;\n"


OPERATING = (Path(__file__).resolve().parents[2] / "docs" / "operating.md").read_text()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "data")


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


# ── what keeps the server from starting ────────────────────────────────────────


@pytest.mark.parametrize("name", [*logged.REPORTERS, *logged.AGENTS])
def test_reporters_and_agents_are_refused_without_repeating_their_secret(
    settings: Settings, name: str, tmp_path: Path
) -> None:
    (found,) = doctor.refusals(settings, {name: SECRET_DSN}, tmp_path)
    assert name in found
    assert "key@" not in found
    assert doctor.refusals(settings, {name: ""}, tmp_path) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SQLALCHEMY_ECHO", "1"), ("SQLALCHEMY_RECORD_QUERIES", "true"), ("FLASK_DEBUG", "1"),
        ("GRANIAN_LOG_ACCESS_ENABLED", "true"), ("GUNICORN_CMD_ARGS", "--access-logfile -"),
        ("GUNICORN_CMD_ARGS", "-w 2 --access-logformat=%(h)s"),
    ],
)  # fmt: skip
def test_switches_that_log_queries_or_requests_are_refused(
    settings: Settings, name: str, value: str, tmp_path: Path
) -> None:
    (found,) = doctor.refusals(settings, {name: value}, tmp_path)
    assert name in found


@pytest.mark.parametrize("value", ["", "0", "false", "off"])
def test_switches_that_are_off_are_fine(settings: Settings, value: str, tmp_path: Path) -> None:
    assert doctor.refusals(settings, {"FLASK_DEBUG": value, "GUNICORN_CMD_ARGS": "-w 2"}, tmp_path) == []


def test_an_agent_put_into_the_process_is_refused(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor.refusals(settings, {}, tmp_path) == []
    monkeypatch.setitem(sys.modules, "ddtrace", machine)
    (found,) = doctor.refusals(settings, {}, tmp_path)
    assert "ddtrace" in found


def test_loggers_that_echo_queries_are_refused(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert doctor.refusals(settings, {}, tmp_path) == [], "everything else may be as chatty as it likes"
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    (found,) = doctor.refusals(settings, {}, tmp_path)
    assert "SQLAlchemy" in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("etc/nginx/conf.d/consult.conf", NGINX % QUIET + "log_format full '$remote_addr $request_body';"),
        ("etc/apache2/sites-enabled/consult.conf", "ProxyPass / http://127.0.0.1:8000/\nDumpIOInput On\n"),
        ("etc/apache2/sites-enabled/a.conf", "ProxyPass / http://[::1]:8000/\n  SecRequestBodyAccess on\n"),
        ("etc/caddy/Caddyfile", "reverse_proxy 127.0.0.1:8000\nlog_append body {http.request.body}\n"),
    ],
)
def test_a_proxy_that_logs_bodies_is_refused(
    settings: Settings, tmp_path: Path, name: str, text: str
) -> None:
    write(tmp_path, name, text)
    (found,) = doctor.refusals(settings, {}, tmp_path)
    assert "logs what is sent to it" in found
    other = settings.model_copy(update={"bind": "127.0.0.1:8001"})
    assert doctor.refusals(other, {}, tmp_path) == [], "the proxy of somebody else"
    write(tmp_path, name, "".join(f"# {line}\n" for line in text.splitlines()) + "# :8000")
    assert doctor.refusals(settings, {}, tmp_path) == [], "a comment does nothing"


def test_a_copy_past_its_last_day_is_refused(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    kept = settings.model_copy(update={"backup_dir": str(folder)})
    today = clock.today()
    (folder / f"consult-{today}-until-{today + timedelta(days=1)}.tar.age").touch(mode=0o600)
    assert doctor.refusals(kept, {}, tmp_path) == []
    past = folder / f"consult-{today}-until-{today}.tar.age"
    past.touch(mode=0o600)
    assert doctor.refusals(settings, {}, tmp_path) == [], "no folder is named"
    (found,) = doctor.refusals(kept, {}, tmp_path)
    assert str(past) in found
    assert "--prune" in found
    copies.prune(folder, on=today)
    assert doctor.refusals(kept, {}, tmp_path) == []
    gone = settings.model_copy(update={"backup_dir": str(tmp_path / "none")})
    assert "CONSULT_BACKUP_DIR" in doctor.refusals(gone, {}, tmp_path)[0]


def test_whatever_is_refused_is_a_fault(settings: Settings, tmp_path: Path) -> None:
    environ = {"SENTRY_DSN": SECRET_DSN}
    assert set(doctor.refusals(settings, environ, tmp_path)) <= set(
        doctor.faults(settings, environ, tmp_path)
    )


# ── what is named ──────────────────────────────────────────────────────────────


def test_spooling_and_access_logs_are_named(settings: Settings, tmp_path: Path) -> None:
    write(tmp_path, "etc/nginx/sites-enabled/consult", NGINX % "")
    first, second = machine.in_front(settings, tmp_path)
    assert "proxy_request_buffering off" in first
    assert "access_log off" in second
    write(tmp_path, "etc/nginx/sites-enabled/consult", NGINX % QUIET)
    assert list(machine.in_front(settings, tmp_path)) == []
    write(tmp_path, "etc/caddy/Caddyfile", "reverse_proxy 127.0.0.1:8000")
    write(tmp_path, "etc/apache2/sites-enabled/x.conf", "ProxyPass / http://127.0.0.1:8000/")
    found = " ".join(machine.in_front(settings, tmp_path))
    for remedy in ("header_up -X-Forwarded-For", "ProxyAddHeaders Off", "CustomLog"):
        assert remedy in found


def test_a_proxy_that_cannot_be_read_is_named_with_what_it_must_not_do(
    settings: Settings, tmp_path: Path
) -> None:
    assert list(machine.in_front(settings, tmp_path)) == []
    for behind in ({"trusted_proxy": 1}, {"base_url": "https://consult.example"}):
        (found,) = machine.in_front(settings.model_copy(update=behind), tmp_path)
        assert "proxy_request_buffering off" in found
        assert "access_log off" in found


def test_headers_a_proxy_adds_are_named(settings: Settings, client: Any) -> None:
    def ask(address: str, **headers: str) -> str | None:
        assert address == "http://127.0.0.1:8000/healthz"
        found: str | None = client.http.get("/healthz", headers=headers).headers.get(machine.SAW)
        return found

    assert list(machine.headers(settings, ask)) == []
    assert list(machine.headers(settings, lambda _address: None)) == [], "no server answers"
    added = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "X-Forwarded-Proto": "https"}
    found = list(machine.headers(settings, lambda address: ask(address, **added)))
    assert [("X-Forwarded-For" in one, "X-Real-Ip" in one) for one in found] == [(True, False), (False, True)]
    assert "203.0.113.9" not in " ".join(found)


@pytest.mark.parametrize(
    ("device", "kind", "named"),
    [
        ("/dev/sda2", "", True), ("/swapfile", "", True), ("/dev/dm-1", "LVM-abc", True),
        ("/dev/dm-1", "CRYPT-PLAIN-swap", False), ("/dev/dm-1", "CRYPT-LUKS2-x", False),
        ("/dev/zram0", "", False),
    ],
)  # fmt: skip
def test_swap_is_named_unless_it_is_encrypted(tmp_path: Path, device: str, kind: str, named: bool) -> None:
    assert list(machine.swap(tmp_path)) == []
    write(tmp_path, "proc/swaps", f"Filename Type Size Used Priority\n{device} partition 1 0 -2\n")
    if kind:
        write(tmp_path, f"sys/block/{Path(device).name}/dm/uuid", kind + "\n")
    found = list(machine.swap(tmp_path))
    assert [device in one for one in found] == ([True] if named else [])


@pytest.mark.parametrize(
    ("pattern", "limit", "named"),
    [
        ("core", 0, False), ("core", -1, True), ("/var/crash/%e", 1, True), ("", -1, False),
        ("|/usr/lib/systemd/systemd-coredump %P", 0, True),
    ],
)  # fmt: skip
def test_core_dumps_are_named(tmp_path: Path, pattern: str, limit: int, named: bool) -> None:
    write(tmp_path, "proc/sys/kernel/core_pattern", pattern + "\n")
    found = list(machine.core_dumps(tmp_path, lambda _kind: (limit, -1)))
    assert bool(found) is named
    assert all("LimitCORE=0" in one for one in found)


def test_a_demonstration_is_named(settings: Settings, tmp_path: Path) -> None:
    assert not any("demonstration" in one for one in doctor.notes(settings, tmp_path))
    write(settings.data_dir, "demo.marker", "x" * 40)
    assert any("demonstration" in one for one in doctor.notes(settings, tmp_path))


def test_a_copy_others_may_read_is_found(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    kept = settings.model_copy(update={"backup_dir": str(folder)})
    copy = folder / "consult-2026-01-01-until-2099-01-01.tar"
    copy.touch(mode=0o600)
    assert not any("chmod 600" in one for one in doctor.faults(kept, {}, tmp_path))
    copy.chmod(stat.S_IRUSR | stat.S_IROTH)
    assert any(copy.name in one and "chmod 600" in one for one in doctor.faults(kept, {}, tmp_path))


# ── what the document tells operators to write ─────────────────────────────────


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("etc/nginx/sites-enabled/consult", "access_log /var"),
        ("etc/caddy/Caddyfile", "consult.example.org {"),
        ("etc/apache2/sites-enabled/consult.conf", "SetEnvIf"),
    ],
)
def test_the_proxies_of_the_document_pass(settings: Settings, tmp_path: Path, name: str, begins: str) -> None:
    """Without an address, an agent, a referrer or a time finer than the day."""
    (snippet,) = [
        one for one in re.findall(r"```\w*\n(.*?)```", OPERATING, re.DOTALL) if one.startswith(begins)
    ]
    write(tmp_path, name, snippet)
    assert logged.proxies(settings.port, tmp_path), "doctor recognises it"
    assert doctor.refusals(settings, {}, tmp_path) == []
    assert list(machine.in_front(settings, tmp_path)) == []
    assert not re.search(r"remote_addr|%h|%a|User-Agent|http_referer|Referer\}|%H:%M|time_local", snippet)


def test_the_settings_of_the_document_are_those_looked_at() -> None:
    rows = [line for line in OPERATING.splitlines() if line.startswith("| `") and "refuses" in line]
    assert set(re.findall(r"`([a-z_.]+)`", " ".join(one.split("|")[1] for one in rows))) == set(logged._QUIET)
    assert "`log_error_verbosity` | `terse`" in OPERATING

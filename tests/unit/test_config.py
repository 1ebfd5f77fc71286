"""Settings: weak secrets refused, every fault told at once, nothing secret printed, cookies Secure."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from consult.core import config, doctor
from consult.core.config import BadSettings, Settings

SECRET = "a-secret-of-thirty-two-characters-0123"
PASSWORD = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in config.Settings.model_fields:
        monkeypatch.delenv(f"CONSULT_{name.upper()}", raising=False)
    monkeypatch.setenv("CONSULT_DATA_DIR", str(tmp_path))


def faults_of(monkeypatch: pytest.MonkeyPatch, **environ: str) -> list[str]:
    for name, value in environ.items():
        monkeypatch.setenv(f"CONSULT_{name.upper()}", value)
    with pytest.raises(BadSettings) as caught:
        config.load()
    return caught.value.faults


def loaded(monkeypatch: pytest.MonkeyPatch, **environ: str) -> Settings:
    monkeypatch.setenv("CONSULT_SECRET_KEY", SECRET)
    for name, value in environ.items():
        monkeypatch.setenv(f"CONSULT_{name.upper()}", value)
    return config.load()


# ── secrets ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "ab" * 40])
def test_a_weak_secret_is_refused_without_the_marker(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    (fault,) = faults_of(monkeypatch, secret_key=secret)
    assert "CONSULT_SECRET_KEY" in fault


def test_no_flag_of_the_environment_lets_a_weak_secret_through(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "CONSULT_SECRET_KEY" in faults_of(monkeypatch, testing="true", secret_key="short")[0]


def test_a_demo_has_a_secret_of_its_own(tmp_path: Path) -> None:
    config.make_demo(tmp_path)
    first = config.load()
    assert first.demo
    assert len(first.key) >= config.MIN_SECRET
    config.make_demo(tmp_path)
    assert config.load().key == first.key
    other = tmp_path / "other"
    config.make_demo(other)
    assert (other / config.DEMO_MARKER).read_text() != first.key
    assert stat.S_IMODE((other / config.DEMO_MARKER).stat().st_mode) == 0o600
    assert stat.S_IMODE(other.stat().st_mode) == 0o700


def test_an_emptied_marker_is_no_way_in(tmp_path: Path) -> None:
    (tmp_path / config.DEMO_MARKER).touch()
    with pytest.raises(BadSettings, match="CONSULT_SECRET_KEY"):
        config.load()


def test_the_marker_gone_the_demo_does_not_start(tmp_path: Path) -> None:
    config.make_demo(tmp_path)
    (tmp_path / config.DEMO_MARKER).unlink()
    with pytest.raises(BadSettings, match="CONSULT_SECRET_KEY"):
        config.load()


# ── faults ─────────────────────────────────────────────────────────────────────


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_of(
        monkeypatch, secret_key="", bind="nowhere", base_url="ftp://x", mail_url="smpt://x", timezone="Paris",
        database_url="mysql://x/y",
    )  # fmt: skip
    names = ("SECRET_KEY", "BIND", "BASE_URL", "DATABASE_URL", "MAIL_URL", "TIMEZONE")
    assert [name for name in names if any(f"CONSULT_{name}" in one for one in faults)] == list(names)
    assert len(faults) == len(names)


def test_faults_of_type_name_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = faults_of(monkeypatch, secret_key=SECRET, workers="many", trusted_proxy="9")
    assert {one.partition(":")[0] for one in faults} == {"CONSULT_WORKERS", "CONSULT_TRUSTED_PROXY"}


@pytest.mark.parametrize("bind", ["8000", ":8000", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:http"])
def test_a_bind_is_an_address_and_a_port(monkeypatch: pytest.MonkeyPatch, bind: str) -> None:
    assert "CONSULT_BIND" in faults_of(monkeypatch, secret_key=SECRET, bind=bind)[0]


@pytest.mark.parametrize(
    "url", ["consult.example", "https://", "https://x.example/below", "https://x.example/?a"]
)
def test_a_base_url_ends_with_its_host(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert "CONSULT_BASE_URL" in faults_of(monkeypatch, secret_key=SECRET, base_url=url)[0]


def test_nothing_secret_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = "hunter2hunter2"
    faults = faults_of(monkeypatch, secret_key=weak, mail_url=f"smpt://me:{PASSWORD}@x", workers=PASSWORD)
    assert weak not in " ".join(faults)
    assert PASSWORD not in " ".join(faults)
    monkeypatch.setenv("CONSULT_WORKERS", "1")
    settings = loaded(
        monkeypatch, mail_url=f"smtp://me:{PASSWORD}@x", database_url=f"postgresql://me:{PASSWORD}@x/consult"
    )
    assert PASSWORD not in f"{settings!r} {settings}"
    assert SECRET not in f"{settings!r} {settings}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_by_any_of_its_names(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    settings = loaded(monkeypatch, database_url=f"{scheme}://me@db/consult")
    assert settings.url == "postgresql+psycopg://me@db/consult"


# ── cookies ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("bind", "base_url", "is_secure"),
    [
        ("127.0.0.1:8000", "", False),
        ("localhost:8000", "", False),
        ("[::1]:8000", "", False),
        ("127.0.0.1:8000", "http://localhost:8000", False),
        ("127.0.0.1:8000", "https://consult.example", True),
        ("127.0.0.1:8000", "http://consult.example", True),  # a proxy stands in front of it
        ("0.0.0.0:8000", "", True),
        ("0.0.0.0:8000", "http://127.0.0.1:8000", True),
        ("192.168.1.5:8000", "", True),
    ],
)
def test_cookies_are_secure_everywhere_but_on_a_loopback_bind_over_http(
    monkeypatch: pytest.MonkeyPatch, bind: str, base_url: str, is_secure: bool
) -> None:
    assert loaded(monkeypatch, bind=bind, base_url=base_url).secure_cookies is is_secure


# ── doctor ─────────────────────────────────────────────────────────────────────


def test_a_misspelt_variable_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch)
    found = doctor.faults(settings, {"CONSULT_SECRETKEY": "x", "CONSULT_SECRET_KEY": SECRET})
    assert any("CONSULT_SECRETKEY" in one for one in found)
    assert not any("CONSULT_SECRET_KEY is not" in one for one in found)


def test_an_error_reporter_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = doctor.faults(loaded(monkeypatch), {"SENTRY_DSN": "https://key@reports.example/1"})
    assert "SENTRY_DSN" in found[0]
    assert "key@" not in found[0]


def test_plain_http_beyond_this_machine_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(doctor.addresses(loaded(monkeypatch))) == []
    (found,) = doctor.addresses(loaded(monkeypatch, bind="0.0.0.0:8000"))
    assert "CONSULT_BASE_URL" in found
    assert list(doctor.addresses(loaded(monkeypatch, base_url="https://consult.example"))) == []


def test_a_marker_beside_a_real_secret_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config.make_demo(tmp_path)
    assert any("remove one of the two" in one for one in doctor.faults(loaded(monkeypatch), {}))


def test_a_database_others_may_read_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    database = tmp_path / "consult.sqlite3"
    database.touch()
    database.chmod(0o640)
    assert not any("chmod" in one for one in doctor.faults(loaded(monkeypatch), {}))
    database.chmod(0o644)
    assert any("chmod 600" in one for one in doctor.faults(loaded(monkeypatch), {}))


def test_mail_that_goes_nowhere_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any("CONSULT_MAIL_URL" in one for one in doctor.faults(loaded(monkeypatch), {}))
    sends = loaded(monkeypatch, mail_url="smtp://mail.example", mail_from="consult@orvalie.example")
    assert not any("MAIL" in one for one in doctor.faults(sends, {}))


def test_a_cheap_hash_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = doctor.faults(loaded(monkeypatch, argon2_memory_kib="1024"), {})
    assert any("ARGON2" in one for one in found)

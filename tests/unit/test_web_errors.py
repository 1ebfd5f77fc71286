"""Error pages: what was typed comes back, what is secret does not, and no log quotes anybody."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, request

from consult.core.errors import EditedMeanwhile, NotAllowed, NotFound, Refused, TooMany, WrongState
from consult.web import errors

TYPED = "Mon texte, avec des mots à moi"


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application, whose first page raises what a test chooses."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.config["PROPAGATE_EXCEPTIONS"] = None


def _raise(app: Flask, error: Exception, monkeypatch: pytest.MonkeyPatch, **form: str) -> tuple[int, str]:
    def view() -> str:
        raise error

    monkeypatch.setitem(app.view_functions, "reading.language", view)
    response = app.test_client().post("/language", data=form)
    return response.status_code, response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound(), 404),
        (NotAllowed(), 403),
        (TooMany(9), 429),
        (WrongState("notice", "draft"), 409),
        (EditedMeanwhile(theirs="le leur", yours=TYPED), 409),
        (Refused(), 400),
        (RuntimeError(TYPED), 500),
    ],
)
def test_each_fact_has_its_page(
    failing: Flask, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    assert _raise(failing, error, monkeypatch)[0] == status


def test_nothing_typed_is_lost(failing: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (WrongState("notice", "sent"), EditedMeanwhile(theirs="le leur", yours=TYPED), Refused()):
        _status, page = _raise(failing, error, monkeypatch, text=TYPED, version="3")
        assert TYPED in page
        assert ">\n3</textarea>" not in page


def test_both_texts_of_a_conflict_are_shown(failing: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _status, page = _raise(failing, EditedMeanwhile(theirs="le leur", yours=TYPED), monkeypatch)
    assert "le leur" in page and TYPED in page


@pytest.mark.parametrize(
    "name", ["csrf_token", "password", "new_password", "passphrase", "passphrase_again", "recovery_code"]
)
def test_secrets_are_never_given_back(failing: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _status, page = _raise(
        failing, WrongState("x", "y"), monkeypatch, **{name: "s3cret-value", "text": TYPED}
    )
    assert "s3cret-value" not in page
    assert TYPED in page


def test_typed_markup_stays_text(failing: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    _status, page = _raise(failing, WrongState("x", "y"), monkeypatch, text="</textarea><script>x</script>")
    assert "<script>x" not in page


def test_logs_quote_nobody(
    failing: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A message of an exception may hold what somebody typed: neither it nor that of its cause is written."""
    try:
        try:
            TYPED.encode("ascii")
        except UnicodeEncodeError as cause:
            raise RuntimeError(TYPED) from cause
    except RuntimeError as error:
        raised = error
    with caplog.at_level(logging.DEBUG):
        assert _raise(failing, raised, monkeypatch, text=TYPED)[0] == 500
    assert "RuntimeError" in caplog.text and "UnicodeEncodeError" in caplog.text
    assert "Mon texte" not in caplog.text and "mots" not in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


def test_a_bug_says_where_it_was(
    failing: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _raise(failing, RuntimeError("x"), monkeypatch)
    assert "test_web_errors.py" in caplog.text and "/language" in caplog.text


def test_a_method_nobody_takes_is_not_a_bug(app: Flask) -> None:
    assert app.test_client().delete("/robots.txt").status_code == 405


def test_half_an_act_is_put_back_before_the_page_reads(
    failing: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from consult.core.db import db
    from consult.register.models import ContentVersion

    def view() -> str:
        assert request.method == "POST"
        db.session.add(ContentVersion(id=1, value=41))
        db.session.flush()
        raise WrongState("x", "y")

    monkeypatch.setitem(failing.view_functions, "reading.language", view)
    assert failing.test_client().post("/language").status_code == 409
    with failing.app_context():
        assert db.session.get(ContentVersion, 1) is None


def test_page_of_an_unknown_status_is_a_known_one(app: Flask) -> None:
    with app.test_request_context("/fr/"):
        assert errors.page(418)[1] == 418
        assert errors.page(502)[1] == 502

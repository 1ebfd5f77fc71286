"""Who may read what: the one rule, level by level and reader by reader; and the access word."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from consult.web.readers import (
    EMPLOYEE,
    STRANGER,
    AccessWords,
    Audience,
    Reader,
    Side,
    Visibility,
    cookie_value,
    fold,
    matches,
    may_read,
    not_wider_than_employees,
)

TODAY = date(2026, 11, 24)
OURS, OTHER = UUID(int=1), UUID(int=2)
MANDATE, ANOTHER = UUID(int=3), UUID(int=4)
HR = Reader(side=Side.EMPLOYER, is_signed_in=True)
MEMBER = Reader(
    side=Side.STAFF, body_ids=frozenset({OURS}), mandate_ids=frozenset({MANDATE}), is_signed_in=True
)
STRANGE_MEMBER = Reader(
    side=Side.STAFF, body_ids=frozenset({OTHER}), mandate_ids=frozenset({ANOTHER}), is_signed_in=True
)
CHAIR = Reader(side=Side.EMPLOYER, is_signed_in=True)
ADMIN = Reader(is_signed_in=True)
READERS = {
    "stranger": STRANGER,
    "employee": EMPLOYEE,
    "hr": HR,
    "member": MEMBER,
    "other": STRANGE_MEMBER,
    "chair": CHAIR,
    "admin": ADMIN,
}
BODY = frozenset({OURS})
EVERYONE = set(READERS)
INSIDE = EVERYONE - {"stranger"}

WHO = {
    "public": (Audience(Visibility.PUBLIC), EVERYONE),
    "employees": (Audience(Visibility.EMPLOYEES), INSIDE),
    "notice under embargo": (Audience(Visibility.BODY, Side.EMPLOYER, BODY), {"hr", "chair", "member"}),
    "for the body alone": (Audience(Visibility.BODY, Side.STAFF, BODY), {"member"}),
    "confidential of HR’s": (
        Audience(Visibility.CONFIDENTIAL, Side.EMPLOYER, BODY, frozenset({MANDATE})),
        {"hr", "chair", "member"},
    ),
    "confidential of the body’s": (
        Audience(Visibility.CONFIDENTIAL, Side.STAFF, BODY, frozenset({MANDATE})),
        {"member"},
    ),
    "confidential for nobody named": (Audience(Visibility.CONFIDENTIAL, Side.STAFF, BODY), set()),
    "draft of HR’s": (Audience(Visibility.DRAFT, Side.EMPLOYER, BODY), {"hr", "chair"}),
    "draft of the body’s": (Audience(Visibility.DRAFT, Side.STAFF, BODY), {"member"}),
    "draft of nobody’s": (Audience(Visibility.DRAFT, Side.NEITHER, BODY), set()),
}


@pytest.mark.parametrize("name", sorted(WHO))
def test_each_level_by_each_reader(name: str) -> None:
    audience, expected = WHO[name]
    assert {who for who, reader in READERS.items() if may_read(audience, reader, on=TODAY)} == expected


def test_the_chair_reads_nothing_of_the_staff_side_whatever_else_they_are() -> None:
    """Should an account carry both, the mandate as chair decides (people/access.py gives no bodies then)."""
    both = Reader(side=Side.EMPLOYER, body_ids=frozenset(), mandate_ids=frozenset(), is_signed_in=True)
    for level in (Visibility.BODY, Visibility.DRAFT, Visibility.CONFIDENTIAL):
        audience = Audience(level, Side.STAFF, BODY, frozenset({MANDATE}))
        assert not may_read(audience, both, on=TODAY)


def test_confidentiality_ends_with_its_day_and_not_before() -> None:
    audience = Audience(Visibility.CONFIDENTIAL, Side.EMPLOYER, BODY, frozenset({MANDATE}), until=TODAY)
    assert not may_read(audience, EMPLOYEE, on=TODAY)
    assert may_read(audience, EMPLOYEE, on=date(2026, 11, 25))
    assert not may_read(audience, STRANGER, on=date(2030, 1, 1))


def test_what_was_said_is_never_wider_than_employees() -> None:
    assert not_wider_than_employees(Audience(Visibility.PUBLIC)).level is Visibility.EMPLOYEES
    for level in set(Visibility) - {Visibility.PUBLIC}:
        audience = Audience(level, Side.STAFF, BODY)
        assert not_wider_than_employees(audience) == audience


def test_two_levels_share_bytes_and_no_more() -> None:
    assert STRANGER.level is Visibility.PUBLIC
    assert EMPLOYEE.level is Visibility.EMPLOYEES
    assert HR.level is Visibility.PUBLIC, "signed in is nothing to the reading side"


def test_capitals_accents_and_signs_do_not_matter() -> None:
    for typed in ("Forêt bleue", "foret-bleue", " FORET  BLEUE ", "foreTBLEUe"):
        assert fold(typed) == "foretbleue"
        assert matches(typed, ["forêt-bleue"])


def test_nothing_typed_matches_nothing() -> None:
    assert not matches("", ["tilleul"])
    assert not matches("---", ["tilleul"])
    assert not matches("---", ["", "--"])
    assert not matches("tilleu", ["tilleul"])
    assert not matches("tilleul", [])


def test_without_an_organisation_no_word_opens_anything() -> None:
    assert AccessWords().accepted() == ()
    assert AccessWords("", "").accepted() == ()


def test_the_cookie_is_of_the_word_and_of_nobody() -> None:
    assert cookie_value("s" * 40, "Tilleul-Bleu") == cookie_value("s" * 40, "tilleul bleu")
    assert cookie_value("s" * 40, "tilleul") != cookie_value("t" * 40, "tilleul")
    assert "tilleul" not in cookie_value("s" * 40, "tilleul")


def test_the_level_decided_by_the_cache_is_the_reader_of_the_page() -> None:
    """And needs no word to be looked up again."""
    from consult.web.readers import DECIDED, anonymous_reader

    app = Flask("level")
    for level, reader in ((Visibility.EMPLOYEES, EMPLOYEE), (Visibility.PUBLIC, STRANGER)):
        with app.test_request_context("/fr/", environ_overrides={DECIDED: str(level)}):
            assert anonymous_reader() == reader

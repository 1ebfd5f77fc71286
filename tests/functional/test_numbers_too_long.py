"""Whatever is typed where a number is asked, and whatever file was not chosen: a page says what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consult.people.models import Account
from tests.client import PageClient
from tests.conftest import People
from tests.loop import Sent, sent_with

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
LONG = ["9" * 400, "1" * 13, "-" + "9" * 400, "1e400", "\u0661" * 400]


@pytest.mark.parametrize("typed", LONG)
def test_a_number_too_long_to_be_one(work: Work, people: People, as_: SignIn, typed: str) -> None:
    sent: Sent = sent_with(work, people)
    rep, admin = as_(people.rep1), as_(people.admin)
    page = rep.get(f"/workspace/fr/consultations/{sent.consultation_id}/remark")
    votes = {"votes_for": typed, "votes_against": "0", "abstentions": "0"}
    refused = rep.submit(page, {"text_fr": "Mot gardé", "text_en": "Kept", **votes}, status=400)
    assert "Mot gardé" in refused.text
    page = admin.get("/workspace/fr/establishments")
    refused = admin.submit(page, {"name": "Lille", "headcount": typed}, action="/new", status=400)
    assert refused.doc.xpath("//input[@name='name']/@value") == ["Lille"]


def test_a_file_that_was_not_chosen(people: People, as_: SignIn) -> None:
    hr = as_(people.hr)
    page = hr.get("/workspace/fr/imports/notice")
    refused = hr.submit(page, status=400)
    assert "Choisissez un fichier" in refused.text

"""More votes than mandates that vote: said wherever a vote is recorded, and nothing is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from consult.people.models import Account
from tests.client import PageClient
from tests.conftest import People
from tests.functional.test_opinions_draft import begun, write
from tests.functional.test_opinions_vote import review
from tests.loop import Sent, sent_with

Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
SAID = "mandates of this body vote on that day"


@pytest.fixture
def sent(work: Work, people: People) -> Sent:
    return sent_with(work, people)


@pytest.mark.parametrize(("votes_for", "said"), [("2", False), ("3", True)])
def test_a_vote_on_the_draft(people: People, sent: Sent, as_: SignIn, votes_for: str, said: bool) -> None:
    """Two mandates vote; the chair never does."""
    rep = as_(people.rep1)
    write(rep, sent, page=begun(rep, sent), text_fr="Le CSE rend son avis.", text_en="")
    votes = {"votes_for": votes_for, "votes_against": "0", "abstentions": "0", "blank": "0"}
    assert (SAID in review(rep, sent, lang="en", **votes).text) is said


@pytest.mark.parametrize(("votes_for", "said"), [("2", False), ("12", True)])
def test_an_act_recorded_at_once(people: People, sent: Sent, as_: SignIn, votes_for: str, said: bool) -> None:
    rep = as_(people.rep1)
    page = rep.get(f"/workspace/en/consultations/{sent.consultation_id}/remark")
    votes = {"votes_for": votes_for, "votes_against": "0", "abstentions": "0"}
    done = rep.submit(page, {"text_fr": "Bref.", "text_en": "Short.", **votes})
    assert (SAID in rep.get(done.response.headers["Location"]).text) is said

"""What follows from the profile, for every regime, headcount and number of sites there can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.people.regimes import (
    ASKED,
    Profile,
    Question,
    Regime,
    Wording,
    country_of,
    kinds_for,
    regime_of,
    sector_of,
    wording_of,
    wording_of_body,
)
from consult.people.rules import BodyKind
from consult.procedures.applying import applicable
from consult.procedures.loading import templates


def offered(regime: Regime, headcount: int, *, has_body: bool = True, country: str = "") -> list[str]:
    return applicable(
        templates(), country=country or country_of(regime), sector=sector_of(regime), headcount=headcount,
        has_body=has_body,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("regime", "headcount", "keys"),
    [
        (Regime.FR_PRIVATE, 8, ["eu-ai-act-26-7", "fr-no-cse"]),
        (Regime.FR_PRIVATE, 30, ["eu-ai-act-26-7", "fr-cse-11-49"]),
        (Regime.FR_PRIVATE, 60, ["eu-ai-act-26-7", "fr-cse"]),
        (Regime.FR_PRIVATE, 0, ["eu-ai-act-26-7", "fr-cse", "fr-cse-11-49", "fr-no-cse"]),
        (Regime.FR_OTHER, 400, ["eu-ai-act-26-7", "generic"]),
        (Regime.CA_FEDERAL, 900, ["ca-fps-tech-change"]),
        (Regime.CA_REGULATED, 900, ["ca-labour-code-technological-change"]),
        (Regime.CA_PROVINCIAL, 900, ["generic"]),
        (Regime.BE, 40, ["eu-ai-act-26-7", "generic"]),
        (Regime.BE, 60, ["be-cct39", "eu-ai-act-26-7"]),
        (Regime.DE, 60, ["de-betrvg90", "eu-ai-act-26-7"]),
    ],
)
def test_procedures_by_profile(regime: Regime, headcount: int, keys: list[str]) -> None:
    assert sorted(offered(regime, headcount)) == sorted(keys)


def test_a_firm_without_a_body_informs_its_staff() -> None:
    assert "fr-no-cse" in offered(Regime.FR_PRIVATE, 60, has_body=False)
    assert "eu-ai-act-26-7" in offered(Regime.OTHER, 60, country="lu")
    assert offered(Regime.OTHER, 60, country="gb") == ["generic"]


@given(st.sampled_from(Regime), st.integers(0, 5000), st.integers(0, 40), st.sets(st.sampled_from(BodyKind)))
def test_kinds_by_profile(regime: Regime, headcount: int, sites: int, there: set[BodyKind]) -> None:
    found = kinds_for(regime, headcount=headcount, sites=sites, there=there)
    assert there <= set(found) and BodyKind.CUSTOM in found and len(found) == len(set(found))
    if sites == 1:
        assert BodyKind.CENTRAL_CSE not in found or BodyKind.CENTRAL_CSE in there
    if country_of(regime) != "fr":
        assert BodyKind.CSE not in found or BodyKind.CSE in there


@given(st.sampled_from(Regime), st.integers(0, 5000), st.booleans())
def test_procedures_are_of_the_country(regime: Regime, headcount: int, has_body: bool) -> None:
    for key in offered(regime, headcount, has_body=has_body):
        to = templates()[key].applies
        assert to.country is None or to.country == "EU" or to.country.lower() == country_of(regime)
        assert to.sector in {None, sector_of(regime)}


@pytest.mark.parametrize(
    ("country", "regime"), [("FR", "fr_private"), ("ca", "ca_provincial"), ("lu", "other")]
)
def test_where_only_the_country_is_known(country: str, regime: str) -> None:
    assert regime_of(country) == regime


def test_another_country_is_never_one_that_has_a_regime() -> None:
    assert country_of(Regime.OTHER, "fr") == "zz"
    assert country_of(Regime.OTHER, "LU") == "lu"


def test_words_follow_the_body_else_the_organisation() -> None:
    canada = wording_of(Regime.CA_REGULATED)
    assert wording_of_body(BodyKind.UNION, canada) is Wording.CANADA
    assert wording_of_body(BodyKind.UNION, Wording.FRANCE) is Wording.UNION
    assert wording_of_body(BodyKind.CSE, canada) is Wording.FRANCE
    assert wording_of_body(BodyKind.LMCC, Wording.FRANCE) is Wording.CANADA_FEDERAL
    assert wording_of_body(BodyKind.CUSTOM, Wording.BELGIUM) is Wording.BELGIUM


def test_a_profile_knows_what_is_missing_and_what_was_set_instead() -> None:
    assert Profile().missing == list(ASKED)
    told = Profile(answered=frozenset(ASKED), words="ca", kinds=(BodyKind.UNION,))
    assert told.is_complete and told.wording is Wording.CANADA
    assert told.offered_kinds == [BodyKind.UNION]
    assert Question.WORDS not in ASKED

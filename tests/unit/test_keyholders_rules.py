"""Whom the body named, and what a passphrase is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.keyholders.rules import has_enough_words, unnamed

NAMES = st.lists(st.sampled_from(["Ada", "Bea", "Cid", "Dov"]), max_size=6)


def test_somebody_the_body_did_not_name_stands_out() -> None:
    assert unnamed(["Ada", "Bea"], ["Ada", "Bea"]) == ()
    assert unnamed(["Ada"], ["Ada", "Bea"]) == ()
    assert unnamed(["Ada", "Bea", "Cid"], ["Ada", "Bea"]) == ("Cid",)
    assert unnamed(["Ada", "Ada"], ["Ada", "Bea"]) == ("Ada",)  # a namesake


@given(holding=NAMES, named=NAMES)
def test_nobody_slips_in_and_nobody_named_is_accused(holding: list[str], named: list[str]) -> None:
    found = unnamed(holding, named)
    for name in {*holding, *named}:
        assert found.count(name) == max(0, holding.count(name) - named.count(name))


@pytest.mark.parametrize(
    ("words", "enough"),
    [("a b c d e f", True), ("a b c d e", False), ("a a a a a a", False), ("a b c d e e", False)],
)
def test_six_different_words(words: str, enough: bool) -> None:
    assert has_enough_words(words) is enough

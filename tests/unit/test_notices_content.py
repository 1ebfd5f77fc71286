"""One whole text of a notice, compared with another."""

from __future__ import annotations

from consult.core.localized import Localized
from consult.notices import services
from consult.notices.content import Content
from tests.notices import whole


def test_conflicts_name_what_differs() -> None:
    mine = whole(fields={"monitoring": Localized.of(fr="Oui")}, groups=())
    theirs = whole(fields={"monitoring": Localized.of(fr="Non")})
    found = {(one.key, one.lang): (one.mine, one.theirs) for one in services.conflicts(theirs, mine)}
    assert found["monitoring", "fr"] == ("Oui", "Non")
    assert found["groups", "fr"][0] == "" and "Conseillers" in found["groups", "fr"][1]
    assert {key for key, _ in found} == {"monitoring", "groups"}


def test_a_content_without_text_is_normal() -> None:
    content = Content(Localized.of(fr="A"), {"what": Localized({"fr": " "})}, {"nature": Localized({})})
    assert content.normal() == Content(Localized.of(fr="A"), {}, {})

"""Texts a draft may start from, to be reviewed by counsel: the outline of an opinion, and what a body says
that holds itself insufficiently informed. In Markdown."""

from __future__ import annotations

from consult.core.localized import Localized
from consult.opinions.motions import Outcome

_SECTIONS = (
    ("Ce que l’instance a reçu, et quand", "What the body received, and when"),
    ("Ce que disent les salariés (synthèse, tranches)", "What staff say (synthesis, bands)"),
    ("Ce qui paraît utile", "What seems useful"),
    ("Effets et risques non traités", "Effects and risks not dealt with"),
    ("Conditions de suivi, date de revoyure", "Follow-up conditions, review date"),
)
"""Reservations, wishes, the vote and the declarations have places of their own."""
_UNINFORMED = {
    "fr": "L’instance constate que … ne lui ont pas été remis. Elle estime n’être pas en mesure de rendre un "
    "avis, considère que le délai de consultation n’a pas commencé à courir et donne mandat à … pour saisir "
    "le président du tribunal judiciaire avant le ….",
    "en": "The body notes that … were not supplied. It is not in a position to give an opinion, considers "
    "that the period has not started, and mandates … to apply to the court before ….",
}


def outline(source: str) -> Localized:
    """The sections, each with room beneath."""
    side = ("fr", "en").index(source)
    text = "\n\n".join(f"## {at}. {one[side]}\n\n…" for at, one in enumerate(_SECTIONS, 1))
    return Localized.of(**{source: text}, source=source)


def start(outcome: Outcome, source: str) -> Localized:
    """What the draft begins with: in the language that is authoritative alone. In the other it would stay
    behind, as a text nobody wrote, beside the one the body votes on."""
    if outcome is Outcome.INSUFFICIENT_INFORMATION:
        return Localized.of(**{source: _UNINFORMED[source]}, source=source)
    return outline(source)

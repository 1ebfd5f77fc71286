"""Model texts of acts, in both languages at once: content that people edit, not words of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from consult.consultations.rules import Window
from consult.core.i18n import day
from consult.core.localized import Localized
from consult.voices.rules import Channels

_FR = (
    "{body} décide d’ouvrir du {opens} au {closes} un recueil de la parole des salariés sur le projet "
    "«\u00a0{system}\u00a0». {channel} Les clés de la boîte scellée sont confiées à {holders}. Le président "
    "n’en détient aucune. Les messages ne sont remis ni à l’employeur ni à un tiers\u202f; seuls la synthèse "
    "et les extraits retenus par l’instance sont publiés, aux salariés seulement. Les messages sont détruits "
    "le {destroy}."
)
_EN = (
    "{body} opens a collection of staff messages on “{system}” from {opens} to {closes}. {channel} The keys "
    "of the sealed letterbox are given to {holders}. The chair holds no key. Messages go neither to the "
    "employer nor to third parties; only the synthesis and the extracts chosen by the body are published, to "
    "staff only. Messages are destroyed on {destroy}."
)
_CHANNELS: Mapping[str, Mapping[Channels, str]] = {
    "fr": {
        Channels.SLIPS: "Chaque salarié tire au sort un coupon de participation, qui permet d’envoyer "
        "{quota} sans donner de nom.",
        Channels.INVITATIONS: "Chaque salarié est invité par e-mail et peut envoyer {quota} sans donner de "
        "nom.",
        Channels.BOTH: "Les salariés tirent au sort un coupon de participation ou sont invités par "
        "e-mail\u202f; l’un comme l’autre permet d’envoyer {quota} sans donner de nom.",
        Channels.OPEN: "Toute personne qui connaît le mot d’accès peut écrire, sans donner de nom.",
    },
    "en": {
        Channels.SLIPS: "Each employee draws a paper slip at random, which lets them send {quota} without "
        "giving a name.",
        Channels.INVITATIONS: "Each employee is invited by e-mail and may send {quota} without giving a "
        "name.",
        Channels.BOTH: "Employees draw a paper slip at random or are invited by e-mail; either lets them "
        "send {quota} without giving a name.",
        Channels.OPEN: "Anyone who knows the access word may write, without giving a name.",
    },
}
_QUOTAS = {
    "fr": ("un message", "jusqu’à deux messages", "jusqu’à trois messages", "jusqu’à quatre messages",
           "jusqu’à cinq messages"),
    "en": ("one message", "up to two messages", "up to three messages", "up to four messages",
           "up to five messages"),
}  # fmt: skip
_ARTICLES = {"fr": "Le", "en": "The"}


def keyholder_resolution(
    *, body: str, system: Localized, holders: Sequence[str], window: Window, destroy_on: date,
    channels: Channels, quota: int,
) -> Localized:  # fmt: skip
    """The resolution that opens a letterbox, says who may write and names who holds its keys (to be
    reviewed by counsel). ``quota``: messages of a person, 1 to 5, of no meaning in open mode."""
    texts = {}
    for language, pattern in (("fr", _FR), ("en", _EN)):
        texts[language] = pattern.format(
            body=f"{_ARTICLES[language]} {body}" if body.startswith("CSE") else body,
            system=system.shown(language)[0],
            channel=_CHANNELS[language][channels].format(quota=_QUOTAS[language][quota - 1]),
            holders=_listed(holders, language),
            opens=day(window.opens_on, language),
            closes=day(window.closes_on, language),
            destroy=day(destroy_on, language),
        )
    return Localized.of(fr=texts["fr"], en=texts["en"], source=system.source)


def _listed(names: Sequence[str], language: str) -> str:
    if len(names) < 2:
        return "".join(names) or "…"
    return f"{', '.join(names[:-1])} {'et' if language == 'fr' else 'and'} {names[-1]}"

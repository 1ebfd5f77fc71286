"""Model texts of acts, in both languages at once: content that people edit, not words of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from consult.consultations.rules import Window
from consult.core.i18n import day
from consult.core.localized import Localized

_FR = (
    "{body} décide d’ouvrir du {opens} au {closes} un recueil de la parole des salariés sur le projet "
    "«\u00a0{system}\u00a0». Les clés de la boîte scellée sont confiées à {holders}. Le président n’en "
    "détient aucune. Les messages ne sont remis ni à l’employeur ni à un tiers\u202f; seuls la synthèse et "
    "les extraits retenus par l’instance sont publiés, aux salariés seulement. Les messages sont détruits "
    "le {destroy}."
)
_EN = (
    "{body} opens a collection of staff messages on “{system}” from {opens} to {closes}. The keys of the "
    "sealed letterbox are given to {holders}. The chair holds no key. Messages go neither to the employer "
    "nor to third parties; only the synthesis and the extracts chosen by the body are published, to staff "
    "only. Messages are destroyed on {destroy}."
)
_ARTICLES = {"fr": "Le", "en": "The"}


def keyholder_resolution(
    *, body: str, system: Localized, holders: Sequence[str], window: Window, destroy_on: date
) -> Localized:
    """The resolution that opens a letterbox and names who holds its keys (to be reviewed by counsel)."""
    texts = {}
    for language, pattern in (("fr", _FR), ("en", _EN)):
        texts[language] = pattern.format(
            body=f"{_ARTICLES[language]} {body}" if body.startswith("CSE") else body,
            system=system.shown(language)[0],
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

"""Model texts of acts, in both languages at once: content that people edit, not words of the interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from consult.consultations.rules import Window
from consult.core.i18n import day
from consult.core.localized import Localized
from consult.voices.poll import Poll
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


_POLL = {
    "fr": (
        "Un baromètre anonyme y est joint : {questions}. Ses résultats sont publiés une seule fois, après "
        "la clôture, {how}, en nombres arrondis au multiple de cinq inférieur, jamais par personne ni par "
        "petite équipe."
    ),
    "en": (
        "An anonymous poll goes with it: {questions}. Its results are published once only, after the "
        "closing, {how}, in numbers rounded down to a multiple of five, never by person or by small team."
    ),
}
_TOGETHER = {"fr": "pour l’ensemble des réponses", "en": "for all answers together"}
_BY_GROUP = {"fr": "par groupe ({groups})", "en": "by group ({groups})"}
_THEIRS = {"fr": "{question} (proposée par l’employeur)", "en": "{question} (proposed by the employer)"}
_QUOTED = {"fr": "« {text} »", "en": "“{text}”"}


def keyholder_resolution(
    *, body: str, system: Localized, holders: Sequence[str], window: Window, destroy_on: date,
    channels: Channels, quota: int, poll: Poll | None = None,
) -> Localized:  # fmt: skip
    """The resolution that opens a letterbox, says who may write, names who holds its keys, and decides on its
    poll where there is one (to be reviewed by counsel). ``quota``: messages of a person, 1 to 5, of no
    meaning in open mode."""
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
        if poll is not None:
            texts[language] += " " + _of_poll(poll, language)
    return Localized.of(fr=texts["fr"], en=texts["en"], source=system.source)


def _of_poll(poll: Poll, language: str) -> str:
    """Names its questions, and how they are published: what is agreed here does not change."""
    questions = []
    for one in poll.questions:
        quoted = _QUOTED[language].format(text=one.text.shown(language)[0])
        questions.append(_THEIRS[language].format(question=quoted) if one.is_employers else quoted)
    groups = ", ".join(one.name.shown(language)[0] for one in poll.groups)
    how = _BY_GROUP[language].format(groups=groups) if poll.by_group else _TOGETHER[language]
    return _POLL[language].format(questions=", ".join(questions), how=how)


def _listed(names: Sequence[str], language: str) -> str:
    if len(names) < 2:
        return "".join(names) or "…"
    return f"{', '.join(names[:-1])} {'et' if language == 'fr' else 'and'} {names[-1]}"

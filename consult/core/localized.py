"""A text in French and English as one immutable value, kept in one JSON column and replaced whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

LOCALES = ("fr", "en")


class TranslationState(StrEnum):
    """How far one language of a text may be trusted."""

    MISSING = "missing"
    CURRENT = "current"
    STALE = "stale"


def digest(text: str) -> str:
    """A short fingerprint of a source text: first 16 hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Localized:
    """``texts`` by language, the language that is ``source``, and, beside each translation,
    the digest of the source text it was ``made_from`` (so that a stale one is known as such)."""

    texts: Mapping[str, str]
    source: str = "fr"
    made_from: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = (set(self.texts) | {self.source} | set(self.made_from)) - set(LOCALES)
        if unknown:
            raise ValueError(f"unknown languages: {sorted(unknown)}")
        object.__setattr__(self, "texts", MappingProxyType(dict(self.texts)))
        object.__setattr__(self, "made_from", MappingProxyType(dict(self.made_from)))

    @classmethod
    def of(cls, *, fr: str = "", en: str = "", source: str = "fr") -> Localized:
        """Both texts written today: the one that is not the source counts as current."""
        texts = {lang: text for lang, text in (("fr", fr), ("en", en)) if text.strip()}
        made = {lang: digest(texts.get(source, "")) for lang in texts if lang != source}
        return cls(texts, source, made)

    def state(self, locale: str) -> TranslationState:
        """One pure answer for form, bar, page and export."""
        if not self.texts.get(locale, "").strip():
            return TranslationState.MISSING
        if locale == self.source or not self.texts.get(self.source, "").strip():
            return TranslationState.CURRENT
        if self.made_from.get(locale) == digest(self.texts[self.source]):
            return TranslationState.CURRENT
        return TranslationState.STALE

    def written(self, texts: Mapping[str, str], *, confirmed: frozenset[str] = frozenset()) -> Localized:
        """The next value after an edit. A translation edited or ``confirmed`` counts as made from
        the source as it now stands; one left alone keeps the digest it had."""
        kept = {lang: text for lang, text in texts.items() if text.strip()}
        source_now = digest(kept.get(self.source, ""))
        made: dict[str, str] = {}
        for lang, text in kept.items():
            if lang == self.source:
                continue
            same = text == self.texts.get(lang)
            if lang in confirmed or not same:
                made[lang] = source_now
            elif lang in self.made_from:
                made[lang] = self.made_from[lang]
        return Localized(kept, self.source, made)

    def shown(self, locale: str) -> tuple[str, str]:
        """``(text, language it is in)``: the asked language while it is current, else the source, else
        whatever is there. A translation that is behind is never shown for the text itself."""
        first = (locale,) if self.state(locale) is TranslationState.CURRENT else ()
        for lang in (*first, self.source, *LOCALES):
            if self.texts.get(lang, "").strip():
                return self.texts[lang], lang
        return "", locale

    def __bool__(self) -> bool:
        return any(text.strip() for text in self.texts.values())

    def as_json(self) -> dict[str, Any]:
        return {"texts": dict(self.texts), "source": self.source, "made_from": dict(self.made_from)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Localized:
        return cls(value["texts"], value["source"], value.get("made_from", {}))

"""Languages: which one a request is in, translated strings, and dates and numbers as each writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, has_request_context, request
from flask_babel import Babel, force_locale, get_locale
from flask_babel import gettext as _gettext
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as _ngettext

from consult.core.localized import LOCALES, Localized, TranslationState
from consult.core.paths import folder

__all__ = [
    "LOCALES", "Localized", "TranslationState", "_", "_l", "day", "day_short", "init_app", "locale",
    "ngettext", "number", "other", "path_in", "writing_in",
]  # fmt: skip

_SPACES = re.compile(r"^(/(?:speak|workspace|api/v1))?/(fr|en)(?=/|$)")
_ = _gettext
ngettext = _ngettext
babel = Babel()


def of_path(path: str) -> str | None:
    """The language an address carries: ``/fr/…``, ``/speak/en/…``, ``/workspace/fr/…``."""
    found = _SPACES.match(path)
    return found.group(2) if found else None


def path_in(path: str, language: str) -> str | None:
    """The same address in another language, or None where the address carries none."""
    if not _SPACES.match(path):
        return None
    return _SPACES.sub(lambda found: f"{found.group(1) or ''}/{language}", path, count=1)


def _select() -> str:
    if not has_request_context():
        return "en"
    if (language := of_path(request.path)) is not None:
        return language
    remembered = request.cookies.get("lang")
    if remembered in LOCALES:
        return str(remembered)
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in wanted if tag in LOCALES), "fr")


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder("translations"))
    babel.init_app(app, locale_selector=_select, default_locale="en")


def locale() -> str:
    """``fr`` or ``en``: the language being written now."""
    current = get_locale()
    return current.language if current is not None else "en"


def other() -> str:
    return "en" if locale() == "fr" else "fr"


@contextmanager
def writing_in(language: str) -> Iterator[None]:
    """Writes in another language for a while (a mail to somebody else, say)."""
    with force_locale(language):
        yield


@lru_cache(maxsize=4096)
def _day(value: date, form: str, language: str) -> str:
    text = format_date(value, form, locale="fr_FR" if language == "fr" else "en_GB")
    if language == "fr" and value.day == 1 and form != "short":
        text = re.sub(r"(?<!\d)1 ", "1ᵉʳ ", text, count=1)
    if form == "long" or form.startswith("d MMM"):
        text = text.replace(" ", "\u00a0")
    return text


def day(value: date | None, language: str | None = None) -> str:
    """``1ᵉʳ décembre 2026`` / ``1 December 2026``; empty for None."""
    return _day(value, "d MMMM y", language or locale()) if value else ""


def day_short(value: date | None, language: str | None = None) -> str:
    """``4 janv. 2027`` / ``4 Jan 2027``; empty for None."""
    return _day(value, "d MMM y", language or locale()) if value else ""


def number(value: int, language: str | None = None) -> str:
    """``2 000`` with a narrow no-break space, ``2,000`` in English."""
    return format_decimal(value, locale=language or locale())

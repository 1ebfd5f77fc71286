"""Languages: which one a request is in, translated strings, and dates and numbers as each writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_babel.speaklater import LazyString

from consult.core.localized import LOCALES, Localized, TranslationState
from consult.core.paths import folder
from consult.core.wording import reworded

__all__ = [
    "LOCALES", "Localized", "TranslationState", "_", "_l", "day", "day_short", "in_words_of", "init_app",
    "locale", "ngettext", "number", "other", "path_in", "words", "writing_in",
]  # fmt: skip

_SPACES = re.compile(r"^(/(?:speak|workspace|api/v1))?/(fr|en)(?=/|$)")
babel = Babel()
_WORDS = "consult.words"
"""Where the application says how to learn whose words the organisation uses."""


def words() -> str:
    """Whose words this page uses (`wording`): its body's where `in_words_of` said so, else the
    organisation's, asked once; ``""`` where nobody is asked."""
    if not has_app_context():
        return ""
    if "words" not in g:
        g.words = ""  # whoever is asked may write something, too
        ask = current_app.extensions.get(_WORDS)
        g.words = ask() if ask is not None else ""
    return str(g.words)


def in_words_of(wording: str) -> None:
    """The page uses these words from now on: those of the body it is about."""
    g.words = wording


def _in_words(text: str) -> str:
    wording = words()
    return reworded(text, wording, locale()) if wording else text


@lru_cache(maxsize=8192)
def _looked_up(string: str, _language: str) -> str:
    """A catalogue never changes while it is served; asking for it costs more than what it says."""
    return str(get_translations().ugettext(string))


def _translated(string: str) -> str:
    return _in_words(_looked_up(string, locale()))


def _translated_many(singular: str, plural: str, num: int) -> str:
    return _in_words(str(get_translations().ungettext(singular, plural, num)))


def _(string: str, **variables: object) -> str:
    """In the language being written and the words of the page."""
    text = _translated(string)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: object) -> str:
    """The same for a number."""
    return _translated_many(singular, plural, num) % {"num": num, **variables}


def _l(string: str, **variables: object) -> LazyString:
    """The same, when it is shown."""
    return LazyString(_, string, **variables)


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


def init_app(app: Flask, *, words_of: Callable[[], str] | None = None) -> None:
    """``words_of``: asked once a request whose words the organisation uses."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder("translations"))
    babel.init_app(app, locale_selector=_select, default_locale="en")
    app.extensions[_WORDS] = words_of
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=_translated, ngettext=_translated_many, newstyle=True
    )


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

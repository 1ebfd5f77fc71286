"""What templates may call: dates, numbers, localized texts, assets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from flask import Flask, has_request_context, request
from markupsafe import Markup

from consult.core import clock, i18n
from consult.core.i18n import ngettext
from consult.core.localized import Localized, TranslationState
from consult.core.paths import folder
from consult.web.sanitise import rich

_COLON = re.compile(r"(?<=\S) ([:»])(?=\s|[.,;)]|$)")
_NARROW = re.compile(r"(?<=\S) ([;!?])(?=\s|[»)]|$)")


@cache
def asset(name: str) -> str:
    """Address of a static file with a digest of its content, so that it may be cached for good."""
    content = (folder("static") / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:10]}"


def typeset(text: str, language: str) -> str:
    """French as it is printed: no-break spaces where a keyboard gave ordinary ones."""
    if language != "fr":
        return text
    return _NARROW.sub("\u202f\\1", _COLON.sub("\u00a0\\1", text.replace("« ", "«\u00a0")))


def plain_of(value: Localized | None) -> str:
    """A localized text without any mark, for titles and attributes."""
    if value is None:
        return ""
    text, language = value.shown(i18n.locale())
    return typeset(text, language)


def translation_of(value: Localized | None) -> str:
    """``missing``, ``current`` or ``stale``: how far the page's language of this text may be trusted.
    Nothing said at all counts as current."""
    return str(value.state(i18n.locale())) if value else str(TranslationState.CURRENT)


def text_of(value: Localized | None) -> Markup | str:
    """A localized text for a page: wrapped with its language where that is not the page's."""
    if value is None:
        return ""
    text, language = value.shown(i18n.locale())
    text = typeset(text, language)
    if language == i18n.locale() or not text:
        return text
    return Markup('<span lang="{}">{}</span>').format(language, text)


def prose_of(value: Localized | None) -> Markup:
    """The same for Markdown prose."""
    if value is None:
        return Markup("")
    text, language = value.shown(i18n.locale())
    html = rich(typeset(text, language))
    return html if language == i18n.locale() else Markup('<div lang="{}">{}</div>').format(language, html)


def days_until(value: date) -> int:
    """Days from today; negative when past."""
    return (value - clock.today()).days


def alternate_urls() -> dict[str, str]:
    """The page's address in each language, for ``hreflang`` and the switch."""
    if not has_request_context():
        return {}
    path = request.full_path.rstrip("?")
    found = {language: i18n.path_in(path, language) for language in i18n.LOCALES}
    return {language: address for language, address in found.items() if address}


def words_of(pair: Any) -> str:
    """The side of a template's label (``fr``, ``en``) in the language of the page."""
    return str(pair.en if i18n.locale() == "en" else pair.fr)


def period_of(value: Any) -> str:
    """A period (months, days) or a day, as people say it."""
    if isinstance(value, date):
        return i18n.day(value)
    months = ngettext("%(num)s month", "%(num)s months", value.months) if value.months else ""
    days = ngettext("%(num)s day", "%(num)s days", value.days) if value.days or not months else ""
    return " ".join(filter(None, (months, days)))


def init_app(app: Flask) -> None:
    env = app.jinja_env
    env.trim_blocks = env.lstrip_blocks = True
    filters: dict[str, Callable[..., Any]] = {
        "day": i18n.day, "day_short": i18n.day_short, "number": i18n.number, "text": text_of,
        "prose": prose_of, "plain": plain_of, "translation": translation_of, "rich": rich,
        "days_until": days_until, "words": words_of, "period": period_of,
    }  # fmt: skip
    env.filters.update(filters)
    env.globals.update(asset=asset, today=clock.today)

    @app.context_processor
    def languages() -> dict[str, Any]:
        urls = alternate_urls()
        return {
            "locale": i18n.locale(),
            "other_locale": i18n.other(),
            "alternate_urls": urls,
            "switch_url": urls.get(i18n.other()),
        }

"""The one way from what people typed to HTML: Markdown, then bleach, then nh3 as a second pass."""

from __future__ import annotations

import re
from functools import lru_cache

import bleach
import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = frozenset(
    ("p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "code", "a", "hr",
     "table", "thead", "tbody", "tr", "th", "td")
)  # fmt: skip
_ATTRIBUTES = {"a": ["href", "title"]}
PROTOCOLS = frozenset(("https", "http", "mailto", "tel"))
_HEADING = re.compile(r"<h([1-6])>")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def _lowered(html: str) -> str:
    """Prose never outranks the page: its highest headings become h3, all below them h4."""
    used = sorted({int(level) for level in _HEADING.findall(html)})
    for level in reversed(used):
        to = 3 if level == used[0] else 4
        html = html.replace(f"<h{level}>", f"<h{to}>").replace(f"</h{level}>", f"</h{to}>")
    return html


@lru_cache(maxsize=2048)
def rich(text: str) -> Markup:
    """Markdown to safe HTML; anything else than the listed tags is shown as text."""
    html = _lowered(MARKDOWN.render(text))
    cleaned = bleach.clean(
        html, tags=TAGS, attributes=_ATTRIBUTES, protocols=PROTOCOLS, strip=False, strip_comments=True
    )
    second = nh3.clean(
        cleaned,
        tags=set(TAGS),
        attributes={"a": {"href", "title"}},
        url_schemes=set(PROTOCOLS),
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(second)  # noqa: S704  (cleaned twice, just above)


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """The same without marks, for titles and search."""
    return str(bleach.clean(MARKDOWN.render(text), tags=frozenset(), strip=True)).strip()

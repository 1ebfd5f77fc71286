"""Prose in Markdown as a small tree that a template of a document draws: what was typed stays data.

Blocks: ``p``, ``h`` (a heading, of whatever depth), ``ul``, ``ol``, ``quote``, ``pre``, ``rule``, ``table``.
Inside them: ``text``, ``strong``, ``em``, ``code``, ``link``, ``br``. Parsed as pages parse it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from consult.documents.signs import printable
from consult.web.sanitise import MARKDOWN, PROTOCOLS

Node = dict[str, Any]
_WRAPS = {"strong": "strong", "em": "em"}
_TEXTS = {"code_inline": "code", "text": "text", "text_special": "text", "html_inline": "text"}


def tree(text: str) -> list[Node]:
    """The blocks of a text."""
    return list(_blocks(SyntaxTreeNode(MARKDOWN.parse(text)).children))


def _blocks(nodes: list[SyntaxTreeNode]) -> Iterator[Node]:
    for node in nodes:
        if node.type in {"paragraph", "heading"}:
            inside = _inside(node)
            if _says(inside):  # a heading without words is refused, and says nothing
                yield {"t": "p" if node.type == "paragraph" else "h", "c": inside}
        elif node.type in {"bullet_list", "ordered_list"}:
            items = [list(_blocks(item.children)) for item in node.children]
            kind = "ul" if node.type == "bullet_list" else "ol"
            yield {"t": kind, "items": items, "start": int(node.attrs.get("start", 1))}
        elif node.type == "blockquote":
            yield {"t": "quote", "c": list(_blocks(node.children))}
        elif node.type in {"fence", "code_block", "html_block"}:
            yield {"t": "pre", "v": node.content.rstrip("\n")}
        elif node.type == "hr":
            yield {"t": "rule"}
        elif node.type == "table":
            yield {"t": "table", "rows": [[_inside(cell) for cell in row.children] for row in _rows(node)]}


def _rows(table: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """The heading row first."""
    for part in table.children:
        yield from part.children


def _inside(block: SyntaxTreeNode) -> list[Node]:
    """The inline nodes of a paragraph, a heading or a cell."""
    return [node for inline in block.children for node in _inline(inline.children)]


def _inline(nodes: list[SyntaxTreeNode]) -> Iterator[Node]:
    for node in nodes:
        if node.type in _TEXTS:
            yield {"t": _TEXTS[node.type], "v": node.content}
        elif node.type in _WRAPS:
            yield {"t": _WRAPS[node.type], "c": list(_inline(node.children))}
        elif node.type == "link":
            yield from _link(node)
        elif node.type == "image":  # pages show no picture either
            yield {"t": "text", "v": node.content}
        elif node.type == "softbreak":
            yield {"t": "text", "v": " "}
        elif node.type == "hardbreak":
            yield {"t": "br"}


def _link(node: SyntaxTreeNode) -> Iterator[Node]:
    """A link where its address is one that pages allow, else its words alone."""
    address, inside = str(node.attrs.get("href", "")), list(_inline(node.children))
    if _says(inside) and _scheme(address) in PROTOCOLS:
        yield {"t": "link", "href": address, "c": inside}
    else:
        yield from inside


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme.lower()
    except ValueError:
        return ""


def _says(nodes: list[Node]) -> bool:
    """Whether anything of it would be printed."""
    return any(printable(node.get("v", "")).strip() or _says(node.get("c", [])) for node in nodes)

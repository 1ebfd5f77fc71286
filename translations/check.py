"""The French catalogue is complete, in step with the code, and set as French is set.

A message without translation, one that the code no longer has, a placeholder lost in translation, and
typography no French reader would accept are each a fault."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog, Message
from extract import extracted, written  # beside this file

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")
WRONG = (
    (
        re.compile(r"(?<=[\w»)…\]%s]) ?[;!?](?!\w|[#=&])(?<!\u202f[;!?])"),
        "narrow no-break space before ; ! ?",
    ),
    (re.compile(r"(?<=[^\s\u00a0\d/]) ?:(?=\s|$)(?<!\u00a0:)"), "no-break space before :"),
    (re.compile(r"« |«(?=\w)| »|(?<=\w)»"), "no-break space inside guillemets"),
    (re.compile(r"(?<=\w)'(?=\w)"), "typographic apostrophe"),
    (re.compile(r"\.\.\."), "one ellipsis character"),
    (re.compile(r"[“”]|(?<!=)\"(?![\w/#>])"), "guillemets, not English quotes"),
)


def faults(found: Catalog, french: Catalog) -> Iterator[str]:
    ids = {(message.id, message.context) for message in found if message.id}
    for message in french:
        if message.id and (message.id, message.context) not in ids:
            yield f"no longer in the code: {_short(message)}"
    for key, context in sorted(ids, key=str):
        message = french.get(key, context)
        if message is None:
            yield f"not in the catalogue: {str(key)[:70]!r}"
        else:
            yield from _of(message)


def _of(message: Message) -> Iterator[str]:
    texts = list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]
    if message.fuzzy:
        yield f"fuzzy: {_short(message)}"
    if not texts or not all(texts):
        yield f"not translated: {_short(message)}"
        return
    wanted = [_names(one) for one in (message.id if isinstance(message.id, (tuple, list)) else [message.id])]
    for text in texts:
        if _names(text) not in wanted and not (len(wanted) > 1 and _names(text) <= set.union(*wanted)):
            yield f"placeholders differ: {_short(message)}"
        for pattern, rule in WRONG:
            if pattern.search(text):
                yield f"{rule}: {text[:80]!r}"


def _names(text: str) -> set[str]:
    return {left or right for left, right in _PLACEHOLDER.findall(text)}


def _short(message: Message) -> str:
    return repr(str(message.id)[:70])


if __name__ == "__main__":
    problems = list(faults(extracted(), written()))
    print("\n".join(problems) or "Translations: complete, current, well set.")
    sys.exit(bool(problems))

"""PDF from a typst template of ours and data of anybody's: tagged (PDF/UA-1), the same bytes for the same
data and day, with the fonts inside typst. Nothing is fetched, and data is never markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

from consult.core.paths import folder
from consult.documents.signs import printable

if TYPE_CHECKING:
    from types import ModuleType

_REFUSED = re.compile(
    r'the text `"(?P<sign>.+?)"` could not be displayed|disallowed codepoint `"(?P<code>.+?)"`', re.S
)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")
_TRIES = 20
"""How many signs of one document may turn out not to be printable in the combination they stand in."""


class CannotRender(Exception):
    """typst refused the document: a fault of the template, never of the data."""


@cache
def _typst() -> ModuleType:
    """80 MB, read when the first document is asked for."""
    import typst  # noqa: PLC0415

    return typst


@cache
def _fonts() -> Any:
    return _typst().Fonts(include_system_fonts=False)


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {str(key): _tidy(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(one) for one in value]
    return value


def _refused_sign(error: Exception) -> str | None:
    found = _REFUSED.search(str(error))
    if found is None:
        return None
    return _ESCAPE.sub(lambda code: chr(int(code.group(1), 16)), found["sign"] or found["code"])


def render(template: str, data: Mapping[str, Any], *, on: date, form: Literal["pdf", "png"] = "pdf") -> bytes:
    """``template``: a file of ``templates/documents`` without its ending; it reads ``data`` from
    ``common.typ``. ``on``: the day the document says it was made. ``png``: its first page, to look at.

    Raises `CannotRender`."""
    document = json.dumps(_tidy({**data, "made_on": on.isoformat()}), ensure_ascii=False)
    for _try in range(_TRIES):
        try:
            return _compiled(template, document, on, form)
        except _typst().TypstError as error:
            sign = _refused_sign(error)
            if sign is None or sign not in document:
                raise CannotRender(f"{template}: {error}") from error
            document = document.replace(sign, "\u25a1")
    raise CannotRender(f"{template}: too many signs that no font can show")


def _compiled(template: str, document: str, on: date, form: str) -> bytes:
    root = folder("templates") / "documents"
    made = _typst().compile(
        str(root / f"{template}.typ"),
        root=str(root),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": document},
        format=form,
        ppi=110,
        pdf_standards="ua-1" if form == "pdf" else [],
        timestamp=datetime(on.year, on.month, on.day, tzinfo=UTC),
    )
    return cast(bytes, made[0] if isinstance(made, list) else made)

"""Reads a story from its YAML files: ``story/<name>/organisation.yaml``, ``files.yaml`` where the body opened
files of its own, then for each notice it lists
``<slug>.yaml`` and, beside it, ``<slug>-*.yaml`` (what was said), whose lists are put end to end.

In every text ``{date:+41}`` becomes the day 41 days from the day of loading, as its language writes
dates, and spaces, apostrophes and quotes become those of its typography. What employees wrote is
left as they typed it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from consult.core import clock
from consult.core.errors import NotFound
from consult.core.i18n import day as written
from consult.demo.parts import Text
from consult.demo.rules import place
from consult.demo.schema import Story

FOLDER = Path(__file__).parent / "story"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where it was built: ten times as fast."""

_DATE = re.compile(r"\{date:([+-]?\d+)\}")
_TEXT_KEYS = {"fr", "en", "made_from"}
_FRENCH = (
    (re.compile(r"'"), "’"),
    (re.compile(r"« "), "«\u00a0"),
    (re.compile(r" ([:»%€])"), "\u00a0\\1"),
    (re.compile(r" ([;!?])"), "\u202f\\1"),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), "\u202f"),
    (re.compile(r"(?<=\d) (?=(?:h|s|mn|min|km|kWh|Wh)\b)"), "\u00a0"),
    (re.compile(r"\b(nº|art\.|L\.|R\.|D\.) (?=\d)"), "\\1\u00a0"),
    (re.compile(r"(?<=\d) (?=(?:jours?|semaines?|mois|heures?|minutes?|secondes?|personnes?)\b)"), "\u00a0"),
)
_ENGLISH = (
    (re.compile(r"(?<=\w)'|'(?=\d0s)"), "’"),
    (re.compile(r"(^|[\s(\[–—])\""), "\\1“"),
    (re.compile(r"\""), "”"),
)


def names() -> tuple[str, ...]:
    """The stories there are."""
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/organisation.yaml")))


def load(name: str = "fr", *, today: date | None = None) -> Story:
    """The story called ``name``, with its dates placed around ``today`` (the clock's by default).
    NotFound when there is none; pydantic's ValidationError when it does not hold together."""
    if name not in names():
        raise NotFound(f"no story called {name}")
    folder, day = FOLDER / name, today or clock.today()
    organisation = _read(folder / "organisation.yaml")
    notices = [_notice(folder, slug) for slug in organisation.pop("notices")]
    files = _read(folder / "files.yaml")["files"] if (folder / "files.yaml").is_file() else []
    whole = {"organisation": organisation, "notices": notices, "files": files}
    return Story.model_validate({"name": name, "today": day, **_set(whole, day)})


def typeset(text: str, language: str) -> str:
    """``text`` with the spaces, apostrophes and quotes of French as set in France, or of English."""
    for pattern, replacement in _FRENCH if language == "fr" else _ENGLISH:
        text = pattern.sub(replacement, text)
    return text


def texts(part: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every `Text` of a part with the way to it, for checks over the whole story."""
    if isinstance(part, Text):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from texts(getattr(part, name), f"{path}.{name}" if path else name)
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from texts(value, f"{path}.{key}")
    elif isinstance(part, tuple):
        for at, value in enumerate(part):
            yield from texts(value, f"{path}[{at}]")


def _read(path: Path) -> dict[str, Any]:
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - both are safe ones
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} is not a mapping")
    return found


def _notice(folder: Path, slug: str) -> dict[str, Any]:
    found = {"slug": slug, **_read(folder / f"{slug}.yaml")}
    for path in sorted(folder.glob(f"{slug}-*.yaml")):
        for key, value in _read(path).items():
            found["letterbox"][key] = [*found["letterbox"].get(key, ()), *value]
    found["revisions"] = _whole(found["revisions"])
    return found


def _whole(revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each revision in full: what it does not say is as in the one before."""
    done: list[dict[str, Any]] = []
    for one in revisions:
        before = done[-1] if done else {}
        whole = {key: value for key, value in before.items() if key != "changelog"} | one
        for key in ("summary", "fields", "answers"):
            whole[key] = {**before.get(key, {}), **one.get(key, {})}
        done.append(whole)
    return done


def _set(part: Any, today: date) -> Any:
    """Dates and typography, in every text."""
    if isinstance(part, list):
        return [_set(one, today) for one in part]
    if not isinstance(part, dict):
        return part
    if part and part.keys() <= _TEXT_KEYS:
        return {key: _finish(str(text), "en" if key == "en" else "fr", today) for key, text in part.items()}
    return {key: _set(one, today) for key, one in part.items()}


def _finish(text: str, language: str, today: date) -> str:
    dated = _DATE.sub(lambda found: written(place(int(found[1]), today), language), text)
    return typeset(dated.strip(), language)

"""Versions of the Algorithmic Impact Assessment as files state them: ``v0.10.0``, ``v.0.8a1``, ``1.0.1``."""

from __future__ import annotations

import re
from pathlib import PurePath

_STATED = re.compile(r"(?<![\w.])v(?:ersion)?[ .]{0,2}(\d+(?:\.\d+)+[a-z]*\d*)", re.IGNORECASE)
_BARE = re.compile(r"\s*(?:v(?:ersion)?)?[ .:]{0,2}(\d+(?:\.\d+)*[a-z]*\d*)\s*", re.IGNORECASE)
_IN_NAME = re.compile(r"(?:^|[-_ ])v[.]?(\d+(?:\.\d+)+[a-z]*\d*)(?=[-_ .]|$)", re.IGNORECASE)


def stated_in(text: str) -> str:
    """The first version a text names with a ``v``, without it; ``""`` when there is none."""
    found = _STATED.search(text)
    return found[1].lower() if found else ""


def of_label(label: str) -> str:
    """The version a label is, as in a result's ``version``; ``""`` when it is none."""
    found = _BARE.fullmatch(label)
    return found[1].lower() if found else ""


def of_file(name: str) -> str:
    """The version in a file's name, as in ``survey-enfr_v1.0.1-master.json``."""
    found = _IN_NAME.search(stem(name))
    return found[1].lower() if found else ""


def stem(name: str) -> str:
    """A file's name without folders and without ``.json``, ``.csv``, ``.docx``…"""
    last = re.split(r"[/\\]", name)[-1]
    return PurePath(last).stem if last.lower().endswith((".json", ".csv", ".txt", ".docx", ".xlsx")) else last


def is_same(one: str, other: str) -> bool:
    """Whether two versions are one; ``1.0`` is ``1.0.0``, ``0.9`` is not ``0.9.1``."""
    return _trimmed(one) == _trimmed(other)


def _trimmed(version: str) -> str:
    return re.sub(r"(?:\.0)+$", "", version)

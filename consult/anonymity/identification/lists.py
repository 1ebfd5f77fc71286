"""The word lists of the check, read once from ``data/`` (see LICENSE.md there)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parent.parent / "data"
_DOUBTFUL: Final = "?"


@lru_cache(maxsize=1)
def first_names() -> tuple[frozenset[str], frozenset[str]]:
    """First names, small and without accents: those that are little else, and those that are also words."""
    sure, doubtful = _read("first_names.txt")
    return sure | _read("first_names_more.txt")[0], doubtful


@lru_cache(maxsize=1)
def surnames() -> frozenset[str]:
    """Surnames that are no everyday word and no first name."""
    return _read("surnames.txt")[0]


@lru_cache(maxsize=1)
def towns_list() -> tuple[frozenset[str], frozenset[str]]:
    """Towns: those that are little else, and those that are also words."""
    return _read("towns.txt")


def _read(name: str) -> tuple[frozenset[str], frozenset[str]]:
    lines = (_DATA / name).read_text(encoding="utf-8").split()
    sure = frozenset(line for line in lines if not line.endswith(_DOUBTFUL))
    return sure, frozenset(line[:-1] for line in lines if line.endswith(_DOUBTFUL))

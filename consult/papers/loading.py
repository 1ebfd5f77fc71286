"""Reads the model texts from their files, once. Adding a text is adding a file; a key stays for good, drafts
refer to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from consult.papers.rules import OWN_FILE, ModelText, PaperSide
from consult.procedures.loading import templates

HERE = Path(__file__).parent / "texts"


class BadText(ValueError):
    """A file does not hold a model text: which, where in it, and why."""

    def __init__(self, file: Path, where: str, why: str) -> None:
        super().__init__(f"{file.name}: {where}: {why}" if where else f"{file.name}: {why}")
        self.file, self.where, self.why = file, where, why


def read(file: Path) -> ModelText:
    """Raises `BadText`."""
    try:
        found = ModelText.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise BadText(file, "", str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadText(file, ".".join(map(str, first["loc"])), first["msg"]) from error
    if found.key != file.stem:
        raise BadText(file, "key", f"the file says {found.key!r}")
    if unknown := sorted(set(found.fits) - {*templates(), OWN_FILE}):
        raise BadText(file, "fits", f"no such procedure: {', '.join(unknown)}")
    return found


def read_all(folder: Path) -> Mapping[str, ModelText]:
    """Every text of a folder by its key, in the order they are offered."""
    found = [read(file) for file in sorted(folder.glob("*.yaml"))]
    return MappingProxyType({one.key: one for one in sorted(found, key=lambda one: (one.rank, one.key))})


@cache
def texts() -> Mapping[str, ModelText]:
    """The model texts of this product. Raises `BadText`."""
    return read_all(HERE)


def fitting(side: PaperSide, template: str) -> list[ModelText]:
    """Those that side may start from under that procedure (empty: none is followed)."""
    return [one for one in texts().values() if one.is_for(side, template)]

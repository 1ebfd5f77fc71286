"""Reads the templates from their files, once. Adding a country is adding a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from pydantic import ValidationError

from consult.procedures.template import Template

HERE = Path(__file__).parent / "templates"


class UnknownTemplate(LookupError):
    """No template has that key."""


class BadTemplate(ValueError):
    """A file does not hold a template: which, where in it, and why."""

    def __init__(self, file: Path, where: str, why: str) -> None:
        super().__init__(f"{file.name}: {where}: {why}" if where else f"{file.name}: {why}")
        self.file, self.where, self.why = file, where, why


def read(file: Path) -> Template:
    """Raises `BadTemplate`."""
    try:
        found = Template.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise BadTemplate(file, "", str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise BadTemplate(file, ".".join(map(str, first["loc"])), first["msg"]) from error
    if found.key != file.stem:
        raise BadTemplate(file, "key", f"the file says {found.key!r}")
    return found


def read_all(folder: Path) -> Mapping[str, Template]:
    """Every template of a folder by its key, in the order of their names."""
    return MappingProxyType({file.stem: read(file) for file in sorted(folder.glob("*.yaml"))})


@cache
def templates() -> Mapping[str, Template]:
    """The templates of this product."""
    return read_all(HERE)


def template(key: str) -> Template:
    """Raises `UnknownTemplate`."""
    try:
        return templates()[key]
    except KeyError:
        raise UnknownTemplate(key) from None

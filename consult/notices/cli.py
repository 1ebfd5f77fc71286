"""Commands of this room."""

from __future__ import annotations

import click


@click.group("import")
def import_group() -> None:
    """To be written."""


@click.group("list")
def list_group() -> None:
    """To be written."""


@click.group("export")
def export_group() -> None:
    """To be written."""

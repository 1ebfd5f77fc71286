"""Commands of this room."""

from __future__ import annotations

import click


@click.group("user")
def user() -> None:
    """To be written."""

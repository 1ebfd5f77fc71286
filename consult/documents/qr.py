"""QR codes: an address that a phone reads from paper."""

from __future__ import annotations

import io

import segno

BORDER = 4
"""Modules of quiet zone on each side, as the standard asks."""


def svg(address: str, *, dark: str = "#1b1f24", mask: int | None = None) -> str:
    """The code as an SVG picture on white, its quiet zone included; error correction M (15 %). ``mask``:
    one of the eight patterns (0 to 7) instead of the best, for hundreds at once: finding it takes most of
    the time."""
    made = io.BytesIO()
    code = segno.make(address, error="m", boost_error=False, micro=False, mask=mask)
    code.save(
        made,
        kind="svg",
        border=BORDER,
        dark=dark,
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        nl=False,
    )
    return made.getvalue().decode()


def matrix(address: str) -> tuple[tuple[bool, ...], ...]:
    """The same code as rows of dark and light modules, without the quiet zone."""
    code = segno.make(address, error="m", boost_error=False, micro=False)
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)

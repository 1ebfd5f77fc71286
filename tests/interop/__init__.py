"""Blind signatures beside an independent implementation of RFC 9474.

``blind.json`` was recorded with @cloudflare/blindrsa-ts 0.4.4 on node 20: their client with our signer,
and our client with their signer. With that package unpacked somewhere, the same runs live and may be
recorded anew::

    BLINDRSA_TS=…/blindrsa-ts/lib/src/index.js python -m tests.interop [--record]

``rfc9474.json`` holds the numbers of RFC 9474, Appendix A."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RECORDED = HERE / "blind.json"
VECTORS = HERE / "rfc9474.json"
THEIRS = os.environ.get("BLINDRSA_TS", "")


def load(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text()))


def theirs(call: str, **values: bytes) -> dict[str, bytes]:
    """One call of the other implementation: bytes in, bytes out."""
    told = json.dumps({name: value.hex() for name, value in values.items()})
    command = ["node", str(HERE / "theirs.mjs"), THEIRS, call]
    done = subprocess.run(command, input=told, capture_output=True, text=True, check=True)
    return {name: bytes.fromhex(value) for name, value in json.loads(done.stdout).items()}

"""The two floors, under the product's own server and settings: ``python -m bench.floors PORT FILE``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

BODY = Path(sys.argv[2]).read_bytes() if len(sys.argv) > 2 else b""
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]
bare = Flask("floor")


@bare.get("/bare")
def hello() -> str:
    return "hello"


def floors(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """``/bare`` from Flask; anything else: the bytes of the file."""
    if environ["PATH_INFO"] == "/bare":
        return bare.wsgi_app(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST":
        environ["wsgi.input"].read()
    start_response("200 OK", HEADERS)
    return [BODY]


if __name__ == "__main__":
    Granian(
        "floors", port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=1, blocking_threads=2,
        log_access=False, log_level=LogLevels.warning,
    ).serve(target_loader=lambda _target: floors)  # fmt: skip

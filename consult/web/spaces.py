"""The three address spaces and that of programs, and the language every address in them carries."""

from __future__ import annotations

from typing import Any

from flask import Flask, g, has_request_context, request

from consult.core.i18n import locale

READING = "/<any(fr, en):lang>"
SPEAKING = "/speak/<any(fr, en):lang>"
WORKSPACE = "/workspace/<any(fr, en):lang>"
API = "/api/v1/<any(fr, en):lang>"


def in_workspace() -> bool:
    return has_request_context() and request.path.startswith("/workspace")


def in_speaking() -> bool:
    return has_request_context() and request.path.startswith("/speak")


def in_api() -> bool:
    return has_request_context() and request.path.startswith("/api/")


def init_app(app: Flask) -> None:
    """Views never see ``lang``, and `url_for` never needs it: both come from the address."""

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = values.pop("lang", None) if values else None

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = g.get("lang") or locale()

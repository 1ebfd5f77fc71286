"""What would write down, or send elsewhere, what people say: error reporters, agents, statement logs, proxies
that log bodies. The server does not start beside any of it. Every finding is one sentence that says what
to do, and repeats no secret."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Engine, text

REPORTERS = (
    "SENTRY_DSN", "ROLLBAR_ACCESS_TOKEN", "BUGSNAG_API_KEY", "HONEYBADGER_API_KEY", "AIRBRAKE_API_KEY",
    "RAYGUN_API_KEY", "LOGFIRE_TOKEN",
)  # fmt: skip
AGENTS = (
    "ELASTIC_APM_SERVER_URL", "NEW_RELIC_LICENSE_KEY", "NEW_RELIC_CONFIG_FILE", "DD_API_KEY", "DD_AGENT_HOST",
    "DD_TRACE_AGENT_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "SCOUT_KEY", "INSTANA_AGENT_KEY", "INSTANA_AGENT_HOST",
    "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY", "SIGNALFX_ACCESS_TOKEN",
    "HONEYCOMB_API_KEY", "DT_TENANT", "AWS_XRAY_DAEMON_ADDRESS",
)  # fmt: skip
_MODULES = (
    "sentry_sdk", "rollbar", "bugsnag", "honeybadger", "ddtrace", "newrelic", "elasticapm", "scout_apm",
    "instana", "appdynamics", "opentelemetry.instrumentation", "aws_xray_sdk", "logfire",
)  # fmt: skip
"""Put into a process from outside (a start command, ``sitecustomize``) without a variable of their own."""
_SWITCHES = (
    "SQLALCHEMY_ECHO", "SQLALCHEMY_RECORD_QUERIES", "FLASK_SQLALCHEMY_ECHO", "FLASK_DEBUG",
    "GRANIAN_LOG_ACCESS_ENABLED", "GRANIAN_LOG_ACCESS_FMT",
)  # fmt: skip
_OFF = {"", "0", "false", "no", "off"}
_IN_ARGUMENTS = re.compile(r"--?access[-_]?log(file|format)?\b")
_ARGUMENTS = ("GUNICORN_CMD_ARGS", "UVICORN_CMD_ARGS", "HYPERCORN_CMD_ARGS")


def environment(environ: Mapping[str, str], modules: Collection[str] = ()) -> Iterator[str]:
    """``modules``: those loaded in this process."""
    for name in REPORTERS:
        if environ.get(name):
            yield f"{name} is set: an error reporter would receive what people write. Unset it."
    for name in AGENTS:
        if environ.get(name):
            yield f"{name} is set: a monitoring agent would receive requests and queries. Unset it."
    for name in _MODULES:
        if name in modules:
            yield f"The module {name} is loaded: it sends requests elsewhere. Start Consult without it."
    for name in _SWITCHES:
        if environ.get(name, "").strip().lower() not in _OFF:
            yield f"{name} is set: queries or requests would be logged. Unset it."
    if logging.getLogger("sqlalchemy.engine").isEnabledFor(logging.INFO):
        yield "SQLAlchemy is told to log queries, and rows with them: set its loggers to WARNING."
    for name in _ARGUMENTS:
        if _IN_ARGUMENTS.search(environ.get(name, "")):
            yield f"{name} asks for an access log: address and time of every message. Take it out."


# ── PostgreSQL ─────────────────────────────────────────────────────────────────

_QUIET: Mapping[str, tuple[str, ...]] = {
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "debug_print_parse": ("off",),
    "debug_print_rewritten": ("off",),
    "debug_print_plan": ("off",),
    "auto_explain.log_min_duration": ("-1",),
    "pgaudit.log": ("none", "", "ddl", "role"),
}
"""A setting, and the values with which no query, parameter or row is logged; the first is the one to set."""
_SETTING = text("SELECT current_setting(:name, true)")


def postgresql(engine: Engine) -> Iterator[str]:
    """Settings by which the server logs statements or their parameters; those of extensions that are not
    loaded have none."""
    with engine.connect() as connection:
        for name, quiet in _QUIET.items():
            value = connection.execute(_SETTING, {"name": name}).scalar()
            if value is not None and str(value) not in quiet:
                yield f"PostgreSQL logs queries ({name} = {value}): set it to {quiet[0]}."


def postgresql_errors(engine: Engine) -> Iterator[str]:
    """An error may quote the row it is about: not refused at start-up, since the anonymous side is written
    so that no statement of it fails for what somebody typed."""
    with engine.connect() as connection:
        value = str(connection.execute(_SETTING, {"name": "log_error_verbosity"}).scalar())
        if value != "terse":
            yield f"PostgreSQL quotes rows in its errors (log_error_verbosity = {value}): set it to terse."


# ── a proxy on this machine ────────────────────────────────────────────────────

_PROXIES = {
    "nginx": ("etc/nginx/nginx.conf", "etc/nginx/conf.d/*", "etc/nginx/sites-enabled/*"),
    "Apache": ("etc/apache2/*.conf", "etc/apache2/*-enabled/*", "etc/httpd/conf/*", "etc/httpd/conf.d/*"),
    "Caddy": ("etc/caddy/Caddyfile", "etc/caddy/*.caddy"),
}
_BODIES = {
    "nginx": re.compile(r"\$request_body\b"),
    "Apache": re.compile(r"^\s*DumpIOInput\s+On|^\s*SecRequestBodyAccess\s+On", re.MULTILINE | re.IGNORECASE),
    "Caddy": re.compile(r"\{http\.request\.body\}"),
}
_HINTS = {
    "nginx": (
        (re.compile(r"^\s*proxy_request_buffering\s+off", re.MULTILINE), "spools what is sent to disk",
         "proxy_request_buffering off; client_body_buffer_size 16k;"),
        (re.compile(r"^\s*access_log\s+off", re.MULTILINE), "logs address and time of every message",
         "access_log off;"),
    ),
    "Apache": (
        (re.compile(r"^\s*CustomLog\s.*\benv=!", re.MULTILINE | re.IGNORECASE),
         "logs address and time of every message", "CustomLog … env=!speak"),
        (re.compile(r"^\s*ProxyAddHeaders\s+Off", re.MULTILINE | re.IGNORECASE), "hands addresses on",
         "ProxyAddHeaders Off"),
    ),
    "Caddy": (
        (re.compile(r"header_up\s+-X-Forwarded-For"), "hands addresses on", "header_up -X-Forwarded-For"),
    ),
}  # fmt: skip


def proxies(port: int, root: Path) -> dict[str, str]:
    """The configuration of each proxy of this machine that leads to our port, as far as it can be read."""
    found = {}
    for name, patterns in _PROXIES.items():
        texts = [_read(path) for pattern in patterns for path in sorted(root.glob(pattern))]
        if any(re.search(rf":{port}\b", one) for one in texts):
            found[name] = "\n".join(texts)
    return found


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return ""
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)


def proxy_bodies(port: int, root: Path) -> Iterator[str]:
    """What is refused: a proxy that writes bodies down."""
    for name, configuration in proxies(port, root).items():
        if _BODIES[name].search(configuration):
            yield f"{name} logs what is sent to it: take the request body out of its logs."


def proxy_habits(port: int, root: Path) -> Iterator[str]:
    """What is named: spooling, access logs, addresses handed on. A hint is looked for anywhere in the
    configuration, so its presence proves nothing; its absence does."""
    for name, configuration in proxies(port, root).items():
        for wanted, does, remedy in _HINTS[name]:
            if not wanted.search(configuration):
                yield f"{name} {does}: set `{remedy}` for /speak/ (docs/operating.md)."

"""What the machine and what stands in front of the server do with what passes through them. ``root`` is the
folder all files are looked for under, so that tests can build a machine of their own."""

from __future__ import annotations

import resource
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from consult.core import logged
from consult.core.config import Settings
from consult.core.security import FORWARDED, SAW

ROOT = Path("/")
_PATIENCE = 3


def no_core_dumps() -> None:
    """A crash of this process, or of one it starts, leaves no memory on the disk."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def swap(root: Path = ROOT) -> Iterator[str]:
    """Swap on disk that is not encrypted: dm-crypt says so in its name; zram stays in memory."""
    table = root / "proc/swaps"
    lines = table.read_text().splitlines()[1:] if table.is_file() else []
    for line in lines:
        device = line.split()[0]
        name = Path(device).resolve().name if root == ROOT else Path(device).name
        if name.startswith("zram"):
            continue
        kind = root / "sys/block" / name / "dm/uuid"
        if not (kind.is_file() and kind.read_text().startswith("CRYPT-")):
            yield (
                f"Swap on {device} is not encrypted: memory holds what people write for an instant."
                " Encrypt it or turn it off."
            )


def core_dumps(
    root: Path = ROOT, limit: Callable[[int], tuple[int, int]] = resource.getrlimit
) -> Iterator[str]:
    """`consult serve` turns them off for itself; a handler the kernel pipes to may not care."""
    pattern = root / "proc/sys/kernel/core_pattern"
    handler = pattern.read_text().strip() if pattern.is_file() else ""
    if handler.startswith("|"):
        yield (
            f"Crashed processes are handed to {handler[1:].split()[0]}, which may keep their memory: turn it"
            " off for this service (LimitCORE=0; Storage=none in coredump.conf)."
        )
    elif handler and limit(resource.RLIMIT_CORE)[0] != 0:
        yield "Core dumps may be written to disk: turn them off for this service (LimitCORE=0, ulimit -c 0)."


def in_front(settings: Settings, root: Path = ROOT) -> Iterator[str]:
    """What proxies of this machine do; where one stands in front that cannot be read, what it must not."""
    found = list(logged.proxy_habits(settings.port, root))
    yield from found
    is_behind = settings.trusted_proxy > 0 or settings.base_url.startswith("https://")
    if is_behind and not logged.proxies(settings.port, root):
        yield (
            "A proxy stands in front whose settings cannot be read from here: for /speak/ it must write no"
            " access log, spool no body to disk and hand on no address. nginx: `access_log off;"
            " proxy_request_buffering off; client_body_buffer_size 16k;` (docs/operating.md)."
        )


def headers(settings: Settings, ask: Callable[[str], str | None] | None = None) -> Iterator[str]:
    """Asks the running server, by the address people use, which headers with addresses reach it."""
    saw = (ask or _ask)(f"{settings.address}/healthz")
    for name in (saw or "").split(", "):
        if name in FORWARDED:
            yield (
                f"The proxy hands on {name}: Consult drops it before /speak/, other programs may not. Take it"
                " out (docs/operating.md)."
            )


def _ask(address: str) -> str | None:
    request = urllib.request.Request(address, headers={"User-Agent": "consult-doctor"})  # noqa: S310  (http or https: config)
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            return str(answer.headers.get(SAW, ""))
    except (urllib.error.URLError, OSError, ValueError):
        return None  # it is not running, or not reachable from here

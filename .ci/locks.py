"""Checks that the locks are in step with pyproject.toml and name no registry; ``--write`` makes them anew."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal"]
OPTIONS = ["--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]
LOCKS = {
    "requirements.lock": ["--extra", "build"],
    "requirements-dev.lock": ["--extra", "build", "--extra", "test", "--extra", "check"],
}


def write() -> None:
    """Resolves again; the development lock keeps the versions of the other."""
    for name, extras in LOCKS.items():
        constraint = [] if name == "requirements.lock" else ["--constraint", "requirements.lock"]
        command = [*UV, *OPTIONS, *extras, *constraint, "pyproject.toml", "--output-file", name]
        subprocess.run(command, cwd=ROOT, check=True)


def wanted(text: str) -> set[str]:
    return {re.sub(r"[-_.]+", "-", one).lower() for one in re.findall(r'^\s*"([A-Za-z0-9_.-]+)', text, re.M)}


def faults() -> list[str]:
    """Dependencies without a locked version, lines without a hash, addresses of a registry."""
    project = (ROOT / "pyproject.toml").read_text()
    declared = project.partition("dependencies = [")[2].partition("[project.scripts]")[0]
    found = []
    locked: dict[str, set[str]] = {}
    for name in LOCKS:
        text = (ROOT / name).read_text()
        locked[name] = {one.lower() for one in re.findall(r"^([A-Za-z0-9_.-]+)==", text, re.M)}
        if "://" in text or "--index-url" in text:
            found.append(f"{name} names a registry")
        found += [
            f"{name}: {block.split()[0]} has no hash"
            for block in re.split(r"\n(?=\S)", text.strip())
            if "--hash=sha256:" not in block
        ]
    found += [f"{one} is not locked" for one in sorted(wanted(declared) - locked["requirements-dev.lock"])]
    found += [
        f"{one} is not in the development lock"
        for one in sorted(locked["requirements.lock"] - locked["requirements-dev.lock"])
    ]
    return found


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    problems = faults()
    print("\n".join(problems) or "Locks: in step, hashed, no registry named.")
    sys.exit(bool(problems))

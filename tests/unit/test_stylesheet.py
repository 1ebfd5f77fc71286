"""The stylesheet keeps the promises of the look: contrast, layers, tokens, and nothing inline anywhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = re.sub(r"/\*.*?\*/", "", (ROOT / "static" / "consult.css").read_text(), flags=re.S)
SCRIPT = (ROOT / "static" / "consult.js").read_text()
LAYERS = ["reset", "tokens", "base", "layout", "components", "pages", "utilities", "print"]
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|lab)\(")

WASHES = ["accent-wash", "ok-wash", "warn-wash", "bad-wash"]
# foreground, background, least ratio in light, least ratio in dark (WCAG 2.2: 4.5 for text, 3 for borders)
PAIRS = [
    ("ink", "paper", 16.0, 14.6),
    ("ink-2", "paper", 7.2, 8.2),
    ("rule-2", "paper", 3.9, 5.0),
    ("rule-2", "field", 4.1, 5.2),
    ("accent", "paper", 7.7, 9.7),
    ("on-accent", "accent", 8.0, 9.2),
    ("on-accent", "accent-2", 11.9, 11.6),
    ("accent", "accent-wash", 6.7, 7.5),
    ("ink", "accent-wash", 13.9, 11.2),
    ("ok", "paper", 6.8, 10.2),
    ("ok", "ok-wash", 6.0, 8.2),
    ("warn", "paper", 7.0, 10.1),
    ("warn", "warn-wash", 6.3, 8.0),
    ("bad", "paper", 7.3, 8.5),
    ("bad", "bad-wash", 6.4, 7.2),
    ("ink", "mark", 12.9, 7.3),
    ("ink", "paper-2", 4.5, 4.5),
    ("ink-2", "paper-2", 4.5, 4.5),
    ("accent", "paper-2", 4.5, 4.5),
    ("ink", "field", 4.5, 4.5),
    ("bad", "field", 3.0, 3.0),
    *[("ink-2", wash, 4.5, 4.5) for wash in WASHES],
    *[("accent", wash, 4.5, 4.5) for wash in WASHES],
]


def layers() -> list[tuple[str, str]]:
    """(name, content) of each layer block, in the order of the file."""
    found = []
    for match in re.finditer(r"@layer (\w+) \{", CSS):
        depth, at = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(CSS[at], 0)
            at += 1
        found.append((match.group(1), CSS[match.end() : at - 1]))
    return found


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r"([^{}]+)\{([^{}]*--paper:[^{}]*)\}", dict(layers())["tokens"])
    light = next(body for selector, body in blocks if selector.strip() == ":root")
    dark = next(body for selector, body in blocks if "color-scheme: dark" in body)

    def read(body: str) -> dict[str, str]:
        return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", body))

    return {"light": read(light), "dark": read(light) | read(dark)}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert ratio("#000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "light", "dark"), PAIRS)
def test_contrast(theme: str, front: str, back: str, light: float, dark: float) -> None:
    tokens = themes()[theme]
    least = light if theme == "light" else dark
    assert ratio(tokens[front], tokens[back]) >= least - 0.06


def test_both_themes_say_every_colour() -> None:
    found = themes()
    dark_block = next(b for b in re.findall(r"\{([^{}]*)\}", dict(layers())["tokens"]) if "scheme: dark" in b)
    assert set(re.findall(r"--([\w-]+):", dark_block)) == set(found["light"])


def test_layers_in_order() -> None:
    declared = re.search(r"@layer ([\w, ]+);", CSS)
    assert declared
    assert [name.strip() for name in declared.group(1).split(",")] == LAYERS
    assert [name for name, _ in layers()] == LAYERS
    outside = CSS.replace(declared.group(0), "")
    for name, content in layers():
        outside = outside.replace(f"@layer {name} {{{content}}}", "")
    assert outside.strip() == ""


def test_no_colour_outside_the_tokens() -> None:
    for name, content in layers():
        if name != "tokens":
            assert COLOUR.findall(content) == [], name


def test_no_ids_no_nesting_no_important_before_print() -> None:
    for name, content in layers():
        for selector in re.findall(r"([^{};]+)\{", content):
            assert "#" not in selector, selector
            assert "&" not in selector, selector
        if name != "print":
            assert "!important" not in content, name
    assert "color-mix" not in CSS
    assert "data:" not in CSS
    assert "@import" not in CSS
    assert "url(" not in CSS


def test_every_token_used_exists() -> None:
    told = set(re.findall(r"(--[\w-]+)\s*:", CSS))
    assert set(re.findall(r"var\((--[\w-]+)", CSS)) <= told


def test_focus_is_never_removed() -> None:
    assert ":focus-visible { outline: 3px solid var(--ink)" in CSS
    assert not re.search(r"outline:\s*(none|0)", CSS)


def test_nothing_is_smaller_than_thirteen_pixels() -> None:
    screen = CSS[: CSS.index("@layer print {")]
    for rem in re.findall(r"font(?:-size)?:[^;{}]*?(\d*\.?\d+)rem", screen):
        assert float(rem) >= 0.8125, rem


def test_breakpoints_are_in_rem() -> None:
    for query in re.findall(r"\((?:min|max)-width: ([^)]+)\)", CSS):
        assert query.endswith("rem"), query


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda p: p.name)
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"""\sstyle\s*=\s*["'{]""", text)
    assert not re.search(r"""\son[a-z]+\s*=\s*["']""", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    if path.match("emails/*.html"):
        return  # the HTML part of a mail has no stylesheet to point to
    assert "<style" not in text
    assert not re.search(r"""["'(]data:""", text)


def test_the_script_stays_within_the_policy() -> None:
    for forbidden in (
        "innerHTML",
        "eval(",
        "localStorage",
        "sessionStorage",
        "document.cookie",
        ".style",
        "http",
    ):
        assert forbidden not in SCRIPT, forbidden
    assert len(SCRIPT) < 8_000


def test_classes_of_the_components_are_in_the_stylesheet() -> None:
    styled = set(re.findall(r"\.(-?[a-zA-Z][\w-]*)", CSS))
    for path in (ROOT / "templates" / "components").glob("*.html"):
        text = re.sub(r"\{[{%#].*?[}%#]\}", " ", path.read_text(), flags=re.S)
        for value in re.findall(r'class="([^"]*)"', text):
            for name in value.split():
                if not name.endswith("-"):
                    assert name in styled, (path.name, name)


def test_the_files_are_small() -> None:
    assert len((ROOT / "static" / "consult.css").read_bytes()) < 60_000
    assert len((ROOT / "static" / "sprite.svg").read_bytes()) < 12_000

"""axe on a page. Every rule on every page, but colours once for each look: three quarters of what axe costs
is the contrast of text that looks like text it has already passed, on this page or on another."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"

_LOOK = """async ({tags, contrast, passed}) => {
  const told = (found) => found.violations.map((one) => ({
    id: one.id, help: one.help, targets: one.nodes.slice(0, 3).map((node) => node.target),
  }));
  const rules = {[contrast]: {enabled: passed === null}};
  const only = {type: "tag", values: tags};
  const wrong = told(await axe.run({runOnly: only, rules, resultTypes: ["violations"]}));
  if (passed === null) return {wrong, passed: []};

  // A look is all that the contrast of a text comes from: its own colour and size, and whatever lies behind
  // it in each element around it.
  const grounds = new Map([[null, ""]]), looks = new Map(), known = new Set(passed);
  for (const one of document.querySelectorAll("html, body, body *")) {
    const style = getComputedStyle(one);
    const ground = grounds.get(one.parentElement) + "/" + [
      style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.mixBlendMode,
    ].map((part) => part === "rgba(0, 0, 0, 0)" ? "" : part).join(";");
    grounds.set(one, ground);
    const look = [
      style.color, style.webkitTextFillColor, style.fontSize, style.fontWeight, style.textShadow, ground,
    ].join("|");
    if (!known.has(look)) looks.set(one, look);
  }
  if (!looks.size) return {wrong, passed: []};
  const found = await axe.run(
    {include: [...looks.keys()]},
    {runOnly: {type: "rule", values: [contrast]}, resultTypes: ["violations", "passes"], elementRef: true},
  );
  const good = found.passes.flatMap((one) => one.nodes).map((node) => looks.get(node.element));
  return {wrong: [...wrong, ...told(found)], passed: [...new Set(good.filter(Boolean))]};
}"""


@cache
def _script() -> str:
    return str(Axe().axe_script)


def violations(page: Page, passed: set[str], *, full: bool = FULL) -> list[str]:
    """What axe finds wrong on ``page``. ``passed``: looks of text whose contrast axe found good before; those
    of this page are added. A look that was never judged good is judged on every page; with ``full``, all are
    on all pages."""
    page.evaluate(_script())
    given: dict[str, Any] = {
        "tags": RULES, "contrast": CONTRAST, "passed": None if full else sorted(passed),
    }  # fmt: skip
    found = page.evaluate(_LOOK, given)
    passed.update(found["passed"])
    return [f"{one['id']}: {one['help']}: {one['targets']}" for one in found["wrong"]]

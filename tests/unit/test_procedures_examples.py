"""The worked dates of the reference, and our own of each kind of rule."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from consult.procedures import clock
from consult.procedures.clock import Disputed, Run
from consult.procedures.limit import SEVERAL_LEVELS, LimitState, Situation
from consult.procedures.loading import template
from consult.procedures.override import Override

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "clock_examples.json"
HERE: list[dict[str, Any]] = [
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-01-31"}, "ask": "limit_expiry",
     "expect": "2027-03-01", "reading": "28 February is a Sunday"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-02-15"},
     "ask": "limit_expiry", "expect": "2027-04-01", "reading": "two months with an expert"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-03-02"},
     "ask": "limit_expiry", "expect": "2027-03-01", "reading": "appointed a day too late"},
    {"template": "fr-cse", "ask": "limit_expiry", "expect": "2027-04-06", "reading": "five suspended days",
     "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-02-15",
               "expert_challenge_filed": "2027-02-20", "judgment_notified": "2027-02-25"}},
    {"template": "fr-cse", "ask": "limit_expiry", "expect": {"state": "suspended"}, "reading": "not judged",
     "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-02-15",
               "expert_challenge_filed": "2027-02-20", "today": "2027-06-01"}},
    {"template": "fr-cse", "ask": "limit_expiry", "expect": "2027-05-03", "reading": "two levels, an expert",
     "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-02-15",
               "levels": SEVERAL_LEVELS}},
    {"template": "fr-cse", "ask": "establishment_opinion", "expect": "2027-04-26", "reading": "seven days",
     "facts": {"info_transmitted": "2027-02-01", "expert_appointed": "2027-02-15",
               "levels": SEVERAL_LEVELS}},
    {"template": "fr-cse", "ask": "limit_expiry",
     "facts": {"info_transmitted": {"claimed": "2027-02-01", "contested": "2027-02-08"}},
     "expect": {"claimed": "2027-03-01", "contested": "2027-03-08"},
     "reading": "both readings"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01", "today": "2027-03-01"},
     "ask": "expiry_state", "expect": {"state": "running"}, "reading": "the last day runs to midnight"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01", "today": "2027-03-02"},
     "ask": "expiry_state", "expect": {"state": "deemed_negative_opinion"}, "reading": "then negative"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01"}, "overrides": {"limit": "P20D"},
     "ask": "limit_expiry", "expect": "2027-02-22", "reading": "an agreement: the 21st is a Sunday"},
    {"template": "fr-cse", "facts": {"info_transmitted": "2027-02-01", "judge_extends_to": "2027-04-10"},
     "ask": "limit_expiry", "expect": "2027-04-10", "reading": "the judge’s day is not moved"},
    {"template": "fr-cse", "facts": {"meeting": "2027-02-15"}, "ask": "agenda_sent", "expect": "2027-02-12",
     "reading": "counted backwards, never moved"},
    {"template": "fr-cse", "facts": {"meeting": "2027-02-15", "next_meeting": "2027-02-20"},
     "ask": "minutes", "expect": "2027-02-20", "reading": "before the next meeting"},
    {"template": "fr-cse-11-49", "facts": {"meeting": "2027-02-15"}, "ask": "written_answers",
     "expect": "2027-02-22", "reading": "six working days, Saturday counts"},
    {"template": "be-cct39", "facts": {"implementation_start": "2027-05-31"}, "ask": "written_information",
     "expect": "2027-02-28", "reading": "three months back: no 31 February"},
    {"template": "generic", "facts": {"notice_published": "2027-02-01"}, "ask": "opinion",
     "expect": "2027-03-03", "reading": "thirty days"},
]  # fmt: skip


def _day(value: Any) -> date | Disputed:
    if isinstance(value, dict):
        return Disputed(date.fromisoformat(value["claimed"]), date.fromisoformat(value["contested"]))
    return date.fromisoformat(value)


def computed(example: dict[str, Any]) -> Run:
    """What the clock makes of an example. An expert’s step asked alone supposes an expert; the days of a
    Canadian agreement are those of the group whose number is known."""
    facts = dict(example["facts"])
    on = date.fromisoformat(facts.pop("today", "2027-12-31"))
    overrides = dict(example.get("overrides", {}))
    overrides.pop("reason", None)
    if judge := facts.pop("judge_extends_to", None):
        overrides["limit"] = judge
    levels = facts.pop("levels", "one")
    variant = "ca-fps-pa" if example["template"] == "ca-fps-tech-change" else ""
    if example["ask"] == "expert_challenge":
        variant = "fr-cse-2m-expert"
    return clock.run(
        template(example["template"]),
        {key: _day(value) for key, value in facts.items()},
        on=on,
        situation=Situation(levels=levels, variant=variant),
        overrides={key: Override.parse(key, value) for key, value in overrides.items()},
    )


def answer(example: dict[str, Any]) -> Any:
    run = computed(example)
    if example["ask"] == "expiry_state":
        over = run.limit.state is LimitState.EXPIRED
        return {"state": run.template.expiry.state if over else run.limit.state.value}
    if example["ask"] != "limit_expiry":
        step = run.step(example["ask"])
        return str(step.due_on) if step is not None else None
    if run.limit.state is LimitState.SUSPENDED:
        return {"state": "suspended"}
    if run.limit.is_contested:
        return {"claimed": str(run.limit.expires_on), "contested": str(run.limit.contested_expires_on)}
    return str(run.limit.expires_on)


@pytest.mark.parametrize("example", HERE, ids=[one["reading"] for one in HERE])
def test_our_worked_dates(example: dict[str, Any]) -> None:
    assert answer(example) == example["expect"]


def reference() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(SHARED.read_text()) if SHARED.exists() else []
    return found


@pytest.mark.skipif(not SHARED.exists(), reason="The worked dates are not there: ../shared/reference.")
def test_every_worked_date_of_the_reference() -> None:
    wrong = {one["reading"]: answer(one) for one in reference() if answer(one) != one["expect"]}
    assert len(reference()) == 29 and wrong == {}


DOCS = Path(__file__).resolve().parents[2] / "docs" / "procedures.md"


def documented() -> list[dict[str, Any]]:
    """The rows of the table in docs/procedures.md, as examples."""
    found = []
    for line in DOCS.read_text().partition("## Worked dates")[2].splitlines():
        cells = [one.strip().strip("`") for one in line.strip("|").split("|")]
        if len(cells) == 6 and "=" in cells[1]:
            facts = dict(one.split("=") for one in cells[1].split("; "))
            agreed = {key[7:]: facts.pop(key) for key in list(facts) if key.startswith("agreed ")}
            found.append({
                "template": cells[0], "facts": {key: _told(one) for key, one in facts.items()},
                "overrides": agreed, "ask": cells[2], "expect": _told(cells[3]), "reading": cells[5],
            })  # fmt: skip
    return found


def _told(text: str) -> Any:
    if " contested " in text:
        return dict(zip(("claimed", "contested"), text.split(" contested "), strict=True))
    return text if "-" in text or text == SEVERAL_LEVELS else {"state": text}


def test_the_page_of_worked_dates_says_what_the_clock_says() -> None:
    rows = documented()
    assert len(rows) == 29
    assert {one["reading"]: answer(one) for one in rows if answer(one) != one["expect"]} == {}

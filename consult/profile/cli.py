"""``consult init`` answers the same questions as the pages of the set-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from consult.core.errors import Refused
from consult.core.localized import Localized
from consult.people import queries, settling
from consult.people.regimes import Reach, Regime
from consult.people.rules import BodyKind, Languages

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS: Sequence[tuple[tuple[str, ...], dict[str, Any]]] = (
    (("--regime",), {"type": click.Choice([one.value for one in Regime]),
                     "help": "country and kind of employer, closer than --country"}),
    (("--site", "sites"), {"multiple": True, "metavar": "NAME=HEADCOUNT", "help": "a site; may be repeated"}),
    (("--body", "bodies"), {"multiple": True, "metavar": "KIND:NAME=HEADCOUNT",
                            "help": "a body, such as “cse:CSE d’Orvalie=430”; may be repeated"}),
    (("--no-body", "no_body"), {"is_flag": True, "help": "there is no body of representatives"}),
    (("--reach",), {"type": click.Choice([one.value for one in Reach]), "help": "who has an e-mail at work"}),
    (("--alert-channel", "alert"), {"multiple": True, "metavar": "LANGUAGE=TEXT",
                                    "help": "where one reports, in fr or en; may be repeated"}),
    (("--emergency",), {"multiple": True, "metavar": "NUMBER=FRENCH/ENGLISH",
                        "help": "a number to call and what for; may be repeated"}),
    (("--keyholders",), {"type": click.IntRange(2, 9), "help": "how many keyholders a body names"}),
    (("--readers",), {"type": click.Choice(["employees", "public"]),
                      "help": "who may read; public: everyone, on the open web"}),
    (("--reason",), {"default": "", "help": "why, once the set-up is complete and a rule changes"}),
)  # fmt: skip


def options(command: F) -> F:
    """The options of the set-up, in the order of its questions."""
    for names, more in reversed(_OPTIONS):
        command = click.option(*names, **more)(command)
    return command


def apply(session: Session, *, languages: str | None, country: str, on: date, **given: Any) -> None:
    """What was given, and no more. Raises `Refused`."""
    told: dict[str, Any] = {"on": on, "actor": None, "reason": given["reason"]}
    if given["regime"] is not None:
        settling.set_regime(session, Regime(given["regime"]), elsewhere=country, **told)
    if given["sites"]:
        settling.set_sites(session, [_named(one, "--site") for one in given["sites"]], **told)
    _bodies(session, given["bodies"], given["no_body"], told)
    if languages is not None:
        settling.set_languages(session, Languages(languages), **told)
    if given["reach"] is not None:
        settling.set_reach(session, Reach(given["reach"]), **told)
    _alert(session, given["alert"], given["emergency"], told)
    if given["keyholders"] is not None:
        settling.set_keyholders(session, given["keyholders"], **told)
    if given["readers"] is not None:
        settling.set_readers(session, is_public=given["readers"] == "public", **told)


def _bodies(session: Session, bodies: Sequence[str], no_body: bool, told: dict[str, Any]) -> None:
    found = []
    for one in bodies:
        kind, _colon, rest = one.partition(":")
        if kind not in set(BodyKind):
            raise Refused(f"--body {one}: begin with one of {', '.join(BodyKind)}, then a colon.")
        found.append((BodyKind(kind), *_named(rest, "--body")))
    if found and no_body:
        raise Refused("--body and --no-body exclude each other.")
    if found or no_body:
        settling.set_bodies(session, found, **told)


def _named(typed: str, option: str) -> tuple[str, int]:
    name, _equals, count = typed.rpartition("=")
    if not name.strip() or not count.strip().isdecimal():
        raise Refused(f"{option} {typed}: write NAME=HEADCOUNT, such as Nantes=260.")
    return name.strip(), int(count)


def _alert(session: Session, alert: Sequence[str], emergency: Sequence[str], told: dict[str, Any]) -> None:
    if not alert and not emergency:
        return
    found = queries.organisation(session)
    assert found is not None, "made before"
    texts = dict(found.alert_channel.texts if found.alert_channel else {})
    for one in alert:
        language, _equals, text = one.partition("=")
        if language not in {"fr", "en"} or not text.strip():
            raise Refused(f"--alert-channel {one}: write fr=… or en=….")
        texts[language] = text.strip()
    numbers: list[dict[str, Any]] = []
    for one in emergency:
        number, _equals, label = one.partition("=")
        french, _slash, english = label.partition("/")
        if not number.strip() or not french.strip():
            raise Refused(f"--emergency {one}: write NUMBER=FRENCH/ENGLISH, such as 15=Urgence/Emergency.")
        label_en = english.strip() or french.strip()
        numbers.append({"label": {"fr": french.strip(), "en": label_en}, "number": number.strip()})
    channel = Localized.of(fr=texts.get("fr", ""), en=texts.get("en", ""))
    settling.set_alert(session, channel, numbers or list(found.emergency), **told)

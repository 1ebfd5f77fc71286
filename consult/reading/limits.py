"""What is not stored beside a message, and the limits the product admits: docs/anonymity.md in plain words.
Tests hold the first against the schema and the second against the page, in both languages."""

from __future__ import annotations

from typing import Any

from consult.core.i18n import _l

NOT_STORED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_l("No name, no account, no e-mail address."), ("account", "author", "user", "email", "name", "person")),
    (_l("No network address, no browser, no device."), ("ip", "address", "agent", "device", "browser")),
    (_l("No page you came from, no session, no cookie."), ("referrer", "referer", "session", "cookie")),
    (_l("No hour, and no date but the day of a release."), ("created", "arrived", "time", "at", "stamp")),
    (
        _l("No number that follows another: nothing tells who was first."),
        ("sequence", "position", "number", "serial"),
    ),
    (_l("No draft, and no note that you read or came back."), ("draft", "read", "seen", "visited")),
)
"""A claim, and the words no column of `STRICT` may be named by."""

STRICT = ("spent", "waiting", "batch", "voice")
"""The tables in which a message, or the right it used, lies."""

LIMITS: tuple[Any, ...] = (
    _l(
        "Whoever changes the program while it runs can read what you type and who you are. Nothing we "
        "build prevents that, and only someone outside the company who checks the server could notice."
    ),
    _l(
        "On a work computer or on the company’s network, the company can see that you came, when, how "
        "much you sent, that you came back to read an answer, and sometimes the text itself. Use your own"
        " phone on its own connection."
    ),
    _l(
        "If a representative hands their passphrase or recovery code to someone who kept hourly copies of"
        " the server, the hour at which each text arrived becomes known, and with the network’s log "
        "perhaps its author."
    ),
    _l(
        "Erasing the key does not reach copies already made: until the last backup of that time has been "
        "destroyed, an old copy and a keyholder’s passphrase still open the texts."
    ),
    _l(
        "Disks and database journals may keep remnants that no program can wipe."
    ),
    _l(
        "An invitation by company e-mail can be read, and used in your place, by whoever runs the e-mail."
        " A paper slip drawn at random cannot."
    ),
    _l(
        "The server could invent passes, or throw a message away before anyone saw it. Representatives "
        "can compare numbers; they cannot prove that neither happened."
    ),
    _l(
        "A used slip or pass that you keep shows that you spoke. Destroy it."
    ),
    _l(
        "Your browser remembers that you visited and, without JavaScript, may keep a copy of the page you"
        " reviewed. Use a private window."
    ),
    _l(
        "You are hidden among those whose messages left in the same release, not among everyone: at least"
        " ten people, or five where your site agreed so."
    ),
    _l(
        "Where a letterbox is open to all, nobody can tell one person from many: numbers are indicative, "
        "and a batch counts messages, not people."
    ),
    _l(
        "Your style, a detail, or a thing only you know can betray you. The check before sending helps; "
        "it does not protect."
    ),
    _l(
        "Representatives read your original text and may recognise you. They are bound by their word, not"
        " by the software."
    ),
    _l(
        "Nobody may ask you for your pass, slip or receipt. The software cannot stop them from asking."
    ),
    _l(
        "Where fewer people wrote than a release must mix, your text reaches the representatives but is "
        "not quoted."
    ),
    _l(
        "Someone who got hold of two slips, or of a slip and an invitation, counts as two people. Where "
        "both are used, batches are twice as large for that reason."
    ),
)  # fmt: skip

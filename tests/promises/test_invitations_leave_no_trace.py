"""The list of people invited is nowhere once it was mailed (adversary 15), and nothing of issuing recognises
a right that is used (adversary 19)."""

from __future__ import annotations

import io
import logging
import os
import tempfile
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gmpy2
import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from flask import Flask
from sqlalchemy import insert, inspect, select, text

from consult.anonymity import blind, rights
from consult.core import clock
from consult.passes import inviting
from consult.passes.models import Claim
from consult.passes.services import keep_keys
from consult.people.models import Account
from consult.voices import services
from consult.voices.models import Letterbox, Spent
from consult.voices.rules import Channels
from tests.client import PageClient
from tests.conftest import Instance, People
from tests.inviting import Browser, letterbox, post_office, quick_keys
from tests.letterboxes import OPENS, lane_keys_of_tests, open_box

Work = Callable[..., Any]
NAMES = ("zebulon.quartz", "yolande.opale", "xavier.onyx")


def everything_under(*folders: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and os.access(path, os.R_OK)
    }


def tables(session: Any) -> dict[str, list[str]]:
    names = inspect(session.connection()).get_table_names()
    found = {name: session.execute(text(f'SELECT * FROM "{name}"')) for name in names if "search" not in name}
    return {name: sorted(repr(tuple(row)) for row in rows) for name, rows in found.items()}


def test_no_address_and_no_code_lies_anywhere_once_mailed(
    instance: Instance, app: Flask, work: Work, people: People, as_: Callable[[Account], PageClient],
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Pasted, from a file, interrupted and refused: while it runs as well as afterwards."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    with quick_keys(monkeypatch):
        box = letterbox(work, people)
    client, address = as_(people.rep1), f"/workspace/fr/letterboxes/{box.address}/invitations"
    filler = "".join(f"{number:06d}.personne.au.nom.assez.long@zebra.example\n" for number in range(4500))
    lines = filler + "".join(f"{name}@zebra.example;fr\n" for name in NAMES)
    client.submit(client.get(address), {"lines": lines + "Zebulon Quartz\n"}, status=400)
    page = client.submit(client.get(address), {"file": (io.BytesIO(lines.encode()), "liste.txt")}, status=200)
    assert NAMES[0] in page.response.get_data(as_text=True), "the page carries it back to the browser"
    seen_meanwhile: list[bool] = []
    some = "\n".join(f"{name}@zebra.example;fr" for name in ("nobody", *NAMES))
    page = client.submit(client.get(address), {"lines": some}, status=200)
    with post_office(app, monkeypatch, gives_up_after=2) as office:
        form = dict(page.form("/send").form_values())
        answer = client.http.post(page.form("/send").get("action"), data=form, buffered=False)
        for _chunk in answer.iter_encoded():
            files = everything_under(instance.folder, tmp_path)
            seen_meanwhile.append(any(b"zebra.example" in content for content in files.values()))
        answer.close()
        codes = [office.links(one)[0][2] for one in office.mails]
    assert len(codes) == 2 and seen_meanwhile and not any(seen_meanwhile)
    assert answer.headers["Cache-Control"] == "no-store"
    with work() as session:
        kept = [row for rows in tables(session).values() for row in rows]
    said = "\n".join(
        one.getMessage() + (one.exc_text or "") for one in caplog.records if not one.name.startswith("mail")
    )
    files = everything_under(instance.folder, tmp_path)
    assert instance.database_file in files
    for secret in ("zebra.example", *NAMES, *codes, *(one[:12] for one in codes)):
        assert not [path for path, content in files.items() if secret.encode() in content], secret
        assert secret not in "\n".join(kept) and secret not in said, secret


# ── issuing and spending ───────────────────────────────────────────────────────


def other_owner(lane: str, browser: Browser, prepared: bytes, signature: bytes) -> bytes:
    """The blinding under which this browser's request would have been for that other pass: it always exists,
    and whoever has the private key finds it. Nothing tells it from the one that was drawn."""
    key = load_der_private_key(lane_keys_of_tests()[lane].private, None)
    n, e = key.public_key().public_numbers().n, key.public_key().public_numbers().e  # type: ignore[union-attr]
    d = key.private_numbers().d  # type: ignore[union-attr]
    request = int.from_bytes(browser.drawn[lane][1].request, "big")
    encoded = int(gmpy2.powmod(int.from_bytes(signature, "big"), e, n))
    factor = gmpy2.powmod(request * gmpy2.invert(encoded, n) % n, d, n)
    return int(gmpy2.invert(factor, n)).to_bytes(256, "big")


def test_every_claim_fits_every_pass_that_was_used(app: Flask, work: Work) -> None:
    """Whoever holds all that the server was sent, all it answered and its private keys: each request goes
    with each pass, and the signature that comes out is the same to the byte."""
    box = open_invitations(work)
    codes = inviting.new_codes(3)
    invite(work, box.id, codes)
    browsers = [Browser(app, box.address, code) for code in codes]
    answers = [one.press() for one in browsers]
    lane = "speak-1"
    tokens = [one.tokens(answer)[lane] for one, answer in zip(browsers, answers, strict=True)]
    public = lane_keys_of_tests()[lane].public
    for browser, answer in zip(browsers, answers, strict=True):
        for token in tokens:
            found = rights.read(token)
            assert isinstance(found, rights.Pass)
            inverse = other_owner(lane, browser, found.prepared, found.signature)
            signed = b64decode(answer.json["signatures"][lane])
            assert blind.finalize(public, found.prepared, signed, inverse) == found.signature


def test_swapped_owners_leave_the_same_rows_files_and_logs(
    instance: Instance, app: Flask, work: Work, caplog: pytest.LogCaptureFixture
) -> None:
    """The same requests and the same passes, once used by those who claimed them and once by the others: what
    lies on the disk afterwards is the same."""
    caplog.set_level(logging.DEBUG)
    codes, drawn = inviting.new_codes(2), {}
    worlds = []
    fixed = bytes(16)
    for order in ((0, 1), (1, 0)):
        instance.reset()
        caplog.clear()
        box = open_invitations(work, fixed)
        invite(work, box.id, codes)
        tokens = []
        for code in codes:
            browser = Browser(app, box.address, code)
            browser.drawn = drawn.setdefault(code, browser.drawn)
            tokens.append(browser.tokens(browser.press()))
        for owner in order:
            box.speak("Un texte.", right=tokens[owner]["speak-1"], on=OPENS)
        with work() as session:
            claims = sorted(map(tuple, session.execute(select(Claim.code_hash, Claim.blinded_hash))))
            spent = sorted(session.scalars(select(Spent.hash)))
            rest = {name: rows for name, rows in tables(session).items() if name not in NEW_EACH_TIME}
        said = [one.getMessage() for one in caplog.records if one.name == "consult"]
        files = {path.name: None for path in everything_under(instance.folder)}
        worlds.append((claims, spent, rest, said, files))
        assert len(claims) == 2 and len(spent) == 2 and all(blinded for _code, blinded in claims)
        assert no_common_run(claims, spent, [token for one in tokens for token in one.values()])
    assert worlds[0] == worlds[1]


NEW_EACH_TIME = {"waiting", "letterbox", "spent", "claim"}
"""Random ids and sealed boxes: their number and sizes are compared elsewhere."""


def no_common_run(claims: list[Any], spent: list[bytes], tokens: list[str]) -> bool:
    """No eight bytes of what issuing keeps occur in what spending keeps, or in a pass."""
    issued = [one for row in claims for one in row]
    used = [*spent, *(b64decode(token.partition(".")[2] + "=", altchars=b"-_") for token in tokens)]
    runs = {one[at : at + 8] for one in issued for at in range(len(one) - 7)}
    return not any(one[at : at + 8] in runs for one in used for at in range(len(one) - 7))


def open_invitations(work: Work, letterbox_id: bytes | None = None) -> Any:
    keys = lane_keys_of_tests()
    real = services.random_id
    if letterbox_id is not None:
        services.random_id = lambda: letterbox_id
    try:
        box = open_box(work, channels=Channels.INVITATIONS)
    finally:
        services.random_id = real
    with work() as session:
        found = session.get_one(Letterbox, box.id)
        found.claims_open_on, found.opens_on = clock.today(), OPENS
        if found.claims_open_on >= OPENS:
            found.claims_open_on = OPENS.replace(day=1)
        keep_keys(session, found, keys)
    return box


def invite(work: Work, letterbox_id: bytes, codes: list[str]) -> None:
    with work() as session:
        hashes = sorted(inviting.code_hash(letterbox_id, one) for one in codes)
        rows = [{"code_hash": one, "letterbox_id": letterbox_id, "blinded_hash": None} for one in hashes]
        session.execute(insert(Claim), rows)

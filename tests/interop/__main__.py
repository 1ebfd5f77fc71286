"""Runs both directions live, and records them: ``python -m tests.interop [--record]``."""

from __future__ import annotations

import json
import secrets
import sys

from consult.anonymity import blind
from consult.anonymity.blind import KeyPair
from consult.anonymity.rights import MESSAGE_SIZE
from tests.interop import RECORDED, theirs

ROUNDS = 3
WITH = "@cloudflare/blindrsa-ts 0.4.4 (npm) on node 20"


def their_client(pair: KeyPair) -> dict[str, bytes]:
    """They blind, we sign, they take the blinding off, we verify."""
    asked = theirs("blind", public=pair.public, message=secrets.token_bytes(MESSAGE_SIZE))
    asked["blind_signature"] = blind.sign(pair.private, asked["request"])
    asked |= theirs("finalize", public=pair.public, **asked)
    assert blind.verify(pair.public, asked["prepared"], asked["signature"])
    return asked


def their_signer(pair: KeyPair) -> dict[str, bytes]:
    """We blind, they sign, we take the blinding off, they verify."""
    prepared, salt = blind.prepare(secrets.token_bytes(MESSAGE_SIZE)), secrets.token_bytes(48)
    asked = blind.blind_with(pair.public, prepared, salt, blind.blind(pair.public, prepared).inverse)
    answer = theirs("sign", private=pair.private, request=asked.request)["blind_signature"]
    signature = blind.finalize(pair.public, prepared, answer, asked.inverse)
    valid = theirs("verify", public=pair.public, prepared=prepared, signature=signature)["valid"]
    assert valid == b"\x01"
    return {
        "prepared": prepared, "salt": salt, "request": asked.request, "inverse": asked.inverse,
        "blind_signature": answer, "signature": signature,
    }  # fmt: skip


def hexed(values: dict[str, bytes]) -> dict[str, str]:
    return {name: value.hex() for name, value in values.items()}


def both() -> dict[str, object]:
    """A key pair and some rounds of each direction, numbers in hexadecimal."""
    ours, other = blind.generate(), theirs("generate")
    return {
        "with": WITH,
        "their_client": {
            "public": ours.public.hex(),
            "private": ours.private.hex(),
            "rounds": [hexed(their_client(ours)) for _ in range(ROUNDS)],
        },
        "their_signer": {
            **hexed(other),
            "rounds": [hexed(their_signer(KeyPair(**other))) for _ in range(ROUNDS)],
        },
    }


if __name__ == "__main__":
    found = both()
    if "--record" in sys.argv:
        RECORDED.write_text(json.dumps(found, indent=1) + "\n")
    print("Both directions agree.")

"""Rights to speak are random secrets; the server keeps one hash of each.

Two kinds come typed or pasted into one field. A *slip* is a code on paper, good once in each lane. A
*pass* is good in one lane: a message that the letterbox signed blindly, as a token of 427 characters
behind the lane's name::

    <lane>.<base64url without padding of prefix (32) ‖ message (32) ‖ signature (256)>

``prefix ‖ message`` is what was signed (RFC 9474, section 4.1: the random prefix keeps the signer from
learning the message even if the client chose it badly), ``message`` alone is what is spent."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from consult.anonymity import crockford
from consult.anonymity.crockford import BadCode

LETTERBOX_ID_SIZE: Final = 16
MIN_SECRET_SIZE: Final = 10
"""Bytes: 77 random bits are the least that needs no key on the server's side."""
SLIP_LENGTH: Final = 16
"""Characters of a slip without its check: 80 bits."""
PREFIX_SIZE: Final = 32
MESSAGE_SIZE: Final = 32
PREPARED_SIZE: Final = PREFIX_SIZE + MESSAGE_SIZE
SIGNATURE_SIZE: Final = 256
MAX_TYPED: Final = 2000
"""Characters. A pass has 440 at most; the rest is room for line breaks of a mail program."""
_LANE: Final = "speak-[1-8]|pulse|support"
_TOKEN: Final = re.compile(rf"({_LANE})\.([A-Za-z0-9_-]{{427}})", re.ASCII)


class BadRight(Exception):
    """Neither a slip nor a pass. Says no more: what was typed may be somebody's right but for a letter."""


def right_hash(purpose: str, letterbox_id: bytes, secret: bytes) -> bytes:
    """SHA-256("consult/<purpose>" ‖ 0x00 ‖ letterbox id ‖ secret): 32 bytes.

    ``purpose`` is a short ASCII label such as ``speak-1``; it and the letterbox separate the hashes,
    so that a right of one lane or letterbox is worth nothing in another. The letterbox id has 16
    bytes, so that it and the secret cannot run into each other.
    Raises `ValueError` on another length, a secret under 10 bytes or an unfit purpose."""
    if not purpose or not purpose.isascii() or not purpose.isprintable():
        raise ValueError("a purpose is printable ASCII")
    if len(letterbox_id) != LETTERBOX_ID_SIZE:
        raise ValueError(f"a letterbox id has {LETTERBOX_ID_SIZE} bytes")
    if len(secret) < MIN_SECRET_SIZE:
        raise ValueError("a right needs at least 77 random bits")
    return sha256(b"consult/" + purpose.encode() + b"\x00" + letterbox_id + secret).digest()


@dataclass(frozen=True, slots=True)
class Slip:
    """A code from paper: 16 Crockford characters, its check already taken off. It opens every lane."""

    code: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.code) != SLIP_LENGTH or not set(self.code) <= set(crockford.ALPHABET):
            raise ValueError(f"a slip has {SLIP_LENGTH} characters")

    def hash(self, letterbox_id: bytes, lane: str) -> bytes:
        """The 32 bytes kept for this slip in one lane. Raises `ValueError` on an unfit id or lane."""
        return right_hash(f"slip-{lane}", letterbox_id, self.code.encode())


@dataclass(frozen=True, slots=True)
class Pass:
    """A token for one lane. Nothing is verified here: `consult.anonymity.blind.verify` asks whether
    ``signature`` (256 bytes) signs ``prepared`` (64 bytes) under the lane's key of the letterbox."""

    lane: str
    prepared: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(_LANE, self.lane):
            raise ValueError("not a lane")
        if len(self.prepared) != PREPARED_SIZE or len(self.signature) != SIGNATURE_SIZE:
            raise ValueError("a pass carries 64 prepared bytes and a signature of 256")

    @property
    def message(self) -> bytes:
        """The 32 random bytes that are spent."""
        return self.prepared[PREFIX_SIZE:]

    @property
    def token(self) -> str:
        """As it is kept and pasted."""
        return f"{self.lane}.{urlsafe_b64encode(self.prepared + self.signature).rstrip(b'=').decode()}"

    def hash(self, letterbox_id: bytes) -> bytes:
        """The 32 bytes kept once it is used. Raises `ValueError` on an unfit letterbox id."""
        return right_hash(f"pass-{self.lane}", letterbox_id, self.message)


def read(typed: str) -> Slip | Pass:
    """What was typed or pasted: a slip with any spaces, hyphens and small letters, I and L for 1 and O
    for 0; a pass with blanks around it or line breaks within.

    Raises `BadRight`, always the same, without the input."""
    if len(typed) > MAX_TYPED:
        raise BadRight
    compact = "".join(typed.split())
    if token := _TOKEN.fullmatch(compact):
        return _pass(token[1], token[2])
    try:
        return Slip(crockford.normalise(compact, SLIP_LENGTH))
    except BadCode:
        raise BadRight from None


def _pass(lane: str, encoded: str) -> Pass:
    content = urlsafe_b64decode(encoded + "=")
    found = Pass(lane, content[:PREPARED_SIZE], content[PREPARED_SIZE:])
    if found.token != f"{lane}.{encoded}":  # spare bits set: one right has one spelling
        raise BadRight
    return found

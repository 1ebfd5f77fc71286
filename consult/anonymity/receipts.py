"""Receipts: the six words with which an author comes back to read an answer, and what follows from them.

The server keeps nothing of a receipt. From the words and the letterbox everyone can compute, and nobody
without the words::

    master  = Argon2id(normalised words, salt = letterbox id, 19 MiB, 2 passes, 1 thread)   RFC 9106
    lookup  = BLAKE2b-256(master, person = "consult/lookup")                                 RFC 7693
    private = BLAKE2b-256(master, person = "consult/private")      X25519, RFC 7748; public from it

Lookup id and public key travel inside the sealed text. The 77.5 bits of the words do the work; the cost
of a guess only makes the stolen disk absurd."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from nacl.pwhash import argon2id

from consult.anonymity.rights import LETTERBOX_ID_SIZE, right_hash
from consult.anonymity.sealing import KEY_SIZE, CannotOpen, open_sealed, public_of, seal
from consult.anonymity.words import COUNT, normalise, word_list
from consult.anonymity.wrapping import Cost

LOOKUP_SIZE: Final = 32
REPLY_ID_SIZE: Final = 16
COST: Final = Cost(memory_kib=19 * 1024, passes=2)
"""14 ms a guess; a server tries one at a time."""
_WRITE_BACK: Final = "write-back"


class BadReceipt(Exception):
    """What was typed is no receipt. Found without the server's state, before anything is computed or
    looked up: it says nothing about which receipts exist."""


class WrongCount(BadReceipt):
    """``count`` words instead of six."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} words instead of {COUNT}")
        self.count = count


class TooFewWords(WrongCount):
    """Also nothing at all."""


class TooManyWords(WrongCount):
    """A word twice, or the sentence around them."""


class UnknownWord(BadReceipt):
    """The word at ``position`` (1 to 6) stands in neither list. The word itself is not repeated: it is
    a secret with a slip of the pen."""

    def __init__(self, position: int) -> None:
        super().__init__(f"word {position} is in no list")
        self.position = position


@dataclass(frozen=True, slots=True)
class Receipt:
    """What six words open in one letterbox: 32 bytes each. Nothing of it shows in ``repr``: the lookup
    id too must be in no file before the first reply."""

    lookup: bytes = field(repr=False)
    private: bytes = field(repr=False)
    public: bytes = field(repr=False)


def read(typed: str) -> str:
    """Six words as they are hashed: small, without accents, one space between them. The language of the
    page does not matter: a word may be of either list.

    Raises `TooFewWords`, `TooManyWords`, `UnknownWord` (the first one unknown)."""
    words = split(typed)
    if len(words) < COUNT:
        raise TooFewWords(len(words))
    if len(words) > COUNT:
        raise TooManyWords(len(words))
    for position, word in enumerate(words, start=1):
        if word not in _known():
            raise UnknownWord(position)
    return " ".join(words)


def derive(words: str, letterbox_id: bytes, cost: Cost = COST) -> Receipt:
    """The receipt of six words in one letterbox (id: 16 bytes).

    Raises as `read` does; `ValueError` on another length of the id."""
    if len(letterbox_id) != LETTERBOX_ID_SIZE:
        raise ValueError(f"a letterbox id has {LETTERBOX_ID_SIZE} bytes")
    secret = read(words).encode()
    master = argon2id.kdf(KEY_SIZE, secret, letterbox_id, cost.passes, cost.memory_kib * 1024)
    private = _labelled(master, b"consult/private", KEY_SIZE)
    return Receipt(_labelled(master, b"consult/lookup", LOOKUP_SIZE), private, public_of(private))


def write_back_right(receipt: Receipt, letterbox_id: bytes, reply_id: bytes) -> bytes:
    """The hash (32 bytes) that is spent when an author answers one reply (id: 16 bytes).

    It hashes the private key and not the lookup id, which lies beside the reply: otherwise whoever holds
    the disk could compute it for every reply and see in the journal when each author wrote back.
    Raises `ValueError` on other lengths."""
    if len(reply_id) != REPLY_ID_SIZE:
        raise ValueError(f"a reply id has {REPLY_ID_SIZE} bytes")
    return right_hash(_WRITE_BACK, letterbox_id, receipt.private + reply_id)


def seal_reply(public: bytes, text: str) -> bytes:
    """A reply for the author: at most 4,095 bytes of UTF-8 → 4,144 bytes, the size of a message.

    Raises `TooLong`; `ValueError` when ``public``, which came out of a message, is no public key."""
    return seal(public, text.encode())


def open_reply(receipt: Receipt, sealed: bytes) -> str:
    """Takes `seal_reply` back. Raises `CannotOpen`."""
    try:
        return open_sealed(receipt.private, sealed).decode()
    except UnicodeDecodeError:
        raise CannotOpen from None


def contains(text: str, words: str) -> bool:
    """Whether a text gives a receipt away. Capitals, accents, punctuation, line ends do not matter.

    It does when all words but at most one stand in it, in whatever order, numbered or one a line: a
    single word more is found in 7,776 tries. By chance that happens to one text of 600 different words
    in sixty thousand. It does too when the words stand in it run together."""
    wanted, plain = split(words), normalise(text)
    if not wanted:
        return False
    spaced = f" {plain} "
    found = sum(f" {word} " in spaced for word in set(wanted))
    if found >= max(1, len(set(wanted)) - 1):
        return True
    return "".join(wanted).replace(" ", "") in plain.replace(" ", "")


def split(typed: str) -> list[str]:
    """The words of what was typed, normalised. The four of the lists that have two parts ("yo-yo") count
    as one, whatever stands between these."""
    parts = normalise(typed).split()
    words: list[str] = []
    while parts:
        pair = " ".join(parts[:2])
        size = 2 if len(parts) > 1 and pair in _known() else 1
        words.append(" ".join(parts[:size]))
        del parts[:size]
    return words


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(normalise(word) for locale in ("fr", "en") for word in word_list(locale))


def _labelled(master: bytes, label: bytes, size: int) -> bytes:
    return blake2b(master, digest_size=size, person=label).digest()

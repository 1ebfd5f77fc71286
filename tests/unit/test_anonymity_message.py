"""Messages that ask for a thread or answer a reply, and the page that counts along."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.anonymity.message import (
    ANSWERS_ROOM,
    LANGUAGES,
    MAX_ENCODED,
    THREAD_ROOM,
    Kind,
    Malformed,
    Message,
    Thread,
    Topic,
    fits,
    room,
)

SCRIPT = Path(__file__).parents[2] / "static" / "consult.js"
values = st.binary(min_size=32, max_size=32)
threads = st.none() | st.builds(Thread, values, values)
replies = st.none() | st.binary(min_size=16, max_size=16)
messages = st.builds(
    Message,
    st.sampled_from(Kind),
    st.lists(st.sampled_from(Topic)).map(tuple),
    st.sampled_from(LANGUAGES),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200),
    threads,
    replies,
)
THREAD = Thread(bytes(range(32)), bytes(range(32, 64)))
PLAIN = Message(Kind.WORRY, (Topic.SKILLS,), "fr", "On relit trop.")
WHOLE = Message(PLAIN.kind, PLAIN.topics, PLAIN.language, PLAIN.text, THREAD, bytes(16))


@given(messages)
def test_a_message_comes_back_with_its_thread(message: Message) -> None:
    assert Message.decode(message.encode()) == message
    detached = Message(message.kind, message.topics, message.language, message.text)
    taken = (THREAD_ROOM if message.thread else 0) + (ANSWERS_ROOM if message.answers is not None else 0)
    assert room(message) == room(detached) - taken
    assert fits(message) == (len(message.encode()) <= 4095)


def test_what_was_sealed_before_threads_existed_is_the_same_byte_for_byte() -> None:
    before = b'{"kind":"worry","language":"fr","text":"On relit trop.","topics":["skills"]}'
    assert PLAIN.encode() == before
    assert Message.decode(before) == PLAIN


def test_both_are_written_in_one_way() -> None:
    lookup = urlsafe_b64encode(THREAD.lookup).decode().rstrip("=")
    public = urlsafe_b64encode(THREAD.public).decode().rstrip("=")
    assert WHOLE.encode().decode() == (
        '{"answers":"AAAAAAAAAAAAAAAAAAAAAA","kind":"worry","language":"fr","text":"On relit trop.",'
        f'"thread":{{"lookup":"{lookup}","public":"{public}"}},"topics":["skills"]}}'
    )
    assert (THREAD_ROOM, ANSWERS_ROOM) == (121, 35)


def test_the_longest_message_with_a_thread_fits_to_the_byte() -> None:
    over = "x" * (room(Message(Kind.WORRY, (), "fr", "", THREAD)) + 1)
    assert not fits(Message(Kind.WORRY, (), "fr", over, THREAD))
    assert len(Message(Kind.WORRY, (), "fr", over[1:], THREAD).encode()) == MAX_ENCODED
    assert fits(Message(Kind.WORRY, (), "fr", over))


GOOD = "A" * 43


@pytest.mark.parametrize(
    "change",
    [
        {"thread": None}, {"thread": GOOD}, {"thread": []}, {"thread": {}}, {"thread": {"lookup": GOOD}},
        {"thread": {"lookup": GOOD, "public": GOOD, "name": "x"}}, {"thread": {"lookup": GOOD, "public": 3}},
        {"thread": {"lookup": GOOD, "public": GOOD + "="}}, {"thread": {"lookup": GOOD, "public": GOOD[1:]}},
        {"thread": {"lookup": GOOD, "public": GOOD[:-1] + "B"}},
        {"thread": {"lookup": GOOD, "public": "+" + GOOD[1:]}},
        {"thread": {"lookup": GOOD, "public": "é" * 43}}, {"answers": None}, {"answers": ""}, {"answers": 7},
        {"answers": "A" * 21}, {"answers": "A" * 43}, {"answers": "A" * 21 + "B"},
        {"answers": "A" * 22 + "=="}, {"receipt": "x"},
    ],
)  # fmt: skip
def test_anything_else_in_their_place_is_malformed(change: dict[str, object]) -> None:
    fields = {"kind": "worry", "language": "fr", "text": "x", "topics": []} | change
    with pytest.raises(Malformed):
        Message.decode(json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


@pytest.mark.parametrize(
    "encoded",
    [
        PLAIN.encode() + b" ", PLAIN.encode().replace(b":", b": "),
        PLAIN.encode().replace(b"{", b'{"text":"y",'), PLAIN.encode().replace(b"relit", b"r\\u0065lit"),
        b'{"language":"fr","kind":"worry","text":"x","topics":[]}',
        b'{"kind":"worry","language":"fr","text":"x","topics":["skills","skills"]}',
        b'{"kind":"worry","language":"fr","text":"x","topics":["skills","workload"]}',
        b'{"kind":"worry","language":"fr","text":"a\\r\\nb","topics":[]}',
    ],
)  # fmt: skip
def test_a_message_has_one_encoding(encoded: bytes) -> None:
    with pytest.raises(Malformed):
        Message.decode(encoded)


@pytest.mark.parametrize("size", [0, 15, 17, 31, 33])
def test_other_lengths_are_malformed(size: int) -> None:
    for made in (
        lambda: Thread(bytes(size), bytes(32)),
        lambda: Thread(bytes(32), bytes(size)),
        lambda: Message(Kind.WORRY, (), "fr", "x", answers=bytes(size)),
    ):
        with pytest.raises(Malformed):
            made()


def test_a_thread_stays_out_of_tracebacks() -> None:
    shown = repr(WHOLE)
    assert repr(THREAD.lookup) not in shown and repr(THREAD.public) not in shown
    assert repr(WHOLE.answers) not in shown


TEXTS = ("", "On relit trop.", 'é’ «\u00a0oui\u00a0»\r\n\n\t"\\ \u2028 \x7f 🙂', "x" * 5000)


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here; the browser walks count too")
def test_the_page_counts_the_same_bytes() -> None:
    """The counter of the page itself, run on what its form would hold."""
    wanted = [
        Message(Kind.PROPOSAL, (Topic.FAIRNESS, Topic.SKILLS), "en", text, thread, answers)
        for text in TEXTS
        for thread in (None, THREAD)
        for answers in (None, bytes(16))
    ]
    forms = [
        {
            "kind": [one.kind.value], "language": [one.language], "text": [text],
            "topics": [topic.value for topic in one.topics],
            "thread": ["yes"] if one.thread else [], "answers": ["A" * 22] if one.answers else [],
        }
        for one, text in zip(wanted, (text for text in TEXTS for _ in range(4)), strict=True)
    ]  # fmt: skip
    source = SCRIPT.read_text()
    counter = source[source.index("function encodedBytes") : source.index("function countBytes")]
    program = (
        "class FormData { constructor(form) { this.form = form; }"
        " get(name) { return this.form[name][0] ?? null; } getAll(name) { return this.form[name]; } }\n"
        f"{counter}\nconsole.log(JSON.stringify({json.dumps(forms)}.map(messageBytes)));"
    )
    run = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True, timeout=20)
    assert json.loads(run.stdout) == [len(one.encode()) for one in wanted]

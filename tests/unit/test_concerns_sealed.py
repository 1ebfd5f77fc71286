"""Drafts as bytes, and the forms that ask before they let a name through."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from consult.anonymity import sealing
from consult.anonymity.identification import spans
from consult.anonymity.message import Kind, Message, Topic
from consult.concerns import sealed, words
from consult.concerns.forms import NewThemeForm, ThemeForm, WordingForm
from consult.concerns.models import DRAFT_SIZE

PAIR = sealing.new_key_pair()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(st.dictionaries(st.sampled_from(["title-fr", "title-en", "note", "wording-fr"]), TEXT))
def test_a_draft_comes_back_and_its_size_tells_nothing(draft: dict[str, str]) -> None:
    closed = sealed.close(PAIR.public, draft)
    assert len(closed) == DRAFT_SIZE
    assert sealed.read(PAIR.private, closed) == {
        key: text.strip() for key, text in draft.items() if text.strip()
    }


def test_the_same_draft_is_never_sealed_into_the_same_bytes() -> None:
    one, other = (sealed.close(PAIR.public, {"note": "a"}) for _ in range(2))
    assert one != other
    assert sealed.mark(one) != sealed.mark(other)


def test_nothing_written_reads_as_nothing() -> None:
    assert sealed.read(PAIR.private, None) == {}


def test_a_row_that_holds_no_message_is_none() -> None:
    message = Message(Kind.WORKS, (Topic.SKILLS,), "en", "It helps.")
    row = sealing.reseal(PAIR.public, sealing.seal(PAIR.public, message.encode()))
    assert sealed.original(PAIR.private, row) == message
    junk = sealing.reseal(PAIR.public, sealing.seal(PAIR.public, b"no message"))
    assert sealed.original(PAIR.private, junk) is None
    assert sealed.original(sealing.new_key_pair().private, row) is None
    assert sealed.original(PAIR.private, row[:-1]) is None


def test_a_draft_too_long_is_refused_whole() -> None:
    with pytest.raises(sealing.TooLong):
        sealed.close(PAIR.public, {"synthesis-fr": "a" * 9000})


@given(TEXT)
def test_pieces_put_together_are_the_text(text: str) -> None:
    assert "".join(piece for piece, _hit in words.pieces(text, spans(text))) == text


def _posted(kind: type, **values: str) -> object:
    return kind(MultiDict(values))


def test_a_passage_that_stands_out_is_asked_about_once_per_text(app: Flask) -> None:
    with app.test_request_context("/workspace/fr/"):
        named = {"wording_fr": "Monique relit.", "wording_en": "Monique rereads."}
        form = _posted(WordingForm, **named)
        assert not form.is_safe()  # type: ignore[attr-defined]
        asked = form.checked.data  # type: ignore[attr-defined]
        assert not _posted(WordingForm, **named, confirm="y").is_safe()  # type: ignore[attr-defined]
        assert not _posted(WordingForm, **named, checked=asked).is_safe()  # type: ignore[attr-defined]
        assert _posted(WordingForm, **named, confirm="y", checked=asked).is_safe()  # type: ignore[attr-defined]
        other = {**named, "wording_fr": "Bertrand relit."}
        assert not _posted(WordingForm, **other, confirm="y", checked=asked).is_safe()  # type: ignore[attr-defined]


def test_a_text_in_which_nothing_stands_out_is_asked_nothing(app: Flask) -> None:
    with app.test_request_context("/workspace/fr/"):
        form = _posted(WordingForm, wording_fr="On relit beaucoup.", wording_en="We reread a lot.")
        assert form.validate()  # type: ignore[attr-defined]
        assert form.is_safe()  # type: ignore[attr-defined]


def test_a_theme_needs_a_title_in_one_language_and_for_publication_all_four(app: Flask) -> None:
    with app.test_request_context("/workspace/fr/"):
        assert not _posted(NewThemeForm, title_fr=" ").validate()  # type: ignore[attr-defined]
        assert _posted(NewThemeForm, title_en="Load").validate()  # type: ignore[attr-defined]
        form = _posted(
            ThemeForm, title_fr="Charge", title_en="Load", synthesis_fr="Relire.", synthesis_en="\n "
        )
        assert form.validate()  # type: ignore[attr-defined]
        assert not form.is_complete()  # type: ignore[attr-defined]
        assert [name for name, errors in form.errors.items() if errors] == ["synthesis_en"]  # type: ignore[attr-defined]

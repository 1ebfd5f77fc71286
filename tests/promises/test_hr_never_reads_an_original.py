"""HR reads what representatives publish, and nothing else: an adversary on the employer's side walks every
page, dumps every table, file, mail and log after a whole story at the desk, and looks for what was said."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from consult import tables
from consult.concerns import queries, services
from consult.concerns.models import Concern
from consult.core import clock
from consult.mail.models import Letter
from consult.people.models import Account
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag, content_digest
from tests.client import PageClient
from tests.conftest import WORD
from tests.desk import Story, on_day, open_box

BOTH = ["sqlite", "postgresql"]
As = Callable[[Account], PageClient]
ORIGINALS = [f"Zibeline {one} : je reprends chaque réponse et Monique fait semblant" for one in range(24)]
HIDDEN = {
    "title-fr": "Brouillard de titre", "title-en": "Foggy title",
    "synthesis-fr": "Brouillard de synthèse", "synthesis-en": "Foggy synthesis",
}  # fmt: skip
PUBLISHED = {
    "title-fr": "Charge", "title-en": "Load", "synthesis-fr": "Relire prend du temps.",
    "synthesis-en": "Rereading takes time.",
}  # fmt: skip
REASON = "Retenu : grenouille verte, on reconnaît le dossier"
PROPOSED = {"wording-fr": "Citation en gestation", "wording-en": "Quotation in gestation"}
DROPPED = {"wording-fr": "Citation abandonnée en route", "wording-en": "Quotation dropped on the way"}
SAID = {"wording-fr": "On reprend beaucoup.", "wording-en": "We redo a lot."}
SLIPPED = {"wording-fr": "Bertrand reprend tout.", "wording-en": "Bertrand redoes everything."}

NEVER = ["Zibeline", "Brouillard", "Foggy", "grenouille", "gestation", "abandonnée", "dropped on the way"]
"""What nobody but a keyholder may find, anywhere, in any form."""
GONE = ["Bertrand"]


@dataclass
class Told:
    story: Story
    ids: dict[str, Any] = field(default_factory=dict)


def tell(story: Story) -> Told:
    """Sort, draft, hold, propose, publish; the quotation that names somebody still stands."""
    told, found = Told(story), list(story.voices().values())
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        box, notice = desk.letterbox, desk.consultation.notice
        rep1, rep2 = (session.get(Account, one.id) for one in (story.people.rep1, story.people.rep2))
        public = services.new_theme(session, box, notice, draft=PUBLISHED)
        secret = services.new_theme(session, box, notice, draft=HIDDEN)
        for voice in found[:6]:
            services.sort(session, box, voice, public)
        for voice in found[6:9]:
            services.sort(session, box, voice, secret)
        services.hold(session, box, found[9], reason=REASON)
        services.publish_theme(session, public, box, private_key=story.key, on=clock.today())
        services.write_theme(
            session, public, box, draft={**PUBLISHED, "synthesis-fr": HIDDEN["synthesis-fr"]}
        )
        services.drop(session, services.propose(session, box, found[0], draft=DROPPED, actor=rep1))
        services.propose(session, box, found[1], draft=PROPOSED, actor=rep1)
        for name, voice, draft in (("said", found[2], SAID), ("slipped", found[3], SLIPPED)):
            concern = services.propose(session, box, voice, draft=draft, actor=rep1)
            services.publish_wording(session, concern, private_key=story.key, actor=rep2, on=clock.today())
            told.ids[name] = concern.id
        told.ids |= {"public": public.id, "secret": secret.id, "voices": found}
    return told


@pytest.fixture
def told(work: Callable[..., Any], people: Any, caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    """14 of 24 messages released, the letterbox still open; everything logged, at the finest level."""
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "consult", "werkzeug"):
        caplog.set_level(logging.DEBUG, logger=name)
    story = open_box(work, people)
    story.write(ORIGINALS)
    with on_day(story.opens_on + timedelta(days=1)):
        assert story.release() == 1
        yield tell(story)


def said_by(response: Any) -> str:
    """What a response says, whatever its kind: the words of a PDF, else the bytes as text."""
    with response:
        body = response.get_data()
    if body.startswith(b"%PDF-"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages)
    return str(body.decode("utf-8", "replace"))


def walk(client: PageClient, starts: list[str], most: int = 250) -> dict[str, str]:
    """Every page reached from these by links or redirects: raw text and headers, whatever the answer."""
    found: dict[str, str] = {}
    todo = list(starts)
    while todo and len(found) < most:
        path = todo.pop(0).partition("#")[0]
        if path in found or not path.startswith("/") or path.startswith("/static"):
            continue
        response = client.http.get(path)
        found[path] = said_by(response) + str(list(response.headers))
        todo += re.findall(r'href="([^"]+)"', found[path].replace("&amp;", "&"))
        if "Location" in response.headers:
            todo.append(response.headers["Location"])
    return found


def starts(told: Told) -> list[str]:
    """Where somebody who knows every identifier of the database would look."""
    box, ids = told.story.box, told.ids
    found = []
    for language in ("fr", "en"):
        workspace = f"/workspace/{language}"
        found += [
            f"/{language}/",
            f"/{language}/notices",
            f"/{language}/notices/{told.story.slug}",
            f"/{language}/commitments",
            f"/{language}/stored",
            f"{workspace}/",
            f"{workspace}/outbox",
            f"{workspace}/notices",
            f"{workspace}/notices/{told.story.slug}",
            f"/speak/{language}/{box}/",
            f"{workspace}/themes/{ids['public']}/answer",
            f"{workspace}/themes/{ids['secret']}/answer",
        ]
        desk = f"{workspace}/letterboxes/{box}"
        found += [
            f"{desk}/desk",
            f"{desk}/held",
            f"{desk}/quotations",
            f"{desk}/themes/new",
            f"{desk}/unlock",
        ]
        found += [f"{desk}/themes/{ids[one]}" for one in ("public", "secret")]
        found += [f"{desk}/quotations/{ids['said']}", f"{desk}/quotations/{ids['said']}/retract"]
        for voice in ids["voices"][:4]:
            found += [f"{desk}/messages/{voice.hex()}/{act}" for act in ("hold", "wording")]
            found.append(f"{desk}/desk?message={voice.hex()}")
    return found


def with_word(client: PageClient) -> PageClient:
    return client.with_word(WORD)


def dump(session: Any) -> Iterator[tuple[str, str]]:
    """Every value of every table, as text, bytes read in every way they could be."""
    for table in tables.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for column, value in zip(table.columns, row, strict=True):
                if isinstance(value, bytes | memoryview):
                    raw = bytes(value)
                    value = (
                        raw.decode("utf-8", "ignore")
                        + raw.decode("utf-16-le", "ignore")
                        + raw.decode("latin-1")
                    )
                yield f"{table.name}.{column.name}", str(getattr(value, "texts", value))


def holding(text: str, needles: list[str]) -> list[str]:
    forms = {one: {one, one.encode().hex(), one.encode("unicode_escape").decode()} for one in needles}
    return [one for one, written in forms.items() if any(form in text for form in written)]


# ── the adversary ──────────────────────────────────────────────────────────────


def test_the_story_has_something_to_find(told: Told, employee: PageClient) -> None:
    """The needles are there, for whoever holds the key: else the search below would prove nothing."""
    assert len(told.story.voices()) == 14
    assert all(text.startswith("Zibeline") for text in told.story.voices())
    page = employee.get(f"/fr/notices/{told.story.slug}")
    assert "Relire prend du temps." in page.text
    assert "Bertrand reprend tout." in page.text


@pytest.mark.parametrize("who", ["hr", "chair", "admin"])
def test_no_page_shows_it(told: Told, as_: As, people: Any, who: str) -> None:
    client = with_word(as_(getattr(people, who)))
    pages = walk(client, starts(told))
    assert len(pages) > 40
    for path, text in pages.items():
        assert not holding(text, NEVER), f"{path}: {holding(text, NEVER)}"
    answer = pages[f"/workspace/fr/themes/{told.ids['public']}/answer"]
    assert ("Relire prend du temps." in answer) == (who == "hr")


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_no_table_holds_it(told: Told, work: Callable[..., Any]) -> None:
    with work() as session:
        seen = 0
        for where, text in dump(session):
            seen += 1
            assert not holding(text, NEVER), f"{where}: {holding(text, NEVER)}"
        assert seen > 500


def test_no_file_holds_it(told: Told, instance: Any) -> None:
    files = [one for one in instance.folder.rglob("*") if one.is_file()]
    assert any(one.name == "consult.sqlite3" for one in files)
    for path in files:
        raw = path.read_bytes()
        for needle in NEVER:
            for encoded in (needle.encode(), needle.encode("utf-16-le")):
                assert encoded not in raw, f"{path.name}: {needle}"


def test_no_mail_holds_it_nor_any_wording(told: Told, work: Callable[..., Any]) -> None:
    with work() as session:
        letters = session.scalars(select(Letter)).all()
        assert letters
        public = [*NEVER, *SAID.values(), *SLIPPED.values(), *PUBLISHED.values()]
        for letter in letters:
            text = letter.subject + letter.text + letter.html
            assert not [one for one in public if len(one) > 6 and one in text], letter.subject


def test_no_log_holds_it(told: Told, as_: As, people: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Through the pages too: what is typed at the desk, and an act that fails half-way."""
    client = told.story.at_desk(as_)
    theme = told.story.address(f"themes/{told.ids['secret']}")
    form = client.get(theme).doc.xpath("//form[.//textarea]")[0]
    typed = {**dict(form.form_values()), "act": "save"}
    client.post(theme, {**typed, "synthesis_fr": "Brouillard tapé"})
    client.post(theme, {**typed, "synthesis_fr": "Brouillard perdu"}, status=409)
    client.post(theme, {**typed, "synthesis_fr": "Brouillard " * 900}, status=400)
    path = told.story.address(f"messages/{told.ids['voices'][10].hex()}/hold")
    client.submit(client.get(path), {"reason": REASON}, action="/hold")
    client.get(told.story.address())
    assert caplog.records
    assert not holding(caplog.text, NEVER)
    for record in caplog.records:
        assert not holding(repr(record.args) + str(record.__dict__.get("exc_text")), NEVER), record.name


def test_the_record_binds_no_original(told: Told, work: Callable[..., Any]) -> None:
    """Not even as a digest somebody could test a guess against: each leaf binds what its page shows."""
    with work() as session:
        salts = dict(session.execute(select(LeafSalt.position, LeafSalt.salt)).all())
        digests = {leaf.position: leaf.digest for leaf in session.scalars(select(Leaf))}
        for text in [*ORIGINALS, REASON, *HIDDEN.values(), *PROPOSED.values()]:
            for guess in ({"text": text}, {"wording": text}, {"wording": {"fr": text}}, {"note": text}):
                for position, salt in salts.items():
                    assert content_digest(guess, salt) != digests[position]


# ── a name slipped through ─────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_retracted_wording_is_gone_at_once(
    told: Told, as_: As, people: Any, work: Callable[..., Any]
) -> None:
    employee, hr = with_word(as_(people.admin)), with_word(as_(people.hr))
    address = f"/fr/notices/{told.story.slug}"
    before = employee.http.get(address)
    assert "Bertrand" in before.get_data(as_text=True)
    assert "Bertrand" in employee.http.get(address).get_data(as_text=True), "from the cache"
    with work() as session:
        concern = session.get(Concern, told.ids["slipped"])
        rep2 = session.get(Account, people.rep2.id)
        services.retract(session, concern, actor=rep2, on=clock.today())
    stale = employee.http.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert stale.status_code == 200, "a browser kept the old page"
    pages = walk(employee, [address, "/fr/", "/en/"]) | walk(hr, starts(told))
    for path, text in pages.items():
        assert not holding(text, GONE), path
    assert "retirée" in pages[address] or "removed" in pages[address]
    with work() as session:
        for where, text in dump(session):
            assert not holding(text, GONE), where
        leaves = {leaf.position: leaf for leaf in session.scalars(select(Leaf))}
        salts = set(session.scalars(select(LeafSalt.position)))
        ref = f"concern:{told.ids['slipped']}"
        tags = {leaf.tag: position in salts for position, leaf in leaves.items() if leaf.ref == ref}
        assert tags == {Tag.WORDING_PUBLISHED: False, Tag.WORDING_RETRACTED: True}
        other = [position for position, leaf in leaves.items() if leaf.ref == f"concern:{told.ids['said']}"]
        assert set(other) <= salts, "another quotation lost its salt"
        entries = session.scalars(select(Entry).where(Entry.ref == ref)).all()
        assert {one.title.texts["fr"] for one in entries} == {"Citation retirée"}

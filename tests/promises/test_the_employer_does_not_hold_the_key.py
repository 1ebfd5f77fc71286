"""Promise 4: text is sealed to a key that only named keyholders, chosen by the body, can unlock; the chair
can never be one. Written as somebody who holds every table, file, log line and mail, and who may even
write rows of their own."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from consult import tables
from consult.anonymity import sealing, words, wrapping
from consult.anonymity.message import Kind, Message
from consult.consultations import queries as consultations
from consult.core import clock
from consult.keyholders import queries, services
from consult.keyholders.models import Keyholder, Naming, Unlocked, WrappedKey
from consult.keyholders.rules import COOKIE, CannotUnlock, Planted
from consult.people.models import Account, Mandate
from consult.people.rules import ChairHoldsNoKey, MandateRole, Role
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag, content_digest
from consult.voices import services as voices
from consult.voices.models import Letterbox, Waiting
from tests import sending
from tests.client import PageClient
from tests.conftest import WORD, Instance, People

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
As = Callable[[Account], PageClient]
TEXT = "J’ai peur qu’on finisse par compter nos clics, jour après jour."


@pytest.fixture
def box_id(work: Work, people: People) -> bytes:
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep1)
        sending.with_key(session, people.rep2, "un deux trois quatre cinq six")
        box = sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id)
        voices.speak(session, box, Message(Kind.WORRY, (), "fr", TEXT), on=clock.today())
        return box.id


def _dump(session: Any) -> Iterator[bytes]:
    """Every value of every row of every table, as bytes."""
    for table in tables.metadata.sorted_tables:
        for row in session.execute(select(table)):
            for value in row:
                yield value if isinstance(value, bytes) else str(value).encode()


def _forms(secret: bytes) -> list[bytes]:
    return [secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret)]


# ── nothing that opens lies on the server ──────────────────────────────────────


@BOTH
def test_set_up_and_unlock_leave_no_secret_anywhere(
    work: Work, people: People, as_: As, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole way by the pages, then every table, file, log line and answer is searched."""
    caplog.set_level(logging.DEBUG)
    rep, answers = as_(people.rep1), []
    shown = rep.get("/workspace/fr/key")
    passphrase = " ".join(
        one.text_content().strip() for one in shown.doc.xpath("//ol[@class='sixwords-list']/li")
    )
    code = "-".join(one.text_content().strip() for one in shown.doc.xpath("//ol[@class='recovery-list']/li"))
    step = rep.get("/workspace/fr/key?typed=1")
    values = {"passphrase": passphrase, "again": passphrase, "recovery_code": code}
    answers.append(rep.submit(step, values | {"again": passphrase + " x"}, status=400))
    answers.append(rep.submit(step, values))
    with work() as session:
        notice = sending.sent(session, people)
        sending.with_key(session, people.rep2)
        box = sending.opened(session, people, consultations.of_notice(session, notice.id)[0].id)
        address, public = box.id.hex(), box.public_key
    url = f"/workspace/fr/letterboxes/{address}/unlock"
    token = rep.get(url).doc.xpath("//input[@name='csrf_token']/@value")[0]
    answers.append(rep.post(url, {"csrf_token": token, "passphrase": passphrase + " faux"}, status=400))
    answers.append(rep.post(url, {"csrf_token": token, "passphrase": passphrase}))
    cookie = rep.http.get_cookie(COOKIE, path="/workspace").value
    with work() as session:
        private = services.unlocked_key(session, box.id, cookie, now=clock.now())
        assert sealing.public_of(private) == public
        holder = queries.of_account(session, people.rep1.id)
        keys = wrapping.HolderKeys(holder.public_key, holder.under_passphrase, holder.under_recovery)
        mine = wrapping.open_with_passphrase(keys, passphrase)
    sitting = base64.urlsafe_b64decode(cookie)[16:]
    secrets = [one for key in (private, mine, sitting) for one in _forms(key)]
    secrets += [
        passphrase.encode(),
        words.normalise(passphrase).encode(),
        code.encode(),
        code.replace("-", "").encode(),
    ]
    logged = "\n".join(str(vars(record)) for record in caplog.records).encode()
    files = [path.read_bytes() for path in instance.folder.rglob("*") if path.is_file()]
    sessions = [one.value.encode() for one in rep.http._cookies.values() if one.key != COOKIE]
    told = [one.response.get_data() for one in answers]
    with work() as session:
        everything = [*_dump(session), logged, *files, *sessions, *told]
    for secret in secrets:
        assert not any(secret in one for one in everything)


@BOTH
def test_all_rows_and_nothing_else_open_nothing(work: Work, people: People, box_id: bytes) -> None:
    """Whoever has the whole database tries every 32 bytes of it as a key."""
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        rep = session.get_one(Account, people.rep1.id)
        services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=clock.now())
        sealed = session.scalars(select(Waiting.sealed)).one()
        wrapped = session.scalars(select(WrappedKey.sealed)).all()
        candidates = set()
        for value in _dump(session):
            candidates |= {value[at : at + 32] for at in range(max(0, min(len(value), 200) - 31))}
        assert len(candidates) > 500
        for candidate in candidates:
            for blob in (sealed, *wrapped):
                with pytest.raises(sealing.CannotOpen):
                    sealing.open_raw(candidate, blob)
        for value in _dump(session):
            assert TEXT.encode() not in value and b"compter nos clics" not in value


def test_a_waiting_message_opens_for_a_keyholder_and_nobody_else(
    work: Work, people: People, box_id: bytes
) -> None:
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        cookie = services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=clock.now())
        private = services.unlocked_key(session, box_id, cookie, now=clock.now())
        sealed = session.scalars(select(Waiting.sealed)).one()
        assert TEXT.encode() in sealing.open_sealed(private, sealed)
        for account in (people.hr, people.admin, people.chair):
            with pytest.raises(CannotUnlock):
                services.unlock(
                    session,
                    box,
                    session.get_one(Account, account.id),
                    passphrase=sending.PASSPHRASE,
                    now=clock.now(),
                )


# ── the chair: refused by the schema itself ────────────────────────────────────


def _row(account: Account, mandate: Mandate | None, role: MandateRole | None) -> dict[str, Any]:
    keys = wrapping.new_holder(sending.PASSPHRASE, wrapping.new_recovery_code(), wrapping.Cost(8, 1))
    return {
        "account_id": account.id, "mandate_id": mandate.id if mandate else None, "mandate_role": role,
        "public_key": keys.public, "under_passphrase": keys.under_passphrase,
        "under_recovery": keys.under_recovery, "set_up_on": clock.today(),
    }  # fmt: skip


@BOTH
@pytest.mark.parametrize(
    "role", [MandateRole.CHAIR, MandateRole.FULL_MEMBER, MandateRole.SECRETARY, None], ids=str
)
def test_no_row_makes_the_chair_a_keyholder(work: Work, people: People, role: MandateRole | None) -> None:
    """As what it is, or under another name: the mandate and its role are one foreign key."""
    with work() as session:
        chair = session.get_one(Account, people.chair.id)
        with pytest.raises(IntegrityError):
            session.execute(insert(Keyholder).values(**_row(chair, chair.mandates[0], role)))
        session.rollback()
        assert session.scalar(select(func.count()).select_from(Keyholder)) == 0


@BOTH
def test_a_keyholder_s_mandate_does_not_become_the_chair_s(work: Work, people: People) -> None:
    with work() as session:
        sending.with_key(session, people.rep1)
        mandate = session.get_one(Account, people.rep1.id).mandates[0]
        with pytest.raises(IntegrityError):
            session.execute(update(Mandate).where(Mandate.id == mandate.id).values(role=MandateRole.CHAIR))
        session.rollback()


def test_the_chair_is_never_among_those_the_body_may_name(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        names = {one.account.name for one in services.ready(session, people.body.id, on=clock.today())}
        assert names == {"Maxime Adjovi", "Paule Roussel"}


# ── a keyholder the body did not name ──────────────────────────────────────────


def _plant(session: Any, account: Account, box: Letterbox, private: bytes) -> None:
    """Rows written past the product, with a key that really opens: as a keyholder could who gave it away."""
    row = _row(account, None, None)
    session.execute(insert(Keyholder).values(**row))
    holder = queries.of_account(session, account.id)
    sealed = wrapping.wrap(private, holder.public_key)
    session.execute(insert(WrappedKey).values(letterbox_id=box.id, keyholder_id=holder.id, sealed=sealed))


@BOTH
def test_a_planted_keyholder_is_refused_and_named(work: Work, people: People, as_: As, box_id: bytes) -> None:
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        cookie = services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=clock.now())
        private = services.unlocked_key(session, box_id, cookie, now=clock.now())
        hr = session.get_one(Account, people.hr.id)
        _plant(session, hr, box, private)
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        assert queries.named(box) == ("Maxime Adjovi", "Paule Roussel")
        assert queries.planted(session, box) == ("Claire Besson",)
        for account in (people.hr, people.rep1):
            found = session.get_one(Account, account.id)
            with pytest.raises(Planted) as caught:
                services.unlock(session, box, found, passphrase=sending.PASSPHRASE, now=clock.now())
            assert caught.value.names == ("Claire Besson",)
    url = f"/workspace/fr/letterboxes/{box_id.hex()}/unlock"
    page = as_(people.rep2).get(url, status=409)
    assert "Claire Besson" in page.text and not page.doc.xpath("//main//form")
    as_(people.hr).get(url, status=403)
    with work() as session:
        holder = queries.of_account(session, people.hr.id)
        session.execute(delete(WrappedKey).where(WrappedKey.keyholder_id == holder.id))
    page = as_(people.rep2).get(url)
    assert "Claire Besson" not in page.doc.xpath("string(//main)")


def test_a_namesake_is_one_too_many(work: Work, people: People, box_id: bytes) -> None:
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        hr = session.get_one(Account, people.hr.id)
        hr.name = "Paule Roussel"
        _plant(session, hr, box, bytes(32))
        assert queries.planted(session, box) == ("Paule Roussel",)


def test_someone_added_to_the_names_by_hand_is_told_from_those_the_body_named(
    work: Work, people: People, box_id: bytes
) -> None:
    """The names of the letterbox are on every page of it; the record knows which of them the body named."""
    with work() as session:
        box, hr = session.get_one(Letterbox, box_id), session.get_one(Account, people.hr.id)
        box.told = box.told | {"keyholders": [*box.told["keyholders"], "Claire Besson"]}
        session.flush()
        assert queries.roll(session, box).names == ("Maxime Adjovi", "Paule Roussel")
        for account in (hr, session.get_one(Account, people.rep1.id)):
            with pytest.raises(Planted) as caught:
                services.unlock(session, box, account, passphrase=sending.PASSPHRASE, now=clock.now())
            assert caught.value.names == ("Claire Besson",)


@BOTH
def test_what_is_written_past_the_product_is_named_and_opens_nothing(
    work: Work, people: People, as_: As, box_id: bytes
) -> None:
    """Adversary test 26. A key by INSERT, then the name beside it: the unlock page and the doctor's question
    say so, and the record goes on naming those the body named."""
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        cookie = services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=clock.now())
        private = services.unlocked_key(session, box_id, cookie, now=clock.now())
        assert not queries.planted_anywhere(session)
        _plant(session, session.get_one(Account, people.hr.id), box, private)
    employee = PageClient(as_(people.rep2).http.application).with_word(WORD)
    shown = employee.get(f"/speak/fr/{box_id.hex()}/")
    assert "Claire Besson" not in shown.text and "Paule Roussel" in shown.text
    for told in (
        None,
        ["Claire Besson", "Maxime Adjovi", "Paule Roussel"],
        ["Claire Besson", "Paule Roussel"],
    ):
        with work() as session:
            box = session.get_one(Letterbox, box_id)
            if told is not None:
                box.told = box.told | {"keyholders": told}
            session.flush()
            roll = queries.roll(session, box)
            assert roll.names == ("Maxime Adjovi", "Paule Roussel") and roll.planted == ("Claire Besson",)
            assert queries.planted_anywhere(session) == [("Plume, the assistant", ("Claire Besson",))]
            entries = [one.title.texts["fr"] for one in session.scalars(select(Entry))]
            assert not any("Claire Besson" in one for one in entries)
        page = as_(people.rep2).get(f"/workspace/fr/letterboxes/{box_id.hex()}/unlock", status=409)
        assert "Claire Besson" in page.text and not page.doc.xpath("//main//form")


@BOTH
@pytest.mark.parametrize("what", ["content", "position", "letterbox"])
def test_what_vouches_for_the_names_cannot_be_rewritten(
    work: Work, people: People, box_id: bytes, what: str
) -> None:
    """Names and act forged together: the leaf was made over another content, or for another letterbox."""
    names = ["Claire Besson", "Maxime Adjovi", "Paule Roussel"]
    with work() as session:
        box = session.get_one(Letterbox, box_id)
        act = session.scalars(select(Naming).where(Naming.letterbox_id == box_id)).one()
        box.told = box.told | {"keyholders": names}
        if what == "content":
            act.content = act.content | {"keyholders": names}
        else:
            salt = bytes(32)
            ref = f"letterbox:{'00' * 16}" if what == "letterbox" else f"letterbox:{box_id.hex()}"
            tag = Tag.KEYHOLDERS_CHANGED if what == "letterbox" else Tag.LETTERBOX_CLOSED
            at = session.scalar(select(func.max(Leaf.position))) + 1
            leaf = Leaf(
                position=at, tag=tag, ref=ref, day=clock.today(),
                digest=content_digest({"keyholders": names}, salt),
            )  # fmt: skip
            session.add(leaf)
            session.flush()
            session.add(LeafSalt(position=at, salt=salt))
            act.position, act.content = at, {"keyholders": names}
        session.flush()
        assert not queries.roll(session, box).is_sound
        for account in (people.rep1, people.hr):
            with pytest.raises(Planted):
                services.unlock(
                    session, box, session.get_one(Account, account.id), passphrase=sending.PASSPHRASE,
                    now=clock.now(),
                )  # fmt: skip
        session.rollback()


@BOTH
def test_the_chair_opens_nothing_whatever_its_account_is_made(
    work: Work, people: People, box_id: bytes
) -> None:
    """Named by a forged list, given a key that opens, called an outside keyholder, its mandate left standing:
    the mandate decides. And no account becomes an outside keyholder without a body that invited it."""
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        cookie = services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=clock.now())
        private = services.unlocked_key(session, box_id, cookie, now=clock.now())
        session.commit()
        with pytest.raises(IntegrityError):
            session.execute(
                update(Account).where(Account.id == people.chair.id).values(role=Role.OUTSIDE_KEYHOLDER)
            )
        session.rollback()
        values = {"role": Role.OUTSIDE_KEYHOLDER, "outside_body_id": people.body.id}
        session.execute(update(Account).where(Account.id == people.chair.id).values(**values))
        session.expire_all()
        chair = session.get_one(Account, people.chair.id)
        assert not services.may_hold(chair, None, on=clock.today())
        assert chair.id not in {
            one.account_id for one in services.ready(session, people.body.id, on=clock.today())
        }
        box = session.get_one(Letterbox, box_id)
        _plant(session, chair, box, private)
        with pytest.raises(ChairHoldsNoKey):
            services.wrap_for(session, box, private, [queries.of_account(session, chair.id)])
        with pytest.raises(Planted):
            services.unlock(session, box, chair, passphrase=sending.PASSPHRASE, now=clock.now())
        session.rollback()


# ── the sitting ────────────────────────────────────────────────────────────────


def test_a_copy_taken_during_a_sitting_opens_nothing(work: Work, people: People, box_id: bytes) -> None:
    now = clock.now()
    with work() as session:
        box, rep = session.get_one(Letterbox, box_id), session.get_one(Account, people.rep1.id)
        cookie = services.unlock(session, box, rep, passphrase=sending.PASSPHRASE, now=now)
        row = session.scalars(select(Unlocked)).one()
        for guess in (row.id.bytes * 2, row.letterbox_id * 2, box.public_key, bytes(32)):
            with pytest.raises(wrapping.CannotOpen):
                wrapping.open_for_sitting(row.sealed, guess)
        services.delete_ended(session, now=now + timedelta(hours=1))
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Unlocked)) == 0
        with pytest.raises(services.Locked):
            services.unlocked_key(session, box_id, cookie, now=now)


def test_the_employer_s_side_and_the_administrator_reach_no_page_of_the_key(
    people: People, as_: As, box_id: bytes
) -> None:
    box = box_id.hex()
    for account in (people.hr, people.chair, people.admin):
        browser = as_(account)
        for path in (f"letterboxes/{box}/unlock", "key", "key?typed=1"):
            browser.get(f"/workspace/fr/{path}", status=403)
        for path in (f"letterboxes/{box}/unlock", "key", "letterboxes/lock"):
            answer = browser.http.post(f"/workspace/fr/{path}", data={"passphrase": sending.PASSPHRASE})
            assert answer.status_code in {400, 403, 404}

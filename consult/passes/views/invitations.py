"""Invitations: a roster, what will be sent, and the sending itself, told line by line as it goes.

The roster travels from page to page and is stored nowhere. Sending takes minutes: the answer is written
while mails leave, holds no lock, and goes on when nobody reads it any more."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flask import Response, current_app, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.config import Settings
from consult.core.db import begin_writing, db
from consult.core.i18n import _, locale, ngettext
from consult.files.uploads import stays_in_memory
from consult.mail import smtp
from consult.passes import inviting, mailing, queries, roster
from consult.passes.forms import REMIND, RosterForm, SendForm
from consult.passes.mailing import Invitation, Wording
from consult.passes.queries import Box
from consult.passes.roster import Roster, RosterRefused
from consult.passes.rules import MadeMeanwhile
from consult.passes.views.room import bp
from consult.people.access import requires
from consult.people.rules import Permission
from consult.voices.models import Letterbox

_PATH = "/letterboxes/<box>/invitations"
_HERE = "<!-- here -->"
_EVERY = 20
"""Mails between two lines of progress; a proxy waits a minute for the next."""


@bp.get(_PATH, endpoint="invitations")
@requires(Permission.RIGHTS_GIVE, of=queries.with_passes)
def page(box: Box) -> ResponseReturnValue:
    form = RosterForm()
    if queries.invitation_acts(db.session, box.letterbox):
        form.kind.data = REMIND
    return _page(box, form, 200)


@bp.post(_PATH, endpoint="check_roster")
@stays_in_memory
@requires(Permission.RIGHTS_GIVE, of=queries.with_passes)
def check(box: Box) -> ResponseReturnValue:
    """What would be sent, in numbers, with one mail as an example."""
    inviting.must_run(box.letterbox, clock.today())
    form = RosterForm.submitted()
    is_valid = form.validate()
    found = form.roster()
    if not is_valid or found is None:
        return _page(box, form, 400)
    send = SendForm(kind=form.kind.data, slips_from=form.slips_from.data)
    return _preview(box, send, found, 200)


@bp.post(_PATH + "/send", endpoint="send_invitations")
@stays_in_memory
@requires(Permission.RIGHTS_GIVE, of=queries.with_passes)
def send(box: Box) -> ResponseReturnValue:
    """The codes are kept before the first mail leaves, in one transaction of their own; those that no mail
    server took are deleted in another."""
    today, form = clock.today(), SendForm.submitted()
    inviting.must_run(box.letterbox, today)
    try:
        found = form.people()
    except RosterRefused:
        return _page(box, RosterForm(), 400)
    settings: Settings = current_app.extensions["consult.settings"]
    text, address = _wording(box, form), box.address
    try:
        client = smtp.connect(settings.mail_url)
    except smtp.FAILURES:
        return _preview(
            box, form, found, 400, fault=_("The mail server cannot be reached: nothing was sent.")
        )
    if client is None and not settings.mail_url:
        return _preview(box, form, found, 400, fault=_("This server has no mail server: nothing was sent."))
    codes = [] if form.is_reminder else inviting.new_codes(len(found.people))
    try:
        _keep(bytes.fromhex(address), codes, form.seen)
    except MadeMeanwhile:
        _hang_up(client)
        db.session.rollback()
        again = Box(db.session.get_one(Letterbox, bytes.fromhex(address)))
        return _preview(again, form, found, 409, is_late=True)
    letters = mailing.shuffled(found.people, codes)
    run = _Run(bytes.fromhex(address), form, text, letters, client, settings.mail_from)
    frame = render_template("passes/sending.html", box=box, title=_title(box), total=len(letters))
    answer = Response(stream_with_context(_told(run, *frame.split(_HERE))), mimetype="text/html")
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


@dataclass
class _Run:
    """One sending, in memory for as long as it takes."""

    letterbox_id: bytes
    form: SendForm
    text: Wording
    letters: Sequence[Invitation] = field(repr=False)
    client: smtplib.SMTP | None
    sender: str
    sent: int = 0
    unsent: list[Invitation] = field(default_factory=list, repr=False)

    def finish(self) -> None:
        """Codes that nobody received open nothing any more."""
        _hang_up(self.client)
        done = self.sent + len(self.unsent)
        self.unsent += self.letters[done:]  # something broke before they were tried
        codes = [one.code for one in self.unsent if one.code]
        if codes:
            begin_writing(db.session)
            letterbox = db.session.get_one(Letterbox, self.letterbox_id)
            inviting.revoke(db.session, letterbox, codes, on=clock.today())
            db.session.commit()


def _keep(letterbox_id: bytes, codes: Sequence[str], seen: int) -> None:
    """Raises `MadeMeanwhile`, `WrongState`. A reminder carries no code, and leaves nothing behind."""
    begin_writing(db.session)
    if codes:
        letterbox = db.session.get_one(Letterbox, letterbox_id)
        inviting.invite(db.session, letterbox, codes, seen=seen, on=clock.today())
    db.session.commit()


def _told(run: _Run, head: str, tail: str) -> Iterator[str]:
    """The page while mails leave. When the reader goes away, sending goes on to its end all the same. The
    view's session is closed by now: no transaction is open while anybody waits."""
    is_read = True
    try:
        for step in _steps(run):
            if is_read:
                try:
                    yield head + step
                except GeneratorExit:
                    is_read = False
                head = ""
    finally:
        run.finish()
    if is_read:
        end = head + _outcome(run) + tail
        db.session.rollback()
        yield end


def _steps(run: _Run) -> Iterator[str]:
    """A line at the start, and then every some mails."""
    yield ""
    total = len(run.letters)
    for one, was_taken in mailing.deliver(run.client, run.text, run.letters, sender=run.sender):
        if was_taken:
            run.sent += 1
        else:
            run.unsent.append(one)
        done = run.sent + len(run.unsent)
        if done % _EVERY == 0 and done < total:
            said = _("%(done)s of %(total)s", done=done, total=total)
            yield f"<li>{said}</li>\n"


def _hang_up(client: smtplib.SMTP | None) -> None:
    if client is None:
        return
    try:
        client.quit()
    except smtp.FAILURES:
        client.close()


# ── what the pages show ────────────────────────────────────────────────────────


def _page(box: Box, form: RosterForm, status: int) -> tuple[str, int]:
    page = render_template(
        "passes/invitations.html",
        box=box,
        form=form,
        title=_title(box),
        acts=queries.invitation_acts(db.session, box.letterbox),
        is_running=inviting.is_running(box.letterbox, clock.today()),
        most=roster.MOST,
    )
    return page, status


def _preview(
    box: Box, form: SendForm, found: Roster, status: int, *, fault: str = "", is_late: bool = False
) -> tuple[str, int]:
    """Numbers, and the mail as it will be read in each language it goes out in."""
    acts = queries.invitation_acts(db.session, box.letterbox)
    form.after.data = form.after.raw_data = str(len(acts))
    form.roster.data = found.carried
    text = _wording(box, form)
    counts = found.by_language
    page = render_template(
        "passes/check_roster.html",
        box=box,
        form=form,
        title=_title(box),
        found=found,
        counts=counts,
        domains=found.domains[:8],
        examples=[(one, *text.text(one, "…")) for one in ("", "fr", "en") if counts[one]],
        acts=acts,
        fault=fault,
        is_late=is_late,
    )
    return page, status


def _outcome(run: _Run) -> str:
    """How many left, and to whom to send again: shown to whoever brought the list, and kept nowhere. A piece
    of a page, drawn without what whole pages get: who is signed in was read by the view."""
    box = Box(db.session.get_one(Letterbox, run.letterbox_id))
    unsent = [one.person for one in run.unsent]
    again = SendForm(kind=run.form.kind.data, slips_from=run.form.slips_from.data)
    again.roster.data = Roster(tuple(unsent)).carried
    again.after.data = str(len(queries.invitation_acts(db.session, box.letterbox)))
    example = run.text.text(run.letters[0].person.language, run.letters[0].code)
    said = ngettext(
        "%(num)s mail was handed to the mail server.",
        "%(num)s mails were handed to the mail server.",
        run.sent,
    )
    return current_app.jinja_env.get_template("passes/sent_part.html").render(
        box=box,
        said=said,
        is_reminder=run.form.is_reminder,
        unsent=unsent,
        again=again,
        is_kept=run.client is None,
        example=example if run.client is None else None,
    )


def _wording(box: Box, form: SendForm) -> Wording:
    return mailing.wording(
        db.session,
        box.letterbox,
        address=current_app.config["CONSULT_ADDRESS"],
        slips_from=" ".join((form.slips_from.data or "").split())[:200],
        is_reminder=form.is_reminder,
    )


def _title(box: Box) -> str:
    told = box.letterbox.told.get("title", {})
    return str(told.get(locale()) or told.get("fr") or "")

"""Pages of this room: the body asks, the employer answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid5

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotAllowed, NotFound, WrongState
from consult.core.i18n import _, day, ngettext
from consult.core.localized import Localized
from consult.enclosures import handing
from consult.enclosures.forms import EnclosureForm
from consult.files.uploads import takes_file
from consult.notices import fields, starting
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.notices.rules import FileReaders, NoticeState
from consult.people import delegations
from consult.people import queries as people
from consult.people.access import acting_body_ids, may, reader_of, requires, signed_in, weigh
from consult.people.models import Body
from consult.people.rules import NotAdopted, Permission, majority
from consult.people.seats import DelegatedAct, NotDelegated
from consult.questions import letters, queries, services
from consult.questions.forms import AnswerForm, AskForm, BankForm, UnansweredForm
from consult.questions.models import Question
from consult.questions.rules import NotUnanswered, QuestionKind
from consult.register import causes
from consult.web import spaces
from consult.web.fields import options
from consult.web.filters import text_of

bp = Blueprint("questions", __name__, url_prefix=spaces.WORKSPACE)


@bp.route("/notices/<slug>/questions/new", methods=["GET", "POST"])
@requires(Permission.QUESTION_ASK, of=notices.by_slug)
def ask(notice: Notice) -> ResponseReturnValue:
    """A question of the body, with what led to it."""
    bodies = _asking(notice)
    offered = causes.citable(db.session, notice.id, reader=reader_of(signed_in()), on=clock.today())
    if request.method == "GET":
        if notice.state is not NoticeState.PUBLISHED:
            raise WrongState("notice", notice.state)
        picked = [str(one) for one in causes.chosen(request.args.getlist("because"), offered)]
        return _ask_page(notice, _ask_form(notice, bodies, offered, because=picked), bodies)
    form = _ask_form(notice, bodies, offered)
    if not form.validate():
        return _ask_page(notice, form, bodies, status=400)
    body = next(one for one in bodies if len(bodies) == 1 or str(one.id) == form.body.data)
    try:
        question = services.ask(
            db.session,
            notice,
            body=body,
            text=form.localized("text"),
            actor=signed_in(),
            on=clock.today(),
            expected_on=form.expected_on.data,
            because=causes.chosen(form.because.data or (), offered),
            kind=QuestionKind(form.kind.data),
            field=form.field.data or "",
            once=form.once_id,
        )
    except WrongState:
        db.session.rollback()
        refused = _("This notice was withdrawn: no question can be asked about it any more.")
        return _ask_page(notice, form, bodies, status=409, refused=refused)
    db.session.commit()
    flash(_asked(question), "ok")
    return redirect(_hub(notice, body.id), 303)


def _asking(notice: Notice) -> list[Body]:
    """The bodies that received the notice and that this person may write for. Raises `NotFound`."""
    mine = acting_body_ids(signed_in()) & notice.audience.body_ids
    bodies = [one for one in people.bodies(db.session) if one.id in mine]
    if not bodies:
        raise NotFound
    return bodies


def _ask_form(
    notice: Notice, bodies: Sequence[Body], offered: Sequence[causes.Cause], because: Sequence[str] = ()
) -> AskForm:
    asked = {"because": because, "field": request.args.get("field", "")}
    form = AskForm.submitted() if request.method == "POST" else AskForm(data=asked)
    form.field.choices = options(_fields())
    form.written_in(commitments.source_of(notice))
    form.because.choices = options((str(one.ref), one.label) for one in offered)
    if len(bodies) > 1:
        form.body.choices = options((str(one.id), one.name) for one in bodies)
    else:
        del form.body
    return form


def _fields() -> list[tuple[str, str]]:
    """The parts of a notice a question may be about."""
    named = [(one.key, str(fields.label_of(one.key))) for one in fields.FIELDS]
    return [("", str(_("The notice in general"))), *named]


def _ask_page(
    notice: Notice, form: AskForm, bodies: Sequence[Body], status: int = 200, refused: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "questions/ask.html",
        form=form,
        notice=notice,
        revision=notices.published(notice),
        bodies=bodies,
        refused=refused,
    )
    return page, status


def _asked(question: Question) -> str:
    if question.expected_on is None:
        return str(_("Question %(number)s asked.", number=question.number))
    return str(
        _(
            "Question %(number)s asked. Answer proposed for %(day)s.",
            number=question.number,
            day=day(question.expected_on),
        )
    )


@bp.route("/notices/<slug>/questions/bank", methods=["GET", "POST"])
@requires(Permission.QUESTION_ASK, of=notices.by_slug)
def bank(notice: Notice) -> ResponseReturnValue:
    """Questions usually asked about such a system: ticked, they are asked together, each with its number."""
    body = _asking(notice)[0]
    if notice.state is not NoticeState.PUBLISHED:
        raise WrongState("notice", notice.state)
    offered = _bank(notice)
    form = BankForm.submitted() if request.method == "POST" else BankForm()
    form.picked.choices = options((key, text_of(text)) for key, text in offered.items())
    picked = [offered[key] for key in form.picked.data or () if key in offered]
    if request.method == "GET" or not form.validate() or not picked:
        if request.method == "POST" and not picked:
            form.picked.errors = [_("Tick one question at least.")]
        page = render_template(
            "questions/bank.html", form=form, notice=notice, offered=offered, headings=_headings(offered)
        )
        return page, 200 if request.method == "GET" else 400
    for number, text in enumerate(picked):
        services.ask(
            db.session, notice, body=body, text=text, actor=signed_in(), on=clock.today(),
            expected_on=form.expected_on.data, once=uuid5(form.once_id, str(number)),
        )  # fmt: skip
    db.session.commit()
    flash(
        ngettext("%(num)s question asked.", "%(num)s questions asked.", len(picked)),
        "ok",
    )
    return redirect(_hub(notice, body.id), 303)


def _bank(notice: Notice) -> dict[str, Localized]:
    """The questions of the starter the notice began from, else of every starter; those asked already are
    left out."""
    revision = notices.published(notice)
    own = str((revision.starter if revision is not None else {}).get("key", ""))
    keys = [own] if starting.questions_for(own) else sorted(starting.load())
    asked = {one.text.shown("fr")[0] for one in queries.of_notice(db.session, notice.id)}
    source = commitments.source_of(notice)
    return {
        f"{key}-{at}": Localized.of(fr=one.fr, en=one.en, source=source)
        for key in keys
        for at, one in enumerate(starting.questions_for(key))
        if one.fr not in asked
    }


def _headings(offered: Mapping[str, Localized]) -> dict[str, Localized]:
    """The subject above the first question of each, where they come from several."""
    first: dict[str, str] = {}
    for key in offered:
        first.setdefault(key.rpartition("-")[0], key)
    titles = {at: starting.load()[subject].title for subject, at in first.items()}
    return {at: Localized.of(fr=one.fr, en=one.en) for at, one in titles.items()} if len(titles) > 1 else {}


@bp.route("/questions/<uuid:question_id>/unanswered", methods=["GET", "POST"])
@requires(Permission.QUESTION_ASK, of=queries.by_id)
def unanswered(question: Question) -> ResponseReturnValue:
    """The body declares that the employer did not answer."""
    form = UnansweredForm.submitted() if request.method == "POST" else UnansweredForm()
    if question.answers or question.unanswered is not None:
        flash(_("This question has an answer, or was declared unanswered already."), "accent")
        return redirect(_hub(question.notice, question.body_id), 303)
    today, act = clock.today(), DelegatedAct.UNANSWERED
    form.under(delegations.running(db.session, question.body_id, signed_in(), act, on=today))
    if request.method == "GET" or not form.validate():
        return _unanswered_page(question, form, 200 if request.method == "GET" else 400)
    try:
        services.declare_unanswered(
            db.session, question, note=(form.note.data or "").strip(), votes=form.votes,
            delegation=form.delegation, actor=signed_in(), on=today,
        )  # fmt: skip
    except (NotAdopted, NotDelegated) as error:
        db.session.rollback()
        return _unanswered_page(question, form, 409, why=type(error).__name__)
    except NotUnanswered:
        db.session.rollback()
        flash(_("This question has an answer, or was declared unanswered already."), "accent")
    else:
        weigh(question.body, form.votes, on=today)
        db.session.commit()
        flash(_("Question %(number)s is declared unanswered.", number=question.number), "ok")
    return redirect(_hub(question.notice, question.body_id), 303)


def _unanswered_page(
    question: Question, form: UnansweredForm, status: int, why: str = ""
) -> ResponseReturnValue:
    needed = majority(sum(form.tally.values()))
    page = render_template("questions/unanswered.html", form=form, question=question, needed=needed, why=why)
    return page, status


@bp.route("/questions/<uuid:question_id>", methods=["GET", "POST"])
@requires(Permission.QUESTION_ANSWER, of=queries.by_id)
def answer(question: Question) -> ResponseReturnValue:
    """The employer's answer; an earlier one stays and is shown."""
    source = commitments.source_of(question.notice)
    if request.method == "GET":
        form = AnswerForm(data={"seen": str(len(question.answers))})
        return _answer_page(question, form.written_in(source))
    form = AnswerForm.submitted().written_in(source)
    if not form.validate():
        return _answer_page(question, form, status=400)
    try:
        services.answer(
            db.session,
            question,
            text=form.localized("text"),
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
            seen=form.seen_count,
        )
    except EditedMeanwhile:
        db.session.rollback()
        form.seen.data = str(len(question.answers))
        return _answer_page(question, form, status=409, is_late=True)
    db.session.commit()
    flash(
        _(
            "Question %(number)s is answered. %(body)s was told.",
            number=question.number,
            body=question.body.name,
        ),
        "ok",
    )
    return redirect(_hub(question.notice, question.body_id), 303)


@bp.route("/questions/<uuid:question_id>/documents/new", methods=["GET", "POST"])
@takes_file
@requires(Permission.NOTICE_FOLLOW, of=queries.by_id)
def document(question: Question) -> ResponseReturnValue:
    """Beside a question: either side hands a document over."""
    if not (may(Permission.QUESTION_ANSWER) or question.body_id in acting_body_ids(signed_in())):
        raise NotAllowed
    members = people.staff_members(db.session, question.body_id, on=clock.today())
    form = EnclosureForm.submitted() if request.method == "POST" else EnclosureForm()
    form.offering(members)
    back = _hub(question.notice, question.body_id)
    if request.method == "POST" and handing.hand_over(
        form, about=question.ref, body=question.body, notice=question.notice
    ):
        if may(Permission.QUESTION_ANSWER) and form.readers.data == FileReaders.BODY:
            letters.handed_over(db.session, question)
        db.session.commit()
        flash(_("The document is handed over."), "ok")
        return redirect(back, 303)
    name = _("Question %(number)s", number=question.number)
    page = render_template("enclosures/new.html", form=form, back=back, name=name)
    return page, 200 if request.method == "GET" else 400


def _answer_page(
    question: Question, form: AnswerForm, status: int = 200, is_late: bool = False
) -> ResponseReturnValue:
    reader = reader_of(signed_in())
    offered = causes.citable(db.session, question.notice_id, reader=reader, on=clock.today())
    page = render_template(
        "questions/answer.html",
        form=form,
        question=question,
        revision=notices.published(question.notice),
        led_by=causes.of(db.session, question.ref, offered),
        is_late=is_late,
    )
    return page, status


def _hub(notice: Notice, body_id: UUID) -> str:
    """The page of the consultation, else the notice's."""
    for one in consultations.of_notice(db.session, notice.id):
        if one.body_id == body_id:
            return url_for("workspace.consultation", consultation_id=one.id)
    return url_for("reading.notice_signed", slug=notice.slug)

"""Set-up by profile: one question a page, resumable; what follows from it; rules changed with a reason."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select

from consult import cli
from consult.app import create_app
from consult.core import clock
from consult.core.db import db
from consult.core.errors import Refused
from consult.mail.models import Letter
from consult.notices.models import Notice
from consult.people import queries, settling
from consult.people import services as people_services
from consult.people.models import Account, Body, RuleAnswer
from consult.people.regimes import ASKED, Question, Regime
from consult.people.rules import BodyKind, Role
from consult.procedures.loading import template
from consult.profile import cli as options
from consult.register import services as register
from consult.register.models import Leaf
from consult.register.rules import Tag
from consult.voices.models import Letterbox
from tests import loop
from tests.client import Page, PageClient
from tests.conftest import SECRET, People, settings_for
from tests.letterboxes import open_box

Work = Callable[..., Any]
As = Callable[[Account], PageClient]
BOTH = pytest.mark.parametrize("lang", ["fr", "en"])
ANSWERS: dict[Question, dict[str, Any]] = {
    Question.REGIME: {"regime": "fr_private"},
    Question.SITES: {"rows-0-headcount": "60"},
    Question.BODIES: {},
    Question.LANGUAGES: {"languages": "both"},
    Question.REACH: {"reach": "most_without"},
    Question.ALERT: {"channel_fr": "alerte@orvalie.example", "channel_en": "alerte@orvalie.example"},
    Question.KEYHOLDERS: {"wanted": "4"},
    Question.READERS: {"readers": "employees"},
}


def address(question: Question | str, lang: str = "fr") -> str:
    return f"/workspace/{lang}/set-up/{question}"


def answer_all(admin: PageClient, lang: str = "fr", **other: dict[str, Any]) -> Page:
    """From the first question to the last, as the pages lead; the page after the last."""
    page = admin.get(f"/workspace/{lang}/set-up", status=303)
    for question in ASKED:
        assert page.response.headers["Location"] == address(question, lang)
        values = {**ANSWERS[question], **other.get(question.value, {})}
        page = admin.submit(admin.follow(page), values, action="/set-up/")
    return admin.follow(page)


def settled(work: Work, **told: Any) -> None:
    """Everything answered without the pages."""
    with work() as session:
        done: dict[str, Any] = {"on": clock.today(), "actor": None}
        settling.set_regime(session, told.get("regime", Regime.FR_PRIVATE), **done)
        settling.set_sites(session, told.get("sites", [("Nantes", 260)]), **done)
        for question in ASKED[2:]:
            settling.answer(session, question, None, **done)


# ── the wizard ─────────────────────────────────────────────────────────────────


@BOTH
def test_from_the_first_question_to_the_last(people: People, as_: As, work: Work, lang: str) -> None:
    end = answer_all(as_(people.admin), lang)
    assert end.path == address("end", lang)
    assert ("CSE central" if lang == "fr" else "Central CSE") not in end.text
    with work() as session:
        told, found = queries.profile(session), queries.organisation(session)
        assert told.is_complete and (told.headcount, told.sites) == (60, 1)
        assert (found.keyholders_wanted, found.reach) == (4, "most_without")
        assert {one.account.id for one in queries.answers(session)} == {people.admin.id}


def test_it_resumes_where_it_was_left(people: People, as_: As) -> None:
    admin = as_(people.admin)
    start = admin.get("/workspace/fr/")
    assert "8 questions" in start.text
    admin.submit(admin.get(address("regime")), ANSWERS[Question.REGIME], action="/set-up/")
    again = as_(people.admin).get("/workspace/fr/set-up", status=303)
    assert again.response.headers["Location"] == address("sites")
    assert as_(people.admin).get(address("end"), status=303).response.headers["Location"].endswith("set-up")


def test_going_back_saves_and_shows_what_was_answered(people: People, as_: As) -> None:
    admin = as_(people.admin)
    admin.submit(admin.get(address("regime")), {"regime": "ca_federal"}, action="/set-up/")
    back = admin.submit(
        admin.get(address("sites")), {"rows-0-headcount": "77"}, action="/set-up/", button="back"
    )
    page = admin.follow(back)
    assert page.path == address("regime")
    assert page.doc.xpath("//input[@name='regime' and @checked]/@value") == ["ca_federal"]
    assert admin.get(address("sites")).doc.xpath("//input[@name='rows-0-headcount']/@value") == ["77"]


def test_nothing_typed_is_lost_on_an_error_or_for_more_rows(people: People, as_: As, work: Work) -> None:
    admin = as_(people.admin)
    page = admin.get(address("sites"))
    typed = {"rows-0-headcount": "260", "rows-1-name": "Lille", "rows-1-headcount": ""}
    again = admin.submit(page, typed, action="/set-up/", status=400)
    assert again.doc.xpath("//input[@name='rows-1-name']/@value") == ["Lille"]
    more = admin.submit(again, {"rows-1-headcount": "12"}, action="/set-up/", button="more", status=200)
    assert more.doc.xpath("//input[@name='rows-1-headcount']/@value") == ["12"]
    assert more.doc.xpath("//input[@name='rows-4-name']")
    with work() as session:
        assert len(queries.establishments(session)) == 1 and not queries.answers(session)
    admin.submit(more, {"rows-4-name": "Lille", "rows-4-headcount": "3"}, action="/set-up/", status=400)
    admin.submit(more, {}, action="/set-up/")
    with work() as session:
        assert {one.name: one.headcount for one in queries.establishments(session)} == {
            "Nantes": 260, "Lille": 12,
        }  # fmt: skip


def test_a_double_click_answers_once(people: People, as_: As, work: Work) -> None:
    admin = as_(people.admin)
    page = admin.get(address("keyholders"))
    for _click in range(2):
        admin.submit(page, {"wanted": "3"}, action="/set-up/")
    with work() as session:
        assert len(queries.answers(session)) == 1


def test_bodies_are_added_once_and_only_of_a_kind_that_applies(people: People, as_: As, work: Work) -> None:
    admin = as_(people.admin)
    page = admin.get(address("bodies"))
    kinds = page.doc.xpath("//select[@name='rows-0-kind']/option/@value")
    assert "central_cse" not in kinds and "lmcc" not in kinds and "cssct" in kinds
    new = {"rows-0-kind": "cssct", "rows-0-name": "CSSCT", "rows-0-headcount": "260"}
    admin.submit(page, {**new, "rows-0-name": "CSE d’Orvalie"}, action="/set-up/", status=400)
    admin.submit(page, {**new, "rows-0-kind": "lmcc"}, action="/set-up/", status=400)
    admin.submit(page, new, action="/set-up/")
    admin.submit(page, new, action="/set-up/", status=400)
    with work() as session:
        assert sorted(one.name for one in queries.bodies(session)) == ["CSE d’Orvalie", "CSSCT"]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("regime", {"regime": "other", "elsewhere": ""}),
        ("keyholders", {"wanted": "1"}),
        ("readers", {"readers": "public"}),
        ("alert", {"channel_fr": "", "channel_en": "x"}),
        ("alert", {"channel_fr": "x", "channel_en": "x", "rows-0-number": "", "rows-0-label_fr": "x"}),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(
    people: People, as_: As, work: Work, question: str, values: dict[str, str]
) -> None:
    admin = as_(people.admin)
    page = admin.submit(admin.get(address(question)), values, action="/set-up/", status=400)
    assert page.doc.xpath("//*[contains(@class, 'error')]")
    with work() as session:
        assert not queries.answers(session)


@pytest.mark.parametrize("who", ["hr", "rep1", "rep2", "chair"])
def test_administrators_only(people: People, as_: As, who: str, work: Work) -> None:
    other = as_(getattr(people, who))
    token = other.get("/workspace/fr/").doc.xpath("//input[@name='csrf_token']/@value")[0]
    for path in ("/workspace/fr/set-up", address("end"), *(address(one) for one in Question)):
        other.get(path, status=403)
    other.post(address("regime"), {"csrf_token": token, "regime": "be"}, status=403)
    other.post("/workspace/fr/set-up/notice", {"csrf_token": token}, status=403)
    with work() as session:
        assert not queries.answers(session)
        assert queries.organisation(session).regime is Regime.FR_PRIVATE


def test_a_question_nobody_knows_is_not_there(people: People, as_: As) -> None:
    as_(people.admin).get(address("colour"), status=404)


# ── what follows ───────────────────────────────────────────────────────────────


def test_a_firm_of_sixty_on_one_site_never_sees_a_central_committee(
    people: People, as_: As, work: Work
) -> None:
    settled(work, sites=[("Nantes", 60)])
    admin = as_(people.admin)
    page = admin.get("/workspace/fr/people")
    assert "CSE central" not in page.text
    kinds = page.doc.xpath("//select[@name='body-kind']/option/@value")
    assert kinds == ["cse", "cssct", "custom"]
    values = {"body-name": "Central", "body-kind": "central_cse", "body-headcount": "60"}
    admin.submit(page, values, action="/bodies/new", status=400)


def test_a_canadian_department_reads_its_own_words(
    people: People, as_: As, employee: PageClient, work: Work
) -> None:
    before = employee.get("/fr/")
    assert "salariés" in before.text
    settled(work, regime=Regime.CA_FEDERAL)
    page = employee.get("/fr/")
    assert "fonctionnaires" in page.text and "représentants syndicaux" in page.text
    assert "salarié" not in page.text and "élus" not in page.text
    assert "Fiches" in page.text and "Notices" not in page.text
    start = as_(people.hr).get("/workspace/fr/")
    assert "salarié" not in start.text
    kinds = (
        as_(people.admin).get("/workspace/fr/people").doc.xpath("//select[@name='body-kind']/option/@value")
    )
    assert kinds == ["cse", "union", "lmcc", "custom"], "what exists stays"


def test_only_procedures_that_apply_are_offered(people: People, as_: As, work: Work) -> None:
    settled(work, regime=Regime.CA_FEDERAL)
    rules = as_(people.hr).get("/workspace/en/rules").text
    assert "Canada: federal public service" in rules and "CSE information" not in rules
    assert "Canada Labour Code" not in rules


def test_new_numbers_reach_letterboxes_that_are_open(people: People, as_: As, work: Work) -> None:
    settled(work)
    box = open_box(work)
    admin = as_(people.admin)
    values = {
        **ANSWERS[Question.ALERT], "rows-0-number": "3919", "rows-0-label_fr": "Violences",
        "rows-0-label_en": "Violence", "reason": "Numéro corrigé",
    }  # fmt: skip
    admin.submit(admin.get(address("alert")), values, action="/set-up/")
    with work() as session:
        told = session.get_one(Letterbox, box.id).told
        assert [one["number"] for one in told["emergency"]] == ["3919"]
        assert told["alert_channel"]["fr"] == "alerte@orvalie.example" and told["title"]


def test_without_a_body_there_is_no_menu_of_meetings(app: Flask, work: Work) -> None:
    with work() as session:
        people_services.found_organisation(session, name="Onze", country="fr", access_word="tilleul-bleu")
        hr = people_services.add_account(session, email="hr@onze.example", name="Hr", role=Role.HR_PUBLISHER)
        session.refresh(hr)
    links = PageClient(app).signed_in_as(hr).get("/workspace/fr/").links()
    assert "/workspace/fr/notices" in links and "/workspace/fr/meetings" not in links


def own_words(page: str) -> str:
    """A page without the names of steps and facts: a procedure of France keeps its words."""
    found = template("fr-cse")
    names = [one.label.fr for one in found.steps] + [found.name_of(one).fr for one in found.facts]
    for name in sorted(names, key=len, reverse=True):
        page = page.replace(name, "")
    return page


def test_words_follow_the_body_on_its_pages(
    people: People, as_: As, employee: PageClient, work: Work
) -> None:
    settled(work)
    consultation = loop.sent_with(work, people).consultation_id
    page = f"/workspace/fr/consultations/{consultation}"
    before = as_(people.rep1).get(page).text
    with work() as session:
        session.get_one(Body, people.body.id).kind = BodyKind.LMCC
        register.touch(session)
    notice = employee.get("/fr/notices/plume")
    assert "représentants syndicaux" in notice.text and "élus" not in own_words(notice.text)
    after = as_(people.rep1).get(page).text
    assert "salariés" in own_words(before)
    left = re.findall(".{60}(?:élus|salariés).{40}", own_words(after))
    assert not left
    assert "salariés" in as_(people.admin).get("/workspace/fr/people").text, "else the organisation’s"


# ── a rule changes, with a reason ──────────────────────────────────────────────


@BOTH
def test_a_changed_rule_shows_its_reason(people: People, as_: As, work: Work, lang: str) -> None:
    settled(work)
    admin = as_(people.admin)
    page = admin.get(address("keyholders", lang))
    again = admin.submit(page, {"wanted": "5"}, action="/set-up/", status=400)
    assert again.doc.xpath("//input[@name='wanted']/@value") == ["5"]
    done = admin.submit(again, {"wanted": "5", "reason": "Accord du 3 novembre"}, action="/set-up/")
    assert "Accord du 3 novembre" in admin.follow(done).text
    for who in (people.hr, people.rep2, people.chair):
        seen = as_(who).get(f"/workspace/{lang}/rules")
        assert "Accord du 3 novembre" in seen.text and "Ada Admin" in seen.text
        assert not [one for one in seen.links() if "/set-up" in one]
    with work() as session:
        leaves = [one.tag for one in session.scalars(select(Leaf))]
        assert leaves.count(Tag.RULES_CHANGED) == 1


def test_words_kinds_and_procedures_can_be_set_instead_and_follow_again(
    people: People, as_: As, employee: PageClient, work: Work
) -> None:
    settled(work)
    admin = as_(people.admin)
    why = {"reason": "Demande du comité"}
    admin.submit(admin.get(address("words")), {"wording": "set:ca", **why}, action="/set-up/")
    assert "employés" in employee.get("/fr/").text
    admin.submit(admin.get(address("words")), {"wording": "follow", **why}, action="/set-up/")
    assert "salariés" in employee.get("/fr/").text
    values = {"how": "set", "chosen": ["central_cse"], **why}
    admin.submit(admin.get(address("kinds")), {**values, "chosen": []}, action="/set-up/", status=400)
    admin.submit(admin.get(address("kinds")), values, action="/set-up/")
    kinds = admin.get("/workspace/fr/people").doc.xpath("//select[@name='body-kind']/option/@value")
    assert kinds == ["cse", "central_cse"]
    values = {"how": "set", "chosen": ["generic"], **why}
    admin.submit(admin.get(address("procedures")), values, action="/set-up/")
    with work() as session:
        assert queries.profile(session).procedures == ("generic",)
        assert len([one for one in session.scalars(select(RuleAnswer)) if one.reason]) == 4


# ── the page of rules ──────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize("who", ["hr", "rep1", "chair", "admin"])
def test_everyone_who_signs_in_reads_and_prints_the_rules(
    people: People, as_: As, work: Work, lang: str, who: str
) -> None:
    settled(work)
    page = as_(getattr(people, who)).get(f"/workspace/{lang}/rules")
    for text in ("CSE d’Orvalie", "Nantes", "112", "R2312-6", "Maxime Adjovi"):
        assert text in page.text
    assert len(page.doc.xpath("//*[contains(@class, 'signatures')]/div")) == 2
    pdf = as_(getattr(people, who)).get(f"/workspace/{lang}/rules.pdf")
    assert pdf.response.data.startswith(b"%PDF-")


def test_a_stranger_reads_no_rules(client: PageClient, employee: PageClient) -> None:
    for one in (client, employee):
        for path in ("/workspace/fr/rules", "/workspace/fr/rules.pdf"):
            assert "/sign-in" in one.get(path, status=302).response.headers["Location"]


def test_the_rules_say_so_while_the_set_up_is_not_complete(people: People, as_: As) -> None:
    assert "n’est pas encore terminée" in as_(people.hr).get("/workspace/fr/rules").text


# ── a notice on Consult itself ─────────────────────────────────────────────────


def test_a_draft_about_consult_itself_is_made_once_and_hr_are_told(
    people: People, as_: As, work: Work, employee: PageClient
) -> None:
    admin = as_(people.admin)
    end = answer_all(admin)
    for _click in range(2):
        admin.submit(end, {}, action="/set-up/notice")
    with work() as session:
        (notice,) = session.scalars(select(Notice)).all()
        revision = notice.revisions[0]
        assert set(revision.fields["intended_purpose"].texts) == {"fr", "en"}
        assert "pas un système d’IA" in revision.summary["what"].texts["fr"]
        told = [
            one.to_address for one in session.scalars(select(Letter)) if one.about == f"notice:{notice.id}"
        ]
        assert told == [people.hr.email]
        slug = notice.slug
    as_(people.hr).get(f"/workspace/fr/notices/{slug}/edit")
    admin.get(f"/workspace/fr/notices/{slug}/edit", status=403)
    employee.get(f"/fr/notices/{slug}", status=404)


def test_a_body_can_still_be_of_another_kind_where_it_exists(people: People, work: Work) -> None:
    settled(work)
    with work() as session:
        session.add(Body(name="Groupe", kind=BodyKind.EWC, headcount=90))
        session.flush()
        assert BodyKind.EWC in queries.profile(session).offered_kinds


# ── on the command line ────────────────────────────────────────────────────────

INIT = (
    "init", "--name", "Havre", "--regime", "ca_federal", "--site", "Ottawa=400", "--body",
    "lmcc:CCPS=400", "--languages", "both", "--reach", "everybody", "--alert-channel", "fr=Écrire à l’ombud",
    "--alert-channel", "en=Write to the ombuds", "--emergency", "911=Urgence/Emergency", "--keyholders", "3",
    "--readers", "employees",
)  # fmt: skip


def consult(folder: Path, *words: str, status: int = 0) -> str:
    unset = {name: None for name in os.environ if name.startswith("CONSULT_")}
    env = {**unset, "CONSULT_DATA_DIR": str(folder), "CONSULT_SECRET_KEY": SECRET}
    mask = os.umask(0o022)
    try:
        done = CliRunner().invoke(cli.main, list(words), env=env, obj=ScriptInfo())
    finally:
        os.umask(mask)
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


def test_init_answers_the_same_questions(tmp_path: Path) -> None:
    consult(tmp_path, *INIT)
    app = create_app(settings_for(tmp_path))
    with app.app_context():
        told, found = queries.profile(db.session), queries.organisation(db.session)
        assert told.is_complete and told.wording == "ca_federal" and told.country == "ca"
        assert [one.name for one in queries.bodies(db.session)] == ["CCPS"]
        assert found.emergency == [{"label": {"fr": "Urgence", "en": "Emergency"}, "number": "911"}]
        assert all(one.answered_by is None for one in queries.answers(db.session))
        db.session.rollback()
        db.engine.dispose()
    consult(tmp_path, "init")  # brings it to the release, and answers nothing anew
    consult(tmp_path, "init", "--keyholders", "3")
    assert "reason" in consult(tmp_path, "init", "--keyholders", "5", status=1)
    consult(tmp_path, "init", "--keyholders", "5", "--reason", "Agreement of 3 November")


@pytest.mark.parametrize(
    "given",
    [
        {"sites": ["Ottawa"]}, {"bodies": ["council:X=3"]}, {"bodies": ["cse:X=3"], "no_body": True},
        {"alert": ["de=Hier"]}, {"emergency": ["112"]},
    ],
)  # fmt: skip
def test_init_says_how_an_option_is_written(people: People, work: Work, given: dict[str, Any]) -> None:
    nothing: dict[str, Any] = dict.fromkeys(("sites", "bodies", "alert", "emergency"), ())
    nothing |= dict.fromkeys(("regime", "reach", "keyholders", "readers")) | {"no_body": False, "reason": ""}
    with work() as session, pytest.raises(Refused):
        options.apply(session, languages=None, country="fr", on=clock.today(), **{**nothing, **given})

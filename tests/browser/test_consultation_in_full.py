"""A consultation as a secretary and a human resources director go through it, in French, on a phone, with
scripts and without. What they do to the demonstration cannot be done twice: each run has its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page

from tests import told
from tests.browser.conftest import CHROMIUM, MISSING, ROOT, Served, free_port, wait_for
from tests.browser.doing import Person
from tests.browser.walking import sign_in

PHONE = {"width": 390, "height": 844}
Enter = Callable[[str], Person]


@pytest.fixture(scope="module", params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def served(scripts: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if CHROMIUM is None:
        pytest.skip(MISSING)
    folder, port = tmp_path_factory.mktemp("own") / "data", free_port()
    shutil.copytree(told.demonstration(tmp_path_factory), folder)
    environ = told.environ(folder) | {"CONSULT_BIND": f"127.0.0.1:{port}", "CONSULT_JOBS": "false"}
    server = subprocess.Popen([sys.executable, "-m", "consult", "serve"], env=environ, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield Served(f"http://127.0.0.1:{port}", folder, environ)
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def enter(browse: Callable[..., Page], axe: Callable[[Page], None], scripts: bool) -> Enter:
    """``enter("mireille.adjovi")``: that person, signed in."""

    def one(name: str) -> Person:
        page = browse("fr", **PHONE, scripts=scripts)
        sign_in(page, "fr", name)
        return Person(page, axe if scripts else None)

    return one


def day(from_today: int) -> str:
    return (date.today() + timedelta(days=from_today)).isoformat()


def test_the_secretary_and_a_member(enter: Enter) -> None:
    rep = enter("mireille.adjovi")
    reads_and_asks(rep)
    decides(rep)
    member = enter("paul.roussel")
    asks_for_a_meeting(rep, member)
    opens_a_file(rep)
    keeps_minutes(rep)
    declares_unanswered(rep)
    drafts_and_adopts(rep, member)
    positions(rep)
    prepares_a_text(rep)
    makes_a_calendar(rep)
    confirms(rep)


def reads_and_asks(rep: Person) -> None:
    assert "Ce qui m’attend" in rep.text
    rep.follow("Avis sur « Passerelle")
    assert "jours pour rendre l’avis" in rep.text
    hub = rep.page.url
    rep.follow("Toutes les étapes et leurs dates")
    assert "none" not in rep.text

    rep.to("/workspace/fr/notices/passerelle/questions/new")
    rep.page.select_option("main select[name=field]", label="Données, sources, mode de collecte")
    rep.fill(text_fr="Où sont traités les textes pendant la traduction ?")
    rep.done("Poser la question", "Question")
    rep.to("/workspace/fr/notices/passerelle/questions/bank")
    assert "Cochez" in rep.refused("Poser ces questions")
    rep.choose("picked", "translation-1")
    rep.choose("picked", "translation-5")
    rep.done("Poser ces questions", "2 questions")

    rep.to(hub)
    rep.follow("Toutes les étapes et leurs dates")
    rep.follow("Saisir une date")
    rep.page.select_option("main select[name=key]", label="Communication de l’ordre du jour")
    rep.fill(day=day(-1), note="Ordre du jour signé de la présidence et de la secrétaire.")
    rep.done("Enregistrer la date")
    rep.follow("Contester Notice reçue")
    rep.choose("instead", "day")
    rep.fill(day=day(-1), why="L’essai sur cent courriers n’est arrivé qu’hier.")
    rep.vote(2, 1)
    rep.done("Contester cette date")
    assert "d’après l’instance" in rep.text or "selon l’instance" in rep.text, rep.text


def to_passerelle(rep: Person) -> None:
    rep.to("/workspace/fr/consultations")
    rep.follow("Passerelle")


def decides(rep: Person) -> None:
    """What only the body can do: an expert, a letterbox."""
    to_passerelle(rep)
    rep.follow("Désigner un expert")
    rep.fill(firm="Cabinet Ergonia", name="Nadia Tison", email="n.tison@ergonia.example")
    rep.fill(subject_fr="Ce que la traduction change pour qui relit.")
    rep.vote(1, 2)
    rep.refused("Désigner l’expert")
    rep.vote(3)
    rep.done("Désigner l’expert", "désigné")
    to_passerelle(rep)
    rep.follow("Ouvrir une boîte scellée")
    rep.vote(3)
    rep.press("Ouvrir la boîte scellée")
    rep.look(english=False)


def asks_for_a_meeting(rep: Person, member: Person) -> None:
    rep.to("/workspace/fr/meetings")
    rep.follow("Demander une réunion extraordinaire")
    rep.choose("ground", "health")
    assert rep.refused("Ouvrir la demande")
    rep.fill(reason="Relire sans connaître la langue inquiète : la charge et la responsabilité changent.")
    rep.done("Ouvrir la demande")
    rep.look()
    assert not rep.page.locator("button:has-text('Envoyer à l’employeur')").count()
    member.to(rep.page.url)
    member.done("Soutenir")
    rep.page.reload()
    rep.done("envoyer", "employeur")


def opens_a_file(rep: Person) -> None:
    rep.to("/workspace/fr/dossiers/new")
    rep.fill(
        name="Un outil qui note les appels", place="Lille", since="Cet été", known="On en parle en équipe."
    )
    rep.fill(source="Une collègue, au téléphone.")
    rep.done("Ouvrir le dossier")
    rep.follow("Interroger l’employeur")
    assert "Le CSE d’Orvalie" in rep.page.locator("[name=resolution_fr]").input_value()
    rep.vote(3)
    rep.done("Envoyer la lettre")
    rep.look()


def keeps_minutes(rep: Person) -> None:
    rep.to("/workspace/fr/meetings")
    rep.follow("Réunion n° 4")
    rep.follow("Rédiger le procès-verbal")
    rep.look()
    rep.fill(text_fr="Le rapport de l’expert est présenté. L’avis est adopté par neuf voix.")
    rep.done("Enregistrer le brouillon")
    rep.follow("Le mettre aux voix")
    rep.vote(9, 1, 2)
    rep.done("Enregistrer le vote")


def declares_unanswered(rep: Person) -> None:
    rep.to("/workspace/fr/consultations")
    rep.follow("Cadence")
    rep.follow("La déclarer sans réponse")
    rep.fill(note="Rien n’a été dit des deux planificateurs.")
    rep.vote(3)
    rep.done("La déclarer sans réponse")


def drafts_and_adopts(rep: Person, member: Person) -> None:
    to_passerelle(rep)
    rep.follow("Rédiger l’avis")
    rep.done("Commencer le projet")
    rep.look()
    rep.fill(text_fr="Le CSE voit l’intérêt de la traduction, sous les réserves qui suivent.")
    rep.choose("outcome", "with_reservations")
    rep.page.locator("[name='reservations-0-text_fr']").fill("Nul ne signe un texte qu’il ne lit pas.")
    rep.page.locator("[name='wishes-0-text_fr']").fill("Une prime pour toute relecture.")
    rep.press("Ajouter un vœu")
    rep.page.locator("[name='wishes-1-text_fr']").fill("La liste des langues, revue chaque trimestre.")
    rep.done("Enregistrer")
    rep.look()
    member.to(rep.page.url)
    member.fill(text="La prime doit valoir aussi pour l’anglais.")
    member.done("Commenter")
    rep.page.reload()
    assert "valoir aussi pour l’anglais" in rep.text
    rep.follow("Mettre aux voix")
    rep.look()
    rep.vote(3)
    rep.press("Voir le résultat")
    rep.look(english=False)
    rep.done("Enregistrer le vote")
    rep.look()
    to_passerelle(rep)
    rep.to(f"{rep.page.url}/opinion")
    rep.look()
    rep.follow("Ajouter une traduction de courtoisie")
    rep.look()


def positions(rep: Person) -> None:
    to_passerelle(rep)
    rep.follow("Position sur les règles d’usage")
    rules = rep.page.locator("main [role=radiogroup]")
    assert rules.count() == 4
    for at, said in enumerate(("agrees", "agrees_if", "agrees", "agrees")):
        rules.nth(at).locator(f"input[value={said}]").check()
    rep.page.locator("[name$='-reason_fr']").nth(1).fill("Si la mention nomme la personne qui a relu.")
    rep.vote(3)
    rep.done("Enregistrer la position")


def prepares_a_text(rep: Person) -> None:
    to_passerelle(rep)
    rep.follow("Ouvrir les textes à préparer")
    rep.follow("Demande d’informations manquantes")
    rep.done("Enregistrer le brouillon")
    rep.look()
    for words in ("Fichier Word", "PDF"):
        with rep.page.expect_download() as got:
            rep.link(words).first.click()
        assert got.value.path().stat().st_size > 1000


def makes_a_calendar(rep: Person) -> None:
    rep.to("/workspace/fr/calendars")
    rep.press("Créer un calendrier")
    rep.look(english=False)
    address = rep.page.locator(".hash a").get_attribute("href")
    assert address and address.endswith(".ics")


def confirms(rep: Person) -> None:
    rep.to("/workspace/fr/")
    rep.follow("Confirmer ou contester")
    rep.choose("verdict", "kept")
    rep.fill(resolution_fr="Le CSE confirme que le temps de transmission est compté.")
    rep.vote(3)
    rep.done("Enregistrer la position")


def test_the_human_resources_director(enter: Enter) -> None:
    hr = enter("claire.besson")
    answers(hr)
    calls_a_meeting(hr)
    responds(hr)
    sends_jalon(hr)
    answers_a_letter(hr, enter("mireille.adjovi"))
    reads_the_rules(hr)


def answers(hr: Person) -> None:
    hr.follow("Quelle énergie consomme un brouillon")
    hr.refused("Publier la réponse")
    hr.fill(text_fr="Un dixième de wattheure, mesuré en septembre.")
    hr.done("Publier la réponse")
    hr.to("/workspace/fr/consultations")
    hr.follow("Plume")
    hr.follow("Remettre un document à la question nº 4")
    hr.page.set_input_files("main input[type=file]", _PAPER)
    hr.fill(label="Le relevé du fournisseur, poste par poste")
    hr.choose("readers", "confidential")
    hr.refused("Remettre")
    hr.page.set_input_files("main input[type=file]", _PAPER)
    hr.page.locator("main label:has-text('Mireille Adjovi')").locator("input").check()
    hr.fill(reason="Les prix du fournisseur y figurent.", until=day(90))
    hr.done("Remettre")
    hr.to("/workspace/fr/")
    hr.follow("Demande 2 de l’expert")
    hr.fill(text_fr="Deux heures prévues par semaine ; une heure dix constatée.")
    hr.done("Envoyer la réponse")


_PAPER = {"name": "releve.txt", "mimeType": "text/plain", "buffer": b"Poste 1 : 0,1 Wh."}


def calls_a_meeting(hr: Person) -> None:
    hr.to("/workspace/fr/meetings/new")
    hr.fill(day=day(12), time="14:00", place="Nantes, salle du conseil")
    hr.page.select_option("main select[name=about]", index=1)
    hr.done("Convoquer la réunion")
    hr.look()
    hr.choose("kind", "other")
    hr.fill(title="Questions diverses")
    hr.done("Ajouter")
    assert "3. Questions diverses" in hr.text


def responds(hr: Person) -> None:
    hr.to("/workspace/fr/consultations")
    hr.follow("Boussole")
    hr.follow("Rendre la réponse motivée")
    hr.look()
    hr.fill(text_fr="L’essai attendra le taux d’erreur.")
    said = {"R1": "accepted", "R2": "negotiating", "V1": "studying"}
    for point, stance in said.items():
        hr.choose(f"{point}-stance", stance)
        hr.page.locator(f"[name='{point}-text_fr']").fill(f"Notre réponse au point {point}.")
    assert "Vœu 1 : dites pour quel jour" in hr.refused("Rendre la réponse").replace("\xa0", " ")
    shut = hr.page.locator("main form details:not([open]) > summary")
    while shut.count():
        shut.first.click()
    hr.page.check("[name='R1-promise']")
    hr.page.locator("[name='R1-owner']").fill("Direction informatique")
    hr.page.locator("[name='R1-due_on']").fill(day(20))
    hr.page.locator("[name='R2-with_whom_fr']").fill("Les organisations syndicales représentatives")
    hr.page.locator("[name='R2-since_on']").fill(day(-2))
    hr.page.locator("[name='V1-until_on']").fill(day(30))
    hr.look(english=False)
    hr.done("Rendre la réponse")
    hr.look()
    assert "Aucun essai avant la publication du taux d’erreur" in hr.text
    hr.to("/workspace/fr/consultations")
    hr.follow("Boussole")
    hr.look()
    hr.follow("Y donner suite")
    hr.look()


def sends_jalon(hr: Person) -> None:
    """A second reading, a date before the end of the procedure and its reason, then to the body."""
    hr.to("/workspace/fr/notices/jalon/edit?section=timetable")
    hr.page.locator("[name=milestones-1-day]").fill(day(15))
    hr.page.locator("button[name=go][value=stay]").first.click()
    hr.page.wait_for_load_state()
    hr.to("/workspace/fr/notices/jalon/approve")
    hr.look()
    hr.done("Approuver")
    hr.to("/workspace/fr/notices/jalon/checks")
    hr.look()
    hr.to("/workspace/fr/notices/jalon/send")
    hr.look()
    hr.page.check("input[name=confirmed]")
    assert "Dites pourquoi" in hr.refused("Envoyer")
    hr.page.locator("main textarea[name$=_fr]").fill("Le service sinistres l’a demandé avant ses congés.")
    hr.page.check("input[name=confirmed]")
    hr.done("Envoyer")
    hr.look()
    hr.to("/workspace/fr/notices/jalon/procedure-state")
    assert "avant ses congés" in hr.text


def answers_a_letter(hr: Person, rep: Person) -> None:
    rep.to("/workspace/fr/dossiers")
    rep.follow("Une relecture automatique des courriels")
    file = rep.page.url
    hidden = hr.page.goto(file)
    assert hidden is not None and hidden.status == 404
    rep.follow("Interroger l’employeur")
    rep.vote(3)
    rep.done("Envoyer la lettre")
    hr.to(file)
    hr.look()
    assert "préfère ne pas être nommée" not in hr.text
    hr.follow("Répondre")
    hr.look()
    hr.fill(text_fr="C’est un essai envisagé ; rien n’est installé. Une notice viendra avant.")
    hr.done("Envoyer la réponse")


def reads_the_rules(hr: Person) -> None:
    hr.to("/workspace/fr/rules")
    with hr.page.expect_download() as got:
        hr.link("PDF").first.click()
    assert got.value.path().stat().st_size > 1000

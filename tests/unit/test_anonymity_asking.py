"""Replies that ask who the author is, and those that do not."""

from __future__ import annotations

from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.anonymity.asking import Asks, asked

ASKING = {
    Asks.NAME: [
        "Qui êtes-vous ?", "Tu es qui ?", "Pouvez-vous nous dire qui vous êtes ?",
        "Comment vous appelez-vous ?", "Quel est votre nom ?",
        "Indiquez votre prénom et nous ferons le nécessaire.", "À qui ai-je affaire ?",
        "J’aimerais savoir qui tu es.", "Pouvez-vous vous identifier ?",
        "Merci de signer votre prochain message.", "Who are you?", "What’s your name?",
        "Could you tell me who you are?", "Please introduce yourself.", "May I ask your name?",
        "Who am I talking to?",
    ],
    Asks.TEAM: [
        "Dans quelle équipe travaillez-vous ?", "Quel service ?", "Vous êtes dans quel service ?",
        "Quel est votre poste ?", "Qui est votre responsable ?", "Où travaillez-vous exactement ?",
        "Dites-nous quelle agence vous êtes, ou au moins votre site.",
        "De quelle équipe faites-vous partie ?", "Précisez votre métier.",
        "Combien êtes-vous dans l’équipe ?", "Which team are you in?", "What department do you work in?",
        "Which site?", "What is your job title?", "Who is your manager?", "Where do you work?",
        "Let us know your department.", "How many of you are there?",
    ],
    Asks.DATE: [
        "À quelle date cela s’est-il passé ?", "Quel jour était-ce ?", "Quand est-ce arrivé ?",
        "Quelle date ?", "Pouvez-vous nous donner la date exacte ?", "Depuis quand travaillez-vous ici ?",
        "Depuis combien de temps êtes-vous dans la maison ?", "Dites-moi quand ça a commencé.",
        "What date was it?", "When did this happen?", "On which day did you see it?",
        "Can you tell us when it happened?", "How long have you worked here?",
        "Please give us the exact date.",
    ],
    Asks.CONTACT: [
        "Pouvez-vous m’appeler ?", "Appelez-moi au local.", "N’hésitez pas à nous appeler.",
        "Donnez-nous un numéro, nous rappellerons.", "Comment puis-je vous joindre ?",
        "Quelle est votre adresse mail ?", "Écrivez-moi par mail.", "Voici mon numéro : 06 12 34 56 78.",
        "Can you call me?", "Please email me.", "What’s your phone number?", "How can I reach you?",
        "Why don’t you give me a call?", "Here is my number.",
    ],
    Asks.MEETING: [
        "Venez me voir à la permanence.", "Passez nous voir quand vous voulez.",
        "Pourriez-vous venir me voir ?", "On pourrait se rencontrer ?", "Rencontrons-nous jeudi.",
        "Passez à mon bureau.", "J’aimerais vous rencontrer.", "Pourquoi ne pas venir nous voir ?",
        "Come and see me.", "Could we meet?", "Drop by our office.", "I would like to meet you.",
        "Can you stop by and see us?",
    ],
    Asks.RECEIPT: [
        "Envoyez-moi votre code de suivi.", "Quels sont vos six mots ?", "Montrez votre coupon à un élu.",
        "Pouvez-vous nous donner votre code ?", "Gardez et apportez votre coupon.", "Votre code de suivi ?",
        "Send your slip.", "Please send me your receipt.", "What are your six words?", "Show us your pass.",
        "Can we see a photo of your slip?", "Your receipt please?",
    ],
}  # fmt: skip

ALSO_ASKING = [
    "Vous pouvez me dire votre nom en confiance.", "Quelle agence est concernée par votre message ?",
    "Dans quel atelier est-ce arrivé ?", "Est-ce que c’était avant ou après le 12 mars ?",
    "Nous aurions besoin de votre nom pour avancer.", "Pouvez-vous passer à la permanence jeudi ?",
    "Je préfère vous parler directement, appelez-moi.", "Avez-vous un numéro où l’on peut vous rappeler ?",
    "Est-ce Monique qui vous l’a dit ?", "Photographiez votre coupon et envoyez-le.",
    "Quel est l’intitulé de votre poste ?", "Depuis quel jour l’outil est-il dans votre équipe ?",
    "Vous êtes combien à faire ce travail ?", "What shift are you on?",
    "Could I have your name in confidence?", "I'd prefer to talk to you directly, call me.",
    "Are you the person who came on Tuesday?", "Was this before or after 12 March?",
    "Which floor do you work on?", "How many of you do this work?",
    "Is there a number where I can call you back?", "Let me see your receipt.", "Who's your team leader?",
    "What is your job exactly?", "Was it Monica who told you?", "Tell me the date.",
    "Vous travaillez dans quelle agence ?", "Pourriez-vous préciser dans quel service cela s’est produit ?",
    "Est-ce que vous êtes de l’équipe de nuit ?", "Quel est ton prénom ?",
    "Peut-on savoir à qui l’on parle ?", "Pouvez-vous me donner vos coordonnées ?",
    "Vous pouvez me joindre au 06 12 34 56 78.", "Je vous propose un rendez-vous mardi.",
    "Seriez-vous disponible pour un café ?", "On peut se parler au téléphone ?",
    "Quelle est la date de cet incident ?", "C’était quand ?", "C’est arrivé quel jour ?",
    "Vous êtes là depuis longtemps ?", "Pouvez-vous m’envoyer une photo du coupon ?",
    "Rappelez-nous vos six mots.", "Qui vous a dit cela ?", "Quel âge avez-vous ?",
    "Combien de personnes y a-t-il dans votre équipe ?", "Votre chef, c’est qui ?",
    "Contactez-moi directement.", "Would you mind telling me your name?", "Are you in the claims team?",
    "Which office are you based in?", "What's your role?", "Which day was that?", "Roughly when was this?",
    "How many people work in your team?", "Feel free to call me any time.",
    "You can reach me on 06 12 34 56 78.", "Let's have a coffee and talk about it.",
    "Could you swing by my desk?", "Would you be willing to meet with us?",
    "Could you send a picture of the receipt?", "Type your follow-up code here.", "Who told you that?",
    "What is your seniority?", "Can I have your email?", "Pourriez-vous nous indiquer votre service ?",
    "Quel est le nom de votre responsable ?", "On aimerait savoir quand cela s’est passé.",
    "À quel moment avez-vous remarqué l’erreur ?", "Pouvez-vous me téléphoner demain ?",
    "Je suis au local le mardi, venez en parler.", "Peut-être pourrions-nous échanger en personne ?",
    "Transmettez-moi votre code.", "Merci de préciser votre nom et votre prénom.",
    "C’est dans quel bâtiment ?", "Laissez-nous un moyen de vous joindre.",
    "Vous travaillez de jour ou de nuit ?", "Quelle est votre ancienneté ?", "Êtes-vous cadre ?",
    "What team do you belong to?", "Could you say which site this concerns?", "Can you give me a name?",
    "Whose manager said that?", "What time did it happen?", "Could you share the date?",
    "Ring me on extension 4521.", "Come by the union room on Tuesday.", "Could we speak by phone?",
    "Could you show your slip to one of us?", "Where are you based?",
    "Can you tell me more about yourself?", "Is this about the Lille office?", "What's your e-mail?",
]  # fmt: skip

HARMLESS = [
    "Merci pour votre message. Nous porterons la question en réunion.",
    "Votre message compte dans le thème sur la charge de travail.",
    "Nous ne savons pas qui vous êtes, et nous ne le demanderons pas.", "Ne nous dites pas qui vous êtes.",
    "Ne donnez ni votre nom ni votre service.", "N’envoyez votre code de suivi à personne.",
    "Ne montrez jamais votre coupon.", "Personne ne peut savoir qui vous êtes.",
    "Inutile de préciser votre équipe.", "La direction répondra le 30 novembre.",
    "À quelle date la formation commencera-t-elle ? Nous l’avons demandé.",
    "Quelle équipe pilotera le projet ? La direction ne le sait pas encore.",
    "Nous avons rencontré la direction hier.", "La DRH doit venir présenter le projet en réunion.",
    "Quand l’outil se trompe, que faites-vous ?", "Qu’est-ce qui vous aiderait le plus ?",
    "Quelles tâches vous prennent plus de temps ?",
    "Pouvez-vous expliquer ce que l’outil propose de travers ?",
    "Souhaitez-vous que nous demandions une formation ?",
    "Qui est responsable de l’outil ? Nous avons posé la question.",
    "Répondez ici, sans rien qui vous désigne.", "Le service informatique corrige le défaut.",
    "Votre équipe n’a pas à le savoir.", "Cette réponse est la même pour tous.",
    "Seriez-vous d’accord pour que nous citions cette phrase ?", "L’expert rendra son rapport en mars.",
    "Est-ce que cela arrive souvent ?", "Nous demandons que chaque service soit consulté.",
    "Le code du travail prévoit une consultation.",
    "Écrivez-nous ici si vous voulez ajouter quelque chose.",
    "En cas de danger, le 15 et le 112 répondent à toute heure.",
    "Thank you for writing. We will raise it at the next meeting.",
    "We do not know who you are and will not ask.", "Never send your slip or receipt to anybody.",
    "Don’t tell us your name.", "Please do not give your team.", "Nobody can see your name.",
    "When will the training start? We have asked management.",
    "Which team will run the pilot? Nobody knows yet.", "What would help you most?",
    "When the tool is wrong, what do you do?", "Which tasks take longer now?",
    "Could you explain what the tool gets wrong?", "Does it happen often?", "We met management on Monday.",
    "Management will meet the committee in May.", "The IT department is mending it.",
    "Would you agree to our quoting this sentence?", "Your team need not know.",
    "You may write back here once.", "Is it faster or slower than before?",
    "The works council has asked for an expert.",
    "We can ask for training on your behalf. Would you like that?",
    "Message us here if you want to add something.",
    "Nous vous remercions, votre message a été lu par trois élus.",
    "La réponse de la direction est attendue le 12 mars.", "Quel changement vous soulagerait en premier ?",
    "Avez-vous le sentiment que l’outil vous surveille ?",
    "Une formation de deux jours est prévue par service.", "Nous demanderons une date à la direction.",
    "Le registre est public, vous pouvez le lire.", "Vous n’avez rien à faire de plus.",
    "Est-ce que les consignes sont claires ?", "Souhaitez-vous que le thème soit traité en séance ?",
    "Chaque équipe aura son référent.", "La permanence a lieu le mardi, mais rien ne vous y oblige.",
    "Three of us have read your message.", "Management's answer is due on 12 March.",
    "Which change would help you first?", "Do you feel watched by the tool?",
    "Two days of training are planned for each department.", "We will ask management for a date.",
    "The register is public; you can read it.", "There is nothing more to do.",
    "Are the instructions clear?", "Each team will have a contact.",
    "Would you like it raised at the meeting?", "Our desk is open on Tuesdays but nobody has to come.",
    "No need to mention your department.", "The code of conduct says otherwise.",
    "Nous vous répondrons ici après la réunion du mois prochain.",
    "Nous avons demandé quelle équipe serait concernée en premier.",
    "L’accord de 2019 s’applique à tous les services.", "Nous poserons la question de la rémunération.",
    "Avez-vous essayé la formation en ligne ?",
    "Quels exemples d’erreurs vous semblent les plus graves, sans détail qui vous désigne ?",
    "La médecine du travail peut vous recevoir sans que personne le sache.",
    "Vous pouvez aussi saisir la ligne d’alerte de l’entreprise.", "Merci, nous gardons cela pour nous.",
    "Votre proposition a été reprise, mot pour mot.", "Les élus se réunissent le 4 décembre.",
    "Nous ne pouvons pas vous appeler et c’est voulu.", "The tool will be paused until the review is done.",
    "Your proposal was taken up word for word.",
    "We asked which team will be first and when it will start.",
    "What should change first, in your opinion?", "You can also use the company's alert channel.",
    "The occupational doctor can see you in confidence.", "We cannot call you, and that is on purpose.",
    "How often do you have to correct it?", "Do you want us to raise pay as well?",
    "The committee meets on 4 December.", "Nous vous tiendrons au courant dans ce fil.",
    "Le calendrier a changé : le projet commence en avril.",
    "La direction doit nous dire quelle équipe commencera.", "Vous pouvez appeler le 3114 à toute heure.",
    "Votre manager n’a pas accès à cette page.", "Les formations auront lieu sur site, par groupes de dix.",
    "Qu’est-ce qui vous manque pour bien travailler ?", "Est-ce que la consigne a changé plusieurs fois ?",
    "Que proposez-vous ?", "Merci, c’est noté.", "Le comité a voté un avis défavorable.",
    "Un guide sera donné à chaque équipe.", "Your manager cannot see this page.",
    "You can call 3114 at any hour.", "A guide will be given to each team.",
    "What is missing for you to work well?", "Have the instructions changed more than once?",
    "Thank you, we have noted it.", "The committee voted against.",
    "Management must tell us which team starts first.",
    "Training will take place on site in groups of ten.", "What would you propose?",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in ASKING.items() for text in texts])
def test_what_asks_who_somebody_is_is_found(kind: Asks, text: str) -> None:
    found = asked(text)
    assert kind in {one.kind for one in found}, found
    shouted = asked(text.upper())
    assert kind in {one.kind for one in shouted}


@pytest.mark.parametrize("text", ALSO_ASKING)
def test_other_ways_to_ask_are_found_too(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_replies_pass(text: str) -> None:
    assert [text[one.start : one.end] for one in asked(text)] == []


def test_the_passage_is_marked_where_it_stands() -> None:
    text = "Merci beaucoup. Où êtes-vous allé·e si loin ? Quel est votre prénom ? À bientôt."
    (where, name) = asked(text)
    assert (text[where.start : where.end], where.kind) == ("Où êtes-vous", Asks.TEAM)
    assert (text[name.start : name.end], name.kind) == ("Quel est votre prénom", Asks.NAME)


def test_a_warning_elsewhere_in_the_reply_excuses_nothing() -> None:
    text = "Ne dites jamais votre nom. Dans quel service êtes-vous ? You should not say. What is your name?"
    assert [one.kind for one in asked(text)] == [Asks.TEAM, Asks.NAME]


@given(
    st.lists(
        st.sampled_from([*HARMLESS, *chain.from_iterable(ASKING.values()), "é", "x" * 50, "\n", "quel est "]),
        max_size=30,
    )
)
def test_spans_lie_in_the_text_in_order_and_apart(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = asked(text)
    assert list(found) == sorted(found)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(first.end <= second.start for first, second in pairwise(found))

"""The warning before a representative replies in a thread: does this ask who the author is?

A question is as dangerous as an answer: a name, a team, a date, a call, a visit or a receipt shown gives
somebody away whatever was sealed before. It warns and never blocks, it is sometimes wrong, and it keeps
nothing. Both languages are looked for in every text. What is said *not* to be done ("never send your
code") is left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from consult.anonymity.identification.text import read


class Asks(StrEnum):
    """What a reply asks for; the page has one sentence for each."""

    NAME = "name"
    TEAM = "team"
    """Team, place, job, manager, how many they are."""
    DATE = "date"
    """When it happened, since when they have been there."""
    CONTACT = "contact"
    """To call or write, or how to be reached."""
    MEETING = "meeting"
    RECEIPT = "receipt"
    """The slip, the pass, the six words, or a picture of them."""


@dataclass(frozen=True, slots=True, order=True)
class Asked:
    """``text[start:end]``, in characters, and what it asks for."""

    start: int
    end: int
    kind: Asks


# All patterns read small letters without accents, apostrophes straight. Every repetition is bounded.
_GAP: Final = r"[^.?!;\n]{0,40}?"
_YOU_FR: Final = r"(?:votre|vos|ton|ta|tes)"
_TELL_FR: Final = (
    r"\b(?:di(?:tes|re|s)|donne[rz]?|indique[rz]?|precise[rz]?|communique[rz]?|envoye[rz]|envoie|laisse[rz]?"
    r"|montre[rz]?|transmett(?:ez|re)|transmets|savoir|connaitre|demander|rappele[rz]|ecri(?:vez|re|s)"
    r"|partage[rz]?|presente[rz]|apporte[rz]?|fourni[rs]?(?:sez)?|quel(?:le)?s? (?:est|sont|etai(?:t|ent))"
    r"|c'est quoi|avoir|besoin (?:de|du)|lire|photo(?:graphie[rz]?)?|tape[rz]"
    r"|saisi(?:ssez|r)|recopie[rz]|copie[rz]|colle[rz]|repete[rz]|confirme[rz]?)\b"
)
_TELL_EN: Final = (
    r"\b(?:tell|say|give|send|show|share|provide|state|sign|bring|read out|write|let (?:me|us) (?:know|have"
    r"|see)|what(?:'s| is| are| was)|may (?:i|we) (?:ask|have|know|see)|can (?:i|we) (?:have|know|see|ask)"
    r"|could (?:i|we) (?:have|know|see|ask)|(?:need|like|want) (?:to (?:know|see|have)|your)|photo of"
    r"|picture of|screenshot of|quote|forward|type|paste|post|repeat|enter|confirm|mention|specify"
    r"|indicate)\b"
)
_WORK_FR: Final = (
    r"(?:equipes?|services?|sites?|postes?|metiers?|bureaux?|agences?|ateliers?|unites?|departements?"
    r"|magasins?|etages?|batiments?|lieu de travail|fonctions?|responsable|chef(?:fe)?|manager|superieure?"
    r"|n\+1|horaires|ville|etablissements?)"
)
_WORK_EN: Final = (
    r"(?:teams?|departments?|units?|sites?|offices?|branch(?:es)?|jobs?|job titles?|roles?|positions?"
    r"|workshops?|warehouses?|plants?|stores?|shifts?|managers?|boss|supervisors?|line managers?|floors?"
    r"|desk|workplace|location|city|town)"
)
_REACH_FR: Final = (
    r"(?:numero|telephone|portable|mobile|adresse|mail|e-mail|email|courriel|coordonnees|poste telephonique)"
)
_REACH_EN: Final = (
    r"(?:(?:phone |mobile |telephone )?number|phone|mobile|e-mail|email|address|contact details|extension)"
)
_PROOF_FR: Final = (
    r"(?:coupons?|codes?|(?:six |6 )?mots\b(?: de| du)?|recus?|laissez-passer|jetons?|invitations?|bons?\b)"
)
_PROOF_EN: Final = (
    r"(?:slips?|receipts?|(?:follow-up |access )?codes?|(?:six |6 )?words|pass(?:es)?\b|tokens?|invitations?)"
)
_PAST_FR: Final = (
    r"(?:passee?s?|arrivee?s?|produit|eu lieu|a commence|avez|as-tu|tu as|etiez|etait|travaill|recue?s?"
    r"|vous parlez|constate|remarque|observe)"
)
_PAST_EN: Final = r"(?:did|was|were|have you|you)"
_WHEN_EN: Final = r"(?:what|which|on what|on which) (?:exact )?(?:date|day|time|week|month)"

_PATTERNS: Final[dict[Asks, tuple[str, ...]]] = {
    Asks.NAME: (
        r"\bqui (?:etes|es)[- ](?:vous|tu)\b",
        rf"{_TELL_FR}{_GAP}\b(?:qui (?:vous etes|tu es)|{_YOU_FR} (?:nom|prenom|identite|matricule"
        r"|initiales))\b",
        r"\b(?:vous etes|tu es|t'es) qui\b",
        r"\bcomment (?:vous appelez|t'appelles|vous vous appelez|tu t'appelles)\b",
        r"\ba qui (?:ai-je|avons-nous|a-t-on) (?:affaire|l'honneur)\b",
        r"\b(?:identifie[rz]?|presente[rz]?|nomme[rz]?)[- ]vous\b|\bvous (?:identifier|presenter|nommer)\b",
        r"\ba qui (?:l'on|on|je|nous) (?:parl|ecri|repon)|\bqui (?:vous|t')[ ]?a (?:dit|raconte|envoye"
        r"|demande)\b",
        r"\bde qui (?:parle[sz]|s'agit|tenez)|\bwho (?:told|showed|asked|sent) you\b|\bwho (?:said"
        r"|did) (?:this|that|it)\b",
        r"\b(?:etes-vous|es-tu|vous etes|tu es) (?:la personne|celui|celle) qui\b"
        r"|\best-ce .{1,30} qui (?:vous|t)\b",
        r"\bare you the (?:person|one|colleague) (?:who|that)\b|\bwas it .{1,30} who told you\b",
        r"\bvotre nom ?\?|\bsigne[rz] (?:votre|de votre|avec)\b",
        r"\bwho (?:are you|is this|am i (?:talking|speaking|writing) to|wrote this)\b",
        rf"{_TELL_EN}{_GAP}\b(?:who you are|your (?:full |first |last |real )?(?:name|identity|initials"
        r"|staff number))\b",
        r"\byour name\b ?(?:please)? ?\?|\b(?:identify|introduce|name|about) yourself\b|\bgive (?:me"
        r"|us) (?:a|any) names?\b",
    ),
    Asks.TEAM: (
        rf"\bquel(?:le)?s? {_WORK_FR}\b ?\?",
        rf"\bquel(?:le)?s? {_WORK_FR}\b[^.?!;\n]{{0,15}}?\b(?:etes|travaille[sz]|es-tu|est-ce|s'agit|c'est"
        r"|appartene[zn]"
        rf"|dependez|faites|exercez|parle[sz])",
        r"\b(?:etes|es|travaille[sz]|est|etait|c'est|passe|bossez?)[- ](?:vous |tu )?(?:dans|de|sur|a"
        rf"|au) quel(?:le)? {_WORK_FR}\b",
        rf"{_TELL_FR}{_GAP}\b{_YOU_FR} {_WORK_FR}\b",
        rf"{_TELL_FR}{_GAP}\b(?:quel(?:le)? {_WORK_FR}|ou) (?:vous (?:etes|travaillez)|tu (?:es"
        r"|travailles))\b",
        r"\b(?:dans|de|sur|a|avec) quel(?:le)? (?:equipe|service|agence|metier|poste)\b ?(?:travaill|etes"
        r"|es-tu)",
        r"\bou (?:travaille[sz]|etes|es)[- ](?:vous|tu)\b|\b(?:vous travaillez|tu travailles) ou\b",
        rf"\bqui (?:est|sont|etait) {_YOU_FR} (?:{_WORK_FR}|collegues?|n ?\+ ?1)|\bavec qui travaille[sz]",
        rf"\bquel(?:le)?s? {_WORK_FR} (?:est concerne|cela|ca|c'|s'est|est-ce)",
        r"\b(?:vous etes|etes-vous|tu es|es-tu|vous travaillez|travaillez-vous"
        r"|tu travailles) (?:bien )?(?:de|du|dans|a|au|sur)"
        rf" (?:l'|la |le |une? )?{_WORK_FR}\b[^.!\n]{{0,40}}\?",
        rf"\b{_YOU_FR} {_WORK_FR},? c'est (?:qui|quoi|le|la|ou)|\bcombien (?:de"
        rf"|d')[^.?!;\n]{{0,25}}\b{_YOU_FR} {_WORK_FR}",
        r"\bcombien etes-vous\b|\bvous etes combien\b|\bque faites-vous (?:dans|comme|ici)\b",
        rf"\b(?:what|which) {_WORK_EN}\b ?\?",
        rf"\b(?:what|which) {_WORK_EN}\b[^.?!;\n]{{0,15}}?\b(?:are|do|did|is|was|were) (?:you|this|it"
        r"|that)\b",
        rf"\b(?:what|which) {_WORK_EN} (?:you|you're)\b",
        rf"{_TELL_EN}{_GAP}\byour {_WORK_EN}\b",
        r"\bwhere (?:exactly )?(?:do|did|are) you (?:work|sit|based|located|employed)\b|\bwhere you (?:work"
        r"|sit|are based)\b",
        rf"\bwho(?:'s| is| are| was) your (?:{_WORK_EN}|colleagues?)\b|\b(?:who(?:m)? do you work"
        r"|whom you work) (?:with|for)\b",
        rf"\bare you (?:in|on|from|with|at|part of|based in|working in)\b[^.?!;\n]{{0,25}}\b{_WORK_EN}\b",
        r"\bhow many (?:people|colleagues|others)\b[^.?!;\n]{0,25}\byour\b|\bdo you work (?:in|at|on|for"
        r"|with|nights|days)\b",
        r"\b(?:vous )?travaille[sz](?:-vous|-tu)? (?:de (?:jour|nuit)|en equipe|a domicile)\b|\b(?:etes-vous"
        r"|es-tu) (?:cadre|chef|elu|nouve)",
        rf"{_TELL_EN}{_GAP}\b(?:which|what) {_WORK_EN} (?:this|that|it)\b|\bwhose {_WORK_EN}\b|\bis (?:this"
        rf"|that|it) (?:about|in|at|from) the [^.?!;\n]{{1,20}} {_WORK_EN}\b",
        r"\bhow many (?:of you|are you|people are (?:in|on) your)\b|\bwhat do you do (?:here|at work"
        r"|for a living)\b",
    ),
    Asks.DATE: (
        r"\b(?:quel jour|quels jours|quelle date|quelles dates|quelle heure|quel mois"
        r"|quelle semaine) ?(?:exactement)? ?\?",
        r"\b(?:quel jour|quelle date|quelle heure|quel mois|quelle semaine"
        rf"|quel moment)\b[^.?!;\n]{{0,30}}?\b{_PAST_FR}",
        rf"\bquand\b[^.?!;\n]{{0,8}}?\b(?:est-ce|cela|ca|c')[^.?!;\n]{{0,20}}?{_PAST_FR}",
        rf"{_TELL_FR}{_GAP}\b(?:la|les|une) dates?(?: exactes?)?\b(?: de (?:cet?|l'|la|votre|ces))?",
        rf"{_TELL_FR}{_GAP}\bquand (?:cela|ca|c'|vous|tu)",
        r"\bdepuis (?:quand|combien de temps|combien d'annees)\b[^.?!;\n]{0,12}?\b(?:etes|es|travaille[sz]"
        r"|occupez|avez)\b",
        r"\bc'etait quand\b|\bca date de quand\b|\b(?:etes|es|travaille[sz])(?:-vous|-tu)? (?:la|ici"
        r"|chez nous) depuis\b",
        r"\byour (?:seniority|age|length of service)\b|\b(?:roughly |about )?when (?:exactly )?was\b",
        r"\b(?:quel est votre|quelle est votre) (?:age|anciennete|date)\b|\bquel age (?:avez|as)\b",
        r"\bc'etait (?:avant|apres|le|en|vers)\b[^.!\n]{0,40}\?|\bdepuis quel(?:le)? (?:jour|date|mois)\b",
        r"\bwas (?:this|that|it) (?:before|after|on|in|around)\b[^.!\n]{0,40}\?",
        rf"\b{_WHEN_EN} ?(?:exactly)? ?\?|\b{_WHEN_EN} {_PAST_EN}\b",
        r"\bwhen (?:exactly )?(?:did (?:this|that|it|you)|was (?:this|that|it))\b",
        rf"{_TELL_EN}{_GAP}\b(?:when (?:exactly )?(?:this|that|it|you)|the (?:exact )?dates?(?: of (?:this"
        r"|that|the|your))?)\b",
        r"\b(?:how long|since when) have you (?:been|worked|had)\b|\bhow old are you\b"
        r"|\bwhen did you (?:join|start)\b",
    ),
    Asks.CONTACT: (
        r"\b(?:m'|me |nous |de m'|a m')(?:appeler|telephoner|rappeler|contacter|joindre|envoyer un (?:mail"
        r"|e-mail|sms|courriel))\b",
        r"\b(?:appele[rz]?|appelle|telephone[rz]?|rappele[rz]|rappelle|contacte[rz]?|joignez)-(?:moi|nous)\b",
        r"\b(?:ecri(?:vez|s)-(?:moi|nous)|(?:m'|nous )ecrire) (?:par|sur|a mon|a notre|a l'adresse"
        r"|un (?:mail|e-mail|courriel))\b",
        rf"{_TELL_FR}{_GAP}\b(?:{_YOU_FR}|un|une) {_REACH_FR}\b",
        r"\b(?:vous|te|t')[ ]?(?:joindre|contacter|appeler|rappeler|telephoner)\b",
        rf"\bvoici (?:mon|notre) {_REACH_FR}\b|\bmon (?:numero|portable) (?:est|:)",
        r"\b(?:call|phone|ring|text|reach|e-mail|email|contact|message) (?:me|us)\b(?! (?:here"
        r"|in this thread))",
        r"\bgive (?:me|us) a (?:call|ring)\b|\bdrop (?:me|us) (?:a line|an e-?mail|a mail)\b"
        r"|\bget in touch with (?:me|us)\b|\b(?:speak|talk) (?:by|on the|over the) phone\b",
        rf"{_TELL_EN}{_GAP}\b(?:your|a) {_REACH_EN}\b",
        r"\b(?:reach|contact|call|phone|ring|e-mail|email) you\b",
        r"\bhere(?:'s| is) my (?:phone |mobile )?(?:number|phone|e-mail|email)\b|\bmy (?:phone "
        r"|mobile )?number is\b",
    ),
    Asks.MEETING: (
        r"\b(?:vene[zr]|viens|passe[zr]?)(?:-| )?(?:donc |vite )?(?:me|nous) (?:voir|trouver|parler)\b",
        r"\b(?:pouve[zr]|pourr(?:iez|ais|ez)|peux|voulez|hesitez pas a|invitons? a|invite a|pas)(?:-vous"
        r"|-tu)? "
        r"(?:venir|passer) (?:(?:me|nous) (?:voir|trouver|parler)|(?:a|au|dans) (?:mon|notre|la|local|l'un))",
        r"\b(?:passez|venez|passe|viens) (?:a|au|dans|devant) (?:mon|notre|la permanence|local|ma)\b",
        r"\b(?:rencontrons|voyons|retrouvons|parlons)-nous\b|\bprenons (?:un )?rendez-vous\b",
        r"\b(?:se (?:voir|rencontrer|retrouver)|de vive voix|en personne|venez en parler"
        r"|se (?:parler|telephoner|croiser)|(?:fixer|convenir|propose[rz]?"
        r"|donner?)[^.?!;\n]{0,15} rendez-vous|prendre (?:un )?rendez-vous)\b",
        r"\b(?:je|j'|nous|on)\b[^.?!;\n]{0,25}\bvous (?:rencontrer|voir|recevoir)\b",
        r"\b(?:etes|seriez|serais|es)-(?:vous|tu) (?:disponible|libre|joignable)\b|\b(?:un|prendre un"
        r"|autour d'un) cafe\b",
        r"\b(?:are|would) you (?:be )?(?:free|available)\b|\b(?:have|grab|get|over)(?: a)? coffee\b"
        r"|\bmeet with (?:me|us)\b",
        r"\b(?:come|drop|stop|pop)(?: by| in| over| round)?(?: and| to)? (?:see|meet|find|talk to"
        r"|speak to) (?:me|us)\b",
        r"\b(?:come|drop|stop|pop|swing) (?:by|in|over|round|to)(?: at| to)? ?(?:my|our|the) (?:union "
        r"|works council |committee )?(?:office|desk|room|permanence|local)\b",
        r"\b(?:meet (?:me|us|up|in person|you)|see you in person|talk (?:to you )?(?:in person"
        r"|face to face))\b",
        r"\b(?:can|could|shall|may|let's)(?: we| us)? (?:please )?meet\b|\bset up a meeting with you\b",
    ),
    Asks.RECEIPT: (
        rf"{_TELL_FR}{_GAP}\b(?:{_YOU_FR}|le|les|du|des) {_PROOF_FR}",
        rf"\b{_YOU_FR} (?:code de suivi|coupon|six mots|recu) ?\?",
        rf"{_TELL_EN}{_GAP}\b(?:your|the) {_PROOF_EN}",
        r"\byour (?:slip|receipt|pass|follow-up code|six words) ?(?:please)? ?\?",
    ),
}  # fmt: skip
_RULES: Final = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _PATTERNS.items())

_SENTENCE: Final = re.compile(r"[.?!;:,\n]")
_NOT: Final = re.compile(
    r"\bne\b|\bn'|\bjamais\b|\bsans\b|(?<!\ben )(?<!\bla )\bpersonne\b|\binutile\b|\bpas besoin\b"
    r"|\bpeu importe\b|\bignor"
    r"|\bnot\b|n't\b|\bcannot\b|\bnever\b|\bwithout\b|\bnobody\b|\bno one\b|\bno need\b|\bregardless\b"
)
_STILL: Final = re.compile(
    r"\bhesit|\bpourquoi\b|\bwhy\b|\b(?:ca|could|wo|would)n't you\b"
    r"|\bne (?:pouvez|pourriez|voulez|peux|veux)\b"
)
_LOOK_BACK: Final = 120


def asked(text: str) -> tuple[Asked, ...]:
    """The passages that ask for what gives somebody away, in order, none overlapping another; where two
    overlap the one that begins first stands. Time grows with the length: 0.4 ms for an
    ordinary reply, 5 ms for the longest."""
    reading = read(text)
    found = sorted(
        (match.start(), -match.end(), kind)
        for kind, pattern in _RULES
        for match in pattern.finditer(reading.lower)
        if not _is_negated(reading.lower, match.start(), match.end())
    )
    result: list[Asked] = []
    reached = 0
    for start, minus_end, kind in found:
        if start >= reached:
            result.append(Asked(*reading.place(start, -minus_end), kind))
            reached = -minus_end
    return tuple(result)


def _is_negated(lower: str, start: int, end: int) -> bool:
    """Whether the part of the sentence up to the end of the passage says that it is not to be done."""
    before = lower[max(0, start - _LOOK_BACK) : start]
    part = _SENTENCE.split(before)[-1] + lower[start:end]
    return _NOT.search(part) is not None and _STILL.search(part) is None

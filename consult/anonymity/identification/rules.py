"""Patterns for contacts, numbers, dates and places. Every repetition is bounded or cannot overlap with
what follows it, so that no text makes them slow."""

from __future__ import annotations

from typing import Final

from consult.anonymity.identification.span import Kind, Rule, rule

_MONTH_FR: Final = "janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_MONTH_EN: Final = "january|february|march|april|may|june|july|august|september|october|november|december"
_SHORT: Final = "janv?|fevr?|feb|mar|avr|apr|jun|juil|jul|aug|sept?|oct|nov|dec"
_MONTHS: Final = f"{_MONTH_FR}|{_MONTH_EN}"
_STEMS: Final = "jan|fev|feb|mar|avr|apr|mai|may|jui|jun|jul|aou|aug|sep|oct|nov|dec"
_DAY_FR: Final = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_DAY_EN: Final = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_NUMBER: Final = (
    r"\d{1,2}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|quinze"
    r"|an?|one|two|three|four|five|seven|eight|nine|ten"
)
_COUNTED: Final = (
    r"€|\$|£|%|k€|euros?|eur\b|dollars?|cents?\b|k\b|km|kg|m2|m3|clients?|usagers?|salaries|agents"
    r"|employees"
    r"|personnes|people|messages?|mails?|e-mails?|lignes?|lines|pages?|heures|hours|mots|words|dossiers"
    r"|appels|calls|tickets|cas\b|cases|users?|utilisateurs|documents|pieces|colis|parcels|caracteres"
    r"|characters|fois|times|tokens|postes|emplois|jobs"
)
_INSIDE: Final = r"(?:,? ?(?:poste|ext|extension|x)\.? ?\d{1,6}\b)?"
"""The extension behind a telephone number."""
_ORDINAL_FR: Final = (
    r"premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|dix-(?:sept|huit|neuf)|vingt(?:[ -](?:et[ -]un|deux|trois|quatre|cinq|six|sept|huit|neuf))?"
    r"|trente(?:[ -]et[ -]un)?"
)
_ORDINAL_EN: Final = (
    r"(?:(?:twenty|thirty)[ -])?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth"
    r"|eleventh|twelfth"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)

CONTACTS: Final = (
    rule(
        "email", Kind.CONTACT,
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}",
        r"\b[\w.+-]{1,64} @ ?[\w-]{1,63}(?:\.[\w-]{2,63}){1,6}",
        needs="@",
    ),
    rule(
        "email_spelt", Kind.CONTACT,
        r"\b[\w.+-]{1,64} ?(?:[\[(] ?(?:at|a|arobase) ?[\])]| arobase ) ?[\w-]{1,63}"
        r"(?: ?(?:\.|[\[(] ?(?:dot|point) ?[\])]| point ) ?[\w-]{2,63}){1,4}",
        needs="[at|(at|[ at|( at|arobase|(a)|[a]",
    ),
    rule(
        "email_said", Kind.CONTACT,
        r"\b[\w.+-]{2,64} (?:at|chez|a) [\w-]{2,63}(?:(?: dot | point )[\w-]{2,63}){1,4}\b",
        needs=" dot | point ",
    ),
    rule(
        "web", Kind.CONTACT,
        r"\b(?:https?://|www\.)[^\s<>\"]{3,300}(?<![.,;:!?)])",
        r"\b[a-z0-9][a-z0-9-]{1,62}(?:\.[a-z0-9-]{2,63}){0,3}\.(?:fr|com|org|eu|uk|gc\.ca"
        r"|qc\.ca)\b(?:/[^\s<>\"]{0,300})?",
        needs="http|www.|.fr|.com|.org|.eu|.uk|.ca",
    ),
    rule(
        "account", Kind.CONTACT,
        r"(?<![\w@./+-])@[a-z0-9_](?:[a-z0-9_.]{1,28}[a-z0-9_])\b",
        r"\b(?:linkedin|instagram|insta|facebook|twitter|telegram|whatsapp|snapchat|tiktok|discord|mastodon"
        r"|signal) ?: ?[^\s,;]{3,40}",
        needs="@|:",
    ),
    rule(
        "extension", Kind.CONTACT,
        r"\b(?:poste|ext|extension)\.? ?(?:n[o°º] ?)?\d{3,6}\b(?! ?(?:euros|€))",
        digit=True,
    ),
    rule(
        "phone_fr", Kind.CONTACT,
        rf"(?<![\d+])(?:(?:\+|00) ?33[ .-]?(?:\(0\)[ .-]?)?|\(?0\)?[ .-]?)[1-9](?:(?: ?[./-] ?"
        rf"| )?\d\d){{4}}(?!\d)"
        rf"{_INSIDE}",
        digit=True,
    ),
    rule(
        "phone_na", Kind.CONTACT,
        rf"(?<![\d+.-])(?:(?:\+|00)?1[ .-]?)?(?:\([2-9]\d\d\) ?"
        rf"|[2-9]\d\d ?[ ./-] ?)[2-9]\d\d ?[ .-] ?\d{{4}}(?!\d){_INSIDE}",
        rf"(?<![\d+.-])(?:\+|00)1[2-9]\d\d[2-9]\d{{6}}(?!\d){_INSIDE}",
        digit=True,
    ),
)  # fmt: skip

NUMBERS: Final = (
    rule(
        "labelled", Kind.NUMBER,
        r"\b(?:nas|sin|ssn|nir|secu(?:rite sociale)?|social (?:security|insurance))(?: number"
        r"| no\b\.?)?[ :,]{0,3}(?:est |is |le )?"
        r"\d[\d .-]{5,20}\d\b",
        r"\b(?:matricule|dossier|ticket|incident|badge|employee|staff|case|file|account|invoice|facture"
        r"|compte|contrat|contract|commande|order|client|customer|reference|ref|identifiant|id|salarie"
        r"|nas|sin|ssn|nir|secu|secu(?:rite)? sociale|social security|insee|agent|paie|payroll"
        r"|personnel|adherent|licence|permis|siret|siren|vehicule|camion|truck)\.?"
        r"(?: ?(?:id|number|numero|num|n[o°º]|no\.|nb|#|:)){0,3} ?(?=[a-z/-]{0,8}\d)"
        r"[a-z]{0,5}[-/ ]?\d(?:[\d./-]{0,18}\d)(?:\d|[a-z]{1,3}\b)?(?<!\b19\d\d)(?<!\b20\d\d)\b",
        r"(?:\b(?:numero|number|num|no\.)|[#№]|\bn[°º]) ?[a-z]{0,5}[-/]?\d(?:[\d/-]{1,18}\d)\b",
        digit=True,
    ),
    rule(
        "plate", Kind.NUMBER,
        r"\b[A-HJ-NP-TV-Z]{2}[ -]?\d{3}[ -]?[A-HJ-NP-TV-Z]{2}\b",
        r"\b[a-hj-np-tv-z]{2}-\d{3}-[a-hj-np-tv-z]{2}\b",
        digit=True, cased=True,
    ),
    rule(
        "code", Kind.NUMBER,
        r"\b(?!ISO|IEC|GPT|COVID|RFC|CCT|UTC|EN\b|UE\b)[A-Z]{2,6}[-_]?\d{3,12}\b",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
        r"\b[A-Z]\d{5,9}\b",
        digit=True, cased=True,
    ),
    rule("machine", Kind.NUMBER, r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]\d)", digit=True),
    rule(
        "long", Kind.NUMBER,
        rf"(?<![\d.,])(?!\d{{5}} [A-Z][a-z])\d{{5,30}}(?!\d)(?! ?(?:{_COUNTED}))",
        digit=True, cased=True,
    ),
)  # fmt: skip

DATES: Final = (
    rule(
        "day", Kind.DATE,
        rf"\b(?:(?:{_DAY_FR}|{_DAY_EN}),? )?(?:le |the )?\d{{1,2}}(?:er|st|nd|rd|th)? (?:of )?"
        rf"(?:{_MONTHS}|(?:{_SHORT})\b\.?)(?:,? \d{{4}})?\b",
        rf"\b(?:{_MONTH_EN}|(?:{_SHORT})\.?) \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?",
        rf"\b(?:{_MONTHS}|(?:{_SHORT})\b\.?) (?:19|20)\d\d\b",
        needs=_STEMS, digit=True,
    ),
    rule(
        "day_in_words", Kind.DATE,
        rf"\b(?:{_ORDINAL_FR}) (?:{_MONTH_FR})\b",
        rf"\b(?:{_ORDINAL_EN})(?: of)? (?:{_MONTH_EN})\b|\b(?:{_MONTH_EN}),? (?:the )?(?:{_ORDINAL_EN})\b",
        needs=_STEMS,
    ),
    rule(
        "numeric", Kind.DATE,
        r"(?<![\d/.-])\d{1,2}([/.-])\d{1,2}\1(?:19|20)?\d\d(?![\d/-])",
        r"(?<![\d-])(?:19|20)\d\d-\d\d-\d\d(?![\d-])",
        r"\b(?:le|du|au|avant|apres|on|before|after|since) (?:[0-2]?\d|3[01])/(?:0?\d|1[0-2])(?![\d/])",
        digit=True,
    ),
    rule(
        "month", Kind.DATE,
        rf"\b(?:en|de|des|depuis|debut|fin|mi|courant|mois de|avant|apres|jusqu'en"
        rf"|jusqu'a)[ -](?P<it>{_MONTH_FR})\b",
        rf"\bd'(?P<a>{_MONTH_FR})\b",
        needs=_STEMS,
    ),
    rule(
        "month_en", Kind.DATE,
        r"\b(?:in|since|last|next|early|late|mid|until|by|of|before|after|from)[ -]"
        rf"(?P<it>{_MONTH_EN.replace('may|', '')})\b",
        needs=_STEMS,
    ),
    rule(
        "may", Kind.DATE,
        r"\b(?:[Ii]n|[Ss]ince|[Ll]ast|[Ee]arly|[Ll]ate|[Uu]ntil|[Bb]y|of) (?P<it>May)\b",
        cased=True,
    ),
    rule(
        "weekday", Kind.DATE,
        rf"\b(?:{_DAY_FR})(?: (?:dernier|prochain|passe|matin|midi|apres-midi|soir|\d{{1,2}}\b)){{1,3}}",
        rf"(?<!\ble )(?<!\bles )(?<!\bdu )(?<!\bau )(?<!\bun )(?<!\bet )(?<!\bou )(?<!\bchaque )\b"
        rf"(?:ce )?(?:{_DAY_FR})\b",
        rf"\b(?:last|this|next|on|since) (?:{_DAY_EN})\b(?: (?:morning|afternoon|evening|night))?",
        rf"\b(?:{_DAY_EN}) (?:morning|afternoon|evening|night)\b",
        needs=f"{_DAY_FR}|{_DAY_EN}",
    ),
    rule(
        "relative", Kind.DATE,
        r"\b(?:avant-)?hier\b(?: (?:matin|midi|apres-midi|soir))?",
        r"\b(?:ce matin|cet apres-midi|ce soir|cette nuit)\b",
        r"\b(?:la semaine|la nuit|le mois|le week-end) (?:dernier|derniere|passee?|prochaine?)\b",
        rf"\bil y a (?:{_NUMBER}) (?:jours?|semaines?|heures?)\b",
        r"\b(?:the day before )?yesterday\b(?: (?:morning|afternoon|evening))?",
        r"\b(?:last (?:night|week|month|weekend)|this (?:morning|afternoon|evening)|tonight)\b",
        rf"\b(?:{_NUMBER}) (?:days?|weeks?|hours?) ago\b",
        needs="hier|ce |cet|la |le |il y a|yester|last|this|tonight|ago",
    ),
    rule(
        "time", Kind.DATE,
        r"(?<![\d:])(?:[01]?\d|2[0-3]) ?h ?[0-5]\d\b",
        r"\b(?:a|vers|des|avant|apres|jusqu'a) (?:[01]?\d|2[0-3]) ?h(?:eures?)?\b(?! par)",
        r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?![\d:])(?: ?[ap]\.?m\b)?",
        r"(?<![\d:.,])(?:1[0-2]|[1-9])(?::[0-5]\d)? ?(?:am|pm|a\.m|p\.m)\b",
        digit=True,
    ),
)  # fmt: skip

PLACES: Final = (
    rule(
        "site", Kind.PLACE,
        r"\b(?i:site|agence|usine|entrepot|bureaux?|etablissement|magasin|boutique|plateforme|depot|antenne"
        r"|succursale|campus|filiale|centre|hopital|clinique|ecole|lycee|college|mairie) "
        r"(?:de |du |d'|des )(?:la |l')?[A-Z][\w-]+(?:[ '-][A-Z][\w-]+){0,3}",
        r"\b(?i:the|our|your|my) (?!Head|Main|Front|Back|Home|Post|AI|HR|IT)[A-Z][\w-]+ "
        r"(?:office|site|branch|plant|factory|warehouse|depot|store|campus|hub|shop)\b",
        cased=True,
    ),
    rule(
        "room", Kind.PLACE,
        r"\b(?i:batiment|bat\.?|salle|bureau|hall|aile|quai|atelier|building|bldg|room|wing|dock|bay"
        r"|floor) "
        r"(?:n° ?)?(?:[A-Z]?\d{1,4}[A-Za-z]?|[A-Z])\b(?!')",
        cased=True,
    ),
    rule(
        "floor", Kind.PLACE,
        r"\b(?:au |du |le )?(?:\d{1,2} ?(?:er|eme|ieme|e)|premier|deuxieme|troisieme|quatrieme|cinquieme"
        r"|sixieme"
        r"|dernier) etage\b",
        r"\b(?:\d{1,2}(?:st|nd|rd|th)|ground|first|second|third|fourth|fifth|top) floor\b",
        r"\brez-de-chaussee\b",
        needs="etage|floor|rez-de",
    ),
    rule(
        "street", Kind.PLACE,
        r"\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|bd|place|chemin|impasse|allee|quai"
        r"|route|cours|square|rang"
        r"|montee) (?:de |du |des |d'|la |le |les |l'){0,3}[\w-]{2,30}(?:[ -][a-z][\w'-]{2,30}){0,2}?"
        r"(?:,? \d{5}(?: [\w'-]{2,30})?)?(?![\w-])",
        r"\b\d{1,5} (?:[a-z]{2,20} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive|dr|boulevard|blvd"
        r"|crescent|court|way)\b\.?"
        r"(?: (?:west|east|north|south|[nsew])\b)?",
        digit=True,
    ),
    rule(
        "postcode", Kind.PLACE,
        r"\b(?:[A-Z][a-z-]+,? )?(?:[A-Z]{2} )?[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b",
        r"\b(?:[A-Z][a-z-]+,? )?[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
        r"\b[A-Z][a-z]+(?: [A-Z][a-z]+)?, [A-Z]{2} \d{5}(?:-\d{4})?\b",
        r"(?<![\d.,])(?:0[1-9]|[1-8]\d|9[0-8])\d{3} [A-Z][a-z][\w'-]+(?: cedex\b| CEDEX\b)?",
        digit=True, cased=True,
    ),
)  # fmt: skip

RULES: Final[tuple[Rule, ...]] = CONTACTS + NUMBERS + DATES + PLACES

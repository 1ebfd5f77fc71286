"""Patterns for what is said about oneself and one's group: the only one who, a job few hold, age and
service, health, teams of few people."""

from __future__ import annotations

from typing import Final

from consult.anonymity.identification.span import Kind, Rule, rule

_FEW: Final = r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|[2-9](?!\d))"
_FEW_EN: Final = r"(?:two|three|four|five|six|seven|eight|nine|[2-9](?!\d))"
_MANY_YEARS: Final = (
    r"(?:[5-9]|[1-4]\d|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|dix-(?:sept"
    r"|huit|neuf)"
    r"|vingt(?:[ -](?:et[ -])?(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf))?"
    r"|trente(?:[ -](?:et[ -])?(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf))?|quarante)"
)
_MANY_YEARS_EN: Final = (
    r"(?:[5-9]|[1-4]\d|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen"
    r"|eighteen|nineteen|twenty(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|thirty(?:-\w{3,5})?"
    r"|forty)"
)
_PERSON_FR: Final = (
    r"(?:femme|homme|fille|gars|personne|salariee?|employee?|agente?|collegue|membre|elue?|cadre|ouvriere?"
    r"|technicienne?|infirmiere?|ingenieure?|comptable|assistante?|apprentie?|alternante?|stagiaire"
    r"|chauffeuse"
    r"|chauffeur|operatrice|operateur|vendeuse|vendeur|secretaire|juriste|developpeuse|developpeur|analyste"
    r"|conseillere?|gestionnaire|formatrice|formateur|specialiste|referente?|responsable|specialiste)"
)
_PERSON_EN: Final = (
    r"(?:woman|man|girl|guy|person|one|employee|member|colleague|nurse|engineer|accountant|assistant"
    r"|apprentice"
    r"|trainee|intern|driver|operator|lawyer|developer|analyst|adviser|advisor|technician|specialist"
    r"|manager"
    r"|officer|clerk|agent|worker|translator|designer)"
)
_HEAD_FR: Final = (
    r"(?:directrice|directeur|responsable|cheff?e?|presidente?|gerante?|secretaire generale?"
    r"|coordinatrice|coordinateur|referente?|superviseure?|superviseuse|manageuse|manager"
    r"|chargee?(?! de travail)"
    r"|administratrice|administrateur|tresoriere?|deleguee?|adjointe?|medecin|infirmiere?|assistante?"
    r"|patronne?)"
)
_FIELD_FR: Final = (
    r"(?:adjointe?|generale?|regionale?|financiere?|juridique|commerciale?|technique|informatique|rh|paie"
    r"|marketing|communication|qualite|logistique|securite|production|achats|syndicale?|administrati(?:f"
    r"|ve))"
)
_HEAD_EN: Final = (
    r"(?:head|director|manager|chief|supervisor|lead|leader|president|vice-president|vp|secretary"
    r"|coordinator"
    r"|deputy|treasurer|officer|assistant)"
)

UNIQUE: Final = (
    rule(
        "only", Kind.UNIQUE,
        r"\bje (?:suis|reste|serai|serais|etais) (?:bien |presque |quasiment |vraiment |toujours |la |le "
        r"|l'){0,3}"
        r"(?:toute? )?(?:seule?|unique)\b(?: (?:a|qui|dans|de) \w{1,20})?",
        r"\bj'etais (?:la |le )?seule?\b",
        r"\b(?:etant|suis|reste|comme|en tant que) (?:la |le |l')(?:seule?|unique)\b(?: (?!fois|chose"
        r"|raison|solution)\w{3,20})?",
        rf"\b(?:la|le|les|l'|une?|notre|leur|mon|ma) ?(?:seule?s?|uniques?) {_PERSON_FR}s?\b",
        r"\b(?:la|le|les) seule?s? (?:a|qui)\b(?: (?!me|te|se|nous|vous|ait|est|reste|permet|compte"
        r"|vaille)\w{1,20})?",
        r"\bpersonne d'autre\b(?: que moi\b)?",
        r"\b(?:il )?n'y a que moi\b|\by a que moi\b|\b(?:a part|sauf|hormis|excepte) moi\b|\bmoi seule?\b",
        r"\b(?:mon|le) poste est (?:le seul|unique)\b|\bseul poste de\b",
        needs="seul|unique|personne d'autre|que moi|part moi|sauf moi|hormis moi|excepte moi",
    ),
    rule(
        "only_en", Kind.UNIQUE,
        r"\b(?:i am|i'm|im|i was|being|as) (?:\w{4,10} )?the (?:only|sole|last)\b(?: \w{2,20}){0,2}",
        rf"\b(?:the|our|their|my) (?:only|sole) (?:\w{{3,15}} )?{_PERSON_EN}\b(?: (?:who|in|on|at|left"
        rf"|here)\b)?",
        r"\b(?:no one|no-one|nobody|noone) (?:else|but me)\b(?: but me\b)?",
        r"\b(?:only me|just me|apart from me|except me|except for me|i alone|only i)\b",
        r"\b(?:i am|i'm) (?:all )?alone\b",
        needs="only|sole|the last|else|but me|just me|from me|except|alone",
    ),
)  # fmt: skip

PERSONAL: Final = (
    rule(
        "age", Kind.PERSONAL,
        r"\bj'(?:ai|aurai|avais) (?:\d\d|vingt|trente|quarante|cinquante"
        r"|soixante)(?:[ -](?:et[ -])?\w{2,6}){0,2} ans\b",
        r"\bagee? de \d\d ans\b|\ba (?:1[6-9]|[2-6]\d) ans\b",
        r"\b(?:i am|i'm|i was|i turn|aged) (?:1[6-9]|[2-6]\d)\b(?![\d%.,:])(?! ?(?:%|hours|days|weeks"
        r"|percent|minutes))",
        r"\b\d\d[ -]years?[ -]old\b",
        needs="ans|i am|i'm|i was|i turn|aged|year",
    ),
    rule(
        "service", Kind.PERSONAL,
        rf"\b(?:depuis|apres|avec|bientot|mes) (?:plus de |pres de |environ |bientot "
        rf"|mes )?{_MANY_YEARS} ans\b"
        r"(?: d'anciennete| de maison| d'experience| de metier| dans l[ae] \w{3,15})?",
        rf"\b{_MANY_YEARS} ans (?:d'anciennete|de maison|de boite|dans l'entreprise|dans la boite"
        rf"|dans ce service)\b",
        rf"\b(?:for|after|with|have|been here) (?:over |nearly |almost |more than |about "
        rf"|the past )?{_MANY_YEARS_EN} years\b",
        rf"\b{_MANY_YEARS_EN} years (?:here|of service|in this|with the company|in the company"
        rf"|at the company)\b",
        r"\b(?:arrivee?|embauchee?|entree?|recrutee?|engagee?) (?:ici |dans l'entreprise "
        r"|dans la boite )?(?:en|depuis) (?:19|20)\d\d\b",
        r"\b(?:joined|hired|started|been here)(?: here| the company| the team)? (?:in|since) (?:19"
        r"|20)\d\d\b",
        needs=" ans|year|en 19|en 20|depuis 19|depuis 20|in 19|in 20|since",
    ),
    rule(
        "situation", Kind.PERSONAL,
        r"\b(?:je suis|etant) enceinte\b|\bma grossesse\b|\bmon (?:conge|arret) (?:maternite|paternite"
        r"|parental|maladie|de travail)\b",
        r"\b(?:je suis|j'etais|j'ai ete|retour|revenue?|rentree?|reviens|rentre|reprends) (?:de |d'|en "
        r"|d'un |apres |apres un )?(?:mon )?(?:conge|arret) "
        r"(?:maternite|paternite|parental|maladie|longue maladie)\b",
        r"\bmi-temps therapeutique\b|\brqth\b|\btravailleu(?:r|se) handicape|\bmon handicap\b"
        r"|\bmon fauteuil roulant\b"
        r"|\ben fauteuil roulant\b|\bma maladie\b|\bmon cancer\b|\bmes enfants\b|\b(?:mon|ma"
        r"|mes) (?:mari|femme|epoux|epouse|conjointe?|compagne|compagnon"
        r"|fils|fille|filles|enfant|bebe|mere|pere|parents|jumeaux|jumelles|divorce|depression"
        r"|burn-?out|traitement|operation|diabete"
        r"|sclerose|autisme|dyslexie|surdite)\b",
        r"\b(?:i am|i'm) pregnant\b|\bmy (?:pregnancy|maternity|paternity|parental leave|sick leave"
        r"|disability|wheelchair"
        r"|illness|cancer|kids|children|husband|wife|son|daughter|baby|twins|mother|father|parents"
        r"|divorce|depression|burn-?out"
        r"|surgery|diabetes|dyslexia|autism|hearing aids?)\b",
        r"\b(?:i am|i'm|i was|i have been|i've been|back from|returned from|went) (?:on )?(?:maternity"
        r"|paternity|parental"
        r"|sick) leave\b",
        needs="enceinte|grossesse|conge|arret|mi-temps|rqth|handicap|fauteuil|maladie|cancer|enfant"
        "|mon |ma |mes |my |pregnan|leave"
        "|disability|wheelchair|illness|kids|children|maternity|paternity",
    ),
)  # fmt: skip

TITLES: Final = (
    rule(
        "title", Kind.TITLE,
        rf"\b(?:la|le|l'|ma|mon|notre|une?|suis|comme|madame la|monsieur le) ?{_HEAD_FR}"
        rf"(?: {_FIELD_FR})?(?: des? la | des? l'| du | des | de | d')(?!ce\b|cette\b|ces\b|mon\b|ma\b"
        rf"|mes\b|tout|plus|moins)"
        r"(?:la |l')?[\w-]{2,30}",
        rf"\b(?:la|le|l'|ma|mon|notre|une?|suis|comme) ?{_HEAD_FR} {_FIELD_FR}\b",
        r"\ben tant que (?!tel|salarie|employe|elue?s?\b|que\b|humain|utilisat|client|personne|collegue"
        r"|citoyen|moi)"
        r"[\w-]{3,30}(?: (?:de |du |des |d'|la |l'){0,2}[\w-]{3,30})?",
        r"\b(?:la|le|notre) (?:seule? )?(?:standardiste|cariste|soudeur|soudeuse|traducteur|traductrice"
        r"|documentaliste"
        r"|archiviste|statisticienne?|actuaire|webmestre|webmaster|juriste|infirmiere?"
        r"|medecin du travail)\b",
        needs="direct|respons|chef|presid|gerant|secret|coord|refer|super|manage|charge|admin|tresor|deleg"
        "|adjoint"
        "|medecin|infirm|assist|patron|tant que|standard|carist|soud|traduc|archiv|statis|actuai|webm"
        "|jurist|document",
    ),
    rule(
        "title_en", Kind.TITLE,
        rf"\b(?:the|our|my|a|an|as|your) (?:[\w-]{{2,15}} )?{_HEAD_EN} (?:of|for) (?:the )?(?!this|that"
        rf"|it\b|all|my|our|your|us\b)[\w-]{{2,30}}",
        r"\b(?:the|our|as|as an?|am an?|am the|i'm an?|i'm the) (?!line|general|senior|middle|project|good"
        r"|new|best|right|same|other|top|old)"
        r"[a-z][\w-]{2,20} (?:director|supervisor|officer|coordinator|team lead|team leader|manager)\b",
        r"\bas an? (?:union|staff|safety|employee) (?:representative|rep|delegate|officer)\b"
        r"|\bshop steward\b",
        r"\b(?:the|our) (?:receptionist|forklift driver|welder|translator|librarian|archivist|statistician"
        r"|actuary"
        r"|webmaster|company lawyer|company nurse|in-house counsel)\b",
        needs="head|direct|manager|chief|superv|lead|presid|vp|secret|coord|deputy|treas|officer|assist"
        "|recep|forkl"
        "|welder|transl|libra|archi|statis|actuar|webma|lawyer|nurse|counsel|rep|deleg|steward",
    ),
    rule(
        "title_short", Kind.TITLE,
        r"\b(?:RRH|RSSI|DPO|PDG|DGA|DAF|CEO|CTO|CIO|CFO|COO|CISO|CHRO|SVP|EVP)\b",
        r"\b(?:[Ll]e|[Nn]otre|[Mm]on) (?:DRH|DSI|DG)\b",
        cased=True,
    ),
)  # fmt: skip

GROUPS: Final = (
    rule(
        "few", Kind.GROUP,
        rf"\b(?:nous (?:ne )?sommes|on (?:n')?est|on etait|nous etions)(?: (?:plus|que|seulement|a peine"
        rf"|tout juste|juste)){{0,2}}"
        rf" {_FEW}\b(?! (?:fois|a (?!la |l')|ans|jours|heures|mois))",
        rf"\b(?:equipe|service|bureau|groupe|unite|cellule|pole|atelier|brigade) (?:de"
        rf"|a) {_FEW}\b(?: personnes)?(?! (?:ans|jours|heures|h\b))",
        rf"\b(?:a nous|nous|toutes les|tous les|les) (?P<it>{_FEW} (?:seule?s|femmes|collegues"
        rf"|autres filles|dans (?:le|mon|ce) \w+))\b",
        rf"\bles {_FEW} (?:de|du|des|d'|de la|de l') ?(?:nuit|jour|matin|soir|week-end|garde|paie"
        rf"|compta|accueil|standard"
        rf"|atelier|quai|equipe|service|bureau|cuisine|caisse|courrier|support)\b",
        rf"\ba nous {_FEW}\b|\bmon binome\b|\bma binome\b",
        needs="nous|on |equipe|service|bureau|groupe|unite|cellule|pole|atelier|brigade|les |binome",
    ),
    rule(
        "few_en", Kind.GROUP,
        rf"\b(?:we are|we're|we were|there are|there were)(?: only| just)? {_FEW_EN} (?:of us|people in"
        rf"|in (?:the|my|our))\b",
        rf"\b(?:team|group|crew|unit|department|shift) of (?:just |only )?{_FEW_EN}\b",
        rf"\b(?:we are|we're|we were) (?:only |just )?{_FEW_EN}\b(?= (?:in|on|at) (?:the|my|our|this"
        rf"|nights?)\b)",
        rf"\bthe {_FEW_EN} (?:in (?:payroll|accounts|reception|billing|legal|maintenance|the \w+)"
        rf"|on (?:nights?|days?|call|the \w+))\b",
        rf"\b(?:the|only|just) {_FEW_EN} of us\b|\b{_FEW_EN}-(?:person|man|woman|people) team\b",
        needs="of us|we |we're|there |team|group|crew|unit|department|shift|the two|the three|the four"
        "|the five|the six|the seven|the eight|the nine|the 2|the 3|the 4|the 5|the 6|the 7|the 8|the 9",
    ),
    rule(
        "unit", Kind.GROUP,
        r"\bje (?:travaille|bosse|suis|fais partie) (?:actuellement |maintenant )?(?:au |a la |aux "
        r"|dans le |dans la |dans l'|en |du |de la |de l')"
        r"(?:service|equipe|pole|cellule|departement|unite|atelier|secteur|paie|comptabilite|compta|rh"
        r"|accueil|standard"
        r"|facturation|logistique|maintenance|achats|juridique|informatique)\b(?: (?:de |du |des |d'|la "
        r"|l'){0,2}[\w-]{2,25})?",
        r"\bi (?:work|am working|sit) (?:in|for|on|at) (?:the )?(?:[\w-]{2,20} ){0,2}(?:team|department"
        r"|unit|desk|shift|payroll"
        r"|accounting|reception|billing|logistics|maintenance|purchasing|legal)\b",
        r"\bequipe (?:de nuit|du matin|du soir|d'apres-midi|du week-end|de week-end)\b|\b(?:night|weekend"
        r"|evening) (?:shift|crew|team)\b",
        needs="je |i work|i am|i sit|equipe d|shift|crew|team",
    ),
)  # fmt: skip

PERSONAL_RULES: Final[tuple[Rule, ...]] = UNIQUE + PERSONAL + TITLES + GROUPS

"""The words around a name: which say that a person is meant, and which that none is. Small letters
without accents, as `text.Reading` gives them, except where a capital is what counts."""

from __future__ import annotations

import re
from typing import Final

_ROLES: Final = (
    r"collegues?|copains?|copines?|amie?s?|potes?|cheff?e?s?|manager|manageuse|responsable|directeur"
    r"|directrice"
    r"|patronn?e?|superieure?|assistante?|adjointe?|stagiaire|alternante?|apprentie?|president[e]?|juge"
    r"|inspecteur|inspectrice|commissaire|ministre|maitre|docteur|medecin|infirmiere?|formateur|formatrice"
    r"|tuteur|tutrice|secretaire|technicienne?|comptable|juriste|deleguee?|elue?|representante?|mari|femme"
    r"|epouse|frere|soeur|fils|fille|cousine?|n\+1|colleagues?|coworker|co-worker|mate|buddy|friend"
    r"|boss|supervisor"
    r"|teammate|leader|lead|assistant|deputy|intern|rep|steward|trainee|apprentice|director|president"
    r"|chairman"
    r"|chairwoman|judge|inspector|sergeant|officer|lawyer|attorney|senator|minister|nurse|husband|wife"
    r"|brother|sister|son|daughter|cousin|uncle|aunt|oncle|tante"
)
_SPOKEN_TO: Final = (
    r"told|tell|ask(?:s|ed)?|asking|thanks? to|thanked|met|meet|meeting|wrote to|spoke to|spoke with"
    r"|talked to|talk to|speak to|speak with|spoken to"
    r"|talked with|according to|replaced|replacing|blamed?|fired|promoted|between|signed|signed by"
    r"|regards|cheers"
    r"|hi|hey|hello|dear|love|sincerely|thanks|thank you|hugs|me and|cc|attn|with me and|know|knows|saw"
    r"|see|help(?:s|ed)?"
    r"|demande[rz]? a|demandee? a|parle[rz]? a|parle[rz]? avec|parlee? a|dit a|dire a|ecri(?:re|t|s) a"
    r"|repondu a|repondre a"
    r"|selon|d'apres|grace a|merci a|merci|bonjour|bonsoir|salut|coucou|cher|chere|cordialement|bien a vous"
    r"|entre|remplace|remplacer|remplacee? par|signee?|signee? par|comme disait|comme dit|comme dirait"
    r"|chez|avec moi et"
    r"|aide[rz]?|croise|vire|promu|accuse|moi et|meeting with|reunion avec|rendez-vous avec"
    r"|appointment with|fait confiance a|a cause de|n'en deplaise a"
)
_HELD_BY: Final = (
    r"equipe|bureau|avis|idee|depart|absence|reponse|mail|message|retour|remplacement|place|poste|travail"
    r"|remarque|cas|conge|arret|dossier|dossiers|nom|faute|planning|ordre|ordres|decision|consigne"
    r"|consignes|aide"
)
CUE_BEFORE: Final = re.compile(
    rf"(?:\b(?:{_ROLES}),? (?:nommee? |s'appelle )?|\b(?:{_SPOKEN_TO}),?\s{{1,2}}"
    rf"|\b(?:{_HELD_BY}) (?:de |d')"
    r"|\b(?:s'appell(?:e|ait)|nommee?|prenom(?: est)?|prenomme|named|name is|name was|names are|je suis"
    r"|c'est|ici|i am"
    r"|i'm|this is) )$"
)
CUE_REACH: Final = 24
"""Characters before a word in which a cue may stand."""
WEAK_CUES: Final = re.compile(
    r"\b(?:je suis|c'est|ici|i am|i'm|this is|know|knows|see|saw|chez|between|entre|meeting|love) $"
)
"""Cues behind which as often something else stands: they only serve for names that are also words."""

_SAYS: Final = (
    r"(?:ne |n'|nous |m'|me |t'|te |lui |leur |l'|vous |se |s'|en |y )*(?:a (?:dit|demande|repondu"
    r"|explique|refuse|promis|decide|ecrit"
    r"|pleure|hurle|crie|menace|montre|fait|mis|voulu|raconte|annonce|quitte|perdu)|m'a\b|m'avait"
    r"|nous a\b|est (?:venue?|partie?|arrivee?"
    r"|absente?|malade|d'accord|contre|en conge|en arret)|dit\b|disait|pense\b|pensait|refuse"
    r"|trouve (?:que|ca)|veut\b|voulait|parle de|sait\b|croit\b|relit"
    r"|imprime|corrige|decide|raconte|explique|repete|insiste|crie)"
)
_SAYS_EN: Final = (
    r"(?:said|told|says|asked|asks|thinks|thought|explained|explains|replied|replies|refuses|refused|rereads"
    r"|wants|wanted|knows|knew|showed|shows|laughed|cried|decided|decides|promised|insists|insisted"
    r"|left me|left us"
    r"|has (?:instructed|told|asked|said|refused|left|been told)|wrote|writes|answered|complained"
    r"|complains|shouted|agrees|agreed|believes|called me|called us|gave me"
    r"|gave us|helped|finds|found it|told|resigned|retired|quit|hates|loves|likes)\b"
)
_OWNED: Final = (
    r"(?:resume|desk|team|work|email|mail|idea|file|job|office|boss|contract|replacement|leave"
    r"|departure|birthday|shift"
    r"|place|phone|name|fault|turn|bonus|husband|wife|mother|father|message|question|comment|mistake|opinion"
    r"|absence|salary|house)"
)
CUE_AFTER: Final = re.compile(
    rf" (?:(?:never |always |also |even |just )?{_SAYS_EN}|{_SAYS}|and (?:i|me)\b|et moi\b|(?:ext|poste"
    rf"|x)\.? ?\d)"
    rf"|\"? ?<[\w.-]{{1,40}}@| ?'s {_OWNED}\b"
)
"""Verbs of people."""
CUE_NEAR: Final = re.compile(
    r" (?:(?:will not|won't|doesn't|didn't|does not|did not|isn't|wasn't|and i|and me|has|had|is (?:out"
    r"|off|away|ill|sick"
    r"|on|in|not|late|always|never)|was (?:moved|told|fired|asked|off|ill|sick|promoted))\b"
    r"|(?:ne|n'|et moi|qui|a ete|va)\b)|'s \w"
)
"""What often stands behind a name, though behind other words too."""
DOES: Final = re.compile(
    r",? (?:also |never |later |just )?(?:[a-z]{3,12}ed|did|went|came|took|made|gave|held|ran|won|lost"
    r"|left|began|spoke|a [a-z]{2,12}[eiu]s?)\b"
    r"|, (?:an?|the|who|whose|le|la|une?|qui|dont|notre|our|my|mon|ma)\b"
)
"""What stands behind a surname that begins a sentence."""
OF_A_TEAM: Final = re.compile(
    r",? (?:(?:de la|du|de l'|des|a la|au|a l') ?(?:compta(?:bilite)?|paie|atelier|accueil|standard"
    r"|courrier|facturation"
    r"|logistique|maintenance|achats|juridique|informatique|rh|drh|nuit|jour|production|quai|caisse"
    r"|marketing|support"
    r"|communication|qualite|direction|syndicat|cse)"
    r"|(?:from|in|at|on) (?:the )?(?:accounts|accounting|payroll|workshop|reception|billing|mail ?room"
    r"|logistics"
    r"|maintenance|purchasing|legal|it|hr|nights?|production|marketing|support|sales|finance|front desk"
    r"|union))\b"
)

ARTICLE: Final = re.compile(
    r"\b(?:[Ll]es?|[Ll]a|[Uu]ne?|[Dd]es|[Dd]u|[Aa]ux?|[Tt]he|[Aa]n?|[Tt]his|[Tt]hat|[Oo]ur|[Mm]y"
    r"|[Yy]our|[Nn]otre|[Vv]otre|[Cc]et?|[Cc]ette|[Cc]haque|[Ee]very|[Ee]ach) $|\b[Ll]'$"
)
PLACE_BEFORE: Final = re.compile(
    r"(?:\b(?:San|Sao|Saint|Sainte|St\.?|Ste\.?|Santa|Fort|Port|Mount|Mt\.?|Lake|Hurricane|New|North"
    r"|South|Cape|Los|Las"
    r"|[Rr]ue|[Aa]venue|[Bb]oulevard|[Pp]lace|[Qq]uai|[Cc]hemin|[Ll]ycee|[Cc]ollege|[Hh]opital"
    r"|[Cc]linique|[Ee]cole|[Uu]niversite)"
    r"[ -](?:de |du |d'|de la |des )?)$"
)
BODY_AFTER: Final = re.compile(
    r"(?:'s)?(?: [A-Z&][\w&]*){0,2}? (?:Inc|Corp|Corporation|Group|Groupe|Ltd|LLC|SA|SAS|SARL|GmbH|Co"
    r"|Company|Institute|University"
    r"|College|Hospital|Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Bank|Hotel|Restaurant|Grill|Services"
    r"|Futures|Tech"
    r"|Technologies|School|Church|Airport|Station|County|City|Island|Islands|Bay|River|Park|Valley|Act"
    r"|Housing"
    r"|Foundation|Fund|Partners|Systems|Securities|Energy|Airlines|Square|Bridge|Building|House|Center|Centre"
    r"|Court|Phone|Line|Beach|Hill|Hills|Lake|Mountain|Theatre|Theater|Museum|Stadium|Prize|Awards?)\b"
)
"""A firm, a school, a street: it bears a name, but is nobody."""

_SMALL_WORDS: Final = (
    "i je tu il elle on nous vous ils elles et mais ou donc or ni car si que qui the a an he she we they "
    "it you and but so if as at in of to is are was this that these those my our your his her their le la "
    "les un une des du de ce cette ces mon ma mes notre nos votre vos leur leurs son sa ses en au aux par "
    "pour avec sans sur sous dans chez personne cela ca tout tous rien merci bonjour hello hi dear thanks "
    "please yes no oui non ok pas ne plus ai ia hr rh cse ceo teams word excel outlook copilot chatgpt "
    "gpt gemini mistral llama sap siri alexa openai microsoft google assistant what when where why how "
    "who which there here then now not comment pourquoi quand depuis monsieur madame mademoiselle "
    "president gouvernement cour commission etat code article droits convention internet english french "
    "anglais francais europe union quelqu quelque quelques chacun chacune certains certaines beaucoup "
    "plusieurs aucun aucune nul celui celle ceux celles lequel laquelle autre autres tel telle quiconque "
    "jamais toujours hier demain aujourd everyone everybody someone somebody anyone anybody nobody none "
    "noone nothing something anything everything most many some few all both each every any other others "
    "another one two three management people staff customers clients colleagues half whoever whatever "
    "sorry again also just still even maybe perhaps today yesterday tomorrow monday tuesday wednesday "
    "thursday friday saturday sunday january february march july september october november december "
    "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout "
    "septembre octobre novembre decembre france canada quebec belgique suisse britain england ireland "
    "scotland wales america london montreal slack zoom windows linux android apple iphone facebook "
    "whatsapp linkedin twitter youtube amazon salesforce jira workday oracle power sharepoint onedrive "
    "gmail chrome firefox adobe deepl parliament parlement senate senat assemblee syndicat direction cfdt "
    "cgt fo cftc unsa cfe sud god dieu jesus christ easter christmas paques islam quran bible happy good "
    "best well well-done being could should would can must had has have do does did let ici voila voici "
    "alors ensuite enfin apres avant pendant entre selon vers contre malgre dommage attention bravo "
    "franchement san santa los las saint fort hurricane lake mount called met new north south east west "
    "old comme mme mlle mr committee comite sir madam support anthropic team sales see nope thx lol ps "
    "pps fyi re fw fwd hola ciao bye voir salutations mrs ms dr street avenue road hey regards cheers "
    "unit room floor section appendix annexe"
)
NOT_NAMES: Final = frozenset(_SMALL_WORDS.split())
"""Never a name by themselves, whatever stands around them."""
COMMON_ENDS: Final = (
    *("s", "ment", "ments", "tion", "ing", "ity", "ite", "ness", "eur", "ship", "ance", "ence"),
    *("ism", "isme", "age", "ally", "ly"),
)
"""How words end that begin a sentence and are no name. A name may end so: then it wants another cue."""

_ELSEWHERE: Final = (
    "april august austin autumn champagne chelsea christian clinton dallas diego espérance francisco "
    "georgia german houston israel june kent lincoln london lourdes madison may mercedes noel norman "
    "paris roman royal royale santiago savanna summer sydney victoire virginia"
)
OFTEN_PLACE_OR_TIME: Final = frozenset(_ELSEWHERE.split())
"""Names that more often are a town, a month or something else: a capital in mid-sentence is not enough."""
_WORDS_TOO: Final = (
    "albertine alexa amande amandine ange angele angevine ariel augustine aurore babel babette barbara "
    "barbe belle bernard bobby booker buster canelle capucine cassidy celestine cerise cesarine chance "
    "claire clementine colombe constance crystal delphine destiny dusty fantine florence florentine franc "
    "francs gaillard garance gauthier genesis germaine ginger gracieuse guillemette harley heather heaven "
    "hermes holly innocente iris jasmin jasmine jerry jimmy johnny josephine journey julienne juste "
    "justice justine landry laure laurence lavelle liberty louise lucky madeleine mandarine marguerite "
    "marine marinette martial mazarine melody melusine merry mignon miracle misty modeste morgane muscade "
    "nevada opaline ophelie orchidee paquerette parker pearly percy pierre piper placide precious price "
    "princess prosper romane rosemary rosette rosine rusty sabine salome sandra sandy satine scholastique "
    "severe severine sidonie sixtine stormy sunny sunshine tarte tatin tawny terrance tiffany tommy "
    "treasure trinity valere valse vanille vermeil vienna violette warner windy"
)
WANTS_A_CUE: Final = frozenset(_WORDS_TOO.split())
"""First names that are words too when typed small: only behind or before words that speak of people."""
SIGNED: Final = re.compile(r"(?:,[ ]*(?:\n|$)|[.!]?[ ]*(?:\n|$))")
"""What stands behind a name that is alone on its line."""

"""Model text of the resolution that names a successor: content that people edit, in both languages."""

from __future__ import annotations

from consult.core.localized import Localized

_AFTER = (
    "{body} confie à {successor} une clé des boîtes scellées dont {predecessor} est dépositaire, pour lui "
    "succéder. La clé de {predecessor} est retirée dès que {successor} a ouvert chaque boîte une première "
    "fois. Les noms des dépositaires sont mis à jour là où les salariés écrivent.",
    "{body} gives {successor} a key to the sealed letterboxes of which {predecessor} is a keyholder, to "
    "follow them. The key of {predecessor} is withdrawn as soon as {successor} has opened each letterbox "
    "once. The names of the keyholders are brought up to date where staff write.",
)
_MORE = (
    "{body} confie à {successor} une clé de ses boîtes scellées, en plus des dépositaires déjà désignés. "
    "Les noms des dépositaires sont mis à jour là où les salariés écrivent.",
    "{body} gives {successor} a key to its sealed letterboxes, beside the keyholders already named. "
    "The names of the keyholders are brought up to date where staff write.",
)


def succession(*, body: str, successor: str, predecessor: str) -> Localized:
    """The resolution (to be reviewed by counsel). ``predecessor`` empty: one more keyholder."""
    french, english = _AFTER if predecessor else _MORE
    names = {"successor": successor, "predecessor": predecessor}
    is_cse = body.startswith("CSE")
    return Localized.of(
        fr=french.format(body=f"Le {body}" if is_cse else body, **names),
        en=english.format(body=f"The {body}" if is_cse else body, **names),
    )

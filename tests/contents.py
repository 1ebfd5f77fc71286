"""Contents of notices for property tests, made from the declarations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import strategies as st

from consult.core.localized import LOCALES, Localized, digest
from consult.notices import fields
from consult.notices.content import Content
from consult.notices.fields import Cell, Column, Table
from consult.notices.rules import Authority
from consult.notices.sheets.layout import plain

_SIGNS = st.sampled_from(
    [
        *"abc =+-@'\"<>&_|*#[](){}\\/:;!?’«»…\u00a0\u202f\u2028\u2011\u00ad\t\n\n\néœ😀👩\u200d🔧\ufeff",
        "_x0041_",
        "#N/A",
        "\n\n",
    ]
)
_TEXTS = st.one_of(
    st.lists(_SIGNS, min_size=1, max_size=30).map("".join),
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40),
    st.sampled_from(["=1+1", "@x", "-5", "+33", "#REF!", "TRUE", "12", "2027-01-02", "'q", "- a\n\n- c"]),
).map(plain).filter(bool)  # fmt: skip
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@st.composite
def texts(draw: st.DrawFn, *, whole: bool = False, line: bool = False) -> Localized:
    """Any state a text can be in: one language or both, current, stale or never made from anything."""
    said = (
        _TEXTS.map(lambda one: " ".join(one.split("\n"))).filter(lambda one: plain(one) == one)
        if line
        else _TEXTS
    )
    source = draw(st.sampled_from(LOCALES))
    languages = draw(st.sets(st.sampled_from(LOCALES), min_size=int(whole)))
    kept = {language: draw(said) for language in sorted(languages)}
    made = {}
    for language in sorted(languages - {source}):
        current = st.just(digest(kept.get(source, "")))
        state = draw(st.one_of(current, st.none(), st.just("0123456789abcdef")))
        if state is not None:
            made[language] = state
    return Localized(kept, source, made)


def _cells(column: Column) -> st.SearchStrategy[Any]:
    if column.cell.is_text:
        return texts(whole=bool(column.needed))
    if column.cell is Cell.NAME:
        return st.one_of(st.just(""), _TEXTS)
    found: st.SearchStrategy[Any] = {
        Cell.COUNT: st.integers(0, 2_000_000),
        Cell.DAY: DAYS,
        Cell.CHOICE: st.sampled_from(list(column.choices or {None: ""})),
    }[column.cell]
    return found if column.needed else st.one_of(st.none(), found)


def _rows(table: Table) -> st.SearchStrategy[tuple[Any, ...]]:
    row = st.fixed_dictionaries({column.key: _cells(column) for column in table.columns})
    return st.lists(row.map(lambda cells: table.row(**cells)), max_size=3).map(tuple)


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """Any content the declarations allow, files aside."""
    answers = {one.key: st.sampled_from([choice.value for choice in one.choices])
               for one in fields.FIELDS if one.choices}  # fmt: skip
    sentences = st.dictionaries(st.sampled_from(list(fields.SENTENCES)), texts(), max_size=4)
    prose = st.dictionaries(st.sampled_from(list(fields.BY_KEY)), texts(), max_size=8)
    made = Content(
        title=draw(texts(whole=True, line=True)),
        summary=draw(sentences),
        fields=draw(prose),
        answers=draw(st.fixed_dictionaries({}, optional=answers)),
        follow_on=draw(st.one_of(st.none(), DAYS)),
        authority=draw(st.sampled_from(list(Authority))),
        starter=draw(st.sampled_from([{}, {"key": "coach", "digests": {"what": "0123456789abcdef"}}])),
        changelog=draw(texts()),
    )
    rows: dict[str, Any] = {table.key: draw(_rows(table)) for table in fields.TABLES}
    return replace(made, **rows).normal()

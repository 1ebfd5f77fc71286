"""A notice as one JSON document, and back into a new draft.

The document holds the whole notice: every revision with its groups, milestones and what was imported
with it, both languages with their digests. Of people it holds nothing. Read back, its newest revision
becomes a draft (see `importing`): what was published stays with the record it was published in.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
)

from consult.core.localized import Localized
from consult.notices.imports.decoding import json_of, storable_value
from consult.notices.imports.draft import OtherAnswer, ReportKind
from consult.notices.imports.refusals import ImportRefused, Reason, Role
from consult.notices.models import Notice, Revision
from consult.notices.rules import MilestoneKind, NoticeState
from consult.web.readers import Visibility

FORMAT: Literal["consult-notice"] = "consult-notice"
VERSION: Literal[1] = 1


def _nothing() -> Localized:
    return Localized({})


def _localized(value: Any) -> Localized:
    if isinstance(value, Localized):
        return value
    if not isinstance(value, dict) or not isinstance(value.get("texts"), dict):
        raise ValueError("a text is an object with its languages under texts")
    made_from = value.get("made_from", {})
    strings = (*value["texts"].items(), *(made_from.items() if isinstance(made_from, dict) else [(0, 0)]))
    if not all(isinstance(one, str) for pair in strings for one in pair):
        raise ValueError("texts are strings by language")
    return Localized(value["texts"], value.get("source", "fr"), made_from)


LocalizedText = Annotated[
    Localized,
    BeforeValidator(_localized),
    PlainSerializer(lambda text: text.as_json(), return_type=dict[str, Any]),
]


class Part(BaseModel):
    """A key nobody knows is refused: it would be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class GroupPart(Part):
    name: LocalizedText
    sites: str = Field("", max_length=300)
    headcount: int | None = Field(None, ge=0)
    change: LocalizedText = Field(default_factory=_nothing)
    measures: LocalizedText = Field(default_factory=_nothing)


class MilestonePart(Part):
    kind: MilestoneKind
    day: date
    label: LocalizedText = Field(default_factory=_nothing)


class RevisionPart(Part):
    number: int = Field(ge=1)
    published_on: date | None = None
    title: LocalizedText
    summary: dict[str, LocalizedText] = {}
    fields: dict[str, LocalizedText] = {}
    changelog: LocalizedText = Field(default_factory=_nothing)
    groups: tuple[GroupPart, ...] = ()
    milestones: tuple[MilestonePart, ...] = ()
    imported: dict[str, Any] = {}

    @field_validator("imported")
    @classmethod
    def _as_an_import_leaves_it(cls, found: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(found.get("facts", {}), dict):
            raise ValueError("facts are an object")
        try:
            for one in found.get("other", ()):
                OtherAnswer.from_json(one)
            for kind, _key, _detail in found.get("report", ()):
                ReportKind(kind)
        except (TypeError, KeyError, AttributeError) as fault:
            raise ValueError("not as an import leaves it") from fault
        return found


class Withdrawal(Part):
    day: date
    reason: LocalizedText


class NoticeDocument(Part):
    """``format`` and ``version`` first, so that a reader knows at once what it holds."""

    format: Literal["consult-notice"]
    version: Literal[1]
    slug: str = Field(max_length=120)
    number: int
    state: NoticeState
    visibility: Visibility
    created_on: date
    held_until: date | None = None
    readable_on: date | None = None
    withdrawal: Withdrawal | None = None
    revisions: tuple[RevisionPart, ...] = Field(min_length=1)


def document(notice: Notice) -> str:
    """The notice as JSON text, two blanks deep, ending with a line end."""
    withdrawal = None
    if notice.withdrawn_on is not None:
        withdrawal = Withdrawal(day=notice.withdrawn_on, reason=notice.withdrawn_reason or Localized({}))
    whole = NoticeDocument(
        format=FORMAT,
        version=VERSION,
        slug=notice.slug,
        number=notice.number,
        state=notice.state,
        visibility=notice.visibility,
        created_on=notice.created_on,
        held_until=notice.held_until,
        readable_on=notice.readable_on,
        withdrawal=withdrawal,
        revisions=tuple(_revision(one) for one in notice.revisions),
    )
    return whole.model_dump_json(indent=2) + "\n"


def _revision(revision: Revision) -> RevisionPart:
    return RevisionPart(
        number=revision.number,
        published_on=revision.published_on,
        title=revision.title,
        summary=revision.summary,
        fields=revision.fields,
        changelog=revision.changelog,
        groups=tuple(
            GroupPart(
                name=one.name,
                sites=one.sites,
                headcount=one.headcount,
                change=one.change,
                measures=one.measures,
            )
            for one in revision.groups
        ),
        milestones=tuple(
            MilestonePart(kind=one.kind, day=one.day, label=one.label) for one in revision.milestones
        ),
        imported=revision.imported,
    )


def read_document(raw: bytes, name: str) -> NoticeDocument:
    """Reads what `document` wrote. Raises `ImportRefused`, naming the first place that does not fit."""
    found = storable_value(json_of(raw, name, Role.NOTICE))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ImportRefused(Reason.NOT_A_NOTICE, name, Role.NOTICE)
    if found.get("version") != VERSION:
        version = str(found.get("version"))
        raise ImportRefused(Reason.OTHER_FORMAT, name, Role.NOTICE, version=version, known=VERSION)
    try:
        return NoticeDocument.model_validate(found)
    except ValidationError as error:
        place = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        where = ".".join(str(part) for part in place) or FORMAT
        raise ImportRefused(Reason.NOTICE_DOES_NOT_FIT, name, Role.NOTICE, where=where) from None

"""A file of the body, told act by act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from consult.demo import course
from consult.demo.cast import Act, Cast, tally
from consult.demo.rules import Day, place
from consult.dossiers import services as dossiers
from consult.dossiers.models import Dossier, DossierLetter
from consult.dossiers.rules import System
from consult.notices import queries as notices
from consult.people.models import Account, Mandate


@dataclass
class Filing:
    """One file, as far as it has been told. ``employer``: who answers."""

    session: Session
    today: date
    spec: course.File
    cast: Cast
    employer: Account
    dossier: Dossier = field(init=False)
    letters: list[DossierLetter] = field(default_factory=list)

    def on(self, day: Day) -> date:
        return place(day, self.today)

    def acts(self) -> Iterator[Act]:
        """Every act with its day; on one day, in this order."""
        yield self.on(self.spec.opened), self.open_file
        for number, letter in enumerate(self.spec.letters):
            yield self.on(letter.day), partial(self.send, letter)
            if letter.answered is not None:
                yield self.on(letter.answered), partial(self.answer, number, letter)
        if self.spec.linked is not None:
            yield self.on(self.spec.linked), self.link

    def _mandate(self, key: str) -> Mandate:
        return self.cast.people[key].mandates[0]

    def open_file(self) -> None:
        spec, on = self.spec, self.on(self.spec.opened)
        system = System(spec.name, spec.place, spec.since, spec.seen, spec.known)
        self.dossier = dossiers.open_file(
            self.session, self.cast.body, system, actor=self.cast.people[spec.by],
            mandate=self._mandate(spec.by), on=on,
        )  # fmt: skip
        dossiers.seal_source(self.session, self.dossier, spec.source, on=on)
        for key in spec.supporters:
            dossiers.support(self.session, self.dossier, self._mandate(key), is_for=True)

    def send(self, spec: course.FileLetter) -> None:
        on = self.on(spec.day)
        letter = dossiers.send(
            self.session, self.dossier, text=spec.text.localized, due_on=self.on(spec.due),
            resolution=spec.resolution.localized, votes=tally(spec.votes), decided_on=on,
            actor=self.cast.secretary, on=on,
        )  # fmt: skip
        self.letters.append(letter)

    def answer(self, number: int, spec: course.FileLetter) -> None:
        dossiers.answer(
            self.session, self.letters[number], text=spec.answer.localized, actor=self.employer,
            on=self.on(spec.answered or 0),
        )  # fmt: skip

    def link(self) -> None:
        notice = notices.by_slug(self.session, self.spec.notice)
        assert notice is not None, f"no notice called {self.spec.notice}"
        dossiers.link(self.session, self.dossier, notice, on=self.on(self.spec.linked or 0))

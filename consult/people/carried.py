"""For forms of acts that only a body can do: a vote, or the delegation under which a member acts alone. The
service behind is `people.delegations.decide`, the macro `carried_fields` of ``components/votes.html``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from wtforms import Field, Form, RadioField
from wtforms.validators import StopValidation

from consult.core.i18n import _, _l, day
from consult.people.models import Delegation
from consult.web.fields import VotesForm, options

VOTE = "vote"


def _is_offered(_form: Form, field: Field) -> None:
    if field.data not in {one.value for one in field.choices}:
        raise StopValidation(_("This delegation no longer covers this act. Choose again."))


def carried_field() -> RadioField:
    """Placed by the form itself, before its three `votes_field`."""
    return RadioField(
        _l("What carries this act"), [_is_offered], choices=(), validate_choice=False, default=VOTE
    )


class CarriedForm(VotesForm):
    """Like `VotesForm`, where a delegation may stand in the place of the vote."""

    carried_by: Any

    def under(self, delegations: Sequence[Delegation]) -> Self:
        """Offers the delegations that run for whoever acts (`people.delegations.running`); without any, the
        vote is all there is and nothing more is asked."""
        if not delegations:
            if self.carried_by is not None:
                del self.carried_by
            return self
        words = (
            (str(one.id), _("The delegation of %(day)s", day=day(one.resolution.day))) for one in delegations
        )
        self.carried_by.choices = options([(VOTE, _("A vote of the body")), *words])
        return self

    @property
    def delegation(self) -> UUID | None:
        """The one chosen; None for a vote."""
        typed = self.carried_by.data if self.carried_by is not None else VOTE
        try:
            return UUID(typed or "") if typed != VOTE else None
        except ValueError:
            return None

    @property
    def votes(self) -> dict[str, int] | None:
        """The vote; None under a delegation."""
        return None if self.delegation is not None else self.tally

    def validate(self, *args: Any, **options: Any) -> bool:
        if self.delegation is not None:
            for one in (self.votes_for, self.votes_against, self.abstentions):
                one.validators, one.process_errors = (), []  # nobody voted: what is typed there is not read
        valid: bool = super().validate(*args, **options)
        return valid

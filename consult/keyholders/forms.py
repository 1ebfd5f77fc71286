"""What is typed to set up a key and to unlock a letterbox. No secret is ever written back into a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from consult.anonymity import words, wrapping
from consult.core import clock
from consult.core.i18n import _, _l
from consult.keyholders.circles import Holder
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import has_enough_words
from consult.people.models import Account
from consult.people.rules import is_address
from consult.web.fields import DayField, PairForm, VotesForm, in_source, options, tidy, votes_field
from consult.web.forms import BaseForm, not_blank

_QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "translate": "no"}
LONGEST_TYPED = 400


def _passphrase(label: object, *validators: object) -> PasswordField:
    # A field of this type keeps the browser from writing what is typed into its session files.
    return PasswordField(label, list(validators), render_kw={**_QUIET, "maxlength": str(LONGEST_TYPED)})


class SetUpForm(BaseForm):
    """Both secrets typed back from paper: nothing of them is carried from the page that showed them."""

    passphrase = _passphrase(_l("Your passphrase"), InputRequired(_l("Type your six words.")))
    again = _passphrase(_l("Your passphrase, once more"), InputRequired(_l("Type your six words once more.")))
    recovery_code = _passphrase(
        _l("Your recovery code"), InputRequired(_l("Type the recovery code from your sheet."))
    )

    def validate_passphrase(self, field: PasswordField) -> None:
        if not has_enough_words(words.normalise(field.data[:LONGEST_TYPED])):
            raise StopValidation(_("A passphrase has at least six different words."))

    def validate_again(self, field: PasswordField) -> None:
        if words.normalise(field.data) != words.normalise(self.passphrase.data or ""):
            raise StopValidation(_("This is not the same passphrase. Type both again from your sheet."))

    def validate_recovery_code(self, field: PasswordField) -> None:
        _check_code(field.data)


class ProofForm(BaseForm):
    """One of the two: the passphrase, or the recovery code where it was lost."""

    passphrase = _passphrase(_l("Your passphrase"))
    recovery_code = _passphrase(_l("Your recovery code"))

    def validate_passphrase(self, field: PasswordField) -> None:
        if not (field.data or "").strip() and not (self.recovery_code.data or "").strip():
            raise StopValidation(_("Type your six words."))

    def validate_recovery_code(self, field: PasswordField) -> None:
        if (field.data or "").strip():
            _check_code(field.data)

    @property
    def secrets(self) -> dict[str, str]:
        """As the services take them."""
        return {
            "passphrase": self.passphrase.data or "",
            "recovery_code": (self.recovery_code.data or "").strip(),
        }


class UnlockForm(ProofForm):
    next = HiddenField()


class RehearsalForm(ProofForm):
    """The passphrase alone: the code is for the day it is lost."""

    @property
    def secrets(self) -> dict[str, str]:
        return {"passphrase": self.passphrase.data or "", "recovery_code": ""}


class NewPassphraseForm(ProofForm):
    new_passphrase = _passphrase(_l("Your new passphrase"), InputRequired(_l("Type your six new words.")))
    again = _passphrase(
        _l("Your new passphrase, once more"), InputRequired(_l("Type your six new words once more."))
    )

    def validate_new_passphrase(self, field: PasswordField) -> None:
        if not has_enough_words(words.normalise(field.data[:LONGEST_TYPED])):
            raise StopValidation(_("A passphrase has at least six different words."))

    def validate_again(self, field: PasswordField) -> None:
        if words.normalise(field.data) != words.normalise(self.new_passphrase.data or ""):
            raise StopValidation(_("This is not the same passphrase. Type both again from your sheet."))


class NewCodeForm(ProofForm):
    new_recovery_code = _passphrase(
        _l("Your new recovery code"), InputRequired(_l("Type the recovery code from your sheet."))
    )

    def validate_new_recovery_code(self, field: PasswordField) -> None:
        _check_code(field.data)


class PassOnForm(ProofForm):
    """Passing a key on: what opens it, and that the six words were compared with the person."""

    compared = BooleanField(
        _l("I compared the six words with this person, face to face or by telephone: they are the same."),
        [InputRequired(_l("Compare the six words first, then tick the box."))],
    )
    key = HiddenField()

    def showing(self, public_key: bytes) -> Self:
        """The page shows the words of that key, and what is sent is about no other."""
        self.key.data = public_key.hex()
        return self

    @property
    def seen(self) -> bytes:
        try:
            return bytes.fromhex(self.key.data or "")
        except ValueError:
            return b""


# ── naming ─────────────────────────────────────────────────────────────────────

_LONG = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
NOBODY = "nobody"


class SuccessorForm(PairForm, VotesForm):
    """What the body decided: who gets a key, and whom they follow."""

    follows = RadioField(_l("Whom do they follow?"), [InputRequired(_l("Say whom they follow."))])
    named = RadioField(_l("Who gets the key?"), [InputRequired(_l("Say who gets the key."))])
    resolution_fr = TextAreaField(_l("In French"), [in_source(_l("Write what the body decided.")), _LONG])
    resolution_en = TextAreaField(_l("In English"), [in_source(_l("Write what the body decided.")), _LONG])
    decided_on = DayField(_l("Day of the vote"), [InputRequired(_l("Give a day, such as 15/01/2027."))])
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))

    def offering(self, holders: Sequence[Holder], ready: Sequence[Keyholder]) -> Self:
        """Those who hold a key today, and those who have one of their own and may get it."""
        self.leavers = {str(one.account.id): one.account for one in holders}
        self.ready = {str(one.id): one for one in ready}
        self.follows.choices = [
            *(SelectChoice(ident, one.name) for ident, one in self.leavers.items()),
            SelectChoice(NOBODY, _l("Nobody: one more keyholder")),
        ]
        self.named.choices = [SelectChoice(ident, one.account.name) for ident, one in self.ready.items()]
        return self

    @property
    def leaver(self) -> Account | None:
        return self.leavers.get(self.follows.data or "")

    @property
    def chosen(self) -> Keyholder | None:
        return self.ready.get(self.named.data or "")

    def validate_named(self, field: RadioField) -> None:
        if self.leaver is not None and self.chosen is not None and self.chosen.account_id == self.leaver.id:
            raise StopValidation(_("Nobody follows themselves. Choose somebody else."))

    def validate_decided_on(self, field: DayField) -> None:
        if field.data is not None and field.data > clock.today():
            raise StopValidation(_("The vote comes first: this day is still to come."))

    def validate_resolution_fr(self, field: TextAreaField) -> None:
        self._names_them(field)

    def validate_resolution_en(self, field: TextAreaField) -> None:
        self._names_them(field)

    def _names_them(self, field: TextAreaField) -> None:
        text = " ".join(tidy(field.data).split())
        people = [self.leaver, self.chosen.account if self.chosen is not None else None]
        names = [one.name for one in people if one is not None]
        missing = [one for one in names if " ".join(one.split()) not in text]
        if text and missing:
            raise StopValidation(_("The text does not name %(names)s.", names=", ".join(missing)))

    def refuse(self, name: str, message: Any) -> None:
        """Says at a field what only the service could know."""
        field = self[name]
        field.errors = [*field.errors, str(message)]


class OutsideForm(BaseForm):
    name = StringField(
        _l("Name, and what they are"),
        [not_blank(_l("Write the name, as employees will read it.")), Length(max=200)],
    )
    email = EmailField(_l("E-mail address"), [not_blank(_l("Write the e-mail address.")), Length(max=254)])
    locale = SelectField(
        _l("Language of their mails"),
        choices=options([("fr", _l("French")), ("en", _l("English"))]),
        coerce=str,
    )

    def validate_email(self, field: EmailField) -> None:
        if not is_address(field.data or ""):
            raise ValidationError(_("This is not an e-mail address. Write one like name@example.org."))


def _check_code(typed: str) -> None:
    try:
        wrapping.normalise_recovery_code(typed[:LONGEST_TYPED])
    except wrapping.BadCode:
        raise StopValidation(
            _("There is a slip in this code. Compare it with your sheet, group by group.")
        ) from None

"""What is typed to set up a key and to unlock a letterbox. No secret is ever written back into a page."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField
from wtforms.validators import InputRequired, StopValidation

from consult.anonymity import words, wrapping
from consult.core.i18n import _, _l
from consult.keyholders.rules import has_enough_words
from consult.web.forms import BaseForm

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


class UnlockForm(BaseForm):
    """One of the two: the passphrase, or the recovery code where it was lost."""

    passphrase = _passphrase(_l("Your passphrase"))
    recovery_code = _passphrase(_l("Your recovery code"))
    next = HiddenField()

    def validate_passphrase(self, field: PasswordField) -> None:
        if not (field.data or "").strip() and not (self.recovery_code.data or "").strip():
            raise StopValidation(_("Type your six words."))

    def validate_recovery_code(self, field: PasswordField) -> None:
        if (field.data or "").strip():
            _check_code(field.data)


def _check_code(typed: str) -> None:
    try:
        wrapping.normalise_recovery_code(typed[:LONGEST_TYPED])
    except wrapping.BadCode:
        raise StopValidation(
            _("There is a slip in this code. Compare it with your sheet, group by group.")
        ) from None

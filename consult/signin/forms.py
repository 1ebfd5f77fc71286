"""Forms of this room."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import ValidationError

from consult.core.i18n import _, _l
from consult.signin.rules import MIN_PASSWORD
from consult.web.forms import BaseForm, not_blank


class SignInForm(BaseForm):
    email = EmailField(_l("Work e-mail address"), [not_blank(_l("Write your e-mail address."))])
    password = PasswordField(_l("Password"), [not_blank(_l("Write your password."))])
    next = HiddenField()


class ForgottenForm(BaseForm):
    email = EmailField(_l("Work e-mail address"), [not_blank(_l("Write your e-mail address."))])


class PasswordForm(BaseForm):
    password = PasswordField(
        _l("New password"),
        [not_blank(_l("Choose a password."))],
        description=_l("At least 12 characters. Several ordinary words make a good one."),
    )
    again = PasswordField(_l("The same password again"), [not_blank(_l("Write it a second time."))])

    def validate_password(self, field: PasswordField) -> None:
        if len(field.data or "") < MIN_PASSWORD:
            raise ValidationError(_("This is too short: at least 12 characters."))

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords differ. Write the same one twice."))


def refuse(field: PasswordField, message: str) -> None:
    """Adds an error that only the service could know."""
    field.errors = [*field.errors, message]

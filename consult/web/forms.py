"""The plain form every other form extends. It carries no token: signed-in forms add it in `signed`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

from flask import request
from flask_babel import get_translations
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, Form
from wtforms.i18n import get_translations as wtforms_translations
from wtforms.validators import ValidationError

from consult.core.i18n import _, locale


class _Translations:
    """WTForms' own messages in the language being written (ours come first)."""

    def gettext(self, text: str) -> str:
        ours: str = get_translations().ugettext(text)
        return ours if ours != text else str(wtforms_translations([locale()]).gettext(text))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(wtforms_translations([locale()]).ngettext(singular, plural, n))


class BaseForm(Form):
    """A form of the product. ``Form.submitted()`` reads what was posted."""

    class Meta:
        def get_translations(self, form: Form) -> _Translations:
            return _Translations()

        def bind_field(self, form: Form, unbound: Any, options: Any) -> Any:
            return unbound.bind(form=form, **options)

        def wrap_formdata(self, form: Form, formdata: Any) -> Any:
            return formdata

        def render_field(self, field: Field, render_kw: Any) -> Markup:
            other = getattr(field, "render_kw", None)
            if other is not None:
                render_kw = dict(other, **render_kw)
            return Markup(field.widget(field, **render_kw))  # noqa: S704 - WTForms escapes what it draws

    @classmethod
    def submitted(cls, **options: Any) -> Self:
        """The form filled with what the request posts, files included."""
        return cls(CombinedMultiDict([request.files, request.form]), **options)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """``(id of the control, label, message)`` for the error summary, in the order of the form."""
        for field in self:
            for control, message in _flat(field):
                yield control, str(field.label.text), message


def _flat(field: Any) -> Iterator[tuple[str, str]]:
    errors: Any = field.errors
    if hasattr(field, "entries") or hasattr(field, "form"):
        for inner in getattr(field, "entries", None) or list(getattr(field, "form", ())):
            yield from _flat(inner)
        errors = [one for one in errors if isinstance(one, str)] if isinstance(errors, Sequence) else []
    first = f"{field.id}-0" if getattr(field, "option_widget", None) is not None else field.id
    for message in errors:
        yield first, str(message)


def not_blank(message: Any = None) -> Any:
    """A validator: something other than spaces must be there."""

    def check(_form: Form, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(str(message) if message else _("Write something here."))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]
    return check

"""A strict page client: every HTML page it fetches is parsed and checked as a careful reader would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from consult.core import i18n
from consult.people.models import Account
from consult.web import readers

UNTRANSLATED = re.compile(r"%\(\w+\)[sd]|\bNone\b(?=\s*[.,<]|$)|\{\{|\}\}|\{%")
_SPACED_WRONG = re.compile(r"[\w\u00e0-\u00ff\u00bb)] [:;!?\u00bb](?=\s|$)|\u00ab [^\u00a0]")


def check_page(document: html.HtmlElement, path: str) -> None:
    """What holds for every page of the product, whoever reads it."""
    language = i18n.of_path(path)
    where = f"on {path}"
    assert document.get("lang") in ({language} if language else {"fr", "en"}), f"lang {where}"
    headings = document.xpath("//h1")
    assert len(headings) == 1 and headings[0].text_content().strip(), f"one h1 {where}"
    title = document.findtext(".//title")
    assert title and title.strip(), f"title {where}"
    ids = document.xpath("//@id")
    assert len(ids) == len(set(ids)), f"duplicate ids {where}: {sorted({i for i in ids if ids.count(i) > 1})}"
    for control in document.xpath("//input[not(@type='hidden') and not(@type='submit')]|//select|//textarea"):
        labels = document.xpath("//label[@for=$id]", id=control.get("id") or "")
        inside = control.xpath("ancestor::label")
        named = control.get("aria-label") or control.get("aria-labelledby")
        assert labels or inside or named, f"control {control.get('name')} without label {where}"
    assert not document.xpath("//*[@style]"), f"style attribute {where}"
    assert not document.xpath("//script[not(@src)]|//style"), f"inline script or style {where}"
    for address in document.xpath("//@src|//link/@href"):
        assert not re.match(r"(https?:)?//", address), f"third-party {address} {where}"
    for reference in document.xpath("//@aria-describedby"):
        for one in reference.split():
            assert one in ids, f"aria-describedby {one} points nowhere {where}"
    if path.startswith("/workspace"):
        for form in document.xpath("//form[translate(@method, 'POST', 'post')='post']"):
            assert form.xpath(".//input[@name='csrf_token']"), f"form without token {where}"
    text = document.find("body").text_content()
    found = UNTRANSLATED.search(text)
    assert not found, f"leftover {found and found.group()!r} {where}"
    if language == "fr":
        check_french(document, where)


def check_french(document: html.HtmlElement, where: str) -> None:
    """French typography, outside what is marked as another language, code or typed text."""
    for node in document.xpath(
        "//body//text()[not(ancestor::*"
        "[@lang='en' or self::code or self::textarea or self::script or @data-typed])]"
    ):
        found = _SPACED_WRONG.search(str(node))
        assert not found, f"French typography {where}: {str(node).strip()[:120]!r}"


class Page:
    """An answer, with its document where it is HTML."""

    def __init__(self, response: TestResponse, path: str) -> None:
        self.response, self.path, self.status = response, path, response.status_code
        self.document: html.HtmlElement | None = None
        if response.mimetype == "text/html" and response.data and not 300 <= self.status < 400:
            self.document = html.fromstring(response.get_data(as_text=True))
            check_page(self.document, path)

    @property
    def doc(self) -> html.HtmlElement:
        assert self.document is not None, f"{self.path} answered {self.status} {self.response.mimetype}"
        return self.document

    @property
    def text(self) -> str:
        return " ".join(self.doc.text_content().split())

    @property
    def h1(self) -> str:
        return " ".join(self.doc.xpath("//h1")[0].text_content().split())

    def links(self) -> list[str]:
        return [str(one) for one in self.doc.xpath("//a/@href")]

    def form(self, action: str | None = None) -> html.FormElement:
        """The form with that action (a part of it is enough), else the only posting form of main."""
        forms = self.doc.xpath("//main//form")
        if action is not None:
            forms = [one for one in forms if action in (one.get("action") or "")]
        else:
            forms = [one for one in forms if (one.get("method") or "").lower() == "post"]
        assert len(forms) == 1, f"{len(forms)} forms {action or ''} on {self.path}"
        return forms[0]


class PageClient:
    """A browser without scripts. ``get``, ``post``, and ``submit``, which fills a form of a page."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.http: FlaskClient = app.test_client()

    def signed_in_as(self, account: Account) -> PageClient:
        with self.http.session_transaction("/workspace/fr/") as session:
            session["_user_id"], session["_fresh"] = f"{account.id}.{account.session_epoch}", True
        return self

    def with_word(self, word: str) -> PageClient:
        with self.app.app_context():
            value = readers.cookie_value(str(current_app.secret_key), word)
        self.http.set_cookie(readers.COOKIE, value)
        return self

    def get(self, path: str, *, status: int = 200, **options: Any) -> Page:
        response = self.http.get(path, **options)
        page = Page(response, path)
        assert page.status == status, f"GET {path}: {page.status}, not {status}"
        return page

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, status: int = 303, **options: Any
    ) -> Page:
        response = self.http.post(path, data=data or {}, **options)
        page = Page(response, path)
        assert page.status == status, f"POST {path}: {page.status}, not {status}. {_faults(page)}"
        return page

    def submit(
        self, page: Page, values: Mapping[str, Any] | None = None, *, action: str | None = None,
        button: str | None = None, status: int = 303,
    ) -> Page:  # fmt: skip
        """Sends a form as a browser would: what it holds, overwritten by ``values``. ``button`` is the
        ``name`` or ``name=value`` of the button pressed."""
        form = page.form(action)
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in (values or {}).items():
            known = form.xpath(".//*[@name=$name]", name=name)
            assert known, f"no control {name} in the form on {page.path}"
            data[name] = value
        if button is not None:
            name, _, value = button.partition("=")
            data[name] = value or "1"
        target = form.get("action") or page.path
        return self.post(target, data, status=status)

    def follow(self, page: Page) -> Page:
        """The page a redirect leads to."""
        return self.get(page.response.headers["Location"])


def _faults(page: Page) -> str:
    if page.document is None:
        return ""
    return " | ".join(
        " ".join(one.text_content().split()) for one in page.doc.xpath("//*[contains(@class,'error')]")
    )


def without_receipt(page: str) -> str:
    """A page without the six words it draws anew at each visit, for whoever wants to read an answer."""
    shown = r'<ol class="sixwords-list" translate="no">.*?</ol>'
    return re.sub(shown + r'|<input[^>]*name="words"[^>]*>', "", page, flags=re.DOTALL)

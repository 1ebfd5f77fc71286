"""The component sheet, in both languages and without the application: what every page is made of."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest
from lxml import etree, html
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
CHOICES = [SelectChoice("a", "What worries me"), SelectChoice("b", "My question")]


class Sample(Form):
    token = HiddenField()
    what = TextAreaField("What is promised", [InputRequired("Say what.")], description="One sentence.")
    due_on = DateField("For when", [InputRequired("Write a date.")])
    effort = StringField("The effort it recognises", [Optional()])
    kind = RadioField("My message is rather", [InputRequired("Choose.")], choices=CHOICES, default="a")
    follow = RadioField(
        "A reply?",
        [InputRequired("Choose.")],
        choices=[SelectChoice("alone", "No"), SelectChoice("thread", "Yes")],
    )
    topics = SelectMultipleField(
        "Topics",
        [InputRequired("Tick one.")],
        choices=[*CHOICES, SelectChoice("c", "Skills"), SelectChoice("d", "Health")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description="As many as you like.",
    )
    owner = SelectField("Owner", choices=[SelectChoice("hr", "Human resources"), SelectChoice("it", "IT")])
    password = PasswordField("Password")
    evidence = FileField("Evidence", [Optional()])
    agreed = BooleanField("I have read it", [InputRequired("Tick the box.")], description="It counts.")
    same = BooleanField("")
    stale_fr = TextAreaField()
    stale_en = TextAreaField()
    now_fr = TextAreaField()
    now_en = TextAreaField()
    gone_fr = TextAreaField()
    gone_en = TextAreaField()
    title_fr = StringField("", [InputRequired("Give a title.")])
    title_en = StringField()


def refused(data: dict[str, str] | None = None) -> Sample:
    sent = {f"broken-{name}": value for name, value in (data or {"due_on": "2026-02-31"}).items()}
    form = Sample(MultiDict(sent), prefix="broken-")
    assert not form.validate()
    return form


def marked(text: str) -> str:
    return f"⟦{text}⟧"


def environment(gettext: Callable[[str], str] = str) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["number"] = lambda value: f"{value:,}"
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, lambda one, many, n: gettext(one if n == 1 else many), newstyle=True
    )
    made.globals |= {"asset": lambda name: f"/static/{name}", "only_language": lambda: ""}
    return made


def context(locale: str) -> dict[str, Any]:
    other = "en" if locale == "fr" else "fr"
    return {
        "locale": locale,
        "other_locale": other,
        "organisation_name": "Orvalie",
        "switch_url": f"/{other}/sheet",
        "alternate_urls": {"fr": "/fr/sheet", "en": "/en/sheet"},
        "nav": [
            {"label": "Notices", "href": "/", "current": True, "count": None},
            {"label": "Desk", "href": "/desk", "current": False, "count": 12},
        ],
        "account_name": "M. Adjovi",
        "sign_out_url": "/workspace/sign-out",
        "csrf_token": lambda: "t0ken",
        "demo_mode": True,
        "footer_links": [{"label": "Accessibility", "href": "/a"}],
        "flashes": [("ok", "Saved."), ("message", "<b>raw</b>")],
    }


def sheet(locale: str, gettext: Callable[[str], str] = str) -> str:
    form = Sample(prefix="fresh-", data={"due_on": date(2027, 1, 15), "token": "abc"})
    return (
        environment(gettext)
        .get_template("components/sheet.html")
        .render(form=form, broken=refused(), **context(locale))
    )


def fragment(source: str, **values: Any) -> Any:
    rendered = environment().from_string(source).render(**values)
    return html.fragment_fromstring(rendered, create_parent="main")


def name_of(page: Any, control: Any) -> str:
    """The accessible name, as far as this product gives them."""
    identifier = control.get("id")
    labels = page.xpath("//label[@for=$id]", id=identifier) if identifier else []
    labels += control.xpath("ancestor::label")
    return " ".join(label.text_content().strip() for label in labels) or control.get("aria-label", "")


@pytest.fixture(scope="module", params=["fr", "en"])
def page(request: pytest.FixtureRequest) -> Any:
    return html.document_fromstring(sheet(request.param))


def test_page_is_a_page(page: Any) -> None:
    assert page.get("lang") in {"fr", "en"}
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//title)").strip().endswith("– Consult")
    assert page.xpath("//meta[@name='robots'][@content='noindex']")
    assert [link.get("hreflang") for link in page.xpath("//link[@rel='alternate']")] == ["fr", "en"]
    skip = page.xpath("//body/a[1]")[0]
    assert page.xpath("//*[@id=$id]", id=skip.get("href")[1:])[0].tag == "main"


def test_ids_are_unique_and_references_hold(page: Any) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    known = set(ids)
    for attribute in ("aria-describedby", "aria-labelledby", "for", "data-counter"):
        for value in page.xpath(f"//@{attribute}"):
            assert set(value.split()) <= known, (attribute, value)
    for value in page.xpath("//@fill[starts-with(., 'url(')]"):
        assert value[5:-1] in known


def test_every_control_has_a_name(page: Any) -> None:
    controls = page.xpath("//input[not(@type='hidden')] | //textarea | //select")
    assert len(controls) > 35
    assert [c.get("name") for c in controls if not name_of(page, c)] == []
    assert [b for b in page.xpath("//button") if not b.text_content().strip()] == []
    assert [a for a in page.xpath("//a") if not a.text_content().strip()] == []
    for group in page.xpath("//fieldset"):
        assert group.xpath("./legend")[0].text_content().strip()


def test_nothing_inline(page: Any) -> None:
    assert page.xpath("//@style") == []
    assert page.xpath("//style") == []
    assert [s for s in page.xpath("//script") if s.text or not s.get("src")] == []
    assert [a for a in page.xpath("//@*") if a.attrname.startswith("on")] == []
    assert [v for v in page.xpath("//@src | //@href") if v.startswith(("data:", "javascript:"))] == []


def test_icons_exist(page: Any) -> None:
    sprite = etree.parse(ROOT / "static" / "sprite.svg")
    known = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    used = page.xpath("//use/@href")
    assert used
    for reference in used:
        path, _, name = reference.partition("#")
        assert path == "/static/sprite.svg"
        assert name in known
    for picture in page.xpath("//svg"):
        described = picture.get("role") == "img" or picture.xpath("ancestor::svg")
        assert described or picture.get("aria-hidden") == "true"


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    sprite = etree.parse(ROOT / "static" / "sprite.svg")
    known = {symbol.get("id") for symbol in sprite.iter("{http://www.w3.org/2000/svg}symbol")}
    for path in TEMPLATES.rglob("*.html"):
        for name in re.findall(r"""\bicon\('([a-z]+)'""", path.read_text()):
            assert name in known, (path.name, name)


def test_headings_do_not_skip_a_level(page: Any) -> None:
    levels = [int(h.tag[1]) for h in page.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")]
    after_title = levels[levels.index(1) :]
    for before, now in itertools.pairwise(after_title):
        assert now <= before + 1


def test_every_word_of_the_components_is_translated() -> None:
    plain, translated = sheet("en"), sheet("en", marked)
    assert "⟦" not in plain
    told = set(re.findall("⟦([^⟧]+)⟧", translated))
    assert {"Skip to content", "Sign out", "Leave quickly", "(optional)", "Newer"} <= told


def test_values_are_escaped() -> None:
    page = html.document_fromstring(sheet("en"))
    assert "<b>raw</b>" in page.xpath("string(//*[contains(@class, 'flashes')])")
    evil = '<script>x</script>"'
    source = """{% from "components/banner.html" import banner %}{% from "components/tag.html" import tag %}
    {% from "components/table.html" import td %}{% from "components/voice.html" import marks, sixwords %}
    {{ banner('ok', e, e, e, e) }}{{ tag('ok', 'done', e) }}{{ td(e, e) }}{{ marks([(e, 1), (e, none)]) }}"""
    assert not fragment(source, e=evil).xpath("//script")


def test_error_summary_leads_to_each_control() -> None:
    form = refused()
    page = fragment(
        """{% from "components/errors.html" import error_summary %}
        {% from "components/field.html" import field %}
        {{ error_summary(form) }}{% for name in names %}{{ field(form[name]) }}{% endfor %}""",
        form=form,
        names=list(form.data),
    )
    summary = page.xpath("//*[@role='alert']")[0]
    assert summary.get("tabindex") == "-1"
    links = summary.xpath(".//a")
    assert len(links) == len(form.errors) == 8
    for link in links:
        target = page.xpath("//*[@id=$id]", id=link.get("href")[1:])
        assert target[0].tag in {"input", "textarea", "select"}
        field_block = target[0].xpath("ancestor::*[contains(@class, 'field')][1]")[0]
        assert link.text in field_block.text_content()
    assert "Nothing was lost" in summary.text_content()


def test_error_summary_is_silent_without_errors() -> None:
    source = """{% from "components/errors.html" import error_summary %}{{ error_summary(form) }}"""
    assert fragment(source, form=Sample()).text_content().strip() == ""


def test_error_summary_reaches_forms_inside_forms() -> None:
    class Line(Form):
        text = StringField("Text", [InputRequired("Write the line.")])

    class Whole(Form):
        one = FormField(Line)
        many = FieldList(FormField(Line), min_entries=2)
        words = FieldList(StringField("Word", [InputRequired("Write the word.")]), min_entries=2)
        hidden = HiddenField("Hidden", [InputRequired("The page is too old.")])

    form = Whole(MultiDict({"x": "y"}))
    assert not form.validate()
    form.form_errors.append("Two lines say the same.")
    page = fragment(
        """{% from "components/errors.html" import error_summary %}{{ error_summary(form) }}""", form=form
    )
    links = [link.get("href") for link in page.xpath("//a")]
    assert links == ["#one-text", "#many-0-text", "#many-1-text", "#words-0", "#words-1"]
    plain = [item.text_content() for item in page.xpath("//li[not(a)]")]
    assert plain == ["The page is too old.", "Two lines say the same."]


def test_an_invalid_field_says_so_to_a_screen_reader() -> None:
    form = refused()
    source = """{% from "components/field.html" import field %}{{ field(form.what, hint='Help.') }}
    {{ field(form.topics) }}{{ field(form.kind) }}"""
    page = fragment(source, form=form)
    area = page.xpath("//textarea")[0]
    assert area.get("aria-invalid") == "true"
    assert area.get("aria-describedby") == "broken-what-hint broken-what-error"
    order = [child.get("class") for child in area.getparent()]
    assert order == ["label", "hint", "error", "input"]
    boxes = page.xpath("//input[@type='checkbox']")
    assert {box.get("aria-invalid") for box in boxes} == {"true"}
    assert not [box for box in boxes if box.get("required") is not None]
    assert page.xpath("//fieldset[@role='radiogroup']/@aria-invalid") == ["true"]


def test_what_was_typed_comes_back() -> None:
    form = refused({"what": '\nA <b> "promise"', "due_on": "demain", "topics": "c", "kind": "b"})
    source = """{% from "components/field.html" import field %}{{ field(form.what) }}{{ field(form.due_on) }}
    {{ field(form.topics) }}{{ field(form.kind) }}"""
    page = fragment(source, form=form)
    assert page.xpath("//textarea")[0].text.lstrip("\r\n") == 'A <b> "promise"'
    assert page.xpath("//input[@id='broken-due_on'][@type='text']/@value") == ["demain"]
    assert page.xpath("//input[@checked]/@value") == ["c", "b"]


def test_a_private_field_leaves_nothing_to_the_browser() -> None:
    page = fragment(
        """{% from "components/field.html" import field %}
        {{ field(form.what, private=true, max_bytes=4095) }}""",
        form=Sample(),
    )
    area = page.xpath("//textarea")[0]
    assert (area.get("autocomplete"), area.get("spellcheck"), area.get("translate")) == ("off", "false", "no")
    counter = page.xpath("//*[@data-counter]")[0]
    assert counter.get("id") in area.get("aria-describedby").split()
    assert counter.get("data-max-bytes") == "4095"
    assert "{n}" in counter.get("data-left")
    assert "{n}" in counter.get("data-over")


def test_bars_add_up() -> None:
    source = """{% from "components/bars.html" import stacked %}{{ stacked(parts, 'x') }}"""
    parts = [{"tone": tone, "number": n} for tone, n in [("ok", 1), ("warn", 0), ("course", 1), ("bad", 1)]]
    rects = fragment(source, parts=parts).xpath(
        "//rect[starts-with(@class, 'bar-') and @class != 'bar-paper']"
    )
    assert [r.get("class") for r in rects] == ["bar-ok", "bar-course", "bar-bad"]
    assert sum(float(r.get("width")[:-1]) for r in rects) == pytest.approx(100, abs=0.05)
    empty = fragment(source, parts=[{"tone": "ok", "number": 0}])
    assert empty.xpath("//rect/@class") == ["bar-track"]


def test_a_thread_code_can_hide_without_scripts() -> None:
    page = fragment(
        """{% from "components/voice.html" import sixwords %}{{ sixwords(words, only_if_thread=true) }}""",
        words=["a", "b", "c", "d", "e", "f"],
    )
    assert len(page.xpath("//ol/li")) == 6
    assert "if-thread" in page.xpath("//section/@class")[0]
    assert not page.xpath("//button | //input")


def test_the_anonymous_layout_gives_the_way_out_and_no_navigation() -> None:
    source = """{% extends "layouts/voice.html" %}{% block main %}<h1>Speak</h1>{% endblock %}"""
    page = html.document_fromstring(environment().from_string(source).render(**context("en")))
    assert not page.xpath("//nav | //form")
    assert "Adjovi" not in page.text_content()
    exit_link = page.xpath("//a[@data-exit]")[0]
    assert exit_link.get("rel") == "noreferrer"
    before = page.xpath("//a[@data-exit]/preceding::a")
    assert not [a for a in before if a.xpath("ancestor::main")]


def test_a_title_begins_with_error_when_the_form_was_refused() -> None:
    source = """{% extends "layouts/staff.html" %}{% block title %}T{% endblock %}
    {% block main %}<h1>T</h1>{% endblock %}"""
    render = environment().from_string(source).render
    for form, title in [(refused(), "Error: T – Consult"), (Sample(), "T – Consult")]:
        page = html.document_fromstring(render(form=form, **context("en")))
        assert page.xpath("string(//title)") == title
        assert page.xpath("//body/@class") == ["staff"]
        assert page.xpath("//form[@action='/workspace/sign-out']/input/@value") == ["t0ken"]


@pytest.mark.parametrize("error", ["", "No page opens with this word."])
def test_the_page_that_asks_for_the_word(error: str) -> None:
    rendered = (
        environment()
        .get_template("reading/access.html")
        .render(
            action="/fr/access",
            next='/fr/notices/plume?a="b"',
            error=error,
            sign_in_url="/s",
            **context("en"),
        )
    )
    page = html.document_fromstring(rendered)
    form = page.xpath("//form[@data-word]")[0]
    assert form.get("action") == "/fr/access"
    assert form.xpath("./input[@name='next']/@value") == ['/fr/notices/plume?a="b"']
    assert form.xpath(".//input[@name='word']/@autocomplete") == ["off"]
    assert "does not stop someone determined" in page.text_content()
    assert bool(page.xpath("//*[@role='alert']")) == bool(error)
    assert page.xpath("string(//title)").startswith("Error: ") == bool(error)


@pytest.mark.parametrize("code", [400, 403, 404, 409, 413, 429, 500])
def test_error_pages_stand_with_next_to_nothing(code: int) -> None:
    rendered = (
        environment()
        .get_template(f"errors/{code}.html")
        .render(locale="en", other_locale="fr", organisation_name="")
    )
    page = html.document_fromstring(rendered)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//title)").startswith(page.xpath("string(//h1)"))
    assert len(page.xpath("//main//p")) >= 2
    assert page.xpath("//main//a/@href")


def test_a_conflict_shows_both_texts() -> None:
    rendered = (
        environment()
        .get_template("errors/409.html")
        .render(
            conflicts=[{"label": "Title", "mine": "<mine>", "theirs": "theirs", "lang": "fr"}],
            back_url="/workspace/fr/notices/1",
            **context("en"),
        )
    )
    page = html.document_fromstring(rendered)
    texts = [area.text.strip() for area in page.xpath("//textarea")]
    assert texts == ["<mine>", "theirs"]
    assert all(name_of(page, area) for area in page.xpath("//textarea"))
    assert page.xpath("//main//a[@class='btn']/@href") == ["/workspace/fr/notices/1"]


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_mail_bases(locale: str) -> None:
    made = environment()
    values = {
        "locale": locale,
        "organisation_name": "Orvalie & Cie",
        "action_url": "https://consult.example/fr/",
        "action_text": "Open the notice",
        "why": "You get this as secretary.",
    }
    text = made.get_template("emails/base.txt").render(**values)
    assert "https://consult.example/fr/\n" in text
    assert "Orvalie & Cie, Consult" in text
    assert "\n\n\n\n" not in text
    page = html.document_fromstring(made.get_template("emails/base.html").render(**values))
    assert page.get("lang") == locale
    assert page.xpath("//a/@href") == ["https://consult.example/fr/"]
    assert not page.xpath("//@style | //link | //script | //img")


def test_markup_may_be_passed_where_a_text_goes() -> None:
    page = fragment(
        """{% from "components/empty.html" import empty %}{{ empty('None', text) }}""",
        text=Markup("Try <a href='/x'>this</a>."),
    )
    assert page.xpath("//a/@href") == ["/x"]

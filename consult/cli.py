"""The ``consult`` command, put together from the features' own commands.

Exit status: 0 everything was done, 1 something was refused (and said), 2 wrong usage."""

from __future__ import annotations

import os
import secrets
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from consult import jobs
from consult.app import create_app
from consult.consultations import indexing
from consult.core import cli as operating
from consult.core import clock, config, schema, serving
from consult.core import doctor as checks
from consult.core import machine as guards
from consult.core.cli import private as _private
from consult.core.cli import settings as _settings
from consult.core.db import db, reading
from consult.core.errors import Refused
from consult.keyholders import queries as keyholders
from consult.notices import cli as notices
from consult.people import services as people
from consult.profile import cli as set_up
from consult.signin import cli as signin


def _app(_info: ScriptInfo | None = None) -> Flask:
    settings = _settings()
    _need_schema(settings)
    return create_app(settings)


def _need_schema(settings: config.Settings) -> None:
    """Every command but those that make the database needs one of this release."""
    try:
        if schema.is_current(settings.url):
            return
        click.echo("The database is not at this release: run `consult init` first.", err=True)
    except SQLAlchemyError as error:
        click.echo(f"The database cannot be opened ({type(error).__name__}).", err=True)
    raise SystemExit(1)


def _serve(app: Flask, settings: config.Settings) -> None:
    refusals = checks.refusals(settings, os.environ)
    for trouble in (*refusals, *checks.addresses(settings)):
        click.echo(trouble, err=True)
    if refusals:
        raise SystemExit(1)
    guards.no_core_dumps()
    click.echo(f"Serving on {settings.address} (Ctrl-C stops it).")
    beside = partial(_run_jobs, app, settings) if settings.jobs else None
    serving.serve(app, settings, jobs=beside)


def _run_jobs(app: Flask, settings: config.Settings) -> None:
    jobs.consumer(app, settings.data_dir).run()


class _Group(click.Group):
    """Domain errors end a command with one sentence and status 1, never with a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as error:
            click.echo(f"Refused: {error or type(error).__name__}", err=True)
            raise SystemExit(1) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="consult", message="%(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Consult: AI impact notices, what staff say, and the consultation of their representatives."""
    ctx.obj = ScriptInfo(create_app=_app)
    reading.set(False)


@main.command()
@click.option("--name", default="Organisation", help="name of the organisation, on a new instance")
@click.option(
    "--country",
    type=click.Choice(["fr", "ca", "be", "lu", "de", "gb"]),
    default="fr",
    help="where its law is",
)
@click.option(
    "--languages",
    type=click.Choice(["fr", "en", "both"]),
    default=None,
    help="what it works in (an existing instance keeps what it has unless this is given)",
)
@click.option("--access-word", default="", help="word employees type once; made up if not given")
@set_up.options
def init(name: str, country: str, languages: str | None, access_word: str, **given: Any) -> None:
    """Create an empty instance, or bring an existing one to this release. Options of the set-up answer the
    questions an administrator is asked at first; those left out are asked on the pages."""
    settings = _settings()
    _private(settings.data_dir)
    try:
        schema.upgrade(settings.url)
    except SQLAlchemyError as error:
        click.echo(f"The database cannot be opened ({type(error).__name__}).", err=True)
        raise SystemExit(1) from None
    with create_app(settings).app_context():
        if indexing.is_missing(db.session):  # an upgrade brought the index, the product brings its words
            indexing.rebuild(db.session)
            db.session.commit()
        word = access_word or f"consult-{secrets.token_hex(4)}"
        organisation = people.found_organisation(db.session, name=name, country=country, access_word=word)
        set_up.apply(db.session, languages=languages, country=country, on=clock.today(), **given)
        db.session.commit()
        click.echo(f"Ready: {organisation.name}. Access word: {organisation.access_word}")


@main.command()
def serve() -> None:
    """Serve the product, with the jobs beside it (CONSULT_JOBS=false: elsewhere)."""
    settings = _settings()
    _private(settings.data_dir)
    _need_schema(settings)
    _serve(create_app(settings), settings)


@main.command()
@click.option("--once", is_flag=True, help="run every job that is due, then stop")
def worker(once: bool) -> None:
    """Run the jobs: mail, releases, dates."""
    settings = _settings()
    _private(settings.data_dir)
    _need_schema(settings)
    app = create_app(settings)
    if not once:
        _run_jobs(app, settings)
        return
    with app.app_context():
        for name in jobs.run_due(db.session, now=clock.now()):
            click.echo(name)


@main.command()
@click.option("--load-only", is_flag=True, help="load the story, do not serve")
@click.option("--story", type=click.Choice(["fr", "ca", "small"]), default="fr", help="whose story")
def demo(load_only: bool, story: str) -> None:
    """Load the demo organisation (once) and serve it."""
    os.environ.setdefault("CONSULT_MAIL_URL", "outbox:")
    data_dir = config.data_dir(os.environ)
    _refuse_real(data_dir)
    _private(data_dir)
    config.make_demo(data_dir)
    settings = _settings()
    schema.upgrade(settings.url)
    app = create_app(settings)
    stories = import_module("consult.demo.services")  # nothing else needs the stories, nor their readers
    with app.app_context(), app.test_request_context("/workspace/en/"):
        stories.load(db.session, story)
        click.echo(stories.guide(db.session, settings, story))
    if not load_only:
        _serve(app, settings)


def _refuse_real(data_dir: Path) -> None:
    """A marker beside somebody's own database would open it to the demonstration's passwords."""
    is_demo = (data_dir / config.DEMO_MARKER).is_file()
    if not is_demo and (data_dir / "consult.sqlite3").is_file():
        raise Refused(f"{data_dir} holds an instance already: give the demonstration a folder of its own.")


@main.command()
def reindex() -> None:
    """Make the index of what can be found anew. `consult init` does so where there is none."""
    with _app().app_context():
        number = indexing.rebuild(db.session)
        db.session.commit()
    click.echo(f"Notices that can be found: {number}")


@main.command()
def doctor() -> None:
    """Say what is wrong with this instance, its settings and its machine."""
    settings = _settings()
    clock.set_zone(settings.timezone)
    faults = [*_planted(settings), *checks.faults(settings, os.environ)]
    for finding in (*faults, *checks.notes(settings)):
        click.echo(finding)
    if faults:
        raise SystemExit(1)
    click.echo("Nothing to mend.")


def _planted(settings: config.Settings) -> list[str]:
    """Who could open a letterbox although the body did not name them: worse than anything else here."""
    try:
        if not schema.is_current(settings.url):
            return []
        with create_app(settings).app_context():
            found = keyholders.planted_anywhere(db.session)
    except SQLAlchemyError:
        return []  # that the database cannot be opened is a finding of its own
    return [
        (
            f"{', '.join(names)} can open the letterbox “{title}” although the body did not name them:"
            if names
            else f"The keyholders of the letterbox “{title}” are not those the record names:"
        )
        + " it stays locked. Tell the representatives."
        for title, names in found
    ]


main.add_command(operating.backup)
main.add_command(operating.restore)
main.add_command(signin.user)
main.add_command(notices.import_group)
main.add_command(notices.list_group)
main.add_command(notices.export_group)

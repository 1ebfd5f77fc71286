"""What the product is made of."""

from __future__ import annotations

from flask import Flask, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from consult import jobs
from consult.calendars import views as calendars
from consult.commitments import views as commitments
from consult.concerns import views as concerns
from consult.consultations import views as consultations
from consult.core import clock, config, i18n, security
from consult.core.db import db, engine_options, prepare, reading
from consult.core.paths import folder
from consult.dossiers import views as dossiers
from consult.enclosures import views as enclosures
from consult.experts import views as experts
from consult.files import services as files
from consult.files import uploads
from consult.keyholders import circles as keyholder_circles
from consult.keyholders import views as keyholders
from consult.meetings import views as meetings
from consult.notices import views as notices
from consult.opinions import views as opinions
from consult.papers import views as papers
from consult.papers.loading import texts
from consult.passes import views as passes
from consult.people import access
from consult.people import queries as people_queries
from consult.people import views as people
from consult.people.keys import views as api_keys
from consult.procedures.loading import templates
from consult.profile import views as profile
from consult.questions import views as questions
from consult.reading import labels
from consult.reading import views as reading_side
from consult.register import queries as register
from consult.signin import services as signin_services
from consult.signin import session as signin_session
from consult.signin import views as signin
from consult.voices import views as voices
from consult.web import blindfold, errors, filters, pagecache, readers, signed, spaces
from consult.workspace import views as workspace

BLUEPRINTS = (
    reading_side.bp, voices.bp, workspace.bp, signin.bp, people.bp, api_keys.bp, notices.bp,
    consultations.bp, questions.bp, opinions.bp, commitments.bp, keyholders.bp, passes.bp,
    passes.claims, concerns.bp, experts.bp, meetings.bp, enclosures.bp, dossiers.bp, profile.bp, papers.bp,
    calendars.bp,
)  # fmt: skip

OPEN_ROUTES = frozenset({
    "static", "reading.root", "reading.language", "reading.healthz", "reading.robots",
    "reading.home", "reading.access", "reading.notices", "reading.notice", "reading.revision", "reading.file",
    "reading.compare", "reading.managers", "reading.charter_json",
    "reading.commitments", "reading.stored", "reading.accessibility",
    "reading.procedure_state",
    "reading.feeds", "reading.notices_atom", "reading.dates_ics",
    "reading.notice_pdf", "reading.revision_pdf", "reading.opinion", "reading.declaration",
    "voices.write", "voices.review", "voices.send", "voices.sent", "voices.exit",
    "voices.thread", "voices.thread_review", "voices.thread_send", "voices.thread_sent",
    "voices.practice", "voices.practice_review", "voices.practice_send", "voices.practice_sent",
    "voices.practice_thread", "voices.practice_thread_review", "voices.practice_thread_send",
    "voices.practice_thread_sent",
    "claims.page", "claims.keys", "claims.claim",
    "voices.poll", "voices.answer_poll", "voices.poll_sent",
    "voices.support", "voices.send_support", "voices.support_sent",
    "signin.sign_in", "signin.invitation", "signin.forgotten", "signin.reset",
    "calendars.feed",
})  # fmt: skip
"""Every route that needs no account; a test compares it with the map."""


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application, from the environment's settings unless given. Raises `config.BadSettings`,
    `BadTemplate`, `BadText`."""
    templates()  # a procedure that does not hang together stops the server here, not on somebody's page
    texts()  # nor does a model text that is badly written
    settings = settings or config.load()
    app = Flask("consult", template_folder=str(folder("templates")), static_folder=str(folder("static")))
    app.jinja_options = {"extensions": ["jinja2.ext.i18n"]}
    app.config.update(
        SECRET_KEY=settings.key,
        SQLALCHEMY_ENGINES={"default": engine_options(settings.url)},
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,  # a section of the editor in both languages may have 1 MB
        CONSULT_ADDRESS=settings.address,
        TESTING=settings.testing,
    )
    app.extensions["consult.settings"] = settings
    app.extensions["consult.run_jobs"] = jobs.run_due
    app.extensions["consult.invite"] = signin_services.invite  # people stand below signing in
    app.extensions["consult.keys_at_stake"] = keyholder_circles.titles_left_alone  # so do keyholders
    app.extensions["consult.stages"] = {  # notices stand below consultations
        value: words for value, (_tone, _icon, words) in labels.STAGES.items()
    }
    clock.set_zone(settings.timezone)
    _database(app)
    i18n.init_app(app, words_of=access.words)
    security.init_app(app, secure=settings.secure_cookies)
    spaces.init_app(app)
    filters.init_app(app)
    errors.init_app(app)
    readers.init_app(app, words=people_queries.access_words)
    app.jinja_env.globals.update(only_language=access.only_language, regime=access.regime)
    signin_session.init_app(app, secure=settings.secure_cookies)
    uploads.init_app(app, limit=files.most_bytes, may_upload=lambda: bool(current_user.is_authenticated))
    signed.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    _layers(app, settings)
    security.refuse_unguarded(app, open_routes=OPEN_ROUTES)
    return app


def _database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)

    @app.before_request
    def may_it_write() -> None:
        reading.set(request.method in {"GET", "HEAD", "OPTIONS"})


def _layers(app: Flask, settings: config.Settings) -> None:
    """From the inside out: blindfold, page cache, static files, proxy."""
    layers = blindfold.Blindfold(app.wsgi_app)
    cached = pagecache.PageCache(
        layers,
        version=register.VersionReader(settings.url),
        level=_level_of(app),
        today=clock.today,
    )
    app.extensions["consult.page_cache"] = cached
    static = WhiteNoise(cached, root=folder("static"), prefix="static/", max_age=31536000)
    app.wsgi_app = (  # type: ignore[method-assign]
        ProxyFix(static, x_for=0, x_proto=settings.trusted_proxy, x_host=0)
        if settings.trusted_proxy
        else static
    )


def _level_of(app: Flask) -> pagecache.Level:
    def level(cookie: str) -> str:
        reading.set(True)
        with app.app_context():
            reader = readers.EMPLOYEE if readers.has_word(cookie) else readers.STRANGER
            return str(reader.level)

    return level

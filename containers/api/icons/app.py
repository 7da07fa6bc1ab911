"""The icons service as a Flask app, and whole answers kept before it."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Flask, Response, redirect

from containers.api import health, problems, requests, security
from containers.api.byte_cache import ByteCache
from containers.api.icons import reads
from containers.api.settings import THREADS, WebSettings
from vectoricons.common import log, migrate, observability
from vectoricons.common.database import Database, Pools
from vectoricons.config import DatabaseSettings, load

ROBOTS = "User-agent: *\nDisallow: /\n"
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, OPTIONS",
    "Access-Control-Allow-Headers": "Origin, X-Requested-With, Content-Type, Accept, Accept-Encoding",
    "Access-Control-Max-Age": "86400",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def from_environment() -> Flask:
    """The app as its task definition describes it: what the server's worker processes call."""
    settings = load(WebSettings)
    log.configure(settings.service, settings.log_level)
    observability.begin(settings.service, settings.log_level)
    pools = Pools(writers=2, readers=THREADS)
    app = create_app(settings, Database(load(DatabaseSettings), pools=pools, application=settings.service))
    app.wsgi_app = ByteCache(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way
    return app


def create_app(settings: WebSettings, database: Database) -> Flask:
    """The app with *settings*, on this database, without what is kept before it."""
    app = APIFlask(
        __name__,
        enable_openapi=False,
        json_errors=False,
        static_folder=None,  # type: ignore[arg-type]  # Flask's way to have none: "static" may be a prefix
    )
    app.extensions[reads.DATABASE] = database
    requests.install(app)
    problems.install(app)
    security.install(app, settings)
    app.register_blueprint(reads.blueprint)
    app.register_blueprint(health.checking({"database": lambda: migrate.require_current(database.writer)}))
    app.add_url_rule("/", "home", lambda: redirect(settings.site_url, 301))
    app.add_url_rule("/robots.txt", "robots", lambda: Response(ROBOTS, mimetype="text/plain"))
    app.after_request(_let_everybody_read)
    return app


def _let_everybody_read(response: Response) -> Response:
    response.headers.update(OPEN_TO_ALL)
    return response

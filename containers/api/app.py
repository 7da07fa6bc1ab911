"""The api service: JSON for programs, pages for people."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Flask, Response, request
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from containers.api import (
    account,
    callers,
    catalogue,
    cors,
    docs,
    health,
    identity,
    manifest,
    openapi,
    problems,
    ratelimit,
    requests,
    security,
    session,
    sessions,
    storefront,
    studio,
    templating,
    uploads,
)
from containers.api.resources import (
    carts,
    cashout_requests,
    coupon_codes,
    images,
    ledger,
    library,
    orders,
    payments,
    products,
    subscriptions,
    taxonomy,
)
from containers.api.resources.resource import routes
from containers.api.search_log import WRITERS, SearchLog
from containers.api.searching import COUNTERS, Searching
from containers.api.settings import THREADS, ApiSettings
from containers.api.storage import Storage
from containers.api.wiring import Wiring
from vectoricons.common import log, migrate, observability, valkey
from vectoricons.common.cache import Shared
from vectoricons.common.database import Database, Pools
from vectoricons.config import CacheSettings, DatabaseSettings, load
from vectoricons.products import catalogue_facets
from vectoricons.stripe import Payments
from vectoricons.stripe.gateway import StripeGateway
from vectoricons.stripe.webhooks import Webhooks

LARGEST_BODY = 1024 * 1024
FOR_GOOD = "public, max-age=31536000, immutable"
COMMERCE = (carts, orders, payments, coupon_codes, ledger, cashout_requests, subscriptions)
PAGES = (manifest, storefront, account, studio, docs)
BLUEPRINTS = (
    *(module.blueprint for module in (catalogue, session, uploads, *PAGES, *COMMERCE, *identity.MODULES)),
    *products.BLUEPRINTS,
    *library.BLUEPRINTS,
)
RESOURCES = (
    *taxonomy.RESOURCES,
    *images.RESOURCES,
    carts.CART_ITEMS,
    orders.ORDER_ITEMS,
    *ledger.RESOURCES,
    subscriptions.PLANS,
    *identity.RESOURCES,
)


def from_environment() -> Flask:
    """The app as its task definition describes it: what the server's worker processes call."""
    settings = load(ApiSettings)
    log.configure(settings.service, settings.log_level)
    observability.begin(settings.service, settings.log_level)
    cache = valkey.connect(load(CacheSettings))
    database = Database(
        load(DatabaseSettings),
        pools=Pools(writers=THREADS + WRITERS, readers=THREADS + COUNTERS),
        cache=catalogue_facets.Alone(Shared(cache)),
        application=settings.service,
    )
    return create_app(settings, database, cache)


def create_app(settings: ApiSettings, database: Database, cache: Redis) -> APIFlask:
    """The app with *settings*, on this database and this Valkey."""
    app = APIFlask(
        __name__, title="VectorIcons API", version="1", spec_path=None, docs_path=None, json_errors=False
    )
    wiring = Wiring(
        settings=settings,
        database=database,
        valkey=cache,
        searching=Searching(database, Shared(cache), settings.assets_url),
        search_log=SearchLog(database),
        storage=Storage(settings),
        payments=Payments(database, StripeGateway(settings.stripe)),
        webhooks=Webhooks(database, settings.stripe_webhook_secret),
    )
    wiring.attach(app)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    _install(app, wiring)
    for blueprint in (*BLUEPRINTS, *map(routes, RESOURCES)):
        app.register_blueprint(blueprint)
    app.register_blueprint(
        health.checking({"database": lambda: migrate.require_current(database.writer), "cache": cache.ping})
    )
    app.after_request(_keep_static)
    callers.require_doors(app)
    openapi.describe(app, settings.site_url)
    return app


def _install(app: Flask, wiring: Wiring) -> None:
    """What every request goes through, outermost first."""
    if wiring.settings.is_https:
        # CloudFront adds the visitor's address and the load balancer CloudFront's; what stands before them
        # in X-Forwarded-For is the visitor's own invention.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=2, x_proto=1)  # type: ignore[method-assign]  # Flask's own way
    requests.install(app)
    problems.install(app)
    security.install(app, wiring.settings, security.page_policy(wiring.settings, wiring.storage.origin))
    sessions.install(app, wiring)
    callers.install(app)
    ratelimit.install(app, wiring)
    cors.install(app)
    templating.install(app)


def _keep_static(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = FOR_GOOD
    return response

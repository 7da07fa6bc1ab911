"""What browsers are told to refuse: framing, sniffing, foreign scripts and forms."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

from containers.api.settings import SiteSettings, WebSettings, origin_of

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOTHING = "default-src 'none'; frame-ancestors 'none'"
TWO_YEARS = 63_072_000


def install(app: Flask, settings: WebSettings, policy: str = NOTHING) -> None:
    """Send the headers with every answer of *app*, *policy* as its content security policy."""
    headers = dict(HEADERS)
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={TWO_YEARS}; includeSubDomains"

    def send(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy.format(script=_script_source()))
        response.headers.setdefault("Cache-Control", "no-store")  # what may be kept says so
        return response

    app.after_request(send)
    app.add_template_global(csp_nonce)


def page_policy(settings: SiteSettings, storage: str) -> str:
    """The policy of pages: our scripts and styles, pictures of the assets, forms to *storage* (an origin)."""
    return "; ".join(
        [
            "default-src 'none'",
            "base-uri 'none'",
            f"connect-src 'self' {settings.stream_url} {storage}",
            f"form-action 'self' {storage}",
            "frame-ancestors 'none'",
            f"img-src 'self' {origin_of(settings.assets_url)}",
            "script-src {script}",
            "style-src 'self'",
        ]
    )


def csp_nonce() -> str:
    """The one-time word that lets this page's scripts run. A page that asks for it must not be cached."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    word: str = g.csp_nonce
    return word


def _script_source() -> str:
    # A public page is the same for everybody and sits in caches, where a nonce would be no secret.
    return f"'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"

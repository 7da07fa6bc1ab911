"""Accounts as pages: signing up and in, and what letters prove. Complete without scripts.

A letter's code stands behind the "#" of its link, so that no log and no other site is told it; without
scripts one types it. To look at the page spends nothing, for scanners of mail follow every link; its button
does. As by API, nobody learns here whether an address is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from containers.api import caching, ratelimit, sessions
from containers.api.callers import act
from containers.api.identity.inputs import Addressee, NewPasswordByLetter, NewUser, OneTimeToken
from containers.api.identity.people import SIGNED_UP
from containers.api.identity.registration import LETTER_SENT
from containers.api.queries import Credentials
from containers.api.ratelimit import limiter
from containers.api.resources.resource import given
from vectoricons.auth.errors import AlreadyVerified, InvalidToken
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.registration import Registration
from vectoricons.common.errors import AppError, Duplicate
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User
from vectoricons.utils import Input, InvalidInput

blueprint = Blueprint("account", __name__)
# Browsers take a backslash for a slash, and take tabs and ends of lines out before they read an address.
OURS = re.compile(r"/(?![/\\])[^\\\x00-\x1f\x7f]*")
RULES = {field.alias: field.description for field in NewUser.model_fields.values()}


@blueprint.get("/sign-in")
def sign_in_form() -> AnyResponse:
    """The form to sign in with."""
    if user := sessions.current_user():
        return redirect(_next(user), 303)
    return _page("sign_in.html")


@blueprint.post("/sign-in")
@limiter.limit(ratelimit.SIGN_IN)
@limiter.limit(ratelimit.SIGN_IN, key_func=ratelimit.by_email)
def sign_in() -> AnyResponse:
    """Sign in and go on to where one was going, or say in the form what is wrong."""
    try:
        credentials = Credentials.model_validate(_typed(Credentials))
        user = sessions.sign_in(credentials.email, credentials.password)
    except AppError as error:
        return _refused("sign_in.html", error)
    return redirect(_next(user), 303)


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Sign out and go home."""
    sessions.sign_out()
    return redirect(url_for("storefront.home"), 303)


@blueprint.get("/sign-up")
def sign_up_form() -> AnyResponse:
    """The form to make an account with."""
    if user := sessions.current_user():
        return redirect(_next(user), 303)
    return _page("sign_up.html", rules=RULES)


@blueprint.post("/sign-up")
@limiter.limit(ratelimit.SIGN_UP)
def sign_up() -> AnyResponse:
    """Make an account. What follows is the same for an address that is known; its owner is written to."""
    try:
        new = NewUser.model_validate(_typed(NewUser))
        act(lambda work: Registration(work).register(**given(new)))
    except AppError as error:
        return _refused("sign_up.html", error, rules=RULES)
    return _page("letter_sent.html", words=SIGNED_UP, again=url_for("account.verify_email_form"))


@blueprint.get("/verify-email")
def verify_email_form() -> AnyResponse:
    """The button that confirms an address, and the form to ask for a letter with."""
    return _page("verify_email.html")


@blueprint.post("/verify-email")
@limiter.limit(ratelimit.ONE_TIME_TOKENS)
def verify_email() -> AnyResponse:
    """Confirm an address with the token of its letter."""
    try:
        token = _token()
        proven = act(lambda work: Registration(work).verify_email(token))
    except AlreadyVerified as error:
        return _page("done.html", title=error.title, words="There is nothing left to do.")
    except AppError as error:
        return _refused("verify_email.html", error)
    return _page("done.html", title="Your address is confirmed", words=f"{proven.email} is yours.")


@blueprint.post("/verify-email/letter")
@limiter.limit(ratelimit.LETTERS)
@limiter.limit(ratelimit.LETTERS_TO_ONE, key_func=ratelimit.by_email)
def ask_verification() -> AnyResponse:
    """Have the letter sent once more that confirms an address."""
    return _write("verify_email", lambda work, email: Registration(work).ask_again(email))


@blueprint.get("/forgot-password")
def forgot_password_form() -> AnyResponse:
    """The form to ask for a letter with which a new password can be set."""
    return _page("forgot_password.html")


@blueprint.post("/forgot-password")
@limiter.limit(ratelimit.LETTERS)
@limiter.limit(ratelimit.LETTERS_TO_ONE, key_func=ratelimit.by_email)
def forgot_password() -> AnyResponse:
    """Have that letter sent."""
    return _write("forgot_password", lambda work, email: PasswordReset(work).ask(email))


@blueprint.get("/reset-password")
def reset_password_form() -> AnyResponse:
    """The form to set a new password with, for who comes from a letter."""
    return _page("reset_password.html", rules=RULES)


@blueprint.post("/reset-password")
@limiter.limit(ratelimit.ONE_TIME_TOKENS)
def reset_password() -> AnyResponse:
    """Set a new password with the token of a letter. All sessions and access tokens end."""
    try:
        _token()
        new = NewPasswordByLetter.model_validate(_typed(NewPasswordByLetter))
        act(lambda work: PasswordReset(work).reset(new.token, new.password))
    except InvalidToken as error:
        return _refused("forgot_password.html", error)
    except AppError as error:
        return _refused("reset_password.html", error, rules=RULES)
    return _page(
        "done.html", title="Your password is set", words="You are signed out wherever you were signed in."
    )


def _write(page: str, ask: Callable[[UnitOfWork, str], None]) -> Response:
    """Have a letter sent to the address in the form of *page*. What follows is the same for everybody."""
    try:
        to = Addressee.model_validate(_typed(Addressee))
        act(lambda work: ask(work, to.email))
    except AppError as error:
        return _refused(f"{page}.html", error)
    return _page("letter_sent.html", words=LETTER_SENT, again=url_for(f"account.{page}_form"))


def _typed(model: type[Input]) -> dict[str, str]:
    """What the form holds of the fields of *model*. A field that was left empty is none."""
    names = {str(field.alias) for field in model.model_fields.values()}
    return {name: value for name, value in request.form.items() if name in names and value.strip()}


def _token() -> str:
    """The token in the form. Raises InvalidToken for what cannot be one, as for one that nobody knows."""
    try:
        return OneTimeToken.model_validate(_typed(OneTimeToken)).token
    except InvalidInput:
        raise InvalidToken("This link is not whole. Copy all of it from the letter.") from None


def _page(template: str, **content: Any) -> Response:
    sessions.current_user()  # for the page's head
    response = Response(render_template(template, **content), content_type=caching.HTML)
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(template: str, error: AppError, **content: Any) -> Response:
    """The form again, with what is wrong beside its field, or above them all if it is of none."""
    faults = {fault["field"]: fault["detail"] for fault in error.extra.get("errors", ())}
    if isinstance(error, Duplicate):  # of a user name: of an address that is known nobody is told
        faults = {"username": error.detail}
    page = _page(template, problem=error.problem(), faults=faults, **content)
    page.status_code = error.status
    return page


def _next(user: User) -> str:
    """Where to go after signing in: a page of this site, whatever the address says."""
    wanted = request.args.get("next", "")
    home = url_for("studio.uploads" if user.is_contributor else "storefront.home")
    return wanted if OURS.fullmatch(wanted) else home

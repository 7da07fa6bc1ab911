"""Letters and what they prove: addresses to confirm, passwords that were forgotten.

Nobody learns here whether an address is known: what is answered is the same, and its owner reads a letter.
"""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from containers.api import caching, ratelimit
from containers.api.callers import Reach, act, door
from containers.api.identity.answers import Proven, Told
from containers.api.identity.inputs import Addressee, NewPasswordByLetter, OneTimeToken
from containers.api.ratelimit import limiter
from vectoricons.auth.password_reset import PasswordReset
from vectoricons.auth.registration import Registration

blueprint = APIBlueprint("registration", __name__, url_prefix="/api/v1", tag="Registration")
LETTER_SENT = "If an account waits for it, a letter is on its way. Its link is good for fifteen minutes."


def told(detail: str) -> Response:
    """The same answer whether or not anybody has the address."""
    return caching.unkept(Told(detail=detail), 202)


@blueprint.post("/verification-letters")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.LETTERS)
@limiter.limit(ratelimit.LETTERS_TO_ONE, key_func=ratelimit.by_email)
@blueprint.input(Addressee)
@blueprint.output(Told, status_code=202)
def ask_verification(json_data: Addressee) -> Response:
    """Have the letter sent once more that confirms your address; at most once a minute."""
    act(lambda work: Registration(work).ask_again(json_data.email))
    return told(LETTER_SENT)


@blueprint.post("/verifications")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.ONE_TIME_TOKENS)
@blueprint.input(OneTimeToken)
@blueprint.output(Proven)
def verify(json_data: OneTimeToken) -> Response:
    """Confirm an address with the token of its letter."""
    return caching.unkept(
        Proven(email=act(lambda work: Registration(work).verify_email(json_data.token).email))
    )


@blueprint.post("/password-reset-letters")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.LETTERS)
@limiter.limit(ratelimit.LETTERS_TO_ONE, key_func=ratelimit.by_email)
@blueprint.input(Addressee)
@blueprint.output(Told, status_code=202)
def ask_reset(json_data: Addressee) -> Response:
    """Have a letter sent with which a new password can be set; at most one a minute."""
    act(lambda work: PasswordReset(work).ask(json_data.email))
    return told(LETTER_SENT)


@blueprint.post("/password-resets")
@door(Reach.EVERYBODY)
@limiter.limit(ratelimit.ONE_TIME_TOKENS)
@blueprint.input(NewPasswordByLetter)
@blueprint.output({}, status_code=204)
def reset(json_data: NewPasswordByLetter) -> Response:
    """Set a new password with the token of a letter. All sessions and access tokens end."""
    act(lambda work: PasswordReset(work).reset(json_data.token, json_data.password))
    return Response(status=204)

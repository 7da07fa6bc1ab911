"""What is refused at the door beside wrong credentials."""

from __future__ import annotations

from http import HTTPStatus

from vectoricons.common.errors import Conflict, Invalid


class InvalidToken(Invalid):
    """The token of a letter was never given, was used, replaced by a newer one, or is too old."""

    code = "invalid-token"
    status = HTTPStatus.BAD_REQUEST
    title = "The link is not valid any more"


class AlreadyVerified(Conflict):
    """The address was confirmed before: a second click."""

    code = "already-verified"
    title = "The address is confirmed already"

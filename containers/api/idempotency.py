"""POSTs that cost money bring a key: sent again under it, they happen once and are answered as at first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Self

from flask import Response, request
from pydantic import ConfigDict, Field, StringConstraints

from containers.api import caching
from containers.api.callers import act
from vectoricons.common import idempotency
from vectoricons.common.idempotency import KEY, Answer, Sent
from vectoricons.common.unit_of_work import UnitOfWork
from vectoricons.users import User
from vectoricons.utils import Input

HEADER = "Idempotency-Key"


class Key(Input):
    """The headers of a request that may be sent again."""

    model_config = ConfigDict(extra="ignore")

    idempotency_key: Annotated[str, StringConstraints(pattern=f"^{KEY.pattern}$")] = Field(
        alias=HEADER,
        description="It is your name for this very request, such as a UUID: 8 to 64 letters, digits, signs. "
        "Send the same again when no answer came; it happens once. It is good for 24 hours.",
    )

    @classmethod
    def model_validate(cls, obj: Any, **how: Any) -> Self:
        """*obj*, headers as APIFlask names them, as this input. Raises InvalidInput."""
        given = {HEADER: obj["idempotency_key"]} if "idempotency_key" in obj else {}
        return super().model_validate(given, **how)

    def of(self, user: User) -> Sent:
        """This request of the *user*'s."""
        what = b"\n".join([request.method.encode(), request.full_path.encode(), request.get_data()])
        return Sent(user.id, self.idempotency_key, hashlib.sha256(what).hexdigest())


def once(sent: Sent, effect: Callable[[UnitOfWork], Answer]) -> Response:
    """The answer of *effect*, which is done in a transaction, or of its first time. Raises KeyReused."""
    answer = act(lambda work: idempotency.once(work, sent, lambda: effect(work)))
    response = caching.private(answer.body)
    response.status_code = answer.status
    if answer.location:
        response.headers["Location"] = answer.location
    return response

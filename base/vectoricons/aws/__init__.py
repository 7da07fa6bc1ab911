"""AWS, as far as the domain talks to it: one way to make a client, one way to fail, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from vectoricons.common.errors import Unavailable

CONNECTIONS = 10
ATTEMPTS = 5
MISSING = frozenset({"NoSuchKey", "NoSuchBucket", "404", "NotFound", "QueueDoesNotExist"})
DENIED = frozenset({"AccessDenied", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
CHANGED = frozenset({"PreconditionFailed", "412"})


class AwsFailed(Unavailable):
    """A call to AWS failed after its retries. *aws_code* is AWS's name for it; empty without an answer."""

    code = "aws-failed"

    def __init__(self, detail: str, aws_code: str = "") -> None:
        super().__init__(detail)
        self.aws_code = aws_code

    @property
    def is_missing(self) -> bool:
        """Whether what was asked for is not there."""
        return self.aws_code in MISSING

    @property
    def is_denied(self) -> bool:
        """Whether we may not do it."""
        return self.aws_code in DENIED

    @property
    def is_changed(self) -> bool:
        """Whether something else is in its place."""
        return self.aws_code in CHANGED


@contextmanager
def failing_to(what: str) -> Iterator[None]:
    """Have what botocore raises in the block said as ``Failed to {what}: ...``."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "nothing")
        raise AwsFailed(f"Failed to {what}: AWS says {code}.", code) from error
    except BotoCoreError as error:
        raise AwsFailed(f"Failed to {what}: AWS cannot be reached ({error}).") from error


def config(*, connections: int = CONNECTIONS, read_timeout: float = 20, **more: Any) -> Config:
    """A client's settings: patient with AWS, a kept connection for each thread."""
    return Config(
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        connect_timeout=5,
        read_timeout=read_timeout,
        max_pool_connections=connections,
        **more,
    )

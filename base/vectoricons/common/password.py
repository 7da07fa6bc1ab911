"""A password that changes while processes run: whoever keeps it changes it, and we ask when we need it."""

from __future__ import annotations

import json
from functools import cached_property
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session
from psycopg import OperationalError
from sqlalchemy import Engine, event

BRISK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class ManagedPassword:
    """What RDS keeps in a secret of Secrets Manager and changes by itself.

    Read once, and again when the server has refused it. Threads that are refused together share one reading.
    """

    def __init__(self, secret_arn: str, region: str) -> None:
        self._secret_arn = secret_arn
        self._region = region
        self._lock = Lock()
        self._known = ""

    def get(self, *, unlike: str = "") -> str:
        """The password as far as it is known; read anew if that is *unlike*, which was refused.

        Raises psycopg's OperationalError: who cannot have the password cannot reach the database.
        """
        with self._lock:
            if self._known == unlike:
                self._known = self._read()
            return self._known

    def _read(self) -> str:
        try:
            kept = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"]
            password: str = json.loads(kept)["password"]
        except (BotoCoreError, ClientError, ValueError, KeyError) as error:
            raise OperationalError(f"The password in {self._secret_arn} cannot be read: {error}") from error
        return password

    @cached_property
    def _client(self) -> Any:
        return get_session().create_client("secretsmanager", region_name=self._region, config=BRISK)


def sign_in_with(password: ManagedPassword, engine: Engine) -> None:
    """Let *engine* connect with *password*, and once more with a newer one when that is refused.

    libpq gives no code for why a connection was refused, so the secret decides: the same password is not
    tried twice.
    """

    @event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, given: Any, options: dict[str, Any]) -> Any:
        known = password.get()
        try:
            return dialect.connect(*given, **options, password=known)
        except OperationalError:
            newer = password.get(unlike=known)
            if newer == known:
                raise
            return dialect.connect(*given, **options, password=newer)

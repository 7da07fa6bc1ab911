"""Valkey: how to reach it, with ElastiCache's IAM authentication where a user is named."""

from __future__ import annotations

from botocore.model import ServiceId
from botocore.session import get_session
from botocore.signers import RequestSigner
from redis import Redis
from redis.backoff import ExponentialWithJitterBackoff
from redis.credentials import CredentialProvider
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as TimedOut
from redis.retry import Retry

from vectoricons.common.errors import Unavailable
from vectoricons.config import CacheSettings

TOKEN_SECONDS = 900  # the longest ElastiCache takes
ENDPOINT_ROLES = ("master", "primary", "replica", "clustercfg")


class ElastiCacheToken(CredentialProvider):
    """Signs in to ElastiCache as an IAM user: the password is a request signed by the task's role."""

    def __init__(self, user: str, cache: str, region: str) -> None:
        self._user = user
        self._cache = cache
        session = get_session()
        credentials = session.get_credentials()
        if credentials is None:
            raise Unavailable(f"There are no AWS credentials to sign in to the cache {cache} with.")
        events = session.get_component("event_emitter")
        self._signer = RequestSigner(
            ServiceId("elasticache"), region, "elasticache", "v4", credentials, events
        )

    def get_credentials(self) -> tuple[str, str]:
        """User and a fresh token; redis-py asks at each new connection."""
        request = {
            "method": "GET",
            "url": f"https://{self._cache}/?Action=connect&User={self._user}",
            "body": {},
            "headers": {},
            "context": {},
        }
        signed = self._signer.generate_presigned_url(
            request, operation_name="connect", expires_in=TOKEN_SECONDS, region_name=self._signer.region_name
        )
        return self._user, signed.removeprefix("https://")


def connect(settings: CacheSettings, *, socket_timeout: float = 5, blocking: bool = False) -> Redis:
    """A client with its pool; answers are bytes. *blocking*: reads have no time-out (BLMOVE, pub/sub)."""
    credentials = (
        ElastiCacheToken(settings.user, cache_name(settings.host), settings.region) if settings.user else None
    )
    return Redis(
        host=settings.host,
        port=settings.port,
        ssl=settings.tls,
        credential_provider=credentials,
        socket_connect_timeout=socket_timeout,
        socket_timeout=None if blocking else socket_timeout,
        health_check_interval=30,
        retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 3),
        retry_on_error=[Disconnected, TimedOut],
    )


def cache_name(host: str) -> str:
    """The cache's name in an ElastiCache endpoint: ``master.NAME.abc123.use1.cache.amazonaws.com``."""
    labels = host.split(".")
    return labels[1] if labels[0] in ENDPOINT_ROLES and len(labels) > 1 else labels[0]

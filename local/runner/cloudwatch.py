"""A container's lines in CloudWatch Logs: written as ECS's awslogs driver does, by the execution role."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from botocore.credentials import ContainerProvider, CredentialResolver
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from local.cloud import CredentialsAddress

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

TOGETHER = 500
"""Lines sent in one call at most."""
LONGEST_WAIT = 1.0
"""Seconds a line is kept back while others follow it."""


class LogError(Exception):
    """A log stream cannot be begun: the sentence says why."""


def client(address: CredentialsAddress, endpoint: str, region: str) -> CloudWatchLogsClient:
    """A client with the sessions that *address* gives, refreshed as long as it lives."""
    core = get_session()
    given = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": address.url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": address.token,
    }
    core.register_component("credential_provider", CredentialResolver([ContainerProvider(given)]))
    session = boto3.Session(botocore_session=core, region_name=region)
    made: CloudWatchLogsClient = session.client("logs", endpoint_url=endpoint)
    return made


class LogStream:
    """One stream. A line that cannot be written stops no container: it is lost, and *complain* is told."""

    def __init__(
        self, client: CloudWatchLogsClient, group: str, stream: str, complain: Callable[[str], None]
    ) -> None:
        self._client = client
        self._where: Any = {"logGroupName": group, "logStreamName": stream}
        self._complain = complain
        self._kept: list[Any] = []
        try:
            client.create_log_stream(**self._where)
        except (ClientError, BotoCoreError) as error:
            raise LogError(f"ResourceInitializationError: failed to validate logger args: {error}") from error

    def put(self, line: bytes) -> None:
        """Take a line; it is sent with those that follow it at once."""
        now = time.time()
        self._kept.append({"timestamp": int(now * 1000), "message": line.decode(errors="replace")})
        if len(self._kept) >= TOGETHER or now - self._kept[0]["timestamp"] / 1000 > LONGEST_WAIT:
            self.flush()

    def flush(self) -> None:
        """Send what is kept."""
        if not self._kept:
            return
        events, self._kept = self._kept, []
        try:
            self._client.put_log_events(**self._where, logEvents=events)
        except (ClientError, BotoCoreError) as error:
            self._complain(f"{len(events)} lines are not in CloudWatch Logs: {error}")

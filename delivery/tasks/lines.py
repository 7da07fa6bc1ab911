"""A task's lines in CloudWatch Logs, as they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from delivery.tasks.runnable import LogTarget

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


class Lines:
    """What the container *container* of the task *task* has written to *target*."""

    def __init__(self, client: CloudWatchLogsClient, target: LogTarget, container: str, task: str) -> None:
        self._client = client
        self._group = target.group
        self._stream = f"{target.prefix}/{container}/{task}"
        self._token = ""

    def new(self) -> Iterator[str]:
        """The lines since the last call; none while there is no stream yet."""
        while True:
            try:
                place: Any = {"nextToken": self._token} if self._token else {}
                page = self._client.get_log_events(
                    logGroupName=self._group, logStreamName=self._stream, startFromHead=True, **place
                )
            except self._client.exceptions.ResourceNotFoundException:
                return
            yield from (event["message"] for event in page["events"])
            if page["nextForwardToken"] == self._token:
                return
            self._token = page["nextForwardToken"]
            if not page["events"]:
                return

"""The AWS of a laptop region: moto's data plane with IAM in force, and what surrounds it.

One `Cloud` lives in the region's own process, so that the service runner sees the ECS state it has
to carry out.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ecs.models import EC2ContainerServiceBackend, ecs_backends
from moto.iam.models import iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.cloud.access_logs import AccessLogs
from local.cloud.calls import Call, CallLog
from local.cloud.credentials import CredentialsAddress, NotTrusted, TaskCredentials
from local.cloud.edge import edge
from local.cloud.enforcement import Enforcement
from local.cloud.invalidations import Invalidations
from local.cloud.platform import SlackSink, platform
from local.cloud.server import Server

__all__ = [
    "ACCOUNT",
    "REGION",
    "Call",
    "CallLog",
    "Cloud",
    "CloudPorts",
    "CredentialsAddress",
    "NotTrusted",
    "OperatorKey",
    "TaskCredentials",
]

ACCOUNT = DEFAULT_ACCOUNT_ID
REGION = "us-east-1"
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class CloudPorts:
    """Where the region listens on 127.0.0.1: AWS's API, the asset edge, the platform's own addresses."""

    aws: int
    edge: int
    platform: int


@dataclass(frozen=True, slots=True)
class OperatorKey:
    """The access key of the person who runs `pulumi up`."""

    access_key: str
    secret_key: str


class Cloud:
    """moto behind IAM, the credential endpoint, the asset edge and the Slack sink, in this process."""

    def __init__(self, ports: CloudPorts) -> None:
        self.ports = ports
        self.calls = CallLog()
        self.slack = SlackSink()
        self.credentials = TaskCredentials(ACCOUNT, f"http://127.0.0.1:{ports.platform}")
        self._parts: list[AccessLogs | Enforcement | Invalidations | Server] = []

    @property
    def endpoint(self) -> str:
        """The URL of AWS's API."""
        return f"http://127.0.0.1:{self.ports.aws}"

    @property
    def ecs(self) -> EC2ContainerServiceBackend:
        """moto's ECS backend of the account and region: clusters, services, tasks, task definitions."""
        return ecs_backends[ACCOUNT][REGION]

    def start(self) -> OperatorKey:
        """Begin a new life, with nothing in it, and serve; returns the operator's key.

        Raises OSError when a port is taken.
        """
        moto_api_backend.reset()
        operator = self._operator()
        own = platform(ACCOUNT, REGION, self.credentials, self.slack, self.calls)
        self._parts += [Enforcement(ACCOUNT, REGION, self.calls), AccessLogs(), Invalidations()]
        for application, port in (
            (DomainDispatcherApplication(create_backend_app), self.ports.aws),
            (edge(ACCOUNT), self.ports.edge),
            (own, self.ports.platform),
        ):
            self._parts.append(Server(application, port))
        return operator

    def stop(self) -> None:
        """Stop serving. What the region held stays in memory until the process ends."""
        while self._parts:
            self._parts.pop().stop()

    def _operator(self) -> OperatorKey:
        """An IAM user who may do everything: the person at the laptop, never a task."""
        iam = iam_backends[ACCOUNT]["aws"]
        iam.create_user(REGION, OPERATOR)
        everything = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
        }
        iam.put_user_policy(OPERATOR, "everything", json.dumps(everything))
        key = iam.create_access_key(OPERATOR)
        return OperatorKey(key.access_key_id, key.secret_access_key)

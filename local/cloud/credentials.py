"""Task role credentials as ECS serves them: an address per task, a token, sessions of a quarter hour."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from threading import Lock

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, sts_backends

from local.cloud.policies import Decision, Document, Request, decide

# botocore asks anew as soon as less than 15 minutes remain: the half minute on top makes that once in
# 30 seconds a client, not at its every call.
LIFE = timedelta(minutes=15, seconds=30)
TASKS = {"Service": "ecs-tasks.amazonaws.com"}


class NotTrusted(PermissionError):
    """The role's trust policy does not let ECS tasks assume it."""


@dataclass(frozen=True, slots=True)
class CredentialsAddress:
    """What a container gets as `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `..._AUTHORIZATION_TOKEN`."""

    url: str
    token: str


@dataclass(frozen=True, slots=True)
class _Grant:
    role_arn: str
    token: str


class TaskCredentials:
    """The credentials of every running task."""

    def __init__(self, account: str, base_url: str) -> None:
        self._account = account
        self._base_url = base_url
        self._grants: dict[str, _Grant] = {}
        self._lock = Lock()

    def issue(self, role_arn: str, task_id: str) -> CredentialsAddress:
        """The address at which the task *task_id*, and only it, gets sessions of *role_arn*.

        Raises NotTrusted when the role is not for ECS tasks, LookupError when there is no such role.
        """
        self._require_trust(role_arn)
        with self._lock:
            grant = self._grants.setdefault(task_id, _Grant(role_arn, token_urlsafe(32)))
        return CredentialsAddress(f"{self._base_url}/credentials/{task_id}", grant.token)

    def revoke(self, task_id: str) -> None:
        """Serve the task no further session."""
        with self._lock:
            self._grants.pop(task_id, None)

    def session(self, task_id: str, token: str) -> bytes | None:
        """A fresh session as the JSON the AWS SDKs read; None when the token is not the task's."""
        grant = self._grants.get(task_id)
        if grant is None or not hmac.compare_digest(grant.token, token):
            return None
        role = self._assume(grant.role_arn, task_id)
        return json.dumps(
            {
                "RoleArn": grant.role_arn,
                "AccessKeyId": role.access_key_id,
                "SecretAccessKey": role.secret_access_key,
                "Token": role.session_token,
                "Expiration": (datetime.now(UTC) + LIFE).strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        ).encode()

    def _assume(self, role_arn: str, task_id: str) -> AssumedRole:
        backend = sts_backends[self._account]["aws"]
        with self._lock:
            now = datetime.now(UTC).replace(tzinfo=None)
            backend.assumed_roles = [
                role for role in backend.assumed_roles if role.expiration.replace(tzinfo=None) > now
            ]
            return backend.assume_role(
                region_name="us-east-1",
                role_session_name=task_id,
                role_arn=role_arn,
                policy="",
                duration=int(LIFE.total_seconds()),
                external_id="",
            )

    def _require_trust(self, role_arn: str) -> None:
        try:
            role = iam_backends[self._account]["aws"].get_role_by_arn(role_arn)
        except NotFoundException as error:
            raise LookupError(f"There is no role {role_arn}.") from error
        context = {"aws:SourceAccount": self._account}
        context["aws:SourceArn"] = f"arn:aws:ecs:us-east-1:{self._account}:*"
        request = Request("sts:AssumeRole", role_arn, TASKS, context)
        if decide([Document.read(role.assume_role_policy_document)], request) is not Decision.ALLOWED:
            raise NotTrusted(f"{role.name}: its trust policy does not let ecs-tasks.amazonaws.com assume it.")

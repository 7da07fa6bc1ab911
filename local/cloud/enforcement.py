"""IAM on every call that reaches moto: who calls, is the signature theirs, does a policy allow it.

moto's own check reads identities and header signatures well, but raises on presigned requests, compares
the resource of a few services only, and reads neither `?` in a resource nor most conditions. This module
puts the region's own step in that place: identity and header signatures by moto, presigned requests by
`presigned`, resources by `resources`, the decision by `policies`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.utils import utcnow
from moto.iam.access_control import (
    AssumedRoleAccessKey,
    CreateAccessKeyFailure,
    IAMRequestBase,
    IAMUserAccessKey,
    PermissionResult,
    create_access_key,
)
from moto.iam.models import Policy
from moto.s3.exceptions import S3AccessDeniedError, S3ClientError
from moto.s3.models import FakeBucket
from moto.sts.models import sts_backends

from local.cloud import presigned
from local.cloud.calls import CallLog
from local.cloud.policies import Decision, Document, Request, decide
from local.cloud.resources import PERMISSIONS, UnknownAction, resources_of

ALWAYS_ALLOWED = {"sts:GetCallerIdentity"}
# Traffic between the region's processes never leaves the machine: policies that ask for TLS are met.
CONTEXT = {"aws:SecureTransport": "true"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials a call carries, and the policies they have."""

    kind: str
    name: str
    arn: str
    policies: tuple[Document, ...]


class Enforcement:
    """The check of every call to moto in this process, from its making until `stop`."""

    def __init__(self, account: str, region: str, calls: CallLog) -> None:
        gate = _Gate(account, region, calls)
        # moto has no public hook: both are put back by `stop`
        mixin: Any = ActionAuthenticatorMixin
        self._check = mixin._authenticate_and_authorize_action
        self._bucket_check = FakeBucket.get_permission

        def check(response: Any, iam_request: type[IAMRequestBase], resource: str = "*") -> None:
            gate.check(response, iam_request, resource)

        mixin._authenticate_and_authorize_action = check
        bucket: Any = FakeBucket
        bucket.get_permission = _bucket_policy_says

    def stop(self) -> None:
        """Give moto its own check back."""
        mixin: Any = ActionAuthenticatorMixin
        bucket: Any = FakeBucket
        mixin._authenticate_and_authorize_action = self._check
        bucket.get_permission = self._bucket_check


def _bucket_policy_says(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """What a bucket's policy says of a call whose caller is allowed already: only a deny still matters."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    decision = decide([Document.read(bucket.policy.decode())], Request(action, resource, context=CONTEXT))
    return PermissionResult.DENIED if decision is Decision.DENIED else PermissionResult.NEUTRAL


class _Gate:
    """The check itself, for one account and region."""

    def __init__(self, account: str, region: str, calls: CallLog) -> None:
        self._account = account
        self._region = region
        self._calls = calls

    def check(self, response: Any, iam_request: type[IAMRequestBase], resource: str) -> None:
        """Let the call of *response* (moto's handler of one request) pass, or raise AWS's error."""
        if response.method == "OPTIONS":  # a browser's CORS preflight carries no credentials, on AWS either
            return
        form = dict(response.form_data.items()) if "policy" in response.form_data else {}
        query = response.normalized_request.args
        if form:
            resource = f"{resource}/{form.get('key', '')}"
            caller, request = self._form_caller(response, form), None
        elif "X-Amz-Credential" in query:
            caller, request = self._url_caller(response, query), None
        elif "Authorization" in response.headers:
            request = _header_request(response, iam_request, self._account)
            request.check_signature()
            caller = self._caller(request._access_key)
        else:
            self._calls.record(
                "anonymous", "anonymous", _permission(response, "s3"), resource, why="no credentials"
            )
            raise S3AccessDeniedError()
        permission = _permission(response, request._service if request else "s3")
        resources = self._resources(permission, resource, response)
        why = _refusal(caller, permission, resources)
        self._calls.record(caller.name, caller.kind, permission, " or ".join(resources), why=why)
        if why and request:
            request._raise_access_denied()
        if why:
            raise S3AccessDeniedError()

    def _resources(self, permission: str, told: str, response: Any) -> tuple[str, ...]:
        """The resources the call may be about: the one moto *told*, or what the call's parameters name."""
        if told != "*":
            return (told,)
        try:
            found = resources_of(
                permission, _parameters(response), account=self._account, region=self._region
            )
        except UnknownAction:
            return ("*",)
        return found or ("*",)

    def _caller(self, key: IAMUserAccessKey | AssumedRoleAccessKey) -> Caller:
        policies = tuple(Document.read(_text(policy)) for policy in key.collect_policies())
        if isinstance(key, AssumedRoleAccessKey):
            return Caller("role", key._owner_role_name, key.arn, policies)
        return Caller("user", key._owner_user_name, key.arn, policies)

    def _url_caller(self, response: Any, query: Mapping[str, str]) -> Caller:
        with _as_s3_errors():
            scope = presigned.Scope.read(query["X-Amz-Credential"])
            key = self._key(scope, query.get("X-Amz-Security-Token", ""))
            request = response.normalized_request
            presigned.verify_url(
                response.method, request.url, response.headers, key.create_credentials(), scope
            )
        return self._caller(key)

    def _form_caller(self, response: Any, form: Mapping[str, str]) -> Caller:
        fields = {name.lower(): value for name, value in form.items()}
        bucket = response.data["BucketName"]
        with _as_s3_errors():
            scope = presigned.Scope.read(fields.get("x-amz-credential", ""))
            key = self._key(scope, fields.get("x-amz-security-token", ""))
            presigned.verify_form(fields, len(response.body), bucket, key.create_credentials(), scope)
        return self._caller(key)

    def _key(self, scope: presigned.Scope, token: str) -> IAMUserAccessKey | AssumedRoleAccessKey:
        headers = {"X-Amz-Security-Token": token} if token else {}
        try:
            _refuse_expired(self._account, scope.access_key)
            return create_access_key(self._account, "aws", scope.access_key, headers)
        except CreateAccessKeyFailure as error:
            raise presigned.Refused(
                f"{error.reason}AccessKeyId", "The AWS Access Key Id is not known."
            ) from error


def _refusal(caller: Caller, permission: str, resources: tuple[str, ...]) -> str:
    """Why the call is refused; empty when it is allowed."""
    if permission in ALWAYS_ALLOWED:
        return ""
    decisions = [
        decide(caller.policies, Request(permission, one, {"AWS": caller.arn}, CONTEXT)) for one in resources
    ]
    if Decision.DENIED in decisions:
        return f"{caller.name} is explicitly denied {permission} on {' or '.join(resources)}"
    if Decision.ALLOWED not in decisions:
        return f"no policy of {caller.name} allows {permission} on {' or '.join(resources)}"
    return ""


def _header_request(response: Any, iam_request: type[IAMRequestBase], account: str) -> IAMRequestBase:
    """moto's request object for a call signed in its Authorization header."""
    found = re.search(r"Credential=([^/]+)/", response.headers["Authorization"])
    with _as_s3_errors():
        _refuse_expired(account, found.group(1) if found else "")
    path = response.raw_path
    if response.parsed_url.query:
        path += "?" + response.parsed_url.query
    return iam_request(
        account_id=account,
        method=response.method,
        path=path,
        data=response.data,
        body=response.raw_body,
        headers=response.headers,
        action=response._get_action(),
    )


def _refuse_expired(account: str, access_key: str) -> None:
    """Raise presigned.Refused when *access_key* belongs to a session that has ended."""
    for role in sts_backends[account]["aws"].assumed_roles:
        if role.access_key_id == access_key and _ended(role.expiration):
            raise presigned.Refused("ExpiredToken", "The security token included in the request is expired")


def _ended(expiration: datetime) -> bool:
    return expiration.replace(tzinfo=None) < utcnow().replace(tzinfo=None)


@contextmanager
def _as_s3_errors() -> Iterator[None]:
    try:
        yield
    except presigned.Refused as refused:
        raise S3ClientError(refused.code, refused.message) from refused


def _permission(response: Any, service: str) -> str:
    action = response._get_action()
    name = f"{service}:{action[0] if isinstance(action, list) else action}"
    return PERMISSIONS.get(name, name)


def _parameters(response: Any) -> dict[str, str]:
    """The call's own top-level parameters that are text, of whichever protocol it came by."""
    parameters = {
        name: value[0] for name, value in response.querystring.items() if value and isinstance(value, list)
    }
    if response.automated_parameter_parsing:
        parameters |= {name: value for name, value in response.params.items() if isinstance(value, str)}
    try:
        body = json.loads(response.body or "{}")
    except ValueError:
        return parameters
    if isinstance(body, dict):
        parameters |= {name: value for name, value in body.items() if isinstance(value, str)}
    return parameters


def _text(policy: Any) -> str:
    """The document of a policy in any of the three forms moto keeps them in."""
    if isinstance(policy, str):
        return policy
    if isinstance(policy, Policy):
        return str(next(version.document for version in policy.versions if version.is_default))
    return str(policy["policy_document"])

"""Presigned S3 requests, verified as S3 verifies them.

moto takes any signature in a query string or a form and ignores what the form's policy says; a region
that did the same would let a broken upload form pass at home and fail on AWS.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TIMESTAMP = "%Y%m%dT%H%M%SZ"
UNCHECKED_FIELDS = {"file", "policy", "x-amz-signature"}


class Refused(Exception):
    """S3 would refuse this request: its error *code* and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Scope:
    """Who signed, for which day, region and service: `KEY/20261123/us-east-1/s3/aws4_request`."""

    access_key: str
    day: str
    region: str
    service: str

    @classmethod
    def read(cls, credential: str) -> Scope:
        """Parse a credential scope. Raises Refused when it is not one."""
        parts = credential.split("/")
        if len(parts) != 5 or parts[4] != "aws4_request":
            raise Refused("AuthorizationQueryParametersError", "X-Amz-Credential is malformed.")
        return cls(*parts[:4])


def verify_url(
    method: str, url: str, headers: Mapping[str, str], credentials: Credentials, scope: Scope
) -> None:
    """Check expiry and signature of a presigned *url*. Raises Refused."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    signature = query.pop("X-Amz-Signature", "")
    signed_at = datetime.strptime(query["X-Amz-Date"], TIMESTAMP).replace(tzinfo=UTC)
    if datetime.now(UTC) > signed_at + timedelta(seconds=int(query["X-Amz-Expires"])):
        raise Refused("AccessDenied", "Request has expired")
    signed = query["X-Amz-SignedHeaders"].split(";")
    request = AWSRequest(
        method=method,
        url=urlunsplit((*parts[:3], urlencode(query, quote_via=quote), "")),
        headers={name: headers[name] for name in signed if name in headers},
    )
    request.context["timestamp"] = query["X-Amz-Date"]
    auth = S3SigV4QueryAuth(credentials, scope.service, scope.region)
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    _compare(expected, signature)


def verify_form(
    fields: Mapping[str, str], size: int, bucket: str, credentials: Credentials, scope: Scope
) -> None:
    """Check signature, expiry and every condition of an upload form's policy. Raises Refused.

    *size* is the file's length in bytes.
    """
    _compare(_sign(fields["policy"], credentials.secret_key, scope), fields.get("x-amz-signature", ""))
    try:
        policy = json.loads(base64.b64decode(fields["policy"], validate=True))
        expires = datetime.fromisoformat(policy["expiration"])
    except (binascii.Error, ValueError, KeyError) as error:
        raise Refused("InvalidPolicyDocument", f"Invalid Policy: {error}") from error
    if datetime.now(UTC) > expires:
        raise Refused("AccessDenied", "Invalid according to Policy: Policy expired.")
    actual = {**{name.lower(): value for name, value in fields.items()}, "bucket": bucket}
    covered = {_check(condition, actual, size) for condition in policy["conditions"]}
    for name in sorted(actual.keys() - covered - UNCHECKED_FIELDS - {"bucket"}):
        if not name.startswith("x-ignore-"):
            raise Refused("AccessDenied", f"Invalid according to Policy: Extra input fields: {name}")


def _check(condition: Any, actual: Mapping[str, str], size: int) -> str:
    """Hold one condition against the form; returns the field it covers."""
    if isinstance(condition, dict):
        [(name, wanted)] = condition.items()
        return _compare_field("eq", name.lower(), wanted, actual)
    operator, name, wanted = condition[0].lower(), condition[1], condition[2]
    if operator == "content-length-range":
        if size < int(name):
            raise Refused("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
        if size > int(wanted):
            raise Refused("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
        return "file"
    return _compare_field(operator, name.removeprefix("$").lower(), wanted, actual)


def _compare_field(operator: str, name: str, wanted: str, actual: Mapping[str, str]) -> str:
    compare: Callable[[str], bool] = (
        actual.get(name, "").startswith if operator == "starts-with" else actual.get(name, "").__eq__
    )
    if not compare(wanted):
        raise Refused(
            "AccessDenied",
            f'Invalid according to Policy: Policy Condition failed: ["{operator}", "${name}", "{wanted}"]',
        )
    return name


def _sign(policy: str, secret: str, scope: Scope) -> str:
    key = f"AWS4{secret}".encode()
    for part in (scope.day, scope.region, scope.service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return hmac.new(key, policy.encode(), sha256).hexdigest()


def _compare(expected: str, given: str) -> None:
    if not hmac.compare_digest(expected, given):
        raise Refused(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )

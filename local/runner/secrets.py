"""Secrets of a container, read as ECS reads them: by the execution role, before the container starts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Protocol
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import ClientError

from local.cloud import CredentialsAddress
from local.runner.definition import Container

ARN_PARTS = 7


class SecretError(Exception):
    """A secret cannot be had: the sentence says which and why."""


class _Client(Protocol):
    def get_secret_value(self, **asked: str) -> Mapping[str, str]: ...


def client(address: CredentialsAddress, endpoint: str, region: str) -> _Client:
    """A Secrets Manager client with the session that *address* gives."""
    request = Request(address.url, headers={"Authorization": address.token})  # noqa: S310 (the region's own)
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        session = json.load(answer)
    made: _Client = boto3.client(
        "secretsmanager",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["Token"],
    )
    return made


def resolve(container: Container, reader: _Client) -> dict[str, str]:
    """The secret variables of *container*. Raises SecretError."""
    return {secret.name: _value(secret.value_from, reader) for secret in container.secrets}


def _value(value_from: str, reader: _Client) -> str:
    """Of `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME`, or with `:json-key:stage:version` after it."""
    parts = value_from.split(":")
    if len(parts) < ARN_PARTS or parts[2] != "secretsmanager":
        raise SecretError(f"{value_from} is not the ARN of a secret in Secrets Manager.")
    arn = ":".join(parts[:ARN_PARTS])
    key, _stage, version = (*parts[ARN_PARTS:], "", "", "")[:3]
    asked = {"SecretId": arn} | ({"VersionId": version} if version else {})
    try:
        text = reader.get_secret_value(**asked)["SecretString"]
    except ClientError as error:
        problem = error.response["Error"]
        raise SecretError(f"{arn}: {problem['Code']}: {problem['Message']}") from error
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError) as error:
        raise SecretError(f"{arn} has no JSON key {key!r}.") from error

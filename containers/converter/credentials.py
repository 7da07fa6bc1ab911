"""Credentials of another role, taken on through STS and renewed before they expire."""

from __future__ import annotations

import boto3
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    DeferredRefreshableCredentials,
)
from botocore.session import Session

from containers.converter.reasons import CannotRun

NAME = "converter"  # of the role's session, as CloudTrail shows it


def session_as(role_arn: str | None) -> boto3.Session:
    """A session with the process's own credentials, or with those of the role that they may assume."""
    if role_arn is None:
        return boto3.Session()
    own = Session()
    credentials = own.get_credentials()
    if credentials is None:
        raise CannotRun(f"There are no credentials to assume {role_arn} with. Sign in to AWS first.")
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=own.create_client,
        source_credentials=credentials,
        role_arn=role_arn,
        extra_args={"RoleSessionName": NAME},
    )
    assumed = Session()
    assumed.get_component("credential_provider").insert_before("env", _Assumed(fetcher))
    return boto3.Session(botocore_session=assumed)


class _Assumed(CredentialProvider):
    """botocore asks its providers for credentials, and renews those that say how."""

    METHOD = "assume-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        """Not fetched until the first request, and again some minutes before they expire."""
        return DeferredRefreshableCredentials(
            refresh_using=self._fetcher.fetch_credentials, method=self.METHOD
        )

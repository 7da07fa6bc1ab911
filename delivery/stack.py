"""A stack that stands: what it puts out, and the AWS that answers for it, the region's or the real one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from delivery.errors import DeliveryError, Exit
from delivery.outputs import StackOutputs
from delivery.pulumi import Pulumi

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_logs import CloudWatchLogsClient

AT_HOME = "local"


class _Operator(BaseModel):
    model_config = ConfigDict(frozen=True)

    access_key: str
    secret_key: str


class Region(BaseModel):
    """`region.json` of a laptop region: where its AWS is, and who may ask it for everything."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    endpoint: str
    operator: _Operator


@dataclass(frozen=True)
class Stack:
    """The stack *name*; *region* is the laptop's, None for AWS itself."""

    name: str
    outputs: StackOutputs
    region: Region | None = None
    _session: boto3.Session = field(default_factory=boto3.Session, repr=False)

    @classmethod
    def find(cls, name: str, tree: Path, region: Path) -> Stack:
        """The stack *name*: of the laptop region in *region*, or on AWS. Raises DeliveryError."""
        return cls.at_home(region) if name == AT_HOME else cls.on_aws(Pulumi.of(tree, name))

    @classmethod
    def at_home(cls, directory: Path) -> Stack:
        """That of the laptop region in *directory*."""
        try:
            region = Region.model_validate_json((directory / "region.json").read_bytes())
            outputs = json.loads((directory / "engine" / "outputs.json").read_bytes())
        except (FileNotFoundError, ValidationError) as error:
            raise DeliveryError(f"There is no region in {directory}. Start it: make up") from error
        return cls(AT_HOME, StackOutputs.read(AT_HOME, outputs), region)

    @classmethod
    def on_aws(cls, pulumi: Pulumi) -> Stack:
        """That of *pulumi*, in the account whose credentials are set. Raises DeliveryError for another's."""
        stack = cls(pulumi.stack, StackOutputs.read(pulumi.stack, pulumi.outputs()))
        require_account(stack._session, stack.outputs.account, pulumi.stack)
        return stack

    def ecs(self) -> ECSClient:
        """ECS, where the stack is."""
        client: ECSClient = self._session.client("ecs", **self._address())
        return client

    def logs(self) -> CloudWatchLogsClient:
        """CloudWatch Logs, where the stack is."""
        client: CloudWatchLogsClient = self._session.client("logs", **self._address())
        return client

    def _address(self) -> Any:
        place = {"region_name": self.outputs.region}
        if self.region is None:
            return place
        return {
            **place,
            "endpoint_url": self.region.endpoint,
            "aws_access_key_id": self.region.operator.access_key,
            "aws_secret_access_key": self.region.operator.secret_key,
        }


def require_account(session: boto3.Session, account: str, stack: str) -> None:
    """Raise DeliveryError unless the credentials that are set are of *account*, where *stack* is."""
    try:
        found = session.client("sts", region_name="us-east-1").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise DeliveryError(
            f"There are no AWS credentials for the stack {stack} ({error}). Sign in first: aws sso login",
            Exit.MACHINE,
        ) from error
    if found != account:
        raise DeliveryError(
            f"These credentials are of account {found}; the stack {stack} is in {account}. Sign in there.",
            Exit.MACHINE,
        )

"""The facts of a stack that its file states: account, region, and what follows from them by name."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from delivery.errors import DeliveryError, Exit

PROJECT = "vectoricons"


class StackFile(BaseModel):
    """`Pulumi.STACK.yaml`, as far as delivery needs it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stack: str
    account: str = Field(alias=f"{PROJECT}:account", pattern=r"^\d{12}$")
    region: str = Field(alias=f"{PROJECT}:region", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    site: str = Field(alias=f"{PROJECT}:site")

    @classmethod
    def read(cls, tree: Path, stack: str) -> Self:
        """The file of *stack* in *tree*. Raises DeliveryError."""
        file = tree / f"Pulumi.{stack}.yaml"
        if not file.exists():
            known = ", ".join(sorted(one.suffixes[0][1:] for one in tree.glob("Pulumi.*.yaml"))) or "none"
            raise DeliveryError(f"There is no stack {stack}: {file.name} is missing. There are: {known}.")
        try:
            return cls(stack=stack, **(yaml.safe_load(file.read_text()) or {}).get("config", {}))
        except (ValidationError, yaml.YAMLError) as error:
            first = error.errors()[0] if isinstance(error, ValidationError) else None
            fault = f"{first['loc'][0]}: {first['msg']}" if first else "it is no YAML"
            raise DeliveryError(f"{file.name}: {fault}.", Exit.REFUSED) from error

    @property
    def state_bucket(self) -> str:
        """Where the state of the stack is kept."""
        return f"{PROJECT}-{self.stack}-state-{self.account}"

    @property
    def key_alias(self) -> str:
        """The key that encrypts the stack's state and its secrets."""
        return f"alias/{PROJECT}-{self.stack}"

    @property
    def backend(self) -> str:
        """Pulumi's backend."""
        return f"s3://{self.state_bucket}?region={self.region}"

    @property
    def secrets_provider(self) -> str:
        """Pulumi's secrets provider."""
        return f"awskms://{self.key_alias}?region={self.region}"

    def role(self, purpose: str) -> str:
        """The ARN of the role that GitHub assumes for *purpose*: `preview`, `drift`, `images` or `deploy`."""
        return f"arn:aws:iam::{self.account}:role/{PROJECT}-{self.stack}-{purpose}"

"""The sender of e-mail: a domain that SES may sign for."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import sesv2

from components.base import Component
from components.iam import Statement, grant


@dataclass(frozen=True, kw_only=True, slots=True)
class MailArgs:
    """The address that notices come from."""

    sender: str


class Mail(Component):
    """The identity of the sender's domain, DKIM-signed.

    Creates: aws.sesv2.EmailIdentity.
    """

    def __init__(self, name: str, args: MailArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.domain = args.sender.rpartition("@")[2]
        self.arn = self.names.arn("identity", self.domain)
        sesv2.EmailIdentity(
            self.child("identity"),
            email_identity=self.domain,
            dkim_signing_attributes={"next_signing_key_length": "RSA_2048_BIT"},
            tags=self.tags(),
            opts=self.child_opts(),
        )
        self.register_outputs({})

    def send(self) -> Statement:
        """Leave to send as this domain."""
        return grant("ses:SendEmail", on=self.arn)

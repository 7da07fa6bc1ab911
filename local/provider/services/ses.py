"""SES: the identities that mail may come from. The region verifies them at once."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, Field

from local.provider.resources import GoneError, Inputs, Made, Resource, resource
from local.provider.values import Plain


class IdentityInputs(Inputs):
    """An address or a domain."""

    identity: str = Field(validation_alias=AliasChoices("email", "domain", "emailIdentity"))


class Identity(Resource[IdentityInputs]):
    """An identity; Pulumi's id is the address or domain itself."""

    inputs = IdentityInputs

    def read(self, physical_id: str, inputs: IdentityInputs) -> dict[str, Plain]:
        held = self.client("ses").get_identity_verification_attributes(Identities=[physical_id])
        if physical_id not in held["VerificationAttributes"]:
            raise GoneError
        return {}

    def delete(self, physical_id: str, inputs: IdentityInputs) -> None:
        self.client("ses").delete_identity(Identity=physical_id)

    def made(self, identity: str, **outputs: Any) -> Made:
        """What the creation of every kind of identity answers."""
        arn = f"arn:aws:ses:{self.region.region}:{self.region.account}:identity/{identity}"
        return Made(identity, {"arn": arn, **outputs})


@resource("aws:ses/emailIdentity:EmailIdentity")
class EmailIdentity(Identity):
    """An address."""

    def create(self, inputs: IdentityInputs) -> Made:
        self.client("ses").verify_email_identity(EmailAddress=inputs.identity)
        return self.made(inputs.identity)


@resource("aws:ses/domainIdentity:DomainIdentity")
class DomainIdentity(Identity):
    """A domain."""

    def create(self, inputs: IdentityInputs) -> Made:
        token = self.client("ses").verify_domain_identity(Domain=inputs.identity)["VerificationToken"]
        return self.made(inputs.identity, verificationToken=token)


@resource("aws:sesv2/emailIdentity:EmailIdentity")
class EmailIdentityV2(Identity):
    """An address or a domain; both generations of the API send from it."""

    def create(self, inputs: IdentityInputs) -> Made:
        kind = "EMAIL_ADDRESS" if "@" in inputs.identity else "DOMAIN"
        if kind == "DOMAIN":
            self.client("ses").verify_domain_identity(Domain=inputs.identity)
        else:
            self.client("ses").verify_email_identity(EmailAddress=inputs.identity)
        return self.made(
            inputs.identity, identityType=kind, verifiedForSendingStatus=True, verificationStatus="SUCCESS"
        )

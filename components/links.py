"""Links to private objects: what CloudFront checks a link's signature by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from pulumi import Output, ResourceOptions
from pulumi_aws import cloudfront
from pydantic import SecretStr

from components.base import Component
from components.pem import public_half


@dataclass(frozen=True, kw_only=True, slots=True)
class LinksArgs:
    """The key that links are signed with, and public keys whose links are good too."""

    private_key: SecretStr  # RSA, PEM
    trusted: Sequence[str] = ()  # PEM; the key before this one, while tasks that have it still run


class Links(Component):
    """The group of keys whose signatures open private paths. Of the signing key it has the public half alone.

    A key's resource is called by its fingerprint, so that it stays the same one when another takes its place.

    Creates: aws.cloudfront.PublicKey (per key), aws.cloudfront.KeyGroup.
    """

    def __init__(self, name: str, args: LinksArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        self.key_id = self._key(public_half(args.private_key))
        others = [self._key(pem) for pem in args.trusted]
        self.group: Output[str] = cloudfront.KeyGroup(
            self.child("group"),
            name=self.names.of("key-group", name),
            comment="Signs links to private objects",
            items=[self.key_id, *others],
            opts=self.child_opts(),
        ).id.apply(str)
        self.register_outputs({})

    def _key(self, pem: str) -> Output[str]:
        """The id of the public key *pem*, which a link names its signer by."""
        thing = f"{self.pulumi_resource_name}-{sha256(pem.strip().encode()).hexdigest()[:8]}"
        return cloudfront.PublicKey(
            thing,
            name=self.names.of("public-key", thing),
            comment="Checks links to private objects",
            encoded_key=f"{pem.strip()}\n",
            opts=self.child_opts(),
        ).id.apply(str)

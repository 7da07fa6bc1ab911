"""Outputs that follow from the inputs one for one, which a template in identities.toml cannot say."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from local.provider.values import Plain

Inputs = Mapping[str, Plain]


def derived(token: str, inputs: Inputs) -> dict[str, Plain]:
    """What AWS makes of the *inputs* of a resource of type *token*; for most types nothing."""
    return {name: derive(inputs) for name, derive in _DERIVED.get(token, {}).items()}


def derived_names(token: str) -> frozenset[str]:
    """The outputs of `derived`, which are not known before the resource is made."""
    return frozenset(_DERIVED.get(token, {}))


def _proofs(certificate: Inputs) -> Plain:
    """The record for each host by which ACM sees that it is ours; the same in every region."""
    hosts = [certificate["domainName"], *(certificate.get("subjectAlternativeNames") or [])]
    return [
        {
            "domainName": host,
            "resourceRecordName": f"_{_digest(host)}.{host}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": f"_{_digest(host)}.acm-validations.aws.",
        }
        for host in dict.fromkeys(hosts)
    ]


def _signing(identity: Inputs) -> Plain:
    """SES makes three key pairs, and a name for each."""
    tokens = [_digest(f"{identity['emailIdentity']} {place}") for place in range(3)]
    return {**(identity.get("dkimSigningAttributes") or {}), "tokens": tokens}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


_DERIVED: Mapping[str, Mapping[str, Callable[[Inputs], Plain]]] = {
    "aws:acm/certificate:Certificate": {"domainValidationOptions": _proofs},
    "aws:sesv2/emailIdentity:EmailIdentity": {"dkimSigningAttributes": _signing},
}

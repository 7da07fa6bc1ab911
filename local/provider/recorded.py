"""Outputs for what nobody makes: plausible, and the same for the same inputs every time."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from local.provider.facts import NAMES
from local.provider.schema import ResourceType, Shape
from local.provider.values import Plain

HOST_WORDS = ("endpoint", "dnsname", "domainname", "address", "fqdn", "hostname")
WAF_SCOPES = {"CLOUDFRONT": "global", "REGIONAL": "regional"}
STATES = {"status": "ACTIVE", "state": "available"}
EMPTY: dict[str, Plain] = {"string": "", "number": 0, "boolean": False, "list": [], "map": {}}


@dataclass(frozen=True, slots=True)
class Place:
    """The account and region that a provider works in."""

    account: str
    region: str


@dataclass(frozen=True)
class Recorded:
    """A resource that is written down and not made."""

    resource: ResourceType
    urn: str
    inputs: Mapping[str, Plain]
    place: Place

    @property
    def id(self) -> str:
        """The id AWS would give, as far as it can be told from name and URN."""
        template = NAMES.identity(self.resource.token).id
        if template:
            return str(self._fill(template))
        return self._words.get("name") or f"{self._logical}-{self._digest(8)}"

    def outputs(self) -> dict[str, Plain]:
        """What AWS would compute beside the inputs."""
        known = NAMES.identity(self.resource.token).outputs
        guessed = {name: self._computed(name, shape) for name, shape in self.resource.computed.items()}
        told = {name: self._fill(template) for name, template in known.items()}
        return {k: v for k, v in {**guessed, **told}.items() if v is not None and k not in self.inputs}

    def _computed(self, name: str, shape: Shape) -> Plain:
        if name == "tagsAll":
            return dict(self.inputs.get("tags") or {})
        if name in self.resource.inputs and name not in ("arn", "region"):
            return None  # what may be declared, and was not, AWS leaves empty or as it is by default
        if shape.kind != "string":
            return EMPTY.get(shape.kind)
        return self._text(name)

    def _text(self, name: str) -> str:
        lowered = name.lower()
        if name == "region":
            return self.place.region
        if name == "arn":
            return self._arn()
        if lowered.endswith("arn"):
            return f"{self._arn()}/{name}"
        if lowered in ("ownerid", "accountid", "registryid"):
            return self.place.account
        if lowered.endswith("id"):
            return f"{name[:-2].lower() or 'id'}-{self._digest(17, name)}"
        host = f"{self._logical}-{self._digest(8)}.{self.resource.service}.{self.place.region}.amazonaws.com"
        if lowered.endswith(HOST_WORDS):
            return host
        if lowered.endswith("url"):
            return f"https://{host}"
        return STATES.get(name, "")

    def _arn(self) -> str:
        template = NAMES.identity(self.resource.token).arn
        if template:
            return str(self._fill(template))
        noun = self.resource.noun[:1].lower() + self.resource.noun[1:]
        name = self._words.get("name", self._logical)
        return f"arn:aws:{self.resource.service}:{self.place.region}:{self.place.account}:{noun}/{name}"

    def _fill(self, template: Plain) -> Plain:
        """*template* with its placeholders filled, whatever its shape."""
        if isinstance(template, Mapping):
            return {name: self._fill(value) for name, value in template.items()}
        if isinstance(template, list):
            return [self._fill(value) for value in template]
        return template.format_map(_Words(self._words)) if isinstance(template, str) else template

    @cached_property
    def _words(self) -> dict[str, str]:
        """Everything a template may name: the inputs that are text, and what the URN gives."""
        digest = self._digest(17)
        given = {name: _Word(value) for name, value in self.inputs.items() if isinstance(value, str | int)}
        cluster = given.get("cluster", "default").rpartition("/")[2]
        return {
            "account": self.place.account,
            "region": self.place.region,
            "logical": self._logical,
            "hash": digest,
            "hash6": digest[:6],
            "hash16": digest[:16],
            "HASH13": digest[:13].upper(),
            "HASH17": digest.upper(),
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, self.urn)),
            "clusterName": cluster,
            "wafScope": WAF_SCOPES.get(str(self.inputs.get("scope")), "regional"),
            **given,
        }

    @property
    def _logical(self) -> str:
        return self.urn.rpartition("::")[2]

    def _digest(self, length: int, salt: str = "") -> str:
        return hashlib.sha256(f"{self.urn}{salt}".encode()).hexdigest()[:length]


class _Words(dict[str, str]):
    """A template's words; one that the inputs do not give stands for the resource's own hash."""

    def __missing__(self, key: str) -> str:
        return _Word(self["hash"])


class _Word(str):
    """An input, with the parts of it that a template may want."""

    __slots__ = ()

    @property
    def tail(self) -> str:
        """What follows the first slash of an ARN: `app/web/0a1b` of a load balancer's."""
        return self.partition("/")[2] or self

    @property
    def service(self) -> str:
        """The service in an ARN."""
        return self.split(":")[2] if self.startswith("arn:") else self

    @property
    def host(self) -> str:
        """A URL without its scheme."""
        return self.rpartition("://")[2]

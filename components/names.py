"""Every physical name and ARN of a stack, as plain strings.

No name comes from AWS, so every policy document is wholly known at preview, and what it allows can be judged
before anything exists. A name that its service would refuse is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

PROJECT = "vectoricons"

# Where CloudFront looks for its certificates, firewalls and log deliveries.
EDGE_REGION = "us-east-1"

Kind = Literal[
    "access-control",
    "alarm",
    "bucket",
    "cache",
    "cache-policy",
    "cache-user",
    "cluster",
    "configuration-set",
    "dashboard",
    "database",
    "family",
    "identity",
    "key-alias",
    "key-group",
    "load-balancer",
    "log-delivery",
    "log-group",
    "origin-request-policy",
    "parameter-group",
    "policy",
    "public-key",
    "queue",
    "repository",
    "response-headers-policy",
    "role",
    "scaling-policy",
    "secret",
    "security-group",
    "service",
    "subnet-group",
    "target-group",
    "topic",
    "vpc-origin",
    "web-acl",
]


@dataclass(frozen=True, slots=True)
class _Rule:
    """How long a name may be, what it is made of, and how its ARN is written (empty: nobody needs it)."""

    longest: int
    pattern: str
    arn: str = ""


_WORD = r"[A-Za-z0-9_-]+"
# A load balancer's name becomes a host name, and one of AWS's own begins with "internal-".
_LABEL = r"(?!internal-)[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
# RDS and ElastiCache want a letter first, no hyphen last and no two in a row.
_IDENTIFIER = r"[a-z](-?[a-z0-9])*"
# A hyphen and six characters at the end would read as the suffix that Secrets Manager adds to the ARN.
_STORED = r"(?!.*-[A-Za-z0-9]{6}$)[A-Za-z0-9/_+=.@-]+"

# From the constraints on each name in the services' API references.
_RULES: dict[Kind, _Rule] = {
    "access-control": _Rule(64, _WORD),
    "alarm": _Rule(255, _WORD, "arn:aws:cloudwatch:{region}:{account}:alarm:{name}"),
    "bucket": _Rule(63, r"[a-z0-9][a-z0-9-]+[a-z0-9]", "arn:aws:s3:::{name}"),
    "cache": _Rule(40, _IDENTIFIER, "arn:aws:elasticache:{region}:{account}:replicationgroup:{name}"),
    "cache-policy": _Rule(128, _WORD),
    "cache-user": _Rule(40, _IDENTIFIER, "arn:aws:elasticache:{region}:{account}:user:{name}"),
    "cluster": _Rule(255, _WORD, "arn:aws:ecs:{region}:{account}:cluster/{name}"),
    "configuration-set": _Rule(64, _WORD, "arn:aws:ses:{region}:{account}:configuration-set/{name}"),
    "dashboard": _Rule(255, _WORD),
    "database": _Rule(63, _IDENTIFIER, "arn:aws:rds:{region}:{account}:db:{name}"),
    "family": _Rule(255, _WORD),
    "identity": _Rule(255, r"[a-z0-9.-]+", "arn:aws:ses:{region}:{account}:identity/{name}"),
    "key-alias": _Rule(256, r"[a-zA-Z0-9/_-]+"),
    "key-group": _Rule(128, _WORD),
    "load-balancer": _Rule(32, _LABEL),
    "log-delivery": _Rule(60, _WORD),
    "log-group": _Rule(512, r"[A-Za-z0-9_/.#-]+", "arn:aws:logs:{region}:{account}:log-group:{name}"),
    "origin-request-policy": _Rule(128, _WORD),
    "parameter-group": _Rule(255, _IDENTIFIER),
    "policy": _Rule(128, _WORD, "arn:aws:iam::{account}:policy/{name}"),
    "public-key": _Rule(128, _WORD),
    "queue": _Rule(80, _WORD, "arn:aws:sqs:{region}:{account}:{name}"),
    "repository": _Rule(
        256, r"[a-z0-9]+([._/-][a-z0-9]+)*", "arn:aws:ecr:{region}:{account}:repository/{name}"
    ),
    "role": _Rule(64, _WORD, "arn:aws:iam::{account}:role/{name}"),
    "scaling-policy": _Rule(256, _WORD),
    "response-headers-policy": _Rule(128, _WORD),
    "secret": _Rule(512, _STORED, "arn:aws:secretsmanager:{region}:{account}:secret:{name}"),
    "security-group": _Rule(255, _WORD),
    "service": _Rule(255, _WORD),
    "subnet-group": _Rule(255, _IDENTIFIER),
    "target-group": _Rule(32, _LABEL),
    "topic": _Rule(256, _WORD, "arn:aws:sns:{region}:{account}:{name}"),
    "vpc-origin": _Rule(64, _WORD),
    "web-acl": _Rule(128, _WORD),
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one stack in one account and region."""

    stack: str
    account: str
    region: str

    def of(self, kind: Kind, thing: str) -> str:
        """The physical name of *thing*: ``vectoricons-{stack}-{thing}``, and the account after a bucket's.

        Raises ValueError when the service would refuse it.
        """
        name = f"{PROJECT}-{self.stack}-{thing}"
        return checked(kind, f"{name}-{self.account}" if kind == "bucket" else name)

    @property
    def at_edge(self) -> Names:
        """The same names where CloudFront looks for what it needs."""
        return replace(self, region=EDGE_REGION)

    @property
    def stem(self) -> str:
        """What every name of this stack starts with; the name of the one thing of its kind."""
        return f"{PROJECT}-{self.stack}"

    def arn(self, kind: Kind, name: str) -> str:
        """The ARN of the physical *name*."""
        return _RULES[kind].arn.format(region=self.region, account=self.account, name=checked(kind, name))


def checked(kind: Kind, name: str) -> str:
    """*name* itself, if the service lets a *kind* be called that; else ValueError says what is wrong."""
    rule = _RULES[kind]
    if len(name) > rule.longest:
        raise ValueError(
            f"{name}: a {kind} name has at most {rule.longest} characters, this one {len(name)}."
        )
    if not re.fullmatch(rule.pattern, name):
        raise ValueError(
            f"{name}: not a name for a {kind}. Use lower-case words with single hyphens between."
        )
    return name
